//! The project's side: open places, and who fits them.

use maud::{Markup, html};

use super::page;
use super::people::{name, reasons};
use super::strip::strip;
use crate::accounts::Reach;
use crate::book::{Book, Candidate, Place, PlaceFits};
use crate::plan::finder::rules::{Question, day};
use crate::ui::{self, FormState, Frame};

/// The page of open places: `shown` of them, of `count`.
pub fn places(
    frame: &Frame,
    (book, reach): (&Book, &Reach),
    question: &Question,
    shown: &[PlaceFits<'_>],
    count: usize,
) -> Markup {
    let answer = html! {
        @if shown.is_empty() { section.card { (nothing(frame, question)) } }
        @for one in shown { (place(reach, book, question, one)) }
        @if shown.len() < count {
            p { a.btn href=(question.with(|other| other.all = true).href(&book.plan)) { "Show all " (count) " open places" } }
        }
    };
    page(frame, book, question, &FormState::default(), &answer)
}

fn nothing(frame: &Frame, question: &Question) -> Markup {
    let link = question.project.map_or_else(
        || "/assignments/new".to_owned(),
        |id| format!("/assignments/new?project={id}"),
    );
    ui::empty(
        "No place is open",
        "An open place is a role on a project that nobody fills yet. Keep one by assigning a role without a person; its hours count as open demand until somebody takes it.",
        &html! { @if frame.may_edit { a.btn href=(link) data-dialog { "Keep a place open" } } },
    )
}

fn place(reach: &Reach, book: &Book, question: &Question, one: &PlaceFits<'_>) -> Markup {
    let (plan, place) = (&book.plan, &one.place);
    let role = match plan.role_name(place.assignment.role) {
        "" => "Any role",
        role => role,
    };
    let project = place.project;
    html! {
        section.card.place id=(format!("place-{}", place.assignment.id)) {
            header {
                h2 { i.dot.(project.colour.class()) {} " " a href=(format!("/projects/{}", project.id)) { (project.name) } " · " (role) }
                @if !place.assignment.note.is_empty() { span.muted { (place.assignment.note) } }
                span.end.line.muted {
                    (when(book, place))
                    @if reach.staffs(plan, place.assignment) {
                        " " a href=(format!("/assignments/{}/edit", place.assignment.id)) data-dialog { "Change" }
                    }
                }
            }
            @match &place.ask {
                None => p.muted {
                    "Nothing is booked on it from this week on. "
                    @if reach.hours(plan, place.assignment) { a href=(format!("/assignments/{}/hours", place.assignment.id)) data-dialog { "Give it hours" } ", then it shows who fits." }
                },
                Some(ask) => {
                    div.candidate.asked-for {
                        span.who.muted { "asked for" }
                        ol.week-strip.asked {
                            @for (week, minutes) in ask.from.span(ask.weeks()).zip(&ask.shares) {
                                li { b.none[minutes.0 == 0] { @if minutes.0 == 0 { "·" } @else { (minutes) } } small { (day(plan, week)) } }
                            }
                        }
                    }
                    @if one.best.is_empty() {
                        p.muted { "Nobody with this role has anything free in these weeks. " a href=(wider(book, question, place)) { "Look without the role" } }
                    } @else {
                        ol.candidates { @for best in &one.best { (candidate(reach, book, question, place, best)) } }
                        footer { a href=(wider(book, question, place)) { "Look further" } }
                    }
                },
            }
        }
    }
}

fn when(book: &Book, place: &Place<'_>) -> Markup {
    html! {
        @if let Some(ask) = &place.ask {
            b { (ask.total()) " h" }
            " in " (ask.shares.iter().filter(|minutes| minutes.0 > 0).count()) " weeks from " (day(&book.plan, ask.from))
        }
    }
}

/// The people's side with what the place asks for.
fn wider(book: &Book, question: &Question, place: &Place<'_>) -> String {
    let Some(ask) = &place.ask else {
        return "/finder".to_owned();
    };
    let wider = question.with(|other| {
        other.view = crate::plan::finder::rules::View::People;
        other.from = ask.from;
        other.to = ask.from.plus(i32::from(ask.weeks()) - 1);
        other.hours = ask.total();
        other.per = crate::plan::finder::rules::Per::All;
        other.role = None;
        other.project = Some(place.project.id);
        other.partly = true;
    });
    wider.href(&book.plan)
}

fn candidate(
    reach: &Reach,
    book: &Book,
    question: &Question,
    place: &Place<'_>,
    one: &Candidate<'_>,
) -> Markup {
    let id = place.assignment.id;
    let href = format!("{}&place={id}", question.assign_href(&book.plan, one.person.id));
    let from = place.ask.as_ref().map_or(question.from, |ask| ask.from);
    html! {
        li.candidate {
            div.who { (ui::avatar(&one.person.name)) (name(book, one)) }
            (strip(book, from, &one.weeks))
            (reasons(book, one))
            div.act {
                span.score title="The sum of the points of all reasons" { (one.score()) " points" }
                @if reach.person(one.person) {
                    a.btn.small href=(href) data-dialog aria-label=(format!("Put in place: {}", one.person.name)) { "Put in place" }
                }
            }
        }
    }
}

//! Putting somebody on a project: their hours week by week, with what is left of each week while one types.

use axum::response::Response;
use maud::{Markup, html};

use crate::book::{Away, Book, Person, PersonWeek};
use crate::plan::finder::rules::{Seen, room_words, week_words};
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::AssignmentId;
use crate::units::{Day, Minutes, Week};

/// The form, with what `state` holds of it.
pub fn assign_form(frame: &Frame, book: &Book, person: &Person, state: &FormState) -> Response {
    let plan = &book.plan;
    let place = state.values.text("place").parse().ok().map(AssignmentId);
    let place = place.and_then(|id| plan.assignment(id));
    let project = place.and_then(|one| plan.project(one.project));
    let title = match project {
        Some(project) => format!("Put {} in an open place of {}", person.name, project.name),
        None => format!("Assign {}", person.name),
    };
    let lists = |items: Vec<(String, &str)>| -> Vec<(String, String)> {
        items
            .into_iter()
            .map(|(id, name)| (id, name.to_owned()))
            .collect()
    };
    let projects = lists(
        plan.projects
            .iter()
            .map(|one| (one.id.to_string(), one.name.as_str()))
            .collect(),
    );
    let roles = lists(
        plan.roles
            .iter()
            .map(|one| (one.id.to_string(), one.name.as_str()))
            .collect(),
    );
    ui::fragment_or_page(
        frame,
        Place::Finder,
        &title,
        &html! {
            section.card.wide {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                form.form method="post" action="/finder/assign" data-remaining {
                    (ui::form_key(&frame.form_key))
                    @for name in ["person", "place", "back"] { input type="hidden" name=(name) value=(state.values.text(name)); }
                    div.cols {
                        @match project {
                            Some(project) => input type="hidden" name="project" value=(project.id);,
                            None => (ui::choice(state, "project", "Project", Some("Choose a project"), &projects)),
                        }
                        (ui::choice(state, "role", "Role", Some("As the person's own role"), &roles))
                        (ui::field(state, "note", "Note", "text", ""))
                    }
                    (weeks(book, person, state))
                    div.actions {
                        button.btn.primary type="submit" { @if project.is_some() { "Put in place" } @else { "Assign" } }
                        button.btn.no-script type="submit" name="check" value="on" { "Show what remains" }
                    }
                }
            }
        },
    )
}

/// A field for each week of the form, in order.
fn weeks(book: &Book, person: &Person, state: &FormState) -> Markup {
    let start = book.plan.organisation.week_start;
    let mut weeks: Vec<(Week, Minutes, PersonWeek)> = state
        .values
        .names()
        .filter_map(|name| name.strip_prefix("week-")?.parse().ok())
        .filter_map(|day: Day| {
            let week = Week::of(day, start);
            let now = book.person_weeks(person, week, 1).first().copied()?;
            let typed = state.values.text(&format!("week-{day}"));
            let typed = Minutes::parse_hours(typed, Minutes::WEEK).unwrap_or_default();
            Some((week, typed, now))
        })
        .collect();
    weeks.sort_by_key(|(week, ..)| *week);
    let typed: Minutes = weeks.iter().map(|(_, typed, _)| *typed).sum();
    let free: Minutes = weeks.iter().map(|(.., now)| now.free()).sum();
    let left: Minutes = weeks
        .iter()
        .map(|(_, typed, now)| now.capacity.less(now.booked + *typed))
        .sum();
    let over: Minutes = weeks
        .iter()
        .map(|(_, typed, now)| {
            (now.booked + *typed)
                .less(now.capacity)
                .less(now.booked.less(now.capacity))
        })
        .sum();
    html! {
        fieldset.remaining #f-hours {
            legend { "Hours a week" }
            p.sum role="status" {
                (free) " h free, " b data-sum { (typed) " h" } " asked, " span data-sum-left { (left) " h left" }
                span.over data-sum-over hidden[over.0 == 0] { "; " b { (over) " h" } " too much" }
            }
            div.week-fields {
                @for (week, typed, now) in &weeks { (week_field(state, *week, start_label(book, *week).as_str(), *typed, now)) }
            }
        }
    }
}

fn start_label(book: &Book, week: Week) -> String {
    crate::plan::finder::rules::day(&book.plan, week)
}

fn week_field(state: &FormState, week: Week, label: &str, typed: Minutes, now: &PersonWeek) -> Markup {
    let name = format!("week-{week}");
    let seen = format!("seen-{week}");
    let fault = state.errors.iter().find(|error| error.field == name);
    let (left, over) = room_words(now, typed);
    let out = now.away == Away::NotEmployed;
    // Hours of an open place in a week that its new person does not work cannot come along; that must not go unsaid.
    let lost = Seen::read(state.values.text(&seen)).map_or(Minutes(0), |seen| seen.place);
    html! {
        div.week-left data-booked=(now.booked.0) data-capacity=(now.capacity.0) {
            label for=(format!("f-{name}")) { (label) }
            input type="hidden" name=(seen) value=(state.values.text(&seen));
            input.field id=(format!("f-{name}")) name=(name) inputmode="decimal" autocomplete="off" value=(state.values.text(&name))
                title=(week_words(now)) aria-invalid=[fault.map(|_| "true")] aria-describedby=(format!("left-{week}"));
            small id=(format!("left-{week}")) {
                @if out && lost.0 > 0 { span.over { "not employed: its " (lost) " h go" } } @else if out { "not employed" } @else { span.over[over] data-left { (left) } }
                @if let Some(fault) = fault { span.error { (fault.message) } }
            }
        }
    }
}

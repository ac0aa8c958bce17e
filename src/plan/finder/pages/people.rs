//! People for hours: who fits with the reasons, and who cannot and why.

use maud::{Markup, html};

use super::page;
use super::strip::strip;
use crate::accounts::Reach;
use crate::book::{BandUnit, Book, Candidate, Found, Reason};
use crate::plan::finder::rules::{Question, obstacle_words, reason_words};
use crate::ui::{self, FormState, Frame};
use crate::units::text;

/// How many people are listed at first.
const FIRST: usize = 30;
/// How many of those who cannot are listed.
const OTHERS: usize = 200;

/// The page of people.
pub fn people(
    frame: &Frame,
    (book, reach): (&Book, &Reach),
    question: &Question,
    found: &Found<'_>,
) -> Markup {
    let nobody = found.fitting.is_empty() && found.others.is_empty();
    let answer = html! {
        @if nobody {
            section.card {
                (ui::empty(
                    "There is nobody to find yet",
                    "The finder compares what people can carry with what they have booked. Add people first, then ask here who has time.",
                    &html! { @if frame.may_edit { a.btn.primary href="/people" { "People" } } },
                ))
            }
        } @else {
            (fitting(reach, book, question, found))
            (others(book, question, found))
        }
    };
    page(frame, book, question, &FormState::default(), &answer)
}

fn fitting(reach: &Reach, book: &Book, question: &Question, found: &Found<'_>) -> Markup {
    let count = found.fitting.len();
    let shown = if question.all { count } else { count.min(FIRST) };
    html! {
        section.card aria-labelledby="found" {
            header {
                h2 #found { (somebody(count)) " " (asked(question)) }
                span.muted {
                    @if question.total().0 == 0 && count > 0 { (with_room(book, found)) ", " }
                    "best fit first; a week shows its free hours"
                }
            }
            @if count == 0 {
                (ui::empty(
                    "Nobody fits all of this",
                    "Ask for fewer hours or a longer time, tick “some of the hours”, or leave out the role or a skill. Below stands what each person lacks.",
                    &html! {},
                ))
            } @else {
                ol.candidates { @for one in found.fitting.iter().take(shown) { (candidate(reach, book, question, one)) } }
                @if shown < count {
                    footer { a.btn href=(question.with(|other| other.all = true).href(&book.plan)) { "Show all " (count) } }
                }
            }
        }
    }
}

/// How many of them are as free as the overview counts.
fn with_room(book: &Book, found: &Found<'_>) -> String {
    let bands = book.plan.organisation.bands;
    let unit = match bands.unit {
        BandUnit::Percent => "%",
        BandUnit::Hours => "h a week",
    };
    let free = found.fitting.iter().filter(|one| book.room(&one.weeks).is_some());
    format!("{} of them below {} {unit} in all", free.count(), bands.limits[0])
}

fn somebody(count: usize) -> String {
    if count == 0 {
        "Nobody".to_owned()
    } else {
        text::counted(count, "person", "people")
    }
}

fn asked(question: &Question) -> String {
    let total = question.total();
    let weeks = question.weeks();
    let weeks = if weeks == 1 {
        "in that week".to_owned()
    } else {
        format!("in {weeks} weeks")
    };
    if total.0 == 0 {
        format!("with free hours {weeks}")
    } else {
        format!("for {total} h {weeks}")
    }
}

fn candidate(reach: &Reach, book: &Book, question: &Question, one: &Candidate<'_>) -> Markup {
    let href = question.assign_href(&book.plan, one.person.id);
    html! {
        li.candidate {
            div.who {
                (ui::avatar(&one.person.name))
                (name(book, one))
            }
            (strip(book, question.from, &one.weeks))
            (reasons(book, one))
            div.act {
                span.score title="The sum of the points of all reasons" { (one.score()) " points" }
                @if reach.person(one.person) {
                    a.btn.small href=(href) data-dialog aria-label=(format!("Assign {}", one.person.name)) { "Assign" }
                }
            }
        }
    }
}

/// Name, role and department of somebody.
pub fn name(book: &Book, one: &Candidate<'_>) -> Markup {
    let role = book.plan.role_name(one.person.role);
    let department = one
        .person
        .department
        .and_then(|id| book.plan.department(id))
        .map_or("", |department| department.name.as_str());
    html! {
        span {
            a href=(format!("/people/{}", one.person.id)) { (one.person.name) }
            small { (role) @if !role.is_empty() && !department.is_empty() { " · " } (department) }
        }
    }
}

/// Why somebody fits; each reason tells its points.
pub fn reasons(book: &Book, one: &Candidate<'_>) -> Markup {
    html! {
        ul.chips.why {
            @for reason in &one.reasons {
                li.chip.(tone(reason)) title=(format!("{} points", reason.points())) { (reason_words(&book.plan, reason)) }
            }
        }
    }
}

const fn tone(reason: &Reason) -> &'static str {
    match reason {
        Reason::Free {
            free,
            of,
            asked: true,
        } if free.0 < of.0 => "warn",
        Reason::Free { .. } | Reason::AsAsked => "good",
        Reason::Spread
        | Reason::OwnRole(_)
        | Reason::RoleBefore(_)
        | Reason::Skill(_)
        | Reason::SameDepartment(_)
        | Reason::OnProject
        | Reason::SameClient => "",
    }
}

fn others(book: &Book, question: &Question, found: &Found<'_>) -> Markup {
    let ask = question.wanted().ask;
    let count = found.others.len();
    html! {
        @if count > 0 {
            section.card {
                details open[found.fitting.is_empty()] {
                    summary { b { (somebody(count)) " who cannot" } span.muted { " and why" } }
                    ul.cannot {
                        @for one in found.others.iter().take(OTHERS) {
                            li {
                                a href=(format!("/people/{}", one.person.id)) { (one.person.name) }
                                @if let Some(obstacle) = one.obstacle {
                                    span.muted { (obstacle_words(&book.plan, one, obstacle, &ask)) }
                                }
                            }
                        }
                    }
                    @if count > OTHERS { p.muted { (count - OTHERS) " more; choose a department to see them." } }
                }
            }
        }
    }
}

//! What waits for an answer, with what a yes would do.

use maud::{Markup, html};

use super::TimeOffView;
use crate::book::{LeaveWeek, Person};
use crate::people::time_off::rules::{days_text, half_days_text};
use crate::people::time_off::store::TimeOff;
use crate::ui::{self, Frame};
use crate::units::{Day, Minutes};

/// How many weeks of one request stand on the page.
const WEEKS: usize = 8;
/// How many others who are away are named.
const OTHERS: usize = 6;

/// What the visitor can answer.
pub fn waiting(frame: &Frame, view: &TimeOffView<'_>, rows: &[(&TimeOff, &Person)]) -> Markup {
    html! {
        section.card #waiting {
            header { h2 { "Waiting for you" } @if !rows.is_empty() { span.muted { (rows.len()) } } }
            @if rows.is_empty() {
                p.muted { "Nobody waits for your answer. What people of your department ask for comes here." }
            } @else {
                div.requests { @for (row, person) in rows { (request(frame, view, row, person)) } }
            }
        }
    }
}

fn request(frame: &Frame, view: &TimeOffView<'_>, row: &TimeOff, person: &Person) -> Markup {
    let plan = &view.book.plan;
    let counted = plan.half_days_of(person, &row.absence, Day::MIN, Day::MAX);
    let weeks = view.book.leave_weeks(person, &row.absence, view.this_week());
    let id = row.id;
    html! {
        article.request aria-label=(format!("{}, {}", person.name, days_text(&row.absence))) {
            header {
                (ui::avatar(&person.name))
                span.leave-days {
                    span { a href=(format!("/people/{}", person.id)) { b { (person.name) } } " " span.muted { (plan.role_name(person.role)) } }
                    span { (days_text(&row.absence)) span.muted { " · " (half_days_text(counted)) " · " (row.kind.label()) } }
                    @if !row.note.is_empty() { small.muted { "“" (row.note) "”" } }
                }
                @if let Some(at) = row.asked_at { small.faint.end { "asked " (ui::ago(view.clock, at)) } }
            }
            (effect(view, &weeks))
            (others(view, row, person))
            div.actions {
                form method="post" action=(format!("/time-off/{id}/approve")) {
                    (ui::form_key(&frame.form_key))
                    button.btn.primary type="submit" aria-label=(format!("Approve {}, {}", person.name, days_text(&row.absence))) { "Approve" }
                }
                a.btn href=(format!("/time-off/{id}/decline")) data-dialog aria-label=(format!("Decline {}, {}", person.name, days_text(&row.absence))) { "Decline" }
            }
        }
    }
}

/// What each week would still hold, and what is booked in it.
fn effect(view: &TimeOffView<'_>, weeks: &[LeaveWeek]) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let over: Minutes = weeks.iter().map(LeaveWeek::excess).sum();
    html! {
        @if weeks.is_empty() {
            p.muted { "It changes nothing from this week on." }
        } @else {
            table.list.effect {
                caption.visually-hidden { "What a yes would do to these weeks" }
                thead { tr { th scope="col" { "Week" } th.num scope="col" { "Capacity" } th.num scope="col" { "Booked" } th.num scope="col" { "Too much" } } }
                tbody {
                    @for week in weeks.iter().take(WEEKS) {
                        tr {
                            th scope="row" { (week.week.first_day(start).short()) }
                            td.num { span.faint { (week.without) " → " } (week.capacity) " h" }
                            td.num { (week.booked) " h" }
                            td.num { @if week.excess().0 > 0 { b.bad-text { (week.excess()) " h" } } @else { span.faint { "–" } } }
                        }
                    }
                }
            }
            @if weeks.len() > WEEKS { p.faint { "and " (weeks.len() - WEEKS) " weeks more" } }
            @if over.0 > 0 { p.hint { "After a yes you can push what is too much to the next free weeks." } }
        }
    }
}

/// Who else of the department is away then.
fn others(view: &TimeOffView<'_>, row: &TimeOff, person: &Person) -> Markup {
    let away: Vec<(&TimeOff, &Person)> = view
        .approved()
        .filter(|(_, other)| other.id != person.id && other.department == person.department)
        .filter(|(other, _)| {
            other.absence.first <= row.absence.last && other.absence.last >= row.absence.first
        })
        .collect();
    let department = person
        .department
        .and_then(|id| view.book.plan.department(id))
        .map_or("people without a department", |one| &one.name);
    html! {
        p.others {
            @if away.is_empty() {
                span.muted { "Nobody else of " (department) " is away then." }
            } @else {
                span.muted { "Also away of " (department) ": " }
                @for (index, (other, who)) in away.iter().take(OTHERS).enumerate() {
                    @if index > 0 { ", " }
                    (who.name) " " span.faint { "(" (days_text(&other.absence)) ")" }
                }
                @if away.len() > OTHERS { span.muted { " and " (away.len() - OTHERS) " more" } }
            }
        }
    }
}

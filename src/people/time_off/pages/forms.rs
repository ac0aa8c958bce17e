//! Forms in which leave is asked for, entered and declined.

use axum::response::Response;
use maud::{Markup, html};

use crate::book::Person;
use crate::people::time_off::rules::{TimeOffKind, days_text};
use crate::people::time_off::store::TimeOff;
use crate::ui::{self, FormState, Frame, Place};

/// When, why, and a note.
fn fields(state: &FormState) -> Markup {
    let kinds: Vec<(String, String)> = TimeOffKind::ALL
        .iter()
        .map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()))
        .collect();
    html! {
        div.cols {
            div.leave-end {
                (ui::field(state, "first", "First day", "date", ""))
                (ui::check(state, "fromMidday", "Only from midday"))
            }
            div.leave-end {
                (ui::field(state, "last", "Last day", "date", "Blank for one day."))
                (ui::check(state, "untilMidday", "Only until midday"))
            }
        }
        (ui::check(state, "half", "Half of each day"))
        (ui::choice(state, "kind", "Kind", None, &kinds))
        (ui::field(state, "note", "Note", "text", "The kind and the note are seen by you and by those who decide; others see “away”."))
    }
}

/// Asks for leave; or says why that is not possible yet.
pub fn ask_form(frame: &Frame, own: Option<&Person>, state: &FormState) -> Response {
    ui::fragment_or_page(
        frame,
        Place::TimeOff,
        "Ask for time off",
        &html! {
            section.card.narrow {
                header { h1 { "Ask for time off" } @if let Some(person) = own { span.muted { (person.name) } } }
                @if own.is_none() {
                    (super::not_linked(frame, "nobody would be away"))
                } @else {
                    (ui::errors_summary(state))
                    form.form method="post" action="/time-off" {
                        (ui::form_key(&frame.form_key))
                        (fields(state))
                        div.actions {
                            button.btn.primary type="submit" { "Ask" }
                            span.hint { "The plan stays as it is until somebody approves." }
                        }
                    }
                }
            }
        },
    )
}

/// Leave that a manager enters, so that it counts at once.
pub fn time_off_form(frame: &Frame, person: &Person, state: &FormState) -> Response {
    ui::fragment_or_page(
        frame,
        Place::People,
        &format!("Time off of {}", person.name),
        &html! {
            section.card.narrow {
                header { h1 { "Time off" } span.muted { (person.name) } }
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/people/{}/time-off", person.id)) {
                    (ui::form_key(&frame.form_key))
                    (fields(state))
                    div.actions { button.btn.primary type="submit" { "Add time off" } span.hint { "It counts at once." } }
                }
            }
        },
    )
}

/// Says no, and why.
pub fn decline_form(frame: &Frame, person: &Person, row: &TimeOff, state: &FormState) -> Response {
    ui::fragment_or_page(
        frame,
        Place::TimeOff,
        "Decline time off",
        &html! {
            section.card.narrow {
                header { h1 { "Decline time off" } span.muted { (person.name) ", " (days_text(&row.absence)) } }
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/time-off/{}/decline", row.id)) {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "reason", "Reason", "text", "They read it beside their request."))
                    div.actions { button.btn.primary type="submit" { "Decline" } }
                }
            }
        },
    )
}

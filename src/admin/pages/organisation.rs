//! What the whole team shares.

use maud::{Markup, html};

use super::{around, settings};
use crate::admin::rules::{LIMITS, Section};
use crate::clock::Clock;
use crate::people::{self, Calendar, HistoryLine};
use crate::ui::{self, FormState, Frame, Place};
use crate::units::WeekStart;

/// A form that only administrators may fill in; everybody else reads it.
fn own_form(frame: &Frame, action: &str, state: &FormState, fields: &Markup) -> Markup {
    html! {
        (ui::errors_summary(state))
        form.form.narrow method="post" action=(action) {
            (ui::form_key(&frame.form_key))
            fieldset.plain disabled[!frame.is_admin] {
                legend.visually-hidden { "Settings" }
                (fields)
                @if frame.is_admin { div.actions { button.btn.primary type="submit" { "Save" } } }
            }
        }
    }
}

/// Name, week and default working week.
pub fn organisation(
    frame: &Frame,
    calendars: &[Calendar],
    fixed: Option<WeekStart>,
    state: &FormState,
) -> Markup {
    let calendars: Vec<(String, String)> = calendars
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    let starts = [("monday", "Monday"), ("sunday", "Sunday")]
        .map(|(value, label)| (value.to_owned(), label.to_owned()));
    let fields = html! {
        (ui::field(state, "name", "Name of the organisation", "text", ""))
        @match fixed {
            None => {
                (ui::choice(state, "weekStart", "The week begins on", None, &starts))
                p.hint { "This changes labels, and to which week a Sunday belongs. Booked hours stay in their week." }
            },
            Some(start) => {
                div.form-row {
                    span.label { "The week begins on " (match start { WeekStart::Monday => "Monday", WeekStart::Sunday => "Sunday" }) }
                    p.hint { "The server's setting WEEK_STARTS_ON decides this, so it cannot be changed here." }
                }
            },
        }
        (people::weekday_fields(state, "Working week, in hours", "It counts for everybody who has no working week of their own. Blank is a day off."))
        (ui::choice(state, "calendar", "Holidays", Some("None"), &calendars))
        p.hint { "They count for everybody who keeps no other calendar." }
    };
    let inside = html! {
        section.card {
            header { h2 { "Organisation" } }
            (own_form(frame, "/settings/organisation", state, &fields))
        }
    };
    settings(frame, Section::Organisation, &inside)
}

/// Where load cells change their colour.
pub fn bands(frame: &Frame, state: &FormState) -> Markup {
    let units = [
        ("percent", "Percent of what somebody can carry"),
        ("hours", "Hours a week"),
    ]
    .map(|(value, label)| (value.to_owned(), label.to_owned()));
    let labels = ["Light below", "Good below", "Full up to", "Over up to"];
    let fields = html! {
        (ui::choice(state, "unit", "Limits are counted in", None, &units))
        div.limits {
            @for (field, label) in LIMITS.into_iter().zip(labels) { (ui::field(state, field, label, "number", "")) }
        }
        (legend(state))
    };
    let inside = html! {
        section.card {
            header { h2 { "Load bands" } span.muted { "where a week changes its colour" } }
            (own_form(frame, "/settings/load", state, &fields))
        }
    };
    ui::page_with_script(
        frame,
        Place::Settings,
        "Load bands · Settings",
        &around(frame, Section::Load, &inside),
        "js/bands.js",
    )
}

/// The colours with their limits as they are typed; a script keeps it so.
fn legend(state: &FormState) -> Markup {
    let unit = if state.values.text("unit") == "hours" {
        "h"
    } else {
        "%"
    };
    let limit = |field: &str| html! { b data-limit=(field) { (state.values.text(field)) } " " span data-unit { (unit) } };
    html! {
        div.legend aria-label="How it will look" role="group" {
            span { i.u0 {} "nothing booked" }
            span { i.u1 {} "below " (limit("light")) }
            span { i.u2 {} "below " (limit("good")) }
            span { i.u3 {} "up to " (limit("full")) }
            span { i.u4 {} "up to " (limit("over")) }
            span { i.u5 {} "beyond" }
        }
    }
}

/// Who changed which setting.
pub fn settings_history(frame: &Frame, clock: &Clock, lines: &[HistoryLine]) -> Markup {
    let newest = lines.get(..40).unwrap_or(lines);
    let offered = newest.iter().map(|line| line.change_set).collect();
    let inside = html! {
        section.card {
            header { h2 { "History" } span.muted { "changes of settings" } }
            (people::history(frame, clock, newest, Section::History.href(), frame.is_admin.then_some(&offered)))
        }
    };
    settings(frame, Section::History, &inside)
}

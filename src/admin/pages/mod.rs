//! What is shown of the settings.

mod calendars;
mod ics;
mod lists;
mod organisation;
mod sign_in;
mod statuses;

pub use calendars::{calendar, calendar_form, calendars};
pub use ics::ics_preview;
pub use lists::{department_form, departments, name_form, names};
pub use organisation::{bands, organisation, settings_history};
pub use sign_in::sign_in;
pub use statuses::{status_form, statuses};

use axum::response::Response;
use maud::{Markup, html};

use super::rules::{List, Section};
use crate::ui::{self, FormState, Frame, Place};

/// A page of the settings: where one is, and what stands there.
pub(in crate::admin) fn settings(frame: &Frame, section: Section, inside: &Markup) -> Markup {
    ui::settings_page(frame, (section.title(), section.href()), inside)
}

fn around(frame: &Frame, section: Section, inside: &Markup) -> Markup {
    ui::settings_around(frame, section.href(), inside)
}

/// A form of the settings that stands in a dialog, and what removes the thing it changes.
struct Form<'a> {
    section: Section,
    title: String,
    action: String,
    state: &'a FormState,
    fields: Markup,
    button: &'a str,
    remove: Option<Removal>,
}

/// How something is removed, or why it cannot be.
struct Removal {
    action: String,
    what: String,
    uses: String,
}

fn form(frame: &Frame, form: &Form<'_>) -> Response {
    ui::fragment_or_page(
        frame,
        Place::Settings,
        &format!("{} · {}", form.title, form.section.title()),
        &html! {
            section.card.narrow {
                header { h1 { (form.title) } }
                (ui::errors_summary(form.state))
                form.form method="post" action=(form.action) {
                    (ui::form_key(&frame.form_key))
                    (form.fields)
                    div.actions { button.btn.primary type="submit" { (form.button) } }
                }
                @if let Some(removal) = &form.remove { (remove(frame, removal)) }
            }
        },
    )
}

fn remove(frame: &Frame, removal: &Removal) -> Markup {
    html! {
        div.removal {
            @if removal.uses.is_empty() {
                form method="post" action=(removal.action) {
                    (ui::form_key(&frame.form_key))
                    button.btn.danger type="submit" data-confirm=(format!("Remove {}? You can undo it.", removal.what)) { "Remove" }
                }
            } @else {
                p.hint { "It cannot be removed while it is used: " (removal.uses) "." }
            }
        }
    }
}

/// `4 people`, or that nothing uses it.
fn used_by(uses: &str) -> Markup {
    html! { @if uses.is_empty() { span.faint { "not used" } } @else { (uses) } }
}

/// The section of a list.
const fn section_of(list: List) -> Section {
    Section::Named(list)
}

//! What an iCalendar file would bring to a calendar.

use maud::{Markup, html};

use super::settings;
use crate::admin::rules::Section;
use crate::people::{Calendar, Comparison};
use crate::ui::{self, Frame};

/// What is new, what is known already, and what was not understood; and the button.
pub fn ics_preview(frame: &Frame, calendar: &Calendar, compared: &Comparison, text: &str) -> Markup {
    let new = compared.days.len() + compared.rules.len();
    let place = format!("/settings/calendars/{}", calendar.id);
    let inside = html! {
        nav.crumbs aria-label="Where this is" { a href="/settings/calendars" { "Holidays" } " / " a href=(place) { (calendar.name) } }
        section.card {
            header { h2 { "What the file would bring" } span.muted { (new) " new" } }
            @if new == 0 {
                p.muted { "Nothing new: " @if compared.known.is_empty() { "no whole days were found in this file." } @else { "all of its days are in this calendar already." } }
            } @else {
                ul.plain-list {
                    @for one in &compared.days { li { span.muted.day { (one.day.long()) } b { (one.name) } } }
                    @for one in &compared.rules { li { span.muted.day { (one.rule.words()) " each year" } b { (one.name) } @if let Some(first) = one.first_year { span.faint { "from " (first) " on" @if let Some(last) = one.last_year { ", until " (last) } } } } }
                }
            }
            footer {
                @if new > 0 {
                    form method="post" action=(format!("{place}/ics/confirm")) {
                        (ui::form_key(&frame.form_key))
                        input type="hidden" name="ics" value=(text);
                        button.btn.primary type="submit" { "Add " (new) @if new == 1 { " holiday" } @else { " holidays" } }
                    }
                }
                a.btn href=(place) { "Back" }
            }
        }
        @if !compared.faults.is_empty() {
            section.card {
                header { h2 { "Not understood" } span.muted { "these events are left out" } }
                ul.plain-list { @for fault in &compared.faults { li { span.muted.day { "line " (fault.line) } (fault.text) } } }
            }
        }
        @if !compared.known.is_empty() {
            section.card {
                details { summary { (compared.known.len()) " known already" } ul.plain-list { @for one in &compared.known { li { (one) } } } }
            }
        }
    };
    settings(frame, Section::Calendars, &inside)
}

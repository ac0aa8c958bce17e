//! Public holidays.

use axum::response::Response;
use maud::{Markup, html};

use super::{Form, Removal, form, settings, used_by};
use crate::admin::rules::{Section, calendar_uses};
use crate::book::Book;
use crate::people::{Calendar, Holiday};
use crate::ui::{self, FormState, Frame};
use crate::units::Day;
use crate::units::ids::CalendarId;

/// Every calendar.
pub fn calendars(frame: &Frame, book: &Book, all: &[Calendar], today: Day) -> Markup {
    let new = html! { a.btn.primary href="/settings/calendars/new" data-dialog { "+ Calendar" } };
    let inside = html! {
        section.card {
            header {
                h2 { "Holidays" }
                span.muted { "days on which nobody of a calendar works" }
                @if frame.is_admin && !all.is_empty() { span.end { (new) } }
            }
            @if all.is_empty() {
                (ui::empty("No calendar yet", "A calendar is a list of public holidays. One can count for the whole team, others for people elsewhere.", &html! { @if frame.is_admin { (new) } }))
            } @else {
                table.list {
                    thead { tr { th scope="col" { "Calendar" } th scope="col" { "Next" } th scope="col" { "Kept by" } } }
                    tbody {
                        @for calendar in all {
                            tr {
                                th scope="row" { a href=(format!("/settings/calendars/{}", calendar.id)) { (calendar.name) } }
                                td.muted { (next(calendar, today)) }
                                td.muted { (used_by(&calendar_uses(book, calendar.id))) }
                            }
                        }
                    }
                }
            }
        }
    };
    settings(frame, Section::Calendars, &inside)
}

fn next(calendar: &Calendar, today: Day) -> String {
    let next = calendar.holidays.iter().find(|holiday| holiday.day >= today);
    next.map_or_else(
        || "no more days".to_owned(),
        |holiday| format!("{}, {}", holiday.name, holiday.day.long()),
    )
}

/// The days of one calendar, the coming ones first, and the forms that add more.
pub fn calendar(frame: &Frame, calendar: &Calendar, state: &FormState, today: Day) -> Markup {
    let (past, coming): (Vec<&Holiday>, Vec<&Holiday>) =
        calendar.holidays.iter().partition(|holiday| holiday.day < today);
    let action = format!("/settings/calendars/{}/days", calendar.id);
    let inside = html! {
        nav.crumbs aria-label="Where this is" { a href="/settings/calendars" { "Holidays" } }
        section.card {
            header {
                h2 { (calendar.name) }
                span.muted { (calendar.holidays.len()) " days" }
                @if frame.is_admin { a.end href=(format!("/settings/calendars/{}/edit", calendar.id)) data-dialog { "Change" } }
            }
            @if calendar.holidays.is_empty() { p.muted { "No days yet." } }
            @if !coming.is_empty() { (days(frame, calendar, &coming)) }
            @if !past.is_empty() {
                details { summary.muted { (past.len()) " earlier" } (days(frame, calendar, &past)) }
            }
        }
        @if frame.is_admin {
            section.card {
                header { h2 { "Add days" } }
                (ui::errors_summary(state))
                div.split.even {
                    form.form method="post" action=(action) {
                        (ui::form_key(&frame.form_key))
                        (ui::field(state, "day", "Day", "date", ""))
                        (ui::field(state, "name", "Name", "text", ""))
                        div.actions { button.btn.primary type="submit" { "Add day" } }
                    }
                    form.form method="post" action=(action) {
                        (ui::form_key(&frame.form_key))
                        (ui::area(state, "lines", "Or many at once", "One on each line: 2026-12-25 Christmas Day"))
                        div.actions { button.btn type="submit" { "Add these days" } }
                    }
                }
            }
        }
    };
    settings(frame, Section::Calendars, &inside)
}

fn days(frame: &Frame, calendar: &Calendar, days: &[&Holiday]) -> Markup {
    html! {
        ul.plain-list {
            @for holiday in days {
                li {
                    span.muted.day { (holiday.day.long()) }
                    b { (holiday.name) }
                    @if frame.is_admin {
                        form.end method="post" action=(format!("/settings/calendars/{}/days/remove", calendar.id)) {
                            (ui::form_key(&frame.form_key))
                            input type="hidden" name="day" value=(holiday.day);
                            button.link type="submit" aria-label=(format!("Remove {} on {}", holiday.name, holiday.day.long())) { "Remove" }
                        }
                    }
                }
            }
        }
    }
}

/// A calendar: a new one, or one to rename.
pub fn calendar_form(frame: &Frame, book: &Book, id: Option<CalendarId>, state: &FormState) -> Response {
    form(
        frame,
        &Form {
            section: Section::Calendars,
            title: if id.is_some() { "Calendar" } else { "New calendar" }.to_owned(),
            action: id.map_or_else(
                || "/settings/calendars".to_owned(),
                |id| format!("/settings/calendars/{id}"),
            ),
            state,
            fields: ui::field(state, "name", "Name", "text", ""),
            button: if id.is_some() { "Save" } else { "Add calendar" },
            remove: id.map(|id| Removal {
                action: format!("/settings/calendars/{id}/remove"),
                what: "this calendar with its days".to_owned(),
                uses: calendar_uses(book, id),
            }),
        },
    )
}

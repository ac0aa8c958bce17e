//! Public holidays.

use axum::response::Response;
use maud::{Markup, html};

use super::{Form, Removal, form, settings, used_by};
use crate::admin::rules::{Section, calendar_uses};
use crate::book::Book;
use crate::people::{self, Calendar, Holiday, RuleDraft};
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
    let days = calendar.days_between(today, today.plus(400));
    days.first().map_or_else(
        || "no more days".to_owned(),
        |holiday| format!("{}, {}", holiday.name, holiday.day.long()),
    )
}

/// How far ahead the days of a calendar are listed.
const AHEAD: i32 = 400;

/// The days of one calendar, the coming ones first, and the forms that add more.
pub fn calendar(frame: &Frame, calendar: &Calendar, state: &FormState, today: Day) -> Markup {
    let past: Vec<&Holiday> = calendar.holidays.iter().filter(|one| one.day < today).collect();
    let coming = calendar.days_between(today, today.plus(AHEAD));
    let later: Vec<&Holiday> = calendar
        .holidays
        .iter()
        .filter(|one| one.day > today.plus(AHEAD))
        .collect();
    let inside = html! {
        nav.crumbs aria-label="Where this is" { a href="/settings/calendars" { "Holidays" } }
        section.card {
            header {
                h2 { (calendar.name) }
                span.muted { (coming.len()) " days in the next 13 months" }
                @if frame.is_admin { a.end href=(format!("/settings/calendars/{}/edit", calendar.id)) data-dialog { "Change" } }
            }
            @if coming.is_empty() {
                p.muted { "No days yet. Add the holidays of a country, single days, or bring an iCalendar file." }
            } @else {
                (days(frame, calendar, &coming.iter().collect::<Vec<_>>()))
            }
            @if !later.is_empty() { details { summary.muted { (later.len()) " later" } (days(frame, calendar, &later)) } }
            @if !past.is_empty() { details { summary.muted { (past.len()) " earlier" } (days(frame, calendar, &past)) } }
        }
        @if !calendar.rules.is_empty() { (yearly(frame, calendar)) }
        @if frame.is_admin { (forms(frame, calendar, state)) }
    };
    settings(frame, Section::Calendars, &inside)
}

/// What comes again.
fn yearly(frame: &Frame, calendar: &Calendar) -> Markup {
    html! {
        section.card {
            header { h2 { "Each year" } span.muted { (calendar.rules.len()) } }
            ul.plain-list {
                @for rule in &calendar.rules {
                    li {
                        b { (rule.draft.name) }
                        span.muted { (when_text(&rule.draft)) }
                        @if frame.is_admin {
                            form.end method="post" action=(format!("/settings/calendars/{}/rules/{}/remove", calendar.id, rule.id)) {
                                (ui::form_key(&frame.form_key))
                                button.link type="submit" aria-label=(format!("Remove {} each year", rule.draft.name)) { "Remove" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `25 Dec`, `easter-2`, `from 2021`, `from midday`: a rule in few words.
fn when_text(rule: &RuleDraft) -> String {
    let mut words = vec![rule.rule.words()];
    if rule.half {
        words.push("from midday".to_owned());
    }
    match (rule.first_year, rule.last_year) {
        (None, None) => {}
        (Some(first), None) => words.push(format!("from {first} on")),
        (None, Some(last)) => words.push(format!("until {last}")),
        (Some(first), Some(last)) => words.push(format!("{first} to {last}")),
    }
    words.join(", ")
}

fn forms(frame: &Frame, calendar: &Calendar, state: &FormState) -> Markup {
    let place = format!("/settings/calendars/{}", calendar.id);
    html! {
        section.card {
            header { h2 { "Add days" } }
            (ui::errors_summary(state))
            div.holiday-forms {
                form.form method="post" action=(format!("{place}/days")) {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "day", "Day", "date", ""))
                    (ui::field(state, "name", "Name", "text", ""))
                    (ui::check(state, "half", "From midday on only"))
                    div.actions {
                        button.btn.primary type="submit" { "Add day" }
                        button.btn type="submit" formaction=(format!("{place}/rules")) { "Add it each year" }
                    }
                }
                form.form method="post" action=(format!("{place}/rules")) {
                    (ui::form_key(&frame.form_key))
                    (country_choice(state))
                    p.hint { "Its days come again each year, and each of them can be removed." }
                    div.actions { button.btn type="submit" { "Add these holidays" } }
                }
                form.form method="post" action=(format!("{place}/ics")) enctype="multipart/form-data" {
                    (ui::form_key(&frame.form_key))
                    @let fault = state.errors.iter().find(|error| error.field == "file");
                    div.form-row {
                        label for="f-file" { "iCalendar file" }
                        input #f-file type="file" name="file" accept=".ics,text/calendar" required aria-describedby="h-file" aria-invalid=[fault.map(|_| "true")];
                        p.hint #h-file { "Nothing changes before you have seen what it would bring." }
                        @if let Some(fault) = fault { p.error { (fault.message) } }
                    }
                    div.actions { button.btn type="submit" { "Read the file" } }
                }
                form.form method="post" action=(format!("{place}/days")) {
                    (ui::form_key(&frame.form_key))
                    (ui::area(state, "lines", "Or many at once", "One on each line: 2026-12-25 Christmas Day"))
                    div.actions { button.btn type="submit" { "Add these days" } }
                }
            }
        }
    }
}

fn country_choice(state: &FormState) -> Markup {
    let all: Vec<(String, String)> = people::countries()
        .iter()
        .map(|one| (one.code.to_owned(), one.name.to_owned()))
        .collect();
    ui::choice(state, "country", "Holidays of a country", Some("None"), &all)
}

fn days(frame: &Frame, calendar: &Calendar, days: &[&Holiday]) -> Markup {
    html! {
        ul.plain-list {
            @for holiday in days {
                @let single = calendar.holidays.iter().any(|one| one.day == holiday.day);
                li {
                    span.muted.day { (holiday.day.long()) }
                    b { (holiday.name) }
                    @if holiday.half { (ui::chip("", "from midday")) }
                    @if !single {
                        span.faint.end { "each year" }
                    } @else if frame.is_admin {
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
            fields: html! {
                (ui::field(state, "name", "Name", "text", if id.is_none() { "Blank for the country’s." } else { "" }))
                @if id.is_none() { (country_choice(state)) }
            },
            button: if id.is_some() { "Save" } else { "Add calendar" },
            remove: id.map(|id| Removal {
                action: format!("/settings/calendars/{id}/remove"),
                what: "this calendar with its days".to_owned(),
                uses: calendar_uses(book, id),
            }),
        },
    )
}

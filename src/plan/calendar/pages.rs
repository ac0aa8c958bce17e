//! The calendar as a month and as a list of days.

use std::collections::HashMap;

use maud::{Markup, html};

use super::rules::{self, Asked, Bar, DayCell, ListDay, Month, Shown};
use crate::book::{AwaySpan, Book, Calendar, CountsAs, Delivery, FreeDay};
use crate::people::{days_text, part_text};
use crate::ui::{self, Frame, Place};
use crate::units::Day;

const WEEKDAYS: [(&str, &str); 7] = [
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
];

/// What the days are called that the organisation has off.
pub type Holidays = HashMap<Day, String>;

/// The whole page around a finished inside.
pub fn calendar_page(frame: &Frame) -> Markup {
    ui::page(frame, Place::Calendar, "Calendar", &ui::inside())
}

/// Everything between the page's frame.
pub fn calendar(book: &Book, asked: Asked, today: Day, holidays: &Holidays) -> Markup {
    let start = book.plan.organisation.week_start;
    let (first, last) = asked.days(start);
    let calendar = book.calendar(asked.scope(first, last));
    let of_month = book.calendar(asked.scope(asked.month.first(), asked.month.last()));
    html! {
        (ui::page_head("Calendar", &html! { span.muted.month-title { (asked.month.title()) } }, &actions(book, asked, today)))
        (filters(book, asked))
        @if of_month.is_empty() { (nothing(book, asked)) }
        div.calendar.as-fits[asked.shown == Shown::AsFits] {
            @if asked.shown != Shown::List {
                (month(book, asked, &calendar, (first, last), today, holidays))
            }
            @if asked.shown != Shown::Month {
                (list(book, asked.month, &of_month, today, holidays))
            }
        }
    }
}

fn actions(book: &Book, asked: Asked, today: Day) -> Markup {
    let arrow = |month: Option<Month>, icon: &str, label: &str| {
        html! {
            @match month {
                Some(month) => a.btn.only href=(asked.in_month(month).href()) aria-label=(format!("{label}, {}", month.title())) title=(label) { (ui::icon(icon)) },
                None => span.btn.only aria-disabled="true" { (ui::icon(icon)) },
            }
        }
    };
    let view = |shown: Shown, here: bool, label: &str| {
        html! { a href=(asked.shown_as(shown).href()) aria-current=[here.then_some("page")] { (label) } }
    };
    // Which of the two is shown where nobody asked depends on the width, and so does which of them is marked.
    let switch = |class: &str, month: bool| {
        html! {
            span.seg.(class) role="group" aria-label="View" {
                (view(Shown::Month, month, "Month"))
                (view(Shown::List, !month, "List"))
            }
        }
    };
    let feeds = if book.plan.people.is_empty() && book.plan.projects.is_empty() {
        None
    } else {
        Some("/calendar/feeds")
    };
    html! {
        span.months {
            (arrow(asked.month.previous(), "chevron-left", "Month before"))
            a.btn href=(asked.in_month(Month::of(today)).href()) aria-current=[(asked.month == Month::of(today)).then_some("date")] { "Today" }
            (arrow(asked.month.next(), "chevron-right", "Month after"))
        }
        @match asked.shown {
            Shown::Month => (switch("", true)),
            Shown::List => (switch("", false)),
            Shown::AsFits => { (switch("wide-only", true)) (switch("phone-only", false)) },
        }
        (ui::views_menu("/calendar"))
        @if let Some(feeds) = feeds { a.btn href=(feeds) { (ui::icon("calendar")) "Subscribe" } }
    }
}

fn filters(book: &Book, asked: Asked) -> Markup {
    let plan = &book.plan;
    html! {
        @if !(plan.people.is_empty() && plan.projects.is_empty()) {
            form.calendar-filters method="get" action="/calendar" data-autosubmit {
                input type="hidden" name="month" value=(asked.month);
                @match asked.shown {
                    Shown::AsFits => {},
                    Shown::Month => { input type="hidden" name="view" value="month"; },
                    Shown::List => { input type="hidden" name="view" value="list"; },
                }
                @if !plan.departments.is_empty() {
                    select.field name="department" aria-label="Department" {
                        option value="" { "All departments" }
                        @for one in &plan.departments {
                            option value=(one.id) selected[asked.department == Some(one.id)] { ("\u{2003}".repeat(one.depth)) (one.name) }
                        }
                    }
                }
                select.field name="project" aria-label="Project" {
                    option value="" { "All projects" }
                    @for one in &plan.projects { option value=(one.id) selected[asked.project == Some(one.id)] { (one.name) } }
                }
                select.field name="person" aria-label="Person" {
                    option value="" { "Everybody" }
                    @for one in plan.people.iter().filter(|one| one.active || asked.person == Some(one.id)) {
                        option value=(one.id) selected[asked.person == Some(one.id)] { (one.name) }
                    }
                }
                noscript { button.btn type="submit" { "Show" } }
                @if asked.department.is_some() || asked.project.is_some() || asked.person.is_some() {
                    a.btn.quiet href=(everything(asked).href()) { "Show everything" }
                }
            }
        }
    }
}

const fn everything(asked: Asked) -> Asked {
    Asked {
        department: None,
        project: None,
        person: None,
        ..asked
    }
}

/// What is said above a month without anything in it.
fn nothing(book: &Book, asked: Asked) -> Markup {
    let narrow = everything(asked) != asked;
    let dated = book.plan.deliverables.iter().any(|one| one.due.is_some());
    html! {
        @if book.plan.people.is_empty() && book.plan.projects.is_empty() {
            section.card {
                (ui::empty(
                    "There is no plan here yet",
                    "Once projects have deliverables with dates, and people have time off, both stand here day by day.",
                    &html! { a.btn href="/projects" { "To the projects" } },
                ))
            }
        } @else if narrow {
            p.note { "Nothing is due and nobody is away in " (asked.month.title()) " in what you chose. " a href=(everything(asked).href()) { "Show everything" } }
        } @else if dated {
            p.note { "Nothing is due and nobody is away in " (asked.month.title()) "." }
        } @else {
            p.note { "Nothing is due and nobody is away in " (asked.month.title()) ". Dates come from the deliverables of a " a href="/projects" { "project" } ", time off from the page of a " a href="/people" { "person" } "." }
        }
    }
}

fn month(
    book: &Book,
    asked: Asked,
    calendar: &Calendar<'_>,
    (first, last): (Day, Day),
    today: Day,
    holidays: &Holidays,
) -> Markup {
    let weeks = rules::weeks(calendar, &book.plan, first, last);
    let head: Vec<(bool, (&str, &str))> = (0..7)
        .map(|offset| first.plus(offset))
        .map(|day| {
            let names = WEEKDAYS.get(day.weekday()).copied().unwrap_or_default();
            (rules::is_rest(&book.plan, day), names)
        })
        .collect();
    html! {
        table.month {
            caption.visually-hidden { (asked.month.title()) ": what is due and who is away" }
            colgroup { @for (rest, _) in &head { col.rest[*rest]; } }
            thead { tr { @for (rest, (short, long)) in &head { th.rest[*rest] scope="col" { abbr title=(long) { (short) } } } } }
            tbody {
                @for week in &weeks {
                    tr { @for cell in week { (day_cell(book, asked, cell, today, holidays)) } }
                }
            }
        }
    }
}

fn day_cell(book: &Book, asked: Asked, cell: &DayCell<'_>, today: Day, holidays: &Holidays) -> Markup {
    let other = Month::of(cell.day) != asked.month;
    let list = day_list(asked, cell.day);
    let (year, _, number) = cell.day.ymd();
    let (_, weekday) = WEEKDAYS.get(cell.day.weekday()).copied().unwrap_or_default();
    html! {
        td.rest[cell.rest].other[other].holiday[is_free(cell, false)].half-holiday[is_free(cell, true)].today[cell.day == today] aria-current=[(cell.day == today).then_some("date")] {
            div.day-head {
                a.day-number href=(list) {
                    span.visually-hidden { (weekday) " " }
                    (number)
                    @if number == 1 { " " (month_short(cell.day)) }
                    span.visually-hidden { @if number > 1 { " " (cell.day.month_name()) } " " (year) }
                }
                @if let Some(free) = cell.holiday { span.holiday-name title=(holiday(holidays, free)) { (holiday(holidays, free)) } }
            }
            @if !cell.lanes.is_empty() {
                ul.leaves {
                    @for lane in &cell.lanes {
                        @match lane {
                            Some(bar) => (bar_of(bar, cell.day)),
                            None => { li.free aria-hidden="true" {} },
                        }
                    }
                }
            }
            @if !cell.due.is_empty() {
                ul.flags { @for one in &cell.due { li { (flag(book, one, today)) } } }
            }
            @if cell.more > 0 { a.more href=(list) aria-label=(format!("+{} more on {}", cell.more, named(cell.day))) { "+" (cell.more) " more" } }
        }
    }
}

/// The list, at a day. A day of another month stands in that month's list.
fn day_list(asked: Asked, day: Day) -> String {
    let there = asked.in_month(Month::of(day)).shown_as(Shown::List);
    format!("{}#d{day}", there.href())
}

/// Whether a day is a holiday: from midday on (`half`), or whole.
fn is_free(cell: &DayCell<'_>, half: bool) -> bool {
    cell.holiday.is_some_and(|free| free.half == half)
}

fn bar_of(bar: &Bar<'_>, day: Day) -> Markup {
    let AwaySpan { person, days } = &bar.span;
    let part = part_text(days, day);
    html! {
        li.leave.half[part.is_some()].first[days.first == day].last[bar.ends] title=(away_title(&bar.span)) {
            @match bar.begins {
                Some(days) => span.label.(format!("days-{days}")) { (person.name) @if let Some(part) = part { ", " (part) } span.visually-hidden { " away" } },
                None => span.visually-hidden { (person.name) " away" @if let Some(part) = part { ", " (part) } },
            }
        }
    }
}

/// `Amara Osei away, 18 Nov (from midday) to 24 Nov 2026`.
fn away_title(span: &AwaySpan<'_>) -> String {
    format!("{} away, {}", span.person.name, days_text(&span.days))
}

/// How a deliverable stands: what its mark looks like, and what is said of it.
fn state(book: &Book, one: &Delivery<'_>, today: Day) -> (&'static str, &'static str) {
    if one.deliverable.done {
        ("done", "done")
    } else if book.plan.counts_as(one.project.id) == CountsAs::Closed {
        ("closed", "project closed")
    } else if one.due < today {
        ("late", "not done")
    } else if book.plan.counts_as(one.project.id) == CountsAs::Tentative {
        ("tentative", "tentative")
    } else {
        ("open", "")
    }
}

fn flag(book: &Book, one: &Delivery<'_>, today: Day) -> Markup {
    let (class, word) = state(book, one, today);
    let name = format!("{}, {}", one.project.name, one.deliverable.name);
    let percent = one.deliverable.percent.map(|percent| format!("{percent} %"));
    let word_too = (!word.is_empty()).then(|| word.to_owned());
    let title: Vec<String> = [Some(name), percent, word_too].into_iter().flatten().collect();
    html! {
        a.due.(class).(one.project.colour.class()) href=(format!("/projects/{}", one.project.id)) title=(title.join(", ")) {
            span.mark aria-hidden="true" { @if class == "done" { "✓" } @else if class == "late" { "!" } }
            b { (one.deliverable.name) } " " span.project { (one.project.name) }
            @if !word.is_empty() { span.visually-hidden { ", " (word) } }
        }
    }
}

fn list(book: &Book, month: Month, calendar: &Calendar<'_>, today: Day, holidays: &Holidays) -> Markup {
    let days = rules::list(calendar, &book.plan, month.first(), month.last());
    html! {
        @if !days.is_empty() {
            ol.days.card.flush aria-label=(format!("Days of {}", month.title())) {
                @for one in &days { (list_day(book, one, today, holidays)) }
            }
        }
    }
}

fn list_day(book: &Book, one: &ListDay<'_>, today: Day, holidays: &Holidays) -> Markup {
    let (weekday, _) = WEEKDAYS.get(one.day.weekday()).copied().unwrap_or_default();
    html! {
        li.today[one.day == today].past[one.day < today] #(format!("d{}", one.day)) tabindex="-1" {
            h2 {
                time datetime=(one.day) { (weekday) " " b { (one.day.short()) } }
                @if one.day == today { " " span.chip { "today" } }
            }
            div {
                @if let Some(free) = one.holiday { p.holiday-line { (ui::icon("calendar")) (holiday(holidays, free)) } }
                @if !one.due.is_empty() {
                    ul.plain-list.dues { @for due in &one.due { (list_due(book, due, today)) } }
                }
                @if !one.away.is_empty() {
                    p.away { span.faint { "Away " } @for (index, span) in one.away.iter().enumerate() { @if index > 0 { ", " } (away_link(span, one.day)) } }
                }
            }
        }
    }
}

fn list_due(book: &Book, one: &Delivery<'_>, today: Day) -> Markup {
    let (class, word) = state(book, one, today);
    let tone = match class {
        "done" => "good",
        "late" => "bad",
        _ => "",
    };
    html! {
        li {
            i.dot.(one.project.colour.class()) {}
            span.what { a href=(format!("/projects/{}", one.project.id)) { (one.project.name) } " · " (one.deliverable.name) }
            @if let Some(percent) = one.deliverable.percent { span.faint { (percent) " %" } }
            @if !word.is_empty() { span.end { (ui::chip(tone, word)) } }
        }
    }
}

fn away_link(span: &AwaySpan<'_>, day: Day) -> Markup {
    html! {
        a href=(format!("/people/{}", span.person.id)) title=(away_title(span)) { (span.person.name) }
        @if let Some(part) = part_text(&span.days, day) { span.faint { " (" (part) ")" } }
        @if span.days.first == day && span.days.last > day { span.faint { " until " (span.days.last.short()) } }
    }
}

/// `New Year's Day`, `Christmas Eve, from midday`.
fn holiday(holidays: &Holidays, free: FreeDay) -> String {
    let name = holidays.get(&free.day).map_or("Holiday", String::as_str);
    let half = if free.half { ", from midday" } else { "" };
    format!("{name}{half}")
}

/// `Wednesday 18 November 2026`.
fn named(day: Day) -> String {
    let (_, weekday) = WEEKDAYS.get(day.weekday()).copied().unwrap_or_default();
    format!("{weekday} {}", day.long())
}

fn month_short(day: Day) -> &'static str {
    day.month_name().get(..3).unwrap_or_default()
}

//! The overview's cards.

use maud::{Markup, html};

use super::{href, report_link, schedule_link};
use crate::book::{
    Attention, BandUnit, Bands, Book, DepartmentLoad, Due, Overloaded, Overview, SOON_WEEKS, Scope,
    WeekDemand, total,
};
use crate::ui;
use crate::units::text::counted;
use crate::units::{Minutes, WeekStart};

/// How many things that need a look are shown at first.
const FIRST: usize = 6;

/// How many dates are shown.
const DATES: usize = 6;

/// `1 person`, `4 people`.
fn hours(minutes: Minutes) -> String {
    format!("{} h", minutes.rounded())
}

/// The five figures.
pub fn figures(view: &Overview<'_>, scope: Scope) -> Markup {
    let sum = total(&view.weeks);
    let now = view.weeks.first().and_then(WeekDemand::percent);
    let due: Vec<&Due<'_>> = view.due_soon(scope.today).collect();
    let missing = due.iter().filter(|one| one.lead_in.0 == 0).count();
    let free: Minutes = view.free.iter().map(|(_, minutes)| *minutes).sum();
    html! {
        div.kpis.five {
            div.card.kpi {
                span { "Utilisation, this week" } b { (ui::percent_text(now)) }
                @if let Some((tone, text)) = against(now, view.last_week.percent()) { (ui::chip(tone, &text)) }
            }
            div.card.kpi {
                span { "Booked, next " (scope.weeks) " weeks" } b { (hours(sum.booked())) }
                (ui::chip("", &format!("of {} capacity", hours(sum.capacity))))
            }
            div.card.kpi {
                span { "Over-allocated, next " (SOON_WEEKS) " weeks" } b { a href="/people?q=overloaded" { (counted(view.over.len(), "person", "people")) } }
                @match view.over.first() {
                    Some(worst) => (ui::chip("bad", &format!("worst: {}, {}", first_name(&worst.person.name), how_far(worst)))),
                    None => (ui::chip("good", "nobody has too much")),
                }
            }
            div.card.kpi {
                span { "Free to take work" } b { a href="/finder" { (counted(view.free.len(), "person", "people")) } }
                (ui::chip("", &format!("{} in the next {SOON_WEEKS} weeks", hours(free))))
            }
            div.card.kpi {
                span { "Due in 14 days" } b { (counted(due.len(), "deliverable", "deliverables")) }
                @if missing > 0 { (ui::chip("warn", &format!("{missing} with hours missing"))) }
                @else if !due.is_empty() { (ui::chip("good", "all with hours")) }
            }
        }
    }
}

/// This week against the last, in points.
fn against(now: Option<u32>, before: Option<u32>) -> Option<(&'static str, String)> {
    let (now, before) = (now?, before?);
    let points = now.abs_diff(before);
    let unit = if points == 1 { "point" } else { "points" };
    Some(match now.cmp(&before) {
        std::cmp::Ordering::Greater => ("good", format!("▲ {points} {unit} on last week")),
        std::cmp::Ordering::Less => ("", format!("▼ {points} {unit} on last week")),
        std::cmp::Ordering::Equal => ("", "as last week".to_owned()),
    })
}

fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

fn how_far(over: &Overloaded<'_>) -> String {
    let booked = format!("{} h while away", over.worst.booked);
    over.worst
        .percent()
        .map_or(booked, |percent| format!("{percent} %"))
}

/// What needs a look: the first of it, or all.
pub fn attention(book: &Book, view: &Overview<'_>, scope: Scope, all: bool) -> Markup {
    let count = view.attention.len();
    let shown = if all { count } else { FIRST };
    html! {
        section.card #attention aria-labelledby="attention-title" {
            header {
                h2 #attention-title { "Needs attention" }
                @if count > FIRST {
                    @if all { a href=(href(scope, false)) { "The first " (FIRST) } }
                    @else { a href=(href(scope, true)) { "All " (count) " →" } }
                }
            }
            @if count == 0 {
                p.muted { "Nobody has too much, every date has its hours, and every place is filled." }
            } @else {
                ul.plain-list.attention {
                    @for item in view.attention.iter().take(shown) { (needs_a_look(book, item)) }
                }
            }
        }
    }
}

fn needs_a_look(book: &Book, item: &Attention<'_>) -> Markup {
    let start = book.plan.organisation.week_start;
    let dated = |due: &Due<'_>, tone: &str, what: &str| {
        let name = format!("{}, {}", due.project.name, due.deliverable.name);
        let link = format!("/projects/{}", due.project.id);
        (
            link,
            name,
            ui::chip(tone, &format!("due {}, {what}", due.due.short())),
        )
    };
    let (link, name, chip) = match item {
        Attention::Over(one) => (
            format!("/schedule?open={0}#p{0}", one.person.id),
            one.person.name.clone(),
            ui::chip("bad", &how_long(one, start)),
        ),
        Attention::Overdue(due) => dated(due, "bad", "not done"),
        Attention::NoHours(due) => dated(due, "warn", "no hours booked"),
        Attention::Open(place) => {
            let role = book.plan.role_name(place.assignment.role);
            let from = place.first.first_day(start).short();
            let text = if role.is_empty() {
                format!("open place from {from}")
            } else {
                format!("no {role} from {from}")
            };
            (
                format!(
                    "/finder?project={}#place-{}",
                    place.project.id, place.assignment.id
                ),
                place.project.name.clone(),
                ui::chip("warn", &text),
            )
        }
    };
    html! { li { a.what href=(link) { (name) } span.end { (chip) } } }
}

fn how_long(over: &Overloaded<'_>, start: WeekStart) -> String {
    let far = how_far(over);
    if over.weeks == 1 {
        format!("{far}, week of {}", over.first.first_day(start).short())
    } else {
        format!("{far}, over for {} weeks", over.weeks)
    }
}

/// How full the departments are.
pub fn departments(book: &Book, view: &Overview<'_>, scope: Scope) -> Markup {
    let top = scope
        .department
        .and_then(|id| book.plan.department(id))
        .map_or(0, |one| one.depth);
    let shown = view
        .departments
        .iter()
        .filter(|load| load.department.is_none_or(|one| one.depth <= top + 1));
    html! {
        section.card aria-labelledby="departments" {
            header { h2 #departments { "Utilisation by department" } span.muted { "next " (scope.weeks) " weeks" } a href=(report_link(scope)) { "Report →" } }
            @if view.departments.is_empty() {
                p.muted { "There is nobody here yet. " a href="/people" { "People" } }
            } @else {
                table.list {
                    thead.visually-hidden { tr { th scope="col" { "Department" } th scope="col" { "Utilisation" } th scope="col" { "Percent" } th scope="col" { "People" } } }
                    tbody { @for load in shown { (department_row(book, load, top)) } }
                }
            }
        }
    }
}

fn department_row(book: &Book, load: &DepartmentLoad<'_>, top: usize) -> Markup {
    let sum = total(&load.weeks);
    let bands = book.plan.organisation.bands;
    // Limits in hours are those of one person's week; for a group over many weeks only a share says something.
    let bands = if bands.unit == BandUnit::Hours {
        Bands::default()
    } else {
        bands
    };
    let class = bands.load(sum.booked(), sum.capacity).class();
    let deeper = load.department.is_some_and(|one| one.depth > top);
    html! {
        tr.deeper[deeper] {
            th scope="row" {
                @match load.department {
                    Some(one) => a href=(format!("/schedule?department={}", one.id)) { (one.name) },
                    None => span.muted { "No department" },
                }
            }
            td { (ui::load_meter(sum.percent(), class)) }
            td.num { (ui::percent_text(sum.percent())) }
            td.num.faint { (counted(load.people, "person", "people")) }
        }
    }
}

/// The next dates, and who has most of the work towards each.
pub fn coming(view: &Overview<'_>, scope: Scope) -> Markup {
    let next: Vec<&Due<'_>> = view.coming(scope.today).take(DATES).collect();
    html! {
        section.card aria-labelledby="coming" {
            header { h2 #coming { "Coming up" } a href="/projects?sort=due" { "By date →" } }
            @if next.is_empty() {
                p.muted { "No deliverable has a date from today on. " a href=(schedule_link(scope)) { "Schedule" } }
            } @else {
                table.list {
                    thead.visually-hidden { tr { th scope="col" { "Due" } th scope="col" { "Deliverable" } th scope="col" { "Most hours" } } }
                    tbody {
                        @for due in next {
                            tr {
                                td.faint.nowrap { (due.due.short()) }
                                th scope="row" { a href=(format!("/projects/{}", due.project.id)) { (due.project.name) } " · " (due.deliverable.name) }
                                td.num.muted {
                                    @match due.lead {
                                        Some(person) => (person.name),
                                        None => span.faint title="No hours booked" { "—" },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

//! Looking back: a table of weeks then and now, and one of who worked on what.

use maud::{Markup, html};

use super::handlers::{Comparison, Of};
use super::rules::{Asked, Changed, Experience, Tally, WeekCompared};
use crate::book::Plan;
use crate::ui::{self, Frame, Place};
use crate::units::{Minutes, Week, WeekStart};

/// How many changes of a week are named.
const FIRST: usize = 3;

fn tabs(experience: bool) -> Markup {
    html! {
        nav.tabs-row aria-label="Looking back" {
            a href="/past" aria-current=[(!experience).then_some("page")] { "Then and now" }
            a href="/past/experience" aria-current=[experience.then_some("page")] { "Who worked for whom" }
        }
    }
}

/// Planned then, and now.
pub fn past_page(frame: &Frame, plan: &Plan, asked: Asked, comparison: &Comparison) -> Markup {
    let known = comparison.weeks.iter().any(|week| week.then.is_some());
    ui::page(
        frame,
        Place::Reports,
        "Looking back",
        &html! {
            (ui::page_head("Looking back", &html! { span.muted { "what was planned then, and what the plan says now" } }, &html! {}))
            (tabs(false))
            (past_filters(plan, asked, comparison))
            @if known {
                (figures(&comparison.weeks))
                section.card.flush { div.scroll tabindex="0" role="region" aria-label="Week by week" { (weeks_table(plan, asked, comparison)) } }
            } @else if asked.as_of.is_some() {
                section.card { (ui::empty("The plan was not kept then", "What is planned ahead is kept when a week begins. Choose another week, or look at weeks as they ended.", &html! { a.btn href="/past" { "Weeks as they ended" } })) }
            } @else {
                section.card { (ui::empty("Nothing was kept of these weeks", "Each week is kept when it is over: who was planned on what. Come back on the first day of the next week, or choose other weeks.", &html! { a.btn href="/schedule" { "To the schedule" } })) }
            }
        },
    )
}

fn options<'a, T: std::fmt::Display + PartialEq + Copy + 'a>(
    all: impl Iterator<Item = (T, &'a str)>,
    chosen: Option<T>,
) -> Markup {
    html! {
        @for (id, name) in all { option value=(id) selected[chosen == Some(id)] { (name) } }
    }
}

fn past_filters(plan: &Plan, asked: Asked, comparison: &Comparison) -> Markup {
    let start = plan.organisation.week_start;
    let scope = asked.scope;
    html! {
        form.calendar-filters method="get" action="/past" data-autosubmit {
            select.field name="project" aria-label="Project" {
                option value="" { "All projects" }
                (options(plan.projects.iter().map(|one| (one.id, one.name.as_str())), scope.project))
            }
            select.field name="person" aria-label="Person" {
                option value="" { "Everybody" }
                (options(plan.people.iter().map(|one| (one.id, one.name.as_str())), scope.person))
            }
            select.field name="client" aria-label="Client" {
                option value="" { "All clients" }
                (options(plan.clients.iter().map(|one| (one.id, one.name.as_str())), scope.client))
            }
            @if !plan.departments.is_empty() {
                select.field name="department" aria-label="Department" {
                    option value="" { "All departments" }
                    (options(plan.departments.iter().map(|one| (one.id, one.name.as_str())), scope.department))
                }
            }
            select.field name="asOf" aria-label="Compared with" {
                option value="" selected[asked.as_of.is_none()] { "Each week as it ended" }
                @for week in &comparison.outlooks {
                    option value=(week.first_day(start)) selected[asked.as_of == Some(*week)] { "As planned on " (dated(*week, start)) }
                }
            }
            @if asked.as_of.is_none() {
                span.periods {
                    label.period { "from " input.field type="date" name="from" value=(asked.first.first_day(start)); }
                    label.period { "to " input.field type="date" name="to" value=(asked.last.last_day(start)); }
                }
            }
            noscript { button.btn type="submit" { "Show" } }
            @if !scope.is_everything() || asked.as_of.is_some() { a.btn.quiet href="/past" { "Show everything" } }
        }
    }
}

/// `16 Nov 2026`.
fn dated(week: Week, start: WeekStart) -> String {
    let day = week.first_day(start);
    format!("{} {}", day.short(), day.ymd().0)
}

fn figures(weeks: &[WeekCompared]) -> Markup {
    let known = || weeks.iter().filter(|week| week.then.is_some());
    let then: Minutes = known().filter_map(|week| week.then).sum();
    let now: Minutes = known().map(|week| week.now).sum();
    let changed = known().filter(|week| !week.changes.is_empty()).count();
    html! {
        div.kpis {
            div.card.kpi { span { "Planned then" } b { (then.rounded()) " h" } span.chip { (known().count()) " weeks that were kept" } }
            div.card.kpi { span { "In the plan now" } b { (now.rounded()) " h" } (ui::chip("", &signed(i64::from(now.0) - i64::from(then.0)))) }
            div.card.kpi { span { "Weeks that changed" } b { (changed) } span.chip { "since they were kept" } }
        }
    }
}

/// `+12 h`, `−3.5 h`, `no difference`.
fn signed(minutes: i64) -> String {
    let amount = Minutes(u32::try_from(minutes.unsigned_abs()).unwrap_or(u32::MAX));
    match minutes {
        0 => "no difference".to_owned(),
        1.. => format!("+{} h", amount.spaced()),
        _ => format!("−{} h", amount.spaced()),
    }
}

fn weeks_table(plan: &Plan, asked: Asked, comparison: &Comparison) -> Markup {
    let start = plan.organisation.week_start;
    // Weeks before anything was kept or planned say nothing.
    let weeks = comparison
        .weeks
        .iter()
        .skip_while(|week| week.then.is_none() && week.now.0 == 0);
    let capacities = !comparison.capacities.is_empty() && asked.as_of.is_none();
    html! {
        table.list.hover.past {
            thead { tr {
                th scope="col" { "Week of" }
                th.num scope="col" { "Then" }
                th.num scope="col" { "Now" }
                th.num scope="col" { "Difference" }
                @if capacities { th.num.phone-hide scope="col" { "Capacity then" } }
                th scope="col" { "What changed since" }
            } }
            tbody {
                @for week in weeks {
                    tr {
                        th.nowrap scope="row" { (dated(week.week, start)) }
                        td.num { @match week.then { Some(then) => (then.spaced()), None => span.faint title="This week was not kept" { "–" } } }
                        td.num { (week.now.spaced()) }
                        td.num { @match week.difference() { Some(0) => span.faint { "0" }, Some(difference) => (signed(difference)), None => span.faint { "–" } } }
                        @if capacities { td.num.faint.phone-hide { @match comparison.capacities.get(&week.week) { Some(minutes) => (minutes.spaced()), None => "–" } } }
                        td { @if week.then.is_some() && week.changes.is_empty() { span.faint { "nothing" } } @else { (changes(&week.changes)) } }
                    }
                }
            }
        }
    }
}

fn changes(changes: &[Changed]) -> Markup {
    let line = |change: &Changed| {
        html! {
            li {
                @if change.person.is_empty() { span.muted { "Open place" } } @else { (change.person) }
                span.muted { " · " (change.project) " " }
                span.nowrap { (change.then) " → " (change.now) " h" }
            }
        }
    };
    let (first, rest) = changes.split_at(changes.len().min(FIRST));
    html! {
        ul.changes { @for change in first { (line(change)) } }
        @if !rest.is_empty() {
            details.behind { summary { "and " (rest.len()) " more" } ul.changes { @for change in rest.iter().take(200) { (line(change)) } } }
        }
    }
}

/// Who worked on what for which client.
pub fn experience_page(frame: &Frame, plan: &Plan, of: Option<Of>, found: &[Experience]) -> Markup {
    let (client, person) = match of {
        Some(Of::Client(id)) => (Some(id), None),
        Some(Of::Person(id)) => (None, Some(id)),
        None => (None, None),
    };
    ui::page(
        frame,
        Place::Reports,
        "Who worked for whom",
        &html! {
            (ui::page_head("Looking back", &html! { span.muted { "who worked on what, for which client" } }, &html! {}))
            (tabs(true))
            div.calendar-filters {
                form method="get" action="/past/experience" data-autosubmit {
                    select.field name="client" aria-label="Client" {
                        option value="" { "Choose a client…" }
                        (options(plan.clients.iter().map(|one| (one.id, one.name.as_str())), client))
                    }
                    noscript { button.btn type="submit" { "Show" } }
                }
                span.muted { "or" }
                form method="get" action="/past/experience" data-autosubmit {
                    select.field name="person" aria-label="Person" {
                        option value="" { "Choose a person…" }
                        (options(plan.people.iter().map(|one| (one.id, one.name.as_str())), person))
                    }
                    noscript { button.btn type="submit" { "Show" } }
                }
            }
            @match of {
                None if plan.clients.is_empty() && plan.people.is_empty() => section.card { (ui::empty("Nobody is in the plan yet", "Who worked for whom comes from the weeks that are over, as they were planned when they ended.", &html! { @if frame.may_edit { a.btn href="/import" { "Import a spreadsheet" } " " a.btn href="/people/new" data-dialog { "Add a person" } } })) },
                None => section.card { (ui::empty("Whose experience?", "Choose a client to see who worked for them, or a person to see for whom they worked. It comes from the weeks that are over, as they were planned when they ended.", &html! {})) },
                Some(of) if found.is_empty() => section.card { (nothing(of)) },
                Some(of) => (experience_table(plan, of, found)),
            }
        },
    )
}

fn nothing(of: Of) -> Markup {
    let text = match of {
        Of::Client(_) => "Nobody was planned on a project of this client in any week that is over.",
        Of::Person(_) => "This person was not planned on anything in any week that is over.",
    };
    ui::empty(
        "No experience yet",
        text,
        &html! { a.btn href="/schedule" { "To the schedule" } },
    )
}

fn experience_table(plan: &Plan, of: Of, found: &[Experience]) -> Markup {
    let start = plan.organisation.week_start;
    html! {
        section.card.flush {
            div.scroll tabindex="0" role="region" aria-label="Experience" {
                table.list.experience {
                    thead { tr {
                        th scope="col" { @match of { Of::Client(_) => "Person and project", Of::Person(_) => "Client and project" } }
                        th.num scope="col" { "Weeks" }
                        th.num scope="col" { "Hours" }
                        th.phone-hide scope="col" { "Roles" }
                        th scope="col" { "From and to" }
                    } }
                    @for one in found {
                        tbody {
                            tr.total {
                                th scope="rowgroup" { (name(of, one)) }
                                (tally(&one.tally, start))
                            }
                            @for (id, project, of_project) in &one.projects {
                                tr.deeper {
                                    th scope="row" { @if plan.projects.iter().any(|known| known.id.0 == *id) { a href=(format!("/projects/{id}")) { (project) } } @else { (project) } }
                                    (tally(of_project, start))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn name(of: Of, one: &Experience) -> Markup {
    let other = match of {
        Of::Client(_) => "person",
        Of::Person(_) => "client",
    };
    html! {
        @match one.id {
            Some(id) => a href=(format!("/past/experience?{other}={id}")) { (one.name) },
            None => "Without a client",
        }
    }
}

fn tally(tally: &Tally, start: WeekStart) -> Markup {
    let roles: Vec<&str> = tally.roles.iter().map(String::as_str).collect();
    let blocks: Vec<String> = tally
        .blocks()
        .iter()
        .map(|block| {
            let (first, last) = (block.first.first_day(start), block.last.last_day(start));
            if first.ymd().0 == last.ymd().0 {
                format!("{} – {} {}", first.short(), last.short(), last.ymd().0)
            } else {
                format!(
                    "{} {} – {} {}",
                    first.short(),
                    first.ymd().0,
                    last.short(),
                    last.ymd().0
                )
            }
        })
        .collect();
    html! {
        td.num { (tally.weeks()) }
        td.num { (tally.minutes.rounded()) }
        td.muted.phone-hide { (roles.join(", ")) }
        td.muted.blocks { @for block in &blocks { span { (block) } } }
    }
}

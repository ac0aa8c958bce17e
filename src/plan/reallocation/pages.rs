//! The question before a date moves: who, which weeks, how many hours, and what becomes too much.

use axum::response::Response;
use maud::{Markup, html};

use super::rules::{Follow, Line, Move, Reach, Reallocation, Stays, who};
use crate::book::{Book, Deliverable, Overload, percent};
use crate::ui::{self, Frame, Place};
use crate::units::{Day, Minutes, Week};
use crate::web::Fields;

/// How many rows and weeks are shown; the rest is told in numbers.
const MOST_ROWS: usize = 40;
const MOST_WEEKS: usize = 26;
/// How many warnings of a kind are shown.
const MOST_WARNINGS: usize = 5;

/// What the page shows.
pub struct Preview<'a> {
    /// The plan.
    pub book: &'a Book,
    /// Whose date moves.
    pub deliverable: &'a Deliverable,
    /// From where to where.
    pub moved: Move,
    /// How the hours are to follow.
    pub follow: &'a Follow,
    /// What would follow.
    pub reallocation: &'a Reallocation,
    /// What the answer refers to.
    pub basis: &'a str,
    /// What was entered; it goes on to the answer.
    pub fields: &'a Fields,
    /// What somebody has changed since the reader saw the last preview.
    pub changed: &'a [String],
    /// The page of ours from which it was asked.
    pub back: String,
    /// What is unusual about the date.
    pub warnings: Vec<String>,
}

/// The page, or the inside of a dialog.
pub fn preview(frame: &Frame, view: &Preview<'_>) -> Response {
    let name = &view.deliverable.name;
    let title = format!(
        "Move {name} from {} to {}?",
        day(view.moved.from),
        day(view.moved.to)
    );
    let action = format!("/deliverables/{}/move", view.deliverable.id);
    ui::fragment_or_page(
        frame,
        Place::Projects,
        &title,
        &html! {
            section.card.wide.reallocation {
                header { h1 { (title) } }
                @if !view.changed.is_empty() { (stale(view.changed)) }
                p.muted { (summary(view)) }
                form method="post" action=(action) data-ask-again=(format!("{action}/preview")) {
                    (ui::form_key(&frame.form_key))
                    (carried(view))
                    (choices(view))
                    @if !view.warnings.is_empty() { div.warning { @for one in &view.warnings { p { (one) } } } }
                    @if view.follow.hours {
                        (warnings(view))
                        @if !view.reallocation.lines.is_empty() { (table(view)) }
                    }
                    (answers(view))
                }
            }
        },
    )
}

fn day(day: Day) -> String {
    format!("{} {}", day.ymd().2, day.month_name())
}

fn hours(minutes: Minutes) -> String {
    if minutes == Minutes(60) {
        "1 hour".to_owned()
    } else {
        format!("{minutes} hours")
    }
}

fn weeks(delta: i32) -> String {
    let count = delta.abs();
    let noun = if count == 1 { "week" } else { "weeks" };
    format!("{count} {noun} {}", if delta < 0 { "earlier" } else { "later" })
}

fn stale(changed: &[String]) -> Markup {
    html! {
        div.errors role="alert" {
            p { strong { "The plan has changed since you looked." } " Nothing was moved yet; below is what would move now." }
            ul { @for one in changed { li { (one) } } }
        }
    }
}

fn summary(view: &Preview<'_>) -> String {
    let reallocation = view.reallocation;
    if !view.follow.hours {
        return "Only the date moves; all hours stay where they are.".to_owned();
    }
    if reallocation.delta == 0 {
        return "Both days lie in the same week, so no hours move.".to_owned();
    }
    if reallocation.lines.is_empty() {
        return "No hours lead up to it from this week on, so only the date moves.".to_owned();
    }
    let mut people: Vec<_> = reallocation
        .lines
        .iter()
        .filter_map(|line| view.book.plan.assignment(line.assignment)?.person)
        .collect();
    people.sort_unstable();
    people.dedup();
    let open = reallocation
        .lines
        .iter()
        .filter(|line| {
            view.book
                .plan
                .assignment(line.assignment)
                .is_some_and(|one| one.person.is_none())
        })
        .count();
    let of = match (people.len(), open) {
        (0, 1) => "1 open place".to_owned(),
        (0, open) => format!("{open} open places"),
        (1, 0) => "1 person".to_owned(),
        (people, 0) => format!("{people} people"),
        (people, open) => format!(
            "{people} {} and {open} open {}",
            if people == 1 { "person" } else { "people" },
            if open == 1 { "place" } else { "places" }
        ),
    };
    let past = if view.follow.terms.past_weeks {
        "Weeks already past move too."
    } else {
        "Weeks already past stay."
    };
    format!(
        "{} of {of} belong to it and can follow, {}. {past}",
        hours(reallocation.minutes()),
        weeks(reallocation.delta)
    )
}

/// What was entered so far, for the answer.
fn carried(view: &Preview<'_>) -> Markup {
    const KEPT: [&str; 7] = ["due", "name", "percent", "phase", "done", "notes", "back"];
    html! {
        @for name in KEPT.into_iter().filter(|name| view.fields.has(name)) {
            input type="hidden" name=(name) value=(view.fields.text(name));
        }
        input type="hidden" name="preview" value=(view.basis);
    }
}

fn choices(view: &Preview<'_>) -> Markup {
    let (before, after) = neighbours(view);
    let since = before.map_or_else(
        || "All hours up to it".to_owned(),
        |name| format!("Hours since {name}"),
    );
    let until = match (before, after) {
        (_, Some(name)) => format!("All up to {name}"),
        (Some(name), None) => format!("All after {name}"),
        (None, None) => "All hours of the project".to_owned(),
    };
    let terms = view.follow.terms;
    html! {
        div.opts role="group" aria-label="How the hours follow" {
            label { input type="checkbox" name="moveHours" value="true" checked[view.follow.hours]; "Move the hours too" }
            @for (reach, label) in [(Reach::LeadIn, since), (Reach::Neighbours, until)] {
                label { input type="radio" name="window" value=(reach.as_str()) checked[terms.reach == reach] disabled[!view.follow.hours]; (label) }
            }
            label { input type="checkbox" name="pastWeeks" value="true" checked[terms.past_weeks] disabled[!view.follow.hours]; "Also past weeks" }
            noscript { button.btn.small type="submit" formaction=(format!("/deliverables/{}/move/preview", view.deliverable.id)) { "Show again" } }
        }
    }
}

/// The names of the deliverables before and after it by date.
fn neighbours<'a>(view: &Preview<'a>) -> (Option<&'a str>, Option<&'a str>) {
    let start = view.book.plan.organisation.week_start;
    let others = || {
        view.book
            .plan
            .deliverables_of(view.deliverable.project)
            .filter(|one| one.id != view.deliverable.id)
            .filter_map(|one| Some((one.due?, one.name.as_str())))
    };
    let own = Week::of(view.moved.from, start);
    let before = others()
        .filter(|(due, _)| Week::of(*due, start) < own)
        .max_by_key(|(due, _)| *due);
    let after = others()
        .filter(|(due, _)| *due > view.moved.from)
        .min_by_key(|(due, _)| *due);
    (before.map(|(_, name)| name), after.map(|(_, name)| name))
}

fn table(view: &Preview<'_>) -> Markup {
    let start = view.book.plan.organisation.week_start;
    let touched = view.reallocation.touched_weeks();
    let shown = touched.get(..MOST_WEEKS).unwrap_or(&touched);
    let lines = &view.reallocation.lines;
    let more = (lines.len().saturating_sub(MOST_ROWS), touched.len() - shown.len());
    html! {
        div.scroll tabindex="0" role="region" aria-label="Hours that move" {
            table.list.moves {
                thead { tr {
                    th scope="col" { "Person" }
                    @for week in shown { th.num scope="col" { (week.first_day(start).short()) } }
                    th.num scope="col" { "moved" }
                } }
                tbody { @for line in lines.iter().take(MOST_ROWS) { (row(view, line, shown)) } }
            }
        }
        @if more != (0, 0) { p.faint { (rest(more)) } }
    }
}

fn rest((rows, weeks): (usize, usize)) -> String {
    match (rows, weeks) {
        (rows, 0) => format!("And {rows} more rows that move the same way."),
        (0, weeks) => format!("And {weeks} more weeks that change."),
        (rows, weeks) => format!("And {rows} more rows and {weeks} more weeks that change."),
    }
}

fn row(view: &Preview<'_>, line: &Line, weeks: &[Week]) -> Markup {
    let name = view
        .book
        .plan
        .assignment(line.assignment)
        .map_or_else(String::new, |one| who(view.book, one));
    html! {
        tr {
            th scope="row" { (name) }
            @for week in weeks {
                @match line.cells.iter().find(|cell| cell.week == *week) {
                    Some(cell) => td.num.more[cell.after > cell.before].less[cell.after < cell.before] { (cell.before) " → " (cell.after) },
                    None => td.num.same { (view.book.hours().get(line.assignment, *week)) },
                }
            }
            td.num { (line.moved) " h" }
        }
    }
}

fn warnings(view: &Preview<'_>) -> Markup {
    let told = overloads(view).into_iter().chain(stays(view));
    let told: Vec<String> = told.collect();
    html! { @if !told.is_empty() { div.warning role="note" { @for one in &told { p { (one) } } } } }
}

/// Each person's worst week, and how many more there are.
fn overloads(view: &Preview<'_>) -> Vec<String> {
    let start = view.book.plan.organisation.week_start;
    let mut people: Vec<(&Overload, usize)> = Vec::new();
    for one in &view.reallocation.overloads {
        let too_much = |one: &Overload| one.booked.less(one.capacity);
        match people.iter_mut().find(|(worst, _)| worst.person == one.person) {
            Some((worst, weeks)) => {
                *weeks += 1;
                if too_much(one) > too_much(worst) {
                    *worst = one;
                }
            }
            None => people.push((one, 1)),
        }
    }
    people.sort_by_key(|(worst, _)| std::cmp::Reverse(worst.booked.less(worst.capacity)));
    let mut told: Vec<String> = people
        .iter()
        .take(MOST_WARNINGS)
        .filter_map(|(worst, weeks)| {
            let person = view.book.plan.person(worst.person)?;
            let share = percent(worst.booked, worst.capacity)
                .map(|percent| format!(" ({percent} %)"))
                .unwrap_or_default();
            let more = match weeks - 1 {
                0 => String::new(),
                1 => ", and is over in one more week".to_owned(),
                more => format!(", and is over in {more} more weeks"),
            };
            Some(format!(
                "With all other work {} goes to {} of {} h{share} in the week of {}{more}.",
                person.name,
                worst.booked,
                worst.capacity,
                day(worst.week.first_day(start))
            ))
        })
        .collect();
    match people.len().saturating_sub(MOST_WARNINGS) {
        0 => {}
        1 => told.push("And one more person gets more than they can carry.".to_owned()),
        more => told.push(format!("And {more} more people get more than they can carry.")),
    }
    told
}

/// What stays, by person and reason.
fn stays(view: &Preview<'_>) -> Vec<String> {
    let mut sums: Vec<(String, Stays, Minutes)> = Vec::new();
    for one in &view.reallocation.skipped {
        let name = view
            .book
            .plan
            .assignment(one.assignment)
            .map_or_else(String::new, |assignment| who(view.book, assignment));
        match sums
            .iter_mut()
            .find(|(own, reason, _)| *own == name && *reason == one.reason)
        {
            Some((.., sum)) => *sum += one.minutes,
            None => sums.push((name, one.reason, one.minutes)),
        }
    }
    let more = sums.len().saturating_sub(MOST_WARNINGS);
    let mut told: Vec<String> = sums
        .into_iter()
        .take(MOST_WARNINGS)
        .map(|(name, reason, minutes)| format!("{} of {name} stay where they are: {reason}.", hours(minutes)))
        .collect();
    if more > 0 {
        told.push(format!("And hours of {more} more stay where they are."));
    }
    told
}

fn answers(view: &Preview<'_>) -> Markup {
    let moves = view.follow.hours && !view.reallocation.lines.is_empty();
    html! {
        footer {
            span.faint { "One step, can be undone" }
            a.btn href=(view.back) data-close { "Cancel" }
            @if moves {
                button.btn type="submit" name="only" value="date" { "Move the date only" }
                button.btn.primary type="submit" { "Move date and " (hours(view.reallocation.minutes())) }
            } @else {
                button.btn.primary type="submit" { "Move the date" }
            }
        }
    }
}

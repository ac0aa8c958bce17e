//! The preview as a grid: what each cell holds, and what it would hold.

use maud::{Markup, html};

use crate::book::Book;
use crate::plan::auto_hours::rules::{Cell, Place, Preview, PreviewRow, Verdict, place_words};
use crate::units::{Minutes, Week};

/// Rows by role, weeks from the first that is touched to the last.
pub fn grid(book: &Book, preview: &Preview<'_>) -> Markup {
    let Some((from, count)) = preview.span() else {
        return html! {};
    };
    let start = book.plan.organisation.week_start;
    html! {
        div.scroll tabindex="0" role="region" aria-label="Hours before and after" {
            table.list.before-after {
                thead { tr {
                    th scope="col" { "Who" }
                    @for week in from.span(count) { th.centre scope="col" { (week.first_day(start).short()) } }
                    th.num scope="col" { "Change" }
                } }
                tbody { @for row in &preview.rows { (one_row(book, row, from, count)) } }
            }
        }
        p.legend-line.faint {
            span.cell.set { "8" } " written "
            span.cell.kept { "8" } " holds hours and stays "
            span.cell.same { "8" } " as the template already"
        }
    }
}

fn one_row(book: &Book, row: &PreviewRow<'_>, from: Week, count: u16) -> Markup {
    let sum = |value: fn(&Cell) -> Minutes| -> Minutes { row.writes().map(value).sum() };
    let (before, after) = (sum(|cell| cell.before), sum(|cell| cell.after));
    html! {
        tr {
            th scope="row" {
                @match row.person {
                    Some(person) => a href=(format!("/people/{}", person.id)) { (person.name) },
                    None => em { (place_words(book, row.place)) },
                }
                " " small.faint { @if row.person.is_some() { (book.plan.role_name(Some(row.role))) } @else if matches!(row.place, Place::New(..)) { "to be added" } }
            }
            @for week in from.span(count) {
                td.centre { @match row.cells.iter().find(|cell| cell.week == week) { Some(cell) => (one_cell(cell)), None => span.faint { "·" } } }
            }
            td.num.nowrap { (change(before, after)) }
        }
    }
}

fn one_cell(cell: &Cell) -> Markup {
    let Cell { before, after, .. } = *cell;
    let (class, title) = match cell.verdict {
        Verdict::Set => ("set", format!("{before} h → {after} h")),
        Verdict::Same => ("same", format!("{before} h, as the template says")),
        Verdict::Kept => ("kept", format!("{before} h stay; the template says {after} h")),
        Verdict::Unticked => (
            "kept",
            format!("{before} h stay unless you tick them; the template says {after} h"),
        ),
    };
    html! {
        span.cell.(class) title=(title) {
            @match cell.verdict {
                Verdict::Set => { @if before.0 > 0 { del { (before) } " " } ins { (after) } },
                Verdict::Same | Verdict::Kept | Verdict::Unticked => (before),
            }
        }
    }
}

/// `+12 h`, `−4 h`, or a dot.
fn change(before: Minutes, after: Minutes) -> String {
    match before.cmp(&after) {
        std::cmp::Ordering::Less => format!("+{} h", after.less(before)),
        std::cmp::Ordering::Greater => format!("−{} h", before.less(after)),
        std::cmp::Ordering::Equal => "·".to_owned(),
    }
}

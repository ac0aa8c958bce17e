//! What the columns of a file were taken for, to be put right.

use maud::{Markup, html};

use super::super::columns::{Field, Kind, Meaning, What};
use super::super::read::{ColumnReading, Reading, SheetReading};
use super::super::uploads::Ready;
use super::preview::rows;
use super::start::title;
use crate::ui::{self, FormState, Frame};

/// How many columns of a sheet can be put right on the page.
const MOST: usize = 120;

/// The sheets with their columns.
pub fn columns(frame: &Frame, key: &str, ready: &Ready) -> Markup {
    let reading = &ready.reading;
    let open = !reading.problems.is_empty();
    html! {
        section.card {
            header { h2 { "Columns" } span.end.faint { "Put right what was taken for something else" } }
            form.form method="post" action=(format!("/import/{key}/columns")) {
                (ui::form_key(&frame.form_key))
                (about(reading.what))
                @for (index, sheet) in reading.sheets.iter().enumerate() { (one_sheet(reading, index, sheet, open)) }
                div.actions { button.btn type="submit" { "Read again" } }
            }
        }
    }
}

fn about(what: What) -> Markup {
    let state = FormState::with(&[("what", what.key().to_owned())]);
    let all: Vec<(String, String)> = What::ALL
        .into_iter()
        .map(|what| (what.key().to_owned(), super::capital(what.key())))
        .collect();
    ui::choice(&state, "what", "The file is about", None, &all)
}

fn one_sheet(reading: &Reading, index: usize, sheet: &SheetReading, open: bool) -> Markup {
    let name = sheet.name.as_deref().unwrap_or("The file");
    let Some(kind) = sheet.kind else {
        return html! { p.muted { strong { (name) } " was left out: its columns were not recognised." } };
    };
    let weeks: Vec<&ColumnReading> = sheet
        .columns
        .iter()
        .filter(|column| matches!(column.meaning, Meaning::HoursOf(_)))
        .collect();
    let others = sheet
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| !matches!(column.meaning, Meaning::HoursOf(_)));
    html! {
        details.sheet open[open] {
            summary { strong { (name) } " " span.muted { (title(kind)) " · " (rows(sheet.rows)) " · heads in row " (sheet.heads) } }
            div.scroll tabindex="0" role="region" aria-label=(format!("Columns of {name}")) {
                table.list {
                    thead { tr { th scope="col" { "Column" } th scope="col" { "Such as" } th scope="col" { "Taken for" } } }
                    tbody {
                        @for (column, own) in others.take(MOST) {
                            @let id = format!("c-{index}-{column}");
                            tr {
                                th scope="row" { label for=(id) { (own.label()) } " " small { (own.letter) } }
                                td.sample { (own.sample) }
                                td { (select(reading.what, kind, &id, own)) }
                            }
                        }
                        @if let (Some(first), Some(last)) = (weeks.first(), weeks.last()) {
                            tr {
                                th scope="row" { (first.title) @if weeks.len() > 1 { " to " (last.title) } " " small { (first.letter) "–" (last.letter) } }
                                td {}
                                td { "Hours of " (weeks.len()) @if weeks.len() == 1 { " week" } @else { " weeks" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn select(what: What, kind: Kind, id: &str, column: &ColumnReading) -> Markup {
    let chosen = column.meaning.field();
    // A sheet may turn out to be of the other kind: long instead of wide, deliverables instead of projects.
    let mut fields: Vec<(Field, &str)> = kind
        .fields()
        .iter()
        .map(|field| (*field, field.label(kind)))
        .collect();
    for other in what.kinds().iter().filter(|other| **other != kind) {
        for field in other.fields() {
            if !fields.iter().any(|(known, _)| known == field) {
                fields.push((*field, field.label(*other)));
            }
        }
    }
    html! {
        select.field id=(id) name=(id) {
            option value="" selected[chosen.is_none()] { "Nothing: leave it out" }
            @for (field, label) in fields {
                option value=(field.key()) selected[chosen == Some(field)] { (label) }
            }
        }
    }
}

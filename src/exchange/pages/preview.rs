//! The second step: what a file would do, row by row.

use maud::{Markup, html};

use super::super::import::{FieldChange, ImportPlan, RowChange};
use super::super::uploads::Ready;
use super::columns::columns;
use super::{capital, counts, number, page, steps};
use crate::ui::{self, Frame};
use crate::units::Minutes;

/// How many refused rows are shown; the rest stands in the file of them.
const REFUSED: usize = 200;

/// What a file would do.
pub fn preview(frame: &Frame, name: &str, key: &str, ready: &Ready) -> Markup {
    let planned = &ready.planned;
    let away = html! {
        form method="post" action=(format!("/import/{key}/remove")) {
            (ui::form_key(&frame.form_key))
            button.btn type="submit" { "Choose another file" }
        }
    };
    page(
        frame,
        &format!("{name}: preview"),
        &html! {
            (ui::page_head(name, &html! {}, &away))
            (steps(2))
            @if let Some(notice) = ready.notice { p.note.warn role="alert" { (notice) } }
            (verdict(frame, key, planned))
            @if !planned.is_sound() { (refused(name, key, planned)) }
            @if !planned.changes.is_empty() { (changes(planned)) }
            (columns(frame, key, ready))
        },
    )
}

/// How much of what, and the button.
fn verdict(frame: &Frame, key: &str, planned: &ImportPlan) -> Markup {
    let (sound, nothing) = (planned.is_sound(), planned.changes_nothing());
    html! {
        section.card {
            header {
                h2 {
                    @if !sound { (number(planned.problems.count())) @if planned.problems.count() == 1 { " problem" } @else { " problems" } ": nothing can be imported yet" }
                    @else if nothing { "The plan says all of this already" }
                    @else { "Ready to import " (planned.summary()) }
                }
                @if sound && planned.minutes > 0 { span.end.faint { (hours(planned.minutes)) " h in the file" } }
            }
            @if planned.counts.is_empty() && sound { p.muted { "The file holds no rows that could be imported." } }
            @if !planned.counts.is_empty() { (counts(&planned.counts)) }
            @if !planned.notes.is_empty() {
                ul.notes { @for note in &planned.notes { li { (note) } } }
            }
            @if !nothing || !sound {
                footer {
                    form method="post" action=(format!("/import/{key}")) {
                        (ui::form_key(&frame.form_key))
                        button.btn.primary type="submit" disabled[!sound] aria-describedby=[(!sound).then_some("why-not")] {
                            "Import " @if planned.summary() == "nothing" { "these rows" } @else { (planned.summary()) }
                        }
                    }
                    @if sound { span.muted { "All of it in one step, which can be undone." } }
                    @else { span.muted #why-not { "Put the rows below right in the file and bring it again. An import is all or nothing." } }
                }
            }
        }
    }
}

fn hours(minutes: u64) -> String {
    let minutes = Minutes(u32::try_from(minutes).unwrap_or(u32::MAX));
    let text = minutes.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = crate::units::grouped(whole.parse().unwrap_or(0));
    if part.is_empty() {
        whole
    } else {
        format!("{whole}.{part}")
    }
}

fn refused(name: &str, key: &str, planned: &ImportPlan) -> Markup {
    let problems = &planned.problems;
    let sheets = problems.kept().iter().any(|problem| problem.sheet.is_some());
    html! {
        section.card {
            header {
                h2 { "Refused" }
                @if problems.count() > REFUSED { span.muted { "The first " (REFUSED) " of " (number(problems.count())) } }
                a href=(format!("/import/{key}/refused.csv")) download { (ui::icon("download")) " As CSV" }
            }
            div.scroll tabindex="0" role="region" aria-label="Refused rows" {
                table.preview {
                    thead { tr { th.file scope="col" { "File" } @if sheets { th scope="col" { "Sheet" } } th.num scope="col" { "Row" } th scope="col" { "Column" } th scope="col" { "Reason" } } }
                    tbody {
                        @for problem in problems.kept().iter().take(REFUSED) {
                            tr.refused {
                                td.file { (name) }
                                @if sheets { td { (problem.sheet.as_deref().unwrap_or_default()) } }
                                td.num { (problem.line) }
                                td { (problem.column.as_deref().unwrap_or("–")) }
                                td { (problem.reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn changes(planned: &ImportPlan) -> Markup {
    html! {
        section.card {
            header {
                h2 { "What would change" }
                @if planned.changed_rows > planned.changes.len() {
                    span.muted { "The first " (number(planned.changes.len())) " of " (number(planned.changed_rows)) }
                }
            }
            div.scroll tabindex="0" role="region" aria-label="What would change" {
                table.preview {
                    thead { tr { th scope="col" { "Change" } th scope="col" { "What" } th scope="col" { "Name" } th scope="col" { "Fields" } } }
                    tbody { @for row in &planned.changes { (change(row)) } }
                }
            }
        }
    }
}

fn change(row: &RowChange) -> Markup {
    let (class, word) = if row.is_new {
        ("new", "New")
    } else {
        ("changed", "Changed")
    };
    html! {
        tr.(class) {
            td.verdict { (word) }
            td { (capital(row.noun.word(1))) }
            td { (row.title) }
            td.fields { @for field in &row.fields { (field_change(field, row.is_new)) } }
        }
    }
}

fn field_change(change: &FieldChange, is_new: bool) -> Markup {
    html! {
        span.field-change {
            @if !change.field.is_empty() { span.faint { (change.field) ": " } }
            @if is_new { (change.after) }
            @else {
                @if !change.before.is_empty() { del { (change.before) } " → " }
                @if change.after.is_empty() && !change.before.is_empty() { ins { "blank" } } @else { ins { (change.after) } }
            }
        }
    }
}

/// `3 rows`, for the heading of a sheet.
pub(super) fn rows(count: usize) -> String {
    if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{} rows", number(count))
    }
}

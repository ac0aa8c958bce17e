//! Bringing stories in: pasting and choosing a file, and what that would do.

use maud::{Markup, html};

use crate::poker::seat::Seat;
use crate::poker::stories::rules::{Columns, Field, Line, Planned, Verdict};
use crate::ui::{self, FormState, form_key};
use crate::units::text::counted;

/// Rows of a preview that are shown of those that come in.
const SHOWN: usize = 500;

/// Pasting lines, or choosing a file.
pub fn start(seat: &Seat, state: &FormState) -> Markup {
    let room = format!("/poker/{}", seat.table.room().link);
    html! {
        div.topbar { h1 { "Add stories" } span.spacer {} a.btn href=(room) { "Back to the room" } }
        (ui::errors_summary(state))
        form.form.bring method="post" action=(format!("{room}/stories/import")) enctype="multipart/form-data" data-bring {
            (form_key(&seat.form_key))
            section.card aria-labelledby="paste-title" {
                header { h2 #paste-title { "Paste" } }
                (ui::area(state, "text", "One story a line, or a table with heads", "BAL-118 Relay cabinet layout is taken apart by itself; so are addresses and the marks of a list."))
                p.hint data-count aria-live="polite" {}
            }
            section.card aria-labelledby="file-title" {
                header { h2 #file-title { "Or bring a file" } }
                div.drop data-drop {
                    (ui::icon("upload"))
                    label for="f-file" { "A CSV, or an export of Jira as it comes" }
                    input #f-file type="file" name="file" accept=".csv,.tsv,.txt,text/csv,text/plain";
                    p.hint { "You see what it would do before anything is added." }
                }
            }
            div.actions { button.btn.primary type="submit" { "Go on" } a.btn.quiet href=(room) { "Cancel" } }
        }
    }
}

/// What an import would do. `given` is the text that it was read from.
pub fn preview(seat: &Seat, planned: &Planned, (name, given): (&str, &str)) -> Markup {
    let room = format!("/poker/{}", seat.table.room().link);
    let (new, there, faulty) = planned.counts();
    html! {
        div.topbar { h1 { "Add stories" } span.spacer {} a.btn href=(room) { "Back to the room" } }
        form.form.bring method="post" action=(format!("{room}/stories/import")) enctype="multipart/form-data" {
            (form_key(&seat.form_key))
            textarea name="text" hidden { "\n" (given) }
            input type="hidden" name="name" value=(name);
            section.card aria-labelledby="preview-title" {
                header {
                    h2 #preview-title { @if name.is_empty() { "What you pasted" } @else { (name) } }
                    span.chips {
                        span.chip.good { (counted(new, "story comes in", "stories come in")) }
                        @if there > 0 { span.chip { (there) " there already" } }
                        @if faulty > 0 { span.chip.bad { (faulty) " faulty" } }
                    }
                }
                @if faulty > 0 { p.note.warn { "Faulty rows stay out; put them right in what you brought, or add them by hand afterwards." } }
                @if planned.lines.is_empty() { (no_rows(planned)) } @else { (table(&planned.lines)) }
            }
            @if let Some(columns) = &planned.columns { (choices(columns)) }
            div.actions {
                @if new > 0 { button.btn.primary type="submit" name="confirm" value="yes" { "Add " (counted(new, "story", "stories")) } }
                @if name.is_empty() { button.btn type="submit" name="again" value="yes" { "Change the text" } }
                @else { a.btn href=(format!("{room}/stories/import")) { "Bring another file" } }
                a.btn.quiet href=(room) { "Cancel" }
            }
        }
    }
}

fn no_rows(planned: &Planned) -> Markup {
    let unnamed = planned
        .columns
        .as_ref()
        .is_some_and(|columns| columns.of(Field::Name).is_empty());
    html! {
        @if unnamed {
            (ui::empty("No column says what the stories are called", "Choose below which column holds the name, then look again.", &html! {}))
        } @else {
            (ui::empty("There is nothing below the heads", "The table has heads and no rows. Bring one with a story in each row.", &html! {}))
        }
    }
}

fn table(lines: &[Line]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Rows" {
            table.preview {
                thead { tr { th.num scope="col" { "Line" } th scope="col" { "What happens" } th scope="col" { "Reference" } th scope="col" { "Name" } th scope="col" { "Details" } } }
                tbody { @for line in lines.iter().take(SHOWN * 2) { (row(line)) } }
            }
        }
    }
}

fn row(line: &Line) -> Markup {
    let (class, verdict) = match &line.verdict {
        Verdict::New(..) => ("new", "comes in"),
        Verdict::There(_) => ("ok", "there already"),
        Verdict::Faulty(_) => ("refused", "faulty"),
    };
    html! {
        tr.(class) {
            td.num { (line.number) }
            td.verdict { (verdict) }
            td { (line.reference) }
            td { (line.name) }
            td { (details(line)) }
        }
    }
}

fn details(line: &Line) -> Markup {
    match &line.verdict {
        Verdict::There(reason) | Verdict::Faulty(reason) => html! { (reason) },
        Verdict::New(draft, notes) => {
            let parts = [
                draft.points.map(|points| format!("{points} points")),
                (!draft.description.is_empty()).then(|| "description".to_owned()),
                (!draft.acceptance.is_empty()).then(|| "acceptance criteria".to_owned()),
                (!draft.link.is_empty()).then(|| "link".to_owned()),
                (!draft.tags.is_empty()).then(|| draft.tags.join(", ")),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            html! {
                span.muted { (parts.join(" · ")) }
                @for note in notes { p.error { (note) } }
            }
        }
    }
}

/// Which column was taken for what, to be put right.
fn choices(columns: &Columns) -> Markup {
    let unsure = columns.of(Field::Name).is_empty();
    html! {
        section.card aria-label="Columns" {
            details.columns open[unsure] {
                summary { "Columns: " (columns.known()) " of " (columns.all.len()) " are used" }
                div.scroll {
                    table.list {
                        thead { tr { th scope="col" { "Column" } th scope="col" { "For example" } th scope="col" { "Is taken for" } } }
                        tbody {
                            @for (place, column) in columns.all.iter().enumerate() {
                                @let head = if column.head.is_empty() { format!("Column {}", place + 1) } else { column.head.clone() };
                                tr {
                                    th scope="row" { (head) }
                                    td.muted { (column.sample) }
                                    td {
                                        select.field name=(format!("column-{place}")) aria-label=(format!("What {head} is")) {
                                            option value="-" selected[column.field.is_none()] { "not used" }
                                            @for field in Field::ALL {
                                                option value=(field.as_str()) selected[column.field == Some(field)] { (field.label()) }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                button.btn type="submit" name="look" value="yes" { "Look again" }
            }
        }
    }
}

//! The first step, and what can be exported.

use maud::{Markup, html};

use super::super::columns::{Field, Kind, What};
use super::{page, steps};
use crate::ui::{self, FormState, Frame};
use crate::units::Day;

/// Choose a file; and what can be exported.
pub fn start(frame: &Frame, state: &FormState, most: usize, is_empty: bool, today: Day) -> Markup {
    page(
        frame,
        "Import and export",
        &html! {
            (ui::page_head("Import and export", &html! {}, &html! {}))
            (steps(1))
            div.exchange {
                section.card {
                    header { h2 { "Import" } span.end.faint { "CSV or XLSX, " (most) " MiB at most" } }
                    @if is_empty {
                        p.note { "The plan is still empty. Begin with people, then bring projects, then hours." }
                    }
                    (choose(frame, state))
                }
                (exports(today))
                (accepted())
            }
        },
    )
}

fn choose(frame: &Frame, state: &FormState) -> Markup {
    let fault = state.errors.iter().find(|error| error.field == "file");
    let about: Vec<(String, String)> = What::ALL
        .into_iter()
        .map(|what| (what.key().to_owned(), word(what).to_owned()))
        .collect();
    html! {
        form.form method="post" action="/import" enctype="multipart/form-data" {
            (ui::form_key(&frame.form_key))
            @if let Some(fault) = fault {
                div.errors role="alert" { p { strong { "The file was not taken." } } p { (sentence(&fault.message)) } }
            }
            label.drop for="f-file" data-drop="" {
                (ui::icon("upload"))
                strong { "Drop a file here, or choose one" }
                input #f-file type="file" name="file" required
                    accept=".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                    aria-invalid=[fault.map(|_| "true")] aria-describedby="h-file";
                span.hint #h-file { "Nothing changes before you have seen what the file would do." }
            }
            (ui::choice(state, "what", "What the file is about", Some("The columns tell"), &about))
            div.actions { button.btn.primary type="submit" { "Read the file" } }
        }
    }
}

/// `choose a file first` → `Choose a file first.`
fn sentence(text: &str) -> String {
    let text = super::capital(text);
    if text.ends_with('.') { text } else { text + "." }
}

const fn word(what: What) -> &'static str {
    match what {
        What::People => "People",
        What::Projects => "Projects and deliverables",
        What::Hours => "Hours",
    }
}

/// What files may look like.
fn accepted() -> Markup {
    html! {
        section.card.accepted {
            header { h2 { "What a file may look like" } }
            p.muted { "One row for each person, project or assignment, with a line of heads above. The order does not matter, other columns are left out, and what was taken for what can be put right before anything is imported." }
            dl.shapes {
                @for kind in Kind::ALL {
                    div {
                        dt { (title(kind)) }
                        dd { @for (index, field) in kind.fields().iter().enumerate() {
                            @if index > 0 { ", " }
                            @if is_needed(kind, *field) { strong { (field.label(kind)) } } @else { (field.label(kind)) }
                        } }
                    }
                }
            }
            p.hint { "What stands in bold must be there; of several ways to name a person or project one is enough. Hours without a person are open places for a role." }
        }
    }
}

fn is_needed(kind: Kind, field: Field) -> bool {
    kind.required().iter().any(|group| group.first() == Some(&field))
}

pub(super) const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::People => "People",
        Kind::Projects => "Projects",
        Kind::Deliverables => "Deliverables",
        Kind::HoursWide => "Hours, one column a week",
        Kind::HoursLong => "Hours, one row a week",
    }
}

fn exports(today: Day) -> Markup {
    let shapes = [
        ("wide".to_owned(), "One column a week".to_owned()),
        ("long".to_owned(), "One row a week".to_owned()),
    ];
    let formats = [
        ("xlsx".to_owned(), "XLSX".to_owned()),
        ("csv".to_owned(), "CSV".to_owned()),
    ];
    let state = FormState::with(&[]);
    html! {
        section.card.exports {
            header { h2 { "Export" } span.end.faint { "Can be imported again as it is" } }
            ul.plain-list {
                li { "People" span.end.chips { (link("people.xlsx", "XLSX", "People")) (link("people.csv", "CSV", "People")) } }
                li { span { "Projects " small.faint { "as XLSX with deliverables" } } span.end.chips { (link("projects.xlsx", "XLSX", "Projects")) (link("projects.csv", "CSV", "Projects")) } }
                li { "Deliverables" span.end.chips { (link("deliverables.csv", "CSV", "Deliverables")) } }
            }
            h3 { "Hours" }
            form.form method="get" action="/export/hours" {
                div.cols {
                    (ui::choice(&state, "shape", "Shape", None, &shapes))
                    (ui::choice(&state, "format", "Format", None, &formats))
                    (ui::field(&state, "from", "From the week of", "date", "Blank takes all booked weeks."))
                    (ui::field(&state, "weeks", "Weeks", "number", &format!("Such as 26 from {today}.")))
                }
                div.actions { button.btn type="submit" { (ui::icon("download")) "Export hours" } }
            }
        }
    }
}

fn link(file: &str, label: &str, what: &str) -> Markup {
    html! { a.btn.small href=(format!("/export/{file}")) download aria-label=(format!("{what} as {label}")) { (label) } }
}

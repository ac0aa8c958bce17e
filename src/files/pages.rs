//! The files of a project or a person, and the form that adds some.

use axum::response::Response;
use maud::{Markup, html};

use super::rules::{Owner, limit_text, size_text};
use super::store::Attachment;
use crate::book::{Deliverable, Plan};
use crate::clock::Clock;
use crate::ui::{self, FormState, Frame, Place};

/// What a page shows of files.
pub struct Panel<'a> {
    /// The files.
    pub files: &'a [Attachment],
    /// The page that they stand on: `/projects/7`.
    pub page: &'a str,
    /// What they are there for.
    pub purpose: &'static str,
    /// The plan, for the names of deliverables.
    pub plan: &'a Plan,
    /// What time it is.
    pub clock: &'a Clock,
}

/// The files that stand on a page; whoever may change the page adds and removes them.
pub fn panel(frame: &Frame, panel: &Panel<'_>) -> Markup {
    html! {
        section.card #files aria-labelledby="files-title" {
            header {
                h2 #files-title { "Files" }
                @if !panel.files.is_empty() { span.muted { (panel.files.len()) } }
                @if frame.may_edit { a.btn.small.end href=(format!("{}/files/new", panel.page)) data-dialog { "+ File" } }
            }
            @if panel.files.is_empty() {
                p.muted { (panel.purpose) }
            } @else {
                ul.files { @for one in panel.files { (line(frame, panel, one)) } }
            }
        }
    }
}

fn line(frame: &Frame, panel: &Panel<'_>, one: &Attachment) -> Markup {
    let deliverable = match one.owner {
        Owner::Deliverable(id) => panel.plan.deliverables.iter().find(|other| other.id == id),
        Owner::Project(_) | Owner::Person(_) => None,
    };
    html! {
        li {
            span.file-name {
                a href=(format!("/files/{}", one.id)) { (one.label) }
                @if let Some(deliverable) = deliverable { " " (ui::chip("", &deliverable.name)) }
            }
            span.faint.file-facts { (size_text(one.size)) " · " (one.added_by) " · " (ui::ago(panel.clock, one.added_at)) }
            @if frame.may_edit {
                form method="post" action=(format!("/files/{}/remove", one.id)) {
                    (ui::form_key(&frame.form_key))
                    button.btn.quiet.small type="submit" aria-label=(format!("Remove {}", one.label)) { "Remove" }
                }
            }
        }
    }
}

/// What a form has brought while some of it was refused.
pub struct Taken {
    /// The names of the files that were added.
    pub names: Vec<String>,
    /// The page that they stand on, which offers to take them back.
    pub page: String,
}

/// What was added and what was not, each with its reason.
fn halfway(taken: &Taken, state: &FormState) -> Markup {
    html! {
        p.note.good role="status" {
            "Added: "
            @for (place, name) in taken.names.iter().enumerate() { @if place > 0 { ", " } strong.name { (name) } }
            "."
        }
        div.errors role="alert" {
            p { strong { "Not added:" } }
            ul { @for error in &state.errors { li { (error.message) } } }
        }
    }
}

/// Asks once more before a file is taken away, for whoever has no script or came by the address.
pub fn removal(frame: &Frame, clock: &Clock, (one, whose): (&Attachment, &str), page: &str) -> Response {
    let place = match one.owner {
        Owner::Person(_) => Place::People,
        Owner::Project(_) | Owner::Deliverable(_) => Place::Projects,
    };
    ui::fragment_or_page(
        frame,
        place,
        "Remove a file",
        &html! {
            section.card.narrow.told {
                h1 { "Remove a file" }
                p { strong.file-name { (one.label) } " of " (whose) "?" }
                p.muted { (size_text(one.size)) " · added by " (one.added_by) " · " (ui::ago(clock, one.added_at)) }
                p { "It comes back if you undo that, for 30 days." }
                form.form method="post" action=(format!("/files/{}/remove", one.id)) {
                    (ui::form_key(&frame.form_key))
                    div.actions {
                        button.btn.danger type="submit" { "Remove" }
                        a.btn href=(page) data-close { "Cancel" }
                    }
                }
            }
        },
    )
}

/// Choose files.
///
/// * `about`: the place in the navigation, whose they become, and where the form leads.
pub fn form(
    frame: &Frame,
    (place, name, action): (Place, &str, &str),
    deliverables: &[&Deliverable],
    most: u64,
    (state, taken): (&FormState, Option<&Taken>),
) -> Response {
    let title = format!("Add files to {name}");
    let fault = state.errors.iter().find(|error| error.field == "file");
    let choices: Vec<(String, String)> = deliverables
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    ui::fragment_or_page(
        frame,
        place,
        &title,
        &html! {
            section.card.narrow {
                header { h1 { (title) } }
                @match taken { Some(taken) => { (halfway(taken, state)) } None => { (ui::errors_summary(state)) } }
                form.form method="post" action=(action) enctype="multipart/form-data" {
                    // Before the files, so that nothing is written for a form that is not ours.
                    (ui::form_key(&frame.form_key))
                    @if !choices.is_empty() { (ui::choice(state, "deliverable", "What they are about", Some("The whole project"), &choices)) }
                    label.drop for="f-file" data-drop="" {
                        (ui::icon("upload"))
                        strong { "Drop files here, or choose some" }
                        input #f-file type="file" name="file" multiple required aria-invalid=[fault.map(|_| "true")] aria-describedby="h-file";
                        span.hint #h-file { "Each " (limit_text(most)) " at most. Programs are not taken." }
                    }
                    div.actions {
                        button.btn.primary type="submit" { "Add" }
                        @match taken {
                            // Loaded anew, the page says what was added and takes it back.
                            Some(taken) => a.btn href=(taken.page) { "Done" },
                            None => a.btn href=(action.trim_end_matches("/files")) data-close { "Cancel" },
                        }
                    }
                }
            }
        },
    )
}

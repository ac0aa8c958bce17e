//! The form of a project.

use axum::response::Response;
use maud::{Markup, html};

use crate::accounts::Reach;
use crate::book::{Book, Project};
use crate::people::department_choices;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::text::counted;

/// A new project, or one that is to change.
pub fn project_form(
    frame: &Frame,
    (book, reach): (&Book, &Reach),
    existing: Option<&Project>,
    state: &FormState,
) -> Response {
    let plan = &book.plan;
    let title = existing.map_or_else(
        || "New project".to_owned(),
        |project| format!("Edit {}", project.name),
    );
    let action = existing.map_or_else(
        || "/projects".to_owned(),
        |project| format!("/projects/{}", project.id),
    );
    let statuses: Vec<(String, String)> = plan
        .statuses
        .iter()
        .map(|one| (one.id.to_string(), one.label.clone()))
        .collect();
    let (departments, none) = department_choices(plan, reach, "No department");
    let content = html! {
        section.card.narrow.wide {
            header { h1 { (title) } }
            (ui::errors_summary(state))
            form.form method="post" action=(action) {
                (ui::form_key(&frame.form_key))
                (ui::field(state, "name", "Name", "text", ""))
                div.cols {
                    (ui::field(state, "code", "Code", "text", "As on paper, or blank: P-1003"))
                    (client_field(book, state))
                    (ui::choice(state, "status", "Status", None, &statuses))
                    (ui::choice(state, "department", "Led by", none, &departments))
                    (ui::field(state, "start", "Starts", "date", ""))
                    (ui::field(state, "end", "Ends", "date", ""))
                    (ui::field(state, "budget", "Budget in hours", "hours", "Blank for none."))
                }
                (ui::colour_picker(state, "colour", "Colour"))
                (ui::area(state, "notes", "Notes", ""))
                div.actions {
                    button.btn.primary type="submit" { @if existing.is_none() { "Add project" } @else { "Save" } }
                    @if let Some(project) = existing { button.btn.danger type="submit" form="remove-project" data-confirm=(question(book, project)) { "Remove project" } }
                }
            }
            @if let Some(project) = existing {
                form #remove-project method="post" action=(format!("/projects/{}/remove", project.id)) { (ui::form_key(&frame.form_key)) }
            }
        }
    };
    ui::fragment_or_page(frame, Place::Projects, &title, &content)
}

/// What goes with a project that is removed.
fn question(book: &Book, project: &Project) -> String {
    let hours = book.project_total(project.id);
    let assignments = book.plan.assignments_of_project(project.id).len();
    let deliverables = book.plan.deliverables_of(project.id).count();
    let with: Vec<String> = [
        (hours.0 > 0).then(|| format!("{} h", hours.rounded())),
        (assignments > 0).then(|| counted(assignments, "assignment", "assignments")),
        (deliverables > 0).then(|| counted(deliverables, "deliverable", "deliverables")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let name = &project.name;
    match with.as_slice() {
        [] => format!("Remove {name}? You can undo it."),
        [one] => {
            format!("Remove {name} with its {one}? You can undo it. To keep the hours, close it instead.")
        }
        [first @ .., last] => format!(
            "Remove {name} with its {} and {last}? You can undo it. To keep the hours, close it instead.",
            first.join(", ")
        ),
    }
}

/// The client by name, with those that are known already offered.
fn client_field(book: &Book, state: &FormState) -> Markup {
    let fault = state.errors.iter().find(|error| error.field == "client");
    html! {
        div.form-row {
            label for="f-client" { "Client" }
            input.field #f-client name="client" type="text" autocomplete="off" list="clients" value=(state.values.text("client"))
                aria-invalid=[fault.map(|_| "true")] aria-describedby=(if fault.is_some() { "e-client" } else { "h-client" });
            datalist #clients { @for client in &book.plan.clients { option value=(client.name) {} } }
            p.hint #h-client { "A new name makes a new client." }
            @if let Some(fault) = fault { p.error #e-client { (fault.message) } }
        }
    }
}

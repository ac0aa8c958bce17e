//! Forms for assignments, deliverables, and hours without scripts.

use axum::response::Response;
use maud::{Markup, html};

use crate::accounts::Reach;
use crate::book::{Assignment, Book, Project};
use crate::plan::finder;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::{DeliverableId, PersonId};
use crate::units::{Day, Week};

fn options<'a>(items: impl Iterator<Item = (String, &'a str)>) -> Vec<(String, String)> {
    items.map(|(id, name)| (id, name.to_owned())).collect()
}

/// Who works on what, as what: a new assignment, or one that is to change.
pub fn assignment_form(
    frame: &Frame,
    (book, reach): (&Book, &Reach),
    existing: Option<&Assignment>,
    state: &FormState,
    today: Day,
) -> Response {
    let plan = &book.plan;
    let people = options(
        plan.people
            .iter()
            .filter(|one| one.active && reach.person(one))
            .map(|one| (one.id.to_string(), one.name.as_str())),
    );
    let projects = options(
        plan.projects
            .iter()
            .map(|one| (one.id.to_string(), one.name.as_str())),
    );
    let roles = options(
        plan.roles
            .iter()
            .map(|one| (one.id.to_string(), one.name.as_str())),
    );
    let title = match existing {
        None => "Assign to a project".to_owned(),
        Some(one) => plan
            .project(one.project)
            .map(|project| project.name.clone())
            .unwrap_or_default(),
    };
    let action = existing.map_or_else(
        || "/assignments".to_owned(),
        |one| format!("/assignments/{}", one.id),
    );
    ui::fragment_or_page(
        frame,
        Place::Schedule,
        &title,
        &html! {
            section.card.narrow {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                @if existing.is_none() && projects.is_empty() { (no_project_yet()) }
                @else { form.form method="post" action=(action) {
                    (ui::form_key(&frame.form_key))
                    input type="hidden" name="back" value=(state.values.text("back"));
                    @if existing.is_none() { (ui::choice(state, "project", "Project", Some("Choose a project"), &projects)) }
                    (ui::choice(state, "person", "Person", Some("Nobody yet: an open place"), &people))
                    div.free-weeks data-free aria-live="polite" { (free_of(book, state, today)) }
                    (ui::explained_choice(state, ("role", "Role"), Some("The person's own"), &roles, "An open place needs one."))
                    (ui::field(state, "note", "Note", "text", ""))
                    div.actions {
                        button.btn.primary type="submit" { @if existing.is_none() { "Assign" } @else { "Save" } }
                        @if let Some(one) = existing.filter(|one| reach.hours(plan, one)) {
                            a.btn href=(format!("/assignments/{}/hours", one.id)) { "Hours as a form" }
                        }
                    }
                } }
                @if let Some(one) = existing.filter(|one| reach.hours(plan, one)) { (removal(frame, book, one, state)) }
            }
        },
    )
}

/// There is nothing yet that somebody could be put on.
fn no_project_yet() -> Markup {
    ui::empty(
        "There is no project yet",
        "People are put on projects. Add the first one by hand, or bring a list from a spreadsheet.",
        &html! {
            div.actions {
                a.btn.primary href="/projects/new" data-dialog { "Add a project" }
                a.btn href="/import" { "Import a list" }
            }
        },
    )
}

/// What the chosen person has free in the next weeks.
fn free_of(book: &Book, state: &FormState, today: Day) -> Markup {
    let chosen = state.values.text("person").parse().ok().map(PersonId);
    let person = chosen.and_then(|id| book.plan.person(id));
    html! { @if let Some(person) = person { (finder::free_weeks(book, person, today)) } }
}

/// Takes an assignment away, once the question is answered.
fn removal(frame: &Frame, book: &Book, assignment: &Assignment, state: &FormState) -> Markup {
    let hours = book.hours().total(assignment.id);
    html! {
        form.form method="post" action=(format!("/assignments/{}/remove", assignment.id)) {
            (ui::form_key(&frame.form_key))
            input type="hidden" name="back" value=(state.values.text("back"));
            button.btn type="submit" data-confirm=(format!("Remove this assignment with its {hours} hours? You can undo it.")) {
                "Remove from the project"
            }
        }
    }
}

/// A deliverable: a new one, or one that is to change.
pub fn deliverable_form(
    frame: &Frame,
    project: &Project,
    existing: Option<DeliverableId>,
    state: &FormState,
) -> Response {
    let title = if existing.is_none() {
        format!("New deliverable of {}", project.name)
    } else {
        format!("Deliverable of {}", project.name)
    };
    let action = existing.map_or_else(|| "/deliverables".to_owned(), |id| format!("/deliverables/{id}"));
    ui::fragment_or_page(
        frame,
        Place::Projects,
        &title,
        &html! {
            section.card.narrow {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                form.form method="post" action=(action) {
                    (ui::form_key(&frame.form_key))
                    input type="hidden" name="project" value=(project.id);
                    (ui::field(state, "name", "Name", "text", ""))
                    (ui::field(state, "due", "Due", "date", ""))
                    (ui::field(state, "percent", "Percent of the project", "number", "From 0 to 100, or blank."))
                    (ui::field(state, "phase", "Phase", "text", ""))
                    (ui::check(state, "done", "Done"))
                    (ui::area(state, "notes", "Notes", ""))
                    div.actions {
                        button.btn.primary type="submit" { @if existing.is_none() { "Add deliverable" } @else { "Save" } }
                        @if existing.is_some() {
                            button.btn.danger type="submit" form="remove-deliverable"
                                data-confirm="Remove this deliverable? The hours stay, and you can undo it." { "Remove deliverable" }
                        }
                    }
                }
                @if let Some(id) = existing {
                    form #remove-deliverable method="post" action=(format!("/deliverables/{id}/remove")) { (ui::form_key(&frame.form_key)) }
                }
            }
        },
    )
}

/// The hours of one assignment, a field for each week.
pub fn hours_form(
    frame: &Frame,
    book: &Book,
    assignment: &Assignment,
    from: Week,
    weeks: u16,
    state: &FormState,
) -> Response {
    let plan = &book.plan;
    let project = plan
        .project(assignment.project)
        .map_or("", |project| project.name.as_str());
    let who = assignment
        .person
        .and_then(|id| plan.person(id))
        .map_or("Open place", |person| person.name.as_str());
    let title = format!("Hours of {who} on {project}");
    ui::fragment_or_page(
        frame,
        Place::Schedule,
        &title,
        &html! {
            section.card {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/assignments/{}/hours", assignment.id)) {
                    (ui::form_key(&frame.form_key))
                    div.week-fields {
                        @for week in from.span(weeks) {
                            @let label = week.first_day(plan.organisation.week_start).short();
                            input type="hidden" name=(format!("seen-{week}")) value=(state.values.text(&format!("seen-{week}")));
                            (ui::field(state, &format!("week-{week}"), &label, "hours", ""))
                        }
                    }
                    button.btn.primary type="submit" { "Save hours" }
                }
            }
        },
    )
}

//! Departments, roles, skills and clients.

use axum::response::Response;
use maud::{Markup, html};

use super::{Form, Removal, form, section_of, settings, used_by};
use crate::admin::rules::{List, Section, department_uses};
use crate::book::{Book, Department};
use crate::ui::{self, FormState, Frame};

/// The tree of departments.
pub fn departments(frame: &Frame, book: &Book) -> Markup {
    let all = &book.plan.departments;
    let new = html! { a.btn.primary href="/settings/departments/new" data-dialog { "+ Department" } };
    let inside = html! {
        section.card {
            header { h2 { "Departments" } span.muted { (all.len()) } @if frame.is_admin && !all.is_empty() { span.end { (new) } } }
            @if all.is_empty() {
                (ui::empty("No departments yet", "Departments group people in the schedule and can stand below each other.", &html! { @if frame.is_admin { (new) } }))
            } @else {
                div.scroll tabindex="0" role="region" aria-label="Departments" {
                    table.list {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Used by" } @if frame.is_admin { th scope="col" { span.visually-hidden { "Change" } } } } }
                        tbody {
                            @for one in all {
                                tr {
                                    th.(format!("depth-{}", one.depth)) scope="row" { (one.name) }
                                    td.muted { (used_by(&department_uses(book, one.id))) }
                                    @if frame.is_admin {
                                        td.num { a href=(format!("/settings/departments/{}/edit", one.id)) data-dialog aria-label=(format!("Change {}", one.name)) { "Change" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    settings(frame, Section::Departments, &inside)
}

/// A department: a new one, or one to rename or move.
pub fn department_form(
    frame: &Frame,
    book: &Book,
    existing: Option<&Department>,
    state: &FormState,
) -> Response {
    let plan = &book.plan;
    // What stands below a department cannot stand above it.
    let below = existing.map_or(&[][..], |own| plan.department_with_children(own.id));
    let above: Vec<(String, String)> = plan
        .departments
        .iter()
        .filter(|one| !below.iter().any(|own| own.id == one.id))
        .map(|one| (one.id.to_string(), plan.department_path(one.id)))
        .collect();
    form(
        frame,
        &Form {
            section: Section::Departments,
            title: existing.map_or_else(|| "New department".to_owned(), |one| one.name.clone()),
            action: existing.map_or_else(
                || "/settings/departments".to_owned(),
                |one| format!("/settings/departments/{}", one.id),
            ),
            state,
            fields: html! {
                (ui::field(state, "name", "Name", "text", ""))
                (ui::choice(state, "parent", "Below", Some("Nothing: at the top"), &above))
            },
            button: if existing.is_some() {
                "Save"
            } else {
                "Add department"
            },
            remove: existing.map(|one| Removal {
                action: format!("/settings/departments/{}/remove", one.id),
                what: one.name.clone(),
                uses: department_uses(book, one.id),
            }),
        },
    )
}

/// Roles, skills or clients.
pub fn names(frame: &Frame, book: &Book, list: List) -> Markup {
    let section = section_of(list);
    let (items, href) = (list.items(book), section.href());
    let may_add = frame.is_admin && list.is_kept_here();
    let new = html! { a.btn.primary href=(format!("{href}/new")) data-dialog { "+ " (capital(list.one())) } };
    let inside = html! {
        section.card {
            header { h2 { (list.title()) } span.muted { (items.len()) } @if may_add && !items.is_empty() { span.end { (new) } } }
            @if items.is_empty() {
                (ui::empty(&format!("No {} yet", list.title().to_lowercase()), explained(list), &html! {
                    @if may_add { (new) }
                    @else if frame.may_edit && list == List::Clients { a.btn href="/projects/new" data-dialog { "+ Project" } }
                }))
            } @else {
                div.scroll tabindex="0" role="region" aria-label=(list.title()) {
                    table.list {
                        thead { tr { th scope="col" { "Name" } th scope="col" { "Used by" } @if frame.is_admin { th scope="col" { span.visually-hidden { "Change" } } } } }
                        tbody {
                            @for (id, name) in &items {
                                tr {
                                    th scope="row" { (name) }
                                    td.muted { (used_by(&list.uses(book, *id))) }
                                    @if frame.is_admin {
                                        td.num { a href=(format!("{href}/{id}/edit")) data-dialog aria-label=(format!("Change {name}")) { "Change" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    settings(frame, section, &inside)
}

const fn explained(list: List) -> &'static str {
    match list {
        List::Roles => "A role says what somebody does, and what an open place on a project asks for.",
        List::Skills => "Skills help to find who can do something.",
        List::Clients => "Clients come with their projects.",
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// One of a list: a new one, or one to rename.
pub fn name_form(frame: &Frame, book: &Book, list: List, id: Option<i64>, state: &FormState) -> Response {
    let href = section_of(list).href();
    let known = id.and_then(|id| list.items(book).into_iter().find(|(own, _)| *own == id));
    let removable = known.as_ref().filter(|_| list.is_kept_here());
    form(
        frame,
        &Form {
            section: section_of(list),
            title: known
                .as_ref()
                .map_or_else(|| format!("New {}", list.one()), |(_, name)| name.clone()),
            action: id.map_or_else(|| href.to_owned(), |id| format!("{href}/{id}")),
            state,
            fields: ui::field(state, "name", "Name", "text", ""),
            button: if id.is_some() { "Save" } else { "Add" },
            remove: removable.map(|(id, name)| Removal {
                action: format!("{href}/{id}/remove"),
                what: name.clone(),
                uses: list.uses(book, *id),
            }),
        },
    )
}

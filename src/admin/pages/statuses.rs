//! Where a project can stand.

use axum::response::Response;
use maud::{Markup, html};

use super::{Form, Removal, form, settings, used_by};
use crate::admin::rules::{Section, status_uses};
use crate::book::{Book, CountsAs, Status};
use crate::ui::{self, FormState, Frame};

const fn explained(counts_as: CountsAs) -> &'static str {
    match counts_as {
        CountsAs::Tentative => "Tentative: it may come",
        CountsAs::Confirmed => "Confirmed: it is agreed",
        CountsAs::Closed => "Closed: it is over, or will not come",
    }
}

/// All statuses, in the team's order.
pub fn statuses(frame: &Frame, book: &Book) -> Markup {
    let all = &book.plan.statuses;
    let inside = html! {
        section.card {
            header {
                h2 { "Project statuses" }
                span.muted { "in your own words, and what they count as" }
                @if frame.is_admin { span.end { a.btn.primary href="/settings/statuses/new" data-dialog { "+ Status" } } }
            }
            div.scroll tabindex="0" role="region" aria-label="Project statuses" {
                table.list {
                    thead {
                        tr {
                            th scope="col" { "Status" } th scope="col" { "Counts as" } th.phone-hide scope="col" { "Used by" }
                            @if frame.is_admin { th scope="col" { span.visually-hidden { "Order" } } th scope="col" { span.visually-hidden { "Change" } } }
                        }
                    }
                    tbody {
                        @for (place, status) in all.iter().enumerate() {
                            tr {
                                th scope="row" { (ui::status_chip(status.colour, &status.label)) }
                                td.muted { (explained(status.counts_as)) }
                                td.muted.phone-hide { (used_by(&status_uses(book, status.id))) }
                                @if frame.is_admin {
                                    td { (order(frame, status, place, all.len())) }
                                    td.num { a href=(format!("/settings/statuses/{}/edit", status.id)) data-dialog aria-label=(format!("Change {}", status.label)) { "Change" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    settings(frame, Section::Statuses, &inside)
}

fn order(frame: &Frame, status: &Status, place: usize, count: usize) -> Markup {
    html! {
        form.order method="post" action=(format!("/settings/statuses/{}/move", status.id)) {
            (ui::form_key(&frame.form_key))
            button.btn.quiet.small type="submit" name="move" value="up" disabled[place == 0] aria-label=(format!("Move {} up", status.label)) { "↑" }
            button.btn.quiet.small type="submit" name="move" value="down" disabled[place + 1 == count] aria-label=(format!("Move {} down", status.label)) { "↓" }
        }
    }
}

/// A status: a new one, or one to change.
pub fn status_form(frame: &Frame, book: &Book, existing: Option<&Status>, state: &FormState) -> Response {
    let counts: Vec<(String, String)> = CountsAs::ALL
        .iter()
        .map(|one| (one.as_str().to_owned(), explained(*one).to_owned()))
        .collect();
    form(
        frame,
        &Form {
            section: Section::Statuses,
            title: existing.map_or_else(|| "New status".to_owned(), |one| one.label.clone()),
            action: existing.map_or_else(
                || "/settings/statuses".to_owned(),
                |one| format!("/settings/statuses/{}", one.id),
            ),
            state,
            fields: html! {
                (ui::field(state, "label", "Label", "text", ""))
                (ui::choice(state, "countsAs", "Its hours count as", None, &counts))
                (ui::colour_picker(state, "colour", "Colour"))
            },
            button: if existing.is_some() { "Save" } else { "Add status" },
            remove: existing.map(|one| Removal {
                action: format!("/settings/statuses/{}/remove", one.id),
                what: one.label.clone(),
                uses: status_uses(book, one.id),
            }),
        },
    )
}

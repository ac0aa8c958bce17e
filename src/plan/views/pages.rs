//! Saved views as pages.

use axum::response::Response;
use maud::{Markup, html};

use super::rules::{self, View};
use crate::accounts::{Access, Visitor};
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::ViewId;

/// All views that the visitor sees.
pub fn views(frame: &Frame, views: &[View], visitor: &Visitor) -> Markup {
    let (own, shared): (Vec<&View>, Vec<&View>) =
        views.iter().partition(|view| view.account == visitor.account);
    let may_change = |view: &View| view.account == visitor.account || visitor.access == Access::Admin;
    ui::page(
        frame,
        Place::Views,
        "Saved views",
        &html! {
            (ui::page_head("Saved views", &html! {}, &html! {}))
            section.card.narrow aria-label="Your views" {
                header { h2 { "Yours" } }
                @if own.is_empty() {
                    (ui::empty(
                        "You have saved no view yet",
                        "A view is a page as you have set it: the weeks, the filters, the order. Set up the schedule or a list, then choose Views and Save this view.",
                        &html! { a.btn href="/schedule" { "Open the schedule" } },
                    ))
                } @else {
                    ul.views { @for view in &own { (line(frame, view, true, "")) } }
                }
            }
            @if !shared.is_empty() {
                section.card.narrow aria-label="Shared views" {
                    header { h2 { "Shared with everybody" } }
                    ul.views { @for view in &shared { (line(frame, view, may_change(view), &view.owner)) } }
                }
            }
        },
    )
}

fn line(frame: &Frame, view: &View, may_change: bool, owner: &str) -> Markup {
    html! {
        li id=(format!("v{}", view.id)) {
            a.title href=(format!("/views/{}", view.id)) { (view.name) }
            span.detail {
                (view.page_label())
                @if !owner.is_empty() { " · by " (owner) } @else if view.shared { " · shared" }
            }
            @if may_change {
                a.btn.small href=(format!("/views/{}/edit", view.id)) data-dialog aria-label=(format!("Edit {}", view.name)) { "Edit" }
                form method="post" action=(format!("/views/{}/remove", view.id)) {
                    (ui::form_key(&frame.form_key))
                    button.btn.small.danger type="submit" aria-label=(format!("Remove {}", view.name)) { "Remove" }
                }
            }
        }
    }
}

/// The form of a view.
pub fn view_form(frame: &Frame, existing: Option<ViewId>, state: &FormState) -> Response {
    let title = if existing.is_some() {
        "Edit the view"
    } else {
        "Save this view"
    };
    let action = existing.map_or_else(|| "/views".to_owned(), |id| format!("/views/{id}"));
    let address = state.values.text("address");
    let page = rules::page_of(address);
    let content = html! {
        section.card.narrow {
            header { h1 { (title) } }
            (ui::errors_summary(state))
            form.form method="post" action=(action) {
                (ui::form_key(&frame.form_key))
                (ui::field(state, "name", "Name", "text", "As you will look for it: My team, Open tenders."))
                @match page {
                    Some(page) if existing.is_none() => {
                        input type="hidden" name="address" value=(address);
                        p.muted { (format!("{page}, with its filters, weeks and order as they are now.")) }
                    }
                    _ => (ui::field(state, "address", "Address", "text", "The address of the schedule, a list or a report, as the browser shows it.")),
                }
                @if frame.may_edit { (ui::check(state, "shared", "Everybody sees it")) }
                div.actions { button.btn.primary type="submit" { "Save" } }
            }
        }
    };
    ui::fragment_or_page(frame, Place::Views, title, &content)
}

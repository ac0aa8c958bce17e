//! Which departments a manager manages, as a form.

use axum::response::Response;
use maud::{Markup, html};

use super::rules::Scope;
use crate::accounts::store::Account;
use crate::book::Plan;
use crate::ui::{self, FormState, Frame, Place};

/// The form: a box for each department, in the order of the tree.
pub fn scope_form(frame: &Frame, plan: &Plan, account: &Account, state: &FormState) -> Response {
    let title = format!("What {} manages", account.name);
    ui::fragment_or_page(
        frame,
        Place::Accounts,
        &title,
        &html! {
            section.card.narrow {
                header { h1 { (title) } }
                (ui::errors_summary(state))
                p.muted {
                    "A manager of some departments changes their people, hours, projects and leave, with everything below, "
                    "and sees the rest of the plan. Without a tick they manage everything. It counts while their level is "
                    "manager, and ends their sessions, so that they sign in anew."
                }
                form.form method="post" action=(format!("/accounts/{}/departments", account.id)) {
                    (ui::form_key(&frame.form_key))
                    fieldset {
                        legend { "Departments" }
                        @for one in &plan.departments {
                            @let id = one.id.to_string();
                            label.check {
                                input type="checkbox" name="departments" value=(id) checked[state.values.all("departments").contains(&id)];
                                (plan.department_path(one.id))
                            }
                        }
                        @if plan.departments.is_empty() { p.muted { "There are no departments yet. " a href="/settings/departments" { "Add some" } "." } }
                    }
                    div.actions { button.btn.primary type="submit" { "Save" } }
                }
            }
        },
    )
}

/// How far somebody reaches, in words: `everything`, `Electrical, Delivery / Digital`.
#[must_use]
pub fn scope_words(plan: &Plan, scope: &Scope) -> String {
    let paths: Vec<String> = scope.departments().map(|id| plan.department_path(id)).collect();
    if paths.is_empty() {
        "everything".to_owned()
    } else {
        paths.join(", ")
    }
}

/// The link to the form, with what is so now, for the list of accounts.
#[must_use]
pub fn scope_link(plan: &Plan, account: &Account, scope: &Scope) -> Markup {
    html! {
        a href=(format!("/accounts/{}/departments", account.id)) data-dialog {
            (scope_words(plan, scope)) span.visually-hidden { ": change what " (account.name) " manages" }
        }
    }
}

//! The list of accounts.

use maud::{Markup, html};

use crate::accounts::rules::Access;
use crate::accounts::store::Account;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::AccountId;

/// Everybody who may sign in, and a form for one more.
pub(in crate::accounts) fn accounts(
    frame: &Frame,
    own: AccountId,
    all: &[Account],
    state: &FormState,
) -> Markup {
    let levels: Vec<(String, String)> = Access::ALL
        .iter()
        .map(|level| (level.as_str().to_owned(), level.explained().to_owned()))
        .collect();
    ui::page(
        frame,
        Place::Accounts,
        "Accounts",
        &html! {
            (ui::page_head("Accounts", &html! { span.muted { (all.len()) " may sign in" } }, &html! {}))
            div.split {
                section.card {
                    header { h2 { "Who may come in" } }
                    div.scroll {
                        table.list {
                            thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "May" } } }
                            tbody { @for account in all { (account_row(frame, own, account, &levels)) } }
                        }
                    }
                }
                section.card {
                    header { h2 { "Add an account" } }
                    (ui::errors_summary(state))
                    form.form method="post" action="/accounts" {
                        (ui::form_key(&frame.form_key))
                        (ui::field(state, "email", "E-mail", "email", ""))
                        (ui::field(state, "name", "Name", "text", "Blank takes it from the address."))
                        (ui::field(state, "new-password", "First password", "password", "At least 12 characters. Tell it to them in person."))
                        (ui::choice(state, "access", "May", None, &levels))
                        button.btn.primary type="submit" { "Add account" }
                    }
                }
            }
        },
    )
}

fn account_row(frame: &Frame, own: AccountId, account: &Account, levels: &[(String, String)]) -> Markup {
    html! {
        tr {
            td { (account.name) @if account.id == own { " " span.chip { "you" } } @if !account.active { " " span.chip.warn { "switched off" } } }
            td.muted { (account.email) }
            td {
                form.inline method="post" action=(format!("/accounts/{}", account.id)) {
                    (ui::form_key(&frame.form_key))
                    select.field name="access" aria-label=(format!("What {} may do", account.name)) {
                        @for (value, label) in levels {
                            option value=(value) selected[value == account.access.as_str()] { (label) }
                        }
                    }
                    label.check { input type="checkbox" name="active" value="on" checked[account.active]; "may sign in" }
                    button.btn type="submit" { "Save" }
                }
            }
        }
    }
}

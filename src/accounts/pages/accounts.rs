//! The list of accounts.

use maud::{Markup, html};

use super::{Section, level_word, levels, section};
use crate::accounts::rules::Access;
use crate::accounts::rules_list::{AccountsQuery, Show};
use crate::accounts::store::Account;
use crate::clock::Clock;
use crate::ui::{self, FormState, Frame, Place};
use crate::units::ids::AccountId;

/// One line of the list.
pub(in crate::accounts) struct AccountRow {
    /// Who.
    pub account: Account,
    /// When they were last here, in milliseconds.
    pub seen_at: Option<i64>,
    /// The departments that bound what they manage.
    pub manages: Option<String>,
    /// The name of the person that it is linked to.
    pub person: Option<String>,
}

/// Everybody who may sign in, as far as `query` asks for them.
pub(in crate::accounts) fn accounts(
    frame: &Frame,
    clock: &Clock,
    own: AccountId,
    query: &AccountsQuery,
    (rows, all): (&[AccountRow], usize),
) -> Markup {
    let count = if rows.len() == all {
        crate::units::text::counted(all, "account", "accounts")
    } else {
        format!("{} of {all}", rows.len())
    };
    let actions = html! {
        a.btn href="/accounts/new" data-dialog { "Add with a password" }
        a.btn.primary href="/accounts/invitations" { (ui::icon("plus")) "Invite" }
    };
    section(
        frame,
        Section::Accounts,
        &html! { span.muted { (count) } },
        &actions,
        &html! {
            section.card { (filters(query)) }
            @if rows.is_empty() {
                section.card {
                    (ui::empty("Nobody fits", "No account fits what you are looking for. Try fewer words or filters.", &html! {
                        a.btn href="/accounts" { "Show everybody" }
                    }))
                }
            } @else {
                section.card.flush {
                    div.scroll tabindex="0" role="region" aria-label="Accounts" {
                        table.list.hover.stacked {
                            thead { tr {
                                th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Level" } th scope="col" { "Person" } th scope="col" { "Last here" }
                            } }
                            tbody { @for row in rows { (line(clock, own, row)) } }
                        }
                    }
                }
            }
        },
    )
}

fn filters(query: &AccountsQuery) -> Markup {
    html! {
        form.filters method="get" action="/accounts" role="search" {
            label { "Find" input.field type="search" name="q" value=(query.text) placeholder="Name, e-mail or person" maxlength="200"; }
            label {
                "Level"
                select.field name="access" {
                    option value="" { "Any level" }
                    @for level in Access::ALL { option value=(level.as_str()) selected[query.access == Some(level)] { (level_word(level)) } }
                }
            }
            label {
                "State"
                select.field name="show" {
                    @for show in Show::ALL { option value=(show.as_str()) selected[query.show == show] { (show.label()) } }
                }
            }
            button.btn type="submit" { "Show" }
            @if *query != AccountsQuery::default() { a.btn.quiet href="/accounts" { "Clear" } }
        }
    }
}

fn line(clock: &Clock, own: AccountId, row: &AccountRow) -> Markup {
    let account = &row.account;
    html! {
        tr {
            th scope="row" {
                span.who {
                    (ui::avatar(&account.name))
                    a href=(format!("/accounts/{}", account.id)) { (account.name) }
                    @if account.id == own { (ui::chip("", "you")) }
                    @if !account.active { (ui::chip("warn", "switched off")) }
                }
            }
            td.muted { (account.email) }
            td { (level_word(account.access)) @if let Some(words) = &row.manages { div.muted { "of " (words) } } }
            td { span.phone-only.muted { "Person: " } @match &row.person { Some(name) => { (name) }, None => span.faint { "–" } } }
            td.muted { span.phone-only { "Last here: " } @match row.seen_at { Some(at) => { (ui::ago(clock, at)) }, None => span.faint { "never" } } }
        }
    }
}

/// The form for an account with a first password, for who cannot be sent a letter.
pub(in crate::accounts) fn add_form(frame: &Frame, state: &FormState) -> axum::response::Response {
    ui::fragment_or_page(
        frame,
        Place::Accounts,
        "Add an account",
        &html! {
            section.card.narrow {
                header { h1 { "Add an account" } }
                (ui::errors_summary(state))
                form.form method="post" action="/accounts" {
                    (ui::form_key(&frame.form_key))
                    (ui::field(state, "email", "E-mail", "email", ""))
                    (ui::field(state, "name", "Name", "text", "Blank takes it from the address."))
                    (ui::field(state, "new-password", "First password", "password", "At least 12 characters. Tell it to them in person; an invitation lets them choose their own."))
                    (ui::choice(state, "access", "Level", None, &levels()))
                    div.actions { button.btn.primary type="submit" { "Add account" } a.btn.quiet href="/accounts" { "Cancel" } }
                }
            }
        },
    )
}

/// A link that is shown this once, because no letter could take it there.
pub(in crate::accounts) fn link_once(
    frame: &Frame,
    title: &str,
    text: &str,
    link: &str,
    back: (&str, &str),
) -> Markup {
    ui::page(
        frame,
        Place::Accounts,
        title,
        &html! {
            (ui::page_head(title, &html! {}, &html! {}))
            section.card.narrow data-keep {
                p { (text) }
                div.form {
                    div {
                        label for="f-link" { "Link" }
                        div.copy-line {
                            input.field #f-link type="text" readonly value=(link) spellcheck="false" autocomplete="off";
                            button.btn type="button" data-copy-from="f-link" hidden { "Copy" }
                        }
                        p.hint { "Copy it now: it is kept only as a fingerprint, and cannot be shown again." }
                    }
                }
                footer { a.btn href=(back.0) { (back.1) } }
            }
        },
    )
}

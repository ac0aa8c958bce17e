//! One account, for administrators.

use maud::{Markup, html};

use super::{level_word, levels};
use crate::accounts::audit::{self, AuditRow};
use crate::accounts::rules::Access;
use crate::accounts::store::Account;
use crate::clock::Clock;
use crate::ui::{self, FormState, Frame, Place};

/// What the page of an account shows.
#[expect(
    clippy::struct_excessive_bools,
    reason = "five answers to five questions, none implied by another"
)]
pub(in crate::accounts) struct AccountView<'a> {
    pub account: &'a Account,
    /// Whether it is the visitor's own.
    pub own: bool,
    pub seen_at: Option<i64>,
    pub verified: bool,
    pub sessions: i64,
    /// Whether letters leave, so that a link can be sent.
    pub mail: bool,
    /// Whether passwords open anything here, so that one can be replaced.
    pub passwords: bool,
    /// Whether they prove themselves a second time with something that can be lost.
    pub second_step: bool,
    /// Ids and names of everybody whom it can be linked to.
    pub people: &'a [(String, String)],
    pub rows: &'a [AuditRow],
    /// What they manage, where they are a manager, as a link to its form.
    pub manages: Option<Markup>,
    pub clock: &'a Clock,
}

/// The page of one account.
pub(in crate::accounts) fn account(frame: &Frame, view: &AccountView<'_>, state: &FormState) -> Markup {
    let account = view.account;
    ui::page(
        frame,
        Place::Accounts,
        &account.name,
        &html! {
            div.topbar {
                a.btn.quiet.only.back href="/accounts" aria-label="All accounts" title="All accounts" { (ui::icon("chevron-left")) }
                h1 { (account.name) }
                @if view.own { (ui::chip("", "you")) }
                @if !account.active { (ui::chip("warn", "switched off")) }
                span.spacer {}
                @if may_look(view) { (look_button(frame, account)) }
            }
            div.split {
                div.stack {
                    section.card { (details(frame, view, state)) }
                    section.card {
                        header { h2 { "What happened" } a href=(format!("/accounts/audit?who={}", ui::encoded(&account.email))) { "All" } }
                        @if view.rows.is_empty() { p.muted { "Nothing was written down of this account yet." } }
                        @else { (audit::recent(view.clock, &account.email, view.rows)) }
                    }
                }
                div.stack {
                    section.card { (facts(view)) }
                    section.card { (doors(frame, view)) }
                }
            }
        },
    )
}

/// Nobody looks through the eyes of an administrator, or of somebody who may not come in.
fn may_look(view: &AccountView<'_>) -> bool {
    !view.own && view.account.active && view.account.access != Access::Admin
}

fn look_button(frame: &Frame, account: &Account) -> Markup {
    html! {
        form method="post" action=(format!("/accounts/{}/impersonate", account.id)) {
            (ui::form_key(&frame.form_key))
            button.btn type="submit" { "See Ballast as " (account.name) }
        }
    }
}

fn details(frame: &Frame, view: &AccountView<'_>, state: &FormState) -> Markup {
    html! {
        header { h2 { "Account" } }
        (ui::errors_summary(state))
        form.form method="post" action=(format!("/accounts/{}", view.account.id)) {
            (ui::form_key(&frame.form_key))
            div.cols {
                (ui::field(state, "name", "Name", "text", ""))
                (ui::field(state, "email", "E-mail", "email", ""))
            }
            (ui::choice(state, "access", "Level", None, &levels()))
            (ui::choice(state, "person", "Person in the plan", Some("Whoever has the same address"), view.people))
            (ui::check(state, "active", "May sign in"))
            p.hint { "Another level, or switching it off, ends their sessions. An account is not removed, only switched off: the history names it." }
            div.actions { button.btn.primary type="submit" { "Save" } }
        }
    }
}

fn facts(view: &AccountView<'_>) -> Markup {
    let seen = view
        .seen_at
        .map_or_else(|| "never".to_owned(), |at| ui::ago(view.clock, at));
    html! {
        dl.facts {
            div { dt { "Level" } dd { (level_word(view.account.access)) } }
            @if let Some(manages) = &view.manages { div { dt { "Manages" } dd { (manages) } } }
            div { dt { "Last here" } dd { (seen) } }
            div { dt { "Open sessions" } dd { (view.sessions) } }
            div { dt { "E-mail address" } dd { @if view.verified { "confirmed by a letter" } @else { "not confirmed yet" } } }
        }
    }
}

/// What a question says of oneself, and of somebody else.
fn own_or(view: &AccountView<'_>, own: &str, other: &str) -> String {
    if view.own { own } else { other }.to_owned()
}

fn doors(frame: &Frame, view: &AccountView<'_>) -> Markup {
    let path = |act: &str| format!("/accounts/{}/{act}", view.account.id);
    html! {
        header { h2 { "Signing in" } }
        div.form {
            @if view.passwords && view.account.active {
                form.form method="post" action=(path("reset-link")) {
                    (ui::form_key(&frame.form_key))
                    p.hint {
                        @if view.mail { "They get a letter with a link, good once and for 30 minutes, to choose a new password." }
                        @else { "Letters are not set up, so you are shown a link, good once and for 30 minutes. Give it to them yourself." }
                    }
                    button.btn type="submit" { @if view.mail { "Send a link for a new password" } @else { "Make a link for a new password" } }
                }
            }
            @if view.second_step && !view.own {
                div.form {
                    p.hint { "For somebody who has lost their phone or passkeys." }
                    (ui::sure(
                        &frame.form_key,
                        &path("reset-second-step"),
                        ("Take off the second step", "danger"),
                        &format!("Authenticator, recovery codes and passkeys of {} go for good, and their sessions end.", view.account.name),
                        "Yes, take it off",
                    ))
                }
            }
            div.form {
                p.hint { "Every browser and program of theirs must sign in again." }
                (ui::sure(
                    &frame.form_key,
                    &path("end-sessions"),
                    ("End all sessions", "danger"),
                    &own_or(view, "You are signed out too, here and everywhere else.", "They are signed out at once; what they have typed and not saved is lost."),
                    "Yes, end all sessions",
                ))
            }
        }
    }
}

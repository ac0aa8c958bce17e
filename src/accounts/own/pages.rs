//! What is shown of one's own account.

use maud::{Markup, html};

use super::confirm::Ways;
use crate::accounts::{Access, second_factor};
use crate::ui::{self, FormState, Frame, Place};

/// A session, told.
pub struct Session {
    /// By which it is ended.
    pub handle: String,
    /// In words.
    pub browser: String,
    /// From where it began.
    pub address: String,
    /// How its owner proved who they are.
    pub proof: String,
    /// When it began.
    pub since: String,
    /// When it was last used.
    pub used: String,
    /// Whether this page is shown to it.
    pub own: bool,
    /// The administrator who looks through these eyes.
    pub behind: Option<String>,
}

/// What the page says.
pub struct Account<'a> {
    /// How the history calls them.
    pub name: &'a str,
    /// Folded.
    pub email: &'a str,
    /// What they may do.
    pub access: Access,
    /// Whether passwords open anything here.
    pub passwords: bool,
    /// Whether there is an old password to ask for.
    pub has_password: bool,
    /// Whether an administrator looks on: then nothing can be changed.
    pub others_eyes: bool,
    /// Where they are signed in.
    pub sessions: Vec<Session>,
    /// The card of the second step.
    pub second: Markup,
    /// The card of the passkeys.
    pub passkeys: Markup,
    /// The card of identity providers.
    pub providers: Markup,
}

/// The page.
pub fn account(frame: &Frame, own: &Account<'_>, state: &FormState) -> Markup {
    ui::page_with_script(
        frame,
        Place::Own,
        "Your account",
        &html! {
            (ui::page_head("Your account", &html! { span.muted { (own.email) } }, &html! {}))
            @if own.others_eyes { p.note.warn { "You see this as somebody else: how they sign in is theirs alone, so nothing here can be changed." } }
            div.account {
                section.card {
                    header { h2 { "You" } }
                    dl.facts {
                        div { dt { "Name" } dd { (own.name) } }
                        div { dt { "E-mail" } dd { (own.email) } }
                        div { dt { "Level" } dd { (own.access.explained()) } }
                    }
                    p.hint {
                        @if own.access == Access::Admin { a href="/accounts" { "Change these under Accounts" } "." }
                        @else { "An administrator can change these." }
                    }
                }
                @if own.passwords && !own.others_eyes { (password(frame, own, state)) }
                (own.second)
                (own.passkeys)
                (own.providers)
                section.card.wide {
                    header { h2 { "Programs" } }
                    p { "Keys that you made for programs of yours, and what is signed in as you without a browser." }
                    div.actions { a.btn href="/account/programs" { "Your programs" } }
                }
                (sessions(frame, own))
            }
        },
        "js/passkey.js",
    )
}

fn password(frame: &Frame, own: &Account<'_>, state: &FormState) -> Markup {
    html! {
        section.card {
            header { h2 { "Password" } @if !own.has_password { (ui::chip("", "none")) } }
            (ui::errors_summary(state))
            form.form method="post" action="/account/credentials" {
                (ui::form_key(&frame.form_key))
                // Programs that keep passwords learn whose this is.
                input type="hidden" name="email" autocomplete="username" value=(own.email);
                @if own.has_password { (ui::field(state, "password", "Your password now", "password", "")) }
                (ui::field(state, "new-password", "New password", "password", "At least 12 characters; a few words in a row are easy to keep. Your other sessions end."))
                div.actions { button.btn.primary type="submit" { @if own.has_password { "Change password" } @else { "Set a password" } } }
            }
        }
    }
}

fn sessions(frame: &Frame, own: &Account<'_>) -> Markup {
    html! {
        section.card.wide id="sessions" {
            header {
                h2 { "Where you are signed in" }
                @if own.sessions.len() > 1 && !own.others_eyes {
                    form.end method="post" action="/account/sessions/end-others" {
                        (ui::form_key(&frame.form_key))
                        button.btn.small type="submit" data-confirm="End all your other sessions?" { "End all others" }
                    }
                }
            }
            div.scroll role="region" tabindex="0" aria-label="Your sessions" {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { "Browser" }
                        th scope="col" { "Since" } th scope="col" { "Last used" } th scope="col" { span.visually-hidden { "End" } }
                    } }
                    tbody { @for one in &own.sessions { (session(frame, one, own.others_eyes)) } }
                }
            }
        }
    }
}

fn session(frame: &Frame, one: &Session, others_eyes: bool) -> Markup {
    html! {
        tr {
            td {
                (one.browser)
                @if one.own { " " (ui::chip("good", "this one")) }
                @if let Some(behind) = &one.behind { " " (ui::chip("warn", &format!("{behind} looks through your eyes"))) }
                small { (one.address) ", by " (one.proof) }
            }
            td { span.phone-only.muted { "Since: " } (one.since) }
            td { span.phone-only.muted { "Last used: " } (one.used) }
            td.end {
                @if !one.own && !others_eyes {
                    form method="post" action=(format!("/account/sessions/{}/end", one.handle)) {
                        (ui::form_key(&frame.form_key))
                        button.btn.small type="submit" data-confirm=(format!("End the session of {}?", one.browser)) aria-label=(format!("End the session of {}", one.browser)) { "End" }
                    }
                }
            }
        }
    }
}

/// The question that comes before something sensitive.
pub fn confirm(frame: &Frame, ways: Ways, state: &FormState, next: &str) -> Markup {
    let along = html! {
        (ui::form_key(&frame.form_key))
        input type="hidden" name="next" value=(next);
    };
    ui::page_with_script(
        frame,
        Place::Own,
        "Is it you?",
        &html! {
            (ui::page_head("Is it you?", &html! {}, &html! {}))
            section.card.narrow.ask {
                p.muted { "You have been signed in for a while. Prove that it is you, and then do it again." }
                @if ways.code || ways.password {
                    form.form.narrow method="post" action="/account/confirm" data-code[ways.code] {
                        (along)
                        @if ways.code {
                            p.hint { "Type the six digits that your authenticator shows." }
                            (second_factor::code_field(state))
                        } @else {
                            (ui::errors_summary(state))
                            (ui::field(state, "password", "Your password", "password", ""))
                        }
                        div.actions {
                            button.btn.primary type="submit" { "Confirm" }
                            a.btn.quiet href=(next) { "Cancel" }
                        }
                    }
                }
                @if ways.code { (second_factor::recovery_form("/account/confirm", &along, "Confirm")) }
                @if ways.passkey {
                    div.passkey data-passkey="confirm" data-begin="/account/confirm/begin" data-finish="/account/confirm/finish" data-next=(next) {
                        button.btn type="button" { (ui::icon("check")) "Use a passkey" }
                        p.error role="alert" hidden {}
                    }
                }
                @if !(ways.code || ways.password) {
                    p.hint { "You can also sign out and in again." }
                }
            }
        },
        "js/sign-in.js",
    )
}

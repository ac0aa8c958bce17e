//! What is shown of the second step, at sign-in and on the own account.

use maud::{Markup, html};
use zeroize::Zeroizing;

use super::rules;
use crate::accounts::entry::Door;
use crate::accounts::pages::sign_in::code_boxes;
use crate::accounts::passkeys;
use crate::ui::{self, FormState, Frame, Place};

/// The key as a picture and as text, and what to do with them.
fn key(key: Option<&[u8]>, email: &str) -> Markup {
    html! {
        @match key {
            Some(key) => {
                ol.how {
                    li { "Open an authenticator on your phone and let it read the picture." }
                    li { "Type the six digits that it shows." }
                }
                @if let Some(picture) = rules::address(key, email).as_deref().and_then(|address| ui::qr(address, "The key as a picture for your authenticator")) { (picture) }
                details {
                    summary { "Type the key instead" }
                    p.mono.key { (rules::key_text(key)) }
                    p.hint { "Six digits, based on time, every 30 seconds." }
                }
            },
            None => p.note.warn { "This took too long, or was begun elsewhere. Please begin again." },
        }
    }
}

/// Six boxes, as for the digits that come by mail.
pub fn code_field(state: &FormState) -> Markup {
    let fault = state.errors.iter().find(|error| error.field == "code");
    html! {
        (code_boxes("Code", fault.map(|_| "e-code")))
        @if let Some(fault) = fault { p.error #e-code role="alert" { (fault.message) } }
    }
}

/// Where one of the ten codes is typed that were kept for a lost phone; they are longer than six digits.
///
/// * `hidden`: what else is sent along.
/// * `label`: what its button says.
pub fn recovery_form(action: &str, hidden: &Markup, label: &str) -> Markup {
    html! {
        details.other-way {
            summary { "Use a recovery code" }
            form.form method="post" action=(action) {
                (hidden)
                div.form-row {
                    label for="f-recovery" { "Recovery code" }
                    input.field #f-recovery name="code" type="text" autocomplete="off" spellcheck="false" maxlength="40" required;
                }
                button.btn type="submit" { (label) }
            }
        }
    }
}

fn at_sign_in(title: &str, inside: &Markup) -> Markup {
    ui::bare_page_with_script(
        title,
        "js/sign-in.js",
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card { h1 { (title) } (inside) }
            p.below { a href="/auth/login" { "Sign in as somebody else" } }
        },
    )
}

/// The second step by a code.
///
/// * `passkey`: whether they have one, which is another way.
pub fn second(state: &FormState, door: Door, next: &str, passkey: bool) -> Markup {
    at_sign_in(
        "One more step",
        &html! {
            p.muted { "Type the six digits that your authenticator shows." }
            form.form method="post" action="/auth/second" data-code {
                (code_field(state))
                button.btn.primary type="submit" { "Sign in" }
            }
            @if passkey { (passkeys::sign_in_button(door, next)) }
            (recovery_form("/auth/second", &html! {}, "Sign in"))
        },
    )
}

/// The second step by a passkey, where somebody has nothing else.
pub fn second_by_passkey(door: Door, next: &str) -> Markup {
    at_sign_in(
        "One more step",
        &html! {
            p.muted { "Your organisation asks for a second step, and yours is a passkey." }
            (passkeys::sign_in_button(door, next))
            p.hint { "If you have lost it, ask an administrator to reset your second step." }
        },
    )
}

/// Taking up an authenticator before anything opens.
pub fn enrol_at_sign_in(state: &FormState, own: Option<&[u8]>, email: &str) -> Markup {
    at_sign_in(
        "Set up your second step",
        &html! {
            p.muted { "Your organisation asks for a code from an authenticator each time you sign in." }
            (key(own, email))
            @if own.is_some() {
                form.form method="post" action="/auth/second" data-code {
                    (code_field(state))
                    button.btn.primary type="submit" { "Confirm and sign in" }
                }
            }
        },
    )
}

fn codes(codes: &[Zeroizing<String>]) -> Markup {
    html! {
        p { "Each of these opens your account once when your phone is not at hand. " strong { "They are shown only now." } }
        ul.recovery.mono #recovery { @for code in codes { li { (code.as_str()) } } }
        div.actions {
            button.btn type="button" data-copy-from="recovery" hidden { "Copy" }
            button.btn type="button" data-download-from="recovery" data-name="ballast-recovery-codes.txt" hidden { "Download" }
        }
    }
}

/// The recovery codes, right after the first sign-in with an authenticator.
pub fn recovery_at_sign_in(own: &[Zeroizing<String>], next: &str) -> Markup {
    ui::bare_page(
        "Your recovery codes",
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card {
                h1 { "Your recovery codes" }
                (codes(own))
                a.btn.primary href=(next) { "I have kept them" }
            }
        },
    )
}

/// What the own account says of the second step.
pub struct Own {
    /// Since when there is an authenticator, in words.
    pub since: Option<String>,
    /// How many recovery codes are left.
    pub left: usize,
    /// Whether the organisation demands it of them.
    pub demanded: bool,
}

/// The card of the second step on the own account.
pub fn own_card(frame: &Frame, own: &Own) -> Markup {
    html! {
        section.card id="second-step" {
            header {
                h2 { "Authenticator" }
                @match &own.since {
                    Some(since) => { (ui::chip("good", "on")) span.muted { "since " (since) } },
                    None => (ui::chip(if own.demanded { "warn" } else { "" }, "off")),
                }
            }
            p.muted {
                "A second step after your password or the digits by mail: a code that only your phone knows."
                @if own.demanded { " Your organisation asks it of you." }
            }
            @if frame.behind.is_some() {
                p.faint { "Only " (frame.name) " can change this." }
            } @else if own.since.is_some() {
                p {
                    @match own.left {
                        0 => { "No recovery code is left. Make new ones now." },
                        1 => { "1 recovery code is left." },
                        left => { (left) " recovery codes are left." },
                    }
                }
                div.actions {
                    (ui::sure(
                        &frame.form_key,
                        "/account/recovery-codes",
                        ("New recovery codes", ""),
                        "The old ones stop working.",
                        "Yes, make new ones",
                    ))
                    (ui::sure(
                        &frame.form_key,
                        "/account/second-step/remove",
                        ("Take off", "danger"),
                        "You then sign in without a second step.",
                        "Yes, take it off",
                    ))
                }
            } @else {
                form method="post" action="/account/second-step" {
                    (ui::form_key(&frame.form_key))
                    button.btn.primary type="submit" { "Set up an authenticator" }
                }
            }
        }
    }
}

/// Taking up an authenticator, by somebody signed in.
pub fn enrol(frame: &Frame, state: &FormState, own: &[u8], email: &str) -> Markup {
    ui::page_with_script(
        frame,
        Place::Own,
        "Set up an authenticator",
        &html! {
            (ui::page_head("Set up an authenticator", &html! {}, &html! {}))
            section.card.narrow.ask {
                (key(Some(own), email))
                form.form.narrow method="post" action="/account/second-step/confirm" data-code {
                    (ui::form_key(&frame.form_key))
                    (code_field(state))
                    div.actions {
                        button.btn.primary type="submit" { "Confirm" }
                        a.btn.quiet href="/account" { "Cancel" }
                    }
                }
            }
        },
        "js/sign-in.js",
    )
}

/// New recovery codes, shown once.
pub fn recovery(frame: &Frame, own: &[Zeroizing<String>]) -> Markup {
    ui::page(
        frame,
        Place::Own,
        "Your recovery codes",
        &html! {
            (ui::page_head("Your recovery codes", &html! {}, &html! {}))
            section.card.narrow.ask {
                (codes(own))
                div.actions { a.btn.primary href="/account" { "I have kept them" } }
            }
        },
    )
}

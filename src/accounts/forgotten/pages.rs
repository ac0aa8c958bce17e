//! What is shown to who has forgotten a password.

use maud::{Markup, html};

use crate::ui::{self, FormState};

fn bare(title: &str, inside: &Markup) -> Markup {
    ui::bare_page(
        title,
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card { h1 { (title) } (inside) }
        },
    )
}

/// Where the address is asked for.
pub fn forgotten(state: &FormState, mail: bool) -> Markup {
    bare(
        "Forgotten password",
        &html! {
            @if mail {
                p.muted { "Type your address, and you get a letter with a link to choose a new one." }
                (ui::errors_summary(state))
                form.form method="post" action="/auth/forgotten" {
                    (ui::field(state, "email", "E-mail", "email", ""))
                    button.btn.primary type="submit" { "Send me a link" }
                }
            } @else {
                p { "This Ballast sends no letters. Ask an administrator of yours for a link to a new password." }
            }
            p.below { a href="/auth/login" { "Back to sign in" } }
        },
    )
}

/// The same for everybody who asked.
pub fn asked(email: &str, lives: &str) -> Markup {
    bare(
        "Look into your mail",
        &html! {
            p role="status" { "If there is an account for " strong { (email) } ", a letter is on its way, or lies there already. Its link is good once, and for " (lives) "." }
            p.muted { "No letter after some minutes? Look where unwanted mail goes, check the address, or ask an administrator." }
            p.below { a href="/auth/forgotten" { "Another address" } " · " a href="/auth/login" { "Back to sign in" } }
        },
    )
}

/// Where the new one is chosen.
pub fn choose(key: &str, email: &str, state: &FormState) -> Markup {
    bare(
        "New password",
        &html! {
            p.muted { "For " strong { (email) } ". All your browsers must sign in again afterwards." }
            (ui::errors_summary(state))
            form.form method="post" action=(format!("/auth/reset/{key}")) {
                // Password managers keep the address with what is chosen below.
                input type="hidden" name="username" autocomplete="username" value=(email);
                (ui::field(state, "new-password", "New password", "password", "At least 12 characters; a few words in a row are easy to keep."))
                button.btn.primary type="submit" { "Save" }
            }
        },
    )
}

/// Done.
pub fn done() -> Markup {
    bare(
        "Your new password is set",
        &html! {
            p role="status" { "Every browser of yours was signed out. Sign in with the new one." }
            p { a.btn.primary href="/auth/login" { "Sign in" } }
        },
    )
}

/// A link that opens nothing.
pub fn gone(lives: &str) -> Markup {
    bare(
        "This link opens nothing",
        &html! {
            p { "It may have been used already, be older than " (lives) ", or not be complete; and a newer letter replaces the ones before." }
            p { a.btn href="/auth/forgotten" { "Ask for another" } }
        },
    )
}

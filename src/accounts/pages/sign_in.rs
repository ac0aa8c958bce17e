//! Sign-in and set-up.

use maud::{Markup, html};

use crate::accounts::entry::Door;
use crate::accounts::oidc::{Choice, buttons};
use crate::ui::{self, FormState};

/// The sign-in form.
pub(in crate::accounts) fn sign_in(
    state: &FormState,
    door: Door,
    next: &str,
    (demo, choices): (bool, &[Choice]),
) -> Markup {
    ui::bare_page(
        "Sign in",
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card {
                h1 { "Sign in" }
                (ui::errors_summary(state))
                form.form method="post" action=(door.path()) {
                    input type="hidden" name="next" value=(next);
                    (ui::field(state, "email", "E-mail", "email", ""))
                    (ui::field(state, "password", "Password", "password", ""))
                    button.btn.primary type="submit" { "Sign in" }
                }
                (buttons(choices, door, next))
                @if demo {
                    form.form method="post" action="/demo/sign-in" {
                        p.muted { "This is a demonstration with an invented team." }
                        button.btn type="submit" { "Look around as the planner" }
                    }
                }
            }
        },
    )
}

/// The form for the first account.
pub(in crate::accounts) fn setup(state: &FormState, key: &str) -> Markup {
    ui::bare_page(
        "Welcome",
        &html! {
            div.brand { (ui::icon("brand")) "Ballast" }
            div.card {
                h1 { "Welcome" }
                p.muted { "Make the first account. It is an administrator, and this link is used up with it." }
                (ui::errors_summary(state))
                form.form method="post" action=(format!("/setup/{key}")) {
                    (ui::field(state, "name", "Your name", "text", ""))
                    (ui::field(state, "email", "E-mail", "email", ""))
                    (ui::field(state, "new-password", "Password", "password", "At least 12 characters; a few words in a row are easy to keep."))
                    button.btn.primary type="submit" { "Make the account" }
                }
            }
        },
    )
}

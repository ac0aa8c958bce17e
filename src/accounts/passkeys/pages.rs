//! What is shown of passkeys.

use maud::{Markup, html};

use crate::accounts::entry::Door;
use crate::ui::{self, Frame};

/// A passkey, told.
pub struct Told {
    /// By which it is removed.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub made: String,
    /// When it was last used.
    pub used: Option<String>,
}

/// What the card of passkeys says.
pub struct Own {
    /// Whether browsers can keep passkeys for this Ballast.
    pub possible: bool,
    /// Oldest first.
    pub keys: Vec<Told>,
}

/// Where a passkey is asked for, and where it is shown.
const fn addresses(door: Door) -> (&'static str, &'static str) {
    match door {
        Door::Everybody => ("/auth/passkey/begin", "/auth/passkey/finish"),
        Door::Administration => ("/admin/passkey/begin", "/admin/passkey/finish"),
    }
}

/// The way in by a passkey; it is seen where the browser can.
pub fn sign_in_button(door: Door, next: &str) -> Markup {
    let (begin, finish) = addresses(door);
    html! {
        div.passkey data-passkey="show" data-begin=(begin) data-finish=(finish) data-next=(next) {
            button.btn type="button" { "Use a passkey" }
            p.error role="alert" hidden {}
        }
    }
}

/// The same among the other ways in; where it leads on to is what the page's form says.
pub fn sign_in_link(door: Door) -> Markup {
    let (begin, finish) = addresses(door);
    html! {
        span.passkey data-passkey="show" data-begin=(begin) data-finish=(finish) {
            button.link type="button" { "Use a passkey" }
            span.error role="alert" hidden {}
        }
    }
}

/// The card of passkeys on the own account.
pub fn own_card(frame: &Frame, own: &Own) -> Markup {
    html! {
        section.card.wide id="passkeys" {
            header { h2 { "Passkeys" } }
            p.muted { "Sign in with your phone, your computer or a security key, without typing anything. With a passkey you need no second step." }
            @if own.keys.is_empty() {
                p.faint { "You have none yet." }
            } @else {
                div.scroll role="region" tabindex="0" aria-label="Your passkeys" {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { "Name" } th scope="col" { "Made" } th scope="col" { "Last used" }
                            th scope="col" { span.visually-hidden { "Remove" } }
                        } }
                        tbody { @for key in &own.keys { (row(frame, key)) } }
                    }
                }
            }
            @if frame.behind.is_some() {
                p.faint { "Only " (frame.name) " can change this." }
            } @else if own.possible {
                div.passkey data-passkey="make" data-begin="/account/passkeys/begin" data-finish="/account/passkeys/finish" data-next="/account#passkeys" {
                    div.form.inline-form {
                        div.form-row {
                            label for="f-passkey-name" { "Name of the new passkey" }
                            input.field id="f-passkey-name" name="name" type="text" maxlength="60" autocomplete="off" placeholder="My phone";
                        }
                        button.btn.primary type="button" { "Add a passkey" }
                    }
                    p.error role="alert" hidden {}
                    noscript { p.hint { "Adding a passkey needs a script in the browser." } }
                }
            } @else {
                p.note { "Passkeys need Ballast to be reached by a name over an encrypted connection. An administrator sets that as PUBLIC_URL." }
            }
        }
    }
}

fn row(frame: &Frame, key: &Told) -> Markup {
    html! {
        tr {
            td { (key.name) }
            td { span.phone-only.muted { "Made: " } (key.made) }
            td { span.phone-only.muted { "Last used: " } @match &key.used { Some(used) => (used), None => span.faint { "not yet" } } }
            td.end {
                @if frame.behind.is_none() {
                    (ui::sure(
                        &frame.form_key,
                        &format!("/account/passkeys/{}/remove", key.id),
                        ("Remove", "small"),
                        &format!("{} opens nothing here any more.", key.name),
                        "Yes, remove it",
                    ))
                }
            }
        }
    }
}

//! The way into a room: its link, and the link as a picture.

use maud::{Markup, html};

use super::Shown;
use crate::ui;

/// How others come in; `address` is the whole address of the room.
pub fn invite(shown: &Shown<'_>, address: &str) -> Markup {
    let options = &shown.view.options;
    let content = html! {
        h1 { "Invite to " (shown.view.name) }
        p.muted {
            @if options.guests { "Whoever has this link can come in, with or without an account." }
            @else { "Whoever has an account can come in by this link. Guests are turned away." }
            @if options.passcode { " They are asked for the passcode." }
        }
        div.invite {
            @if let Some(picture) = ui::qr(address, "The link as a picture") { (picture) }
            div.form {
                p { label for="f-link" { "Link" } input.field #f-link readonly value=(address); }
                button.btn.primary type="button" data-copy-from="f-link" hidden { "Copy the link" }
                p.hint { "Or let a phone read the picture." }
            }
        }
    };
    shown.beside("Invite", &content)
}

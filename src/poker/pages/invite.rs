//! The way into a room: its link, and the link as a picture.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcode::{Color, QrCode};

use super::Shown;

/// The empty border that a reader needs around the picture, in its squares.
const QUIET: usize = 4;

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
            @if let Some(picture) = picture(address) { (picture) }
            div.form {
                p { label for="f-link" { "Link" } input.field #f-link readonly value=(address); }
                button.btn.primary type="button" data-copy-from="f-link" hidden { "Copy the link" }
                p.hint { "Or let a phone read the picture." }
            }
        }
    };
    shown.beside("Invite", &content)
}

/// A picture that a camera reads, drawn here: what it says is told to nobody else.
fn picture(text: &str) -> Option<Markup> {
    let code = QrCode::new(text.as_bytes()).ok()?;
    let width = code.width();
    let colours = code.to_colors();
    let mut path = String::new();
    for (y, row) in colours.chunks(width).enumerate() {
        for (x, _) in row
            .iter()
            .enumerate()
            .filter(|(_, colour)| **colour == Color::Dark)
        {
            // Writing to a String does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let side = width + 2 * QUIET;
    Some(html! {
        svg.qr viewBox=(format!("0 0 {side} {side}")) role="img" aria-label="The link as a picture" shape-rendering="crispEdges" {
            rect.qr-ground width=(side) height=(side) {}
            path.qr-ink d=(path) {}
        }
    })
}

//! The door to a room, for who is not in it yet.

use maud::{Markup, html};

use crate::poker::rules::room::Room;
use crate::ui::{FormState, bare_page, errors_summary, field};

/// What is asked at the door of a room.
pub struct Entry<'a> {
    /// The room.
    pub room: &'a Room,
    /// Whether a name is asked for: who has no account.
    pub asks_name: bool,
    /// Whether the passcode is asked for.
    pub asks_passcode: bool,
    /// Whether they were put out before, and may come back.
    pub was_put_out: bool,
    /// Why they may not come in at all.
    pub refusal: Option<&'static str>,
}

/// Asks who comes in, as it was typed before where that was refused.
pub fn door(entry: &Entry<'_>, state: &FormState) -> Markup {
    let room = entry.room;
    bare_page(
        &room.name,
        &html! {
            div.card {
                h1 { (room.name) }
                @if let Some(refusal) = entry.refusal {
                    p { (refusal) }
                    p { a href={ "/auth/login?next=/poker/" (room.link) } { "Sign in" } }
                } @else {
                    @if entry.was_put_out { p { "You were put out of this room, and may come back." } }
                    (errors_summary(state))
                    form method="post" action={ "/poker/" (room.link) "/join" } {
                        @if entry.asks_name { (field(state, "name", "Your name", "text", "")) }
                        @if entry.asks_passcode { (field(state, "passcode", "Passcode", "password", "")) }
                        @if entry.asks_name {
                            label { input type="checkbox" name="spectator" value="on"; " I only watch" }
                        }
                        button.btn.primary type="submit" { "Join" }
                    }
                }
            }
        },
    )
}

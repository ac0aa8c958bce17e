//! The door to a room, for who is not in it yet.

use maud::{Markup, html};

use crate::poker::rules::room::Room;
use crate::ui::{FormState, bare_page, errors_summary, field, icon};

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
            div.brand { (icon("brand")) "Ballast" }
            div.card {
                h1 { (room.name) }
                @if let Some(refusal) = entry.refusal { p.note.warn { (refusal) } } @else { (asked(entry, state)) }
            }
            @if entry.asks_name {
                p.below { "Have an account? " a href={ "/auth/login?next=%2Fpoker%2F" (room.link) } { "Sign in" } " and come in as yourself." }
            } @else {
                p.below { a href="/poker" { "All rooms" } }
            }
        },
    )
}

fn asked(entry: &Entry<'_>, state: &FormState) -> Markup {
    html! {
        @if entry.was_put_out { p.note.warn { "You were put out of this room, and may come back." } }
        p.muted { "Planning poker: everybody votes in secret, and the cards open together." }
        (errors_summary(state))
        form.form method="post" action={ "/poker/" (entry.room.link) "/join" } {
            @if entry.asks_name { (field(state, "name", "Your name", "text", "As the others will see it.")) }
            @if entry.asks_passcode { (field(state, "passcode", "Passcode", "password", "Whoever invited you knows it.")) }
            @if entry.asks_name {
                label.check { input type="checkbox" name="spectator" value="on" checked[!state.values.text("spectator").is_empty()]; "I only watch" }
            }
            button.btn.primary type="submit" { "Come in" }
        }
    }
}

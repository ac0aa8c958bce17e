//! The door to a room, for who is not in it yet.

use maud::{Markup, html};

use crate::poker::rules::room::Room;
use crate::ui::bare_page;

/// Asks a guest for a name.
pub fn door(room: &Room) -> Markup {
    bare_page(
        &room.name,
        &html! {
            div.card {
                h1 { (room.name) }
                form method="post" action={ "/poker/" (room.link) "/join" } {
                    label { "Your name" input name="name" required maxlength="80"; }
                    button.btn.primary type="submit" { "Join" }
                }
            }
        },
    )
}

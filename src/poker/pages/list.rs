//! Every room.

use maud::{Markup, html};

use crate::clock::Clock;
use crate::poker::store::Summary;
use crate::ui::{Frame, Place, page};

/// The list of rooms.
pub fn list(frame: &Frame, clock: &Clock, rooms: &[Summary]) -> Markup {
    let content = html! {
        div.topbar {
            h1 { "Planning poker" }
            span.spacer {}
            form method="post" action="/poker" {
                input type="hidden" name="csrf" value=(frame.form_key);
                button.btn.primary type="submit" { "New room" }
            }
        }
        ul {
            @for room in rooms {
                li { a href={ "/poker/" (room.link) } { (room.name) } " " (clock.day_of(room.made_at)) }
            }
        }
    };
    page(frame, Place::Poker, "Planning poker", &content)
}

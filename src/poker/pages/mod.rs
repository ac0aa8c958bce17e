//! What is shown of rooms, drawn from what the viewer may see of them.

mod days;
mod deck;
mod door;
mod invite;
mod list;
mod middle;
mod people;
mod room;
mod seating;
mod settings;
mod table;
mod words;

use maud::{Markup, html};

pub use days::days;
pub use door::{Entry, door};
pub use invite::invite;
pub use list::{Rooms, list};
pub use people::people;
pub use room::room;
pub use settings::{Belonging, settings, settings_of};
pub use table::{Crowd, SEATS};

use super::rules::view::View;
use super::seat::Seat;
use crate::ui::{Frame, Place, guest_page, page, page_with_script};

/// What a page of a room is drawn from.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The navigation of somebody with an account; a guest has none.
    pub frame: Option<&'a Frame>,
    /// Who looks.
    pub seat: &'a Seat,
    /// What they see.
    pub view: &'a View,
    /// Whether only the inside is wanted.
    pub is_fragment: bool,
    /// What the team's pace says of the story that was just agreed on.
    pub hours: Option<&'a Markup>,
    /// Whether the seats of a large room are put in afterwards, as they are for everybody.
    pub shares_seats: bool,
    /// Whether the lines of the stories are.
    pub shares_stories: bool,
}

impl Shown<'_> {
    /// The address of something about the room.
    fn at(&self, act: &str) -> String {
        format!("/poker/{}/{act}", self.view.link)
    }

    /// A form that does `act`, with fields that nobody sees, and what is inside.
    fn act(&self, act: &str, fields: &[(&str, String)], inside: &Markup) -> Markup {
        html! {
            form method="post" action=(self.at(act)) data-act {
                input type="hidden" name="csrf" value=(self.seat.form_key);
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                (inside)
            }
        }
    }

    /// The round that is on the table: an act that was meant for another one is refused.
    fn round_field(&self) -> Vec<(&'static str, String)> {
        let round = self.view.round.as_ref();
        round
            .map(|round| ("roundId", round.round_id.to_string()))
            .into_iter()
            .collect()
    }

    /// The room's own page around `content`.
    fn room_page(&self, content: &Markup) -> Markup {
        match self.frame {
            _ if self.is_fragment => content.clone(),
            Some(frame) => page_with_script(frame, Place::Poker, &self.view.name, content, "js/poker.js"),
            None => guest_page(&self.view.name, &self.seat.form_key, Some("js/poker.js"), content),
        }
    }

    /// A page about the room around `content`, or what a dialog shows.
    fn beside(&self, title: &str, content: &Markup) -> Markup {
        if self.is_fragment {
            return content.clone();
        }
        let whole = html! {
            p.crumbs { a href={ "/poker/" (self.view.link) } { "Back to " (self.view.name) } }
            div.card.narrow { (content) }
        };
        match self.frame {
            Some(frame) => page(frame, Place::Poker, title, &whole),
            None => guest_page(title, &self.seat.form_key, None, &whole),
        }
    }
}

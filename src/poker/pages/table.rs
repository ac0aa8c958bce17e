//! The table: who sits around it, with their cards.

use std::collections::HashMap;
use std::sync::Arc;

use maud::{Markup, html};

use super::seating::{PLACES, bend, sides};
use super::{Shown, middle};
use crate::poker::rules::view::{Hand, Seat, Table, View};
use crate::ui::finished;
use crate::units::ids::ParticipantId;
use crate::web::pieces::Piece;

/// Somebody at the table: who they are, and their hand in the round, if there is one.
type Place<'a> = (&'a Seat, Option<&'a Hand>);

/// Who sits at the table, and who does not.
struct Sitting<'a> {
    places: Vec<Place<'a>>,
    watching: Vec<&'a Seat>,
    away: Vec<&'a Seat>,
}

fn hands(round: Option<&Table>) -> HashMap<ParticipantId, &Hand> {
    let hands = round.map_or(&[][..], |round| &round.hands).iter();
    hands.map(|hand| (hand.participant, hand)).collect()
}

impl<'a> Sitting<'a> {
    fn of(view: &'a View) -> Self {
        let hands = hands(view.round.as_ref());
        let hand = |seat: &Seat| hands.get(&seat.id).copied();
        let at_table = |seat: &&Seat| !seat.spectator || hand(seat).is_some();
        let all = view.people.iter();
        let mut places: Vec<Place<'a>> = all
            .clone()
            .filter(at_table)
            .map(|seat| (seat, hand(seat)))
            .collect();
        let voted = |(_, hand): &Place<'_>| hand.is_some_and(|hand| hand.voted);
        let mut away: Vec<&Seat> = vec![];
        // Who is away keeps the place as long as there is one for everybody.
        if places.len() > PLACES {
            let (stay, gone): (Vec<_>, Vec<_>) = places
                .into_iter()
                .partition(|place| place.0.present || place.0.own || voted(place));
            places = stay;
            away = gone.into_iter().map(|(seat, _)| seat).collect();
        }
        Self {
            places,
            watching: all.filter(|seat| !at_table(seat) && seat.present).collect(),
            away,
        }
    }

    fn is_crowd(&self) -> bool {
        self.places.len() > PLACES
    }
}

/// Where the seats of a large room are put into a finished page. What people type cannot look like it, since it is escaped.
pub const SEATS: &str = "<!--seats-->";

/// The table with everybody who sits at it, and those who do not.
pub fn table(shown: &Shown<'_>) -> Markup {
    if shown.view.ended {
        return left(shown);
    }
    let round = shown.view.round.as_ref();
    let sitting = Sitting::of(shown.view);
    html! {
        div.felt.crowd[sitting.is_crowd()].open[round.is_some_and(|round| round.revealed)] {
            @if !sitting.is_crowd() { (around(round, &sitting.places)) } @else {
                div.seats role="list" aria-label="At the table" {
                    @if shown.shares_seats { (finished(SEATS)) } @else { (rows(round, &sitting.places)) }
                }
            }
            (middle::middle(shown))
        }
        @if !sitting.watching.is_empty() || !sitting.away.is_empty() {
            div.beside {
                @if !sitting.watching.is_empty() { (names("Watching", &sitting.watching)) }
                @if !sitting.away.is_empty() { (names("Away", &sitting.away)) }
            }
        }
    }
}

/// What is left of a table at which nobody sits any more.
fn left(shown: &Shown<'_>) -> Markup {
    let were: Vec<&Seat> = shown.view.people.iter().filter(|seat| !seat.spectator).collect();
    html! {
        div.felt.over { (middle::middle(shown)) }
        @if !were.is_empty() { div.beside { (names("At the table", &were)) } }
    }
}

/// So many seats are one piece: whose own is among them gets that piece drawn anew.
const TOGETHER: usize = 16;

/// The seats of a large room, finished for all who are in it.
pub struct Crowd(Vec<(Vec<ParticipantId>, Arc<Piece>)>);

impl Crowd {
    /// The seats as somebody sees them who is nobody in the room; none where few sit around the table.
    pub fn of(view: &View) -> Option<Self> {
        let sitting = Sitting::of(view);
        let round = view.round.as_ref();
        let piece = |places: &[Place<'_>]| {
            let who = places.iter().map(|(seat, _)| seat.id).collect();
            (who, Piece::new(rows(round, places).into_string()))
        };
        let pieces = || sitting.places.chunks(TOGETHER).map(piece).collect();
        (sitting.is_crowd() && !view.ended).then(|| Self(pieces()))
    }

    /// The same for whoever sees `view`, in which their own seat is theirs; none where only they sit at the table for themselves.
    pub fn seats(&self, view: &View) -> Option<Vec<Arc<Piece>>> {
        let mut pieces: Vec<Arc<Piece>> = self.0.iter().map(|(_, piece)| Arc::clone(piece)).collect();
        let Some(own) = view.people.iter().find(|seat| seat.own) else {
            return Some(pieces);
        };
        let holds = |(who, _): &&(Vec<ParticipantId>, Arc<Piece>)| who.contains(&own.id);
        let Some(at) = self.0.iter().position(|one| holds(&one)) else {
            return (own.spectator && !hands(view.round.as_ref()).contains_key(&own.id)).then_some(pieces);
        };
        let (who, piece) = self.0.get(at).zip(pieces.get_mut(at))?;
        let hands = hands(view.round.as_ref());
        let seats = view.people.iter().filter(|seat| who.0.contains(&seat.id));
        let places: Vec<Place<'_>> = seats.map(|seat| (seat, hands.get(&seat.id).copied())).collect();
        *piece = Piece::new(rows(view.round.as_ref(), &places).into_string());
        Some(pieces)
    }
}

/// So many names stand beside the table; more are a number.
const BESIDE: usize = 12;

fn names(label: &str, seats: &[&Seat]) -> Markup {
    html! {
        p { span.faint { (label) }
            @for seat in seats.iter().take(BESIDE) { " " span.chip { (seat.name) @if seat.own { " (you)" } } }
            @if seats.len() > BESIDE { " " span.chip { (seats.len() - BESIDE) " more" } }
        }
    }
}

/// Around the table, clockwise from the upper left.
fn around(round: Option<&Table>, places: &[Place<'_>]) -> Markup {
    let sides = sides(places.len());
    let (above, rest) = places.split_at_checked(sides.long.0).unwrap_or((places, &[]));
    let (right, rest) = rest.split_at_checked(sides.short).unwrap_or((rest, &[]));
    let (below, left) = rest.split_at_checked(sides.long.1).unwrap_or((rest, &[]));
    let side = |name: &str, seats: &mut dyn Iterator<Item = &Place<'_>>, count: usize| {
        html! {
            div.side.(name) {
                @for (index, place) in seats.enumerate() { (seat(round, place, Some(bend(index, count)))) }
            }
        }
    };
    html! {
        div.seats role="list" aria-label="At the table" {
            (side("above", &mut above.iter(), above.len()))
            (side("right", &mut right.iter(), right.len()))
            // They sit clockwise, and a row is read from left to right.
            (side("below", &mut below.iter().rev(), below.len()))
            (side("left", &mut left.iter().rev(), left.len()))
        }
    }
}

/// In rows, where they are too many to sit around it.
fn rows(round: Option<&Table>, places: &[Place<'_>]) -> Markup {
    html! { @for place in places { (seat(round, place, None)) } }
}

fn seat(round: Option<&Table>, (seat, hand): &Place<'_>, bend: Option<usize>) -> Markup {
    let class = match bend {
        Some(1) => "bend-1",
        Some(2) => "bend-2",
        Some(3..) => "bend-3",
        _ => "",
    };
    html! {
        div.seat.(class).away[!seat.present && !seat.own].own[seat.own] role="listitem" id=(format!("p{}", seat.id)) {
            (card(round, *hand))
            span.who title=(seat.name) {
                (seat.name)
                @if seat.own { span.visually-hidden { " (you)" } }
            }
            @if !seat.present && !seat.own { span.visually-hidden { ", away" } }
        }
    }
}

/// What lies before somebody: nothing, a place for a card, its back, or the card.
fn card(round: Option<&Table>, hand: Option<&Hand>) -> Markup {
    let Some(round) = round else {
        return html! { span.pc.none { span.visually-hidden { "no card" } } };
    };
    let Some(hand) = hand else {
        return html! { span.pc.none.late { span aria-hidden="true" { "…" } span.visually-hidden { "votes in the next round" } } };
    };
    let length = hand.card.as_ref().map_or(0, |card| card.chars().count());
    html! {
        @match &hand.card {
            Some(label) => span.pc.face.hi[hand.outlier].long[length > 3] {
                (label)
                @if hand.outlier { span.visually-hidden { ", stands apart" } }
            },
            None if hand.voted => span.pc.back { span.visually-hidden { "has voted" } },
            None if round.over => span.pc.none { span aria-hidden="true" { "–" } span.visually-hidden { "did not vote" } },
            None => span.pc.none { span.visually-hidden { "has not voted" } },
        }
    }
}

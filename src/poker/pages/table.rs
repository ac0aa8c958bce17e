//! The table: who sits around it, with their cards.

use maud::{Markup, html};

use super::seating::{PLACES, bend, sides};
use super::{Shown, middle};
use crate::poker::rules::view::{Hand, Seat, Table};

/// Somebody at the table: who they are, and their hand in the round, if there is one.
type Place<'a> = (&'a Seat, Option<&'a Hand>);

/// The table with everybody who sits at it, and those who do not.
pub fn table(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    let round = view.round.as_ref();
    let hand =
        |seat: &Seat| round.and_then(|round| round.hands.iter().find(|hand| hand.participant == seat.id));
    let at_table = |seat: &&Seat| !seat.spectator || hand(seat).is_some();
    let mut places: Vec<Place<'_>> = view
        .people
        .iter()
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
    let watching: Vec<&Seat> = view
        .people
        .iter()
        .filter(|seat| !at_table(seat) && seat.present)
        .collect();
    html! {
        div.felt.crowd[places.len() > PLACES].open[round.is_some_and(|round| round.revealed)] {
            @if places.len() > PLACES { (rows(round, &places)) } @else { (around(round, &places)) }
            (middle::middle(shown))
        }
        @if !watching.is_empty() || !away.is_empty() {
            div.beside {
                @if !watching.is_empty() { (names("Watching", &watching)) }
                @if !away.is_empty() { (names("Away", &away)) }
            }
        }
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
    html! {
        div.seats role="list" aria-label="At the table" {
            @for place in places { (seat(round, place, None)) }
        }
    }
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

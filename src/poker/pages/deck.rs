//! The cards in one's hand.

use maud::{Markup, html};

use super::Shown;
use crate::poker::rules::view::Table;

/// The deck of the live round, with the viewer's own card raised. Pressing that one takes it back.
pub fn deck(shown: &Shown<'_>) -> Markup {
    let view = shown.view;
    let Some(round) = view.round.as_ref().filter(|_| !view.ended) else {
        return html! {};
    };
    let watches = view.people.iter().any(|one| one.own && one.spectator);
    html! {
        div.deck-place.reconsider[view.may.reconsider] {
            @if watches && !round.over {
                p.muted { "You are watching. " (shown.act("role", &[("role", "voter".to_owned())], &html! {
                    button.link type="submit" { "Vote with the others" }
                })) }
            } @else if !round.over && !view.may.vote {
                p.muted { "This round began before you came. You vote in the next one." }
            } @else {
                @if view.may.reconsider { p.hint { "What would you say now? Your vote stays what it was." } }
                (cards(shown, round))
            }
        }
    }
}

fn cards(shown: &Shown<'_>, round: &Table) -> Markup {
    let may = shown.view.may;
    let (act, own) = if may.reconsider {
        ("second", round.own_second.or(round.own))
    } else {
        ("vote", round.own)
    };
    html! {
        form #deck.deck method="post" action=(shown.at(act)) aria-label="Your card" data-round=(round.round_id) data-open[may.vote] {
            input type="hidden" name="csrf" value=(shown.seat.form_key);
            input type="hidden" name="roundId" value=(round.round_id);
            @for (place, card) in round.cards.iter().enumerate() {
                @let pressed = own == Some(place);
                button type="submit" name="card" id=(format!("c{place}")) data-card=(place) data-label=(card.label)
                    value=(if pressed && may.vote { String::new() } else { place.to_string() })
                    aria-pressed=(pressed) disabled[!may.vote && !may.reconsider] class=[(card.label.chars().count() > 3).then_some("long")] {
                    (card.label)
                    @if let Some(meaning) = said(&card.label) { span.visually-hidden { " " (meaning) } }
                }
            }
        }
    }
}

/// What a sign on a card means, for who hears it.
fn said(label: &str) -> Option<&'static str> {
    match label {
        "?" => Some("I do not know"),
        "∞" => Some("too large to say"),
        "☕" => Some("a break, please"),
        "½" => Some("a half"),
        _ => None,
    }
}

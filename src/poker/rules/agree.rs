//! What a story was agreed to be: a card of the deck, or a number that lies on none.

use super::cards::{Deck, Meaning};
use super::points::Points;

const WANTED: &str = "must be a size of the deck, or a number such as 4 or 0.5";

/// What is kept of `typed`: the label of a card, or the number as it is written short, and its points where it has any.
///
/// # Errors
/// Where it is neither: a card that is no size says that the team does not know yet.
pub fn estimate(deck: &Deck, typed: &str) -> Result<(String, Option<Points>), &'static str> {
    let typed = typed.trim();
    let card = deck.cards.iter().find(|card| card.label == typed);
    match card {
        Some(card) if card.meaning == Meaning::Size => Ok((card.label.clone(), card.points)),
        Some(_) => Err(WANTED),
        None => {
            let points: Points = typed.parse().map_err(|_| WANTED)?;
            Ok((points.to_string(), Some(points)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poker::rules::cards::DeckKind;

    #[test]
    fn a_story_is_agreed_by_a_card_or_a_number() {
        let numbers = Deck::usual(DeckKind::Modified);
        let sizes = Deck::usual(DeckKind::Sizes);
        for (deck, typed, kept) in [
            (&numbers, "5", Some(("5", Some(500)))),
            (&numbers, "½", Some(("½", Some(50)))),
            (&numbers, " 4,5 ", Some(("4.5", Some(450)))),
            (&sizes, "XL", Some(("XL", None))),
            (&sizes, "4", Some(("4", Some(400)))),
            (&numbers, "?", None),
            (&numbers, "☕", None),
            (&sizes, "XXXL", None),
            (&numbers, "", None),
        ] {
            let told = estimate(deck, typed).ok();
            let told = told
                .as_ref()
                .map(|(label, points)| (label.as_str(), points.map(Points::as_hundredths)));
            assert_eq!(told, kept, "{typed}");
        }
    }
}

//! Cards and decks: what can be voted, in which order, and what counts as a number.

use serde::{Deserialize, Serialize};

use super::points::Points;

/// How many cards a deck has at least, and at most.
pub const CARDS: std::ops::RangeInclusive<usize> = 2..=30;
/// How many characters stand on a card at most.
pub const LABEL: usize = 12;

/// What a card says about the size of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Meaning {
    /// A size: it stands in the order of its deck, and takes part in every figure that its deck allows.
    Size,
    /// No size: ?, coffee, ∞. It is counted and takes part in no figure.
    Aside,
}

/// One card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// What stands on it.
    pub label: String,
    /// Whether it is a size.
    pub meaning: Meaning,
    /// How many points it stands for, where it stands for any.
    pub points: Option<Points>,
}

impl Card {
    fn of(points: Points) -> Self {
        Self {
            label: points.label(),
            meaning: Meaning::Size,
            points: Some(points),
        }
    }

    fn named(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            meaning: Meaning::Size,
            points: None,
        }
    }

    fn aside(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            meaning: Meaning::Aside,
            points: None,
        }
    }
}

/// The decks that are there without anybody making them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeckKind {
    /// 0, 1, 2, 3, 5, 8, 13, 21, 34
    #[default]
    Fibonacci,
    /// 0, ½, 1, 2, 3, 5, 8, 13, 20, 40, 100
    Modified,
    /// XS to XXL, in their order, without numbers unless a team gives them some.
    Sizes,
    /// 1, 2, 4, 8, 16, 32, 64
    Powers,
    /// Hours: 1, 2, 4, 8, 16, 24, 40
    Hours,
    /// 1 to 5: how sure the team is.
    Trust,
    /// A team's own.
    Custom,
}

impl DeckKind {
    /// All that can be chosen by name.
    pub const ALL: [Self; 7] = [
        Self::Fibonacci,
        Self::Modified,
        Self::Sizes,
        Self::Powers,
        Self::Hours,
        Self::Trust,
        Self::Custom,
    ];

    /// As forms and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fibonacci => "fibonacci",
            Self::Modified => "modified",
            Self::Sizes => "sizes",
            Self::Powers => "powers",
            Self::Hours => "hours",
            Self::Trust => "trust",
            Self::Custom => "custom",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fibonacci => "Fibonacci",
            Self::Modified => "Modified Fibonacci",
            Self::Sizes => "T-shirt sizes",
            Self::Powers => "Powers of two",
            Self::Hours => "Hours",
            Self::Trust => "Trust, 1 to 5",
            Self::Custom => "Own cards",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The cards that a round is played with, the smallest size first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deck {
    /// Which it is.
    pub kind: DeckKind,
    /// Its cards. A vote names one by its place here.
    pub cards: Vec<Card>,
}

impl Default for Deck {
    fn default() -> Self {
        Self::usual(DeckKind::default())
    }
}

impl Deck {
    /// The deck of a kind; of a custom one its beginning.
    #[must_use]
    pub fn usual(kind: DeckKind) -> Self {
        let whole = |numbers: &[i32]| -> Vec<Card> {
            numbers
                .iter()
                .map(|number| Card::of(Points::whole(*number)))
                .collect()
        };
        let mut cards = match kind {
            DeckKind::Fibonacci | DeckKind::Custom => whole(&[0, 1, 2, 3, 5, 8, 13, 21, 34]),
            DeckKind::Modified => {
                let mut cards = whole(&[0, 1, 2, 3, 5, 8, 13, 20, 40, 100]);
                cards.insert(1, Card::of(Points::HALF));
                cards
            }
            DeckKind::Sizes => ["XS", "S", "M", "L", "XL", "XXL"].map(Card::named).into(),
            DeckKind::Powers => whole(&[1, 2, 4, 8, 16, 32, 64]),
            DeckKind::Hours => whole(&[1, 2, 4, 8, 16, 24, 40]),
            DeckKind::Trust => whole(&[1, 2, 3, 4, 5]),
        };
        match kind {
            DeckKind::Trust => cards.push(Card::aside("?")),
            DeckKind::Fibonacci
            | DeckKind::Modified
            | DeckKind::Sizes
            | DeckKind::Powers
            | DeckKind::Hours
            | DeckKind::Custom => cards.extend(["?", "∞", "☕"].map(Card::aside)),
        }
        Self { kind, cards }
    }

    /// The card at a place.
    #[must_use]
    pub fn card(&self, place: usize) -> Option<&Card> {
        self.cards.get(place)
    }

    /// The place of the size among the sizes, from 0; none for what is no size.
    #[must_use]
    pub fn step(&self, place: usize) -> Option<usize> {
        let card = self.cards.get(place)?;
        let before = self.cards.iter().take(place);
        (card.meaning == Meaning::Size).then(|| before.filter(|card| card.meaning == Meaning::Size).count())
    }

    /// Whether every size has its points: then there are a mean and a median between two cards.
    #[must_use]
    pub fn counts(&self) -> bool {
        let mut sizes = self.cards.iter().filter(|card| card.meaning == Meaning::Size);
        sizes.all(|card| card.points.is_some())
    }

    /// The place of the smallest size with at least this many points, or of the largest.
    #[must_use]
    pub fn at_least(&self, points: Points) -> Option<usize> {
        let sizes = || {
            let all = self.cards.iter().enumerate();
            all.filter_map(|(place, card)| card.points.map(|own| (place, own)))
        };
        let enough = sizes().filter(|(_, own)| *own >= points);
        let smallest = enough.min_by_key(|(_, own)| *own);
        smallest
            .or_else(|| sizes().max_by_key(|(_, own)| *own))
            .map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_deck_rises_and_fits_its_limits() {
        for kind in DeckKind::ALL {
            let deck = Deck::usual(kind);
            assert!(CARDS.contains(&deck.cards.len()), "{kind:?}");
            let points: Vec<Points> = deck.cards.iter().filter_map(|card| card.points).collect();
            assert!(points.is_sorted(), "{kind:?}");
            assert!(deck.cards.iter().all(|card| card.label.chars().count() <= LABEL));
            assert_eq!(DeckKind::parse(kind.as_str()), Some(kind));
        }
    }

    #[test]
    fn what_is_no_size_has_no_step() {
        let deck = Deck::usual(DeckKind::Sizes);
        assert_eq!(deck.step(2), Some(2));
        assert_eq!(deck.step(6), None);
        assert_eq!(deck.step(99), None);
    }

    #[test]
    fn between_two_cards_the_next_larger_one_is_proposed() {
        let deck = Deck::default();
        let label = |points| deck.at_least(points).map(|place| deck.cards[place].label.clone());
        assert_eq!(label(Points::whole(4)).as_deref(), Some("5"));
        assert_eq!(label(Points::whole(5)).as_deref(), Some("5"));
        assert_eq!(label(Points::whole(99)).as_deref(), Some("34"));
        assert_eq!(Deck::usual(DeckKind::Sizes).at_least(Points::whole(1)), None);
    }
}

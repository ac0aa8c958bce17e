//! Cards and decks: what can be voted, in which order, and what counts as a number.

use serde::{Deserialize, Serialize};

use super::points::Points;
use crate::units::{fold, text};

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

    /// A deck as somebody types it: a card a line, `label` or `label=number`, the smallest size first. A label that is a number
    /// stands for itself; ?, ∞ and ☕ are never sizes.
    ///
    /// # Errors
    /// What is wrong with which line.
    pub fn read(kind: DeckKind, text: &str) -> Result<Self, String> {
        let mut cards: Vec<Card> = Vec::new();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        for (place, line) in lines.enumerate() {
            if place == *CARDS.end() {
                return Err(format!("takes {} cards at most, one in each line", CARDS.end()));
            }
            let card = read_card(line).map_err(|fault| format!("line {}: {fault}", place + 1))?;
            if cards.iter().any(|other| fold(&other.label) == fold(&card.label)) {
                return Err(format!("line {}: “{}” is there already", place + 1, card.label));
            }
            let largest = cards.iter().filter_map(|card| card.points).max();
            if card.points.is_some() && card.points <= largest {
                return Err(format!(
                    "line {}: the smallest size comes first, and each further one is larger",
                    place + 1
                ));
            }
            cards.push(card);
        }
        if cards.len() < *CARDS.start() || cards.iter().all(|card| card.meaning == Meaning::Aside) {
            return Err("needs two cards at least, one in each line, and one of them a size".to_owned());
        }
        Ok(Self { kind, cards })
    }

    /// The cards as [`Deck::read`] reads them, for a form.
    #[must_use]
    pub fn typed(&self) -> String {
        let line = |card: &Card| match card.points {
            Some(points) if points.label() != card.label && points.to_string() != card.label => {
                format!("{}={points}", card.label)
            }
            _ => card.label.clone(),
        };
        let lines: Vec<String> = self.cards.iter().map(line).collect();
        lines.join("\n")
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

/// What is no size, however a deck is made.
const ASIDES: [&str; 4] = ["?", "∞", "☕", "☕\u{fe0f}"];

fn read_card(line: &str) -> Result<Card, String> {
    let (label, number) = match line.split_once('=') {
        Some((label, number)) => (label, Some(number)),
        None => (line, None),
    };
    let label = text::line(label, LABEL).map_err(|fault| fault.to_string())?;
    if label.is_empty() {
        return Err("a card needs something that stands on it".to_owned());
    }
    if ASIDES.contains(&label.as_str()) {
        return match number {
            None => Ok(Card::aside(label.trim_end_matches('\u{fe0f}'))),
            Some(_) => Err(format!("“{label}” is never a number")),
        };
    }
    let points = match number {
        Some(number) => Some(number.parse::<Points>().map_err(str::to_owned)?),
        None => label.parse().ok(),
    };
    Ok(Card {
        points,
        ..Card::named(&label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_cards_are_read_as_they_are_typed() {
        let deck = Deck::read(
            DeckKind::Custom,
            " tiny = 1 \n\n2\nhuge=8,5\nbeyond\n?\n☕\u{fe0f}",
        )
        .unwrap();
        let seen: Vec<(&str, Option<i32>, Meaning)> = deck
            .cards
            .iter()
            .map(|card| {
                (
                    card.label.as_str(),
                    card.points.map(Points::as_hundredths),
                    card.meaning,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("tiny", Some(100), Meaning::Size),
                ("2", Some(200), Meaning::Size),
                ("huge", Some(850), Meaning::Size),
                ("beyond", None, Meaning::Size),
                ("?", None, Meaning::Aside),
                ("☕", None, Meaning::Aside),
            ]
        );
        assert_eq!(Deck::read(DeckKind::Custom, &deck.typed()), Ok(deck));
        for kind in DeckKind::ALL {
            let usual = Deck::usual(kind);
            assert_eq!(Deck::read(kind, &usual.typed()), Ok(usual));
        }
    }

    #[test]
    fn r20_cards_that_are_none_are_refused_by_their_line() {
        let many = (0..31)
            .map(|card| format!("card {card}"))
            .collect::<Vec<_>>()
            .join("\n");
        for (typed, fault) in [
            ("", "needs two cards"),
            ("1", "needs two cards"),
            ("?\n☕", "needs two cards"),
            (many.as_str(), "takes 30 cards at most"),
            ("1\nthirteen chars", "line 2: is too long; 12 characters at most"),
            ("1\n=3", "line 2: a card needs something"),
            ("1\nbig=many", "line 2: must be a number of points"),
            ("1\n?=5", "line 2: “?” is never a number"),
            ("S\ns", "line 2: “s” is there already"),
            ("5\n3", "line 2: the smallest size comes first"),
        ] {
            let told = Deck::read(DeckKind::Custom, typed).unwrap_err();
            assert!(told.contains(fault), "{typed}: {told}");
        }
    }

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

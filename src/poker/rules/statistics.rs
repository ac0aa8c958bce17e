//! What the votes of a round say together.
//!
//! Cards that are no size are counted and take part in nothing else; spectators have no votes. Sums are of hundredths of
//! points, so that a half stays a half.

use serde::Serialize;
use utoipa::ToSchema;

use super::cards::{Deck, Meaning};
use super::points::Points;

/// How often a card was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bar {
    /// What stands on the card.
    pub label: String,
    /// How many chose it.
    pub count: usize,
}

/// What a round says together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// How many voted a size.
    pub sizes: usize,
    /// How many chose a card that is no size.
    pub asides: usize,
    /// The middle: between two cards where the deck has numbers and the count is even, else a card. None without a size.
    pub median: Option<String>,
    /// The mean to a tenth of a point; none where a card has no number.
    pub mean: Option<String>,
    /// The smallest card that was chosen.
    pub lowest: Option<String>,
    /// The largest.
    pub highest: Option<String>,
    /// How many of a hundred chose the most frequent size; none without a size.
    pub agreement: Option<usize>,
    /// Whether the smallest and the largest lie so far apart that those who chose them should say why.
    pub apart: bool,
    /// How often each card was chosen, in the order of the deck; only cards that were.
    pub bars: Vec<Bar>,
    /// The place in the deck of the card to agree on; none without a size.
    pub proposed: Option<usize>,
}

/// So many steps of the deck between the smallest and the largest card are no small difference.
const APART: usize = 2;

/// What `votes`, which name cards of `deck` by their places, say together.
#[must_use]
pub fn statistics(deck: &Deck, votes: &[usize]) -> Statistics {
    let mut sizes: Vec<usize> = votes
        .iter()
        .copied()
        .filter(|vote| deck.step(*vote).is_some())
        .collect();
    sizes.sort_unstable();
    let label = |place: usize| deck.card(place).map(|card| card.label.clone());
    let (lowest, highest) = (sizes.first().copied(), sizes.last().copied());
    let (median, proposed) = middle(deck, &sizes);
    Statistics {
        sizes: sizes.len(),
        asides: votes.iter().filter(|vote| is_aside(deck, **vote)).count(),
        median,
        mean: mean(deck, &sizes),
        lowest: lowest.and_then(label),
        highest: highest.and_then(label),
        agreement: agreement(deck, &sizes),
        apart: are_apart(deck, lowest, highest),
        bars: bars(deck, votes),
        proposed,
    }
}

/// Those of `votes` who should say why: who chose the smallest or the largest card, where these lie apart.
#[must_use]
pub fn outliers(deck: &Deck, votes: &[usize]) -> Vec<bool> {
    let sizes = || votes.iter().copied().filter(|vote| deck.step(*vote).is_some());
    let (lowest, highest) = (sizes().min(), sizes().max());
    let apart = are_apart(deck, lowest, highest);
    votes
        .iter()
        .map(|vote| apart && (Some(*vote) == lowest || Some(*vote) == highest))
        .collect()
}

fn is_aside(deck: &Deck, vote: usize) -> bool {
    deck.card(vote).is_some_and(|card| card.meaning == Meaning::Aside)
}

fn are_apart(deck: &Deck, lowest: Option<usize>, highest: Option<usize>) -> bool {
    let step = |place: Option<usize>| place.and_then(|place| deck.step(place));
    match (step(lowest), step(highest)) {
        (Some(low), Some(high)) => high - low >= APART,
        _ => false,
    }
}

/// The middle of sorted votes, and the card to agree on. Of an even count the mean of the two in the middle where the deck has
/// numbers, and the larger of the two where it has none: an order has nothing between its cards.
fn middle(deck: &Deck, sizes: &[usize]) -> (Option<String>, Option<usize>) {
    let Some(upper) = sizes.get(sizes.len() / 2).copied() else {
        return (None, None);
    };
    let label = |place: usize| deck.card(place).map(|card| card.label.clone());
    let is_even = sizes.len().is_multiple_of(2);
    let lower = sizes.get((sizes.len() - 1) / 2).copied().filter(|_| is_even);
    let points = |place: usize| deck.card(place).and_then(|card| card.points);
    match (lower.and_then(points), points(upper)) {
        (Some(low), Some(high)) if low != high && deck.counts() => {
            let between = Points::hundredths(i32::midpoint(low.as_hundredths(), high.as_hundredths()));
            (Some(between.to_string()), deck.at_least(between))
        }
        _ => (label(upper), Some(upper)),
    }
}

/// To the nearest tenth, halves up.
fn mean(deck: &Deck, sizes: &[usize]) -> Option<String> {
    if !deck.counts() {
        return None;
    }
    let sum: i64 = sizes
        .iter()
        .filter_map(|place| deck.card(*place)?.points)
        .map(|points| i64::from(points.as_hundredths()))
        .sum();
    let count = i64::try_from(sizes.len()).ok().filter(|count| *count > 0)?;
    let tenths = (sum * 2 + count * 10) / (count * 20);
    let (whole, rest) = (tenths / 10, tenths % 10);
    Some(if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest}")
    })
}

/// To the nearest percent.
fn agreement(deck: &Deck, sizes: &[usize]) -> Option<usize> {
    let most = (0..deck.cards.len())
        .map(|place| sizes.iter().filter(|vote| **vote == place).count())
        .max()?;
    (!sizes.is_empty()).then(|| (most * 200 + sizes.len()) / (sizes.len() * 2))
}

fn bars(deck: &Deck, votes: &[usize]) -> Vec<Bar> {
    let all = deck.cards.iter().enumerate();
    all.map(|(place, card)| Bar {
        label: card.label.clone(),
        count: votes.iter().filter(|vote| **vote == place).count(),
    })
    .filter(|bar| bar.count > 0)
    .collect()
}

#[cfg(test)]
#[path = "statistics_tests.rs"]
mod tests;

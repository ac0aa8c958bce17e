use proptest::prelude::*;

use super::*;
use crate::poker::rules::cards::DeckKind;

/// The places of cards by what stands on them.
fn places(deck: &Deck, labels: &[&str]) -> Vec<usize> {
    let place = |label: &&str| deck.cards.iter().position(|card| card.label == **label).unwrap();
    labels.iter().map(place).collect()
}

fn of(kind: DeckKind, labels: &str) -> Statistics {
    let deck = Deck::usual(kind);
    let labels: Vec<&str> = labels.split_whitespace().collect();
    statistics(&deck, &places(&deck, &labels))
}

#[test]
fn r23_statistics_ignore_what_is_no_size_and_are_right_for_none_to_nine() {
    // Votes, median, mean, agreement, apart, what is proposed.
    for (votes, median, mean, agreement, apart, proposed) in [
        ("", None, None, None, false, None),
        ("? ☕ ∞", None, None, None, false, None),
        ("5", Some("5"), Some("5"), Some(100), false, Some("5")),
        ("5 ?", Some("5"), Some("5"), Some(100), false, Some("5")),
        ("3 5", Some("4"), Some("4"), Some(50), false, Some("5")),
        ("1 2", Some("1.5"), Some("1.5"), Some(50), false, Some("2")),
        ("3 3 13", Some("3"), Some("6.3"), Some(67), true, Some("3")),
        ("3 3 5 5", Some("4"), Some("4"), Some(50), false, Some("5")),
        ("3 5 5 5 ☕", Some("5"), Some("4.5"), Some(75), false, Some("5")),
        ("1 2 3 5 8", Some("3"), Some("3.8"), Some(20), true, Some("3")),
        ("1 2 3 5 8 13", Some("4"), Some("5.3"), Some(17), true, Some("5")),
        (
            "5 5 13 5 8 5 3",
            Some("5"),
            Some("6.3"),
            Some(57),
            true,
            Some("5"),
        ),
        (
            "0 0 0 0 0 0 0 34",
            Some("0"),
            Some("4.3"),
            Some(88),
            true,
            Some("0"),
        ),
        (
            "1 1 2 2 3 3 5 5 8",
            Some("3"),
            Some("3.3"),
            Some(22),
            true,
            Some("3"),
        ),
    ] {
        let got = of(DeckKind::Fibonacci, votes);
        assert_eq!(got.median.as_deref(), median, "{votes}");
        assert_eq!(got.mean.as_deref(), mean, "{votes}");
        assert_eq!(got.agreement, agreement, "{votes}");
        assert_eq!(got.apart, apart, "{votes}");
        let deck = Deck::default();
        let label = got.proposed.map(|place| deck.cards[place].label.as_str());
        assert_eq!(label, proposed, "{votes}");
    }
}

#[test]
fn r23_a_deck_without_numbers_has_a_card_in_its_middle_and_no_mean() {
    for (votes, median, apart) in [
        ("S", Some("S"), false),
        ("S M", Some("M"), false),
        ("S M XL", Some("M"), true),
        ("S S M XL", Some("M"), true),
        ("XS S M L XL", Some("M"), true),
        ("XS S L XL XXL XXL", Some("XL"), true),
        ("M M M M M M M", Some("M"), false),
        ("? ?", None, false),
    ] {
        let got = of(DeckKind::Sizes, votes);
        assert_eq!(got.median.as_deref(), median, "{votes}");
        assert_eq!(got.mean, None, "{votes}");
        assert_eq!(got.apart, apart, "{votes}");
    }
}

#[test]
fn r23_half_points_stay_exact() {
    let got = of(DeckKind::Modified, "½ ½ ½");
    assert_eq!(
        (got.median.as_deref(), got.mean.as_deref()),
        (Some("½"), Some("0.5"))
    );
    assert_eq!(of(DeckKind::Modified, "½ 1").median.as_deref(), Some("0.75"));
    assert_eq!(of(DeckKind::Modified, "0 ½").median.as_deref(), Some("0.25"));
}

#[test]
fn who_chose_the_smallest_and_the_largest_card_is_asked_why_where_these_lie_apart() {
    let deck = Deck::default();
    let asked = |labels: &[&str]| outliers(&deck, &places(&deck, labels));
    assert_eq!(asked(&["5", "5", "13", "3"]), [false, false, true, true]);
    assert_eq!(asked(&["5", "8", "5"]), [false; 3]);
    assert_eq!(asked(&["5", "?", "13", "☕"]), [true, false, true, false]);
    assert_eq!(asked(&[]), [] as [bool; 0]);
}

proptest! {
    #[test]
    fn the_order_in_which_votes_come_changes_nothing(
        kind in 0_usize..7,
        votes in prop::collection::vec(0_usize..30, 0..12),
        turn in 0_usize..12,
    ) {
        let deck = Deck::usual(DeckKind::ALL[kind]);
        let votes: Vec<usize> = votes.into_iter().filter(|vote| *vote < deck.cards.len()).collect();
        let mut turned = votes.clone();
        turned.rotate_left(turn.min(votes.len()));
        let got = statistics(&deck, &votes);
        prop_assert_eq!(&got, &statistics(&deck, &turned));
        prop_assert_eq!(got.sizes + got.asides, votes.len());
        prop_assert_eq!(got.bars.iter().map(|bar| bar.count).sum::<usize>(), votes.len());
        prop_assert_eq!(got.proposed.is_some(), got.sizes > 0);
        // What is proposed lies between what was chosen.
        if let (Some(card), Some(low), Some(high)) = (got.proposed, votes.iter().filter(|vote| deck.step(**vote).is_some()).min(), votes.iter().filter(|vote| deck.step(**vote).is_some()).max()) {
            prop_assert!(*low <= card && card <= *high);
        }
    }
}

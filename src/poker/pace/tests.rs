use proptest::prelude::*;

use super::*;

fn finished(id: i64, points: i32, hours: u32) -> Finished {
    Finished {
        story: StoryId(id),
        name: format!("Story {id}"),
        room: Some(("link".to_owned(), "Sprint 14".to_owned())),
        estimate: estimate(DeckKind::Fibonacci, Some(points)),
        took: Some(Minutes::from_hours(hours)),
        typed: true,
        at: id,
    }
}

fn estimate(deck: DeckKind, points: Option<i32>) -> Estimate {
    Estimate {
        deck,
        label: points.map_or_else(|| "M".to_owned(), |points| points.to_string()),
        points: points.map(Points::whole),
    }
}

fn measured(all: &[(i32, u32)]) -> Pace {
    Pace {
        finished: (1..)
            .zip(all)
            .map(|(id, (points, hours))| finished(id, *points, *hours))
            .collect(),
        ..Pace::default()
    }
}

fn hours(low: u32, middle: u32, high: u32) -> Hours {
    let [low, middle, high] = [low, middle, high].map(Minutes);
    Hours { low, middle, high }
}

#[test]
fn eight_finished_stories_make_a_pace_and_seven_do_not() {
    let eight = [(1, 4), (1, 3), (2, 8), (5, 20), (3, 12), (1, 5), (2, 6), (5, 25)];
    assert_eq!(measured(&eight).basis(), Some(Basis::Measured(8)));
    let seven = measured(eight.get(1..).unwrap());
    assert_eq!((seven.basis(), seven.of_points(Points::whole(5))), (None, None));
}

#[test]
fn a_range_weighs_each_story_by_its_points() {
    // One large slow story outweighs seven small quick ones: 8 of 15 points.
    let pace = measured(&[(1, 2), (1, 2), (1, 2), (1, 2), (1, 2), (1, 2), (1, 2), (8, 48)]);
    assert_eq!(pace.of_points(Points::whole(1)), Some(hours(120, 360, 360)));
    // Each as heavy as the others: the second, fourth and seventh of eight.
    let pace = measured(&[(1, 8), (1, 1), (1, 2), (1, 7), (1, 3), (1, 4), (1, 6), (1, 5)]);
    assert_eq!(pace.of_points(Points::whole(1)), Some(hours(120, 240, 420)));
    assert_eq!(pace.of_points(Points::HALF), Some(hours(60, 120, 210)));
    assert_eq!(pace.of_points(Points::whole(0)), Some(hours(0, 0, 0)));
}

#[test]
fn only_the_newest_forty_count() {
    let mut all = vec![(1, 2); 40];
    all.extend(vec![(1, 100); 40]);
    let pace = measured(&all);
    assert_eq!(pace.basis(), Some(Basis::Measured(40)));
    assert_eq!(pace.of_points(Points::whole(1)), Some(hours(120, 120, 120)));
}

#[test]
fn stories_without_points_or_hours_and_cards_of_hours_or_trust_say_nothing_of_a_point() {
    let mut nothing = finished(1, 0, 4);
    assert_eq!(nothing.sample(), None);
    nothing.estimate.points = None;
    assert_eq!(nothing.sample(), None);
    let mut lost = finished(1, 5, 4);
    lost.took = None;
    assert_eq!(lost.sample(), None);
    for deck in [DeckKind::Hours, DeckKind::Trust] {
        let mut other = finished(1, 5, 4);
        other.estimate.deck = deck;
        assert_eq!(other.sample(), None, "{deck:?}");
    }
}

#[test]
fn a_factor_counts_with_its_margins_until_stories_do() {
    let factor = Factor {
        minutes: 240,
        less: 30,
        more: 50,
    };
    let mut pace = measured(&[(5, 1); 7]);
    pace.factor = Some(factor);
    assert_eq!(pace.basis(), Some(Basis::Typed(factor)));
    assert_eq!(pace.of_points(Points::whole(5)), Some(hours(840, 1_200, 1_800)));
    let believed: Vec<i64> = pace.believed().iter().map(|took| took.minutes).collect();
    assert_eq!(believed, [168, 240, 360]);
    pace.finished.push(finished(8, 5, 1));
    assert_eq!(pace.basis(), Some(Basis::Measured(8)));
    assert_eq!(pace.believed().len(), 8);
}

#[test]
fn cards_take_what_their_deck_and_the_table_say() {
    let pace = Pace {
        sizes: vec![SizeHours {
            label: "M".to_owned(),
            low: Minutes(480),
            high: Minutes(960),
        }],
        ..Pace::default()
    };
    let deck = |deck, points| pace.of(&estimate(deck, points));
    assert_eq!(deck(DeckKind::Sizes, None), Some(hours(480, 720, 960)));
    assert_eq!(deck(DeckKind::Hours, Some(8)), Some(hours(480, 480, 480)));
    assert_eq!(deck(DeckKind::Trust, Some(3)), None);
    assert_eq!(deck(DeckKind::Fibonacci, Some(3)), None);
    assert_eq!(pace.of_card("XL"), None);
}

#[test]
fn hours_are_told_as_roughly_as_they_are_known() {
    for (low, high, words) in [
        (840, 1_320, "14–22 h"),
        (830, 1_310, "14–22 h"),
        (100, 400, "1.5–6.5 h"),
        (590, 600, "10 h"),
        (3, 10, "0.5 h"),
    ] {
        let told = Hours {
            low: Minutes(low),
            middle: Minutes(low),
            high: Minutes(high),
        };
        assert_eq!(range_words(&told), words, "{low} {high}");
    }
    for (deck, points, words) in [
        (DeckKind::Fibonacci, Some(1), "1 point"),
        (DeckKind::Fibonacci, Some(5), "5 points"),
        (DeckKind::Hours, Some(8), "8 h"),
        (DeckKind::Sizes, None, "M"),
    ] {
        assert_eq!(estimate(deck, points).words(), words);
    }
}

#[test]
fn finished_stories_of_the_same_size_are_told_with_what_they_took() {
    let pace = measured(&[(5, 44), (3, 9), (5, 18), (5, 29)]);
    let took = pace.alike(&estimate(DeckKind::Fibonacci, Some(5)));
    assert_eq!(took, [18, 29, 44].map(Minutes::from_hours));
}

#[test]
fn stories_of_rooms_with_a_passcode_count_for_the_pace_and_are_not_told_one_by_one() {
    let mut pace = measured(&[(5, 44), (5, 18), (1, 4), (1, 3), (2, 8), (3, 12), (1, 5), (2, 6)]);
    let before = pace.of_points(Points::whole(5));
    for one in pace.finished.iter_mut().take(1) {
        one.room = None;
    }
    assert_eq!(pace.of_points(Points::whole(5)), before);
    let took = pace.alike(&estimate(DeckKind::Fibonacci, Some(5)));
    assert_eq!(took, [Minutes::from_hours(18)]);
    assert_eq!(pace.open().count(), 7);
}

proptest! {
    #[test]
    fn a_range_lies_in_order_within_what_was_measured(
        all in proptest::collection::vec((1_i32..40, 1_u32..200), 8..60), points in 1_i32..40
    ) {
        let pace = measured(&all);
        let told = pace.of_points(Points::whole(points)).unwrap();
        prop_assert!(told.low <= told.middle && told.middle <= told.high);
        let newest = all.get(..all.len().min(NEWEST)).unwrap();
        let at = |(own, hours): &(i32, u32)| i64::from(*hours) * 60 * i64::from(points) / i64::from(*own);
        let (least, most) = (newest.iter().map(at).min().unwrap(), newest.iter().map(at).max().unwrap());
        prop_assert!(i64::from(told.low.0) >= least && i64::from(told.high.0) <= most + 1);
    }

    #[test]
    fn the_order_in_which_stories_were_finished_changes_nothing(
        all in proptest::collection::vec((1_i32..40, 1_u32..200), 8..30)
    ) {
        let mut other = all.clone();
        other.reverse();
        let five = Points::whole(5);
        prop_assert_eq!(measured(&all).of_points(five), measured(&other).of_points(five));
    }
}

use super::*;
use crate::poker::rules::cards::Deck;

fn undone(id: i64, deck: DeckKind, votes: &[usize], agreed: Option<i32>) -> Undone {
    Undone {
        story: StoryId(id),
        name: format!("Story {id}"),
        agreed: agreed.map(|points| Estimate {
            deck,
            label: points.to_string(),
            points: Some(Points::whole(points)),
        }),
        round: Some((Deck::usual(deck), false, votes.to_vec())),
    }
}

fn sizes(gathered: &Gathered) -> Vec<Vec<Size>> {
    gathered.open.iter().map(|one| one.sizes.clone()).collect()
}

#[test]
fn every_vote_counts_and_cards_that_are_no_size_do_not() {
    // Fibonacci: 0 1 2 3 5 8 13 21 34 ? ∞ ☕
    let found = gather(
        &[undone(1, DeckKind::Fibonacci, &[4, 4, 6, 9, 11], Some(5))],
        &Pace::default(),
    );
    let points = |whole| Size::Points(Points::whole(whole));
    assert_eq!(sizes(&found), [vec![points(5), points(5), points(13)]]);
}

#[test]
fn where_votes_say_nothing_the_agreement_counts_and_without_one_the_story_stands_apart() {
    let mut imported = undone(3, DeckKind::Fibonacci, &[], Some(8));
    imported.round = None;
    let mut never = undone(4, DeckKind::Fibonacci, &[], None);
    never.round = None;
    let found = gather(
        &[
            undone(1, DeckKind::Fibonacci, &[9, 9], Some(3)),
            undone(2, DeckKind::Fibonacci, &[9], None),
            imported,
            never,
            undone(5, DeckKind::Trust, &[4], None),
        ],
        &Pace::default(),
    );
    assert_eq!(
        sizes(&found),
        [
            vec![Size::Points(Points::whole(3))],
            vec![Size::Points(Points::whole(8))]
        ]
    );
    let names: Vec<&str> = found.apart.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Story 2", "Story 4", "Story 5"]);
}

#[test]
fn so_few_votes_of_an_anonymous_round_that_they_have_names_are_left_out() {
    let mut secret = undone(1, DeckKind::Fibonacci, &[4, 8], Some(5));
    if let Some((_, anonymous, _)) = &mut secret.round {
        *anonymous = true;
    }
    let found = gather(std::slice::from_ref(&secret), &Pace::default());
    assert_eq!(sizes(&found), [vec![Size::Points(Points::whole(5))]]);
    if let Some((_, _, votes)) = &mut secret.round {
        votes.push(4);
    }
    assert_eq!(
        sizes(&gather(&[secret], &Pace::default())).first().map(Vec::len),
        Some(3)
    );
}

#[test]
fn hours_are_hours_and_t_shirts_stand_in_the_table() {
    let pace = Pace {
        sizes: vec![crate::plan::estimates::SizeHours {
            label: "M".to_owned(),
            low: crate::units::Minutes(240),
            high: crate::units::Minutes(480),
        }],
        ..Pace::default()
    };
    // XS S M L: only M has hours.
    let found = gather(
        &[
            undone(1, DeckKind::Sizes, &[2, 3], None),
            undone(2, DeckKind::Sizes, &[3], None),
            undone(3, DeckKind::Hours, &[3], None),
        ],
        &pace,
    );
    assert_eq!(
        sizes(&found),
        [vec![Size::Minutes(240, 480)], vec![Size::Minutes(480, 480)]]
    );
    assert_eq!(found.apart, [("Story 2".to_owned(), Apart::NoHours)]);
}

#[test]
fn dates_that_were_told_are_held_against_what_happened() {
    let day = |number| Day::from_number(20_000 + number);
    let past = |p50, p85, done| Past {
        p50,
        p85,
        done: day(done),
    };
    let all = [
        past(Some(day(5)), Some(day(10)), 4),
        past(Some(day(5)), Some(day(10)), 10),
        past(Some(day(5)), Some(day(10)), 11),
        past(Some(day(5)), None, 3),
    ];
    let told = back_test(&all);
    assert_eq!((told.held, told.told), (2, 3));
    assert_eq!((told.held_half, told.told_half), (2, 4));
    assert_eq!(back_test(&[]), BackTest::default());
}

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::book::{Assignment, Parts};
use crate::units::ids::StatusId;
use crate::units::{Colour, Day};

const ADA: PersonId = PersonId(1);
const FIRST: Week = Week(2_968);

/// Ada works 40 h a week, up to `last`, and has `booked` hours in the weeks from the first on.
fn book(booked: &[u32], last: Option<Day>) -> Book {
    let mut book = Book::new(
        1,
        Parts {
            people: vec![Person {
                id: ADA,
                name: "Ada Osei".to_owned(),
                email: String::new(),
                location: String::new(),
                department: None,
                role: None,
                calendar: None,
                start: None,
                last,
                active: true,
                skills: Vec::new(),
                work_weeks: Vec::new(),
                absences: Vec::new(),
            }]
            .into(),
            projects: vec![crate::book::Project {
                id: ProjectId(1),
                name: "Harbour".to_owned(),
                code: String::new(),
                client: None,
                status: StatusId(1),
                department: None,
                colour: Colour::default(),
                start: None,
                end: None,
                budget: None,
            }]
            .into(),
            assignments: vec![Assignment {
                id: AssignmentId(1),
                project: ProjectId(1),
                person: Some(ADA),
                role: None,
                note: String::new(),
            }]
            .into(),
            holidays: HashMap::new(),
            ..Parts::default()
        },
    );
    for (week, hours) in FIRST.span(u16::MAX).zip(booked) {
        book.set_hours(AssignmentId(1), week, Minutes::from_hours(*hours));
    }
    book
}

fn asked(taker: Taker, weeks: u16, minutes: &[u32]) -> Asked {
    Asked {
        project: ProjectId(1),
        taker,
        from: FIRST,
        weeks,
        stories: (1..)
            .map(StoryId)
            .zip(minutes.iter().copied().map(Minutes))
            .collect(),
    }
}

fn minutes(laid: &Laid) -> Vec<u32> {
    laid.weeks.iter().map(|week| week.minutes.0).collect()
}

#[test]
fn hours_fill_what_remains_first_week_first_and_the_rest_lies_on_top() {
    let book = book(&[30, 40, 50], None);
    for (hours, expected, over) in [
        (5, vec![300, 0, 0, 0], 0),
        (50, vec![600, 0, 0, 2_400], 0),
        // Two hours more than remain: half an hour on each week.
        (52, vec![630, 30, 30, 2_430], 120),
    ] {
        let laid = lay(&book, &asked(Taker::Person(ADA), 4, &[hours * 60])).unwrap();
        assert_eq!(
            (minutes(&laid), laid.over()),
            (expected, Minutes(over)),
            "{hours} h"
        );
    }
}

#[test]
fn a_role_takes_its_hours_evenly_in_quarters() {
    let book = book(&[], None);
    let laid = lay(&book, &asked(Taker::Role(RoleId(1)), 3, &[600, 37])).unwrap();
    // 637 minutes are 42 quarters and 7 minutes.
    assert_eq!(minutes(&laid), [217, 210, 210]);
    assert_eq!(laid.over(), Minutes(0));
}

#[test]
fn weeks_without_employment_take_nothing() {
    let last = FIRST.monday().plus(4);
    let book = book(&[], Some(last));
    let laid = lay(&book, &asked(Taker::Person(ADA), 3, &[50 * 60])).unwrap();
    assert_eq!(minutes(&laid), [3_000, 0, 0]);
    let mut later = asked(Taker::Person(ADA), 3, &[60]);
    later.from = FIRST.plus(1);
    assert_eq!(lay(&book, &later), Err(Refusal::NotEmployed));
    assert_eq!(
        lay(&book, &asked(Taker::Person(PersonId(9)), 3, &[60])),
        Err(Refusal::NotEmployed)
    );
}

#[test]
fn no_week_takes_more_than_it_has_hours() {
    let book = book(&[], None);
    let laid = lay(&book, &asked(Taker::Role(RoleId(1)), 1, &[10_081]));
    assert_eq!(laid, Err(Refusal::TooMuch(Minutes(1))));
}

#[test]
fn what_an_assignment_holds_for_a_story_follows_its_hours() {
    let book = book(&[10, 20], None);
    let of = |own, all| share(&book, AssignmentId(1), Minutes(own), Minutes(all));
    assert_eq!(
        of(600, 1_800),
        Minutes(600),
        "untouched hours are what was booked"
    );
    assert_eq!(of(300, 900), Minutes(600), "twice the hours, twice the share");
    assert_eq!(of(0, 0), Minutes(0));
}

proptest! {
    #[test]
    fn what_is_laid_is_what_was_asked_to_the_minute(
        booked in proptest::collection::vec(0_u32..60, 0..8), weeks in 1_u16..9,
        stories in proptest::collection::vec(1_u32..4_000, 1..12), person in proptest::bool::ANY
    ) {
        let book = book(&booked, None);
        let taker = if person { Taker::Person(ADA) } else { Taker::Role(RoleId(1)) };
        let asked = asked(taker, weeks, &stories);
        match lay(&book, &asked) {
            Ok(laid) => {
                prop_assert_eq!(laid.total(), asked.total());
                prop_assert!(laid.weeks.iter().all(|week| week.minutes <= Minutes::WEEK));
                let room: Minutes = laid.weeks.iter().filter_map(|week| Some(week.capacity?.less(week.booked))).sum();
                prop_assert_eq!(laid.over(), if person { asked.total().less(room) } else { Minutes(0) });
            }
            Err(refusal) => prop_assert!(matches!(refusal, Refusal::TooMuch(_)) && asked.total().0 > 10_080),
        }
    }
}

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::shift::{Landing, Shifted, shift};
use super::*;
use crate::book::{Client, CountsAs, Organisation, Parts, Project, Status};
use crate::units::Colour;
use crate::units::ids::StatusId;

const DELIVERABLE: DeliverableId = DeliverableId(1);
const PROJECT: ProjectId = ProjectId(1);
const ASSIGNMENT: AssignmentId = AssignmentId(1);

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// `03-10` is a day of 2024.
fn near(text: &str) -> Day {
    if text.len() == 5 {
        day(&format!("2024-{text}"))
    } else {
        day(text)
    }
}

fn cells(text: &str, start: WeekStart) -> Vec<(Week, Minutes)> {
    text.split(", ")
        .map(|cell| {
            let (week, hours) = cell.rsplit_once(':').unwrap();
            (
                Week::of(near(week), start),
                Minutes::from_hours(hours.parse().unwrap()),
            )
        })
        .collect()
}

/// A project with one open place that holds `booked`, the deliverable, and others due on `others`.
fn book(booked: &[(Week, Minutes)], due: Day, others: &[Day], start: WeekStart) -> Book {
    let deliverable = |id: i64, due: Day| Deliverable {
        id: DeliverableId(id),
        project: PROJECT,
        name: format!("D{id}"),
        percent: None,
        phase: String::new(),
        due: Some(due),
        done: false,
    };
    let mut deliverables = vec![deliverable(DELIVERABLE.0, due)];
    deliverables.extend((2..).zip(others).map(|(id, due)| deliverable(id, *due)));
    let mut book = Book::new(
        1,
        Parts {
            organisation: Organisation {
                week_start: start,
                ..Organisation::default()
            },
            clients: Vec::<Client>::new(),
            statuses: vec![Status {
                id: StatusId(1),
                label: "Active".to_owned(),
                colour: Colour::default(),
                counts_as: CountsAs::Confirmed,
            }],
            projects: vec![Project {
                id: PROJECT,
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
            deliverables: deliverables.into(),
            assignments: vec![Assignment {
                id: ASSIGNMENT,
                project: PROJECT,
                person: None,
                role: None,
                note: String::new(),
            }]
            .into(),
            ..Parts::default()
        },
    );
    for (week, minutes) in booked {
        book.set_hours(ASSIGNMENT, *week, *minutes);
    }
    book
}

fn all_weeks(reach: Reach) -> Terms {
    Terms {
        reach,
        past_weeks: true,
    }
}

fn moved(from: Day, to: Day) -> Move {
    Move {
        deliverable: DELIVERABLE,
        project: PROJECT,
        from,
        to,
    }
}

fn after(before: &[(Week, Minutes)], reallocation: &Reallocation) -> Vec<(Week, Minutes)> {
    let mut map: BTreeMap<Week, Minutes> = before.iter().copied().collect();
    for cell in reallocation.lines.iter().flat_map(|line| &line.cells) {
        map.insert(cell.week, cell.after);
    }
    map.into_iter().filter(|(_, minutes)| minutes.0 > 0).collect()
}

/// A recorded move: its number, the hours before, the date before and after, the other dates, the hours after, and the
/// weeks that count as touched where they were recorded.
type Recorded = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    Option<&'static str>,
);

const RECORDED: [Recorded; 9] = [
    (
        "1",
        "03-10:3, 03-17:2",
        "03-10",
        "03-24",
        &[],
        "03-24:3, 03-31:2",
        None,
    ),
    (
        "1b",
        "03-10:8, 03-17:8",
        "03-10",
        "03-17",
        &[],
        "03-17:8, 03-24:8",
        Some("03-10 03-24"),
    ),
    (
        "4",
        "03-03:1, 03-10:1, 03-17:1, 03-24:1",
        "03-10",
        "03-24",
        &["03-09", "03-31"],
        "03-03:1, 03-24:1, 03-31:1, 04-07:1",
        Some("03-10 03-17 03-31 04-07"),
    ),
    ("8", "03-10:8", "03-16", "03-17", &[], "03-17:8", None),
    (
        "9",
        "02-25:8, 03-03:8, 03-10:8, 03-17:8, 03-24:8, 03-31:8, 04-07:8",
        "03-20",
        "04-03",
        &["03-06", "04-01"],
        "02-25:8, 03-17:8, 03-24:8, 03-31:8, 04-07:16, 04-14:8",
        None,
    ),
    (
        "10",
        "02-25:8, 03-03:8, 03-17:8, 03-24:8, 03-31:8",
        "03-20",
        "03-27",
        &["03-02", "03-31"],
        "02-25:8, 03-10:8, 03-24:8, 03-31:16",
        None,
    ),
    (
        "11",
        "03-03:4, 03-10:6, 03-17:7",
        "03-20",
        "03-06",
        &["03-10"],
        "02-25:6, 03-03:11",
        None,
    ),
    (
        "13",
        "12-22:10, 12-29:12",
        "12-24",
        "2025-01-07",
        &[],
        "2025-01-05:10, 2025-01-12:12",
        None,
    ),
    (
        "16",
        "02-25:5, 03-10:5",
        "03-13",
        "03-27",
        &["02-21", "04-03"],
        "03-10:5, 03-24:5",
        Some("02-25 03-24"),
    ),
];

/// What teams were used to before: whole hours, weeks from Sunday, neighbours, past weeks included.
#[test]
fn a_move_between_neighbours_does_what_recorded_moves_did() {
    let start = WeekStart::Sunday;
    for (name, before, old, new, others, expected, touched) in RECORDED {
        let before = cells(before, start);
        let others: Vec<Day> = others.iter().map(|day| near(day)).collect();
        let book = book(&before, near(old), &others, start);
        let this_week = Week::of(day("2026-11-18"), start);
        let reallocation = reallocate(
            &book,
            &[moved(near(old), near(new))],
            all_weeks(Reach::Neighbours),
            this_week,
        );
        assert_eq!(
            after(&before, &reallocation),
            cells(expected, start),
            "example {name}"
        );
        if let Some(touched) = touched {
            let weeks: Vec<Week> = touched
                .split(' ')
                .map(|week| Week::of(near(week), start))
                .collect();
            assert_eq!(reallocation.touched_weeks(), weeks, "example {name}");
        }
    }
}

#[test]
fn the_weekday_inside_a_week_never_matters() {
    for (from, to, start, weeks) in [
        ("2024-03-16", "2024-03-17", WeekStart::Sunday, 1),
        ("2024-03-16", "2024-03-17", WeekStart::Monday, 0),
        ("2024-03-10", "2024-03-16", WeekStart::Sunday, 0),
        ("2024-03-10", "2024-03-16", WeekStart::Monday, 1),
        ("2024-12-24", "2025-01-07", WeekStart::Monday, 2),
        ("2026-12-31", "2027-01-01", WeekStart::Monday, 0),
        // Clocks change on 28 March 2027; days do not.
        ("2027-03-26", "2027-04-02", WeekStart::Monday, 1),
        ("2027-01-04", "2026-12-28", WeekStart::Monday, -1),
    ] {
        assert_eq!(
            moved(day(from), day(to)).weeks(start),
            weeks,
            "{from} to {to} with {start:?}"
        );
    }
}

#[test]
fn lead_in_ends_with_the_old_dates_week_and_begins_after_the_one_before() {
    let start = WeekStart::Monday;
    let week = |text| Week::of(day(text), start);
    let deliverable = moved(day("2026-12-16"), day("2026-12-30"));
    for (others, from) in [
        (vec![], None),
        (vec!["2026-12-02"], Some("2026-12-07")),
        // The latest before counts, and what is due in the same week shares the lead-in.
        (vec!["2026-11-04", "2026-12-06", "2026-12-14"], Some("2026-12-07")),
        (vec!["2027-01-06"], None),
    ] {
        let others: Vec<Day> = others.into_iter().map(day).collect();
        let weeks = deliverable.reach(Reach::LeadIn, &others, start);
        assert_eq!(weeks.from, from.map(week));
        assert_eq!(weeks.to, Some(week("2026-12-16")));
    }
}

#[test]
fn weeks_that_are_over_stay_unless_asked_and_nothing_lands_in_them() {
    let start = WeekStart::Monday;
    let before = cells("2026-11-09:4, 2026-11-16:5, 2026-11-23:6, 2026-11-30:7", start);
    let book = book(&before, day("2026-12-02"), &[], start);
    let this_week = Week::of(day("2026-11-18"), start);
    let later = reallocate(
        &book,
        &[moved(day("2026-12-02"), day("2026-12-09"))],
        Terms::default(),
        this_week,
    );
    assert_eq!(
        after(&before, &later),
        cells("2026-11-09:4, 2026-11-23:5, 2026-11-30:6, 2026-12-07:7", start)
    );
    assert!(later.skipped.is_empty());
    let earlier = reallocate(
        &book,
        &[moved(day("2026-12-02"), day("2026-11-25"))],
        Terms::default(),
        this_week,
    );
    assert_eq!(
        after(&before, &earlier),
        cells("2026-11-09:4, 2026-11-16:11, 2026-11-23:7", start)
    );
    let [stays] = earlier.skipped.as_slice() else {
        panic!("{:?}", earlier.skipped);
    };
    assert_eq!(
        (stays.minutes, stays.reason),
        (Minutes::from_hours(5), Stays::Past)
    );
    let asked = reallocate(
        &book,
        &[moved(day("2026-12-02"), day("2026-11-25"))],
        all_weeks(Reach::LeadIn),
        this_week,
    );
    assert_eq!(
        after(&before, &asked),
        cells("2026-11-02:4, 2026-11-09:5, 2026-11-16:6, 2026-11-23:7", start)
    );
}

fn free(_: Week) -> Landing {
    Landing::Fine
}

fn placed_after(booked: &[(Week, Minutes)], shifted: &Shifted) -> Vec<(Week, Minutes)> {
    let mut map: BTreeMap<Week, Minutes> = booked.iter().copied().collect();
    for cell in &shifted.cells {
        assert_eq!(map.get(&cell.week).copied().unwrap_or_default(), cell.before);
        map.insert(cell.week, cell.after);
    }
    map.into_iter().filter(|(_, minutes)| minutes.0 > 0).collect()
}

fn total(cells: &[(Week, Minutes)]) -> u64 {
    cells.iter().map(|(_, minutes)| u64::from(minutes.0)).sum()
}

prop_compose! {
    fn hours()(cells in proptest::collection::btree_map(2_900_i32..2_960, 1_u32..=10_080, 0..40)) -> Vec<(Week, Minutes)> {
        cells.into_iter().map(|(week, minutes)| (Week(week), Minutes(minutes))).collect()
    }
}

proptest! {
    #[test]
    fn no_minute_is_lost_or_made_and_no_week_holds_too_much(
        booked in hours(), delta in -60_i32..60, from in 2_890_i32..2_970, count in 0_i32..70, closed in 2_880_i32..2_980
    ) {
        let shifted = shift(
            &booked,
            |week| if (from..from + count).contains(&week.0) { delta } else { 0 },
            |week| if week.0 == closed { Landing::Refused(Stays::NotEmployed) } else { Landing::Fine },
        );
        let after = placed_after(&booked, &shifted);
        prop_assert_eq!(total(&after), total(&booked));
        prop_assert!(after.iter().all(|(_, minutes)| *minutes <= Minutes::WEEK));
        let stayed: u64 = shifted.stayed.iter().map(|(_, minutes, _)| u64::from(minutes.0)).sum();
        let asked: u64 = booked
            .iter()
            .filter(|(week, _)| delta != 0 && (from..from + count).contains(&week.0))
            .map(|(_, minutes)| u64::from(minutes.0))
            .sum();
        prop_assert_eq!(u64::from(shifted.moved.0) + stayed, asked);
    }

    #[test]
    fn no_weeks_change_nothing(booked in hours()) {
        prop_assert_eq!(shift(&booked, |_| 0, free), Shifted::default());
    }

    #[test]
    fn a_move_and_its_opposite_give_the_start_back_where_nothing_collides(
        booked in hours(), delta in -60_i32..60, from in 2_890_i32..2_970, count in 0_i32..70
    ) {
        let inside = |week: Week| (from..from + count).contains(&week.0);
        // What stays must not stand where something lands.
        let booked: Vec<(Week, Minutes)> = booked
            .into_iter()
            .filter(|(week, _)| inside(*week) || !inside(week.plus(-delta)))
            .collect();
        let there = placed_after(&booked, &shift(&booked, |week| if inside(week) { delta } else { 0 }, free));
        let back = shift(&there, |week| if inside(week.plus(-delta)) { -delta } else { 0 }, free);
        prop_assert_eq!(placed_after(&there, &back), booked);
    }

    #[test]
    fn an_open_reach_moves_everything_and_back(booked in hours(), days in -300_i32..300, reach in prop_oneof![Just(Reach::LeadIn), Just(Reach::Neighbours)]) {
        let start = WeekStart::Monday;
        // Due after everything, so that all of it leads up to the date.
        let due = Week(2_960).monday();
        let there = moved(due, due.plus(days));
        let first = book(&booked, there.from, &[], start);
        let later = after(&booked, &reallocate(&first, &[there], all_weeks(reach), Week(2_920)));
        let delta = there.weeks(start);
        let expected: Vec<(Week, Minutes)> =
            booked.iter().map(|(week, minutes)| (week.plus(delta), *minutes)).collect();
        prop_assert_eq!(&later, &expected);
        let second = book(&later, there.to, &[], start);
        let back = reallocate(&second, &[moved(there.to, there.from)], all_weeks(reach), Week(2_920));
        prop_assert_eq!(after(&later, &back), booked);
    }
}

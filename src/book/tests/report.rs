use proptest::prelude::*;

use super::forecast::any_book;
use super::*;
use crate::book::{Dimension, Figures, Query, Report, Slice, Slices, Subject};
use crate::units::Tenths;

fn query(dimension: Dimension) -> Query {
    Query {
        dimension,
        slices: Slices::Total,
        from: ahead(0),
        weeks: 4,
        department: None,
        role: None,
        client: None,
        status: None,
        counts_as: None,
    }
}

fn planned(report: &Report) -> Vec<(Subject, Minutes)> {
    report
        .rows
        .iter()
        .filter(|row| row.total.planned().0 > 0)
        .map(|row| (row.subject.clone(), row.total.planned()))
        .collect()
}

#[test]
fn utilisation_is_booked_of_capacity_and_open_places_are_nobodys_load() {
    let book = book(
        three_people(),
        &[(1, 0, 10), (4, 1, 6), (5, 0, 8), (2, 0, 5), (7, 0, 4)],
    );
    let report = book.report(query(Dimension::Person));
    let row = |place: usize| {
        let row = &report.rows[place];
        (
            row.subject.clone(),
            row.total.booked,
            row.total.capacity,
            row.total.utilisation(),
        )
    };
    assert_eq!(
        row(0),
        (
            Subject::Person(PersonId(1)),
            hours(20),
            hours(160),
            Some(Tenths(125))
        )
    );
    assert_eq!(
        row(1),
        (
            Subject::Person(PersonId(2)),
            hours(5),
            hours(144),
            Some(Tenths(35))
        )
    );
    assert_eq!(row(3), (Subject::OpenPlaces, hours(0), hours(0), None));
    assert_eq!(
        report.total,
        Figures {
            booked: hours(25),
            open: hours(8),
            capacity: hours(424)
        }
    );
}

#[test]
fn work_is_summed_by_client_project_and_status_with_its_open_places() {
    let book = book(
        three_people(),
        &[(1, 0, 10), (4, 1, 6), (5, 0, 8), (6, 2, 3), (7, 0, 4)],
    );
    assert_eq!(
        planned(&book.report(query(Dimension::Client))),
        [
            (Subject::Client(Some(ClientId(1))), hours(18)),
            (Subject::Client(Some(ClientId(2))), hours(9)),
            (Subject::Client(None), hours(4)),
        ]
    );
    assert_eq!(
        planned(&book.report(query(Dimension::Status))),
        [
            (Subject::Status(StatusId(1)), hours(9)),
            (Subject::Status(StatusId(2)), hours(18)),
            (Subject::Status(StatusId(3)), hours(4)),
        ]
    );
    let confirmed = Query {
        counts_as: Some(CountsAs::Confirmed),
        ..query(Dimension::Project)
    };
    assert_eq!(
        planned(&book.report(confirmed)),
        [(Subject::Project(ProjectId(1)), hours(18))]
    );
    let report = book.report(query(Dimension::Client));
    assert_eq!(report.rows[0].total.share(&report.total), Some(Tenths(581)));
}

#[test]
fn a_week_counts_in_the_month_and_quarter_of_its_thursday() {
    // The week of 28 December 2026 has its Thursday on the 31st; that of 26 October on the 29th, of 28 September on 1 October.
    let from = week("2026-09-21");
    let book = book(
        three_people(),
        &[
            (1, -8, 1),
            (1, -7, 2),
            (1, -3, 4),
            (1, -2, 8),
            (1, 6, 16),
            (1, 7, 32),
        ],
    );
    let cut = |slices| {
        let report = book.report(Query {
            slices,
            from,
            weeks: 16,
            ..query(Dimension::Project)
        });
        report
            .slices
            .into_iter()
            .zip(report.totals.into_iter().map(|one| one.planned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        cut(Slices::Month),
        [
            (Slice::Month(2026, 9), hours(1)),
            (Slice::Month(2026, 10), hours(6)),
            (Slice::Month(2026, 11), hours(8)),
            (Slice::Month(2026, 12), hours(16)),
            (Slice::Month(2027, 1), hours(32)),
        ]
    );
    assert_eq!(
        cut(Slices::Quarter),
        [
            (Slice::Quarter(2026, 3), hours(1)),
            (Slice::Quarter(2026, 4), hours(30)),
            (Slice::Quarter(2027, 1), hours(32)),
        ]
    );
    assert_eq!(cut(Slices::Week).len(), 16);
}

#[test]
fn a_phase_is_that_of_the_next_deliverable() {
    let mut parts = three_people();
    parts.deliverables = vec![
        deliverable(1, 1, "Detail", Some("2026-12-04")),
        deliverable(2, 1, "Sketch ", Some("2026-11-20")),
        deliverable(3, 1, "sketch", None),
        deliverable(4, 1, "", Some("2026-12-18")),
        deliverable(5, 2, "DETAIL", Some("2026-11-30")),
        deliverable(6, 2, "Build", Some("2026-12-18")),
    ]
    .into();
    // On project 1: the week of the sketch, two weeks to the detail, one to what has no phase, one after everything.
    // On project 2: before the Monday of 30 November it is detail, in its own week already what comes next.
    let book = book(
        parts,
        &[
            (1, 0, 1),
            (1, 1, 2),
            (1, 2, 4),
            (1, 3, 8),
            (1, 5, 16),
            (4, 1, 32),
            (4, 2, 40),
        ],
    );
    let report = book.report(Query {
        weeks: 8,
        ..query(Dimension::Phase)
    });
    let phase = |text: &str| Subject::Phase(Some(text.to_owned()));
    assert_eq!(
        planned(&report),
        [
            (phase("Detail"), hours(38)),
            (phase("Sketch"), hours(1)),
            (phase("Build"), hours(40)),
            (Subject::Phase(None), hours(24)),
        ]
    );
}

#[test]
fn a_monday_deliverable_with_none_after_it_keeps_its_week() {
    let mut parts = three_people();
    parts.deliverables = vec![deliverable(1, 1, "Sketch", Some(NOW))].into();
    let report = book(parts, &[(1, 0, 5)]).report(query(Dimension::Phase));
    assert_eq!(
        planned(&report),
        [(Subject::Phase(Some("Sketch".to_owned())), hours(5))]
    );
}

#[test]
fn somebody_who_has_left_counts_while_they_were_there() {
    let mut parts = three_people();
    parts.people.to_mut()[0].active = false;
    parts.people.to_mut()[1].active = false;
    parts.people.to_mut()[1].last = Some(ahead(1).monday().plus(-3));
    let book = book(parts, &[(1, -3, 30), (1, -2, 20)]);
    let report = book.report(Query {
        from: ahead(-4),
        weeks: 8,
        ..query(Dimension::Person)
    });
    let of = |id: i64| {
        let row = report
            .rows
            .iter()
            .find(|row| row.subject == Subject::Person(PersonId(id)));
        row.map(|row| (row.total.booked, row.total.capacity)).unwrap()
    };
    // Without a last day: until the last week with hours. With one: until that day.
    assert_eq!(of(1), (hours(50), hours(120)));
    assert_eq!(of(2), (hours(0), hours(180)));
}

#[test]
fn the_recorded_weeks_have_the_recorded_average_and_peak() {
    // 36 hours a week; 36, 40 and 20 booked: 88.9 % on average, 111.1 % at most, over in the second week only.
    let parts = Parts {
        people: vec![person(1, 36, None, None)].into(),
        projects: vec![project(1, 2, None, None)].into(),
        assignments: vec![assignment(1, 1, Some(1), None)].into(),
        ..parts()
    };
    let book = book(parts, &[(1, 0, 36), (1, 1, 40), (1, 2, 20)]);
    let found = book.balances(Query {
        weeks: 3,
        ..query(Dimension::Person)
    });
    let one = &found.over[0];
    assert_eq!(
        (one.average(), one.peak_share()),
        (Some(Tenths(889)), Some(Tenths(1_111)))
    );
    assert_eq!((one.weeks_over, one.over, one.free), (1, hours(4), hours(16)));
    assert_eq!(one.peak.map(|(week, _)| week), Some(ahead(1)));
    assert!(found.under.is_empty());
    let later = book.balances(Query {
        weeks: 6,
        ..query(Dimension::Person)
    });
    assert_eq!(later.under[0].average(), Some(Tenths(444)));
}

#[test]
fn hours_in_a_week_away_are_the_peak_and_exactly_the_limit_is_not_too_little() {
    let mut parts = three_people();
    parts.people.to_mut()[0].absences = vec![crate::book::Absence {
        first: ahead(2).monday(),
        last: ahead(2).monday().plus(4),
        half: false,
        from_midday: false,
        until_midday: false,
    }];
    let book = book(parts, &[(1, 0, 80), (1, 2, 4), (3, 0, 84), (2, 0, 100)]);
    let found = book.balances(query(Dimension::Person));
    assert_eq!(found.over[0].person.id.0, 2);
    let first = found.over.iter().find(|one| one.person.id.0 == 1).unwrap();
    assert_eq!(
        (first.peak.map(|(week, _)| week), first.peak_share()),
        (Some(ahead(2)), None)
    );
    // 84 of 120 hours are exactly 70 %.
    assert!(found.under.iter().all(|one| one.person.id.0 != 3));
}

proptest! {
    #[test]
    fn whatever_it_is_cut_by_the_sum_is_the_same(book in any_book(), from in -2_i32..4, weeks in 1_u16..9) {
        let whole = book.report(Query { from: ahead(from), weeks, ..query(Dimension::Person) });
        for dimension in Dimension::ALL {
            for slices in Slices::ALL {
                let report = book.report(Query { slices, from: ahead(from), weeks, ..query(dimension) });
                prop_assert_eq!(report.total.planned(), whole.total.planned(), "{:?}", dimension);
                prop_assert_eq!(report.total.booked, whole.total.booked);
                let by_rows: Minutes = report.rows.iter().map(|row| row.total.planned()).sum();
                prop_assert_eq!(by_rows, whole.total.planned());
                if dimension.is_of_people() {
                    prop_assert_eq!(report.total.capacity, whole.total.capacity);
                }
            }
        }
        let by_status: Minutes = CountsAs::ALL
            .into_iter()
            .map(|counts_as| {
                let part = Query { counts_as: Some(counts_as), from: ahead(from), weeks, ..query(Dimension::Role) };
                book.report(part).total.planned()
            })
            .sum();
        prop_assert_eq!(by_status, whole.total.planned());
    }
}

//! What a person can carry, told by tables and by properties.

use super::*;
use proptest::prelude::*;

const MONDAY: WeekStart = WeekStart::Monday;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn week(text: &str) -> Week {
    Week::of(day(text), MONDAY)
}

fn terms<'a>() -> Terms<'a> {
    Terms {
        start: None,
        last: None,
        work_weeks: &[],
        default_week: WorkWeek::default(),
        holidays: &[],
        half_holidays: &[],
        absences: &[],
    }
}

#[test]
fn somebody_hired_on_a_wednesday_has_three_days_that_week() {
    let terms = Terms {
        start: Some(day("2026-11-18")),
        ..terms()
    };
    assert_eq!(
        terms.capacity(week("2026-11-16"), MONDAY),
        (Minutes::from_hours(24), Away::No)
    );
    assert_eq!(
        terms.capacity(week("2026-11-09"), MONDAY),
        (Minutes(0), Away::NotEmployed)
    );
    assert_eq!(
        terms.capacity(week("2026-11-23"), MONDAY),
        (Minutes::from_hours(40), Away::No)
    );
}

#[test]
fn holidays_and_time_off_are_not_taken_twice() {
    let holidays = [day("2026-12-25")];
    let absences = [Absence {
        first: day("2026-12-24"),
        last: day("2026-12-25"),
        half: false,
        from_midday: false,
        until_midday: false,
    }];
    let terms = Terms {
        holidays: &holidays,
        absences: &absences,
        ..terms()
    };
    assert_eq!(
        terms.capacity(week("2026-12-21"), MONDAY),
        (Minutes::from_hours(24), Away::Partly)
    );
}

#[test]
fn half_days_leave_half_and_a_whole_week_off_says_so() {
    let half = [Absence {
        first: day("2026-11-16"),
        last: day("2026-11-17"),
        half: true,
        from_midday: false,
        until_midday: false,
    }];
    let terms_half = Terms {
        absences: &half,
        ..terms()
    };
    assert_eq!(
        terms_half.capacity(week("2026-11-16"), MONDAY),
        (Minutes::from_hours(32), Away::Partly)
    );
    let whole = [Absence {
        first: day("2026-11-10"),
        last: day("2026-11-30"),
        half: false,
        from_midday: false,
        until_midday: false,
    }];
    let terms_whole = Terms {
        absences: &whole,
        ..terms()
    };
    assert_eq!(
        terms_whole.capacity(week("2026-11-16"), MONDAY),
        (Minutes(0), Away::AllWeek)
    );
}

fn away(first: &str, last: &str, from_midday: bool, until_midday: bool) -> Absence {
    Absence {
        first: day(first),
        last: day(last),
        half: false,
        from_midday,
        until_midday,
    }
}

/// A week's hours under both week starts, by the Monday in it.
fn hours(terms: &Terms<'_>, monday: &str) -> (u32, u32) {
    let of = |start| terms.capacity(Week::of(day(monday), MONDAY), start).0.0;
    (of(MONDAY) / 30, of(WeekStart::Sunday) / 30)
}

/// Leave, the working week, the Monday of a week, and what that week then holds, in half hours under both week starts:
/// 80 are a week of five days, 112 one of seven.
type Leave = (Absence, WorkWeek, &'static str, (u32, u32));

fn assert_leaves(table: &[Leave]) {
    for (absence, week, monday, expected) in table {
        let absences = [*absence];
        let terms = Terms {
            default_week: *week,
            absences: &absences,
            ..terms()
        };
        assert_eq!(hours(&terms, monday), *expected, "{absence:?} in {monday}");
    }
}

#[test]
fn leave_takes_what_it_says_from_midday_until_midday_and_over_the_end_of_the_year() {
    assert_leaves(&[
        // From Wednesday midday to Friday: half of Wednesday and two days.
        (
            away("2026-11-18", "2026-11-20", true, false),
            WorkWeek::default(),
            "2026-11-16",
            (40, 40),
        ),
        // Until midday of a Monday after a whole week.
        (
            away("2026-11-16", "2026-11-23", false, true),
            WorkWeek::default(),
            "2026-11-23",
            (72, 72),
        ),
        // A morning, and an afternoon.
        (
            away("2026-11-18", "2026-11-18", false, true),
            WorkWeek::default(),
            "2026-11-16",
            (72, 72),
        ),
        (
            away("2026-11-18", "2026-11-18", true, false),
            WorkWeek::default(),
            "2026-11-16",
            (72, 72),
        ),
        // Over the end of the year: the week of 28 December holds 1 January.
        (
            away("2026-12-24", "2027-01-01", false, false),
            WorkWeek::default(),
            "2026-12-28",
            (0, 0),
        ),
        (
            away("2026-12-31", "2027-01-04", false, false),
            WorkWeek::default(),
            "2027-01-04",
            (64, 64),
        ),
    ]);
}

#[test]
fn leave_takes_what_it_says_where_clocks_change_and_on_sundays_of_both_week_starts() {
    let every_day = WorkWeek([480; 7]);
    assert_leaves(&[
        // The weeks in which clocks change (29 March and 25 October 2026 are Sundays).
        (
            away("2026-03-27", "2026-03-30", false, false),
            WorkWeek::default(),
            "2026-03-23",
            (64, 64),
        ),
        (
            away("2026-03-27", "2026-03-30", false, false),
            WorkWeek::default(),
            "2026-03-30",
            (64, 64),
        ),
        (
            away("2026-10-23", "2026-10-26", true, true),
            WorkWeek::default(),
            "2026-10-19",
            (72, 72),
        ),
        (
            away("2026-10-23", "2026-10-26", true, true),
            WorkWeek::default(),
            "2026-10-26",
            (72, 72),
        ),
        // A Sunday belongs to the week before it, or to the one after it.
        (
            away("2026-11-22", "2026-11-22", false, false),
            every_day,
            "2026-11-16",
            (96, 112),
        ),
        (
            away("2026-11-22", "2026-11-22", false, false),
            every_day,
            "2026-11-23",
            (112, 96),
        ),
    ]);
}

#[test]
fn somebody_who_comes_or_goes_mid_week_is_away_only_while_employed() {
    let absences = [away("2026-11-16", "2026-11-20", false, false)];
    for (start, last) in [(Some("2026-11-18"), None), (None, Some("2026-11-18"))] {
        let terms = Terms {
            start: start.map(day),
            last: last.map(day),
            absences: &absences,
            ..terms()
        };
        assert_eq!(hours(&terms, "2026-11-16"), (0, 0));
        let counted = terms.half_days_of(&absences[0], Day::MIN, Day::MAX);
        assert_eq!(counted, 6, "three days from Wednesday on, or until it");
    }
}

#[test]
fn leave_over_the_end_of_a_year_counts_in_each_year_for_itself() {
    // Thursday 24 December 2026 to Friday 8 January 2027, from midday; 25 December and 1 January are holidays.
    let holidays = [day("2026-12-25"), day("2027-01-01")];
    let leave = away("2026-12-24", "2027-01-08", true, false);
    let terms = Terms {
        holidays: &holidays,
        ..terms()
    };
    let counted = |from: &str, until: &str| terms.half_days_of(&leave, day(from), day(until));
    assert_eq!(counted("2026-01-01", "2026-12-31"), 1 + 8);
    assert_eq!(counted("2027-01-01", "2027-12-31"), 10);
    assert_eq!(counted("2025-01-01", "2025-12-31"), 0);
}

#[test]
fn half_a_holiday_and_leave_from_midday_are_the_same_afternoon() {
    let halves = [day("2026-12-24")];
    for (absence, left, counted) in [
        (None, 72, 0),
        (Some(away("2026-12-24", "2026-12-24", true, false)), 72, 0),
        (Some(away("2026-12-24", "2026-12-24", false, true)), 64, 1),
        (Some(away("2026-12-23", "2026-12-24", false, false)), 48, 3),
    ] {
        let absences: Vec<Absence> = absence.into_iter().collect();
        let terms = Terms {
            half_holidays: &halves,
            absences: &absences,
            ..terms()
        };
        assert_eq!(hours(&terms, "2026-12-21"), (left, left), "{absence:?}");
        let half_days = absence.map_or(0, |one| terms.half_days_of(&one, Day::MIN, Day::MAX));
        assert_eq!(half_days, counted, "{absence:?}");
    }
}

#[test]
fn leave_clashes_where_some_half_of_a_day_is_in_both() {
    let each = |first: &str, last: &str| Absence {
        half: true,
        ..away(first, last, false, false)
    };
    for (one, other, expected) in [
        (
            away("2026-11-16", "2026-11-18", false, false),
            away("2026-11-18", "2026-11-20", false, false),
            true,
        ),
        (
            away("2026-11-16", "2026-11-17", false, false),
            away("2026-11-18", "2026-11-20", false, false),
            false,
        ),
        (
            away("2026-11-16", "2026-11-18", false, true),
            away("2026-11-18", "2026-11-20", true, false),
            false,
        ),
        (
            away("2026-11-18", "2026-11-18", false, true),
            away("2026-11-18", "2026-11-18", false, true),
            true,
        ),
        (
            away("2026-11-18", "2026-11-18", false, true),
            away("2026-11-18", "2026-11-18", true, false),
            false,
        ),
        (
            each("2026-11-16", "2026-11-20"),
            each("2026-11-18", "2026-11-18"),
            false,
        ),
        (
            each("2026-11-16", "2026-11-20"),
            away("2026-11-18", "2026-11-18", true, false),
            false,
        ),
        (
            each("2026-11-16", "2026-11-20"),
            away("2026-11-18", "2026-11-18", false, false),
            true,
        ),
        (
            each("2026-12-28", "2027-01-08"),
            away("2026-12-31", "2027-01-01", true, true),
            false,
        ),
    ] {
        assert_eq!(one.clashes(&other), expected, "{one:?} and {other:?}");
        assert_eq!(other.clashes(&one), expected, "{other:?} and {one:?}");
    }
}

#[test]
fn a_working_week_counts_from_its_day_on() {
    let weeks = [(day("2026-11-18"), WorkWeek::even(Minutes::from_hours(20)))];
    let terms = Terms {
        work_weeks: &weeks,
        ..terms()
    };
    // Two days of eight hours, three of four.
    assert_eq!(
        terms.capacity(week("2026-11-16"), MONDAY).0,
        Minutes::from_hours(28)
    );
    assert_eq!(
        terms.capacity(week("2026-11-23"), MONDAY).0,
        Minutes::from_hours(20)
    );
}

#[test]
fn an_even_week_keeps_every_minute() {
    assert_eq!(WorkWeek::even(Minutes(2_161)).total(), Minutes(2_161));
    assert_eq!(
        WorkWeek::even(Minutes::from_hours(36)).0,
        [432, 432, 432, 432, 432, 0, 0]
    );
}

proptest! {
    #[test]
    fn the_quick_answer_is_the_sum_of_the_days(
        start in proptest::option::of(20_700_i32..20_900),
        length in proptest::option::of(0_i32..200),
        holidays in proptest::collection::btree_set(20_700_i32..20_900, 0..8),
        halves in proptest::collection::btree_set(20_700_i32..20_900, 0..8),
        absences in proptest::collection::vec((20_700_i32..20_900, 0_i32..20, 0_u8..8), 0..4),
        changes in proptest::collection::btree_map(20_700_i32..20_900, 0_u32..3_000, 0..4),
        week in 2_955_i32..2_985,
        sunday in any::<bool>(),
    ) {
        let begins = if sunday { WeekStart::Sunday } else { MONDAY };
        let holidays: Vec<Day> = holidays.into_iter().map(Day::from_number).collect();
        let halves: Vec<Day> = halves.into_iter().map(Day::from_number).collect();
        let absences: Vec<Absence> = absences
            .into_iter()
            .map(|(first, more, bits)| Absence {
                first: Day::from_number(first),
                last: Day::from_number(first + more),
                half: bits & 1 > 0,
                from_midday: bits & 2 > 0,
                until_midday: bits & 4 > 0,
            })
            .collect();
        let work_weeks: Vec<(Day, WorkWeek)> =
            changes.into_iter().map(|(from, total)| (Day::from_number(from), WorkWeek::even(Minutes(total)))).collect();
        let terms = Terms {
            start: start.map(Day::from_number),
            last: start.zip(length).map(|(start, length)| Day::from_number(start + length)),
            work_weeks: &work_weeks,
            default_week: WorkWeek::default(),
            holidays: &holidays,
            half_holidays: &halves,
            absences: &absences,
        };
        let first = Week(week).first_day(begins);
        let one_by_one: Vec<(Minutes, Away)> =
            Week(week).span(20).map(|week| terms.capacity(week, begins)).collect();
        prop_assert_eq!(terms.capacities(Week(week), 20, begins), one_by_one);
        let by_days: u32 = (0..7)
            .map(|offset| first.plus(offset))
            .filter(|day| terms.employed_between(*day, *day))
            .map(|day| terms.left_of(day, terms.week_on(day).on(day)))
            .sum();
        prop_assert_eq!(terms.capacity(Week(week), begins).0, Minutes(by_days));
    }
}

//! Which backups stay.

use std::collections::BTreeSet;

use crate::units::Day;

/// How many of each stay: the newest of a day, of a week, of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Days.
    pub daily: usize,
    /// Weeks, from Monday.
    pub weekly: usize,
    /// Months.
    pub monthly: usize,
}

/// Numbers a day's day, week or month.
type Span = fn(&Day) -> i32;

/// The first Monday, by its number as a day.
const FIRST_MONDAY: i32 = 4;

/// Of backups made on `days`, in any order: which stay, by their places. The newest stays whatever the numbers say.
#[must_use]
pub fn kept(days: &[Day], keep: Keep) -> BTreeSet<usize> {
    let mut newest_first: Vec<usize> = (0..days.len()).collect();
    // Of several of one day the last made is the newest.
    newest_first.sort_by_key(|place| std::cmp::Reverse((days.get(*place), *place)));
    let mut kept: BTreeSet<usize> = newest_first.first().copied().into_iter().collect();
    let day: Span = |day| day.number();
    let week: Span = |day| (day.number() - FIRST_MONDAY).div_euclid(7);
    let month: Span = |day| i32::from(day.date().year()) * 12 + i32::from(day.date().month());
    let spans: [(Span, usize); 3] = [(day, keep.daily), (week, keep.weekly), (month, keep.monthly)];
    for (span, most) in spans {
        let mut seen = BTreeSet::new();
        for place in &newest_first {
            let Some(made) = days.get(*place) else { continue };
            if seen.len() == most && !seen.contains(&span(made)) {
                break;
            }
            if seen.insert(span(made)) {
                kept.insert(*place);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USUAL: Keep = Keep {
        daily: 7,
        weekly: 4,
        monthly: 12,
    };

    fn days(from: &str, count: i32) -> Vec<Day> {
        let first: Day = from.parse().unwrap();
        (0..count).map(|number| first.plus(number)).collect()
    }

    fn told(days: &[Day], keep: Keep) -> Vec<String> {
        kept(days, keep)
            .into_iter()
            .map(|place| days[place].to_string())
            .collect()
    }

    #[test]
    fn a_year_and_a_half_of_nights_becomes_days_weeks_and_months() {
        let all = days("2025-05-01", 567);
        assert_eq!(
            told(&all, USUAL),
            [
                "2025-12-31",
                "2026-01-31",
                "2026-02-28",
                "2026-03-31",
                "2026-04-30",
                "2026-05-31",
                "2026-06-30",
                "2026-07-31",
                "2026-08-31",
                "2026-09-30",
                "2026-10-31",
                "2026-11-01",
                "2026-11-08",
                "2026-11-12",
                "2026-11-13",
                "2026-11-14",
                "2026-11-15",
                "2026-11-16",
                "2026-11-17",
                "2026-11-18"
            ]
        );
    }

    #[test]
    fn of_one_day_the_last_stays_and_the_newest_always_does() {
        let day: Day = "2026-11-18".parse().unwrap();
        assert_eq!(kept(&[day, day, day], USUAL), BTreeSet::from([2]));
        let none = Keep {
            daily: 0,
            weekly: 0,
            monthly: 0,
        };
        assert_eq!(kept(&[day.plus(-1), day], none), BTreeSet::from([1]));
        assert_eq!(kept(&[], USUAL), BTreeSet::new());
    }

    proptest! {
        #[test]
        fn what_was_thrown_away_once_is_never_missed_later(gaps in prop::collection::vec(0_i32..4, 1..200)) {
            // Pruning each night keeps the same as pruning once at the end would of what is left: no span is lost that
            // is still to be kept.
            let mut day: Day = "2025-01-01".parse().unwrap();
            let mut left: Vec<Day> = Vec::new();
            for gap in gaps {
                day = day.plus(gap);
                left.push(day);
                let places = kept(&left, USUAL);
                left = places.into_iter().map(|place| left[place]).collect();
                prop_assert!(left.len() <= 23);
                prop_assert_eq!(left.last(), Some(&day));
            }
        }
    }
}

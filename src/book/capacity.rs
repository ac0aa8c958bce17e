//! What a person can carry in a week, exact in minutes.

use crate::units::{Day, Minutes, Week, WeekStart};

/// Minutes of each weekday, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkWeek(pub [u16; 7]);

impl Default for WorkWeek {
    /// Monday to Friday, eight hours.
    fn default() -> Self {
        Self([480, 480, 480, 480, 480, 0, 0])
    }
}

impl WorkWeek {
    /// `total` spread evenly over Monday to Friday; what does not divide goes to the first days, a minute each.
    #[must_use]
    pub fn even(total: Minutes) -> Self {
        let (each, rest) = (total.0 / 5, total.0 % 5);
        let mut days = [0; 7];
        for (index, day) in days.iter_mut().take(5).enumerate() {
            let extra = u32::from(u32::try_from(index).is_ok_and(|index| index < rest));
            *day = u16::try_from((each + extra).min(1_440)).unwrap_or(1_440);
        }
        Self(days)
    }

    /// The whole week.
    #[must_use]
    pub fn total(&self) -> Minutes {
        self.0.iter().map(|minutes| Minutes(u32::from(*minutes))).sum()
    }

    /// The minutes of `day`.
    #[must_use]
    pub fn on(&self, day: Day) -> u32 {
        self.0.get(day.weekday()).copied().map_or(0, u32::from)
    }
}

/// Days on which somebody is away, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The first of them.
    pub first: Day,
    /// The last of them.
    pub last: Day,
    /// Only half of each.
    pub half: bool,
}

/// Everything that capacity depends on, for one person.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Their first day, if it is known.
    pub start: Option<Day>,
    /// Their last day, if it is known.
    pub last: Option<Day>,
    /// From a day on, rising; before the first one the team's default counts.
    pub work_weeks: &'a [(Day, WorkWeek)],
    /// The team's default.
    pub default_week: WorkWeek,
    /// The holidays of their calendar, rising.
    pub holidays: &'a [Day],
    /// Approved time off, by first day.
    pub absences: &'a [Absence],
}

/// Why a week holds less than the working week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Away {
    /// It does not.
    #[default]
    No,
    /// Not employed on any day of it.
    NotEmployed,
    /// Employed, and away on every working day.
    AllWeek,
    /// Away on some of it.
    Partly,
}

impl Terms<'_> {
    /// The working minutes of the days of `week` on which the person is employed, less holidays and time off.
    #[must_use]
    pub fn capacity(&self, week: Week, start: WeekStart) -> (Minutes, Away) {
        let (first, last) = (week.first_day(start), week.last_day(start));
        if !self.employed_between(first, last) {
            return (Minutes(0), Away::NotEmployed);
        }
        if let Some(whole) = self.undisturbed(first, last) {
            return (whole, Away::No);
        }
        let (mut full, mut left) = (0, 0);
        for day in (0..7)
            .map(|offset| first.plus(offset))
            .filter(|day| self.employed_between(*day, *day))
        {
            let minutes = self.week_on(day).on(day);
            full += minutes;
            left += self.left_of(day, minutes);
        }
        let away = match left {
            _ if left == full => Away::No,
            0 => Away::AllWeek,
            _ => Away::Partly,
        };
        (Minutes(left), away)
    }

    fn employed_between(&self, first: Day, last: Day) -> bool {
        self.start.is_none_or(|start| start <= last) && self.last.is_none_or(|end| end >= first)
    }

    /// The common case at once: employed throughout, one working week in force, no holiday and no absence.
    fn undisturbed(&self, first: Day, last: Day) -> Option<Minutes> {
        let employed =
            self.start.is_none_or(|start| start <= first) && self.last.is_none_or(|end| end >= last);
        let changes = self
            .work_weeks
            .iter()
            .any(|(from, _)| *from > first && *from <= last);
        let from = self.holidays.partition_point(|day| *day < first);
        let holiday = self.holidays.get(from).is_some_and(|day| *day <= last);
        let absent = self
            .absences
            .iter()
            .any(|absence| absence.first <= last && absence.last >= first);
        (employed && !changes && !holiday && !absent).then(|| self.week_on(first).total())
    }

    fn week_on(&self, day: Day) -> WorkWeek {
        let begun = self.work_weeks.partition_point(|(from, _)| *from <= day);
        begun
            .checked_sub(1)
            .and_then(|index| self.work_weeks.get(index))
            .map_or(self.default_week, |(_, week)| *week)
    }

    fn left_of(&self, day: Day, minutes: u32) -> u32 {
        if self.holidays.binary_search(&day).is_ok() {
            return 0;
        }
        let halves = self
            .absences
            .iter()
            .filter(|absence| absence.first <= day && day <= absence.last)
            .map(|absence| if absence.half { 1 } else { 2 })
            .sum::<u32>()
            .min(2);
        // Half of an odd number of minutes leaves the larger half.
        minutes - minutes * halves / 2
    }
}

#[cfg(test)]
mod tests {
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
            absences in proptest::collection::vec((20_700_i32..20_900, 0_i32..20, any::<bool>()), 0..4),
            changes in proptest::collection::btree_map(20_700_i32..20_900, 0_u32..3_000, 0..4),
            week in 2_955_i32..2_985,
            sunday in any::<bool>(),
        ) {
            let begins = if sunday { WeekStart::Sunday } else { MONDAY };
            let holidays: Vec<Day> = holidays.into_iter().map(Day::from_number).collect();
            let absences: Vec<Absence> = absences
                .into_iter()
                .map(|(first, more, half)| Absence { first: Day::from_number(first), last: Day::from_number(first + more), half })
                .collect();
            let work_weeks: Vec<(Day, WorkWeek)> =
                changes.into_iter().map(|(from, total)| (Day::from_number(from), WorkWeek::even(Minutes(total)))).collect();
            let terms = Terms {
                start: start.map(Day::from_number),
                last: start.zip(length).map(|(start, length)| Day::from_number(start + length)),
                work_weeks: &work_weeks,
                default_week: WorkWeek::default(),
                holidays: &holidays,
                absences: &absences,
            };
            let first = Week(week).first_day(begins);
            let by_days: u32 = (0..7)
                .map(|offset| first.plus(offset))
                .filter(|day| terms.employed_between(*day, *day))
                .map(|day| terms.left_of(day, terms.week_on(day).on(day)))
                .sum();
            prop_assert_eq!(terms.capacity(Week(week), begins).0, Minutes(by_days));
        }
    }
}

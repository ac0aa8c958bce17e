//! What a person can carry in a week, exact in minutes.

use std::collections::HashMap;

use super::plan::{Person, Plan};
use crate::units::ids::CalendarId;
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
    /// The first begins at midday.
    pub from_midday: bool,
    /// The last ends at midday.
    pub until_midday: bool,
}

/// Which halves of a day are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    morning: bool,
    afternoon: bool,
    /// How many halves more, of which it was not said when.
    either: u32,
}

impl Taken {
    /// Half a holiday: from midday on.
    const HALF_HOLIDAY: Self = Self {
        morning: false,
        afternoon: true,
        either: 0,
    };

    /// How many halves, two at most.
    #[must_use]
    pub fn halves(self) -> u32 {
        (u32::from(self.morning) + u32::from(self.afternoon) + self.either).min(2)
    }

    /// Both together; a half that both take is taken once.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            morning: self.morning || other.morning,
            afternoon: self.afternoon || other.afternoon,
            either: self.either + other.either,
        }
    }

    /// As leave of that one `day`.
    #[must_use]
    pub fn alone(self, day: Day) -> Absence {
        let half = self.halves() < 2;
        Absence {
            first: day,
            last: day,
            half: half && self.either > 0,
            from_midday: half && self.afternoon,
            until_midday: half && self.morning,
        }
    }

    /// Whether some half is taken by both.
    #[must_use]
    pub fn clashes(self, other: Self) -> bool {
        self.and(other).halves() < self.halves() + other.halves()
    }
}

impl Absence {
    /// Which halves of `day` it takes.
    #[must_use]
    pub fn taken(&self, day: Day) -> Taken {
        if day < self.first || day > self.last {
            return Taken::default();
        }
        if self.half {
            return Taken {
                either: 1,
                ..Taken::default()
            };
        }
        Taken {
            morning: !(self.from_midday && day == self.first),
            afternoon: !(self.until_midday && day == self.last),
            either: 0,
        }
    }

    /// Whether it takes all of each of its days.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        !(self.half || self.from_midday || self.until_midday)
    }

    /// Whether it takes half of each of its days: also of a single day that begins or ends at midday.
    #[must_use]
    pub fn is_half(&self) -> bool {
        self.half || (self.first == self.last && (self.from_midday || self.until_midday))
    }

    /// Whether some half of a day is in both.
    #[must_use]
    pub fn clashes(&self, other: &Self) -> bool {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        let days = (last.number() - first.number() + 1).max(0);
        (0..days)
            .map(|offset| first.plus(offset))
            .any(|day| self.taken(day).clashes(other.taken(day)))
    }
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
    /// Those of its days that are free from midday on, rising.
    pub half_holidays: &'a [Day],
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
        let holiday = [self.holidays, self.half_holidays].into_iter().any(|days| {
            let from = days.partition_point(|day| *day < first);
            days.get(from).is_some_and(|day| *day <= last)
        });
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
            .fold(self.free_half(day), |taken, absence| {
                taken.and(absence.taken(day))
            })
            .halves();
        // Half of an odd number of minutes leaves the larger half.
        minutes - minutes * halves / 2
    }

    fn free_half(&self, day: Day) -> Taken {
        if self.half_holidays.binary_search(&day).is_ok() {
            Taken::HALF_HOLIDAY
        } else {
            Taken::default()
        }
    }

    /// How many half working days `absence` takes from `from` to `until`: holidays and days off are nobody's leave.
    #[must_use]
    pub fn half_days_of(&self, absence: &Absence, from: Day, until: Day) -> u32 {
        let (first, last) = (absence.first.max(from), absence.last.min(until));
        let days = (last.number() - first.number() + 1).max(0);
        (0..days)
            .map(|offset| first.plus(offset))
            .filter(|day| self.employed_between(*day, *day) && self.week_on(*day).on(*day) > 0)
            .filter(|day| self.holidays.binary_search(day).is_err())
            .map(|day| {
                let free = self.free_half(day);
                free.and(absence.taken(day)).halves() - free.halves()
            })
            .sum()
    }
}

impl Plan {
    /// What `person` can carry in `week`, and why it is less than usual.
    #[must_use]
    pub fn capacity(&self, person: &Person, week: Week) -> (Minutes, Away) {
        self.capacity_with(person, &person.absences, week)
    }

    /// The same for each of the `weeks` from `from` on.
    pub fn capacities<'a>(
        &'a self,
        person: &'a Person,
        from: Week,
        weeks: u16,
    ) -> impl Iterator<Item = (Minutes, Away)> + 'a {
        let (terms, start) = (self.terms(person, &person.absences), self.organisation.week_start);
        from.span(weeks).map(move |week| terms.capacity(week, start))
    }

    /// What `person` could carry in `week` if `absences` were all their time off.
    #[must_use]
    pub fn capacity_with(&self, person: &Person, absences: &[Absence], week: Week) -> (Minutes, Away) {
        self.terms(person, absences)
            .capacity(week, self.organisation.week_start)
    }

    /// How many half working days `absence` takes of `person` from `from` to `until`.
    #[must_use]
    pub fn half_days_of(&self, person: &Person, absence: &Absence, from: Day, until: Day) -> u32 {
        self.terms(person, &[]).half_days_of(absence, from, until)
    }

    fn terms<'a>(&'a self, person: &'a Person, absences: &'a [Absence]) -> Terms<'a> {
        let organisation = &self.organisation;
        let calendar = person.calendar.or(organisation.calendar);
        Terms {
            start: person.start,
            last: person.last,
            work_weeks: &person.work_weeks,
            default_week: organisation.default_week,
            holidays: days_of(&self.holidays, calendar),
            half_holidays: days_of(&self.half_holidays, calendar),
            absences,
        }
    }

    /// What somebody with the team's own working week and holidays can carry in `week`: that of a place that nobody
    /// fills yet.
    #[must_use]
    pub fn usual_capacity(&self, week: Week) -> Minutes {
        let organisation = &self.organisation;
        let terms = Terms {
            start: None,
            last: None,
            work_weeks: &[],
            default_week: organisation.default_week,
            holidays: days_of(&self.holidays, organisation.calendar),
            half_holidays: days_of(&self.half_holidays, organisation.calendar),
            absences: &[],
        };
        terms.capacity(week, organisation.week_start).0
    }
}

/// The days of a calendar, if there is one.
fn days_of(days: &HashMap<CalendarId, Vec<Day>>, calendar: Option<CalendarId>) -> &[Day] {
    calendar
        .and_then(|calendar| days.get(&calendar))
        .map_or(&[], Vec::as_slice)
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
            let by_days: u32 = (0..7)
                .map(|offset| first.plus(offset))
                .filter(|day| terms.employed_between(*day, *day))
                .map(|day| terms.left_of(day, terms.week_on(day).on(day)))
                .sum();
            prop_assert_eq!(terms.capacity(Week(week), begins).0, Minutes(by_days));
        }
    }
}

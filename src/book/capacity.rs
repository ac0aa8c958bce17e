//! What a person can carry in a week, exact in minutes.

use std::collections::HashMap;

use super::Plan;
use super::plan::Person;
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

impl Away {
    /// Of somebody employed who has so many minutes left of a full week's.
    const fn of(left: u32, full: u32) -> Self {
        match left {
            _ if left == full => Self::No,
            0 => Self::AllWeek,
            _ => Self::Partly,
        }
    }
}

impl Terms<'_> {
    /// The working minutes of the days of `week` on which the person is employed, less holidays and time off.
    #[must_use]
    pub fn capacity(&self, week: Week, start: WeekStart) -> (Minutes, Away) {
        let (first, last) = (week.first_day(start), week.last_day(start));
        if !self.employed_between(first, last) {
            return (Minutes(0), Away::NotEmployed);
        }
        if self.is_steady(first, last) && self.absent_between(first, last).next().is_none() {
            return self.but_for_holidays(first, last);
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
        (Minutes(left), Away::of(left, full))
    }

    fn employed_between(&self, first: Day, last: Day) -> bool {
        self.start.is_none_or(|start| start <= last) && self.last.is_none_or(|end| end >= first)
    }

    /// The same for each of the `count` weeks from `from` on. Most weeks are as usual, and cost nothing each.
    #[must_use]
    pub fn capacities(&self, from: Week, count: u16, start: WeekStart) -> Vec<(Minutes, Away)> {
        let (first, last) = (
            from.first_day(start),
            from.plus(i32::from(count) - 1).last_day(start),
        );
        if !self.is_steady(first, last) {
            return from.span(count).map(|week| self.capacity(week, start)).collect();
        }
        let mut weeks = vec![(self.week_on(first).total(), Away::No); usize::from(count)];
        let mut look_at = |from_day: Day, until: Day| {
            let place = |day: Day| (day.number() - first.number()) / 7;
            for place in place(from_day.max(first))..=place(until.min(last)) {
                let own = usize::try_from(place).ok().and_then(|index| weeks.get_mut(index));
                if let Some(own) = own {
                    *own = self.capacity(from.plus(place), start);
                }
            }
        };
        for days in [self.holidays, self.half_holidays] {
            for day in between(days, first, last) {
                look_at(*day, *day);
            }
        }
        for absence in self.absent_between(first, last) {
            look_at(absence.first, absence.last);
        }
        weeks
    }

    /// Employed throughout, with one working week in force.
    fn is_steady(&self, first: Day, last: Day) -> bool {
        let employed =
            self.start.is_none_or(|start| start <= first) && self.last.is_none_or(|end| end >= last);
        let mut changes = self.work_weeks.iter().map(|(from, _)| *from);
        employed && !changes.any(|from| from > first && from <= last)
    }

    fn absent_between(&self, first: Day, last: Day) -> impl Iterator<Item = &Absence> {
        self.absences
            .iter()
            .filter(move |absence| absence.first <= last && absence.last >= first)
    }

    /// The one working week of these days, less its holidays.
    fn but_for_holidays(&self, first: Day, last: Day) -> (Minutes, Away) {
        let usual = self.week_on(first);
        let full = usual.total().0;
        let whole = between(self.holidays, first, last);
        let half = between(self.half_holidays, first, last);
        let halves = half.iter().filter(|day| whole.binary_search(day).is_err());
        let free: u32 = whole
            .iter()
            .map(|day| usual.on(*day))
            .chain(halves.map(|day| usual.on(*day) / 2))
            .sum();
        let left = full - free;
        (Minutes(left), Away::of(left, full))
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
    #[must_use]
    pub fn capacities(&self, person: &Person, from: Week, weeks: u16) -> Vec<(Minutes, Away)> {
        let terms = self.terms(person, &person.absences);
        terms.capacities(from, weeks, self.organisation.week_start)
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

/// Those of the rising `days` that lie between two, both included.
fn between(days: &[Day], first: Day, last: Day) -> &[Day] {
    let from = days.partition_point(|day| *day < first);
    let after = days.get(from..).unwrap_or_default();
    let count = after.iter().take_while(|day| **day <= last).count();
    after.get(..count).unwrap_or_default()
}

/// The days of a calendar, if there is one.
fn days_of(days: &HashMap<CalendarId, Vec<Day>>, calendar: Option<CalendarId>) -> &[Day] {
    calendar
        .and_then(|calendar| days.get(&calendar))
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests;

//! A planning week as an integer: weeks since Monday, 1970-01-05.

use std::fmt;

use super::day::Day;

/// The week that begins on Monday 1970-01-05 is 0; each later one adds one.
///
/// Monday to Friday of a week never move, whichever day the team calls its first: `WeekStart` only says to which
/// week a Sunday belongs and how a week is labelled. So switching it loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(pub i32);

/// The first day of the week, as the team counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeekStart {
    /// Monday to Sunday.
    #[default]
    Monday,
    /// Sunday to Saturday: a Sunday belongs to the week of the Monday after it.
    Sunday,
}

impl WeekStart {
    /// As the database, JSON and forms write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Sunday => "sunday",
        }
    }
}

const FIRST_MONDAY: i32 = 4;

impl Week {
    /// The week to which `day` belongs.
    #[must_use]
    pub const fn of(day: Day, start: WeekStart) -> Self {
        let shift = match start {
            WeekStart::Monday => 0,
            WeekStart::Sunday => 1,
        };
        Self((day.number() + shift - FIRST_MONDAY).div_euclid(7))
    }

    /// Its Monday.
    #[must_use]
    pub const fn monday(self) -> Day {
        Day::from_number(FIRST_MONDAY + 7 * self.0)
    }

    /// The day that names the week: its Monday, or the Sunday before.
    #[must_use]
    pub const fn first_day(self, start: WeekStart) -> Day {
        match start {
            WeekStart::Monday => self.monday(),
            WeekStart::Sunday => self.monday().plus(-1),
        }
    }

    /// Its last day.
    #[must_use]
    pub const fn last_day(self, start: WeekStart) -> Day {
        self.first_day(start).plus(6)
    }

    /// `count` weeks later, or earlier where it is negative.
    #[must_use]
    pub const fn plus(self, count: i32) -> Self {
        Self(self.0.saturating_add(count))
    }

    /// The `count` weeks that begin with this one.
    pub fn span(self, count: u16) -> impl Iterator<Item = Self> + Clone {
        (0..i32::from(count)).map(move |index| self.plus(index))
    }
}

impl fmt::Display for Week {
    /// Prints the Monday; a page that labels weeks for people uses `first_day`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.monday().fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_sunday_changes_its_week_with_the_week_start() {
        let monday = Week::of(day("2026-11-16"), WeekStart::Monday);
        for (text, by_monday, by_sunday) in [
            ("2026-11-15", -1, 0),
            ("2026-11-16", 0, 0),
            ("2026-11-20", 0, 0),
            ("2026-11-21", 0, 0),
            ("2026-11-22", 0, 1),
        ] {
            assert_eq!(
                Week::of(day(text), WeekStart::Monday),
                monday.plus(by_monday),
                "{text}"
            );
            assert_eq!(
                Week::of(day(text), WeekStart::Sunday),
                monday.plus(by_sunday),
                "{text}"
            );
        }
    }

    #[test]
    fn the_first_day_of_a_week_lies_in_it() {
        for number in [-3000, -1, 0, 1, 2966] {
            for start in [WeekStart::Monday, WeekStart::Sunday] {
                let week = Week(number);
                assert_eq!(Week::of(week.first_day(start), start), week);
                assert_eq!(Week::of(week.last_day(start), start), week);
                assert_eq!(Week::of(week.last_day(start).plus(1), start), week.plus(1));
            }
        }
    }
}

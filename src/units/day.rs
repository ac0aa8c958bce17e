//! A calendar day as an integer, so that a range is a subtraction and a column of days is a column of integers.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days since 1970-01-01 in the proleptic Gregorian calendar, from year 1 to year 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i32);

/// Why a text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not of the form `2026-11-16`, or a day that the calendar does not have.
    #[error("“{0}” is not a date; write it like 2026-11-16")]
    Unreadable(String),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Day {
    /// The earliest day that a plan may name.
    pub const MIN: Self = Self(-25_567);
    /// The latest day that a plan may name: 2199-12-31.
    pub const MAX: Self = Self(84_005);

    /// The day that is `days` after 1970-01-01.
    #[must_use]
    pub const fn from_number(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day `year`-`month`-`day`, or nothing where the calendar has no such day.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        let date = Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        )
        .ok()?;
        Some(Self::from(date))
    }

    /// `count` days later, or earlier where it is negative.
    #[must_use]
    pub const fn plus(self, count: i32) -> Self {
        Self(self.0.saturating_add(count))
    }

    /// 0 for Monday to 6 for Sunday.
    #[must_use]
    pub const fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday; the remainder is never negative.
        self.0.saturating_add(3).rem_euclid(7).unsigned_abs() as usize
    }

    /// Year, month from 1, day of the month.
    #[must_use]
    pub fn ymd(self) -> (i32, u32, u32) {
        let date = self.date();
        (
            i32::from(date.year()),
            u32::from(date.month().unsigned_abs()),
            u32::from(date.day().unsigned_abs()),
        )
    }

    /// `16 Nov`.
    #[must_use]
    pub fn short(self) -> String {
        let (_, _, day) = self.ymd();
        format!("{day} {}", self.month_name().get(..3).unwrap_or_default())
    }

    /// `16 November 2026`.
    #[must_use]
    pub fn long(self) -> String {
        let (year, _, day) = self.ymd();
        format!("{day} {} {year}", self.month_name())
    }

    /// `November`.
    #[must_use]
    pub fn month_name(self) -> &'static str {
        let (_, month, _) = self.ymd();
        usize::try_from(month - 1)
            .ok()
            .and_then(|index| MONTHS.get(index))
            .copied()
            .unwrap_or("")
    }

    /// As the calendar's own type.
    #[must_use]
    pub fn date(self) -> Date {
        // Saturating: a number outside the calendar cannot come from `from_str` or the database's checks.
        Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(self.0.clamp(-700_000, 2_900_000)))
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let since = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        Self(i32::try_from(since).unwrap_or(i32::MAX))
    }
}

impl FromStr for Day {
    type Err = DayError;

    /// Reads `2026-11-16`; spaces around are dropped.
    fn from_str(text: &str) -> Result<Self, DayError> {
        let trimmed = text.trim();
        let unreadable = || DayError::Unreadable(trimmed.chars().take(40).collect());
        if trimmed.len() != 10 {
            return Err(unreadable());
        }
        let date: Date = trimmed.parse().map_err(|_| unreadable())?;
        let day = Self::from(date);
        if day < Self::MIN || day > Self::MAX {
            Err(unreadable())
        } else {
            Ok(day)
        }
    }
}

impl TryFrom<String> for Day {
    type Error = DayError;

    fn try_from(text: String) -> Result<Self, DayError> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(out, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_calendar_is_the_common_one() {
        for (text, number, weekday) in [
            ("1970-01-01", 0, 3),
            ("1970-01-05", 4, 0),
            ("2026-11-16", 20_773, 0),
            ("2024-02-29", 19_782, 3),
        ] {
            let day: Day = text.parse().unwrap();
            assert_eq!((day.number(), day.weekday()), (number, weekday), "{text}");
            assert_eq!(day.to_string(), text);
        }
        assert_eq!("1900-01-01".parse::<Day>().unwrap(), Day::MIN);
        assert_eq!("2199-12-31".parse::<Day>().unwrap(), Day::MAX);
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        for text in [
            "2026-02-30",
            "2025-02-29",
            "2026-13-01",
            "16.11.2026",
            "",
            "not a date",
            "20261116",
            "1066-10-14",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(number in Day::MIN.number()..=Day::MAX.number()) {
            let day = Day::from_number(number);
            prop_assert_eq!(day.to_string().parse::<Day>().unwrap(), day);
        }
    }
}

//! Weeks, as heads of columns and as values.

use super::dates::Dates;
use super::{Value, faulty, quoted};
use crate::exchange::table::Cell;
use crate::units::{Day, Week, WeekStart, fold};

/// A week as a file names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeekName {
    /// By one of its days, usually the first.
    By(Day),
    /// By its number, `2026-W47`, which always means Monday to Sunday.
    Numbered(Week),
}

impl WeekName {
    /// The week, where a Sunday belongs as `start` says.
    #[must_use]
    pub const fn week(self, start: WeekStart) -> Week {
        match self {
            Self::By(day) => Week::of(day, start),
            Self::Numbered(week) => week,
        }
    }

    /// Whether it is named by a Sunday.
    #[must_use]
    pub const fn is_sunday(self) -> bool {
        match self {
            Self::By(day) => day.weekday() == 6,
            Self::Numbered(_) => false,
        }
    }
}

/// Words before the date of a week: `Week of 2 Nov 2026`, `w/c 2026-11-02`, `KW ab 02.11.2026`.
const WORDS: [&str; 16] = [
    "week commencing",
    "week beginning",
    "week starting",
    "week ending",
    "week of",
    "week",
    "w/c",
    "wc",
    "wk",
    "woche vom",
    "woche ab",
    "woche",
    "kw",
    "semaine du",
    "semaine",
    "semana del",
];

/// The week that a column's head names, if it names one. A bare number in a head is a day number only where
/// it is one of this century: nothing else in a row of heads is.
pub(in crate::exchange) fn head(cell: &Cell, dates: Dates) -> Option<WeekName> {
    match cell {
        Cell::Date(day) => Some(WeekName::By(*day)),
        Cell::Number(number) if (36_526.0..73_415.0).contains(number) => {
            dates.day(cell).ok().flatten().map(WeekName::By)
        }
        Cell::Text(text) => named(text, dates),
        Cell::Empty
        | Cell::Formula(_)
        | Cell::Number(_)
        | Cell::Percent(_)
        | Cell::Hours(_)
        | Cell::Bool(_)
        | Cell::Fault(_) => None,
    }
}

/// The week in a cell of a column of weeks.
pub(in crate::exchange) fn value(cell: &Cell, dates: Dates) -> Value<WeekName> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Fault(fault) => Err(faulty(fault)),
        Cell::Text(text) => named(text, dates).map(Some).ok_or_else(|| {
            format!(
                "{} is not a date; write it like 2026-11-16 or 2026-W47",
                quoted(cell)
            )
        }),
        other => dates.day(other).map(|day| day.map(WeekName::By)),
    }
}

/// The part of a head or value that is a date, for telling which comes first in it.
pub(in crate::exchange) fn bare(text: &str) -> String {
    let folded = fold(text);
    let rest = WORDS
        .iter()
        .find_map(|word| folded.strip_prefix(word))
        .unwrap_or(&folded);
    rest.trim_start_matches([' ', ':', '.']).to_owned()
}

fn named(text: &str, dates: Dates) -> Option<WeekName> {
    if text.len() > 80 {
        return None;
    }
    let day = numbered(text).map(WeekName::Numbered).or_else(|| {
        let day = dates.text(&bare(text))?;
        // A Sunday that ends a week belongs to the days before it, whichever day the team calls its first.
        let ends = fold(text).starts_with("week ending") && WeekName::By(day).is_sunday();
        Some(if ends {
            WeekName::Numbered(Week::of(day, WeekStart::Monday))
        } else {
            WeekName::By(day)
        })
    })?;
    let first = day.week(WeekStart::Monday).monday();
    (Day::MIN..=Day::MAX).contains(&first).then_some(day)
}

/// `2026-W47`, `W47 2026`, `KW 47/2026`.
fn numbered(text: &str) -> Option<Week> {
    let folded = fold(text);
    let mut word = None;
    let mut numbers: Vec<&str> = Vec::new();
    let mut rest = folded.as_str();
    while let Some(first) = rest.chars().next() {
        let same = |c: char| {
            (first.is_alphabetic() && c.is_alphabetic())
                || (first.is_ascii_digit() && c.is_ascii_digit())
                || !(first.is_alphanumeric() || c.is_alphanumeric())
        };
        let end = rest
            .find(|c| !same(c))
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let (token, after) = rest.split_at(end);
        rest = after;
        if first.is_ascii_digit() {
            numbers.push(token);
        } else if first.is_alphabetic() && word.replace(token).is_some() {
            return None;
        }
    }
    if !matches!(
        word?,
        "w" | "wk" | "week" | "kw" | "s" | "sem" | "semaine" | "semana" | "woche"
    ) {
        return None;
    }
    let [first, second] = numbers.as_slice() else {
        return None;
    };
    let (year, number) = if first.len() == 4 {
        (first, second)
    } else {
        (second, first)
    };
    if year.len() != 4 || number.len() > 2 {
        return None;
    }
    of_number(year.parse().ok()?, number.parse().ok()?)
}

/// The ISO week: week 1 is the one with 4 January in it.
fn of_number(year: i32, number: i32) -> Option<Week> {
    let first = Week::of(Day::from_ymd(year, 1, 4)?, WeekStart::Monday);
    let week = first.plus(number - 1);
    // A week belongs to the year of its Thursday; this tells the years that have a week 53.
    (number >= 1 && week.monday().plus(3).ymd().0 == year).then_some(week)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monday(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_reads_in_each_usual_form() {
        for text in [
            "2026-11-16",
            "Week of 16 Nov 2026",
            "w/c 16/11/2026",
            "2026-W47",
            "2026W47",
            "W47 2026",
            "KW 47/2026",
            "kw47-2026",
            "Week 47, 2026",
            "Woche vom 16.11.2026",
            "Week: 2026-11-16",
            "2026 S47",
        ] {
            let week =
                head(&Cell::Text(text.to_owned()), Dates::default()).map(|name| name.week(WeekStart::Monday));
            assert_eq!(week.map(Week::monday), Some(monday("2026-11-16")), "{text}");
        }
        assert!(head(&Cell::Date(monday("2026-11-16")), Dates::default()).is_some());
        assert!(head(&Cell::Number(46_342.0), Dates::default()).is_some());
    }

    #[test]
    fn a_sunday_that_ends_a_week_belongs_to_the_days_before_it() {
        for text in [
            "Week ending 2026-11-22",
            "week ending 22 Nov 2026",
            "Week ending 2026-11-20",
        ] {
            let name = head(&Cell::Text(text.to_owned()), Dates::default()).unwrap();
            for start in [WeekStart::Monday, WeekStart::Sunday] {
                assert_eq!(name.week(start).monday(), monday("2026-11-16"), "{text}");
            }
            assert!(!name.is_sunday(), "{text}");
        }
    }

    #[test]
    fn other_heads_name_no_week() {
        for text in [
            "Role",
            "Week",
            "KW 47",
            "2026",
            "47",
            "W54 2026",
            "2025-W53",
            "2026-W00",
            "Q4 2026",
            "Total 2026 1",
        ] {
            assert_eq!(
                head(&Cell::Text(text.to_owned()), Dates::default()),
                None,
                "{text}"
            );
        }
        assert_eq!(head(&Cell::Number(2026.0), Dates::default()), None);
        assert!(head(&Cell::Text("2026-W53".to_owned()), Dates::default()).is_some());
    }

    #[test]
    fn a_value_that_names_no_week_says_so() {
        let reason = value(&Cell::Text("not a date".to_owned()), Dates::default()).unwrap_err();
        assert_eq!(
            reason,
            "“not a date” is not a date; write it like 2026-11-16 or 2026-W47"
        );
        assert_eq!(value(&Cell::Empty, Dates::default()), Ok(None));
        assert!(value(&Cell::Number(8.0), Dates::default()).is_err());
    }
}

//! When a holiday comes again.

pub mod countries;
pub mod ics;

use std::fmt;
use std::str::FromStr;

use crate::units::{Day, Name};
use crate::web::Reader;

/// The years for which rules are worked out: the same always, so that no answer depends on the day it is asked on.
pub const YEARS: std::ops::RangeInclusive<i32> = 2000..=2079;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// On which day of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// A day of a month.
    Fixed(u32, u32),
    /// So many days after Easter Sunday, or before it.
    Easter(i32),
    /// The first such weekday on a day of a month or after it: the fourth Thursday of November is `thu>=11-22`.
    OnOrAfter(usize, u32, u32),
}

/// When a holiday comes again.
///
/// As a text: `12-25`, `easter-2`, `mon>=05-25`; then, each after a space: `sat+2` and `sun+1`, the day that is free too
/// where it falls on a weekend; `move`, where it is free instead; `every5`, in years that five divides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    when: When,
    saturday: i32,
    sunday: i32,
    moves: bool,
    every: i32,
}

/// A day on which a rule falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Falls {
    /// Which.
    pub day: Day,
    /// It stands in for one that falls on a weekend.
    pub instead: bool,
}

impl Rule {
    /// Each year on a day of a month.
    pub const fn yearly(month: u32, day: u32) -> Self {
        Self::plain(When::Fixed(month, day))
    }

    /// Each year on the first such weekday (0 is Monday) on a day of a month or after it.
    pub const fn on_or_after(weekday: usize, month: u32, day: u32) -> Self {
        Self::plain(When::OnOrAfter(weekday, month, day))
    }

    const fn plain(when: When) -> Self {
        Self {
            when,
            saturday: 0,
            sunday: 0,
            moves: false,
            every: 1,
        }
    }

    /// The days on which it falls in `year`: none, one, or one and another that stands in for it.
    #[must_use]
    pub fn in_year(&self, year: i32) -> Vec<Falls> {
        if year.rem_euclid(self.every) != 0 {
            return Vec::new();
        }
        let Some(day) = self.day_in(year) else {
            return Vec::new();
        };
        let shift = match day.weekday() {
            5 => self.saturday,
            6 => self.sunday,
            _ => 0,
        };
        let own = Falls { day, instead: false };
        if shift == 0 {
            return vec![own];
        }
        let other = Falls {
            day: day.plus(shift),
            instead: !self.moves,
        };
        if self.moves { vec![other] } else { vec![own, other] }
    }

    /// When it comes, as people say it: `25 Dec`, `2 days before Easter`, `the first Monday from 25 May on`.
    #[must_use]
    pub fn words(&self) -> String {
        const WEEKDAYS: [&str; 7] = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        // In a leap year, so that 29 February is a day too.
        let short = |month, day| Day::from_ymd(2000, month, day).map_or_else(String::new, Day::short);
        let when = match self.when {
            When::Fixed(month, day) => short(month, day),
            When::Easter(0) => "Easter".to_owned(),
            When::Easter(1) => "the day after Easter".to_owned(),
            When::Easter(offset) if offset < 0 => format!("{} days before Easter", -offset),
            When::Easter(offset) => format!("{offset} days after Easter"),
            When::OnOrAfter(weekday, month, day) => {
                let name = WEEKDAYS.get(weekday).copied().unwrap_or_default();
                format!("the first {name} from {} on", short(month, day))
            }
        };
        match (self.saturday, self.sunday, self.moves) {
            (0, 0, _) => when,
            (_, _, true) => format!("{when}, moved from a Sunday"),
            _ => format!("{when}, with a day in place of a weekend"),
        }
    }

    fn day_in(&self, year: i32) -> Option<Day> {
        match self.when {
            When::Fixed(month, day) => Day::from_ymd(year, month, day),
            When::Easter(offset) => easter(year).map(|day| day.plus(offset)),
            When::OnOrAfter(weekday, month, day) => {
                let from = Day::from_ymd(year, month, day)?;
                let ahead = (weekday + 7 - from.weekday()) % 7;
                Some(from.plus(i32::try_from(ahead).unwrap_or(0)))
            }
        }
    }
}

/// Easter Sunday of a year of the Gregorian calendar.
#[expect(
    clippy::many_single_char_names,
    reason = "the letters are those of the published rule"
)]
fn easter(year: i32) -> Option<Day> {
    // Anonymous Gregorian computus, as Meeus prints it.
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    let (month, day) = (u32::try_from(sum / 31).ok()?, u32::try_from(sum % 31 + 1).ok()?);
    Day::from_ymd(year, month, day)
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unreadable = || format!("“{text}” is not a rule such as 12-25, easter-2 or mon>=05-01");
        let mut words = text.split_whitespace();
        let mut rule = Self::plain(words.next().and_then(when).ok_or_else(unreadable)?);
        for word in words {
            let number = |prefix: &str| -> Option<i32> {
                let number: i32 = word.strip_prefix(prefix)?.parse().ok()?;
                (-3..=3).contains(&number).then_some(number)
            };
            if let Some(days) = number("sat") {
                rule.saturday = days;
            } else if let Some(days) = number("sun") {
                rule.sunday = days;
            } else if word == "move" {
                rule.moves = true;
            } else {
                let every = word.strip_prefix("every").and_then(|text| text.parse().ok());
                rule.every = every
                    .filter(|every| (1..=100).contains(every))
                    .ok_or_else(unreadable)?;
            }
        }
        Ok(rule)
    }
}

fn when(text: &str) -> Option<When> {
    if let Some(offset) = text.strip_prefix("easter") {
        let offset: i32 = if offset.is_empty() {
            0
        } else {
            offset.parse().ok()?
        };
        return (-100..=100).contains(&offset).then_some(When::Easter(offset));
    }
    if let Some((weekday, day)) = text.split_once(">=") {
        let weekday = WEEKDAYS.iter().position(|name| *name == weekday)?;
        let (month, day) = month_and_day(day)?;
        return Some(When::OnOrAfter(weekday, month, day));
    }
    month_and_day(text).map(|(month, day)| When::Fixed(month, day))
}

fn month_and_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // In a leap year, so that 29 February is a day too.
    Day::from_ymd(2000, month, day).map(|_| (month, day))
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.when {
            When::Fixed(month, day) => write!(out, "{month:02}-{day:02}")?,
            When::Easter(0) => write!(out, "easter")?,
            When::Easter(offset) => write!(out, "easter{offset:+}")?,
            When::OnOrAfter(weekday, month, day) => {
                let name = WEEKDAYS.get(weekday).copied().unwrap_or("mon");
                write!(out, "{name}>={month:02}-{day:02}")?;
            }
        }
        for (name, days) in [("sat", self.saturday), ("sun", self.sunday)] {
            if days != 0 {
                write!(out, " {name}{days:+}")?;
            }
        }
        if self.moves {
            write!(out, " move")?;
        }
        if self.every > 1 {
            write!(out, " every{}", self.every)?;
        }
        Ok(())
    }
}

/// A holiday that comes again, as somebody wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDraft {
    /// What it is called.
    pub name: String,
    /// When it comes.
    pub rule: Rule,
    /// Only from midday on.
    pub half: bool,
    /// The first year in which it counts.
    pub first_year: Option<i32>,
    /// The last one.
    pub last_year: Option<i32>,
}

/// A holiday that comes again, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayRule {
    /// Its id.
    pub id: i64,
    /// What it says.
    pub draft: RuleDraft,
}

/// The days on which `draft` falls from `first` to `last`, rising, within [`YEARS`].
#[must_use]
pub fn days_of(draft: &RuleDraft, first: Day, last: Day) -> Vec<Falls> {
    // What stands in for 1 January may lie in the year before.
    let from = draft
        .first_year
        .unwrap_or(i32::MIN)
        .max(*YEARS.start())
        .max(first.ymd().0 - 1);
    let until = draft
        .last_year
        .unwrap_or(i32::MAX)
        .min(*YEARS.end())
        .min(last.ymd().0.saturating_add(1));
    let mut days: Vec<Falls> = (from..=until)
        .flat_map(|year| draft.rule.in_year(year))
        .filter(|falls| falls.day >= first && falls.day <= last)
        .collect();
    days.sort_by_key(|falls| falls.day);
    days
}

/// Reads the holidays that come again out of `country`, or out of `day` (any year), `name` and `half`.
pub fn read_rules(reader: &mut Reader<'_>) -> Vec<RuleDraft> {
    let code = reader.fields().text("country").trim();
    if !code.is_empty() {
        let Some(country) = countries::country(code) else {
            reader.fault("country", "is not one of the countries");
            return Vec::new();
        };
        return country.rules();
    }
    let day = reader.day("day");
    if reader.fields().text("day").trim().is_empty() {
        reader.fault("day", "say which day of the year, or choose a country");
    }
    let name = reader.parsed("name", |text| Name::parse(text).map(String::from));
    let half = reader.flag("half");
    day.map(|day| {
        let (_, month, day) = day.ymd();
        RuleDraft {
            name,
            rule: Rule::yearly(month, day),
            half,
            first_year: None,
            last_year: None,
        }
    })
    .into_iter()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn easter_is_when_it_is() {
        for (year, day) in [
            (2000, "2000-04-23"),
            (2008, "2008-03-23"),
            (2011, "2011-04-24"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2028, "2028-04-16"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year).unwrap().to_string(), day);
        }
    }

    fn falls(rule: &str, year: i32) -> Vec<String> {
        let days = rule.parse::<Rule>().unwrap().in_year(year);
        days.iter().map(|falls| falls.day.to_string()).collect()
    }

    #[test]
    fn a_rule_falls_on_its_day_and_on_what_stands_in_for_it() {
        for (rule, year, days) in [
            ("12-25", 2026, &["2026-12-25"][..]),
            ("02-29", 2028, &["2028-02-29"]),
            ("02-29", 2027, &[]),
            ("easter-2", 2026, &["2026-04-03"]),
            ("thu>=11-22", 2026, &["2026-11-26"]),
            ("mon>=05-25", 2026, &["2026-05-25"]),
            ("mon>=05-25", 2027, &["2027-05-31"]),
            ("12-25 sat+2 sun+2", 2027, &["2027-12-25", "2027-12-27"]),
            ("01-01 sat-1 sun+1", 2028, &["2028-01-01", "2027-12-31"]),
            ("04-27 sun-1 move", 2025, &["2025-04-26"]),
            ("04-27 sun-1 move", 2026, &["2026-04-27"]),
            ("05-05 every5", 2025, &["2025-05-05"]),
            ("05-05 every5", 2026, &[]),
        ] {
            assert_eq!(falls(rule, year), days, "{rule} in {year}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "13-01",
            "02-30",
            "easter+x",
            "xyz>=01-01",
            "12-25 sat+9",
            "12-25 often",
            "every5",
        ] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_rule_counts_in_its_years_only_and_over_the_end_of_a_year() {
        let draft = RuleDraft {
            name: "New Year".to_owned(),
            rule: "01-01 sat-1 sun+1".parse().unwrap(),
            half: false,
            first_year: Some(2022),
            last_year: Some(2028),
        };
        let day = |text: &str| text.parse::<Day>().unwrap();
        let between = |first: &str, last: &str| -> Vec<String> {
            let days = days_of(&draft, day(first), day(last));
            days.iter().map(|falls| falls.day.to_string()).collect()
        };
        assert_eq!(between("2027-12-01", "2027-12-31"), ["2027-12-31"]);
        assert_eq!(between("2021-01-01", "2021-12-31"), ["2021-12-31"]);
        assert_eq!(between("2029-01-01", "2040-12-31"), Vec::<String>::new());
        assert_eq!(days_of(&draft, Day::MIN, Day::MAX).len(), 7 + 3);
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(
            kind in 0_u8..3, month in 1_u32..=12, day in 1_u32..=28, offset in -60_i32..60, weekday in 0_usize..7,
            saturday in -2_i32..3, sunday in -2_i32..3, moves in any::<bool>(), every in 1_i32..9,
        ) {
            let when = match kind {
                0 => When::Fixed(month, day),
                1 => When::Easter(offset),
                _ => When::OnOrAfter(weekday, month, day),
            };
            let rule = Rule { when, saturday, sunday, moves, every };
            prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
        }

        #[test]
        fn easter_is_a_sunday_between_22_march_and_25_april(year in 1900_i32..2199) {
            let day = easter(year).unwrap();
            prop_assert_eq!(day.weekday(), 6);
            prop_assert!(day >= Day::from_ymd(year, 3, 22).unwrap() && day <= Day::from_ymd(year, 4, 25).unwrap());
        }
    }
}

//! Periods that people ask for by name.

use crate::units::{Day, Week, WeekStart};

/// The longest period of a report, in weeks.
pub const MOST_WEEKS: u16 = 104;

/// How long a period is whose end nobody names.
const USUAL_WEEKS: i32 = 12;

/// Which weeks are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Period {
    /// The four weeks before this one.
    Last4,
    /// The twelve weeks before this one.
    Last12,
    /// The calendar month.
    ThisMonth,
    /// The calendar quarter.
    ThisQuarter,
    /// The calendar year.
    ThisYear,
    /// This week and the three after it.
    Next4,
    /// This week and the eleven after it.
    #[default]
    Next12,
    /// From a day to a day.
    Chosen,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Last12,
        Self::Last4,
        Self::ThisMonth,
        Self::ThisQuarter,
        Self::ThisYear,
        Self::Next4,
        Self::Next12,
        Self::Chosen,
    ];

    /// As an address and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Last4 => "last-4",
            Self::Last12 => "last-12",
            Self::ThisMonth => "this-month",
            Self::ThisQuarter => "this-quarter",
            Self::ThisYear => "this-year",
            Self::Next4 => "next-4",
            Self::Next12 => "next-12",
            Self::Chosen => "custom",
        }
    }

    /// As people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Last4 => "Last 4 weeks",
            Self::Last12 => "Last 12 weeks",
            Self::ThisMonth => "This month",
            Self::ThisQuarter => "This quarter",
            Self::ThisYear => "This year",
            Self::Next4 => "Next 4 weeks",
            Self::Next12 => "Next 12 weeks",
            Self::Chosen => "From … to …",
        }
    }

    /// Its first week, and how many there are. Weeks count in the month of their Thursday.
    #[must_use]
    pub fn weeks(self, today: Day, start: WeekStart) -> (Week, u16) {
        let this_week = Week::of(today, start);
        let (year, month, _) = today.ymd();
        match self {
            Self::Last4 => (this_week.plus(-4), 4),
            Self::Last12 => (this_week.plus(-12), 12),
            Self::ThisMonth => of_months(year, month, 1),
            Self::ThisQuarter => of_months(year, (month.div_ceil(3) - 1) * 3 + 1, 3),
            Self::ThisYear => of_months(year, 1, 12),
            Self::Next4 => (this_week, 4),
            Self::Next12 | Self::Chosen => (this_week, 12),
        }
    }
}

/// The weeks whose Thursdays lie in `count` months from this one on.
fn of_months(year: i32, month: u32, count: u32) -> (Week, u16) {
    let after = if month + count > 12 {
        (year + 1, month + count - 12)
    } else {
        (year, month + count)
    };
    let first = first_of(year, month);
    let next = first_of(after.0, after.1);
    (first, u16::try_from(next.0.saturating_sub(first.0)).unwrap_or(0))
}

/// The first week whose Thursday lies in a month.
fn first_of(year: i32, month: u32) -> Week {
    let day = Day::from_ymd(year, month, 1).unwrap_or(Day::MIN);
    // Three days back, the weeks of Mondays become weeks of Thursdays.
    Week::of(day.plus(3), WeekStart::Monday)
}

/// The weeks from the one of `from` to the one of `to`, if they are not too many.
pub fn chosen(
    from: Option<Day>,
    to: Option<Day>,
    today: Day,
    start: WeekStart,
) -> Result<(Week, u16), String> {
    let first = Week::of(from.unwrap_or(today), start);
    let last = to.map_or_else(|| first.plus(USUAL_WEEKS - 1), |day| Week::of(day, start));
    if last < first {
        return Err("must not lie before the first day".to_owned());
    }
    let weeks = u16::try_from(last.0.saturating_sub(first.0).saturating_add(1)).unwrap_or(u16::MAX);
    if weeks > MOST_WEEKS {
        return Err(format!(
            "{MOST_WEEKS} weeks at most fit into a report; choose a nearer day"
        ));
    }
    Ok((first, weeks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(period: Period, today: &str) -> (String, u16) {
        let (week, weeks) = period.weeks(today.parse().unwrap(), WeekStart::Monday);
        (week.monday().to_string(), weeks)
    }

    #[test]
    fn a_month_has_the_weeks_whose_thursday_it_has() {
        for (today, period, first, weeks) in [
            ("2026-11-18", Period::ThisMonth, "2026-11-02", 4),
            ("2026-12-31", Period::ThisMonth, "2026-11-30", 5),
            ("2027-01-01", Period::ThisMonth, "2027-01-04", 4),
            ("2026-11-18", Period::ThisQuarter, "2026-09-28", 14),
            ("2026-11-18", Period::ThisYear, "2025-12-29", 53),
            ("2027-06-01", Period::ThisYear, "2027-01-04", 52),
            ("2026-11-18", Period::Last4, "2026-10-19", 4),
            ("2026-11-18", Period::Next12, "2026-11-16", 12),
        ] {
            assert_eq!(
                days(period, today),
                (first.to_owned(), weeks),
                "{period:?} on {today}"
            );
        }
    }

    #[test]
    fn the_months_of_a_year_are_the_year() {
        let year: u16 = (1..=12).map(|month| of_months(2026, month, 1).1).sum();
        assert_eq!(year, of_months(2026, 1, 12).1);
    }

    #[test]
    fn a_chosen_period_ends_after_it_begins_and_is_not_too_long() {
        let day = |text: &str| text.parse::<Day>().ok();
        let today = "2026-11-18".parse().unwrap();
        let read = |from, to| chosen(day(from), day(to), today, WeekStart::Monday).map(|(_, weeks)| weeks);
        assert_eq!(read("2026-11-18", "2026-11-18"), Ok(1));
        assert_eq!(read("2026-01-05", "2027-12-31"), Ok(104));
        assert!(
            read("2026-01-05", "2028-01-03")
                .unwrap_err()
                .contains("104 weeks")
        );
        assert!(read("2026-11-18", "2026-11-15").is_err());
        assert_eq!(read("", ""), Ok(12));
    }
}

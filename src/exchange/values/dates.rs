//! Dates in the many ways that people and programs write them.

use super::{Value, faulty, quoted};
use crate::exchange::table::Cell;
use crate::units::{Day, fold};

/// Which comes first in `03/04/2026`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::exchange) enum Order {
    #[default]
    DayFirst,
    MonthFirst,
}

/// How the dates of one column are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::exchange) struct Dates {
    pub(in crate::exchange) order: Order,
    /// Whether plain numbers count from 1904.
    pub(in crate::exchange) since_1904: bool,
}

/// Whether the values of a column tell which comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exchange) enum Settled {
    /// They do, or nothing in the column needs it.
    Surely(Order),
    /// They do not; the day is taken to come first, and the person is told.
    DayFirstPerhaps,
}

impl Settled {
    pub(in crate::exchange) const fn order(self) -> Order {
        match self {
            Self::Surely(order) => order,
            Self::DayFirstPerhaps => Order::DayFirst,
        }
    }
}

/// A text with the form of a date.
enum Written {
    /// Only one reading; nothing where the calendar has no such day.
    Clear(Option<Day>),
    /// Two numbers of which either may be the month, and the year.
    Either(u32, u32, i32),
}

/// Days since 1970 of the day that serial number 0 stands for, past the leap day that 1900 never had.
const EPOCH_1900: i32 = -25_569;
const EPOCH_1904: i32 = -24_107;
/// Below this a number is a count of something rather than a day: 20,000 is a day of 1954.
const FIRST_SERIAL: i32 = 20_000;

impl Dates {
    /// The day in a cell.
    pub(in crate::exchange) fn day(self, cell: &Cell) -> Value<Day> {
        let unreadable = || format!("{} is not a date; write it like 2026-11-16", quoted(cell));
        let day = match cell {
            Cell::Empty => return Ok(None),
            Cell::Date(day) => Some(*day),
            Cell::Number(number) => self.serial(*number),
            Cell::Text(text) => self.text(text),
            Cell::Fault(fault) => return Err(faulty(fault)),
            Cell::Formula(_) | Cell::Percent(_) | Cell::Hours(_) | Cell::Bool(_) => None,
        };
        day.filter(|day| (Day::MIN..=Day::MAX).contains(day))
            .map(Some)
            .ok_or_else(unreadable)
    }

    /// The day in a text.
    pub(in crate::exchange) fn text(self, text: &str) -> Option<Day> {
        match written(text) {
            Some(Written::Clear(day)) => day,
            Some(Written::Either(first, second, year)) => match self.order {
                Order::DayFirst => Day::from_ymd(year, second, first),
                Order::MonthFirst => Day::from_ymd(year, first, second),
            },
            None => self.serial(text.trim().parse::<u32>().ok()?.into()),
        }
    }

    /// The day that a workbook's day number stands for; a time of the day is dropped.
    fn serial(self, number: f64) -> Option<Day> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the cast saturates, and the bounds are checked next"
        )]
        let serial = number.floor() as i32;
        let epoch = if self.since_1904 { EPOCH_1904 } else { EPOCH_1900 };
        (serial >= FIRST_SERIAL).then(|| Day::from_number(serial.saturating_add(epoch)))
    }
}

/// Reads `2026-11-16`, with or without a time of the day behind it.
pub(in crate::exchange) fn iso(text: &str) -> Option<Day> {
    text.trim().get(..10)?.parse().ok()
}

/// Looks at all values of a column to tell whether day or month comes first in `03/04/2026`.
///
/// A number above 12 tells it. In a column of weeks so does the weekday: dates that all fall on a Monday, or
/// all on a Sunday, in only one of the two readings are meant that way.
pub(in crate::exchange) fn settle<'a>(cells: impl Iterator<Item = &'a str>, weekly: bool) -> Settled {
    let open: Vec<(u32, u32, i32)> = cells
        .filter_map(|text| match written(text)? {
            Written::Either(first, second, year) if first != second => Some((first, second, year)),
            Written::Either(..) | Written::Clear(_) => None,
        })
        .collect();
    let day_first = open.iter().any(|(first, ..)| *first > 12);
    let month_first = open.iter().any(|(_, second, _)| *second > 12);
    match (day_first, month_first) {
        (false, true) => Settled::Surely(Order::MonthFirst),
        (true, _) => Settled::Surely(Order::DayFirst),
        (false, false) if open.is_empty() => Settled::Surely(Order::DayFirst),
        (false, false) => {
            let weeks_begin = |order: Order| {
                let weekday = |(first, second, year): &(u32, u32, i32)| {
                    let (day, month) = if order == Order::DayFirst {
                        (*first, *second)
                    } else {
                        (*second, *first)
                    };
                    Day::from_ymd(*year, month, day).map(Day::weekday)
                };
                [0, 6]
                    .iter()
                    .any(|begin| open.iter().all(|date| weekday(date) == Some(*begin)))
            };
            match (
                weekly && weeks_begin(Order::DayFirst),
                weekly && weeks_begin(Order::MonthFirst),
            ) {
                (true, false) => Settled::Surely(Order::DayFirst),
                (false, true) => Settled::Surely(Order::MonthFirst),
                _ => Settled::DayFirstPerhaps,
            }
        }
    }
}

fn written(text: &str) -> Option<Written> {
    let text = text.trim();
    if let Some(day) = iso(text)
        && text
            .get(10..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['T', ' ']))
    {
        return Some(Written::Clear(Some(day)));
    }
    // A time of the day may follow a space.
    let date: Vec<&str> = text
        .split_whitespace()
        .take_while(|word| !word.contains(':'))
        .collect();
    let date = date.join(" ");
    if date.chars().any(char::is_alphabetic) {
        return with_month_name(&date);
    }
    if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |range: std::ops::Range<usize>| date.get(range)?.parse::<u32>().ok();
        let year = i32::try_from(number(0..4)?).ok()?;
        return Some(Written::Clear(Day::from_ymd(year, number(4..6)?, number(6..8)?)));
    }
    let separator = ['.', '/', '-']
        .into_iter()
        .find(|separator| date.contains(*separator))?;
    let numbers: Vec<&str> = date.split(separator).map(str::trim).collect();
    let [first, second, third] = numbers.as_slice() else {
        return None;
    };
    let (a, b) = (small(first), small(second));
    if first.len() == 4 {
        let year = first.parse().ok()?;
        return Some(Written::Clear(Day::from_ymd(year, b?, small(third)?)));
    }
    let year = year_of(third)?;
    match separator {
        '.' => Some(Written::Clear(Day::from_ymd(year, b?, a?))),
        _ => Some(Written::Either(a?, b?, year)),
    }
}

/// A day or month: one or two digits.
fn small(text: &str) -> Option<u32> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Two digits mean 1980 to 2079: people who started in '98 are still there.
fn year_of(text: &str) -> Option<i32> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 if year < 80 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// Beginnings of month names in English, German, French and Spanish, folded and without accents.
const MONTHS: [(&str, u32); 26] = [
    ("jan", 1),
    ("ene", 1),
    ("feb", 2),
    ("fev", 2),
    ("mar", 3),
    ("mrz", 3),
    ("mae", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("juin", 6),
    ("juil", 7),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("aou", 8),
    ("ago", 8),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("dic", 12),
];
/// Words that stand in written dates and say nothing more.
const FILLERS: [&str; 4] = ["de", "del", "of", "the"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `16 Nov 2026`, `Nov 16, 2026`, `16. November 2026`, `Mon 16-Nov-26`.
fn with_month_name(text: &str) -> Option<Written> {
    let plain = crate::exchange::columns::without_accents(&fold(text));
    let mut month = None;
    let mut numbers = Vec::new();
    for word in plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if FILLERS.contains(&word) || WEEKDAYS.iter().any(|day| word.starts_with(day)) {
            continue;
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers.push(word);
        } else if matches!(word.strip_prefix(bare), Some("st" | "nd" | "rd" | "th" | "er"))
            && !bare.is_empty()
        {
            numbers.push(bare);
        } else if month.is_none() {
            month = Some(MONTHS.iter().find(|(name, _)| word.starts_with(name))?.1);
        } else {
            return None;
        }
    }
    let (month, [first, second]) = (month?, numbers.as_slice()) else {
        return None;
    };
    let (day, year) = if first.len() == 4 {
        (second, first)
    } else {
        (first, second)
    };
    Some(Written::Clear(Day::from_ymd(year_of(year)?, month, small(day)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_reads_in_each_usual_form() {
        for text in [
            "2026-11-16",
            " 2026-11-16 ",
            "2026-11-16T00:00:00Z",
            "2026-11-16 00:00:00",
            "2026/11/16",
            "20261116",
            "16.11.2026",
            "16. 11. 2026",
            "16.11.26",
            "16/11/2026",
            "16-11-2026",
            "16 Nov 2026",
            "16-Nov-26",
            "Nov 16, 2026",
            "16. November 2026",
            "Mon 16 Nov 2026",
            "Monday, November 16th, 2026",
            "16 noviembre de 2026",
            "16 novembre 2026",
            "46342",
        ] {
            assert_eq!(Dates::default().text(text), Some(day("2026-11-16")), "{text}");
        }
        for (text, iso) in [
            ("3. März 2026", "2026-03-03"),
            ("1er août 2026", "2026-08-01"),
            ("2 juin 2026", "2026-06-02"),
            ("2 juillet 2026", "2026-07-02"),
            ("5 Dez 98", "1998-12-05"),
            ("1 Mai 2026", "2026-05-01"),
        ] {
            assert_eq!(Dates::default().text(text), Some(day(iso)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_or_does_not_exist_is_refused() {
        for text in [
            "not a date",
            "2026-02-30",
            "30.02.2026",
            "16/13/2026",
            "16/11",
            "November",
            "8",
            "1.2.3.2026",
            "1066-10-14",
            "16 Foo 2026",
            "16 Nov Dec 2026",
            "2026-11-16x",
            "+1/2/2026",
            "-",
            "1/2/20265",
        ] {
            let cell = Cell::Text(text.to_owned());
            assert!(Dates::default().day(&cell).is_err(), "{text}");
        }
        let reason = Dates::default()
            .day(&Cell::Text("not a date".to_owned()))
            .unwrap_err();
        assert_eq!(reason, "“not a date” is not a date; write it like 2026-11-16");
        assert!(Dates::default().day(&Cell::Bool(true)).is_err());
        assert!(Dates::default().day(&Cell::Number(f64::NAN)).is_err());
        assert!(Dates::default().day(&Cell::Number(8.0)).is_err());
        assert_eq!(Dates::default().day(&Cell::Empty), Ok(None));
    }

    #[test]
    fn day_numbers_count_from_1900_or_1904() {
        let old = Dates {
            since_1904: true,
            ..Dates::default()
        };
        assert_eq!(
            Dates::default().day(&Cell::Number(46_342.75)),
            Ok(Some(day("2026-11-16")))
        );
        assert_eq!(old.day(&Cell::Number(44_880.0)), Ok(Some(day("2026-11-16"))));
    }

    #[test]
    fn the_whole_column_tells_whether_the_day_comes_first() {
        use Settled::{DayFirstPerhaps, Surely};
        for (texts, weekly, settled) in [
            (&["03/04/2026", "16/11/2026"][..], false, Surely(Order::DayFirst)),
            (&["03/04/2026", "11/16/2026"], false, Surely(Order::MonthFirst)),
            (&["03/04/2026"], false, DayFirstPerhaps),
            (
                &["04/04/2026", "2026-11-16", "3.4.2026", "x"],
                false,
                Surely(Order::DayFirst),
            ),
            // 2 and 9 November are Mondays; 11 February and 11 September are not.
            (&["11/02/2026", "11/09/2026"], true, Surely(Order::MonthFirst)),
            (&["02/11/2026", "09/11/2026"], true, Surely(Order::DayFirst)),
            // 8 November is a Sunday, 11 August is not; 11 January and 1 November both are.
            (&["11/08/2026"], true, Surely(Order::MonthFirst)),
            (&["11/01/2026"], true, DayFirstPerhaps),
        ] {
            assert_eq!(settle(texts.iter().copied(), weekly), settled, "{texts:?}");
        }
    }

    proptest! {
        #[test]
        fn a_day_reads_back_from_each_form(number in day("1980-01-01").number()..=day("2079-12-31").number()) {
            let day = Day::from_number(number);
            let (year, month, date) = day.ymd();
            let dates = Dates::default();
            prop_assert_eq!(dates.text(&day.to_string()), Some(day));
            prop_assert_eq!(dates.text(&day.long()), Some(day));
            prop_assert_eq!(dates.text(&format!("{date}.{month}.{year}")), Some(day));
            prop_assert_eq!(dates.text(&format!("{date:02}/{month:02}/{:02}", year % 100)), Some(day));
            let american = Dates { order: Order::MonthFirst, ..dates };
            prop_assert_eq!(american.text(&format!("{month}/{date}/{year}")), Some(day));
            prop_assert_eq!(dates.serial(f64::from(number + 25_569)), Some(day));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,24}") {
            let _ = Dates::default().text(&text);
        }
    }
}

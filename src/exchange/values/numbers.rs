//! Hours, percentages and counts.

use super::{Value, faulty, quoted};
use crate::exchange::table::Cell;
use crate::units::{HoursError, Minutes};

/// The hours in a cell, at most `most`.
///
/// In a budget a lone point or comma before exactly three digits stands between thousands; in a week it is a
/// decimal sign, since no week has a thousand hours.
pub(in crate::exchange) fn hours(cell: &Cell, most: Minutes) -> Value<Minutes> {
    let unreadable = || format!("{} is not a number of hours; write 7, 7.5 or 7:30", quoted(cell));
    let minutes = match cell {
        Cell::Empty => return Ok(None),
        Cell::Hours(minutes) if *minutes > most => Err(HoursError::TooMany(most.0 / 60)),
        Cell::Hours(minutes) => Ok(*minutes),
        Cell::Number(number) => Minutes::from_decimal_hours(*number, most),
        Cell::Text(text) => {
            let bare = without_unit(text);
            let plain = plain(bare, most > Minutes::WEEK);
            return match Minutes::parse_hours(plain.as_deref().unwrap_or(bare), most) {
                Ok(minutes) => Ok(Some(minutes)),
                Err(HoursError::Unreadable(_)) => Err(unreadable()),
                Err(other) => Err(other.to_string()),
            };
        }
        Cell::Date(day) => return Err(format!("{day} is a date, not a number of hours")),
        Cell::Fault(fault) => return Err(faulty(fault)),
        Cell::Formula(_) | Cell::Percent(_) | Cell::Bool(_) => return Err(unreadable()),
    };
    minutes.map(Some).map_err(|error| error.to_string())
}

const UNITS: [&str; 6] = ["hours", "hrs", "stunden", "std.", "std", "h"];

fn without_unit(text: &str) -> &str {
    let text = text.trim();
    let lower = text.to_lowercase();
    UNITS
        .iter()
        .find(|unit| lower.ends_with(*unit) && lower.len() == text.len())
        .and_then(|unit| text.get(..text.len() - unit.len()))
        .filter(|rest| !rest.trim().is_empty())
        .map_or(text, str::trim_end)
}

/// `1 234,5`, `1.234,5` and `1,234.5` as `1234.5`; nothing where the groups do not fit.
fn plain(text: &str, thousands: bool) -> Option<String> {
    let (sign, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let points = text.matches('.').count();
    let commas = text.matches(',').count();
    let (whole, fraction) = match (points, commas) {
        (1, 0) | (0, 1) => {
            let (whole, fraction) = text.split_once(['.', ','])?;
            let groups = thousands && fraction.len() == 3 && (1..=3).contains(&whole.len()) && whole != "0";
            if groups { (text, "") } else { (whole, fraction) }
        }
        (_, 0) | (0, _) => (text, ""),
        _ => {
            let (whole, fraction) = text.rsplit_once(['.', ','])?;
            let decimal = if text.rfind('.') > text.rfind(',') {
                '.'
            } else {
                ','
            };
            if whole.contains(decimal) {
                return None;
            }
            (whole, fraction)
        }
    };
    Some(format!("{sign}{}.{fraction}", ungrouped(whole)?))
}

/// `1 234 567` without what stands between the groups of three.
fn ungrouped(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole
        .split([' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’', '.', ','])
        .collect();
    let fits = match groups.as_slice() {
        [_] => true,
        [first, rest @ ..] => (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3),
        [] => false,
    };
    let digits = groups.concat();
    (fits && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Whether the plain numbers of a column are shares of one, 0.35 for 35 %: none is above 1, and one is
/// between.
pub(in crate::exchange) fn are_shares<'a>(cells: impl Iterator<Item = &'a Cell>) -> bool {
    let mut between = false;
    for number in cells.filter_map(|cell| number(cell).ok().flatten()) {
        if !(0.0..=1.0).contains(&number) {
            return false;
        }
        between |= number > 0.0 && number < 1.0;
    }
    between
}

/// The percentage in a cell, a whole number from 0 to 100. `shares` says how plain numbers are meant.
pub(in crate::exchange) fn percent(cell: &Cell, shares: bool) -> Value<u8> {
    let refused = || format!("{} is not a whole percentage from 0 to 100", quoted(cell));
    let (number, share) = match cell {
        Cell::Percent(share) => (*share, true),
        Cell::Fault(fault) => return Err(faulty(fault)),
        Cell::Text(text) if text.trim_end().ends_with('%') => {
            let bare = Cell::text(text.trim_end().trim_end_matches('%'));
            (number(&bare).map_err(|()| refused())?.ok_or_else(refused)?, false)
        }
        other => match number(other).map_err(|()| refused())? {
            Some(number) => (number, shares),
            None => return Ok(None),
        },
    };
    let number = if share { hundredfold(number) } else { number };
    (0_u8..=100)
        .find(|whole| f64::from(*whole).total_cmp(&number).is_eq())
        .map(Some)
        .ok_or_else(refused)
}

/// 35 for 0.35, without the last bit that the multiplication leaves behind (0.29 × 100 is 28.999…).
#[expect(
    clippy::float_arithmetic,
    reason = "a workbook keeps a percentage as a fraction"
)]
fn hundredfold(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// A count from 1 to 999.
pub(in crate::exchange) fn count(cell: &Cell) -> Value<u16> {
    let refused = || format!("{} is not a number from 1 to 999", quoted(cell));
    match cell {
        Cell::Empty => Ok(None),
        Cell::Fault(fault) => Err(faulty(fault)),
        other => match other.shown().parse() {
            Ok(count @ 1..=999) => Ok(Some(count)),
            _ => Err(refused()),
        },
    }
}

/// The plain number in a cell.
fn number(cell: &Cell) -> Result<Option<f64>, ()> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Number(number) => Ok(Some(*number)),
        Cell::Text(text) => {
            let plain = plain(text.trim(), false).ok_or(())?;
            plain.parse().map(Some).map_err(|_| ())
        }
        Cell::Formula(_)
        | Cell::Percent(_)
        | Cell::Date(_)
        | Cell::Hours(_)
        | Cell::Bool(_)
        | Cell::Fault(_) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn hours_read_with_either_decimal_sign_and_with_a_unit() {
        for (written, minutes) in [
            ("7", 420),
            ("7.5", 450),
            ("7,5", 450),
            ("7:30", 450),
            ("7 h", 420),
            ("7,5 Std.", 450),
            ("8 hours", 480),
            ("0", 0),
        ] {
            assert_eq!(
                hours(&text(written), Minutes::WEEK),
                Ok(Some(Minutes(minutes))),
                "{written}"
            );
        }
        assert_eq!(hours(&Cell::Number(16.5), Minutes::WEEK), Ok(Some(Minutes(990))));
        assert_eq!(
            hours(&Cell::Hours(Minutes(450)), Minutes::WEEK),
            Ok(Some(Minutes(450)))
        );
        assert_eq!(hours(&Cell::Empty, Minutes::WEEK), Ok(None));
    }

    #[test]
    fn a_budget_may_have_signs_between_thousands() {
        for written in [
            "1234.5",
            "1,234.5",
            "1.234,5",
            "1 234,5",
            "1\u{202f}234.5",
            "1'234.5",
            "1234:30",
            "1,234.50 h",
        ] {
            assert_eq!(
                hours(&text(written), Minutes::BUDGET),
                Ok(Some(Minutes(74_070))),
                "{written}"
            );
        }
        for (written, whole) in [
            ("1,234", 1234),
            ("1.234", 1234),
            ("12 480", 12_480),
            ("1.234.567", 1_234_567),
        ] {
            let most = Minutes(u32::MAX);
            assert_eq!(
                hours(&text(written), most),
                Ok(Some(Minutes::from_hours(whole))),
                "{written}"
            );
        }
        assert_eq!(hours(&text("0.125"), Minutes::BUDGET), Ok(Some(Minutes(8))));
        assert_eq!(hours(&text("1.125"), Minutes::WEEK), Ok(Some(Minutes(68))));
    }

    #[test]
    fn each_wrong_number_of_hours_has_its_own_reason() {
        for (cell, reason) in [
            (text("-4"), "hours cannot be below 0"),
            (text("200"), "168 hours at most fit here"),
            (
                text("eight"),
                "“eight” is not a number of hours; write 7, 7.5 or 7:30",
            ),
            (
                text("NaN"),
                "“NaN” is not a number of hours; write 7, 7.5 or 7:30",
            ),
            (
                text("7 30"),
                "“7 30” is not a number of hours; write 7, 7.5 or 7:30",
            ),
            (text("h"), "“h” is not a number of hours; write 7, 7.5 or 7:30"),
            (
                Cell::Formula("=1+1".to_owned()),
                "“=1+1” is not a number of hours; write 7, 7.5 or 7:30",
            ),
            (Cell::Number(-0.5), "hours cannot be below 0"),
            (Cell::Number(f64::INFINITY), "168 hours at most fit here"),
            (Cell::Hours(Minutes(20_000)), "168 hours at most fit here"),
            (
                Cell::Bool(true),
                "“yes” is not a number of hours; write 7, 7.5 or 7:30",
            ),
            (
                Cell::Date(Day::MAX),
                "2199-12-31 is a date, not a number of hours",
            ),
            (
                Cell::Fault("the error #REF!".to_owned()),
                "the cell holds the error #REF!",
            ),
        ] {
            assert_eq!(hours(&cell, Minutes::WEEK), Err(reason.to_owned()), "{cell:?}");
        }
    }

    use crate::units::Day;

    #[test]
    fn a_percentage_reads_in_each_usual_form() {
        for cell in [
            text("35"),
            text("35 %"),
            text("35%"),
            text("35,0"),
            Cell::Number(35.0),
            Cell::Percent(0.35),
        ] {
            assert_eq!(percent(&cell, false), Ok(Some(35)), "{cell:?}");
        }
        assert_eq!(percent(&Cell::Number(0.29), true), Ok(Some(29)));
        assert_eq!(percent(&text("0,35"), true), Ok(Some(35)));
        assert_eq!(percent(&Cell::Percent(1.0), false), Ok(Some(100)));
        assert_eq!(percent(&Cell::Number(0.0), false), Ok(Some(0)));
        assert_eq!(percent(&Cell::Empty, false), Ok(None));
        for cell in [
            text("101"),
            text("-1"),
            text("half"),
            text("%"),
            Cell::Number(37.5),
            Cell::Number(f64::NAN),
            Cell::Bool(true),
        ] {
            assert!(percent(&cell, false).is_err(), "{cell:?}");
        }
    }

    #[test]
    fn a_column_of_shares_is_recognised() {
        let column = |numbers: &[f64]| {
            are_shares(
                numbers
                    .iter()
                    .map(|n| Cell::Number(*n))
                    .collect::<Vec<_>>()
                    .iter(),
            )
        };
        assert!(column(&[0.35, 0.75, 1.0]));
        assert!(!column(&[35.0, 0.5]));
        assert!(!column(&[1.0, 0.0]));
        assert!(!column(&[]));
    }

    proptest! {
        #[test]
        fn written_hours_read_back_in_a_week_and_in_a_budget(minutes in 0_u32..=10_080) {
            let cell = text(&Minutes(minutes).to_string());
            prop_assert_eq!(hours(&cell, Minutes::WEEK), Ok(Some(Minutes(minutes))));
            prop_assert_eq!(hours(&cell, Minutes::BUDGET), Ok(Some(Minutes(minutes))));
        }

        #[test]
        fn no_text_breaks_the_readers(written in "\\PC{0,12}") {
            let _ = hours(&text(&written), Minutes::WEEK);
            let _ = percent(&text(&written), true);
        }
    }
}

//! Words and comparisons about a week's load: `available`, `overloaded`, `<30`, `>=14`, `10-20`.

use crate::book::Load;
use crate::units::Minutes;

/// The most hours that a clause can name: more than any week has.
const MOST: Minutes = Minutes(999 * 60);

/// One thing that must hold for a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    /// The week lies in these bands of the organisation.
    Band(Measure),
    /// Its booked hours lie between these, ends included.
    Hours(Minutes, Minutes),
}

/// A load word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Below the first limit, or nothing at all.
    Available,
    /// As it should be.
    Optimal,
    /// Full, and not more than that.
    Full,
    /// More than fits.
    Overloaded,
}

const WORDS: [(&str, Measure); 6] = [
    ("available", Measure::Available),
    ("underloaded", Measure::Available),
    ("optimal", Measure::Optimal),
    ("full", Measure::Full),
    ("overloaded", Measure::Overloaded),
    ("overallocated", Measure::Overloaded),
];

impl Clause {
    /// Reads one clause; anything else is none and stays a word: `20-10`, `>x`, `10--20`.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        if let Some((_, measure)) = WORDS.iter().find(|(word, _)| *word == lower) {
            return Some(Self::Band(*measure));
        }
        for sign in [">=", "≥", "<=", "≤", ">", "<", "="] {
            if let Some(number) = lower.strip_prefix(sign) {
                return Self::compared(sign, hours(number)?);
            }
        }
        let (least, most) = lower.split_once(['-', '–'])?;
        let (least, most) = (hours(least)?, hours(most)?);
        (least <= most).then_some(Self::Hours(least, most))
    }

    /// Less than nothing is no week's load.
    fn compared(sign: &str, hours: Minutes) -> Option<Self> {
        let (least, most) = match sign {
            ">=" | "≥" => (hours.0, u32::MAX),
            "<=" | "≤" => (0, hours.0),
            ">" => (hours.0 + 1, u32::MAX),
            "<" => (0, hours.0.checked_sub(1)?),
            _ => (hours.0, hours.0),
        };
        Some(Self::Hours(Minutes(least), Minutes(most)))
    }

    /// Whether it holds for a week with `booked` minutes in the band `load`.
    pub fn holds(self, booked: Minutes, load: Load) -> bool {
        match self {
            Self::Hours(least, most) => (least..=most).contains(&booked),
            Self::Band(Measure::Available) => matches!(load, Load::Empty | Load::Light),
            Self::Band(Measure::Optimal) => load == Load::Good,
            Self::Band(Measure::Full) => load == Load::Full,
            Self::Band(Measure::Overloaded) => matches!(load, Load::Over | Load::Burning),
        }
    }
}

/// `14`, `7.5`, `14h`: digits first, so that a second sign is no number.
fn hours(text: &str) -> Option<Minutes> {
    let begins = text.starts_with(|c: char| c.is_ascii_digit());
    begins.then(|| Minutes::parse_hours(text, MOST).ok()).flatten()
}

//! Hours as people type them, minutes as the plan keeps them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A quantity of work in whole minutes. Hours are only a way to write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes(pub u32);

/// Why a text or number is not a quantity of hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Neither `7`, `7.5`, `7,5` nor `7:30`.
    #[error("“{0}” is not a number of hours; write 7, 7.5 or 7:30")]
    Unreadable(String),
    /// Below zero.
    #[error("hours cannot be below 0")]
    Negative,
    /// More than the place can hold.
    #[error("{0} hours at most fit here")]
    TooMany(u32),
}

impl Minutes {
    /// What one cell, one assignment in one week, may hold: 168 hours.
    pub const WEEK: Self = Self(7 * 24 * 60);
    /// What a budget may hold: a million hours.
    pub const BUDGET: Self = Self(60_000_000);

    /// Whole hours.
    #[must_use]
    pub const fn from_hours(hours: u32) -> Self {
        Self(hours * 60)
    }

    /// Reads hours as a person types them.
    ///
    /// * `text`: `"7"`, `"7.5"`, `"7,5"`, `"7:30"`; blank means zero. Spaces around and a trailing `h` are dropped.
    /// * `most`: what the place can hold.
    /// * Result: minutes; a decimal is taken to the nearest minute, so `7.33` is 7:20.
    ///
    /// # Errors
    /// `Negative` for a minus sign before a number, `TooMany` above `most`, `Unreadable` for anything else.
    pub fn parse_hours(text: &str, most: Self) -> Result<Self, HoursError> {
        let trimmed = text.trim();
        let bare = trimmed.strip_suffix(['h', 'H']).unwrap_or(trimmed).trim_end();
        let unreadable = || HoursError::Unreadable(trimmed.chars().take(40).collect());
        if bare.is_empty() {
            return if trimmed.is_empty() {
                Ok(Self(0))
            } else {
                Err(unreadable())
            };
        }
        let (negative, bare) = match bare.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, bare),
        };
        let minutes = match bare.split_once(':') {
            Some((hours, minutes)) => clock(hours, minutes),
            None => decimal(bare),
        }
        .ok_or_else(unreadable)?;
        if negative && minutes > 0 {
            return Err(HoursError::Negative);
        }
        match u32::try_from(minutes) {
            Ok(minutes) if minutes <= most.0 => Ok(Self(minutes)),
            _ => Err(HoursError::TooMany(most.0 / 60)),
        }
    }

    /// A number of hours from JSON or a workbook, to the nearest minute.
    ///
    /// # Errors
    /// `Negative`, `TooMany` above `most`, `Unreadable` for NaN.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "JSON and workbooks carry floats; this is the one place where they become minutes, within bounds"
    )]
    pub fn from_decimal_hours(hours: f64, most: Self) -> Result<Self, HoursError> {
        if hours.is_nan() {
            return Err(HoursError::Unreadable("NaN".to_owned()));
        }
        if hours < 0.0 {
            return Err(HoursError::Negative);
        }
        let minutes = (hours * 60.0).round();
        if minutes > f64::from(most.0) {
            return Err(HoursError::TooMany(most.0 / 60));
        }
        Ok(Self(minutes as u32))
    }

    /// Hundredths of an hour, to the nearest: what JSON and cells show.
    #[must_use]
    pub const fn hundredths(self) -> u64 {
        (self.0 as u64 * 100 + 30) / 60
    }

    /// Whole hours with a space between thousands, for sums that people read at a glance: `12 480`.
    #[must_use]
    pub fn rounded(self) -> String {
        grouped((self.0 + 30) / 60)
    }

    /// Hours as `Display` writes them, with a thin space between thousands: `1 268.8`.
    #[must_use]
    pub fn spaced(self) -> String {
        let plain = self.to_string();
        let (_, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
        format!("{}{rest}", grouped(self.0 / 60))
    }

    /// This less `other`, or nothing left.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// `12480` as `12 480`, with a narrow space that does not break.
#[must_use]
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// `7:30` in minutes.
fn clock(hours: &str, minutes: &str) -> Option<u64> {
    if minutes.len() != 2 || hours.is_empty() || hours.len() > 7 {
        return None;
    }
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    (minutes < 60).then_some(hours * 60 + minutes)
}

/// `7`, `7.5`, `7,5`, `.5` in minutes, to the nearest.
fn decimal(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    if (whole.is_empty() && fraction.is_empty()) || whole.len() > 9 || fraction.len() > 9 {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { digits(whole)? };
    let part = if fraction.is_empty() { 0 } else { digits(fraction)? };
    let scale = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    Some(whole * 60 + (part * 60 * 2 + scale) / (2 * scale))
}

fn digits(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

impl fmt::Display for Minutes {
    /// Hours with at most two places: `7`, `7.5`, `7.33`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.hundredths();
        let (whole, part) = (hundredths / 100, hundredths % 100);
        if part == 0 {
            write!(out, "{whole}")
        } else if part.is_multiple_of(10) {
            write!(out, "{whole}.{}", part / 10)
        } else {
            write!(out, "{whole}.{part:02}")
        }
    }
}

impl Serialize for Minutes {
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "JSON has one kind of number; hundredths below 2^53 divide to the shortest decimal"
    )]
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let hundredths = self.hundredths();
        if hundredths.is_multiple_of(100) {
            to.serialize_u64(hundredths / 100)
        } else {
            to.serialize_f64(hundredths as f64 / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Minutes {
    /// Reads decimal hours, as a number or as a person types them, up to a budget's size.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Hours {
            Number(f64),
            Text(String),
        }
        match Hours::deserialize(from).map_err(|_| serde::de::Error::custom("hours must be a number"))? {
            Hours::Number(hours) => Self::from_decimal_hours(hours, Self::BUDGET),
            Hours::Text(text) => Self::parse_hours(&text, Self::BUDGET),
        }
        .map_err(serde::de::Error::custom)
    }
}

impl Add for Minutes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Minutes {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Minutes {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<u32, HoursError> {
        Minutes::parse_hours(text, Minutes::WEEK).map(|minutes| minutes.0)
    }

    #[test]
    fn hours_read_as_people_type_them() {
        for (text, minutes) in [
            ("7", 420),
            ("7.5", 450),
            ("7,5", 450),
            ("7:30", 450),
            (" 8 h ", 480),
            ("", 0),
            ("  ", 0),
            (".5", 30),
            ("7.", 420),
            ("7.33", 440),
            ("0", 0),
            ("-0", 0),
            ("168", 10_080),
            ("168:00", 10_080),
            ("16,5", 990),
        ] {
            assert_eq!(read(text), Ok(minutes), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_hours_says_why() {
        for text in [
            "eight", "NaN", "inf", "1e3", "7:3", "7:60", "1:2:3", "h", ",", "1.2.3", "٧", "=1+1", "7 30",
        ] {
            assert!(matches!(read(text), Err(HoursError::Unreadable(_))), "{text:?}");
        }
        assert_eq!(read("-4"), Err(HoursError::Negative));
        for text in ["168.1", "200", "99999999999", "168:01"] {
            assert!(
                matches!(
                    read(text),
                    Err(HoursError::TooMany(168) | HoursError::Unreadable(_))
                ),
                "{text:?}"
            );
        }
        assert_eq!(read("200"), Err(HoursError::TooMany(168)));
    }

    #[test]
    fn floats_become_minutes_or_a_reason() {
        assert_eq!(Minutes::from_decimal_hours(16.5, Minutes::WEEK), Ok(Minutes(990)));
        assert!(Minutes::from_decimal_hours(f64::NAN, Minutes::WEEK).is_err());
        assert!(Minutes::from_decimal_hours(f64::INFINITY, Minutes::WEEK).is_err());
        assert_eq!(
            Minutes::from_decimal_hours(-0.5, Minutes::WEEK),
            Err(HoursError::Negative)
        );
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(Minutes::from_hours(12_480).rounded(), "12\u{202f}480");
        assert_eq!(Minutes(76_128).spaced(), "1\u{202f}268.8");
        assert_eq!(Minutes(420).spaced(), "7");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000_000), "1\u{202f}000\u{202f}000");
    }

    proptest! {
        #[test]
        fn what_a_cell_shows_types_back_to_the_same_minute(minutes in 0_u32..=10_080) {
            prop_assert_eq!(read(&Minutes(minutes).to_string()), Ok(minutes));
        }

        #[test]
        fn json_gives_the_same_minutes_back(minutes in 0_u32..=10_080) {
            let json = serde_json::to_string(&Minutes(minutes)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Minutes>(&json).unwrap(), Minutes(minutes));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC*") {
            let _ = read(&text);
        }
    }
}

//! Points, exact to a hundredth.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Story points in hundredths, so that a half stays a half. The database and JSON decks hold the hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(i32);

/// What one takes at most: nobody estimates more in one story, and sums of them stay far from any limit.
const MOST: i32 = 1_000_000;
const WANTED: &str = "must be a number of points from 0 to 10000, such as 5 or 0.5";

impl Points {
    /// ½
    pub const HALF: Self = Self(50);

    /// So many whole points.
    #[must_use]
    pub const fn whole(points: i32) -> Self {
        Self(points.saturating_mul(100))
    }

    /// From hundredths.
    #[must_use]
    pub const fn hundredths(hundredths: i32) -> Self {
        Self(hundredths)
    }

    /// In hundredths.
    #[must_use]
    pub const fn as_hundredths(self) -> i32 {
        self.0
    }

    /// As it stands on a card: `½`, `13`, `2.5`.
    #[must_use]
    pub fn label(self) -> String {
        if self == Self::HALF {
            "½".to_owned()
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for Points {
    /// `13`, `0.5`, `2.25`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match (rest, rest % 10) {
            (0, _) => write!(out, "{whole}"),
            (_, 0) => write!(out, "{whole}.{}", rest / 10),
            _ => write!(out, "{whole}.{rest:02}"),
        }
    }
}

impl FromStr for Points {
    type Err = &'static str;

    /// Reads `5`, `0.5`, `0,5` and `½`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text == "½" {
            return Ok(Self::HALF);
        }
        let (whole, rest) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 6 || rest.len() > 2 || !digits(whole) || !digits(rest) {
            return Err(WANTED);
        }
        let whole: i32 = whole.parse().map_err(|_| WANTED)?;
        let rest: i32 = format!("{rest:0<2}").parse().map_err(|_| WANTED)?;
        let hundredths = whole.saturating_mul(100).saturating_add(rest);
        (hundredths <= MOST).then_some(Self(hundredths)).ok_or(WANTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_as_they_are_typed_and_written_short() {
        for (typed, hundredths, written) in [
            ("5", 500, "5"),
            ("0.5", 50, "0.5"),
            ("0,5", 50, "0.5"),
            ("½", 50, "0.5"),
            (" 2.25 ", 225, "2.25"),
            ("10000", 1_000_000, "10000"),
        ] {
            let points: Points = typed.parse().unwrap();
            assert_eq!(
                (points.as_hundredths(), points.to_string().as_str()),
                (hundredths, written),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_number_of_points_is_refused() {
        for typed in [
            "",
            ".",
            ".5",
            "-1",
            "1e3",
            "1.234",
            "10001",
            "99999999999999999999",
            "five",
            "?",
        ] {
            assert!(typed.parse::<Points>().is_err(), "{typed}");
        }
    }
}

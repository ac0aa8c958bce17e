//! Shares with one place after the point, counted in whole tenths.

use std::fmt;

use serde::{Serialize, Serializer};

/// Tenths of a percent: 214 is 21.4 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(pub u32);

impl Tenths {
    /// `part` of `whole` in percent, to the nearest tenth; nothing where there is no whole.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        let tenths = (part.checked_mul(2_000)?.checked_add(whole)?).checked_div(whole.checked_mul(2)?)?;
        Some(Self(u32::try_from(tenths).unwrap_or(u32::MAX)))
    }

    /// As the one kind of number that JSON and workbooks have.
    #[must_use]
    #[expect(
        clippy::float_arithmetic,
        reason = "a tenth of a whole number divides to the shortest decimal, and goes no further than a file"
    )]
    pub fn decimal(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl fmt::Display for Tenths {
    /// `21.4`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_to_the_nearest_tenth() {
        for (part, whole, shown) in [
            (15, 70, "21.4"),
            (20, 70, "28.6"),
            (30, 90, "33.3"),
            (40, 36, "111.1"),
            (32, 36, "88.9"),
            (1, 2_000, "0.1"),
            (0, 70, "0.0"),
        ] {
            assert_eq!(
                Tenths::of(part, whole).unwrap().to_string(),
                shown,
                "{part}/{whole}"
            );
        }
        assert_eq!(Tenths::of(1, 0), None);
        assert_eq!(serde_json::to_string(&Tenths(214)).unwrap(), "21.4");
    }
}

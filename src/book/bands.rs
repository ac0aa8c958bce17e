//! From how much somebody carries to the colour that shows it.

use crate::units::Minutes;

/// What the band limits are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BandUnit {
    /// Percent of the week's capacity.
    #[default]
    Percent,
    /// Hours, whatever the capacity.
    Hours,
}

/// Where a load cell changes its colour. Each band holds its lower limit and ends just before the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    /// What the limits count.
    pub unit: BandUnit,
    /// Four rising limits.
    pub limits: [u32; 4],
}

impl Default for Bands {
    fn default() -> Self {
        Self {
            unit: BandUnit::Percent,
            limits: [70, 85, 100, 115],
        }
    }
}

/// How full a week is, from nothing booked to far over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Load {
    /// Nothing booked.
    Empty,
    /// Below the first limit.
    Light,
    /// From the first limit to below the second.
    Good,
    /// From the second limit up to and including what fits.
    Full,
    /// More than fits.
    Over,
    /// Beyond the last limit.
    Burning,
}

impl Load {
    /// The class that paints it: `u0` to `u5`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Empty => "u0",
            Self::Light => "u1",
            Self::Good => "u2",
            Self::Full => "u3",
            Self::Over => "u4",
            Self::Burning => "u5",
        }
    }
}

impl Bands {
    /// The band of `booked` against `capacity`.
    ///
    /// Over means strictly more than the third limit, so that exactly full is full; hours on no capacity are over by
    /// any measure.
    #[must_use]
    pub fn load(&self, booked: Minutes, capacity: Minutes) -> Load {
        if booked.0 == 0 {
            return Load::Empty;
        }
        // Compared as products, so that nothing is rounded: booked/capacity ≥ limit/100.
        let (amount, unit) = match self.unit {
            BandUnit::Percent if capacity.0 == 0 => return Load::Burning,
            BandUnit::Percent => (u64::from(booked.0) * 100, u64::from(capacity.0)),
            BandUnit::Hours => (u64::from(booked.0), 60),
        };
        let [light, good, full, over] = self.limits.map(|limit| u64::from(limit) * unit);
        if amount < light {
            Load::Light
        } else if amount < good {
            Load::Good
        } else if amount <= full {
            Load::Full
        } else if amount <= over {
            Load::Over
        } else {
            Load::Burning
        }
    }
}

/// `booked` as a whole percentage of `capacity`, to the nearest; nothing where there is no capacity.
#[must_use]
pub fn percent(booked: Minutes, capacity: Minutes) -> Option<u32> {
    let (booked, capacity) = (u64::from(booked.0), u64::from(capacity.0));
    (capacity > 0).then(|| u32::try_from((booked * 200 + capacity) / (2 * capacity)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_half_open_and_exactly_full_is_not_over() {
        let bands = Bands::default();
        let load = |booked: u32, capacity: u32| bands.load(Minutes(booked), Minutes(capacity));
        for (booked, expected) in [
            (0, Load::Empty),
            (1, Load::Light),
            (699, Load::Light),
            (700, Load::Good),
            (849, Load::Good),
            (850, Load::Full),
            (1_000, Load::Full),
            (1_001, Load::Over),
            (1_150, Load::Over),
            (1_151, Load::Burning),
        ] {
            assert_eq!(load(booked, 1_000), expected, "{booked}");
        }
        assert_eq!(load(1, 0), Load::Burning);
        assert_eq!(load(0, 0), Load::Empty);
    }

    #[test]
    fn hours_can_be_counted_whatever_the_capacity() {
        let bands = Bands {
            unit: BandUnit::Hours,
            limits: [30, 36, 40, 45],
        };
        for (hours, expected) in [
            (29, Load::Light),
            (30, Load::Good),
            (36, Load::Full),
            (40, Load::Full),
            (41, Load::Over),
            (46, Load::Burning),
        ] {
            assert_eq!(
                bands.load(Minutes::from_hours(hours), Minutes(0)),
                expected,
                "{hours}"
            );
        }
    }

    #[test]
    fn percent_is_to_the_nearest() {
        assert_eq!(percent(Minutes(1), Minutes(3)), Some(33));
        assert_eq!(percent(Minutes(2), Minutes(3)), Some(67));
        assert_eq!(percent(Minutes(1), Minutes(0)), None);
    }
}

//! Charts drawn on the server. The same shapes stand on a page, where the style sheet paints them, and in a file for a
//! slide, where their own attributes do.

mod areas;
mod bars;
mod picture;

use crate::units::Minutes;

pub use areas::{Areas, Layer, areas};
pub use bars::{Bar, bars};
pub use picture::{AREAS, BARS, Legend, picture};

/// How many lines stand over the foot line.
const LINES: u32 = 4;

/// Where the drawing of a chart lies, in units of its picture.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its left edge, right of the numbers of the scale.
    pub left: u32,
    /// Its right edge.
    pub right: u32,
    /// Its upper edge.
    pub top: u32,
    /// Its foot line.
    pub bottom: u32,
}

/// How something is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// What is agreed.
    Confirmed,
    /// What nobody fills yet.
    Open,
    /// What may come: hatched.
    Tentative,
    /// A band of load, `u0` to `u5`.
    Load(&'static str),
}

impl Paint {
    /// By which the style sheet knows it.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Open => "second",
            Self::Tentative => "tentative",
            Self::Load(class) => class,
        }
    }

    /// Its colour in a file: that of the light theme.
    #[must_use]
    pub fn fill(self) -> &'static str {
        match self {
            Self::Confirmed | Self::Load("u3") => "#58b8c6",
            Self::Open | Self::Load("u2") => "#a5dbe3",
            Self::Tentative => "url(#hatch)",
            Self::Load("u4") => "#e79a2b",
            Self::Load("u5") => "#cb4337",
            Self::Load(_) => "#8fcbd6",
        }
    }
}

/// A scale from minutes to the height of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    place: Place,
    points: u32,
    /// Hours from one line to the next.
    step: u32,
}

impl Scale {
    /// A scale for `points` values beside each other, of which the largest is `tallest`.
    #[must_use]
    pub fn new(place: Place, points: usize, tallest: Minutes) -> Self {
        Self {
            place,
            points: u32::try_from(points).unwrap_or(u32::MAX).max(1),
            step: round_step((tallest.0 / 60) / LINES + 1),
        }
    }

    /// Where point `index` stands, in tenths of a unit of the picture.
    #[must_use]
    pub fn x(&self, index: u32) -> u32 {
        let steps = self.points.saturating_sub(1).max(1);
        let Place { left, right, .. } = self.place;
        left * 10 + (right - left) * 10 * index.min(steps) / steps
    }

    /// How high `minutes` stand, in tenths of a unit of the picture.
    #[must_use]
    pub fn y(&self, minutes: Minutes) -> u32 {
        let Place { top, bottom, .. } = self.place;
        let most = u64::from(self.step) * 60 * u64::from(LINES);
        let height = u64::from((bottom - top) * 10) * u64::from(minutes.0) / most.max(1);
        bottom * 10 - u32::try_from(height).unwrap_or(0).min((bottom - top) * 10)
    }

    /// The hours at which lines stand, from the foot line up.
    pub fn lines(&self) -> impl Iterator<Item = u32> + use<> {
        let step = self.step;
        (0..=LINES).map(move |line| line * step)
    }
}

/// The next larger of 1, 2, 2.5, 3, 3.5, 4, 5, 7.5 times a power of ten, so that the axis has numbers that people count in.
fn round_step(least: u32) -> u32 {
    let mut unit = 1;
    while unit * 100 < least * 10 {
        unit *= 10;
    }
    [10, 20, 25, 30, 35, 40, 50, 75, 100]
        .into_iter()
        .map(|tenths| (unit * tenths).div_ceil(10))
        .find(|step| *step >= least)
        .unwrap_or(unit * 10)
}

/// Tenths as a number with one place.
#[must_use]
pub fn tenths(number: u32) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// The points of a line, to stand after `M` in a path.
fn line(scale: &Scale, values: impl Iterator<Item = (u32, Minutes)>) -> String {
    let points: Vec<String> = values
        .map(|(index, minutes)| format!("{},{}", tenths(scale.x(index)), tenths(scale.y(minutes))))
        .collect();
    points.join(" L")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_counts_in_round_numbers() {
        for (least, expected) in [
            (1, 1),
            (6, 8),
            (11, 20),
            (26, 30),
            (31, 35),
            (260, 300),
            (1_260, 2_000),
        ] {
            assert_eq!(round_step(least), expected, "{least}");
        }
    }

    #[test]
    fn the_largest_value_stays_inside_the_picture() {
        for hours in [0, 1, 39, 40, 1_260, 400_000] {
            let tallest = Minutes::from_hours(hours);
            let scale = Scale::new(AREAS, 2, tallest);
            assert!(scale.y(tallest) >= AREAS.top * 10, "{hours}");
            assert!(scale.step * LINES >= hours, "{hours}");
        }
    }
}

//! A colour as the team picks it for a project or status.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of twelve hues that stay apart from each other and from the page in light and dark.
///
/// The page's policy forbids styles on elements, so a colour is a class: `hue-3`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(u8);

const NAMES: [&str; 12] = [
    "teal", "violet", "orange", "blue", "green", "rose", "amber", "indigo", "lime", "sky", "plum", "slate",
];

/// A text that names none of the twelve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not one of the colours of the list")]
pub struct UnknownColour;

impl Colour {
    /// All twelve, in the order of the picker.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..12).map(Self)
    }

    /// A colour that is always the same for the same number.
    #[must_use]
    pub fn nth(number: i64) -> Self {
        Self(u8::try_from(number.rem_euclid(12)).unwrap_or(0))
    }

    /// Its name: `teal`.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or("slate")
    }

    /// The class that paints it: `hue-0`.
    #[must_use]
    pub fn class(self) -> String {
        format!("hue-{}", self.0)
    }
}

impl FromStr for Colour {
    type Err = UnknownColour;

    fn from_str(text: &str) -> Result<Self, UnknownColour> {
        let index = NAMES
            .iter()
            .position(|name| *name == text.trim())
            .ok_or(UnknownColour)?;
        u8::try_from(index).map(Self).map_err(|_| UnknownColour)
    }
}

impl TryFrom<String> for Colour {
    type Error = UnknownColour;

    fn try_from(text: String) -> Result<Self, UnknownColour> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.name().to_owned()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(out)
    }
}

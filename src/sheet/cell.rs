//! One cell of a table, whichever file it came from or goes to.

use crate::units::{Day, Minutes};

/// One cell. What a column means is decided later; here is only what the file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing, or nothing but spaces.
    #[default]
    Empty,
    /// Text that is meant as text.
    Text(String),
    /// Text of a CSV file that a spreadsheet program would run as a formula: it begins with `=`, `+` or `@`
    /// and has no apostrophe before it. Refused in columns of names; a telephone number may begin so.
    Formula(String),
    /// A number.
    Number(f64),
    /// A number that the workbook shows as a percentage: 0.35 for 35 %.
    Percent(f64),
    /// A day; a time of the day is dropped.
    Date(Day),
    /// A duration, as `[h]:mm` cells hold, or hours to be written.
    Hours(Minutes),
    /// Yes or no.
    Bool(bool),
    /// A cell that holds no value but a reason for that: `#REF!`, or a formula that was never calculated.
    Fault(String),
}

impl Cell {
    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// A text cell, or an empty one for blank text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }

    /// What a person would read in the cell, for samples, messages and names that look like numbers.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Formula(text) | Self::Fault(text) => text.trim().to_owned(),
            Self::Number(number) => plain(*number),
            Self::Percent(share) => format!("{share}"),
            Self::Date(day) => day.to_string(),
            Self::Hours(minutes) => minutes.to_string(),
            Self::Bool(true) => "yes".to_owned(),
            Self::Bool(false) => "no".to_owned(),
        }
    }
}

/// `1000` for the float 1000.0: a project number that a workbook keeps as a number has no point in it.
fn plain(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

/// Whether a spreadsheet program could run the text as a formula, with or without spaces and apostrophes
/// before it. Those that have apostrophes already get one more, so that exactly one can be taken off again.
#[must_use]
pub fn needs_apostrophe(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    let first = text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace());
    bare.starts_with(['\t', '\r']) || first.starts_with(['=', '+', '-', '@'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_a_name_has_no_point() {
        assert_eq!(Cell::Number(1000.0).shown(), "1000");
        assert_eq!(Cell::Number(7.5).shown(), "7.5");
        assert_eq!(Cell::Number(-0.5).shown(), "-0.5");
    }
}

//! What somebody types into a search: words, load words, AND, OR, NOT, quotes and brackets.
//!
//! Words that stand side by side must all hold. OR binds closer than that, so that `engineer harbour OR quay` asks for
//! engineers at either. Operators are written in capitals; anything that makes no sense as one is taken as a word, so that
//! no text is ever refused.

mod load;
mod parse;
#[cfg(test)]
mod tests;

pub use load::{Clause, Measure};

use super::Bands;
use super::utilisation::PersonWeek;

/// A search as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchQuery {
    /// All of these; none of them asks for nothing, and everything fits.
    All(Vec<Self>),
    /// One of these at least.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A folded text that must be found.
    Word(String),
    /// Clauses that must all hold in one and the same week.
    Load {
        /// The clauses.
        clauses: Vec<Clause>,
        /// How it was written, folded, for where there are no weeks to look at.
        text: String,
    },
}

/// What a query is held against.
pub struct Searched<'a> {
    /// Everything that can be found in it, folded.
    pub text: &'a str,
    /// Its weeks; none where it has no load, and load words are words like others.
    pub weeks: Option<&'a dyn Fn() -> Vec<PersonWeek>>,
    /// How a week is measured.
    pub bands: Bands,
}

impl SearchQuery {
    /// Reads what was typed.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        parse::parse(text)
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Whether it holds for `subject`.
    #[must_use]
    pub fn fits(&self, subject: &Searched<'_>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.fits(subject)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(subject)),
            Self::Not(part) => !part.fits(subject),
            Self::Word(word) => subject.text.contains(word.as_str()),
            Self::Load { clauses, text } => match subject.weeks {
                Some(weeks) => weeks().iter().any(|week| fits_week(clauses, week, subject.bands)),
                None => text.split_whitespace().all(|word| subject.text.contains(word)),
            },
        }
    }

    /// Whether it asks for load anywhere.
    #[must_use]
    pub fn asks_for_load(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_load),
            Self::Not(part) => part.asks_for_load(),
            Self::Word(_) => false,
            Self::Load { .. } => true,
        }
    }

    /// The words that it hopes to find, for putting the best results first.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::words).collect(),
            Self::Not(_) | Self::Load { .. } => Vec::new(),
            Self::Word(word) => vec![word],
        }
    }
}

/// Every clause in this one week. A week in which somebody is away or not employed is no week to be free in.
fn fits_week(clauses: &[Clause], week: &PersonWeek, bands: Bands) -> bool {
    if week.booked.0 == 0 && week.capacity.0 == 0 {
        return false;
    }
    let load = bands.load(week.booked, week.capacity);
    clauses.iter().all(|clause| clause.holds(week.booked, load))
}

//! One search over everything: people, projects, clients, roles, departments, dates, and the pages themselves.
//!
//! What is typed is read by [`crate::book::SearchQuery`], here as in the lists, so that a search means the same everywhere.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;

use crate::db::{DbError, Tx};
use crate::units::ids::AccountId;

pub use rules::{Hit, Kind, Tag};

/// Lines that may fit what was typed, each with the words that it is held by.
pub type Lines = Vec<(String, Hit)>;

/// Something that the search looks through and the plan does not know: rooms right of it offer theirs, and whoever puts the
/// house together hands them in.
#[derive(Clone, Copy)]
pub struct Source {
    /// What it finds.
    pub kind: Kind,
    /// What an account may find by a text: the words of each line, and the line. What does not fit the text is left out after.
    pub find: fn(&Tx<'_>, AccountId, &str) -> Result<Lines, DbError>,
}

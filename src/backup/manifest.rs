//! What an archive says of itself. It comes first, so that the rest can be held against it while it is read.

use serde::{Deserialize, Serialize};

use crate::db::TableSum;

/// By which an archive is known as one of ours.
pub const FORMAT: &str = "ballast backup 1";

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Its name in the archive.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// By which an archive is known as one of ours.
    pub format: String,
    /// The version of the Ballast that made it.
    pub version: String,
    /// The schema of the database.
    pub schema: usize,
    /// The version of `SQLite`.
    pub sqlite: String,
    /// When it was made, in milliseconds since 1970.
    pub made_at: i64,
    /// Why: `scheduled`, `asked for`, `before a restore`.
    pub reason: String,
    /// Every file after this one, in their order.
    pub contents: Vec<Content>,
    /// Every table of the database.
    pub tables: Vec<TableSum>,
}

impl Manifest {
    /// How many rows there are in all.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

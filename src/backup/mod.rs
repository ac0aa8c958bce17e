//! Backups: the database, the key and the files of one moment in one archive that says what it holds.
//!
//! An archive has its final name only when it is whole and on the disk. Nothing is restored that was not read through
//! first, and what was there before stays beside it.

mod archive;
mod manifest;
mod restore;
mod retention;
mod shelf;

pub use archive::{make, verify};
pub use manifest::Manifest;
pub use restore::restore;
pub use retention::{Keep, kept};
pub use shelf::{Kept, moment, name_of, newest, prune, shelf};

/// Why a backup was not made, is not good, or was not restored.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The archive is not what it says, or none of ours.
    #[error("{0}")]
    Damaged(String),
    /// It cannot be done here, or not now.
    #[error("{0}")]
    Refused(String),
    /// The disk.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// What the machine says.
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] crate::db::DbError),
}

impl Fault {
    /// What the disk says of `what`.
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// The database, in a data directory and in an archive.
const DATABASE: &str = crate::db::Db::FILE;
/// The key that Ballast made for itself, in both.
const KEY: &str = crate::keys::FILE;

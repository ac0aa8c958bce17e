//! Backups: the database, the key and the files of one moment in one archive that says what it holds.
//!
//! An archive has its final name only when it is whole and on the disk. Nothing is restored that was not read through
//! first, and what was there before stays beside it.

mod archive;
mod lock;
mod manifest;
pub mod offsite;
mod private;
mod restore;
mod restored;
mod retention;
mod seal;
mod shelf;

use std::path::PathBuf;

pub use archive::{Making, make, verify};
pub use lock::{Restoring, lock, locked, unlock};
pub use manifest::Manifest;
pub use restore::{complete, is_a_copy, rehearse, restore, stage, step_back};
pub use restored::{Restored, aside, aside_in, last_restore, remember, restored, settle, sweep_asides};
pub use retention::{Keep, kept};
pub use seal::{Recipients, is_sealed};
pub use shelf::{
    Kept, all, check, foreign_name, free_moment, is_name, moment, name_of, newest, note, prune, remove, shelf,
};

/// How backups are made and kept.
#[derive(Clone)]
pub struct Settings {
    /// Which stay.
    pub keep: Keep,
    /// For whom they are encrypted.
    pub recipients: Recipients,
    /// The key with which the weekly test opens encrypted ones, where it is here at all.
    pub identity: Option<PathBuf>,
    /// Where copies go besides, if anywhere.
    pub place: Option<offsite::Place>,
}

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

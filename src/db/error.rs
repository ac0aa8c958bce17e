//! What can go wrong behind the door.

use std::path::PathBuf;

/// A fault of the database or of the way it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Too much waits already; try again shortly.
    #[error("the database has too much to do")]
    Busy,
    /// The disk has no room for the write.
    #[error("the disk is full")]
    Full,
    /// Something that must be unique is there already, or something it refers to is not.
    #[error("a constraint of the schema refused it: {0}")]
    Constraint(String),
    /// A value in the file is not of the kind that the program expects.
    #[error("column {column} holds {found}, not {expected}")]
    Unexpected {
        /// Position of the column in the query.
        column: usize,
        /// What was expected.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Another process has the data directory.
    #[error("another Ballast is using {0}; stop it first, or give this one its own DATA_DIR")]
    Locked(Holder),
    /// The file is not one that this program may write to.
    #[error("{0}")]
    Refused(String),
    /// What is there cannot be used as a database, and is left as it is.
    #[error("{0}")]
    Unusable(String),
    /// The schema is older, and is not brought up to date by itself here.
    #[error("{0}")]
    Outdated(String),
    /// The disk has no room for what was to be done; nothing was begun.
    #[error("{0}")]
    NoRoom(String),
    /// A backup is being restored: nothing may be written until it is done.
    #[error("a backup is being restored, and nothing is changed meanwhile")]
    ReadOnly,
    /// Who asked may not change one of the rows; why, for them to read.
    #[error("{0}")]
    Forbidden(String),
    /// Another request under the same key has been done, or is being done.
    #[error("a request under this key is done already")]
    Repeated,
    /// The closure panicked; its savepoint was rolled back.
    #[error("the work on the database panicked")]
    Panicked,
    /// The thread that should answer is gone: the process is stopping.
    #[error("the database is closing")]
    Closed,
    /// Anything else the engine says.
    #[error("the database said: {0}")]
    Engine(#[source] rusqlite::Error),
    /// The file system.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::OperationInterrupted) => Self::Busy,
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Constraint(error.to_string()),
            _ => Self::Engine(error),
        }
    }
}

impl DbError {
    /// An error of the file system with what was attempted.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// Whose a data directory is.
#[derive(Debug)]
pub struct Holder {
    pub(super) directory: PathBuf,
    /// Who has it, as the end of a sentence; blank where that is not known.
    pub(super) owner: String,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.directory.display(), self.owner)
    }
}

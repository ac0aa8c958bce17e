//! How a command ends.

use std::io::Write as _;
use std::process::ExitCode;

use crate::db::DbError;

/// The command line was wrong.
pub const USAGE: u8 = 64;
/// What was given, or what is kept, cannot be used.
pub const DATA: u8 = 65;
/// The schema is older than this program and waits to be brought up to date.
const OUTDATED: u8 = 3;
const UNAVAILABLE: u8 = 69;
const TRY_AGAIN: u8 = 75;
const CONFIGURATION: u8 = 78;

/// Why a command ends without having done its work.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    /// The command line was wrong.
    pub fn usage(text: impl Into<String>) -> Self {
        Self {
            code: USAGE,
            text: text.into(),
        }
    }

    /// The data is.
    pub fn data(text: impl Into<String>) -> Self {
        Self {
            code: DATA,
            text: text.into(),
        }
    }

    /// Something that is needed is not there.
    pub fn unavailable(text: impl Into<String>) -> Self {
        Self {
            code: UNAVAILABLE,
            text: text.into(),
        }
    }

    /// Too much waits; the same may work in a moment.
    pub fn try_again(text: impl Into<String>) -> Self {
        Self {
            code: TRY_AGAIN,
            text: text.into(),
        }
    }

    /// Settings are wrong: all of them.
    pub fn configuration(faults: &[String]) -> Self {
        Self {
            code: CONFIGURATION,
            text: faults.join("\n"),
        }
    }

    /// Prints the text and gives the code.
    pub fn tell(self) -> ExitCode {
        let _ = writeln!(std::io::stderr(), "ballast: {}", self.text);
        ExitCode::from(self.code)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        let code = match &error {
            DbError::Locked(_) | DbError::Busy | DbError::ReadOnly => TRY_AGAIN,
            DbError::Outdated(_) => OUTDATED,
            DbError::Refused(_) | DbError::Forbidden(_) => CONFIGURATION,
            DbError::Unusable(_)
            | DbError::Unexpected { .. }
            | DbError::Constraint(_)
            | DbError::Repeated => DATA,
            DbError::Full
            | DbError::NoRoom(_)
            | DbError::Panicked
            | DbError::Closed
            | DbError::Engine(_)
            | DbError::Io { .. } => UNAVAILABLE,
        };
        Self {
            code,
            text: error.to_string(),
        }
    }
}

/// Prints a line, or says that standard output is closed.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::unavailable(format!("cannot print: {error}")))
}

/// Says something beside what is printed, for whoever watches.
pub fn remark(text: &str) {
    // Nobody may be watching.
    let _ = writeln!(std::io::stderr(), "ballast: {text}");
}

//! The note that a restore is under way. As long as it is there nothing is written, also after the process was killed.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Fault;

/// What is being restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Restoring {
    /// The archive, by its name on the shelf.
    pub archive: String,
    /// Who asked for it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

fn path(directory: &Path) -> PathBuf {
    directory.join(".restore.lock")
}

/// Says that it is under way.
///
/// # Errors
/// `Refused` where one is already.
pub fn lock(directory: &Path, restoring: &Restoring) -> Result<(), Fault> {
    use std::io::Write as _;
    let text = serde_json::to_vec(restoring).map_err(|error| Fault::Refused(error.to_string()))?;
    let made = fs::File::create_new(path(directory));
    match made {
        Ok(mut file) => file
            .write_all(&text)
            .and_then(|()| file.sync_all())
            .map_err(Fault::io("locking for the restore")),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Fault::Refused("a backup is being restored already".to_owned()))
        }
        Err(error) => Err(Fault::io("locking for the restore")(error)),
    }
}

/// What is under way, if anything is. A note that cannot be read stands for a restore of nothing.
#[must_use]
pub fn locked(directory: &Path) -> Option<Restoring> {
    let text = fs::read(path(directory)).ok()?;
    Some(serde_json::from_slice(&text).unwrap_or(Restoring {
        archive: String::new(),
        by: String::new(),
        at: 0,
    }))
}

/// It is over, one way or the other.
///
/// # Errors
/// Where the note cannot be removed.
pub fn unlock(directory: &Path) -> Result<(), Fault> {
    match fs::remove_file(path(directory)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Fault::io("unlocking after the restore")(error))
        }
        _ => Ok(()),
    }
}

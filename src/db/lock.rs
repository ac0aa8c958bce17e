//! One process per data directory.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::DbError;

/// Holds an advisory lock on `ballast.lock` in the data directory until dropped, or until the process ends.
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock, making the directory where it is missing.
    pub fn take(directory: &Path) -> Result<Self, DbError> {
        std::fs::create_dir_all(directory).map_err(DbError::io(format!(
            "making the data directory {}",
            directory.display()
        )))?;
        let path = directory.join("ballast.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(DbError::io(format!("opening {}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DbError::Locked(directory.to_owned())),
            Err(TryLockError::Error(source)) => {
                Err(DbError::io(format!("locking {}", path.display()))(source))
            }
        }
    }
}

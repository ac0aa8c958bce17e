//! One process per data directory.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::DbError;

/// How long before it is tried again.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Holds an advisory lock on `ballast.lock` in the data directory until dropped, or until the process ends.
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock, making the directory where it is missing.
    pub fn take(directory: &Path) -> Result<Self, DbError> {
        Self::take_within(directory, Duration::ZERO)
    }

    /// As `take`, waiting so long for another process to let go of it.
    pub fn take_within(directory: &Path, patience: Duration) -> Result<Self, DbError> {
        std::fs::create_dir_all(directory).map_err(DbError::io(format!(
            "making the data directory {}",
            directory.display()
        )))?;
        let path = directory.join("ballast.lock");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(DbError::io(format!("opening {}", path.display())))?;
        let until = Instant::now() + patience;
        let mut said = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    if !said {
                        tracing::warn!(owner = %owner(&path), "waiting for another Ballast to leave the data directory");
                        said = true;
                    }
                    std::thread::sleep(BETWEEN_TRIES);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(DbError::Locked(format!(
                        "{} ({})",
                        directory.display(),
                        owner(&path)
                    )));
                }
                Err(TryLockError::Error(source)) => {
                    return Err(DbError::io(format!("locking {}", path.display()))(source));
                }
            }
        }
        // For whoever finds it taken. That it cannot be written, as on a full disk, is no reason not to serve.
        let _ = file.set_len(0);
        let _ = write!(file, "process {} on {}", std::process::id(), host());
        Ok(Self { _file: file })
    }
}

/// What the file says of who has it.
fn owner(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    if text.is_empty() {
        "it does not say which one".to_owned()
    } else {
        text
    }
}

/// The name of this machine, or of the container.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "this machine" } else { name }.to_owned()
}

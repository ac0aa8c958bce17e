//! One process per data directory.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Seek as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::error::Holder;
use super::{DbError, ground};

const NAME: &str = "ballast.lock";
/// How often a lock that is waited for is tried.
const TRIED_EVERY: Duration = Duration::from_millis(50);

/// Holds an advisory lock on `ballast.lock` in the data directory until dropped, or until the process ends. The file says who
/// holds it.
pub struct DirectoryLock {
    file: File,
}

impl DirectoryLock {
    /// Takes the lock, making the directory where it is missing.
    pub fn take(directory: &Path) -> Result<Self, DbError> {
        Self::take_within(directory, Duration::ZERO)
    }

    /// Takes the lock as soon as whoever has it lets go of it, which is waited for no longer than `wait`.
    pub fn take_within(directory: &Path, wait: Duration) -> Result<Self, DbError> {
        std::fs::create_dir_all(directory).map_err(|error| not_ours(directory, "be made", error))?;
        ground::near(directory, directory)?;
        let path = directory.join(NAME);
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|error| not_ours(directory, "be written to", error))?;
        let until = Instant::now() + wait;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    if !told {
                        told = true;
                        let owner = holder(&path).unwrap_or_default();
                        tracing::info!(
                            seconds = wait.as_secs(),
                            "waiting for another Ballast to let go of the data{owner}"
                        );
                    }
                    std::thread::sleep(TRIED_EVERY);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(DbError::Locked(Holder {
                        directory: directory.to_owned(),
                        owner: holder(&path).unwrap_or_default(),
                    }));
                }
                Err(TryLockError::Error(source)) => {
                    return Err(DbError::io(format!("locking {}", path.display()))(source));
                }
            }
        }
        let lock = Self { file };
        lock.sign();
        Ok(lock)
    }

    /// Writes down who holds the lock. Where that fails, nobody can be named; the lock holds all the same.
    fn sign(&self) {
        let host = rustix::system::uname();
        let text = format!(
            "{} {} {}\n",
            std::process::id(),
            host.nodename().to_string_lossy(),
            env!("CARGO_PKG_VERSION")
        );
        let mut file = &self.file;
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.as_bytes()));
    }
}

/// Who holds the lock, as part of a sentence.
fn holder(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut parts = text.split_whitespace();
    let (id, host, version) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!(" (process {id} on {host}, version {version})"))
}

/// What is said of a directory that cannot be used: whose it is and who we are, since that is the reason most often.
fn not_ours(directory: &Path, what: &str, error: std::io::Error) -> DbError {
    let place = directory.display();
    let own = rustix::process::geteuid().as_raw();
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => DbError::Refused(format!(
            "{place} cannot {what}: the file system is mounted read-only; mount it for writing, or set DATA_DIR"
        )),
        ErrorKind::PermissionDenied => {
            let owner = std::fs::metadata(directory)
                .map(|there| {
                    format!(
                        " It belongs to user {} with mode {:o}.",
                        there.uid(),
                        there.mode() & 0o7777
                    )
                })
                .unwrap_or_default();
            DbError::Refused(format!(
                "{place} cannot {what} by user {own}, as whom Ballast runs.{owner} Try: chown -R {own} {place}"
            ))
        }
        _ => DbError::io(format!("the data directory {place} cannot {what}"))(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_second_hears_who_was_first_and_gets_it_when_they_are_gone() {
        let directory = tempfile::tempdir().unwrap();
        let first = DirectoryLock::take(directory.path()).unwrap();
        let refused = DirectoryLock::take(directory.path()).err().unwrap().to_string();
        assert!(
            refused.contains(&format!("process {}", std::process::id())),
            "{refused}"
        );
        let path = directory.path().to_owned();
        let second = std::thread::spawn(move || DirectoryLock::take_within(&path, Duration::from_mins(1)));
        drop(first);
        assert!(second.join().unwrap().is_ok());
    }
}

//! Where the bytes lie: `private/` in the data directory, which no address leads to.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use super::rules::{self, HEAD};
use crate::db;
use crate::error::{AppError, FieldError};
use crate::web::hex;

/// The folder in the data directory.
pub const FOLDER: &str = "private";
/// Where bytes are written until they are whole.
const ARRIVING: &str = "arriving";
/// How much of the disk stays free for the plan itself: a file that leaves less is not taken.
const KEPT_FREE: u64 = 256 << 20;

/// Bytes that lie on the shelf.
#[derive(Clone, Debug)]
pub struct Shelved {
    /// Under which name.
    pub name: String,
    /// How many.
    pub size: u64,
    /// Their hash, in hex.
    pub sha256: String,
    /// What they are.
    pub media_type: &'static str,
}

/// A file on its way in. What was not put on the shelf is removed.
pub struct Arriving {
    folder: PathBuf,
    name: String,
    label: String,
    file: File,
    hash: Sha256,
    head: Vec<u8>,
    size: u64,
    most: u64,
    done: bool,
}

impl Arriving {
    /// Begins to write a file that may have `most` bytes.
    ///
    /// # Errors
    /// `Full` where the disk would be.
    pub async fn begin(data: &Path, label: &str, most: u64) -> Result<Self, AppError> {
        let folder = data.join(FOLDER);
        let arriving = folder.join(ARRIVING);
        fs::create_dir_all(&arriving).await.map_err(failed)?;
        if db::free_space(&folder).is_some_and(|free| free < KEPT_FREE) {
            return Err(AppError::Full);
        }
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|error| AppError::Internal(error.to_string()))?;
        let name = hex(&random);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(arriving.join(&name))
            .await
            .map_err(failed)?;
        Ok(Self {
            folder,
            name,
            label: label.to_owned(),
            file,
            hash: Sha256::new(),
            head: Vec::new(),
            size: 0,
            most,
            done: false,
        })
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// `TooLarge` from the first byte that is too many on.
    pub async fn take(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > self.most {
            return Err(too_large(self.most));
        }
        let rest = HEAD.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(rest));
        self.hash.update(bytes);
        self.file.write_all(bytes).await.map_err(failed)
    }

    /// Puts the whole file on the shelf, as durable as what will refer to it.
    ///
    /// # Errors
    /// `Invalid` for a file that is not taken.
    pub async fn finish(mut self) -> Result<Shelved, AppError> {
        let media_type = rules::kind(&self.label, &self.head).map_err(|reason| {
            AppError::Invalid(vec![FieldError::new("file", format!("{} {reason}", self.label))])
        })?;
        self.file.flush().await.map_err(failed)?;
        self.file.sync_all().await.map_err(failed)?;
        let place = place(&self.folder, &self.name).ok_or(AppError::NotFound)?;
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).await.map_err(failed)?;
        }
        fs::rename(self.path(), &place).await.map_err(failed)?;
        self.done = true;
        for folder in place.ancestors().skip(1).take(2) {
            File::open(folder)
                .await
                .map_err(failed)?
                .sync_all()
                .await
                .map_err(failed)?;
        }
        Ok(Shelved {
            name: self.name.clone(),
            size: self.size,
            sha256: hex(self.hash.clone().finalize().iter()),
            media_type,
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join(ARRIVING).join(&self.name)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.done {
            // Where even that fails, the nightly sweep finds it.
            let _ = std::fs::remove_file(self.path());
        }
    }
}

/// What is told where a file has more than `most` bytes.
pub fn too_large(most: u64) -> AppError {
    AppError::TooLarge(format!("a file may have {}", rules::limit_text(most)))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over as they come"
)]
fn failed(error: io::Error) -> AppError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => AppError::Full,
        _ => AppError::Internal(format!("a file below {FOLDER}/: {error}")),
    }
}

/// Where the bytes of this name lie: in one of 256 folders. None for what is no name of ours.
fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_ours = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let first = name.get(..2).filter(|_| is_ours)?;
    Some(folder.join(first).join(name))
}

/// Opens bytes on the shelf; no link is followed.
///
/// # Errors
/// `NotFound` where they are gone.
pub async fn open(data: &Path, name: &str) -> Result<File, AppError> {
    let place = place(&data.join(FOLDER), name).ok_or(AppError::NotFound)?;
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(place)
        .await;
    opened.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => AppError::NotFound,
        _ => failed(error),
    })
}

/// Takes bytes off the shelf that nothing came to refer to.
pub async fn discard(data: &Path, name: &str) {
    if let Some(place) = place(&data.join(FOLDER), name) {
        // Where even that fails, the nightly sweep finds it.
        let _ = fs::remove_file(place).await;
    }
}

/// Removes every file below the folder that is not in `known` and, at `now`, older than `spared`: what a killed process left,
/// and what nothing refers to any more. Answers how many.
///
/// # Errors
/// Where the disk cannot be read or written.
pub fn sweep(data: &Path, known: &BTreeSet<String>, (now, spared): (i64, Duration)) -> io::Result<usize> {
    let folder = data.join(FOLDER);
    if !folder.exists() {
        return Ok(0);
    }
    let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(now).unwrap_or(0));
    let mut removed = 0;
    for inner in std::fs::read_dir(&folder)? {
        let inner = inner?;
        if !inner.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(inner.path())? {
            let file = file?;
            let age = now
                .duration_since(file.metadata()?.modified()?)
                .unwrap_or_default();
            let is_known = file.file_name().to_str().is_some_and(|name| known.contains(name));
            if !is_known && age > spared && file.file_type()?.is_file() {
                std::fs::remove_file(file.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_whole_lies_on_the_shelf_and_nothing_else_does() {
        let data = tempfile::tempdir().unwrap();
        let mut arriving = Arriving::begin(data.path(), "a.txt", 10).await.unwrap();
        arriving.take(b"hello ").await.unwrap();
        arriving.take(b"you").await.unwrap();
        let shelved = arriving.finish().await.unwrap();
        assert_eq!((shelved.size, shelved.media_type), (9, rules::TEXT));
        let there = std::fs::read(place(&data.path().join(FOLDER), &shelved.name).unwrap()).unwrap();
        assert_eq!(there, b"hello you");

        let mut large = Arriving::begin(data.path(), "a.txt", 10).await.unwrap();
        assert!(matches!(
            large.take(&[b'x'; 11]).await,
            Err(AppError::TooLarge(_))
        ));
        drop(large);
        let left = std::fs::read_dir(data.path().join(FOLDER).join(ARRIVING)).unwrap();
        assert_eq!(left.count(), 0);
    }

    #[tokio::test]
    async fn what_nothing_refers_to_is_swept_and_the_rest_stays() {
        let data = tempfile::tempdir().unwrap();
        let mut names = Vec::new();
        for _ in 0..2 {
            let arriving = Arriving::begin(data.path(), "a.txt", 10).await.unwrap();
            names.push(arriving.finish().await.unwrap().name);
        }
        let known = BTreeSet::from([names[0].clone()]);
        let (day, later) = (Duration::from_hours(24), 4_102_444_800_000);
        assert_eq!(sweep(data.path(), &known, (0, day)).unwrap(), 0);
        assert_eq!(sweep(data.path(), &known, (later, day)).unwrap(), 1);
        assert!(open(data.path(), &names[0]).await.is_ok());
        assert!(matches!(
            open(data.path(), &names[1]).await,
            Err(AppError::NotFound)
        ));
    }

    #[tokio::test]
    async fn only_names_of_ours_lead_anywhere() {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(data.path().join(FOLDER)).unwrap();
        for name in [
            "",
            "../secret.key",
            "..",
            "a/../../secret.key",
            "zz000000000000000000000000000000",
        ] {
            assert!(
                matches!(open(data.path(), name).await, Err(AppError::NotFound)),
                "{name}"
            );
        }
    }
}

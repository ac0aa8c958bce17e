//! What was put in place last, for whoever comes back after it, and what was there before.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Fault;
use super::shelf::{moment, read_moment};
use crate::db;

/// What became of a restore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Restored {
    /// The archive, by its name.
    pub archive: String,
    /// Who asked for it.
    pub by: String,
    /// The folder beside the archives in which lies what was there before.
    pub aside: Option<String>,
    /// When the server began with it, in milliseconds; 0 as long as none has.
    pub at: i64,
    /// Why it came to nothing, where it did.
    pub failed: Option<String>,
}

impl Restored {
    /// As the audit says it.
    #[must_use]
    pub fn words(&self) -> String {
        let by = if self.by.is_empty() {
            String::new()
        } else {
            format!(", by {}", self.by)
        };
        let aside = self.aside.as_ref().map(|aside| format!("; before: {aside}"));
        format!("{}{by}{}", self.archive, aside.unwrap_or_default())
    }
}

/// Says to the next start what was put in place: what was open when it was made must not be open again.
const RESTORED: &str = "restored";
/// The same for people, for as long as nothing else is restored.
const LAST: &str = "last-restore";

pub(super) fn mark(directory: &Path, restored: &Restored) -> Result<(), Fault> {
    write(&directory.join(RESTORED), restored)
}

fn write(path: &Path, restored: &Restored) -> Result<(), Fault> {
    let text = serde_json::to_vec(restored).map_err(|error| Fault::Refused(error.to_string()))?;
    fs::write(path, text).map_err(Fault::io("noting what was restored"))
}

/// What was put in place since the last start, if anything was.
#[must_use]
pub fn restored(directory: &Path) -> Option<Restored> {
    let text = fs::read_to_string(directory.join(RESTORED)).ok()?;
    // An earlier Ballast wrote the name alone.
    Some(serde_json::from_str(&text).unwrap_or(Restored {
        archive: text,
        ..Restored::default()
    }))
}

/// Says that what was open then is forgotten, and remembers for people what was put in place.
///
/// # Errors
/// Where a note cannot be written or removed.
pub fn settle(directory: &Path, restored: &Restored) -> Result<(), Fault> {
    remember(directory, restored)?;
    fs::remove_file(directory.join(RESTORED)).map_err(Fault::io("removing the note of what was restored"))
}

/// Remembers what became of a restore.
///
/// # Errors
/// Where the note cannot be written.
pub fn remember(directory: &Path, restored: &Restored) -> Result<(), Fault> {
    write(&directory.join(LAST), restored)
}

/// What became of the last restore, if there ever was one.
#[must_use]
pub fn last_restore(directory: &Path) -> Option<Restored> {
    serde_json::from_slice(&fs::read(directory.join(LAST)).ok()?).ok()
}

/// How the folders begin in which lies what was there before a restore.
const ASIDE: &str = "before-restore-";

/// The name of such a folder.
#[must_use]
pub fn aside(at: i64) -> String {
    format!("{ASIDE}{}", moment(at))
}

/// Where what was set aside under this name lies, if it still does.
#[must_use]
pub fn aside_in(directory: &Path, name: &str) -> Option<PathBuf> {
    let path = db::copies(directory).join(name);
    (name.starts_with(ASIDE) && path.is_dir()).then_some(path)
}

/// Removes what was set aside before `before`, in milliseconds; the newest stays whenever that was. Answers how many there were.
///
/// # Errors
/// Where one cannot be removed.
pub fn sweep_asides(directory: &Path, before: i64) -> Result<usize, Fault> {
    let Ok(entries) = fs::read_dir(db::copies(directory)) else {
        return Ok(0);
    };
    let mut all: Vec<(i64, PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((read_moment(name.strip_prefix(ASIDE)?)?, entry.path()))
        })
        .collect();
    all.sort();
    all.pop();
    let mut gone = 0;
    for (_, path) in all.iter().filter(|(at, _)| *at < before) {
        fs::remove_dir_all(path).map_err(Fault::io(format!("removing {}", path.display())))?;
        gone += 1;
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_aside_goes_after_its_time_and_the_newest_never() {
        let data = tempfile::tempdir().unwrap();
        let folder = db::copies(data.path());
        for name in [
            aside(1_000),
            aside(50_000),
            aside(90_000),
            "before-restore-once".to_owned(),
            "by-hand".to_owned(),
        ] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        assert_eq!(sweep_asides(data.path(), 50_000).unwrap(), 1);
        assert!(aside_in(data.path(), &aside(1_000)).is_none());
        assert_eq!(sweep_asides(data.path(), i64::MAX).unwrap(), 1);
        assert!(aside_in(data.path(), &aside(90_000)).is_some(), "the newest");
        assert!(folder.join("by-hand").exists() && folder.join("before-restore-once").exists());
        assert_eq!(sweep_asides(&data.path().join("nowhere"), 0).unwrap(), 0);
    }

    #[test]
    fn what_an_earlier_ballast_wrote_is_still_read() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(RESTORED), "ballast-x.tar.zst, by Ada").unwrap();
        let restored = restored(data.path()).unwrap();
        assert_eq!(restored.words(), "ballast-x.tar.zst, by Ada");
        settle(
            data.path(),
            &Restored {
                at: 7,
                ..restored.clone()
            },
        )
        .unwrap();
        assert_eq!(last_restore(data.path()), Some(Restored { at: 7, ..restored }));
        assert_eq!(super::restored(data.path()), None);
    }
}

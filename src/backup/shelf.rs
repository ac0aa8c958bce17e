//! The archives that there are.

use std::fs;
use std::path::{Path, PathBuf};

use super::Fault;
use super::archive::ENDING;
use super::retention::{Keep, kept};
use crate::db;
use crate::units::Day;

/// A moment as file names have it, in UTC: `2026-11-18-120000Z`.
#[must_use]
pub fn moment(milliseconds: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    at.strftime("%Y-%m-%d-%H%M%SZ").to_string()
}

/// The name of an archive made at a moment, without its ending.
#[must_use]
pub fn name_of(milliseconds: i64) -> String {
    format!("ballast-{}", moment(milliseconds))
}

/// An archive on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where it is.
    pub path: PathBuf,
    /// The day in its name.
    pub day: Day,
    /// How long it is.
    pub bytes: u64,
}

impl Kept {
    /// The moment in its name, in milliseconds.
    #[must_use]
    pub fn made_at(&self) -> Option<i64> {
        let name = self.path.file_name()?.to_str()?;
        let moment = name.strip_prefix("ballast-")?.strip_suffix(ENDING)?;
        let at = jiff::civil::DateTime::strptime("%Y-%m-%d-%H%M%SZ", moment).ok()?;
        Some(
            at.to_zoned(jiff::tz::TimeZone::UTC)
                .ok()?
                .timestamp()
                .as_millisecond(),
        )
    }
}

/// The archives below `directory` that were named by us, the oldest first.
///
/// # Errors
/// Where the folder is there and cannot be read.
pub fn shelf(directory: &Path) -> Result<Vec<Kept>, Fault> {
    let folder = db::copies(directory);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&folder).map_err(Fault::io(format!("reading {}", folder.display())))?;
    let mut all: Vec<Kept> = entries.flatten().filter_map(|entry| on_shelf(&entry)).collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(all)
}

/// `ballast-2026-11-18-120000Z.ballast.tar.zst`
fn on_shelf(entry: &fs::DirEntry) -> Option<Kept> {
    let name = entry.file_name().into_string().ok()?;
    let rest = name.strip_prefix("ballast-")?.strip_suffix(ENDING)?;
    Some(Kept {
        path: entry.path(),
        day: rest.get(..10)?.parse().ok()?,
        bytes: entry.metadata().ok()?.len(),
    })
}

/// The newest archive, if there is any.
///
/// # Errors
/// Where the folder is there and cannot be read.
pub fn newest(directory: &Path) -> Result<Option<Kept>, Fault> {
    Ok(shelf(directory)?.pop())
}

/// Throws away what need not be kept, and answers how many archives that were.
///
/// # Errors
/// Where one cannot be removed.
pub fn prune(directory: &Path, keep: Keep) -> Result<usize, Fault> {
    let all = shelf(directory)?;
    let days: Vec<Day> = all.iter().map(|one| one.day).collect();
    let stays = kept(&days, keep);
    let mut gone = 0;
    for (place, one) in all.iter().enumerate() {
        if !stays.contains(&place) {
            fs::remove_file(&one.path).map_err(Fault::io(format!("removing {}", one.path.display())))?;
            gone += 1;
        }
    }
    Ok(gone)
}

//! The archives that there are.

use std::fs;
use std::path::{Path, PathBuf};

use super::archive::{ENDING, SEALED};
use super::retention::{Keep, kept};
use super::{Fault, Manifest};
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

/// The first moment from `at` on under whose name no archive lies yet: none is ever written over by another.
#[must_use]
pub fn free_moment(directory: &Path, at: i64) -> i64 {
    let folder = db::copies(directory);
    let taken = |at: &i64| {
        let name = name_of(*at);
        [ENDING, SEALED]
            .iter()
            .any(|ending| folder.join(format!("{name}{ending}")).exists())
    };
    (0..3_600)
        .map(|seconds| at + 1_000 * seconds)
        .find(|at| !taken(at))
        .unwrap_or(at)
}

/// An archive on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The day in its name.
    pub day: Day,
    /// The moment in its name, in milliseconds.
    pub made_at: i64,
    /// How long it is.
    pub bytes: u64,
    /// When it was last read through, in milliseconds.
    pub verified_at: Option<i64>,
    /// Whether it came from outside, by an upload.
    pub foreign: bool,
}

/// How the names of archives begin that were made here.
const OWN: &str = "ballast-";
/// And of those that were uploaded. They are never thrown away by themselves, and never stand for one of ours.
const FOREIGN: &str = "uploaded-";

/// The archives below `directory` that were made here, the oldest first.
///
/// # Errors
/// Where the folder is there and cannot be read.
pub fn shelf(directory: &Path) -> Result<Vec<Kept>, Fault> {
    let mut own = all(directory)?;
    own.retain(|kept| !kept.foreign);
    Ok(own)
}

/// Those that were uploaded too.
///
/// # Errors
/// Where the folder is there and cannot be read.
pub fn all(directory: &Path) -> Result<Vec<Kept>, Fault> {
    let folder = db::copies(directory);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&folder).map_err(Fault::io(format!("reading {}", folder.display())))?;
    let mut all: Vec<Kept> = entries.flatten().filter_map(|entry| on_shelf(&entry)).collect();
    all.sort_by(|one, other| (one.made_at, &one.name).cmp(&(other.made_at, &other.name)));
    Ok(all)
}

/// Whether an archive of ours may have this name: `ballast-2026-11-18-120000Z.ballast.tar.zst`, with `.age` where it is encrypted.
#[must_use]
pub fn is_name(name: &str) -> bool {
    read_name(name).is_some()
}

/// The day and the moment in a name, and whether it came from outside.
fn read_name(name: &str) -> Option<(Day, i64, bool)> {
    let foreign = name.starts_with(FOREIGN);
    let rest = name.strip_prefix(if foreign { FOREIGN } else { OWN })?;
    let rest = rest.strip_suffix(ENDING).or_else(|| rest.strip_suffix(SEALED))?;
    let at = jiff::civil::DateTime::strptime("%Y-%m-%d-%H%M%SZ", rest).ok()?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some((rest.get(..10)?.parse().ok()?, at.as_millisecond(), foreign))
}

fn on_shelf(entry: &fs::DirEntry) -> Option<Kept> {
    let name = entry.file_name().into_string().ok()?;
    let (day, made_at, foreign) = read_name(&name)?;
    let verified = fs::read_to_string(note_of(&entry.path())).ok();
    Some(Kept {
        path: entry.path(),
        day,
        made_at,
        bytes: entry.metadata().ok()?.len(),
        verified_at: verified.and_then(|text| text.trim().parse().ok()),
        foreign,
        name,
    })
}

/// The name that an uploaded archive gets.
#[must_use]
pub fn foreign_name(milliseconds: i64, sealed: bool) -> String {
    let ending = if sealed { SEALED } else { ENDING };
    format!("{FOREIGN}{}{ending}", moment(milliseconds))
}

/// The note beside an archive that it was read through. It stands outside of the database, since it is asked for where that is
/// damaged.
fn note_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(db::VERIFIED);
    PathBuf::from(name)
}

/// Writes down that an archive was read through at a moment.
///
/// # Errors
/// Where that cannot be written.
pub fn note(path: &Path, at: i64) -> Result<(), Fault> {
    fs::write(note_of(path), format!("{at}\n")).map_err(Fault::io("noting that a backup is whole"))
}

/// Reads an archive of the shelf through as a restore would, and writes down what came of it.
///
/// # Errors
/// `Damaged`, with what is wrong; it is not counted as verified then.
pub fn check(path: &Path, identity: Option<&Path>, at: i64) -> Result<Manifest, Fault> {
    let read = super::verify(path, identity);
    match &read {
        Ok(_) => note(path, at)?,
        Err(Fault::Damaged(_)) => {
            let _ = fs::remove_file(note_of(path));
        }
        Err(_) => {}
    }
    read
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
            remove(one)?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Throws one away, and what was noted of it.
///
/// # Errors
/// Where it cannot be removed.
pub fn remove(one: &Kept) -> Result<(), Fault> {
    let _ = fs::remove_file(note_of(&one.path));
    fs::remove_file(&one.path).map_err(Fault::io(format!("removing {}", one.path.display())))
}

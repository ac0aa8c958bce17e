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
    format!("{OWN}{}", moment(milliseconds))
}

/// The first moment from `at` on under whose name no archive lies yet: none is ever written over by another.
#[must_use]
pub fn free_moment(directory: &Path, at: i64) -> i64 {
    free(directory, OWN, at)
}

fn free(directory: &Path, beginning: &str, at: i64) -> i64 {
    let folder = db::copies(directory);
    let taken = |at: &i64| {
        let name = format!("{beginning}{}", moment(*at));
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
    /// When it was made, in milliseconds: the moment in its name, or, of one from outside, what it says of itself.
    pub made_at: i64,
    /// The moment in its name, in milliseconds: of one from outside, when it came.
    pub named_at: i64,
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

/// What [`moment`] has written.
pub(super) fn read_moment(text: &str) -> Option<i64> {
    let at = jiff::civil::DateTime::strptime("%Y-%m-%d-%H%M%SZ", text).ok()?;
    Some(
        at.to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_millisecond(),
    )
}

/// The day and the moment in a name, and whether it came from outside.
fn read_name(name: &str) -> Option<(Day, i64, bool)> {
    let foreign = name.starts_with(FOREIGN);
    let rest = name.strip_prefix(if foreign { FOREIGN } else { OWN })?;
    let rest = rest.strip_suffix(ENDING).or_else(|| rest.strip_suffix(SEALED))?;
    Some((rest.get(..10)?.parse().ok()?, read_moment(rest)?, foreign))
}

fn on_shelf(entry: &fs::DirEntry) -> Option<Kept> {
    let name = entry.file_name().into_string().ok()?;
    let (day, named_at, foreign) = read_name(&name)?;
    let noted = fs::read_to_string(note_of(&entry.path())).unwrap_or_default();
    let mut noted = noted.lines().map(|line| line.trim().parse().ok());
    let verified_at = noted.next().flatten();
    Some(Kept {
        path: entry.path(),
        day,
        made_at: noted.next().flatten().filter(|_| foreign).unwrap_or(named_at),
        named_at,
        bytes: entry.metadata().ok()?.len(),
        verified_at,
        foreign,
        name,
    })
}

/// The name that an archive gets which is uploaded at a moment.
#[must_use]
pub fn foreign_name(directory: &Path, at: i64, sealed: bool) -> String {
    let ending = if sealed { SEALED } else { ENDING };
    format!("{FOREIGN}{}{ending}", moment(free(directory, FOREIGN, at)))
}

/// The note beside an archive that it was read through. It stands outside of the database, since it is asked for where that is
/// damaged.
fn note_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(db::VERIFIED);
    PathBuf::from(name)
}

/// Writes down that an archive was read through at a moment; of one from outside also when it was made, which its name does not
/// tell.
///
/// # Errors
/// Where that cannot be written.
pub fn note(path: &Path, at: i64, manifest: &Manifest) -> Result<(), Fault> {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let text = if name.is_some_and(|name| name.starts_with(FOREIGN)) {
        format!("{at}\n{}\n", manifest.made_at)
    } else {
        format!("{at}\n")
    };
    fs::write(note_of(path), text).map_err(Fault::io("noting that a backup is whole"))
}

/// Reads an archive of the shelf through as a restore would, and writes down what came of it.
///
/// # Errors
/// `Damaged`, with what is wrong; it is not counted as verified then.
pub fn check(path: &Path, identity: Option<&Path>, at: i64) -> Result<Manifest, Fault> {
    let read = super::verify(path, identity);
    match &read {
        Ok(manifest) => note(path, at, manifest)?,
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

//! What is there before anything is opened: a place where a database can be kept, and a file that is one of ours and whole.
//!
//! Whatever is refused here is left as it is, to the byte: it may be all that somebody has.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::DbError;
use super::migrate::{APPLICATION_ID, copies, marker};

/// Up to this size a file is looked through at every start, whatever time it takes; a larger one for [`LOOK`].
const SMALL: u64 = 8 * 1_048_576;
/// For how long a large file is looked through. The weekly restore test reads all of it.
const LOOK: Duration = Duration::from_millis(50);
/// What a header of `SQLite` begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// What is left free besides what is written, so that the log has room too.
const SPARE: u64 = 16 * 1_048_576;
/// By which a line of the marker is known that names the installation.
const NAMED: &str = "installation ";

/// File systems on which two machines may have a file open, where the locks and the shared memory of a log do not hold.
const FAR: [(i64, &str); 10] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x6573_5546, "FUSE"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0bd0_0bd0, "Lustre"),
];

/// Refuses a directory that belongs to somebody else, or that other machines may have open too.
pub(super) fn directory(directory: &Path) -> Result<(), DbError> {
    let there = directory
        .ancestors()
        .find(|path| path.exists())
        .unwrap_or(Path::new("."));
    near(directory, there)?;
    let Ok(found) = fs::metadata(directory) else {
        return Ok(());
    };
    if !found.is_dir() {
        return Err(DbError::Unusable(format!(
            "{} is no directory; DATA_DIR must name one",
            directory.display()
        )));
    }
    refuse_anothers(directory, &found, rustix::process::geteuid().as_raw())
}

/// Refuses a network file system: what is `there`, for `directory`.
#[cfg(target_os = "linux")]
pub(super) fn near(directory: &Path, there: &Path) -> Result<(), DbError> {
    // Where the system does not say what it is, the locks are tried and not guessed at.
    rustix::fs::statfs(there).map_or(Ok(()), |kind| {
        // Some kernels tell numbers of 32 bits with their sign.
        refuse_far(directory, kind.f_type & 0xffff_ffff)
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) const fn near(_: &Path, _: &Path) -> Result<(), DbError> {
    Ok(())
}

fn refuse_far(directory: &Path, kind: i64) -> Result<(), DbError> {
    match FAR.iter().find(|(known, _)| *known == kind) {
        Some((_, name)) => Err(DbError::Refused(format!(
            "{} is on a network file system ({name}), on which a database is damaged sooner or later; set DATA_DIR to a directory on a disk of this machine",
            directory.display()
        ))),
        None => Ok(()),
    }
}

/// Root could write there, and whoever runs the server next could not.
fn refuse_anothers(path: &Path, found: &Metadata, own: u32) -> Result<(), DbError> {
    if found.uid() == own {
        return Ok(());
    }
    Err(DbError::Refused(format!(
        "{} belongs to user {} and this is user {own}; run Ballast as its owner, or give it away: chown -R {own} {}",
        path.display(),
        found.uid(),
        path.display()
    )))
}

/// Refuses what is at `path` unless it is a database of ours that is whole, or nothing where nothing was.
pub(super) fn file(directory: &Path, path: &Path) -> Result<(), DbError> {
    let refused = |what: &str| Err(unusable(directory, path, what));
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return nothing(directory, path),
        Err(error) => return refused(&format!("cannot be looked at ({error})")),
    };
    if !found.is_file() {
        return refused("is no file");
    }
    refuse_anothers(path, &found, rustix::process::geteuid().as_raw())?;
    // Root may write to a file that says that nobody may; whoever said so meant it.
    if found.mode() & 0o200 == 0 || File::options().read(true).append(true).open(path).is_err() {
        return refused("may not be written to");
    }
    if found.len() == 0 {
        return nothing(directory, path);
    }
    header(directory, path, found.len())?;
    inside(directory, path, found.len())
}

/// An empty file passes every check of `SQLite` and would look like a new installation.
fn nothing(directory: &Path, path: &Path) -> Result<(), DbError> {
    if marker(directory).exists() || length(&log_of(path)) > 0 {
        let text = format!(
            "is missing or empty, though a database was here before (to begin anew, remove {})",
            marker(directory).display()
        );
        return Err(unusable(directory, path, &text));
    }
    Ok(())
}

/// What the first hundred bytes say. Where there is a log they may be older than the database is.
fn header(directory: &Path, path: &Path, length: u64) -> Result<(), DbError> {
    let refused = |what: &str| Err(unusable(directory, path, what));
    let mut bytes = [0_u8; 100];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut bytes));
    if read.is_err() || !bytes.starts_with(MAGIC) {
        return refused("is no database that can be read");
    }
    let number = |at: usize| -> u32 {
        let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
        four.map_or(0, u32::from_be_bytes)
    };
    if self::length(&log_of(path)) > 0 {
        return Ok(());
    }
    if log_is_owed(directory) && !log_of(path).exists() {
        let text = format!(
            "was not closed, and its log {} is missing: what was written last is only there. Put it back, or remove {} to go on without it",
            log_of(path).display(),
            open_mark(directory).display()
        );
        return refused(&text);
    }
    let is_fresh = number(40) == 0 && number(60) == 0;
    if i32::try_from(number(68)) != Ok(APPLICATION_ID) && !is_fresh {
        return refused("belongs to another program");
    }
    // Two bytes, in which 1 stands for 65,536.
    let page = match number(16) >> 16 {
        1 => 65_536,
        page => u64::from(page),
    };
    if number(24) == number(92) && u64::from(number(28)) * page > length {
        return refused("is cut short");
    }
    Ok(())
}

/// What `SQLite` reads, through the log where there is one, without a connection that could write.
fn inside(directory: &Path, path: &Path, length: u64) -> Result<(), DbError> {
    let refused = |what: &str| Err(unusable(directory, path, what));
    let Ok(mut connection) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return refused("cannot be opened");
    };
    connection.busy_timeout(Duration::from_secs(5))?;
    let tables = connection
        .pragma_update(None, "trusted_schema", false)
        .and_then(|()| connection.query_row("select count(*) from sqlite_master", [], |row| row.get(0)));
    let tables: i64 = match tables {
        Ok(tables) => tables,
        Err(error) if no_room_in(directory) => return Err(no_room(directory, &error.to_string())),
        Err(_) => return refused("is not a database that can be read"),
    };
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if tables > 0 && id != APPLICATION_ID {
        return refused("belongs to another program");
    }
    let name = connection
        .query_row("select name from installation", [], |row| row.get::<_, String>(0))
        .ok();
    if let (Some(here), Some(remembered)) = (&name, remembered(directory))
        && *here != remembered
    {
        let text = format!(
            "or its log is of another installation than the one that was here; if it was put there on purpose, remove {}",
            marker(directory).display()
        );
        return refused(&text);
    }
    if length > SMALL {
        let began = Instant::now();
        connection.progress_handler(10_000, Some(move || began.elapsed() > LOOK))?;
    }
    let found: Result<String, _> = connection.query_row("pragma quick_check(1)", [], |row| row.get(0));
    match found {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => refused(&format!("is damaged ({})", found.replace('\n', " "))),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => Ok(()),
        Err(error) => refused(&format!("is damaged ({error})")),
    }
}

/// What is wrong with the file, and what to do.
pub(super) fn unusable(directory: &Path, path: &Path, what: &str) -> DbError {
    DbError::Unusable(format!(
        "{} {what}. It is left as it is. {}",
        path.display(),
        way_out(directory)
    ))
}

/// The newest archive that was read back after it was made, and how it is put back.
fn way_out(directory: &Path) -> String {
    match newest_verified(directory) {
        Some(archive) => format!(
            "The newest verified backup is put in its place by: ballast restore {}",
            archive.display()
        ),
        None => format!(
            "There is no verified backup in {}; look for a copy elsewhere",
            copies(directory).display()
        ),
    }
}

/// The ending of the note beside an archive that was read back.
pub const VERIFIED: &str = ".verified";

/// The newest archive that was read back, by its name.
pub fn newest_verified(directory: &Path) -> Option<PathBuf> {
    let notes = fs::read_dir(copies(directory)).ok()?.flatten();
    let archives = notes.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let archive = entry.path().with_file_name(name.strip_suffix(VERIFIED)?);
        (name.starts_with("ballast-") && archive.is_file()).then_some(archive)
    });
    archives.max()
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Where it is said that the database is open: its log must be there as long as this is.
fn open_mark(directory: &Path) -> PathBuf {
    directory.join("unclosed")
}

fn log_is_owed(directory: &Path) -> bool {
    open_mark(directory).exists()
}

/// Says that the database is open.
pub(super) fn opened(directory: &Path) -> Result<(), DbError> {
    fs::write(
        open_mark(directory),
        "The database is open, or was not closed: its log belongs to it.\n",
    )
    .map_err(DbError::io("saying that the database is open"))
}

/// Says that it is closed: all of it is in its file.
pub(super) fn closed(directory: &Path) {
    // Left behind it only asks for a log that is there.
    let _ = fs::remove_file(open_mark(directory));
}

/// The installation that the directory remembers.
fn remembered(directory: &Path) -> Option<String> {
    let text = fs::read_to_string(marker(directory)).ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix(NAMED))
        .map(str::to_owned)
}

/// Makes the directory remember which installation is in it.
pub(super) fn remember(directory: &Path, name: &str) -> Result<(), DbError> {
    if remembered(directory).as_deref() == Some(name) {
        return Ok(());
    }
    let text = format!(
        "A database was made here. Without this file, an empty one is not taken for a new one.\n{NAMED}{name}\n"
    );
    fs::write(marker(directory), text).map_err(DbError::io("writing the marker of the installed database"))
}

/// Forgets which installation was in the directory and that it was open, since another file is put there on purpose.
///
/// # Errors
/// Where the marker cannot be written.
pub fn forget(directory: &Path) -> Result<(), DbError> {
    closed(directory);
    fs::write(
        marker(directory),
        "A database was put here. Without this file, an empty one is not taken for a new one.\n",
    )
    .map_err(DbError::io("writing the marker of the installed database"))
}

/// How many bytes may still be written below `directory`, and how many its disk has in all; none where the system does not say.
#[must_use]
pub fn disk(directory: &Path) -> Option<(u64, u64)> {
    let found = rustix::fs::statvfs(directory).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Some((bytes(found.f_bavail), bytes(found.f_blocks)))
}

/// How many bytes may still be written below `directory`.
#[must_use]
pub fn free_space(directory: &Path) -> Option<u64> {
    disk(directory).map(|(free, _)| free)
}

/// Refuses to begin what would fill the disk.
///
/// # Errors
/// `NoRoom`, with how much is missing.
pub fn make_room(directory: &Path, bytes: u64) -> Result<(), DbError> {
    let needed = bytes.saturating_add(SPARE);
    match free_space(directory) {
        Some(free) if free < needed => Err(no_room(
            directory,
            &format!("{} MiB are needed", needed.div_ceil(1_048_576)),
        )),
        _ => Ok(()),
    }
}

fn no_room_in(directory: &Path) -> bool {
    free_space(directory).is_some_and(|free| free < 1_048_576)
}

fn no_room(directory: &Path, why: &str) -> DbError {
    DbError::NoRoom(format!(
        "the disk of {} has {} MiB free: {why}. Nothing was changed; make room there (older archives are in {}) and try again",
        directory.display(),
        free_space(directory).unwrap_or_default() / 1_048_576,
        copies(directory).display()
    ))
}

/// A fault of opening, in words that say so where the disk is full.
pub(super) fn named(directory: &Path, error: DbError) -> DbError {
    match error {
        DbError::Full | DbError::Engine(_) | DbError::Io { .. } if no_room_in(directory) => {
            no_room(directory, &error.to_string())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_machine_may_have_open_is_refused_and_a_disk_is_not() {
        let kinds = [
            (0x6969, true),
            (0xff53_4d42, true),
            (0x6573_5546, true),
            // ext4, overlay, tmpfs, xfs, btrfs.
            (0xef53, false),
            (0x794c_7630, false),
            (0x0102_1994, false),
            (0x5846_5342, false),
            (0x9123_683e, false),
        ];
        for (kind, far) in kinds {
            let answer = refuse_far(Path::new("/data"), kind);
            assert_eq!(answer.is_err(), far, "{kind:x}");
        }
        let said = refuse_far(Path::new("/data"), 0x6969).unwrap_err().to_string();
        assert!(
            said.contains("/data") && said.contains("NFS") && said.contains("DATA_DIR"),
            "{said}"
        );
    }

    #[test]
    fn a_directory_of_somebody_else_is_refused_with_both_numbers() {
        let directory = tempfile::tempdir().unwrap();
        let found = fs::metadata(directory.path()).unwrap();
        let own = found.uid();
        assert!(refuse_anothers(directory.path(), &found, own).is_ok());
        let said = refuse_anothers(directory.path(), &found, own + 1)
            .unwrap_err()
            .to_string();
        assert!(
            said.contains(&format!("user {own} and this is user {}", own + 1)),
            "{said}"
        );
    }

    #[test]
    fn more_than_the_disk_has_is_not_begun() {
        let directory = tempfile::tempdir().unwrap();
        assert!(make_room(directory.path(), 0).is_ok());
        let said = make_room(directory.path(), u64::MAX / 2).unwrap_err().to_string();
        assert!(said.contains("make room"), "{said}");
    }
}

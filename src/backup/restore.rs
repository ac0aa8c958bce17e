//! Putting a backup in place of what is there.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::archive::{Workshop, unpack};
use super::private::{PRIVATE, TLS};
use super::restored::{Restored, mark};
use super::{DATABASE, Fault, KEY, Kept, Manifest, note};
use crate::db::{self, DirectoryLock, newest_schema};

/// Puts the archive in place of what is in `directory`, which no server may have. What was there is kept in the folder
/// that is answered.
///
/// * `name`: of that folder.
/// * `identity`: the file with the key of an encrypted archive.
///
/// # Errors
/// `Damaged` where the archive is not good: nothing was changed then. `Refused` where a server runs there, or where the
/// archive was made by a newer Ballast.
pub fn restore(
    path: &Path,
    directory: &Path,
    name: &str,
    identity: Option<&Path>,
) -> Result<(Manifest, Option<PathBuf>), Fault> {
    let _lock = DirectoryLock::take(directory)?;
    let folder = db::copies(directory);
    let workshop = Workshop::open(&folder)?;
    let parts = workshop.path("parts");
    fs::create_dir(&parts).map_err(Fault::io("making a folder to read into"))?;
    let manifest = unpack(path, &parts, identity)?;
    refuse_newer(path, &manifest)?;
    let all = [DATABASE, KEY, PRIVATE, TLS];
    let kept = put_in_place(directory, &parts, &folder.join(name), &all)?;
    mark(directory, &by_command(path, kept.as_deref()))?;
    Ok((manifest, kept))
}

fn by_command(path: &Path, aside: Option<&Path>) -> Restored {
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    Restored {
        archive: name(path),
        by: "the command line".to_owned(),
        aside: aside.map(name),
        ..Restored::default()
    }
}

fn refuse_newer(path: &Path, manifest: &Manifest) -> Result<(), Fault> {
    if manifest.schema <= newest_schema() {
        return Ok(());
    }
    Err(Fault::Refused(format!(
        "{} was made by Ballast {} (schema {}, this one knows {}); restore it with that version",
        path.display(),
        manifest.version,
        manifest.schema,
        newest_schema()
    )))
}

/// Whether `path` is a database itself, as one that was kept before a migration.
#[must_use]
pub fn is_a_copy(path: &Path) -> bool {
    let mut first = [0_u8; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *b"SQLite format 3\0"
}

/// Puts a copy that was kept before a migration in place of the database; key and private files stay. Answers its schema.
///
/// # Errors
/// As [`restore`] does.
pub fn step_back(path: &Path, directory: &Path, name: &str) -> Result<(usize, Option<PathBuf>), Fault> {
    let _lock = DirectoryLock::take(directory)?;
    let inspection = db::inspect(path).map_err(|error| Fault::Damaged(error.to_string()))?;
    if inspection.schema > newest_schema() {
        return Err(Fault::Refused(format!(
            "{} has the schema {}, and this Ballast knows {}",
            path.display(),
            inspection.schema,
            newest_schema()
        )));
    }
    let folder = db::copies(directory);
    let workshop = Workshop::open(&folder)?;
    let parts = workshop.path("parts");
    let copied = fs::create_dir(&parts)
        .and_then(|()| fs::copy(path, parts.join(DATABASE)))
        .and_then(|_| File::open(parts.join(DATABASE)))
        .and_then(|file| file.sync_all());
    copied.map_err(Fault::io("copying the database"))?;
    let kept = put_in_place(directory, &parts, &folder.join(name), &[DATABASE])?;
    mark(directory, &by_command(path, kept.as_deref()))?;
    Ok((inspection.schema, kept))
}

/// Moves each of `names` from `parts` to where it belongs; what is there goes to `aside` first. Done again after it was cut off,
/// it goes on where it was.
pub(super) fn put_in_place(
    directory: &Path,
    parts: &Path,
    aside: &Path,
    names: &[&str],
) -> Result<Option<PathBuf>, Fault> {
    let mut kept = false;
    for name in names {
        let (from, to) = (parts.join(name), directory.join(name));
        // The key and the files of a moment belong to its database, also where there were none; how connections are encrypted
        // does not.
        let belongs = [KEY, PRIVATE].contains(name);
        let waits = from.exists() || (belongs && parts.join(DATABASE).exists());
        if !waits {
            continue;
        }
        // Written down, so that what comes in its place is not set aside by who goes on with this.
        let gone = parts.join(format!("{name}.gone"));
        if !gone.exists() {
            kept |= set_aside(directory, aside, name)?;
            File::create(&gone).map_err(Fault::io("noting what was set aside"))?;
        }
        if from.exists() && *name != DATABASE {
            fs::rename(&from, &to).map_err(Fault::io(format!("putting {} in place", to.display())))?;
        }
    }
    // The database goes last: as long as it waits, this is not done.
    if parts.join(DATABASE).exists() {
        db::forget(directory)?;
        fs::rename(parts.join(DATABASE), directory.join(DATABASE))
            .map_err(Fault::io("putting the database in place"))?;
    }
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(Fault::io("writing the data directory"))?;
    Ok((kept || aside.exists()).then(|| aside.to_owned()))
}

/// Moves what is there under this name into a folder of its own. Answers whether anything was.
fn set_aside(directory: &Path, folder: &Path, name: &str) -> Result<bool, Fault> {
    let mut any = false;
    for name in [name.to_owned(), format!("{name}-wal"), format!("{name}-shm")] {
        let (from, to) = (directory.join(&name), folder.join(&name));
        // What was set aside before it was cut off is the older one, and stays.
        if !from.exists() || to.exists() {
            continue;
        }
        fs::create_dir_all(folder).map_err(Fault::io(format!("making {}", folder.display())))?;
        fs::rename(from, to).map_err(Fault::io(format!("setting {name} aside")))?;
        any = true;
    }
    Ok(any)
}

/// Restores an archive for a test: into a folder of its own, where it is opened as a server would open it, and thrown away.
///
/// # Errors
/// `Damaged`, with what is wrong.
pub fn rehearse(directory: &Path, kept: &Kept, identity: Option<&Path>, at: i64) -> Result<Manifest, Fault> {
    let damaged = |what: String| Fault::Damaged(format!("{}: {what}", kept.path.display()));
    db::make_room(directory, kept.bytes.saturating_mul(8))?;
    let workshop = Workshop::open(&db::copies(directory))?;
    let tried = workshop.path("data");
    let (manifest, _) = restore(&kept.path, &tried, "before", identity)?;
    let restored = db::inspect(&tried.join(DATABASE)).map_err(|error| damaged(error.to_string()))?;
    if restored.tables != manifest.tables {
        return Err(damaged(
            "its tables are not what they were when it was made".to_owned(),
        ));
    }
    drop(db::Db::open(&tried, db::Migrate::Auto).map_err(|error| damaged(error.to_string()))?);
    note(&kept.path, at, &manifest)?;
    Ok(manifest)
}

/// Where what is to be put in place waits for the next start.
const READY: &str = ".restore-ready";
/// In it, the name of the folder for what was there.
const ASIDE: &str = "aside";

/// Reads an archive through and makes of it what the next start puts in place: a database of our own making with its rows, its
/// key, its private files. Nothing is changed yet.
///
/// # Errors
/// `Damaged` or `Refused`, with what is wrong.
pub fn stage(path: &Path, directory: &Path, name: &str, identity: Option<&Path>) -> Result<Manifest, Fault> {
    let folder = db::copies(directory);
    let workshop = Workshop::open(&folder)?;
    let parts = workshop.path("parts");
    let ready = workshop.path("ready");
    fs::create_dir(&parts)
        .and_then(|()| fs::create_dir(&ready))
        .map_err(Fault::io("making a folder to read into"))?;
    let packed = fs::metadata(path).map_or(0, |file| file.len());
    // Unpacked it is several times as large, and there twice.
    db::make_room(directory, packed.saturating_mul(8))?;
    let manifest = unpack(path, &parts, identity)?;
    refuse_newer(path, &manifest)?;
    let refused = |error: db::DbError| match error {
        db::DbError::Refused(words) => Fault::Refused(format!("{}: {words}", path.display())),
        other => Fault::Database(other),
    };
    db::rebuild(&parts.join(DATABASE), &ready.join(DATABASE)).map_err(refused)?;
    for name in [KEY, PRIVATE, TLS] {
        if parts.join(name).exists() {
            fs::rename(parts.join(name), ready.join(name)).map_err(Fault::io(format!("keeping {name}")))?;
        }
    }
    let synced = fs::write(ready.join(ASIDE), name)
        .and_then(|()| File::open(ready.join(DATABASE)))
        .and_then(|file| file.sync_all())
        .and_then(|()| File::open(&ready))
        .and_then(|folder| folder.sync_all())
        .and_then(|()| fs::rename(&ready, directory.join(READY)))
        .and_then(|()| File::open(directory))
        .and_then(|folder| folder.sync_all());
    synced.map_err(Fault::io("keeping what is to be restored"))?;
    Ok(manifest)
}

/// Puts in place what [`stage`] has made ready, if it has. Answers where what was there is kept.
///
/// # Errors
/// `Locked` where a server has the directory, and whatever the disk says.
pub fn complete(directory: &Path) -> Result<Option<PathBuf>, Fault> {
    let ready = directory.join(READY);
    if !ready.exists() {
        return Ok(None);
    }
    let _lock = DirectoryLock::take(directory)?;
    let name = fs::read_to_string(ready.join(ASIDE)).map_err(Fault::io("reading what is to be restored"))?;
    // It was ours, and is a name and no path.
    let name = name.replace(['/', '.'], "-");
    let aside = db::copies(directory).join(&name);
    put_in_place(directory, &ready, &aside, &[DATABASE, KEY, PRIVATE, TLS])?;
    if let Some(restoring) = super::lock::locked(directory) {
        let restored = Restored {
            archive: restoring.archive,
            by: restoring.by,
            aside: Some(name),
            ..Restored::default()
        };
        mark(directory, &restored)?;
    }
    super::lock::unlock(directory)?;
    fs::remove_dir_all(&ready).map_err(Fault::io("clearing what was restored"))?;
    Ok(Some(aside))
}

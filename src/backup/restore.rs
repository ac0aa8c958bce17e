//! Putting a backup in place of what is there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::archive::{Workshop, unpack};
use super::{DATABASE, Fault, KEY, Manifest};
use crate::db::{self, DirectoryLock, newest_schema};

/// Puts the archive in place of what is in `directory`, which no server may have. What was there is kept in the folder
/// that is answered.
///
/// * `name`: of that folder.
///
/// # Errors
/// `Damaged` where the archive is not good: nothing was changed then. `Refused` where a server runs there, or where the
/// archive was made by a newer Ballast.
pub fn restore(path: &Path, directory: &Path, name: &str) -> Result<(Manifest, Option<PathBuf>), Fault> {
    let _lock = DirectoryLock::take(directory)?;
    let folder = db::copies(directory);
    let workshop = Workshop::open(&folder)?;
    let parts = workshop.path("parts");
    fs::create_dir(&parts).map_err(Fault::io("making a folder to read into"))?;
    let manifest = unpack(path, &parts)?;
    if manifest.schema > newest_schema() {
        return Err(Fault::Refused(format!(
            "{} was made by Ballast {} (schema {}, this one knows {}); restore it with that version",
            path.display(),
            manifest.version,
            manifest.schema,
            newest_schema()
        )));
    }
    let kept = set_aside(directory, &folder.join(name))?;
    for content in &manifest.contents {
        let to = directory.join(&content.name);
        fs::rename(parts.join(&content.name), &to)
            .map_err(Fault::io(format!("putting {} in place", to.display())))?;
    }
    let marker = db::marker(directory);
    if !marker.exists() {
        fs::write(&marker, "A database was restored here.\n").map_err(Fault::io("marking the directory"))?;
    }
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(Fault::io("writing the data directory"))?;
    Ok((manifest, kept))
}

/// Moves what is there into a folder of its own; none where nothing was.
fn set_aside(directory: &Path, folder: &Path) -> Result<Option<PathBuf>, Fault> {
    let names = [
        DATABASE.to_owned(),
        format!("{DATABASE}-wal"),
        format!("{DATABASE}-shm"),
        KEY.to_owned(),
    ];
    let there: Vec<String> = names
        .into_iter()
        .filter(|name| directory.join(name).exists())
        .collect();
    if there.is_empty() {
        return Ok(None);
    }
    fs::create_dir_all(folder).map_err(Fault::io(format!("making {}", folder.display())))?;
    for name in there {
        fs::rename(directory.join(&name), folder.join(&name))
            .map_err(Fault::io(format!("setting {name} aside")))?;
    }
    Ok(Some(folder.to_owned()))
}

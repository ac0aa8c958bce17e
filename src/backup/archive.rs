//! Making an archive, and reading one through.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::manifest::{Content, FORMAT, Manifest};
use super::{DATABASE, Fault, KEY};
use crate::db;
use crate::web::{hex, outermost::random_key};

const MANIFEST: &str = "manifest.json";
/// A manifest is no longer than this, whatever the archive says.
const LONGEST_MANIFEST: u64 = 4 * 1_048_576;
/// Quick, and half the size.
const LEVEL: i32 = 3;

/// A folder beside the archives for what is not whole yet. It goes when it is dropped; what a killed process left is swept
/// away by the next one.
pub(super) struct Workshop(PathBuf);

impl Workshop {
    pub(super) fn open(folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder).map_err(Fault::io(format!("making {}", folder.display())))?;
        for entry in fs::read_dir(folder)
            .map_err(Fault::io("reading the folder of backups"))?
            .flatten()
        {
            if entry.file_name().to_string_lossy().starts_with(".making-") {
                // Somebody else's, or gone by now: either way it is not ours to wait for.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let name = random_key().map_err(|error| Fault::Refused(error.to_string()))?;
        let path = folder.join(format!(".making-{name}"));
        fs::create_dir(&path).map_err(Fault::io(format!("making {}", path.display())))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes an archive of `directory` into its folder of backups, and answers its path and what it holds. Whoever writes to
/// the database meanwhile is not held up.
///
/// * `name`: its final name, without the ending.
///
/// # Errors
/// Where the database cannot be read or the archive not be written; nothing is left of it then.
pub fn make(directory: &Path, name: &str, made_at: i64, reason: &str) -> Result<(PathBuf, Manifest), Fault> {
    let folder = db::copies(directory);
    let workshop = Workshop::open(&folder)?;
    let copy = workshop.path(DATABASE);
    db::copy_to(&directory.join(DATABASE), &copy)?;
    let inspection = db::inspect(&copy)?;
    let mut files = vec![(DATABASE.to_owned(), copy)];
    let key = directory.join(KEY);
    if key.exists() {
        files.push((KEY.to_owned(), key));
    }
    let contents = files.iter().map(|(name, path)| content(name, path));
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: inspection.schema,
        sqlite: db::Db::engine().to_owned(),
        made_at,
        reason: reason.to_owned(),
        contents: contents.collect::<Result<_, _>>()?,
        tables: inspection.tables,
    };
    let partial = workshop.path("archive");
    write(&partial, &manifest, &files).map_err(Fault::io("writing the archive"))?;
    let path = folder.join(format!("{name}{ENDING}"));
    fs::rename(&partial, &path).map_err(Fault::io(format!("naming {}", path.display())))?;
    // The name is on the disk with the folder.
    File::open(&folder)
        .and_then(|folder| folder.sync_all())
        .map_err(Fault::io("writing the folder of backups"))?;
    Ok((path, manifest))
}

/// The ending of archives.
pub(super) const ENDING: &str = ".ballast.tar.zst";

fn content(name: &str, path: &Path) -> Result<Content, Fault> {
    let told = || format!("reading {}", path.display());
    let file = File::open(path).map_err(Fault::io(told()))?;
    let (bytes, sha256) = copied(&mut BufReader::new(file), &mut io::sink()).map_err(Fault::io(told()))?;
    Ok(Content {
        name: name.to_owned(),
        bytes,
        sha256,
    })
}

/// Copies everything, and answers how long it was and its digest.
fn copied(from: &mut impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 65_536];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut buffer)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else {
            return Ok((bytes, hex(&hash.finalize())));
        };
        hash.update(piece);
        to.write_all(piece)?;
        bytes += read as u64;
    }
}

fn write(path: &Path, manifest: &Manifest, files: &[(String, PathBuf)]) -> io::Result<()> {
    let encoder = zstd::Encoder::new(BufWriter::new(File::create_new(path)?), LEVEL)?;
    let mut archive = tar::Builder::new(encoder);
    let text = serde_json::to_vec_pretty(manifest)?;
    archive.append_data(
        &mut header(text.len() as u64, manifest),
        MANIFEST,
        text.as_slice(),
    )?;
    for (name, path) in files {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        archive.append_data(&mut header(length, manifest), name, BufReader::new(file))?;
    }
    let written = archive.into_inner()?.finish()?.into_inner()?;
    written.sync_all()
}

fn header(length: u64, manifest: &Manifest) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(manifest.made_at / 1_000).unwrap_or(0));
    header
}

/// Reads an archive through: every file against the manifest, the database as `SQLite` checks it, every table against
/// its count and digest. Answers what it holds. Its parts are left in `into`, a folder that is there and empty.
pub(super) fn unpack(path: &Path, into: &Path) -> Result<Manifest, Fault> {
    let damaged = |what: String| Fault::Damaged(format!("{}: {what}", path.display()));
    let file = File::open(path).map_err(Fault::io(format!("opening {}", path.display())))?;
    let unreadable = |error: io::Error| damaged(format!("is cut short or altered ({error})"));
    let decoder = zstd::Decoder::new(BufReader::new(file))
        .map_err(|_| damaged("is no backup of Ballast".to_owned()))?;
    let mut archive = tar::Archive::new(decoder);
    let mut entries = archive.entries().map_err(unreadable)?;
    let first = entries
        .next()
        .ok_or_else(|| damaged("is empty".to_owned()))?
        .map_err(unreadable)?;
    let manifest = manifest(first).ok_or_else(|| damaged("is no backup of Ballast".to_owned()))?;
    for expected in &manifest.contents {
        // Its name is compared and not used: only ours are written to.
        let name = [DATABASE, KEY].into_iter().find(|name| *name == expected.name);
        let name =
            name.ok_or_else(|| damaged(format!("holds {:?}, which no backup of ours does", expected.name)))?;
        let entry = entries
            .next()
            .ok_or_else(|| damaged(format!("lacks {name}")))?
            .map_err(unreadable)?;
        if entry.path_bytes().as_ref() != name.as_bytes() || !entry.header().entry_type().is_file() {
            return Err(damaged(format!("does not hold {name} where it says so")));
        }
        let mut to = File::create_new(into.join(name)).map_err(Fault::io(format!("writing {name}")))?;
        // One byte more than announced is enough to know that it is too long.
        let (bytes, sha256) = copied(&mut entry.take(expected.bytes + 1), &mut to).map_err(unreadable)?;
        if bytes != expected.bytes || sha256 != expected.sha256 {
            return Err(damaged(format!(
                "{name} is not what it was when the backup was made"
            )));
        }
        to.sync_all().map_err(Fault::io(format!("writing {name}")))?;
    }
    if entries.next().is_some() {
        return Err(damaged("holds more than it says".to_owned()));
    }
    let inspection = db::inspect(&into.join(DATABASE)).map_err(|error| damaged(error.to_string()))?;
    if inspection.schema != manifest.schema || inspection.tables != manifest.tables {
        return Err(damaged(
            "its tables are not what they were when it was made".to_owned(),
        ));
    }
    Ok(manifest)
}

fn manifest(entry: tar::Entry<'_, impl Read>) -> Option<Manifest> {
    if entry.path_bytes().as_ref() != MANIFEST.as_bytes() || entry.size() > LONGEST_MANIFEST {
        return None;
    }
    let manifest: Manifest = serde_json::from_reader(entry.take(LONGEST_MANIFEST)).ok()?;
    (manifest.format == FORMAT).then_some(manifest)
}

/// Reads an archive through, as a restore would, and leaves nothing.
///
/// # Errors
/// `Damaged`, with what is wrong.
pub fn verify(path: &Path) -> Result<Manifest, Fault> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let workshop = Workshop::open(folder)?;
    let parts = workshop.path("parts");
    fs::create_dir(&parts).map_err(Fault::io("making a folder to read into"))?;
    unpack(path, &parts)
}

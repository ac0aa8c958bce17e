//! Making an archive, and reading one through.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::manifest::{Content, FORMAT, Manifest};
use super::private::{self, is_private};
use super::seal::{Recipients, Seal, opened};
use super::{DATABASE, Fault, KEY};
use crate::db;
use crate::web::{hex, outermost::random_key};

const MANIFEST: &str = "manifest.json";
/// A manifest is no longer than this, whatever the archive says.
const LONGEST_MANIFEST: u64 = 64 * 1_048_576;
/// Quick, and half the size.
const LEVEL: i32 = 3;

/// A folder beside the archives for what is not whole yet. It goes when it is dropped; what a killed process left is swept
/// away by the next one, which knows by the lock that nobody works there.
pub(super) struct Workshop {
    path: PathBuf,
    _lock: File,
}

impl Workshop {
    pub(super) fn open(folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder).map_err(Fault::io(format!("making {}", folder.display())))?;
        for entry in fs::read_dir(folder)
            .map_err(Fault::io("reading the folder of backups"))?
            .flatten()
        {
            let left = entry.file_name().to_string_lossy().starts_with(".making-");
            // One without a lock is of a process that was killed before there were any.
            let lock = File::open(entry.path().join("lock"));
            if left && lock.map_or(true, |lock| lock.try_lock().is_ok()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let name = random_key().map_err(|error| Fault::Refused(error.to_string()))?;
        let (new, path) = (
            folder.join(format!(".new-{name}")),
            folder.join(format!(".making-{name}")),
        );
        let told = || format!("making {}", path.display());
        // It has its name only once it is locked, so that nobody takes it for one that was left.
        fs::create_dir(&new).map_err(Fault::io(told()))?;
        let lock = File::create_new(new.join("lock")).map_err(Fault::io(told()))?;
        lock.lock().map_err(Fault::io(told()))?;
        fs::rename(&new, &path).map_err(Fault::io(told()))?;
        Ok(Self { path, _lock: lock })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// What is made an archive of, and how.
pub struct Making<'a> {
    /// Its final name, without the ending.
    pub name: &'a str,
    /// When.
    pub made_at: i64,
    /// Why.
    pub reason: &'a str,
    /// For whom it is encrypted.
    pub recipients: &'a Recipients,
}

/// Writes an archive of `directory` into its folder of backups, reads it back, and answers its path and what it holds.
/// Whoever writes to the database meanwhile is not held up.
///
/// # Errors
/// Where the database cannot be read or the archive not be written; nothing is left of it then.
pub fn make(directory: &Path, making: &Making<'_>) -> Result<(PathBuf, Manifest), Fault> {
    let folder = db::copies(directory);
    let workshop = Workshop::open(&folder)?;
    // A copy, and an archive that in the worst case is as large.
    db::make_room(
        directory,
        2 * database_bytes(directory) + private::bytes(directory),
    )?;
    // Files that are there before the copy and after it are those of its moment, and some more.
    let held = workshop.path("held");
    private::hold(directory, &held)?;
    let copy = workshop.path(DATABASE);
    db::copy_to(&directory.join(DATABASE), &copy)?;
    private::hold(directory, &held)?;
    let inspection = db::inspect(&copy)?;
    let mut files = vec![(DATABASE.to_owned(), copy)];
    let key = directory.join(KEY);
    if key.exists() {
        files.push((KEY.to_owned(), key));
    }
    files.extend(private::files(&held)?);
    let contents = files.iter().map(|(name, path)| content(name, path));
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: inspection.schema,
        sqlite: db::Db::engine().to_owned(),
        made_at: making.made_at,
        reason: making.reason.to_owned(),
        contents: contents.collect::<Result<_, _>>()?,
        tables: inspection.tables,
    };
    let partial = workshop.path("archive");
    let written =
        write(&partial, &manifest, &files, making.recipients).map_err(Fault::io("writing the archive"))?;
    read_back(&partial, &manifest, &written, making.recipients)?;
    let ending = if making.recipients.is_empty() {
        ENDING
    } else {
        SEALED
    };
    let path = folder.join(format!("{}{ending}", making.name));
    fs::rename(&partial, &path).map_err(Fault::io(format!("naming {}", path.display())))?;
    // The name is on the disk with the folder.
    File::open(&folder)
        .and_then(|folder| folder.sync_all())
        .map_err(Fault::io("writing the folder of backups"))?;
    super::shelf::note(&path, making.made_at, &manifest)?;
    Ok((path, manifest))
}

fn database_bytes(directory: &Path) -> u64 {
    let length = |name: String| fs::metadata(directory.join(name)).map_or(0, |file| file.len());
    length(DATABASE.to_owned()) + length(format!("{DATABASE}-wal"))
}

/// The ending of archives.
pub(super) const ENDING: &str = ".ballast.tar.zst";
/// The ending of encrypted ones.
pub(super) const SEALED: &str = ".ballast.tar.zst.age";

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
fn copied(from: &mut impl Read, to: &mut (impl Write + ?Sized)) -> io::Result<(u64, String)> {
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

/// A file whose digest is taken as it is written.
struct Hashing {
    to: BufWriter<File>,
    hash: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes the archive, and answers the digest of the file.
fn write(
    path: &Path,
    manifest: &Manifest,
    files: &[(String, PathBuf)],
    recipients: &Recipients,
) -> io::Result<String> {
    let to = Hashing {
        to: BufWriter::new(File::create_new(path)?),
        hash: Sha256::new(),
    };
    let encoder = zstd::Encoder::new(Seal::new(to, recipients)?, LEVEL)?;
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
    let written = archive.into_inner()?.finish()?.finish()?;
    let digest = hex(&written.hash.finalize());
    written.to.into_inner()?.sync_all()?;
    Ok(digest)
}

fn header(length: u64, manifest: &Manifest) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(manifest.made_at / 1_000).unwrap_or(0));
    header
}

/// Reads a new archive from the disk: its parts against the manifest, or, where only others can open it, its bytes.
fn read_back(path: &Path, manifest: &Manifest, digest: &str, recipients: &Recipients) -> Result<(), Fault> {
    if recipients.is_empty() {
        let read = read_through(path, None, |_| Ok(()), |_| Ok(Box::new(io::sink())))?;
        if read == *manifest {
            return Ok(());
        }
    } else if content("archive", path)?.sha256 == digest {
        return Ok(());
    }
    Err(Fault::Damaged(
        "the archive is not on the disk as it was written".to_owned(),
    ))
}

/// Reads an archive part by part against its manifest; `fits` is asked about that first, and `to` says where each part goes.
fn read_through(
    path: &Path,
    identity: Option<&Path>,
    fits: impl FnOnce(&Manifest) -> Result<(), Fault>,
    mut to: impl FnMut(&str) -> Result<Box<dyn Part>, Fault>,
) -> Result<Manifest, Fault> {
    let damaged = |what: String| Fault::Damaged(format!("{}: {what}", path.display()));
    let unreadable = |error: io::Error| damaged(format!("is cut short or altered ({error})"));
    let decoder = zstd::Decoder::with_buffer(opened(path, identity)?)
        .map_err(|_| damaged("is no backup of Ballast".to_owned()))?;
    let mut archive = tar::Archive::new(decoder);
    let mut entries = archive.entries().map_err(unreadable)?;
    let first = entries
        .next()
        .ok_or_else(|| damaged("is empty".to_owned()))?
        .map_err(|_| damaged("is no backup of Ballast, or cut short".to_owned()))?;
    let manifest = manifest(first).ok_or_else(|| damaged("is no backup of Ballast".to_owned()))?;
    fits(&manifest)?;
    for expected in &manifest.contents {
        let name = &expected.name;
        if ![DATABASE, KEY].contains(&name.as_str()) && !is_private(name) {
            return Err(damaged(format!("holds {name:?}, which no backup of ours does")));
        }
        let entry = entries
            .next()
            .ok_or_else(|| damaged(format!("lacks {name}")))?
            .map_err(unreadable)?;
        if entry.path_bytes().as_ref() != name.as_bytes() || !entry.header().entry_type().is_file() {
            return Err(damaged(format!("does not hold {name} where it says so")));
        }
        let mut part = to(name)?;
        // One byte more than announced is enough to know that it is too long.
        let most = expected.bytes.saturating_add(1);
        let (bytes, sha256) = copied(&mut entry.take(most), &mut part).map_err(unreadable)?;
        if bytes != expected.bytes || sha256 != expected.sha256 {
            return Err(damaged(format!(
                "{name} is not what it was when the backup was made"
            )));
        }
        part.keep().map_err(Fault::io(format!("writing {name}")))?;
    }
    if entries.next().is_some() {
        return Err(damaged("holds more than it says".to_owned()));
    }
    Ok(manifest)
}

/// Where a part of an archive goes.
trait Part: Write {
    /// On the disk, where it goes to one.
    fn keep(&mut self) -> io::Result<()>;
}

impl Part for io::Sink {
    fn keep(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Part for File {
    fn keep(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// Reads an archive through: every file against the manifest, the database as `SQLite` checks it, every table against
/// its count and digest. Answers what it holds. Its parts are left in `into`, a folder that is there and empty.
pub(super) fn unpack(path: &Path, into: &Path, identity: Option<&Path>) -> Result<Manifest, Fault> {
    let damaged = |what: String| Fault::Damaged(format!("{}: {what}", path.display()));
    // However small an archive is, what it unpacks to has no end but what it says itself.
    let fits = |manifest: &Manifest| {
        let sizes = manifest.contents.iter().map(|one| one.bytes);
        Ok(db::make_room(into, sizes.fold(0, u64::saturating_add))?)
    };
    let manifest = read_through(path, identity, fits, |name| {
        let to = into.join(name);
        let file = to
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| File::create_new(&to))
            .map_err(Fault::io(format!("writing {name}")))?;
        Ok(Box::new(file))
    })?;
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
pub fn verify(path: &Path, identity: Option<&Path>) -> Result<Manifest, Fault> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let workshop = Workshop::open(folder)?;
    let parts = workshop.path("parts");
    fs::create_dir(&parts).map_err(Fault::io("making a folder to read into"))?;
    unpack(path, &parts, identity)
}

//! The one door to the database: reads see one snapshot, writes are all or nothing and durable when they return.
//!
//! Nothing outside this folder names the `SQLite` library or opens a connection. SQL is written once, in the subset that
//! `SQLite` and `PostgreSQL` share, through [`Tx`], [`Row`] and [`Value`].

mod bulk;
mod changes;
mod connection;
mod deeds;
mod error;
mod ground;
mod history;
mod job;
mod lock;
mod migrate;
mod once;
mod pulse;
mod query;
mod readers;
mod rebuild;
mod slow;
mod snapshot;
mod sql;
mod tx;
mod undo;
mod value;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub use changes::{
    Actor, Change, Committed, Entity, Gesture, Image, Key, Recorded, RowKey, earlier_images, maker, recorded,
    tells_of_part,
};
pub use deeds::Deeds;
pub use error::DbError;
pub use ground::{VERIFIED, disk, forget, free_space, make_room, newest_verified};
pub use history::{HistoryEntry, change_set_label, history, last_writer};
pub use lock::DirectoryLock;
pub use migrate::{Migrate, StepBack, copies, marker, pending_migrations, steps_back};
pub use once::{Kept, Once, forget_requests};
pub use pulse::Pulse;
pub use query::{Table as QueryTable, query};
pub use rebuild::{forget_what_was_open, rebuild};
pub use snapshot::{Inspection, TableSum, copy_to, inspect, newest_schema};
pub use tx::{Row, Select, Tx, Which, WriteTx};
pub use undo::{UndoConflict, Undone, is_undone, undo, would_undo};
pub use value::{Column, Value};
pub use writer::{Progress, Written};

pub(crate) use value::params;

use readers::Readers;
use writer::Writer;

/// `SQLite` before 3.51.3 can lose committed data in WAL mode when two connections write and checkpoint at once.
pub const OLDEST_SQLITE: i32 = 3_051_003;

/// What is called after each commit, on the writer's thread, before anybody is answered.
pub type Hook = dyn Fn(&Tx<'_>, &[Committed]) -> Result<(), DbError> + Send + Sync;

/// What looks at all that one write changed, inside its transaction: whatever it refuses has not happened. It is asked
/// about every write that somebody with an account makes, so that no way to change a row leads round it.
pub type Warden = dyn Fn(&Tx<'_>, &Gesture, &[Change]) -> Result<(), DbError> + Send + Sync;

/// The database: a pool of readers and one writer over one file.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Readers,
    writer: Writer,
    hook: Arc<OnceLock<Box<Hook>>>,
    warden: Arc<OnceLock<Box<Warden>>>,
    pulse: Pulse,
    path: PathBuf,
    /// Whether nothing may be written.
    still: Arc<AtomicBool>,
    /// Held as long as the database is open; a second process is refused.
    _lock: lock::DirectoryLock,
}

impl Db {
    /// The name of the database file in the data directory.
    pub const FILE: &str = "ballast.sqlite";

    /// Opens the database in `directory`, making both where they are missing, and brings its schema up to date.
    ///
    /// # Errors
    /// `Locked` while another process has the directory, `Unusable` for a foreign, emptied, damaged or newer file,
    /// `Outdated` for an older one unless it may be brought up to date, and whatever the file system says.
    pub fn open(directory: &Path, migrate: Migrate) -> Result<Self, DbError> {
        Self::open_within(directory, migrate, Duration::ZERO)
    }

    /// As `open`, but waits for another process that has the directory for as long as `wait`.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_within(directory: &Path, migrate: Migrate, wait: Duration) -> Result<Self, DbError> {
        connection::assert_version()?;
        ground::directory(directory)?;
        let lock = lock::DirectoryLock::take_within(directory, wait)?;
        Self::open_behind(lock, directory, migrate).map_err(|error| ground::named(directory, error))
    }

    /// What remains to be done by whoever has the directory.
    fn open_behind(lock: DirectoryLock, directory: &Path, migrate: Migrate) -> Result<Self, DbError> {
        let path = directory.join(Self::FILE);
        let connection = migrate::bring_up_to_date(directory, &path, migrate)?;
        let hook = Arc::new(OnceLock::new());
        let warden = Arc::new(OnceLock::new());
        let pulse = Pulse::new();
        let still = Arc::new(AtomicBool::new(false));
        let inner = Inner {
            readers: Readers::start(&path, &pulse)?,
            writer: Writer::start(
                (directory, connection),
                Arc::clone(&hook),
                Arc::clone(&warden),
                Arc::clone(&still),
                &pulse,
            )?,
            hook,
            warden,
            pulse,
            path,
            still,
            _lock: lock,
        };
        ground::opened(directory)?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The version of the engine, as it says it.
    #[must_use]
    pub fn engine() -> &'static str {
        rusqlite::version()
    }

    /// Wires what follows each commit. The first call counts.
    pub fn after_commit(&self, hook: Box<Hook>) {
        // A second hook would mean two owners of what follows a commit; the first one keeps the place.
        let _already_wired = self.inner.hook.set(hook);
    }

    /// Wires who judges each write before it may be committed. The first call counts.
    pub fn before_commit(&self, warden: Box<Warden>) {
        let _already_wired = self.inner.warden.set(warden);
    }

    /// Runs `work` on one snapshot of the committed state.
    ///
    /// # Errors
    /// Whatever `work` answers; `Busy` when the queue of readers is full.
    pub async fn read<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        W: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.inner.readers.run(work).await
    }

    /// Runs `work` in its own savepoint; what it changed is durable, in the book and in the feed when this returns.
    ///
    /// `work` has no effect but through its transaction. It runs to its end even if the caller has gone.
    ///
    /// # Errors
    /// Whatever `work` answers, after rolling it back alone; `Busy` when too much waits; `Full` when the disk is.
    pub async fn write<T, E, W>(&self, gesture: Gesture, work: W) -> Result<Written<T>, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        W: Fn(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.inner.writer.run(gesture, work).await
    }

    /// Reads a row through a reader and goes once through the writer's queue.
    ///
    /// # Errors
    /// `Refused` where the schema is not the one that this program writes, and whatever either of them answers.
    pub async fn check(&self, at: i64) -> Result<(), DbError> {
        let schema = self
            .read(|tx| {
                tx.first("select max(id) from change_set", &[], |row| {
                    row.get::<Option<i64>>(0)
                })?;
                tx.first("pragma user_version", &[], |row| row.get::<i64>(0))
            })
            .await?;
        if schema.and_then(|schema| usize::try_from(schema).ok()) != Some(newest_schema()) {
            return Err(DbError::Refused("the schema is not up to date".to_owned()));
        }
        let gesture = Gesture {
            actor: Actor::program(),
            label: "check".to_owned(),
            at,
        };
        match self.write(gesture, |_| Ok::<_, DbError>(())).await {
            // It stands still because somebody wants it to.
            Ok(_) | Err(DbError::ReadOnly) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// How it is.
    #[must_use]
    pub fn pulse(&self) -> &Pulse {
        &self.inner.pulse
    }

    /// From now on queries that take this long are told of in the log; none where it is nothing.
    pub fn tell_slow(&self, from: std::time::Duration) {
        self.inner.pulse.set_slow(from);
    }

    /// How long its log is, in bytes.
    #[must_use]
    pub fn log_bytes(&self) -> u64 {
        let mut path = self.inner.path.clone().into_os_string();
        path.push("-wal");
        std::fs::metadata(path).map_or(0, |file| file.len())
    }

    /// True while the writer takes work: it has not stopped, and its queue is not full.
    #[must_use]
    pub fn writer_is_alive(&self) -> bool {
        self.inner.writer.is_alive()
    }

    /// How far the writer is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.inner.writer.progress()
    }

    /// Ends the writer when it has done what waits, and folds the log into the file. Writes after that are refused.
    pub fn close(&self) {
        self.inner.writer.close();
    }

    /// From now on every write is refused with `ReadOnly`, or none is any more. What the writer has begun is finished.
    pub fn hold_still(&self, still: bool) {
        self.inner.still.store(still, Ordering::Release);
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }
}

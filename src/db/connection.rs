//! How a connection is set up, once for each kind.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{DbError, OLDEST_SQLITE};

/// How many milliseconds one read may take before it is interrupted, so that no snapshot holds the log back for ever.
const READ_DEADLINE: u64 = 20_000;

/// Refuses an `SQLite` that is known to lose data.
pub fn assert_version() -> Result<(), DbError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(DbError::Refused(format!(
            "SQLite {} can lose committed data; 3.51.3 or later is needed",
            rusqlite::version()
        )));
    }
    Ok(())
}

/// The one connection that writes.
pub fn writer(path: &Path) -> Result<Connection, DbError> {
    let connection = Connection::open(path)?;
    common(&connection, -16_384)?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    Ok(connection)
}

/// When the read that runs on a connection is to be interrupted.
#[derive(Clone)]
pub struct Deadline {
    epoch: Instant,
    /// Milliseconds since `epoch`.
    until: Arc<AtomicU64>,
}

impl Deadline {
    /// Gives the read that begins now its time.
    pub fn restart(&self) {
        self.until.store(self.passed() + READ_DEADLINE, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.passed() > self.until.load(Ordering::Relaxed)
    }

    fn passed(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A connection that cannot write, and the deadline that interrupts it.
pub fn reader(path: &Path) -> Result<(Connection, Deadline), DbError> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
    )?;
    common(&connection, -4_096)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // The log is the writer's to fold: a reader that ends last leaves it as it is.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    let deadline = Deadline {
        epoch: Instant::now(),
        until: Arc::default(),
    };
    let watched = deadline.clone();
    connection.progress_handler(10_000, Some(move || watched.is_over()))?;
    Ok((connection, deadline))
}

fn common(connection: &Connection, cache: i32) -> Result<(), DbError> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "cache_size", cache)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

//! A look at the file before anything is opened for writing, so that what is damaged or another's stays as it is.

use std::io::Read as _;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::DbError;
use super::migrate::APPLICATION_ID;

/// With what every database begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Up to which size a file is read through at the start, which takes six milliseconds for each MiB; larger ones are as part of their
/// backups.
const READ_THROUGH: u64 = 16 * 1024 * 1024;

/// Refuses a file that is damaged or none of ours. One that is not there, or has nothing in it yet, is fine.
pub fn examine(path: &Path) -> Result<(), DbError> {
    let Ok(metadata) = std::fs::metadata(path) else {
        return Ok(());
    };
    let damaged = |what: &str| DbError::Damaged(format!("{} {what}", path.display()));
    if !metadata.is_file() {
        return Err(damaged("is no file"));
    }
    if metadata.len() == 0 {
        return Ok(());
    }
    let mut head = [0_u8; 16];
    let mut file = std::fs::File::open(path).map_err(DbError::io(format!("opening {}", path.display())))?;
    if file.read_exact(&mut head).is_err() || &head != MAGIC {
        return Err(damaged("is not a database"));
    }
    drop(file);
    let told = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
            damaged(&format!("is damaged: {error}"))
        }
        _ => error.into(),
    };
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(told)?;
    connection
        .pragma_update(None, "trusted_schema", false)
        .map_err(told)?;
    let tables: i64 = connection
        .query_row("select count(*) from sqlite_master", [], |row| row.get(0))
        .map_err(told)?;
    let id: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(told)?;
    if tables > 0 && id != APPLICATION_ID {
        return Err(damaged("belongs to another program and is left alone"));
    }
    if metadata.len() <= READ_THROUGH {
        let found: String = connection
            .query_row("pragma quick_check(1)", [], |row| row.get(0))
            .map_err(told)?;
        if found != "ok" {
            return Err(damaged(&format!("is damaged: {}", found.replace('\n', " "))));
        }
    }
    Ok(())
}

//! A copy of the database as of one moment, made beside whoever writes; and what such a file holds.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};

use super::DbError;
use super::migrate::{APPLICATION_ID, MIGRATIONS};
use crate::units::hex;

/// One table of a file, as of the copy.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TableSum {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over all of them, in their order.
    pub sha256: String,
}

/// What a database file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its schema.
    pub schema: usize,
    /// Every table by name.
    pub tables: Vec<TableSum>,
}

/// The schema that this program writes.
#[must_use]
pub const fn newest_schema() -> usize {
    MIGRATIONS.len()
}

/// Writes a copy of the database at `path` to `copy`, which must not be there yet. Nobody who writes waits for it.
///
/// # Errors
/// Whatever `SQLite` says; a copy that was begun is left for the caller to remove.
pub fn copy_to(path: &Path, copy: &Path) -> Result<(), DbError> {
    // A database that is not there would be made by opening it.
    if !path.exists() {
        return Err(DbError::Refused(format!(
            "there is no database at {}",
            path.display()
        )));
    }
    // Whoever only reads leaves the log where it is, even where no server has the file.
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute("vacuum into ?1", [copy.to_string_lossy()])?;
    let written = std::fs::File::open(copy).and_then(|file| file.sync_all());
    written.map_err(DbError::io("writing the copy to the disk"))
}

/// Reads a file through: whether it is whole, and what it holds.
///
/// # Errors
/// `Refused` where it is damaged, or none of ours.
pub fn inspect(path: &Path) -> Result<Inspection, DbError> {
    let refused = |what: &str| DbError::Refused(format!("{}: {what}", path.display()));
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    let id: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|_| refused("is not a database that can be read"))?;
    if id != APPLICATION_ID {
        return Err(refused("belongs to another program"));
    }
    let found: String = connection.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(refused(&format!("is damaged: {found}")));
    }
    if connection.prepare("pragma foreign_key_check")?.exists([])? {
        return Err(refused("is damaged: a row points to one that is gone"));
    }
    let schema: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(Inspection {
        schema: usize::try_from(schema).unwrap_or_default(),
        tables: sums(&connection)?,
    })
}

/// Every table of a file, summed up.
pub(super) fn sums(connection: &Connection) -> Result<Vec<TableSum>, DbError> {
    let names: Vec<String> = connection
        .prepare(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    names.into_iter().map(|name| sum(connection, name)).collect()
}

fn sum(connection: &Connection, name: String) -> Result<TableSum, DbError> {
    let quoted = name.replace('"', "\"\"");
    // Every table of ours begins with its key, or is short: the order is the same in a file and in its copy.
    let columns = connection
        .prepare(&format!("select * from \"{quoted}\" limit 0"))?
        .column_count();
    let order: Vec<String> = (1..=columns).map(|column| column.to_string()).collect();
    let mut statement = connection.prepare(&format!(
        "select * from \"{quoted}\" order by {}",
        order.join(", ")
    ))?;
    let mut rows = statement.query([])?;
    let mut hash = Sha256::new();
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            take(&mut hash, row.get_ref(column)?);
        }
        count += 1;
    }
    Ok(TableSum {
        name,
        rows: count,
        sha256: hex(&hash.finalize()),
    })
}

/// A value with its kind and length, so that no two rows give the same bytes.
fn take(hash: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => return hash.update([&[1_u8][..], &number.to_be_bytes()].concat()),
        ValueRef::Real(number) => return hash.update([&[2_u8][..], &number.to_be_bytes()].concat()),
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(bytes) => (4, bytes),
    };
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

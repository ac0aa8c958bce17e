//! The rows of a file that came from somewhere, in a new file of our own making.
//!
//! What was uploaded is never used as it is: it may carry triggers or views that act later. Its tables and columns must be
//! those that the schema of its number has, and only rows are taken, one table after the other.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::migrate::{MIGRATIONS, apply_from, apply_up_to};
use super::{DbError, WriteTx, connection, inspect};

/// What opens something or is under way at the moment of the backup: nobody is signed in again by it, no link or code that was
/// used or taken back since is good again, and nothing is sent twice.
const LEFT_OUT: [&str; 10] = [
    "delete from session",
    "delete from program_family",
    "delete from reset_link",
    "delete from invitation",
    "delete from setup_link",
    "delete from sign_in_code",
    "delete from sign_in_long_code",
    "delete from pending_sign_in",
    "delete from request_once",
    "delete from job where state in ('waiting', 'running')",
];

/// Forgets what was open or under way when a backup was made, of a database that was put in place as it is.
///
/// # Errors
/// Where it cannot be written.
pub fn forget_what_was_open(tx: &WriteTx<'_>) -> Result<(), DbError> {
    for statement in LEFT_OUT {
        tx.execute(statement, &[])?;
    }
    Ok(())
}

/// Makes the file `to`, which must not be there yet, with the rows of `from` in this program's schema.
///
/// # Errors
/// `Refused` where `from` is damaged, newer, or holds anything that a file of its schema does not.
pub fn rebuild(from: &Path, to: &Path) -> Result<(), DbError> {
    let inspection = inspect(from)?;
    let schema = inspection.schema;
    if schema == 0 || schema > MIGRATIONS.len() {
        return Err(DbError::Refused(format!(
            "it has the schema {schema}, and this Ballast knows 1 to {}",
            MIGRATIONS.len()
        )));
    }
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    source.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    source.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    source.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    source.pragma_update(None, "cell_size_check", true)?;
    source.pragma_update(None, "query_only", true)?;
    let mut target = connection::writer(to)?;
    apply_up_to(&mut target, schema)?;
    let tables = tables_in_common(&source, &target)?;
    copy(&source, &target, &tables)?;
    let copied = super::snapshot::sums(&target)?;
    if copied != inspection.tables {
        return Err(DbError::Refused("its rows did not all arrive".to_owned()));
    }
    apply_from(&mut target, schema)?;
    target.execute_batch(&LEFT_OUT.join(";"))?;
    if target.prepare("pragma foreign_key_check")?.exists([])? {
        return Err(DbError::Refused(
            "a row points to one that is not there".to_owned(),
        ));
    }
    // All of it in the one file, which is moved alone.
    target.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    Ok(())
}

/// A thing of the schema by kind and name.
type Things = BTreeMap<(String, String), i64>;

fn things(connection: &Connection) -> Result<Things, DbError> {
    let mut statement = connection.prepare("select type, name, rootpage from sqlite_master")?;
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, DbError> {
    let mut statement = connection.prepare("select name from pragma_table_xinfo(?1) order by cid")?;
    let rows = statement.query_map([table], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The tables with their columns, where both files have the same and nothing else.
fn tables_in_common(source: &Connection, target: &Connection) -> Result<Vec<(String, Vec<String>)>, DbError> {
    let (theirs, ours) = (things(source)?, things(target)?);
    for ((kind, name), root) in &theirs {
        // `SQLite`'s own statistics, if any: they are made again.
        if name.starts_with("sqlite_") && kind != "trigger" && kind != "view" {
            continue;
        }
        let known = ours.contains_key(&(kind.clone(), name.clone()));
        // What is no table on the disk (a virtual one) runs code when it is read.
        if !known || (kind == "table" && *root == 0) {
            return Err(DbError::Refused(format!(
                "it holds the {kind} {name:?}, which no database of ours does"
            )));
        }
    }
    let mut tables = Vec::new();
    for (kind, name) in ours.keys() {
        if kind != "table" || name.starts_with("sqlite_") {
            continue;
        }
        let (own, other) = (columns(target, name)?, columns(source, name)?);
        if own != other {
            return Err(DbError::Refused(format!("its table {name:?} is not as ours")));
        }
        tables.push((name.clone(), own));
    }
    Ok(tables)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Takes over all rows in one transaction, without our triggers, which guard what people do and not what was.
fn copy(source: &Connection, target: &Connection, tables: &[(String, Vec<String>)]) -> Result<(), DbError> {
    target.pragma_update(None, "foreign_keys", false)?;
    target.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    target.execute_batch("begin immediate")?;
    for (table, columns) in tables {
        let name = quoted(table);
        let list = columns
            .iter()
            .map(|column| quoted(column))
            .collect::<Vec<_>>()
            .join(", ");
        let places = (1..=columns.len())
            .map(|place| format!("?{place}"))
            .collect::<Vec<_>>()
            .join(", ");
        // A new file has rows of its own, such as the usual statuses.
        target.execute_batch(&format!("delete from {name}"))?;
        let mut insert = target.prepare(&format!("insert into {name} ({list}) values ({places})"))?;
        let mut select = source.prepare(&format!("select {list} from {name}"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..columns.len()).map(|column| row.get::<_, Value>(column));
            insert.execute(params_from_iter(values.collect::<Result<Vec<_>, _>>()?))?;
        }
    }
    target.execute_batch("commit")?;
    target.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    target.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Db, Migrate, copy_to, newest_schema};

    fn a_database(directory: &Path) -> std::path::PathBuf {
        let path = directory.join("from.sqlite");
        drop(Db::open(&directory.join("data"), Migrate::Auto).unwrap());
        copy_to(&directory.join("data").join(Db::FILE), &path).unwrap();
        path
    }

    #[test]
    fn rows_arrive_in_a_file_of_our_own_making() {
        let directory = tempfile::tempdir().unwrap();
        let from = a_database(directory.path());
        let row = "insert into role (name) values ('Łódź 🚀')";
        Connection::open(&from).unwrap().execute_batch(row).unwrap();
        let to = directory.path().join("to.sqlite");
        rebuild(&from, &to).unwrap();
        let (before, after) = (inspect(&from).unwrap(), inspect(&to).unwrap());
        assert_eq!(after.schema, newest_schema());
        assert_eq!(before.tables, after.tables);
    }

    #[test]
    fn an_older_file_is_brought_up_to_date_and_its_sessions_stay_behind() {
        let directory = tempfile::tempdir().unwrap();
        let from = directory.path().join("old.sqlite");
        let mut old = connection::writer(&from).unwrap();
        apply_up_to(&mut old, 3).unwrap();
        old.execute_batch(
            "insert into account (email, name, access, active) values ('ada@example.org', 'Ada', 'admin', 1)",
        )
        .unwrap();
        drop(old);
        let to = directory.path().join("to.sqlite");
        rebuild(&from, &to).unwrap();
        let made = Connection::open(&to).unwrap();
        let name: String = made
            .query_row("select name from account", [], |row| row.get(0))
            .unwrap();
        assert_eq!(
            (name.as_str(), inspect(&to).unwrap().schema),
            ("Ada", newest_schema())
        );
    }

    #[test]
    fn what_no_file_of_ours_holds_is_refused() {
        for (what, sql) in [
            (
                "trigger",
                "create trigger t after insert on role begin delete from account; end",
            ),
            ("view", "create view v as select * from account"),
            ("table", "create table extra (a)"),
            ("column", "alter table role add column extra text"),
            (
                "virtual",
                "drop table saved_view; create virtual table saved_view using fts5(name)",
            ),
            ("number", "pragma user_version = 99999"),
        ] {
            let directory = tempfile::tempdir().unwrap();
            let from = a_database(directory.path());
            Connection::open(&from).unwrap().execute_batch(sql).unwrap();
            let refused = rebuild(&from, &directory.path().join("to.sqlite"));
            assert!(matches!(refused, Err(DbError::Refused(_))), "{what}: {refused:?}");
        }
    }
}

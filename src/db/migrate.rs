//! The schema, one step after the other, each in one transaction with its number inside.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::examine::examine;
use super::{DbError, connection};

/// Marks the file as Ballast's: "Blst" in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x426c_7374;

/// When the schema is brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Migrate {
    /// At start, after keeping a copy.
    #[default]
    Auto,
    /// Only by `ballast migrate`; an older schema is refused at start.
    Manual,
}

pub(super) struct Migration<'a> {
    name: &'static str,
    sql: &'a str,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(Migration { name: $name, sql: include_str!(concat!("../../migrations/", $name, ".sql")) }),+]
    };
}

/// Every migration, in order: the first has the number 1.
pub(super) const MIGRATIONS: &[Migration<'static>] = migrations![
    "0001_changes",
    "0002_accounts",
    "0003_people",
    "0004_projects",
    "0005_plan",
    "0006_leave",
    "0007_auto_hours",
    "0008_feeds",
    "0009_snapshots",
    "0010_saved_views",
    "0011_reallocation",
    "0012_sign_in",
    "0013_sign_in_codes",
    "0014_second_step",
    "0015_oidc",
    "0016_accounts",
    "0017_scope",
    "0018_programs",
    "0019_poker",
    "0020_poker_hours",
    "0021_guards",
    "0022_jobs",
];

/// The names of the migrations that the file at `path` still needs; all of them where there is no file.
pub fn pending_migrations(path: &Path) -> Result<Vec<&'static str>, DbError> {
    examine(path)?;
    let version = if path.exists() {
        version(&Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE,
        )?)?
    } else {
        0
    };
    Ok(MIGRATIONS
        .iter()
        .skip(version)
        .map(|migration| migration.name)
        .collect())
}

/// Brings the file at `path` to this program's schema.
pub fn bring_up_to_date(directory: &Path, path: &Path, migrate: Migrate) -> Result<(), DbError> {
    refuse_an_emptied_file(directory, path)?;
    examine(path)?;
    let connection = connection::writer(path)?;
    let version = version(&connection)?;
    if version > MIGRATIONS.len() {
        return Err(DbError::Refused(format!(
            "{} was written by a newer Ballast (schema {version}, this one knows {}); start that version, or restore the copy kept in {}",
            path.display(),
            MIGRATIONS.len(),
            copies(directory).display()
        )));
    }
    if version == MIGRATIONS.len() {
        return Ok(());
    }
    if version > 0 {
        if migrate == Migrate::Manual {
            return Err(DbError::Refused(format!(
                "the schema of {} is older than this Ballast; run: ballast migrate",
                path.display()
            )));
        }
        keep_a_copy(&connection, directory, version)?;
    }
    if version == 0 {
        // All or nothing, and one wait for the disk: of a schema that was never there, no step is worth keeping.
        begin(&connection, MIGRATIONS)?;
    }
    for (index, migration) in MIGRATIONS
        .iter()
        .enumerate()
        .skip(version)
        .filter(|_| version > 0)
    {
        apply(&connection, index + 1, migration)?;
    }
    std::fs::write(
        marker(directory),
        "A database was made here. Without it, an empty file is not taken for a new one.\n",
    )
    .map_err(DbError::io("writing the marker of the installed database"))
}

/// Makes the whole schema in an empty file.
fn begin(connection: &Connection, migrations: &[Migration<'_>]) -> Result<(), DbError> {
    let whole: String = migrations
        .iter()
        .flat_map(|migration| [migration.sql, "\n"])
        .collect();
    let whole = Migration {
        name: migrations.last().map_or("", |migration| migration.name),
        sql: &whole,
    };
    apply(connection, migrations.len(), &whole)
}

fn apply(connection: &Connection, number: usize, migration: &Migration<'_>) -> Result<(), DbError> {
    connection.execute_batch("begin immediate")?;
    let result = connection
        .execute_batch(migration.sql)
        .and_then(|()| {
            connection.pragma_update(None, "user_version", i64::try_from(number).unwrap_or(i64::MAX))
        })
        .and_then(|()| connection.pragma_update(None, "application_id", APPLICATION_ID))
        .and_then(|()| connection.execute_batch("commit"));
    if let Err(error) = result {
        // The connection is dropped with the error; an open transaction ends with it.
        return Err(DbError::Refused(format!(
            "the migration {} failed and was rolled back: {error}",
            migration.name
        )));
    }
    tracing::info!(migration = migration.name, "brought the schema up to date");
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, DbError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    usize::try_from(version)
        .map_err(|_| DbError::Refused("the database file has a negative schema number".to_owned()))
}

fn refuse_an_emptied_file(directory: &Path, path: &Path) -> Result<(), DbError> {
    let empty = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
    if empty && marker(directory).exists() {
        return Err(DbError::Damaged(format!(
            "{} is missing or empty, though a database was here before; restore a copy (see {}), or remove {} to begin anew",
            path.display(),
            copies(directory).display(),
            marker(directory).display()
        )));
    }
    Ok(())
}

fn keep_a_copy(connection: &Connection, directory: &Path, version: usize) -> Result<(), DbError> {
    let folder = copies(directory);
    std::fs::create_dir_all(&folder).map_err(DbError::io("making the folder for copies"))?;
    let copy = folder.join(format!("before-migration-from-{version:04}.sqlite"));
    if copy.exists() {
        std::fs::remove_file(&copy).map_err(DbError::io("replacing an older copy"))?;
    }
    connection.execute("vacuum into ?1", [copy.to_string_lossy()])?;
    tracing::info!(copy = %copy.display(), "kept a copy before the migration");
    Ok(())
}

/// Where copies of the database are kept.
pub fn copies(directory: &Path) -> PathBuf {
    directory.join("backups")
}

/// The file that says that a database was made here.
pub fn marker(directory: &Path) -> PathBuf {
    directory.join("installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_migration() {
        let mut files: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let listed: Vec<String> = MIGRATIONS
            .iter()
            .map(|migration| format!("{}.sql", migration.name))
            .collect();
        assert_eq!(files, listed);
    }

    /// A file as it was after the first two migrations, with a row in it.
    fn an_older_file(directory: &Path) -> PathBuf {
        let path = directory.join("ballast.sqlite");
        let connection = connection::writer(&path).unwrap();
        for (index, migration) in MIGRATIONS.iter().enumerate().take(2) {
            apply(&connection, index + 1, migration).unwrap();
        }
        let row =
            "insert into account (email, name, access, active) values ('ada@example.org', 'Ada', 'admin', 1)";
        connection.execute_batch(row).unwrap();
        path
    }

    fn names(path: &Path) -> Vec<String> {
        let connection = Connection::open(path).unwrap();
        let mut query = connection.prepare("select name from account").unwrap();
        query
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn an_older_file_is_brought_up_to_date_after_a_copy_was_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = an_older_file(directory.path());
        assert_eq!(pending_migrations(&path).unwrap().len(), MIGRATIONS.len() - 2);
        bring_up_to_date(directory.path(), &path, Migrate::Auto).unwrap();
        assert_eq!(pending_migrations(&path).unwrap(), Vec::<&str>::new());
        assert_eq!(names(&path), ["Ada"]);
        let copy = directory.path().join("backups/before-migration-from-0002.sqlite");
        assert_eq!(names(&copy), ["Ada"]);
        assert_eq!(version(&Connection::open(copy).unwrap()).unwrap(), 2);
    }

    #[test]
    fn leave_and_holidays_that_were_entered_before_stay_as_they_were() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ballast.sqlite");
        let connection = connection::writer(&path).unwrap();
        for (index, migration) in MIGRATIONS.iter().enumerate().take(5) {
            apply(&connection, index + 1, migration).unwrap();
        }
        connection
            .execute_batch(
                "insert into person values (7, 'Ada', '', '', '', null, null, null, null, null, '', 1);
                 insert into time_off values (3, 7, 20780, 20780, 1, 'sick', 'approved', 'flu');
                 insert into time_off values (4, 7, 20790, 20799, 0, 'holiday', 'requested', '');
                 insert into calendar values (1, 'Oslo'); insert into holiday values (1, 20812, 'Christmas');",
            )
            .unwrap();
        drop(connection);
        bring_up_to_date(directory.path(), &path, Migrate::Auto).unwrap();
        let connection = Connection::open(&path).unwrap();
        let rows = |sql: &str| -> Vec<String> {
            let mut query = connection.prepare(sql).unwrap();
            let rows = query.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        assert_eq!(
            rows(
                "select id || ' ' || person_id || ' ' || first_day || ' ' || last_day || ' ' || half || ' ' || kind || ' ' || \
                 status || ' ' || note || ' ' || coalesce(from_midday, '-') from time_off order by id"
            ),
            [
                "3 7 20780 20780 1 sick approved flu -",
                "4 7 20790 20799 0 holiday requested  -"
            ]
        );
        assert_eq!(
            rows("select name || coalesce(half, '-') from holiday"),
            ["Christmas-"]
        );
        let orphan =
            "insert into time_off values (5, 99, 1, 1, 0, '', 'approved', '', 0, 0, null, null, null)";
        connection.execute_batch("pragma foreign_keys = on").unwrap();
        assert!(
            connection.execute_batch(orphan).is_err(),
            "leave still belongs to a person"
        );
    }

    #[test]
    fn an_older_file_waits_where_migrations_are_by_hand_and_is_told_the_command() {
        let directory = tempfile::tempdir().unwrap();
        let path = an_older_file(directory.path());
        let refused = bring_up_to_date(directory.path(), &path, Migrate::Manual).unwrap_err();
        assert!(refused.to_string().contains("ballast migrate"), "{refused}");
        assert_eq!(version(&Connection::open(&path).unwrap()).unwrap(), 2);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_at_the_one_before() {
        let directory = tempfile::tempdir().unwrap();
        let path = an_older_file(directory.path());
        let connection = connection::writer(&path).unwrap();
        let broken = Migration {
            name: "broken",
            sql: "create table half (id integer) strict; nonsense;",
        };
        assert!(apply(&connection, 3, &broken).is_err());
        drop(connection);
        let connection = Connection::open(&path).unwrap();
        assert_eq!(version(&connection).unwrap(), 2);
        let half: i64 = connection
            .query_row(
                "select count(*) from sqlite_master where name = 'half'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(half, 0);
    }
}

//! The schema, one step after the other, each in one transaction with its number inside.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::{DbError, connection, ground};

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
    /// Never: a start only says whether the schema is this program's.
    Check,
}

/// How many copies that were kept before a migration stay: those of the last versions.
const KEPT: usize = 3;
/// How often a long step says that it is still under way.
const WORD: Duration = Duration::from_secs(5);

pub(super) struct Migration {
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(Migration { name: $name, sql: include_str!(concat!("../../migrations/", $name, ".sql")) }),+]
    };
}

/// Every migration, in order: the first has the number 1.
pub(super) const MIGRATIONS: &[Migration] = migrations![
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
    "0023_long_codes",
    "0024_poker_moments",
    "0025_files",
    "0026_once",
    "0027_upkeep",
];

/// Steps that only add what the programs before them never look at: those still understand a file that has them.
const HARMLESS: [&str; 1] = ["0027_upkeep"];

/// The lowest schema whose programs still understand what this one writes.
fn least_schema() -> usize {
    let harmless = MIGRATIONS
        .iter()
        .rev()
        .take_while(|migration| HARMLESS.contains(&migration.name));
    MIGRATIONS.len() - harmless.count()
}

/// The names of the migrations that the database in `directory` still needs; all of them where there is none.
///
/// # Errors
/// `Unusable` for a file that cannot be used.
pub fn pending_migrations(directory: &Path) -> Result<Vec<&'static str>, DbError> {
    let path = directory.join(super::Db::FILE);
    ground::file(directory, &path)?;
    pending(&path)
}

fn pending(path: &Path) -> Result<Vec<&'static str>, DbError> {
    let version = if path.exists() {
        version(&Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY,
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

/// Brings the file at `path` to this program's schema. Answers the connection that did so, which is the one that writes from here on: a
/// file that nobody has open folds its log, and whoever starts would wait for that.
pub fn bring_up_to_date(directory: &Path, path: &Path, migrate: Migrate) -> Result<Connection, DbError> {
    ground::file(directory, path)?;
    if migrate != Migrate::Auto {
        refuse_what_waits(path, migrate)?;
    }
    let ready = ready(directory, path, connection::writer(path)?);
    if ready.is_err() {
        // The connection is gone, and has folded what the log held into the file.
        ground::closed(directory);
    }
    ready
}

fn ready(directory: &Path, path: &Path, mut connection: Connection) -> Result<Connection, DbError> {
    let version = version(&connection)?;
    if version > MIGRATIONS.len() {
        newer(directory, path, &connection, version)?;
        return Ok(connection);
    }
    if version < MIGRATIONS.len() {
        if version > 0 {
            keep_a_copy(&connection, directory, version)?;
        }
        apply_from(&mut connection, version)?;
    }
    ground::remember(directory, &named(&connection)?)?;
    Ok(connection)
}

/// Applies the first `count` steps to a new file.
pub(super) fn apply_up_to(connection: &mut Connection, count: usize) -> Result<(), DbError> {
    apply(connection, count, MIGRATIONS.get(..count).unwrap_or_default())
}

/// Applies what comes after the schema with the number `version`.
pub(super) fn apply_from(connection: &mut Connection, version: usize) -> Result<(), DbError> {
    if version == 0 {
        // All or nothing, and one wait for the disk: of a schema that was never there, no step is worth keeping.
        return apply(connection, MIGRATIONS.len(), MIGRATIONS);
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        apply(connection, index + 1, std::slice::from_ref(migration))?;
        tracing::info!(migration = migration.name, "brought the schema up to date");
    }
    Ok(())
}

fn refuse_what_waits(path: &Path, migrate: Migrate) -> Result<(), DbError> {
    let pending = pending(path)?;
    let is_new = pending.len() == MIGRATIONS.len();
    if pending.is_empty() || (is_new && migrate == Migrate::Manual) {
        return Ok(());
    }
    Err(DbError::Outdated(format!(
        "the schema of {} is older than this Ballast ({} to be done: {}). See what it does with `ballast migrate --plan`, then run: ballast migrate",
        path.display(),
        pending.len(),
        pending.join(", ")
    )))
}

/// A file that a newer program wrote is used where that one says that we understand it.
fn newer(directory: &Path, path: &Path, connection: &Connection, version: usize) -> Result<(), DbError> {
    let least = connection.query_row("select least_schema from installation", [], |row| {
        row.get::<_, i64>(0)
    });
    if least.is_ok_and(|least| usize::try_from(least).is_ok_and(|least| least <= MIGRATIONS.len())) {
        tracing::warn!(
            schema = version,
            known = MIGRATIONS.len(),
            "the database was written by a newer Ballast, which says that this one understands it"
        );
        return Ok(());
    }
    let back = steps_back(directory)
        .into_iter()
        .rev()
        .find(|step| step.schema <= MIGRATIONS.len());
    let way = match back {
        Some(step) => format!(
            "Start that version again, or go back to what was kept before it, losing what was entered since: ballast restore {}",
            step.copy.display()
        ),
        None => "Start that version again, or restore a backup that was made before it".to_owned(),
    };
    Err(DbError::Unusable(format!(
        "{} was written by a newer Ballast (schema {version}, this one knows {}). It is left as it is. {way}{}",
        path.display(),
        MIGRATIONS.len(),
        ground::newest_verified(directory)
            .map(|archive| format!(". The newest verified backup is {}", archive.display()))
            .unwrap_or_default()
    )))
}

/// The name of the installation, which is drawn where it has none; who understands the file is written down.
fn named(connection: &Connection) -> Result<String, DbError> {
    let known = connection.query_row("select name, least_schema from installation", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
    });
    let least = i64::try_from(least_schema()).unwrap_or(i64::MAX);
    match known {
        Ok((name, written)) if written == least => Ok(name),
        Ok((name, _)) => {
            connection.execute("update installation set least_schema = ?1", [least])?;
            Ok(name)
        }
        Err(_) => {
            let mut bytes = [0_u8; 16];
            getrandom::fill(&mut bytes).map_err(|error| DbError::Refused(error.to_string()))?;
            let name = crate::units::hex(&bytes);
            connection.execute("insert into installation values (1, ?1, ?2)", (&name, least))?;
            Ok(name)
        }
    }
}

/// Applies steps that follow each other in one transaction; the last of them has the number `number`.
fn apply(connection: &mut Connection, number: usize, steps: &[Migration]) -> Result<(), DbError> {
    let Some(last) = steps.last() else { return Ok(()) };
    say_that_it_goes_on(connection, last.name)?;
    connection.execute_batch("begin immediate")?;
    let result = steps
        .iter()
        .try_for_each(|step| connection.execute_batch(step.sql))
        .and_then(|()| {
            connection.pragma_update(None, "user_version", i64::try_from(number).unwrap_or(i64::MAX))
        })
        .and_then(|()| connection.pragma_update(None, "application_id", APPLICATION_ID))
        .map_err(DbError::from)
        // One wait for the disk for both.
        .and_then(|()| {
            (number == MIGRATIONS.len())
                .then(|| named(connection))
                .transpose()
        })
        .and_then(|_| Ok(connection.execute_batch("commit")?));
    connection.progress_handler(0, None::<fn() -> bool>)?;
    if let Err(error) = result {
        // The connection is dropped with the error; an open transaction ends with it.
        return Err(DbError::Refused(format!(
            "the migration {} failed and was rolled back: {error}",
            last.name
        )));
    }
    Ok(())
}

/// Whoever watches a long step knows that it is no standstill.
fn say_that_it_goes_on(connection: &mut Connection, migration: &'static str) -> Result<(), DbError> {
    let began = Instant::now();
    let mut said = began;
    let say = move || {
        if said.elapsed() >= WORD {
            said = Instant::now();
            tracing::info!(
                migration,
                seconds = began.elapsed().as_secs(),
                "still bringing the schema up to date"
            );
        }
        false
    };
    connection.progress_handler(100_000, Some(say))?;
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, DbError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    usize::try_from(version)
        .map_err(|_| DbError::Refused("the database file has a negative schema number".to_owned()))
}

/// A copy that was kept before a migration, to which one can go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepBack {
    /// Its schema.
    pub schema: usize,
    /// Where it is.
    pub copy: PathBuf,
}

const BEFORE: &str = "before-migration-from-";

/// The copies that were kept before migrations, the oldest schema first.
#[must_use]
pub fn steps_back(directory: &Path) -> Vec<StepBack> {
    let entries = fs::read_dir(copies(directory)).into_iter().flatten().flatten();
    let mut steps: Vec<StepBack> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let schema = name.strip_prefix(BEFORE)?.strip_suffix(".sqlite")?;
            Some(StepBack {
                schema: schema.parse().ok()?,
                copy: entry.path(),
            })
        })
        .collect();
    steps.sort_by_key(|step| step.schema);
    steps
}

fn keep_a_copy(connection: &Connection, directory: &Path, version: usize) -> Result<(), DbError> {
    let folder = copies(directory);
    fs::create_dir_all(&folder).map_err(DbError::io("making the folder for copies"))?;
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let bytes = u64::try_from(pages.saturating_mul(page)).unwrap_or(0);
    // The copy, and the step that may write all of it once more.
    ground::make_room(directory, bytes.saturating_mul(2))?;
    let copy = folder.join(format!("{BEFORE}{version:04}.sqlite"));
    let partial = folder.join(format!(".{BEFORE}{version:04}.part"));
    // A copy that was not finished, or none.
    let _ = fs::remove_file(&partial);
    connection.execute("vacuum into ?1", [partial.to_string_lossy()])?;
    fs::File::open(&partial)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&partial, &copy))
        .map_err(DbError::io("keeping a copy"))?;
    tracing::info!(copy = %copy.display(), "kept a copy before the migration");
    for older in steps_back(directory).iter().rev().skip(KEPT) {
        // One too many is no reason not to go on.
        let _ = fs::remove_file(&older.copy);
    }
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
mod tests;

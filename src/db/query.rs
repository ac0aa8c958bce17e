//! A question that an operator asks of the database in its own language, without being able to change anything.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::DbError;

/// For how long a question may be worked on.
const LONGEST: Duration = Duration::from_secs(30);
/// How long one value is shown.
const LONGEST_VALUE: usize = 100_000;

/// What the database answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Rows of as many values.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there are more rows than were asked for.
    pub more: bool,
}

/// Asks `sql` of the file at `path`: one statement that reads, and at most `limit` rows of its answer.
///
/// # Errors
/// `Refused` for whatever does not only read, and for what the engine does not understand.
pub fn query(path: &Path, sql: &str, limit: usize) -> Result<Table, DbError> {
    if !path.exists() {
        return Err(DbError::Refused(format!(
            "there is no database at {}",
            path.display()
        )));
    }
    let refused =
        |error: rusqlite::Error| DbError::Refused(format!("the question was not understood: {error}"));
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Nothing else is opened beside it, and nothing is written somewhere else.
    connection.set_limit(rusqlite::limits::Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let began = Instant::now();
    connection.progress_handler(10_000, Some(move || began.elapsed() > LONGEST))?;
    let mut statement = connection.prepare(sql).map_err(refused)?;
    if !statement.readonly() {
        return Err(DbError::Refused("this only reads: ask with select".to_owned()));
    }
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let count = columns.len();
    let mut found = statement.query([]).map_err(refused)?;
    let mut table = Table {
        columns,
        rows: Vec::new(),
        more: false,
    };
    while let Some(row) = found.next().map_err(refused)? {
        if table.rows.len() == limit {
            table.more = true;
            break;
        }
        let values = (0..count).map(|column| row.get_ref(column).map(shown));
        table.rows.push(values.collect::<Result<_, _>>()?);
    }
    Ok(table)
}

fn shown(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text)
            .chars()
            .take(LONGEST_VALUE)
            .collect::<String>()
            .into(),
        ValueRef::Blob(bytes) => {
            let shown = bytes.get(..bytes.len().min(LONGEST_VALUE)).unwrap_or_default();
            crate::units::hex(shown).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_answered_within_bounds_and_nothing_is_changed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sqlite");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("create table t (a integer, b text); insert into t values (1, 'one'), (2, null), (3, 'three');")
            .unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let table = query(&path, "select a, b from t order by a", 2).unwrap();
        assert_eq!(table.columns, ["a", "b"]);
        assert_eq!(
            serde_json::json!(table.rows),
            serde_json::json!([[1, "one"], [2, null]])
        );
        assert!(table.more);
        let elsewhere = directory.path().join("y.sqlite");
        for sql in [
            "delete from t",
            "insert into t values (4, 'four') returning a",
            "pragma user_version = 9",
            "create table u (a)",
            "select 1; delete from t",
            "nonsense",
            &format!("vacuum into '{}'", elsewhere.display()),
            &format!("attach '{}' as y", elsewhere.display()),
        ] {
            assert!(query(&path, sql, 2).is_err(), "{sql}");
        }
        assert!(!elsewhere.exists());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

//! The steps of the schema, one after the other and back.

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
    let mut connection = connection::writer(&path).unwrap();
    for (index, migration) in MIGRATIONS.iter().enumerate().take(2) {
        apply(&mut connection, index + 1, std::slice::from_ref(migration)).unwrap();
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
    assert_eq!(pending(&path).unwrap().len(), MIGRATIONS.len() - 2);
    bring_up_to_date(directory.path(), &path, Migrate::Auto).unwrap();
    assert_eq!(pending(&path).unwrap(), Vec::<&str>::new());
    assert_eq!(names(&path), ["Ada"]);
    let copy = directory.path().join("backups/before-migration-from-0002.sqlite");
    assert_eq!(names(&copy), ["Ada"]);
    assert_eq!(version(&Connection::open(copy).unwrap()).unwrap(), 2);
}

#[test]
fn leave_and_holidays_that_were_entered_before_stay_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ballast.sqlite");
    let mut connection = connection::writer(&path).unwrap();
    for (index, migration) in MIGRATIONS.iter().enumerate().take(5) {
        apply(&mut connection, index + 1, std::slice::from_ref(migration)).unwrap();
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
    let orphan = "insert into time_off values (5, 99, 1, 1, 0, '', 'approved', '', 0, 0, null, null, null)";
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
    let mut connection = connection::writer(&path).unwrap();
    let broken = Migration {
        name: "broken",
        sql: "create table half (id integer) strict; nonsense;",
    };
    assert!(apply(&mut connection, 3, std::slice::from_ref(&broken)).is_err());
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

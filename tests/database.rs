//! The database door: all or nothing, durable, recorded, one process at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ballast::db::{
    Actor, Committed, Db, DbError, Gesture, Migrate, RowKey, Tx, Value, WriteTx, is_undone, undo,
};
use ballast::people::{PERSON, ROLE};
use ballast::units::ids::ChangeSetId;

fn gesture() -> Gesture {
    Gesture {
        actor: Actor {
            account: None,
            name: "Ada".to_owned(),
        },
        label: "tried".to_owned(),
        at: 1_000,
    }
}

fn open(directory: &tempfile::TempDir) -> Db {
    Db::open(directory.path(), Migrate::Auto).unwrap()
}

fn add_role(tx: &WriteTx<'_>, name: &str) -> Result<i64, DbError> {
    tx.insert(&ROLE, &[("name", name.into())])
}

fn roles_in(tx: &Tx<'_>) -> Result<usize, DbError> {
    tx.query("select id from role", &[], |row| row.get::<i64>(0))
        .map(|roles| roles.len())
}

async fn roles(db: &Db) -> Vec<String> {
    db.read(|tx| tx.query("select name from role order by id", &[], |row| row.get(0)))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing_and_its_neighbours_alone() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let writes = (0..100).map(|number| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write(gesture(), move |tx| {
                add_role(tx, &format!("role {number}"))?;
                if number % 3 == 0 {
                    Err(DbError::Busy)
                } else {
                    Ok(())
                }
            })
            .await
            .is_ok()
        })
    });
    let mut kept = 0;
    for write in writes.collect::<Vec<_>>() {
        kept += usize::from(write.await.unwrap());
    }
    let names = roles(&db).await;
    assert_eq!((kept, names.len()), (66, 66));
    assert!(
        names
            .iter()
            .all(|name| name.trim_start_matches("role ").parse::<u32>().unwrap() % 3 != 0)
    );
    let changes: Option<i64> = db
        .read(|tx| tx.first("select count(*) from change", &[], |row| row.get(0)))
        .await
        .unwrap();
    assert_eq!(changes, Some(66), "what was rolled back is not in the history");
}

#[tokio::test]
async fn a_panic_rolls_back_alone_and_the_writer_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let result = db
        .write(gesture(), |tx| {
            add_role(tx, "never")?;
            assert_eq!(roles_in(tx)?, 0, "a fault of a handler");
            Ok::<_, DbError>(())
        })
        .await;
    assert!(matches!(result, Err(DbError::Panicked)));
    db.write(gesture(), |tx| add_role(tx, "after")).await.unwrap();
    assert_eq!(roles(&db).await, ["after"]);
}

#[tokio::test]
async fn visitors_who_leave_do_not_stop_the_writer() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    for number in 0..50 {
        let write = db.write(gesture(), move |tx| add_role(tx, &format!("role {number}")));
        drop(tokio::time::timeout(std::time::Duration::ZERO, write).await);
    }
    db.write(gesture(), |tx| add_role(tx, "last")).await.unwrap();
    assert_eq!(roles(&db).await.last().unwrap(), "last");
}

#[tokio::test]
async fn the_hook_runs_before_the_writer_answers_and_sees_what_was_committed() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    db.after_commit(Box::new(move |tx: &Tx<'_>, commits: &[Committed]| {
        let roles: Vec<String> = tx.query("select name from role", &[], |row| row.get(0))?;
        assert!(commits.iter().all(|commit| commit.changes.len() == 1));
        count.store(roles.len(), Ordering::SeqCst);
        Ok(())
    }));
    for number in 1..=5 {
        db.write(gesture(), move |tx| add_role(tx, &format!("role {number}")))
            .await
            .unwrap();
        assert_eq!(seen.load(Ordering::SeqCst), number);
    }
    db.write(gesture(), |_| Ok::<_, DbError>(())).await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn readers_cannot_write() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let result = db
        .read(|tx| {
            tx.first("insert into role (name) values ('x') returning id", &[], |row| {
                row.get::<i64>(0)
            })
        })
        .await;
    assert!(result.is_err());
    assert!(roles(&db).await.is_empty());
}

#[tokio::test]
async fn undo_gives_back_every_row_and_redo_takes_it_again() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let made = db
        .write(gesture(), |tx| {
            let role = add_role(tx, "Engineer")?;
            tx.insert(
                &PERSON,
                &[
                    ("name", "Ada".into()),
                    ("email", "".into()),
                    ("phone", "".into()),
                    ("location", "".into()),
                    ("notes", "".into()),
                    ("role_id", role.into()),
                    ("active", true.into()),
                ],
            )?;
            tx.update(&ROLE, RowKey::id(role), &[("name", "Lead engineer".into())])?;
            Ok::<_, DbError>(())
        })
        .await
        .unwrap();
    let first = made.change_set.unwrap();
    let undone = take_back(&db, first).await;
    assert!(roles(&db).await.is_empty());
    take_back(&db, undone).await;
    assert_eq!(roles(&db).await, ["Lead engineer"]);
    let people: Vec<String> = db
        .read(|tx| tx.query("select name from person", &[], |row| row.get(0)))
        .await
        .unwrap();
    assert_eq!(people, ["Ada"]);
}

#[tokio::test]
async fn a_change_set_is_undone_as_long_as_its_newest_undo_holds() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let made = db.write(gesture(), |tx| add_role(tx, "Engineer")).await.unwrap();
    let first = made.change_set.unwrap();
    let mut newest = first;
    for undone in [true, false, true, false] {
        newest = take_back(&db, newest).await;
        assert_eq!(roles(&db).await.is_empty(), undone);
        assert_eq!(db.read(move |tx| is_undone(tx, first)).await.unwrap(), undone);
    }
}

async fn take_back(db: &Db, change_set: ChangeSetId) -> ChangeSetId {
    let written = db
        .write(gesture(), move |tx| {
            undo(tx, change_set, &[&ROLE, &PERSON], |_| true)
        })
        .await
        .unwrap();
    assert!(written.value.conflicts.is_empty());
    written.change_set.unwrap()
}

#[tokio::test]
async fn undo_leaves_alone_what_somebody_changed_since() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let made = db
        .write(gesture(), |tx| {
            Ok::<_, DbError>((add_role(tx, "A")?, add_role(tx, "B")?))
        })
        .await
        .unwrap();
    let (first, _) = made.value;
    db.write(gesture(), move |tx| {
        tx.update(&ROLE, RowKey::id(first), &[("name", "changed".into())])
    })
    .await
    .unwrap();
    let change_set = made.change_set.unwrap();
    let undone = db
        .write(gesture(), move |tx| undo(tx, change_set, &[&ROLE], |_| true))
        .await
        .unwrap()
        .value;
    assert_eq!((undone.rows.len(), undone.conflicts.len()), (1, 1));
    assert_eq!(
        undone.conflicts[0].now.as_ref().unwrap().0,
        [Value::from("changed")]
    );
    assert_eq!(roles(&db).await, ["changed"]);
}

#[tokio::test]
async fn what_is_the_same_already_leaves_no_trace() {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let role = db.write(gesture(), |tx| add_role(tx, "A")).await.unwrap().value;
    let again = db
        .write(gesture(), move |tx| {
            tx.update(&ROLE, RowKey::id(role), &[("name", "A".into())])
        })
        .await
        .unwrap();
    assert_eq!((again.value, again.change_set), (true, None));
}

#[test]
fn the_engine_is_one_that_keeps_what_it_committed() {
    let directory = tempfile::tempdir().unwrap();
    let version: i64 = rusqlite_version();
    assert!(version >= i64::from(ballast::db::OLDEST_SQLITE), "{version}");
    drop(open(&directory));
}

/// The linked engine's own word, in the form 3.51.3 → 3051003.
fn rusqlite_version() -> i64 {
    let directory = tempfile::tempdir().unwrap();
    let db = open(&directory);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let text: Option<String> = runtime
        .block_on(db.read(|tx| tx.first("select sqlite_version()", &[], |row| row.get(0))))
        .unwrap();
    let text = text.unwrap();
    let parts: Vec<i64> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.iter().take(3).fold(0, |number, part| number * 1_000 + part)
}

#[test]
fn a_second_process_is_told_that_the_directory_is_taken() {
    let directory = tempfile::tempdir().unwrap();
    let _first = open(&directory);
    assert!(matches!(
        Db::open(directory.path(), Migrate::Auto),
        Err(DbError::Locked(_))
    ));
}

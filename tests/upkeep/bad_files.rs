//! A database that cannot be used: one line, the way out, and not a byte of it changed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ballast::backup::{self, Making, Recipients};
use ballast::db::{self, Actor, Db, Gesture, Migrate};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::house::NOW;
use crate::process::{Server, err, run};

/// A directory with a database that was closed, and a backup of it that was read through.
fn closed() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    drop(Db::open(&data, Migrate::Auto).unwrap());
    let making = Making {
        name: &backup::name_of(NOW),
        made_at: NOW,
        reason: "asked for",
        recipients: &Recipients::default(),
    };
    let (archive, _) = backup::make(&data, &making).unwrap();
    assert_eq!(db::newest_verified(&data), Some(archive));
    (directory, data)
}

/// The digests of the database and its log. An empty log is none: it is left or taken away as it comes.
fn digests(data: &Path) -> Vec<Option<Vec<u8>>> {
    let digest = |name: String| {
        let bytes = fs::read(data.join(name)).ok().filter(|bytes| !bytes.is_empty())?;
        Some(Sha256::digest(bytes).to_vec())
    };
    vec![digest(Db::FILE.to_owned()), digest(format!("{}-wal", Db::FILE))]
}

/// What the program answers to a directory in this state: exit 65, the file, the way out, and nothing changed.
fn is_refused(what: &str, data: &Path, says: &str) {
    let before = digests(data);
    for arguments in [&["serve", "--http-addr", "127.0.0.1:0"][..], &["migrate"]] {
        let answer = run(data, arguments, "");
        let said = err(&answer);
        assert_eq!(answer.status.code(), Some(65), "{what}: {said}");
        assert!(said.contains(Db::FILE) || said.contains("data"), "{what}: {said}");
        assert!(said.contains(says), "{what}: {said}");
        assert!(
            said.contains("ballast-2026-11-18-120000Z.ballast.tar.zst"),
            "{what}: {said}"
        );
    }
    assert_eq!(digests(data), before, "{what}: nothing is changed");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a story is told in one go")]
fn a_file_that_cannot_be_used_is_refused_and_left_as_it_is() {
    type Spoil = fn(&Path);
    let cases: [(&str, Spoil, &str); 9] = [
        (
            "zero bytes",
            |path| fs::write(path, "").unwrap(),
            "missing or empty",
        ),
        (
            "no file",
            |path| fs::remove_file(path).unwrap(),
            "missing or empty",
        ),
        (
            "half of it",
            |path| {
                let bytes = fs::read(path).unwrap();
                fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            },
            "cut short",
        ),
        (
            "a page of noise",
            |path| {
                let mut bytes = fs::read(path).unwrap();
                bytes[4_096 * 5..4_096 * 6].fill(0xa7);
                fs::write(path, bytes).unwrap();
            },
            "is damaged",
        ),
        (
            "a head of noise",
            |path| {
                let mut bytes = fs::read(path).unwrap();
                bytes[..100].fill(0x5c);
                fs::write(path, bytes).unwrap();
            },
            "no database that can be read",
        ),
        (
            "another program's",
            |path| {
                let mut bytes = fs::read(path).unwrap();
                bytes[68..72].copy_from_slice(&0x0f05_5112_u32.to_be_bytes());
                fs::write(path, bytes).unwrap();
            },
            "belongs to another program",
        ),
        (
            "a newer schema",
            |path| {
                understood_from(path.parent().unwrap(), 9_999);
                of_schema(path, 9_999);
            },
            "newer Ballast",
        ),
        (
            "a file that nobody may write to",
            |path| fs::set_permissions(path, fs::Permissions::from_mode(0o400)).unwrap(),
            "may not be written to",
        ),
        (
            "a directory",
            |path| {
                fs::remove_file(path).unwrap();
                fs::create_dir(path).unwrap();
            },
            "is no file",
        ),
    ];
    for (what, spoil, says) in cases {
        let (_directory, data) = closed();
        spoil(&data.join(Db::FILE));
        is_refused(what, &data, says);
    }
}

/// Lets a database say which schema a program must know at least to understand it.
fn say_least(db: &Db, least: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let gesture = Gesture {
        actor: Actor::program(),
        label: "upgrade".to_owned(),
        at: NOW,
    };
    let written = db.write(gesture, move |tx| {
        let sql = format!("update installation set least_schema = {least}");
        tx.execute(&sql, &[]).map(drop)
    });
    runtime.block_on(written).unwrap();
}

/// The same for one that is closed.
fn understood_from(data: &Path, least: i64) {
    say_least(&Db::open(data, Migrate::Auto).unwrap(), least);
}

/// Writes the number of a schema into the head of a closed file.
fn of_schema(path: &Path, schema: u32) {
    let mut bytes = fs::read(path).unwrap();
    bytes[60..64].copy_from_slice(&schema.to_be_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_newer_file_that_says_that_this_program_understands_it_is_used() {
    let (_directory, data) = closed();
    understood_from(&data, 1);
    of_schema(&data.join(Db::FILE), 9_999);
    let server = Server::start(&data, &[]);
    server.stop();
    assert_eq!(db::inspect(&data.join(Db::FILE)).unwrap().schema, 9_999);
}

#[test]
fn a_log_that_is_missing_or_of_another_database_is_noticed() {
    let (_directory, data) = closed();
    let path = data.join(Db::FILE);
    let log = data.join(format!("{}-wal", Db::FILE));
    // As a crash leaves it, and then somebody tidies up.
    fs::write(data.join("unclosed"), "").unwrap();
    let _ = fs::remove_file(&log);
    is_refused("a log that is gone", &data, "its log");
    fs::remove_file(data.join("unclosed")).unwrap();
    assert!(run(&data, &["migrate"], "").status.success());

    // The log of another installation, whole and with a valid sum in each of its frames.
    let (_other_directory, other) = closed();
    fs::remove_file(other.join(Db::FILE)).unwrap();
    fs::remove_file(other.join("installed")).unwrap();
    let open = Db::open(&other, Migrate::Auto).unwrap();
    say_least(&open, 5);
    fs::copy(other.join(format!("{}-wal", Db::FILE)), &log).unwrap();
    drop(open);
    assert!(fs::metadata(&log).unwrap().len() > 0);
    let before = fs::read(&path).unwrap();
    let answer = run(&data, &["migrate"], "");
    assert_eq!(answer.status.code(), Some(65), "{}", err(&answer));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_is_never_begun_anew_where_one_was() {
    let (_directory, data) = closed();
    fs::remove_file(data.join(Db::FILE)).unwrap();
    for arguments in [
        &["migrate"][..],
        &["user", "list"],
        &["backup"],
        &["db", "query", "--read-only", "select 1"],
    ] {
        assert!(!run(&data, arguments, "").status.success(), "{arguments:?}");
        assert!(!data.join(Db::FILE).exists(), "{arguments:?}");
    }
}

#[test]
fn the_directory_of_another_user_is_refused_before_anything_is_written() {
    let (_directory, data) = closed();
    // Only root can give a directory away; whoever else runs this has the rule's own test.
    if std::os::unix::fs::chown(&data, Some(65_532), None).is_err() {
        return;
    }
    let names = |data: &Path| fs::read_dir(data).unwrap().count();
    let before = names(&data);
    let answer = run(&data, &["migrate"], "");
    assert_eq!(answer.status.code(), Some(78), "{}", err(&answer));
    assert!(err(&answer).contains("belongs to user 65532"), "{}", err(&answer));
    assert_eq!(names(&data), before);
}

#[test]
fn a_directory_that_is_mounted_read_only_is_refused_with_what_to_do() {
    let (_directory, data) = closed();
    let before = digests(&data);
    // In a world of its own, so that nobody else sees the mount and nothing has to be taken away again.
    let script = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" || exit 99
        exec \"$0\" --data-dir \"$1\" serve --http-addr 127.0.0.1:0";
    let answer = std::process::Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .args([env!("CARGO_BIN_EXE_ballast"), data.to_str().unwrap()])
        .output()
        .unwrap();
    // Some machines let nobody mount anything; there the words have a test of their own (src/db/lock.rs).
    let code = answer.status.code();
    if code == Some(99) || err(&answer).contains("unshare") {
        return;
    }
    assert_eq!(code, Some(78), "{}", err(&answer));
    let said = err(&answer);
    assert!(said.contains("read-only") && said.contains("DATA_DIR"), "{said}");
    assert_eq!(digests(&data), before);
}

#[test]
fn a_question_is_answered_and_changes_nothing() {
    let (_directory, data) = closed();
    let before = digests(&data);
    let asked = |sql: &str, more: &[&str]| {
        let mut arguments = vec!["db", "query", "--read-only"];
        arguments.extend(more);
        arguments.push(sql);
        run(&data, &arguments, "")
    };
    let answer = asked("select 1 as one, 'a,b' as two", &[]);
    assert_eq!(String::from_utf8_lossy(&answer.stdout), "one,two\n1,\"a,b\"\n");
    let answer = asked("select 1 as one, null as two", &["--format", "json"]);
    let read: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(read, serde_json::json!([{ "one": 1, "two": null }]));
    let answer = asked("select name from sqlite_master", &["--limit", "2"]);
    assert_eq!(String::from_utf8_lossy(&answer.stdout).lines().count(), 3);
    assert!(err(&answer).contains("more than 2 rows"), "{}", err(&answer));
    for sql in ["delete from account", "pragma user_version = 1", "nonsense"] {
        assert_eq!(asked(sql, &[]).status.code(), Some(64), "{sql}");
    }
    assert_eq!(
        run(&data, &["db", "query", "select 1"], "").status.code(),
        Some(64)
    );
    assert_eq!(digests(&data), before);
}

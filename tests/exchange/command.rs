//! The same at the command line, on a data directory without a server.

use std::path::Path;
use std::process::{Command, Output};

use ballast::book::Book;
use ballast::db::{Db, Migrate};
use ballast::plan;

use super::bring::{SAMPLES, booked};

fn ballast(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ballast"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TIME_ZONE", "UTC")
        .arg("--data-dir")
        .arg(directory)
        .args(arguments)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn import(directory: &Path, name: &str, more: &[&str]) -> Output {
    let what = name.split(['.', '-']).next().unwrap();
    let file = format!("tests/data/{name}");
    ballast(directory, &[&["import", what, &file], more].concat())
}

async fn book(directory: &Path) -> Book {
    let db = Db::open(directory, Migrate::Auto).unwrap();
    db.read(|tx| plan::load_book(tx, None)).await.unwrap()
}

#[tokio::test]
async fn the_samples_are_imported_and_counted() {
    let directory = tempfile::tempdir().unwrap();
    let dry = import(directory.path(), "people.csv", &["--dry-run"]);
    assert!(dry.status.success(), "{}", err(&dry));
    assert!(
        out(&dry).starts_with("60 people: 60 would be new, 0 would be changed, 0 unchanged\n"),
        "{}",
        out(&dry)
    );
    assert!(out(&dry).ends_with("Nothing was imported: this was a dry run.\n"));
    assert!(book(directory.path()).await.plan.people.is_empty());
    for name in SAMPLES {
        let done = import(directory.path(), name, &[]);
        assert!(done.status.success(), "{name}: {}", err(&done));
        assert!(out(&done).contains("\nImported "), "{name}: {}", out(&done));
        assert_eq!(err(&done), "", "{name}");
    }
    let now = book(directory.path()).await;
    assert_eq!((now.plan.people.len(), now.plan.projects.len()), (60, 24));
    assert_eq!(booked(&now), 897_030);
    for name in SAMPLES.into_iter().chain(["hours-long.csv"]) {
        let again = import(directory.path(), name, &[]);
        assert!(
            out(&again).ends_with("Nothing to import: the plan says all of it already.\n"),
            "{name}"
        );
    }
    assert_eq!(book(directory.path()).await.revision, now.revision);
}

#[tokio::test]
async fn every_bad_row_is_named_with_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["people.csv", "projects.xlsx"] {
        import(directory.path(), name, &[]);
    }
    let revision = book(directory.path()).await.revision;
    let bad = import(directory.path(), "hours-bad.csv", &[]);
    assert_eq!(bad.status.code(), Some(65));
    assert_eq!(out(&bad), "");
    let told = err(&bad);
    let lines: Vec<&str> = told.lines().collect();
    let (last, rows) = lines.split_last().unwrap();
    let places: Vec<String> = (2..=10)
        .map(|line| format!("tests/data/hours-bad.csv:{line}: "))
        .collect();
    assert_eq!(rows.len(), places.len(), "{told}");
    for (row, place) in rows.iter().zip(&places) {
        assert!(row.starts_with(place), "{row}");
    }
    assert!(last.contains("9 problems; nothing was imported"), "{last}");
    assert_eq!(book(directory.path()).await.revision, revision);
}

#[tokio::test]
async fn exports_go_to_standard_output_or_to_a_file_and_come_back() {
    let directory = tempfile::tempdir().unwrap();
    for name in SAMPLES {
        import(directory.path(), name, &[]);
    }
    let people = ballast(directory.path(), &["export", "people"]);
    assert_eq!(out(&people).lines().count(), 61);
    assert!(
        out(&people).starts_with("\u{feff}Name,E-mail,"),
        "{}",
        out(&people)
    );
    for arguments in [
        &["people", "--format", "xlsx"][..],
        &["projects", "--format", "xlsx"],
        &["projects"],
        &["hours", "--format", "xlsx"],
        &["hours", "--shape", "long"],
        &["hours", "--from", "2026-11-16", "--weeks", "4"],
    ] {
        let format = if arguments.contains(&"xlsx") {
            "xlsx"
        } else {
            "csv"
        };
        let file = directory.path().join(format!("export.{format}"));
        let path = file.to_str().unwrap();
        let written = ballast(
            directory.path(),
            &[&["export"], arguments, &["--out", path]].concat(),
        );
        assert!(written.status.success(), "{arguments:?}: {}", err(&written));
        let back = ballast(directory.path(), &["import", arguments[0], path]);
        assert!(
            out(&back).ends_with("Nothing to import: the plan says all of it already.\n"),
            "{arguments:?}: {}{}",
            out(&back),
            err(&back)
        );
    }
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_how_bad_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let missing = ballast(directory.path(), &["import", "people", "nowhere.csv"]);
    assert_eq!(missing.status.code(), Some(64));
    let unknown = ballast(directory.path(), &["import", "pets", "tests/data/people.csv"]);
    assert_eq!(unknown.status.code(), Some(64));
    let wrong = ballast(
        directory.path(),
        &["import", "hours", "tests/data/hours-wide.xlsx.missing"],
    );
    assert_eq!(wrong.status.code(), Some(64));
    let text = directory.path().join("text.xlsx");
    std::fs::write(&text, "Name\nAda\n").unwrap();
    let bad = ballast(directory.path(), &["import", "people", text.to_str().unwrap()]);
    assert_eq!(bad.status.code(), Some(65));
    assert!(err(&bad).contains("is not a workbook"), "{}", err(&bad));
    let _held = Db::open(directory.path(), Migrate::Auto).unwrap();
    for arguments in [
        &["import", "people", "tests/data/people.csv"][..],
        &["export", "people"],
    ] {
        let locked = ballast(directory.path(), arguments);
        assert_eq!(locked.status.code(), Some(75), "{}", err(&locked));
        assert!(err(&locked).contains("another Ballast is using"));
    }
}

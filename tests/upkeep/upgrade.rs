//! From the database of an earlier version to this one and back, by the commands that the documentation gives.
//!
//! `tests/data/schema-0022.ballast.tar.zst` was made by `ballast backup` of the version with the schema 22, from its demonstration.

use std::path::{Path, PathBuf};

use ballast::db::{self, Db};

use crate::process::{Server, err, out, run};

const DOCUMENT: &str = include_str!("../../docs/upgrade.md");
const EARLIER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/data/schema-0022.ballast.tar.zst"
);

/// The commands under a heading of the document, as they stand there.
fn commands(heading: &str) -> Vec<String> {
    let (_, section) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let lines = section.lines().filter_map(|line| line.strip_prefix("    "));
    lines.map(str::to_owned).collect()
}

/// Types one of them.
fn type_in(data: &Path, line: &str) -> String {
    let line = line.replace("DATA_DIR", &data.display().to_string());
    let words = line.strip_prefix("ballast ").unwrap();
    let mut arguments = Vec::new();
    for (place, part) in words.split('"').enumerate() {
        if place % 2 == 1 {
            arguments.push(part);
        } else {
            arguments.extend(part.split_whitespace());
        }
    }
    let answer = run(data, &arguments, "");
    assert!(answer.status.success(), "{line}: {}", err(&answer));
    out(&answer)
}

/// A directory as the earlier version left it.
fn earlier() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    assert!(type_in(&data, &format!("ballast restore {EARLIER}")).contains("schema 22"));
    (directory, data)
}

#[test]
fn an_upgrade_and_the_way_back_are_as_the_documentation_says() {
    let (_directory, data) = earlier();
    let path = data.join(Db::FILE);
    let before = db::inspect(&path).unwrap();
    assert_eq!(before.schema, 22);
    let upgrade = commands("Upgrade");
    let [plan, backup, migrate] = upgrade.as_slice() else {
        panic!("{upgrade:?}");
    };
    let planned = type_in(&data, plan);
    assert!(
        planned.contains("From schema 22") && planned.contains("0027_upkeep"),
        "{planned}"
    );
    assert_eq!(db::inspect(&path).unwrap(), before, "a plan changes nothing");
    type_in(&data, backup);
    assert!(type_in(&data, migrate).contains("0027_upkeep"));
    let after = db::inspect(&path).unwrap();
    assert_eq!(after.schema, db::newest_schema());
    for table in &before.tables {
        let kept = after.tables.iter().find(|one| one.name == table.name);
        assert_eq!(kept.map(|one| one.rows), Some(table.rows), "{}", table.name);
    }
    let server = Server::start(&data, &[]);
    server.stop();

    let back = commands("Going back");
    let [info, restore] = back.as_slice() else {
        panic!("{back:?}");
    };
    assert!(type_in(&data, info).contains("to schema 22"));
    assert!(type_in(&data, restore).contains("schema 22"));
    assert_eq!(db::inspect(&path).unwrap(), before, "table by table");
    // And forward once more, as whoever went back will one day.
    type_in(&data, migrate);
    assert_eq!(db::inspect(&path).unwrap().schema, db::newest_schema());
}

#[test]
fn by_hand_and_for_a_look_an_older_schema_ends_with_three_and_the_command() {
    let (_directory, data) = earlier();
    let before = std::fs::read(data.join(Db::FILE)).unwrap();
    let with = |mode: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args([
                "--data-dir",
                &data.display().to_string(),
                "serve",
                "--http-addr",
                "127.0.0.1:0",
            ])
            .env("MIGRATE", mode)
            .output()
            .unwrap()
    };
    for mode in ["manual", "check"] {
        let answer = with(mode);
        assert_eq!(answer.status.code(), Some(3), "{mode}: {}", err(&answer));
        assert!(err(&answer).contains("run: ballast migrate"), "{}", err(&answer));
    }
    assert_eq!(std::fs::read(data.join(Db::FILE)).unwrap(), before);
    assert!(run(&data, &["migrate"], "").status.success());
    let checked = with("check");
    assert!(
        checked.status.success() && out(&checked).contains("up to date"),
        "{}",
        err(&checked)
    );
}

//! What each room may contain, and which room may know which.

use super::source::{Kind, Literal, Path, Source, is_test_file};

/// Features from left to right; those of one rank stand side by side. Each knows only what is left of it.
pub const FEATURES: [&[&str]; 8] = [
    &["accounts"],
    &["files"],
    &["people"],
    &["projects"],
    &["plan"],
    &["exchange", "graphql"],
    &["poker"],
    &["admin", "upkeep"],
];

/// Rooms that put the house together, and therefore know the features.
const WIRING: [&str; 8] = ["main", "lib", "cli", "app", "routes", "demo", "openapi", "work"];

/// Rooms that every feature stands on, and that therefore know none.
const FOUNDATION: [&str; 23] = [
    "backup", "units", "book", "db", "server", "web", "ui", "mail", "jobs", "config", "clock", "error",
    "feed", "cache", "edit", "sheet", "secret", "keys", "egress", "tls", "log", "metrics", "crash",
];

/// What reaches the world outside: nothing for rules, words and the book.
const WORLD: [&str; 12] = [
    "tokio",
    "axum",
    "hyper",
    "reqwest",
    "rusqlite",
    "tower",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "crate::db",
    "crate::config",
];

/// SQL that only one engine understands.
const ONE_ENGINE: [&str; 4] = ["datetime('now')", "rowid", "insert or replace", "pragma"];

/// Lines of a source file, its test modules not counted.
const LONGEST_FILE: usize = 600;

/// The room of a source file: `plan` for `src/plan/store.rs`, `config` for `src/config.rs`.
fn room(file: &str) -> Option<&str> {
    let first = file.strip_prefix("src/")?.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first))
}

fn rank(room: &str) -> Option<usize> {
    FEATURES.iter().position(|names| names.contains(&room))
}

/// Whether `file` is, or lies in, a room called `name`, `name_…` of its feature: `store.rs`, `store_hours.rs`,
/// `store/hours.rs`.
fn is_room(file: &str, name: &str) -> bool {
    file.split('/').skip(2).any(|part| {
        let stem = part.strip_suffix(".rs").unwrap_or(part);
        stem.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `text` has `wanted` as whole words.
fn has_words(text: &str, wanted: &str) -> bool {
    text.match_indices(wanted).any(|(at, _)| {
        let (before, after) = (
            text.get(..at).unwrap_or(""),
            text.get(at + wanted.len()..).unwrap_or(""),
        );
        !before.ends_with(is_word) && (wanted.ends_with(')') || !after.starts_with(is_word))
    })
}

/// Whether a string is SQL, in the house's lower case or shouted. "Select a week from the list" is not.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    [
        ("select ", " from "),
        ("insert into ", ""),
        ("delete from ", ""),
        ("update ", " set "),
        ("with ", " as ("),
    ]
    .into_iter()
    .chain([("create table ", ""), ("alter table ", ""), ("drop table ", "")])
    .any(|(begin, inside)| {
        let both = |begin: &str, inside: &str| text.starts_with(begin) && text.contains(inside);
        both(begin, inside) || both(&begin.to_uppercase(), &inside.to_uppercase())
    })
}

/// Every fault of one Rust file, as `file:line: what is wrong`.
pub fn faults(file: &str, text: &str) -> Vec<String> {
    let source = Source::read(file, text);
    let mut faults = vec![];
    let mut fault = |line: usize, what: String| faults.push(format!("{file}:{line}: {what}"));
    if let Some(room) = room(file) {
        imports(room, &source.paths, &mut fault);
        rooms(file, room, &source, &mut fault);
        if source.product_lines > LONGEST_FILE {
            let lines = source.product_lines;
            fault(
                1,
                format!("{lines} lines, and {LONGEST_FILE} is the most: it wants a wall, by meaning"),
            );
        }
    }
    tests(file, &source, &mut fault);
    faults
}

/// The one way that imports go.
fn imports(room: &str, paths: &[Path], fault: &mut impl FnMut(usize, String)) {
    let own = rank(room);
    if own.is_none() && !WIRING.contains(&room) && !FOUNDATION.contains(&room) {
        fault(
            1,
            format!("`{room}` is no room of the house: give it its place in tests/house_rules.rs"),
        );
        return;
    }
    for path in paths.iter().filter(|path| path.starts_with("crate")) {
        let Some(other) = path
            .segments
            .get(1)
            .map(String::as_str)
            .filter(|other| *other != room)
        else {
            continue;
        };
        let whole = path.segments.join("::");
        match (own, rank(other)) {
            (Some(own), Some(theirs)) if theirs >= own => {
                fault(
                    path.line,
                    format!("`{room}` may not know `{other}`, which is not left of it ({whole})"),
                );
            }
            (None, Some(_)) if FOUNDATION.contains(&room) => {
                fault(path.line, format!("`{room}` may not know a feature ({whole})"));
            }
            (None, None) if room == "units" => {
                fault(
                    path.line,
                    format!("`units` imports nothing of the house ({whole})"),
                );
            }
            (None, None) if room == "book" && other != "units" => {
                fault(path.line, format!("`book` knows only `units` ({whole})"));
            }
            (None, None) if room == "db" && !["units", "error", "config"].contains(&other) => {
                fault(
                    path.line,
                    format!("`db` knows only `units`, `error` and `config` ({whole})"),
                );
            }
            _ => {}
        }
    }
}

/// What belongs in which room. Test modules may reach further than what they test.
fn rooms(file: &str, room: &str, source: &Source, fault: &mut impl FnMut(usize, String)) {
    let pure = room == "units" || room == "book" || is_room(file, "rules");
    let store = is_room(file, "store");
    let pages = is_room(file, "pages");
    for path in &source.paths {
        let whole = path.segments.join("::");
        if room != "db" && path.starts_with("rusqlite") {
            fault(path.line, "only `db` names rusqlite".to_owned());
        }
        if room != "ui" && path.segments.iter().any(|segment| segment == "PreEscaped") {
            fault(
                path.line,
                "`PreEscaped` stays in `ui`: elsewhere every text is escaped".to_owned(),
            );
        }
        if path.in_tests {
            continue;
        }
        if pure && WORLD.iter().any(|world| path.starts_with(world)) {
            fault(
                path.line,
                format!("rules, units and the book are pure: no `{whole}`"),
            );
        }
        if store && (path.starts_with("maud") || path.starts_with("axum")) {
            fault(
                path.line,
                format!("a store shows nothing and answers nobody: no `{whole}`"),
            );
        }
        if pages && path.starts_with("crate::db") {
            fault(path.line, format!("pages show what they are given: no `{whole}`"));
        }
    }
    if room != "db" {
        for literal in source.literals.iter().filter(|literal| !literal.in_tests) {
            sql(literal, store, fault);
        }
    }
}

fn sql(literal: &Literal, store: bool, fault: &mut impl FnMut(usize, String)) {
    if !store && is_sql(&literal.text) {
        fault(literal.line, "SQL belongs in a store or in `db`".to_owned());
    }
    let lower = literal.text.to_lowercase();
    for dialect in ONE_ENGINE.iter().filter(|dialect| has_words(&lower, dialect)) {
        fault(
            literal.line,
            format!("`{dialect}` is understood by one engine only: it stays in `db`"),
        );
    }
}

/// Tests run, all of them, and wait for what happens rather than for time to pass.
fn tests(file: &str, source: &Source, fault: &mut impl FnMut(usize, String)) {
    for marks in source.tokens.windows(3) {
        let kinds: Vec<_> = marks.iter().map(|token| &token.kind).collect();
        if let [Kind::Mark('#'), Kind::Mark('['), Kind::Word(word)] = kinds.as_slice()
            && word == "ignore"
        {
            let line = marks.first().map_or(0, |token| token.line);
            fault(
                line,
                "a test that does not run proves nothing: no `#[ignore]`".to_owned(),
            );
        }
    }
    for path in source
        .paths
        .iter()
        .filter(|path| path.in_tests || is_test_file(file))
    {
        if path.ends_with("thread::sleep") || path.ends_with("time::sleep") {
            fault(
                path.line,
                "a test waits for what happens, not for time to pass: no sleep".to_owned(),
            );
        }
    }
}

/// Faults of any text file of the project: paths that exist on somebody's machine only.
pub fn machine_paths(file: &str, text: &str) -> Vec<String> {
    // Put together here, so that this file does not contain what it forbids.
    let forbidden = ["work", "root", "home"].map(|name| format!("/{name}/"));
    let mut faults = vec![];
    for (number, line) in (1..).zip(text.lines()) {
        for wanted in &forbidden {
            // In `docs/root/x` or `$HOME/root/x` the slash does not begin a path.
            let absolute = line.match_indices(wanted.as_str()).any(|(at, _)| {
                !line
                    .get(..at)
                    .unwrap_or("")
                    .ends_with(|c: char| is_word(c) || "./-~})>".contains(c))
            });
            if absolute {
                faults.push(format!("{file}:{number}: `{wanted}` is a path of one machine"));
            }
        }
    }
    faults
}

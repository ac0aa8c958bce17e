//! The rules on small made-up sources, since a rule that cannot fail is worth nothing.

use super::{
    rules::{faults, machine_paths},
    source::{Kind, Source, tokens},
};

/// Asserts that `text` as `file` has exactly one fault, on `line`, whose message has `words`.
#[track_caller]
fn refused(file: &str, text: &str, line: usize, words: &str) {
    let found = faults(file, text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("{file}:{line}: ")), "{found:#?}");
    assert!(found[0].contains(words), "{found:#?}");
}

#[track_caller]
fn fine(file: &str, text: &str) {
    assert_eq!(faults(file, text), Vec::<String>::new());
}

#[test]
fn a_feature_knows_only_features_to_its_left() {
    fine(
        "src/plan/handlers.rs",
        "use crate::{accounts::Viewer, people::Person, projects};\nuse super::store;",
    );
    refused(
        "src/people/handlers.rs",
        "\nuse crate::plan::store;",
        2,
        "`people` may not know `plan`",
    );
    refused(
        "src/people/mod.rs",
        "use ballast::projects::Project;",
        1,
        "`projects`",
    );
    refused(
        "src/exchange/mod.rs",
        "pub use crate::graphql::Schema;",
        1,
        "`graphql`",
    );
    refused(
        "src/graphql/rules.rs",
        "use crate::exchange::File;",
        1,
        "`exchange`",
    );
    refused("src/plan/api.rs", "use crate::exchange::File;", 1, "`exchange`");
    fine("src/exchange/api.rs", "use crate::plan::Assignment;");
    fine("src/admin/mod.rs", "use crate::{poker, graphql, exchange};");
}

#[test]
fn an_import_is_found_however_it_is_written() {
    let groups =
        "use crate::{\n    units::{Week, minutes::{self, Minutes}},\n    plan::{store::{self as kept}},\n};";
    refused("src/people/store.rs", groups, 3, "crate::plan::store");
    refused(
        "src/people/store.rs",
        "fn f() {\n    crate::plan::load();\n}",
        2,
        "crate::plan::load",
    );
    refused(
        "src/people/store.rs",
        "type T = Vec::<crate::plan::Row>;",
        1,
        "crate::plan::Row",
    );
    refused(
        "src/people/store.rs",
        "use super::super::plan::Row;",
        1,
        "crate::plan::Row",
    );
    refused("src/people/mod.rs", "use super::plan::*;", 1, "crate::plan");
    refused(
        "src/people/mod.rs",
        "mod inner {\n    use super::super::plan::Row;\n}",
        2,
        "crate::plan::Row",
    );
    refused(
        "src/people/mod.rs",
        "use {std::fmt, crate::plan};",
        1,
        "crate::plan",
    );
    refused(
        "src/people/mod.rs",
        "#[cfg(test)]\nmod tests {\n    use crate::plan::Row;\n}",
        3,
        "crate::plan",
    );
    fine(
        "src/people/mod.rs",
        "mod plan {}\nuse self::plan::Row;\nfn f() { super::units::week(); }",
    );
}

#[test]
fn comments_and_texts_import_nothing() {
    fine(
        "src/people/mod.rs",
        "//! crate::plan\n/* crate::plan /* nested */ crate::plan */\n// use crate::plan;",
    );
    fine(
        "src/people/mod.rs",
        "const A: &str = \"crate::plan\";\nconst B: &str = r#\"use \"crate::plan\"\"#;",
    );
    refused(
        "src/people/mod.rs",
        "const A: char = '\"';\nuse crate::plan; // \"",
        2,
        "crate::plan",
    );
    refused(
        "src/people/mod.rs",
        "fn a<'a>() -> &'a str { \"\\\"\" }\nuse crate::plan;",
        2,
        "crate::plan",
    );
    refused(
        "src/people/mod.rs",
        "const A: &str = \"a\\\nb\";\nuse crate::plan;",
        3,
        "crate::plan",
    );
}

#[test]
fn the_foundation_knows_no_feature() {
    for room in ["server", "web", "ui", "mail", "jobs", "feed", "cache"] {
        refused(
            &format!("src/{room}.rs"),
            "use crate::plan::Row;",
            1,
            "may not know a feature",
        );
        fine(
            &format!("src/{room}/mod.rs"),
            "use crate::{app::App, config, db, error, units};",
        );
    }
    refused(
        "src/units/week.rs",
        "use crate::error::AppError;",
        1,
        "`units` imports nothing",
    );
    fine("src/units/week.rs", "use super::Minutes;\nuse crate::units::Day;");
    refused(
        "src/book/mod.rs",
        "use crate::web::page;",
        1,
        "`book` knows only `units`",
    );
    fine("src/book/load.rs", "use super::Book;\nuse crate::units::Week;");
    refused("src/db/mod.rs", "use crate::book::Book;", 1, "`db` knows only");
    refused(
        "src/db/mod.rs",
        "use crate::plan::Row;",
        1,
        "`db` may not know a feature",
    );
    fine("src/routes.rs", "use crate::{admin, plan};");
    fine("src/cli/import.rs", "use ballast::exchange::Preview;");
    refused("src/helpers.rs", "", 1, "no room of the house");
}

#[test]
fn rules_units_and_the_book_touch_nothing_outside() {
    for import in [
        "std::fs::File",
        "std::net::TcpStream",
        "tokio::sync::Mutex",
        "axum::Json",
    ] {
        for file in [
            "src/plan/rules.rs",
            "src/plan/rules/window.rs",
            "src/units/day.rs",
            "src/book/mod.rs",
        ] {
            refused(file, &format!("use {import};"), 1, "pure");
        }
    }
    refused("src/plan/rules.rs", "use crate::db::Tx;", 1, "pure");
    refused(
        "src/plan/rules_moves.rs",
        "fn f() { std::fs::read(\"x\"); }",
        1,
        "pure",
    );
    fine(
        "src/plan/rules.rs",
        "use std::fmt;\n#[cfg(test)]\nmod tests {\n    use std::fs::File;\n}",
    );
    fine("src/plan/handlers.rs", "use axum::Json;\nuse crate::db::Tx;");
}

#[test]
fn a_store_shows_nothing_and_a_page_asks_nothing() {
    refused("src/plan/store.rs", "use maud::html;", 1, "a store");
    refused(
        "src/plan/store_hours.rs",
        "fn f() { maud::html!(); }",
        1,
        "a store",
    );
    refused("src/plan/store/hours.rs", "use axum::Json;", 1, "a store");
    refused("src/plan/pages.rs", "use crate::db::Tx;", 1, "pages");
    refused(
        "src/plan/pages/grid.rs",
        "use crate::{units, db::{Tx}};",
        1,
        "crate::db::Tx",
    );
    fine(
        "src/plan/pages.rs",
        "use maud::html;\n#[cfg(test)]\nmod tests {\n    use crate::db::Db;\n}",
    );
    fine("src/plan/store.rs", "use crate::db::Tx;");
}

#[test]
fn sql_stays_in_stores() {
    let query = "fn f() {\n    q(\"select name\n        from person where id = ?1\");\n}";
    refused("src/plan/pages.rs", query, 2, "SQL belongs");
    refused(
        "src/plan/pages/grid.rs",
        "const Q: &str = \"UPDATE person SET name = ?1\";",
        1,
        "SQL belongs",
    );
    refused(
        "src/plan/handlers.rs",
        "const Q: &str = r\"with a as (select 1) delete\";",
        1,
        "SQL belongs",
    );
    fine("src/plan/store.rs", query);
    fine("src/db/changes.rs", query);
    fine(
        "src/plan/pages.rs",
        "const T: &str = \"Select a week from the list\";\nconst U: &str = \"update now\";",
    );
    fine(
        "src/plan/handlers.rs",
        &format!("#[cfg(test)]\nmod tests {{ {query} }}"),
    );
}

#[test]
fn sql_of_one_engine_stays_behind_the_door() {
    refused(
        "src/plan/store.rs",
        "const Q: &str = \"select datetime('now')\";",
        1,
        "datetime('now')",
    );
    refused(
        "src/plan/store.rs",
        "const Q: &str = \"select p.rowid from person p\";",
        1,
        "rowid",
    );
    refused(
        "src/plan/store.rs",
        "const Q: &str = \"INSERT OR REPLACE into x values (1)\";",
        1,
        "insert or replace",
    );
    refused(
        "src/plan/store.rs",
        "const Q: &str = \"pragma optimize\";",
        1,
        "pragma",
    );
    fine(
        "src/plan/store.rs",
        "const Q: &str = \"select browid, pragmatic from x\";",
    );
    fine("src/db/mod.rs", "const Q: &str = \"pragma journal_mode = wal\";");
}

#[test]
fn only_the_door_names_rusqlite_and_only_the_ui_leaves_text_unescaped() {
    refused("src/plan/store.rs", "fn f(e: rusqlite::Error) {}", 1, "rusqlite");
    refused("src/error.rs", "use rusqlite::Error;", 1, "rusqlite");
    fine("src/db/row.rs", "use rusqlite::Row;");
    refused(
        "src/plan/pages.rs",
        "fn f() {\n    maud::PreEscaped(text);\n}",
        2,
        "PreEscaped",
    );
    refused(
        "src/web/csp.rs",
        "use maud::{Markup, PreEscaped};",
        1,
        "PreEscaped",
    );
    fine("src/ui/icon.rs", "use maud::PreEscaped;");
}

#[test]
fn every_test_runs_and_none_waits_for_time() {
    // Written apart, so that this file keeps its own rules.
    let sleep = "sl".to_owned() + "eep";
    refused("tests/plan.rs", "#[test]\n#[ignore]\nfn a() {}", 2, "ignore");
    refused(
        "src/plan/rules.rs",
        "#[ignore = \"slow\"]\nfn a() {}",
        1,
        "ignore",
    );
    refused(
        "tests/plan.rs",
        &format!("fn a() {{ std::thread::{sleep}(x); }}"),
        1,
        "no sleep",
    );
    refused(
        "tests/house/mod.rs",
        &format!("use tokio::time::{{Duration, {sleep}}};"),
        1,
        "no sleep",
    );
    let module = format!("\n#[cfg(test)]\nmod tests {{\n    fn a() {{ thread::{sleep}(x); }}\n}}\n");
    refused("src/jobs/mod.rs", &module, 4, "no sleep");
    fine(
        "src/jobs/mod.rs",
        &format!("async fn a() {{ tokio::time::{sleep}(x).await; }}"),
    );
}

#[test]
fn a_long_file_wants_a_wall_but_its_tests_are_not_counted() {
    let line = "const A: u8 = 1;\n";
    fine("src/plan/api.rs", &line.repeat(600));
    refused("src/plan/api.rs", &line.repeat(601), 1, "601 lines");
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", line.repeat(400));
    fine("src/plan/api.rs", &(line.repeat(600) + &tests));
    refused("src/plan/api.rs", &(tests + &line.repeat(601)), 1, "601 lines");
    fine("tests/plan.rs", &line.repeat(700));
}

#[test]
fn a_path_of_one_machine_is_found_in_any_file() {
    for name in ["work", "root", "home"] {
        let found = machine_paths("README.md", &format!("first\nsee `/{name}/me/x`"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("README.md:2: "), "{found:?}");
        assert_eq!(
            machine_paths("x", &format!("docs/{name}/x $HOME/{name}/ {name}/ /{name}s/")),
            Vec::<String>::new()
        );
    }
}

#[test]
fn raw_identifiers_numbers_and_lifetimes_are_read_as_rust_reads_them() {
    let words: Vec<_> = tokens("r#type 1_u32 'a' '\\'' b\"x\" br##\"y\"#z\"## &'static")
        .into_iter()
        .map(|token| match token.kind {
            Kind::Word(word) => word,
            Kind::Text(text) => format!("“{text}”"),
            Kind::PathSep => "::".to_owned(),
            Kind::Mark(mark) => mark.to_string(),
        })
        .collect();
    assert_eq!(words, ["type", "“x”", "“y\"#z”", "&", "static"]);
    assert_eq!(
        Source::read("src/a.rs", "use a::{b, c::{self, d as e}};")
            .paths
            .len(),
        3
    );
}

//! Many dates at once: imports, undo of one move after the other, and that no hour is lost on the way.

use std::process::{Command, Output};

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{Guest, House, Seed};
use crate::reallocation::planned::{book, deliverable, hours, patch, planned, undo};

/// The hours of every row, and the dates.
async fn whole(guest: &Guest, seed: &Seed) -> Value {
    json!([
        hours(guest, seed.adas).await,
        hours(guest, seed.bos).await,
        hours(guest, seed.open).await,
        guest
            .json(&format!("/api/v1/projects/{}/deliverables", seed.project))
            .await,
    ])
}

/// The sum of all hours, in hundredths.
fn sum(whole: &Value) -> i64 {
    let rows = whole.as_array().unwrap().iter().filter_map(Value::as_object);
    rows.flat_map(serde_json::Map::values)
        .map(|hours| hours.as_i64().unwrap() * 100)
        .sum()
}

/// Whatever is planned and wherever the date goes: no hour is lost, the plan in memory is the one on the disk, and undo
/// gives every cell back.
#[test]
fn a_move_conserves_hours_and_its_undo_restores_every_cell() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (house, seed, manager, dd) = runtime.block_on(planned());
    let cells = proptest::collection::vec((0_usize..3, 0_i32..12, 0_u32..=168), 1..40);
    let case = (cells, -80_i32..120, any::<bool>(), any::<bool>());
    TestRunner::new(Config::with_cases(24))
        .run(&case, |(cells, days, neighbours, past)| {
            runtime.block_on(async {
                let first: ballast::units::Day = "2026-12-07".parse().unwrap();
                let rows = [seed.adas, seed.bos, seed.open];
                for (row, week, hours) in cells {
                    let week = first.plus(7 * week).to_string();
                    book(&manager, rows[row], &[(&week, hours)]).await;
                }
                let before = whole(&manager, &seed).await;
                let due: ballast::units::Day = "2026-12-02".parse().unwrap();
                let body = json!({
                    "due": due.plus(if days == 0 { 1 } else { days }).to_string(),
                    "window": if neighbours { "neighbours" } else { "leadIn" },
                    "pastWeeks": past,
                });
                let (status, told) = patch(&manager, dd, body).await;
                prop_assert_eq!(status, StatusCode::OK);
                let after = whole(&manager, &seed).await;
                prop_assert_eq!(sum(&after), sum(&before));
                let kept = house
                    .app
                    .db
                    .read(|tx| ballast::plan::load_book(tx, None))
                    .await
                    .unwrap();
                prop_assert_eq!(&kept.plan.deliverables, &house.app.book().plan.deliverables);
                let book = house.app.book();
                prop_assert_eq!(kept.hours(), book.hours());
                let undone = undo(&manager, &told["changeSet"]).await;
                prop_assert_eq!(&undone["left"], 0);
                prop_assert_eq!(whole(&manager, &seed).await, before);
                Ok(())
            })
        })
        .unwrap();
}

fn ballast(directory: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ballast"))
        .args(arguments)
        .current_dir(directory.path())
        .env("DATA_DIR", directory.path())
        .env("TIME_ZONE", "UTC")
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_command_walks_back_one_reallocation_at_a_time_and_names_what_it_leaves() {
    let (house, seed, manager, dd) = planned().await;
    let begin = hours(&manager, seed.open).await;
    patch(&manager, dd, json!({ "due": "2026-12-09" })).await;
    patch(&manager, dd, json!({ "due": "2026-12-23" })).await;
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-21": 8 }));
    // Somebody goes on with the plan.
    book(&manager, seed.adas, &[("2026-12-21", 9)]).await;
    let copy = house.copy();
    let id = dd.to_string();
    let first = ballast(&copy, &["undo-reallocation", &id, "--revert-date"]);
    let told = String::from_utf8_lossy(&first.stderr).into_owned();
    assert_eq!(first.status.code(), Some(65), "{told}");
    assert!(told.contains("Ada Osei, week of 2026-12-21: 9 h now"), "{told}");
    let second = ballast(&copy, &["undo-reallocation", &id, "--revert-date"]);
    assert!(
        second.status.success(),
        "{}",
        String::from_utf8_lossy(&second.stderr)
    );
    let third = ballast(&copy, &["undo-reallocation", &id]);
    assert_eq!(third.status.code(), Some(65));
    let copy = House::open_in(copy, &[]).await;
    let manager = copy.guest_called(Access::Manager, "Later").await;
    assert_eq!(hours(&manager, seed.open).await, begin);
    let due = manager
        .json(&format!("/api/v1/projects/{}/deliverables", seed.project))
        .await;
    assert_eq!(due[1]["due"], "2026-12-02");
}

#[tokio::test]
async fn dates_that_an_import_moved_together_come_back_together() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    deliverable(&manager, &seed, "SD", "2026-12-02").await;
    let dd = deliverable(&manager, &seed, "DD", "2026-12-16").await;
    let cells = [("2026-11-30", 8), ("2026-12-07", 10), ("2026-12-14", 12)];
    book(&manager, seed.open, &cells).await;
    let before = hours(&manager, seed.open).await;
    let csv = "Project,Code,Deliverable,Due\nHarbour Substation,P-1,SD,2026-12-09\nHarbour Substation,P-1,DD,2027-01-06\n";
    let answer = manager
        .request(Method::POST, "/api/v1/imports?name=dates.csv&what=projects")
        .body(csv)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        hours(&manager, seed.open).await,
        json!({ "2026-12-07": 8, "2026-12-28": 10, "2027-01-04": 12 })
    );
    let copy = house.copy();
    let done = ballast(&copy, &["undo-reallocation", &dd.to_string(), "--revert-date"]);
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        done.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(told.contains("SD is due on 2026-12-02 again."), "{told}");
    assert!(told.contains("DD is due on 2026-12-16 again."), "{told}");
    let again = ballast(&copy, &["undo-reallocation", &dd.to_string()]);
    assert_eq!(
        again.status.code(),
        Some(65),
        "there is nothing more to take back"
    );
    let house = House::open_in(copy, &[]).await;
    let manager = house.guest_called(Access::Manager, "Later").await;
    assert_eq!(hours(&manager, seed.open).await, before);
}

#[tokio::test]
async fn a_date_that_cannot_be_meant_stops_an_import_and_one_outside_the_project_is_pointed_out() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let path = format!("/api/v1/projects/{}", seed.project);
    manager
        .send(Method::PATCH, &path, &json!({ "end": "2026-12-18" }))
        .await;
    let made = manager
        .post(
            &format!("{path}/deliverables"),
            &json!({ "name": "SD", "due": "2027-01-08" }),
        )
        .await;
    let made: Value = made.json().await.unwrap();
    assert_eq!(
        made["warnings"],
        json!(["8 January 2027 is after Harbour Substation ends, on 18 December 2026."])
    );
    for (due, status, word) in [
        ("2062-12-09", StatusCode::UNPROCESSABLE_ENTITY, "check the year"),
        (
            "2027-02-05",
            StatusCode::OK,
            "5 February 2027 is after Harbour Substation ends",
        ),
    ] {
        let csv = format!("Project,Code,Deliverable,Due\nHarbour Substation,P-1,SD,{due}\n");
        let answer = manager
            .request(Method::POST, "/api/v1/imports?name=dates.csv&what=projects")
            .body(csv)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{due}");
        let told = answer.text().await.unwrap();
        assert!(told.contains(word), "{told}");
    }
}

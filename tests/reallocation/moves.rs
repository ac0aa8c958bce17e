//! A date that moves, and the hours since the one before it.

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;
use crate::reallocation::planned::{book, deliverable, hours, patch, planned, undo};

#[tokio::test]
async fn the_hours_since_the_deliverable_before_follow_a_moved_date_and_come_back_with_it() {
    let (_house, seed, manager, dd) = planned().await;
    let before = (hours(&manager, seed.adas).await, hours(&manager, seed.open).await);
    let (status, told) = patch(&manager, dd, json!({ "due": "2026-12-09" })).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(told["due"], "2026-12-09");
    let reallocation = &told["reallocation"];
    assert_eq!(reallocation["deltaWeeks"], 1);
    assert_eq!(reallocation["assignmentsChanged"], 2);
    assert_eq!(reallocation["hoursMoved"], 44);
    assert_eq!(
        reallocation["touchedWeekKeys"],
        json!(["2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"])
    );
    assert_eq!(reallocation["skipped"], json!([]));
    assert_eq!(reallocation["changeSet"], told["changeSet"]);
    let overload = &reallocation["overloads"][0];
    assert_eq!(
        (
            &overload["name"],
            &overload["week"],
            &overload["hours"],
            &overload["capacity"],
            &overload["percent"]
        ),
        (
            &json!("Ada Osei"),
            &json!("2026-12-07"),
            &json!(44),
            &json!(40),
            &json!(110)
        )
    );
    assert_eq!(
        hours(&manager, seed.adas).await,
        json!({ "2026-11-09": 6, "2026-11-23": 10, "2026-11-30": 12, "2026-12-07": 44 })
    );
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-07": 8 }));
    let undone = undo(&manager, &told["changeSet"]).await;
    assert_eq!(undone["left"], 0);
    assert_eq!(
        (hours(&manager, seed.adas).await, hours(&manager, seed.open).await),
        before
    );
    let again = undo(&manager, &undone["changeSet"]).await;
    assert_eq!(again["left"], 0);
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-07": 8 }));
}

#[tokio::test]
async fn history_knows_each_moved_cell_and_undo_leaves_alone_what_others_changed_since() {
    let (house, seed, manager, dd) = planned().await;
    let (_, told) = patch(&manager, dd, json!({ "due": "2026-12-09" })).await;
    let mina = house.guest_called(Access::Manager, "Mina").await;
    let stale =
        json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-30", "hours": 1, "seen": 14 }] });
    let answer = mina.post("/api/v1/hours", &stale).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let conflict: Value = answer.json().await.unwrap();
    assert_eq!(conflict["conflicts"][0]["by"], "manager");
    assert_eq!(conflict["conflicts"][0]["now"], 12);
    book(&mina, seed.adas, &[("2026-11-30", 13)]).await;
    let undone = undo(&manager, &told["changeSet"]).await;
    assert_eq!(
        (&undone["left"], &undone["conflicts"][0]["now"]),
        (&json!(1), &json!(13))
    );
    assert_eq!(
        hours(&manager, seed.adas).await,
        json!({ "2026-11-09": 6, "2026-11-16": 10, "2026-11-23": 12, "2026-11-30": 13, "2026-12-07": 30 })
    );
}

#[tokio::test]
async fn a_preview_shows_what_then_happens_and_changes_nothing() {
    let (house, seed, manager, dd) = planned().await;
    let revision = house.app.book().revision;
    let shown = manager
        .json(&format!("/api/v1/deliverables/{dd}/reallocation?due=2026-12-16"))
        .await;
    assert_eq!(house.app.book().revision, revision);
    assert_eq!(shown["reallocation"]["hoursMoved"], 44);
    assert_eq!(shown["lines"][0]["before"], json!([10, 12, 14, 30, 0]));
    assert_eq!(shown["lines"][0]["after"], json!([0, 0, 10, 42, 14]));
    let (status, told) = patch(
        &manager,
        dd,
        json!({ "due": "2026-12-16", "preview": shown["preview"] }),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "deltaWeeks",
        "touchedWeekKeys",
        "hoursMoved",
        "skipped",
        "overloads",
    ] {
        assert_eq!(told["reallocation"][part], shown["reallocation"][part], "{part}");
    }
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-14": 8 }));
}

#[tokio::test]
async fn a_preview_that_has_gone_stale_is_refused_with_what_changed() {
    let (house, seed, manager, dd) = planned().await;
    let shown = manager
        .json(&format!("/api/v1/deliverables/{dd}/reallocation?due=2026-12-09"))
        .await;
    let mina = house.guest_called(Access::Manager, "Mina").await;
    book(&mina, seed.adas, &[("2026-11-23", 20)]).await;
    let (status, told) = patch(
        &manager,
        dd,
        json!({ "due": "2026-12-09", "preview": shown["preview"] }),
    )
    .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        told["detail"]
            .as_str()
            .unwrap()
            .contains("Mina set Ada Osei on Harbour Substation to 20 h"),
        "{told}"
    );
    assert_eq!(
        hours(&manager, seed.open).await,
        json!({ "2026-11-30": 8 }),
        "nothing moved"
    );
    // What others change elsewhere does not matter.
    let shown = manager
        .json(&format!("/api/v1/deliverables/{dd}/reallocation?due=2026-12-09"))
        .await;
    let (status, _) = patch(&manager, dd, json!({ "notes": "bring the drawings" })).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = patch(
        &manager,
        dd,
        json!({ "due": "2026-12-09", "preview": shown["preview"] }),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn hours_stay_where_nobody_could_work_and_when_they_are_told_to() {
    let (house, seed, manager, dd) = planned().await;
    // Bo begins on 2 December: what leads up to a date after that cannot go before.
    book(&manager, seed.bos, &[("2026-11-30", 5), ("2026-12-07", 5)]).await;
    let late = deliverable(&manager, &seed, "IFC", "2026-12-11").await;
    patch(&manager, dd, json!({ "due": "", "moveHours": false })).await;
    let (status, told) = patch(&manager, late, json!({ "due": "2026-12-04" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        told["reallocation"]["skipped"],
        json!([
            { "assignment": seed.adas, "person": seed.ada, "week": "2026-11-16", "hours": 10, "reason": "past" },
            { "assignment": seed.bos, "person": seed.bo, "week": "2026-11-30", "hours": 5, "reason": "notEmployed" },
        ])
    );
    assert_eq!(hours(&manager, seed.bos).await, json!({ "2026-11-30": 10 }));
    let (_, told) = patch(&manager, late, json!({ "due": "2026-12-18", "moveHours": false })).await;
    assert!(told.get("reallocation").is_none(), "{told}");
    assert_eq!(hours(&manager, seed.bos).await, json!({ "2026-11-30": 10 }));
    drop(house);
}

#[tokio::test]
async fn only_a_date_that_moves_to_another_takes_hours_along() {
    let (_house, seed, manager, dd) = planned().await;
    let before = hours(&manager, seed.adas).await;
    for body in [
        json!({ "due": "" }),
        json!({ "due": "2026-12-16" }),
        json!({ "name": "DD 80 %" }),
    ] {
        let (status, told) = patch(&manager, dd, body.clone()).await;
        assert_eq!(status, StatusCode::OK);
        assert!(told.get("reallocation").is_none(), "{body}: {told}");
    }
    let (_, told) = patch(&manager, dd, json!({ "due": "2026-12-18" })).await;
    assert_eq!(told["reallocation"]["deltaWeeks"], 0);
    assert_eq!(told["reallocation"]["touchedWeekKeys"], json!([]));
    assert_eq!(hours(&manager, seed.adas).await, before);
}

#[tokio::test]
async fn dates_that_cannot_be_meant_are_refused_and_unusual_ones_are_pointed_out() {
    let (_house, seed, manager, dd) = planned().await;
    for (due, why) in [
        ("2026-02-30", "not a date"),
        ("2062-12-09", "check the year"),
        ("soon", "not a date"),
    ] {
        let (status, told) = patch(&manager, dd, json!({ "due": due })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{due}");
        assert_eq!(told["errors"].as_array().unwrap().len(), 1, "{told}");
        assert!(
            told["errors"][0]["message"].as_str().unwrap().contains(why),
            "{told}"
        );
        let answer = manager
            .get(&format!("/api/v1/deliverables/{dd}/reallocation?due={due}"))
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{due}");
    }
    for body in [
        json!({ "due": "2026-12-09", "window": "all" }),
        json!({ "due": "2026-12-09", "pastWeeks": "maybe" }),
    ] {
        let (status, _) = patch(&manager, dd, body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let path = format!("/api/v1/projects/{}", seed.project);
    manager
        .send(Method::PATCH, &path, &json!({ "end": "2026-12-18" }))
        .await;
    let (status, told) = patch(&manager, dd, json!({ "due": "2027-01-08" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        told["warnings"],
        json!(["8 January 2027 is after Harbour Substation ends, on 18 December 2026."])
    );
}

#[tokio::test]
async fn weeks_from_sunday_and_the_neighbours_reach_do_what_teams_are_used_to() {
    let house = House::open_with(&[("WEEK_STARTS_ON", "sunday")]).await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    deliverable(&manager, &seed, "before", "2024-03-06").await;
    let moved = deliverable(&manager, &seed, "moved", "2024-03-20").await;
    deliverable(&manager, &seed, "after", "2024-04-01").await;
    let weeks = [
        "2024-02-25",
        "2024-03-03",
        "2024-03-10",
        "2024-03-17",
        "2024-03-24",
        "2024-03-31",
        "2024-04-07",
    ];
    let cells: Vec<(&str, u32)> = weeks.iter().map(|week| (*week, 8)).collect();
    book(&manager, seed.adas, &cells).await;
    let body = json!({ "due": "2024-04-03", "window": "neighbours", "pastWeeks": true });
    let (status, told) = patch(&manager, moved, body).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(told["reallocation"]["deltaWeeks"], 2);
    assert_eq!(
        hours(&manager, seed.adas).await,
        json!({ "2024-02-25": 8, "2024-03-17": 8, "2024-03-24": 8, "2024-03-31": 8, "2024-04-07": 16, "2024-04-14": 8 })
    );
    assert_eq!(
        told["reallocation"]["touchedWeekKeys"],
        json!(["2024-03-03", "2024-03-10", "2024-04-07", "2024-04-14"])
    );
}

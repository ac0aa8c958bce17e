//! Hours, conflicts, undo, and the schedule that shows them.

use crate::house::{Guest, House};
use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub async fn set(guest: &Guest, cells: Value) -> reqwest::Response {
    guest.post("/api/v1/hours", &json!({ "cells": cells })).await
}

pub async fn hours(guest: &Guest, assignment: i64) -> Value {
    guest
        .json(&format!("/api/v1/assignments/{assignment}"))
        .await
        .get("hours")
        .cloned()
        .unwrap_or_default()
}

#[tokio::test]
async fn hours_are_kept_to_the_minute_as_people_write_them() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let cells = json!([
        { "assignment": seed.adas, "week": "2026-11-16", "hours": 7.5, "seen": 0 },
        { "assignment": seed.adas, "week": "2026-11-25", "hours": "7:20" },
        { "assignment": seed.adas, "week": "2026-12-06", "hours": "16,5" },
        { "assignment": seed.open, "week": "2026-11-16", "hours": 168 },
    ]);
    let answer = set(&manager, cells).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        hours(&manager, seed.adas).await,
        json!({ "2026-11-16": 7.5, "2026-11-23": 7.33, "2026-11-30": 16.5 })
    );
    let zero = set(
        &manager,
        json!([{ "assignment": seed.adas, "week": "2026-11-23", "hours": 0, "seen": 7.33 }]),
    )
    .await;
    assert_eq!(zero.status(), StatusCode::OK);
    assert_eq!(
        hours(&manager, seed.adas).await,
        json!({ "2026-11-16": 7.5, "2026-11-30": 16.5 })
    );
}

#[tokio::test]
async fn what_is_not_hours_is_refused_with_its_cell_and_the_plan_unchanged() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    for (cell, field) in [
        (
            json!({ "assignment": seed.adas, "week": "2026-11-16", "hours": -1 }),
            "cells[1].hours",
        ),
        (
            json!({ "assignment": seed.adas, "week": "2026-11-16", "hours": 168.1 }),
            "cells[1].hours",
        ),
        (
            json!({ "assignment": seed.adas, "week": "2026-11-16", "hours": "NaN" }),
            "cells[1].hours",
        ),
        (
            json!({ "assignment": seed.adas, "week": "2026-11-16", "hours": "eight" }),
            "cells[1].hours",
        ),
        (
            json!({ "assignment": seed.adas, "week": "2026-11-16", "hours": null }),
            "cells[1].hours",
        ),
        (
            json!({ "assignment": seed.adas, "week": "2026-02-30", "hours": 8 }),
            "cells[1].week",
        ),
        (
            json!({ "assignment": seed.adas, "week": "next week", "hours": 8 }),
            "cells[1].week",
        ),
        (
            json!({ "assignment": 987_654, "week": "2026-11-16", "hours": 8 }),
            "cells[1].assignment",
        ),
        (
            json!({ "assignment": seed.bos, "week": "2026-11-23", "hours": 8 }),
            "cells[1].week",
        ),
    ] {
        let good = json!({ "assignment": seed.adas, "week": "2026-11-16", "hours": 8 });
        let answer = set(&manager, json!([good, cell])).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{cell}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["field"], field, "{cell}: {problem}");
        assert!(!problem["errors"][0]["message"].as_str().unwrap().is_empty());
    }
    assert_eq!(hours(&manager, seed.adas).await, json!({}));
}

#[tokio::test]
async fn somebody_can_be_booked_in_the_week_they_start_and_not_before() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let starts = set(
        &manager,
        json!([{ "assignment": seed.bos, "week": "2026-11-30", "hours": 8 }]),
    )
    .await;
    assert_eq!(starts.status(), StatusCode::OK);
    let before = set(
        &manager,
        json!([{ "assignment": seed.bos, "week": "2026-11-23", "hours": 8 }]),
    )
    .await;
    let problem: Value = before.json().await.unwrap();
    assert!(
        problem["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("starts on 2 December 2026"),
        "{problem}"
    );
}

#[tokio::test]
async fn two_people_who_edit_different_weeks_both_keep_their_edit() {
    let house = House::open().await;
    let seed = house.seed().await;
    let (mina, hana) = (
        house.guest_called(Access::Manager, "Mina Park").await,
        house.guest_called(Access::Manager, "Hana Sato").await,
    );
    let one = set(
        &mina,
        json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 8, "seen": 0 }]),
    );
    let other = set(
        &hana,
        json!([{ "assignment": seed.adas, "week": "2026-11-23", "hours": 9, "seen": 0 }]),
    );
    let (one, other) = tokio::join!(one, other);
    assert_eq!((one.status(), other.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(
        hours(&mina, seed.adas).await,
        json!({ "2026-11-16": 8, "2026-11-23": 9 })
    );
}

#[tokio::test]
async fn the_second_writer_of_a_cell_sees_both_values_and_nothing_is_overwritten() {
    let house = House::open().await;
    let seed = house.seed().await;
    let (mina, hana) = (
        house.guest_called(Access::Manager, "Mina Park").await,
        house.guest_called(Access::Manager, "Hana Sato").await,
    );
    set(
        &mina,
        json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 16, "seen": 0 }]),
    )
    .await;
    let late = set(
        &hana,
        json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 14, "seen": 0 }]),
    )
    .await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let problem: Value = late.json().await.unwrap();
    let expected = json!([{ "assignment": seed.adas, "week": "2026-11-16", "seen": 0, "now": 16, "yours": 14, "by": "Mina Park" }]);
    assert_eq!(problem["conflicts"], expected);
    assert_eq!(hours(&hana, seed.adas).await, json!({ "2026-11-16": 16 }));

    let partly = set(
        &hana,
        json!([
            { "assignment": seed.adas, "week": "2026-11-16", "hours": 14, "seen": 0 },
            { "assignment": seed.adas, "week": "2026-11-23", "hours": 5, "seen": 0 },
        ]),
    )
    .await;
    assert_eq!(partly.status(), StatusCode::OK);
    let written: Value = partly.json().await.unwrap();
    assert_eq!(
        (
            written["cells"].as_array().unwrap().len(),
            written["conflicts"].as_array().unwrap().len()
        ),
        (1, 1)
    );

    let knowingly = set(
        &hana,
        json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 14, "seen": 16 }]),
    )
    .await;
    assert_eq!(knowingly.status(), StatusCode::OK);
    let same = set(
        &mina,
        json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 14, "seen": 0 }]),
    )
    .await;
    assert_eq!(same.status(), StatusCode::OK, "both want the same: no conflict");
}

#[tokio::test]
async fn a_gesture_of_many_cells_is_undone_and_done_again_as_one() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    set(
        &manager,
        json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 4 }]),
    )
    .await;
    let paste = set(
        &manager,
        json!([
            { "assignment": seed.adas, "week": "2026-11-16", "hours": 8, "seen": 4 },
            { "assignment": seed.adas, "week": "2026-11-23", "hours": 8, "seen": 0 },
            { "assignment": seed.open, "week": "2026-11-16", "hours": 8, "seen": 0 },
        ]),
    )
    .await;
    let paste: Value = paste.json().await.unwrap();
    let undone: Value = manager
        .post(
            &format!("/api/v1/change-sets/{}/undo", paste["changeSet"]),
            &json!({}),
        )
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(undone["undone"], 3);
    assert_eq!(hours(&manager, seed.adas).await, json!({ "2026-11-16": 4 }));
    assert_eq!(hours(&manager, seed.open).await, json!({}));
    let again: Value = manager
        .post(
            &format!("/api/v1/change-sets/{}/undo", undone["changeSet"]),
            &json!({}),
        )
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(again["undone"], 3);
    assert_eq!(
        hours(&manager, seed.adas).await,
        json!({ "2026-11-16": 8, "2026-11-23": 8 })
    );
    assert_eq!(
        manager
            .post("/api/v1/change-sets/987654/undo", &json!({}))
            .await
            .status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn undo_leaves_alone_the_cell_that_somebody_changed_since() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let first: Value = set(
        &manager,
        json!([
            { "assignment": seed.adas, "week": "2026-11-16", "hours": 8 },
            { "assignment": seed.adas, "week": "2026-11-23", "hours": 8 },
        ]),
    )
    .await
    .json()
    .await
    .unwrap();
    set(
        &manager,
        json!([{ "assignment": seed.adas, "week": "2026-11-23", "hours": 12 }]),
    )
    .await;
    let undone: Value = manager
        .post(
            &format!("/api/v1/change-sets/{}/undo", first["changeSet"]),
            &json!({}),
        )
        .await
        .json()
        .await
        .unwrap();
    assert_eq!((&undone["undone"], &undone["left"]), (&json!(1), &json!(1)));
    assert_eq!(undone["conflicts"][0]["now"], 12);
    assert_eq!(hours(&manager, seed.adas).await, json!({ "2026-11-23": 12 }));
}

#[tokio::test]
async fn an_acknowledged_write_is_on_the_very_next_page() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    for number in 1..20 {
        set(
            &manager,
            json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": number }]),
        )
        .await;
        let page = manager.text(&format!("/schedule?open={}", seed.ada)).await;
        assert!(
            page.contains(&format!("title=\"{number} h of 40 h\"")),
            "{number}"
        );
    }
}

#[tokio::test]
async fn an_open_place_is_filled_with_its_hours_and_a_removed_assignment_comes_back_with_them() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    set(
        &manager,
        json!([{ "assignment": seed.open, "week": "2026-11-16", "hours": 8 }]),
    )
    .await;
    let path = format!("/api/v1/assignments/{}", seed.open);
    let refused = manager
        .send(Method::PATCH, &path, &json!({ "person": seed.bo }))
        .await;
    assert_eq!(
        refused.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "Bo is not employed in that week"
    );
    let filled = manager
        .send(Method::PATCH, &path, &json!({ "person": seed.ada }))
        .await;
    assert_eq!(filled.status(), StatusCode::OK);
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-11-16": 8 }));
    let removed: Value = manager
        .send(Method::DELETE, &path, &json!({}))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(manager.get(&path).await.status(), StatusCode::NOT_FOUND);
    manager
        .post(
            &format!("/api/v1/change-sets/{}/undo", removed["changeSet"]),
            &json!({}),
        )
        .await;
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-11-16": 8 }));
}

#[tokio::test]
async fn a_write_in_view_of_an_older_version_is_told_both_sides() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let path = format!("/api/v1/assignments/{}", seed.adas);
    let version = manager.get(&path).await.headers()["etag"].clone();
    let unchanged = manager
        .request(Method::GET, &path)
        .header("If-None-Match", &version)
        .send()
        .await
        .unwrap();
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
    manager
        .send(Method::PATCH, &path, &json!({ "note": "first" }))
        .await;
    let late = manager
        .request(Method::PATCH, &path)
        .header("If-Match", &version)
        .json(&json!({ "note": "second" }))
        .send()
        .await
        .unwrap();
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(late.json::<Value>().await.unwrap()["current"]["note"], "first");
}

#[tokio::test]
async fn a_sunday_belongs_to_the_week_that_the_team_says() {
    let house = House::open_with(&[("WEEK_STARTS_ON", "sunday")]).await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    set(
        &manager,
        json!([{ "assignment": seed.adas, "week": "2026-11-15", "hours": 8 }]),
    )
    .await;
    set(
        &manager,
        json!([{ "assignment": seed.adas, "week": "2026-11-21", "hours": 9 }]),
    )
    .await;
    assert_eq!(hours(&manager, seed.adas).await, json!({ "2026-11-15": 9 }));
}

#[tokio::test]
async fn viewers_see_the_plan_and_change_nothing() {
    let house = House::open().await;
    let seed = house.seed().await;
    let viewer = house.guest(Access::Viewer).await;
    let page = viewer.text(&format!("/schedule?open={}", seed.ada)).await;
    assert!(
        page.contains("Ada Osei")
            && page.contains("data-edit=\"false\"")
            && !page.contains("/assignments/new")
    );
    let answer = set(
        &viewer,
        json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 8 }]),
    )
    .await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

//! A room whose stories are planned.

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House, Seed};
use crate::poker_hours::world::{Room, number, opened};

pub async fn set(guest: &Guest, assignment: i64, week: &str, hours: f64) {
    let cells = json!([{ "assignment": assignment, "week": week, "hours": hours }]);
    let answer = guest.post("/api/v1/hours", &json!({ "cells": cells })).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

/// Every hour of everybody by week, and everything that is booked.
pub async fn totals(house: &House) -> (i64, i64, i64) {
    (
        number(
            house,
            "select coalesce(sum(minutes * (week + 7) * assignment_id), 0) from booking",
        )
        .await,
        number(house, "select count(*) from assignment").await,
        number(house, "select count(*) from story_hours").await,
    )
}

/// A manager with a room of two agreed stories (5 and 3 points) and one that nobody agreed on, at 4 h a point.
pub async fn planned_room(house: &House) -> (Seed, Guest, Room, [i64; 3]) {
    let (seed, manager, room) = opened(house).await;
    let stories = [
        room.story(house, "Charge overnight", Some(5)).await,
        room.story(house, "Show the tariff", Some(3)).await,
        room.story(house, "Not agreed yet", None).await,
    ];
    let path = format!("/api/v1/poker/pace/{}", room.team);
    let answer = manager.send(Method::PUT, &path, &json!({ "hours": 4 })).await;
    assert_eq!(answer.status(), StatusCode::OK);
    (seed, manager, room, stories)
}

pub fn query(seed: &Seed, who: &str, more: &str) -> String {
    format!(
        "?project={}&who={who}&from=2026-11-16&to=2026-11-23{more}",
        seed.project
    )
}

/// A manager of another department than the first.
pub async fn manager_elsewhere(house: &House) -> Guest {
    let admin = house.admin().await;
    let other = admin
        .post("/api/v1/departments", &json!({ "name": "Delivery" }))
        .await;
    let other: Value = other.json().await.unwrap();
    house
        .add_account(Access::Manager, "Otto", "otto@example.org")
        .await;
    let account = number(house, "select id from account where name = 'Otto'").await;
    let given = json!({ "departments": [other["id"]] });
    let path = format!("/api/v1/accounts/{account}/departments");
    assert!(admin.send(Method::PUT, &path, &given).await.status().is_success());
    house.guest_called(Access::Manager, "Otto").await
}

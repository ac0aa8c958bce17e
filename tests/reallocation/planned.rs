//! A plan with a due date that can be moved.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House, Seed};

/// A deliverable of the seed's project.
pub async fn deliverable(guest: &Guest, seed: &Seed, name: &str, due: &str) -> i64 {
    let path = format!("/api/v1/projects/{}/deliverables", seed.project);
    let answer = guest.post(&path, &json!({ "name": name, "due": due })).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let made: Value = answer.json().await.unwrap();
    made["id"].as_i64().unwrap()
}

pub async fn book(guest: &Guest, assignment: i64, cells: &[(&str, u32)]) {
    let cells: Vec<Value> = cells
        .iter()
        .map(|(week, hours)| json!({ "assignment": assignment, "week": week, "hours": hours }))
        .collect();
    let answer = guest.post("/api/v1/hours", &json!({ "cells": cells })).await;
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "{}",
        answer.text().await.unwrap()
    );
}

pub async fn hours(guest: &Guest, assignment: i64) -> Value {
    guest.json(&format!("/api/v1/assignments/{assignment}")).await["hours"].clone()
}

pub async fn patch(guest: &Guest, id: i64, body: Value) -> (StatusCode, Value) {
    let answer = guest
        .send(Method::PATCH, &format!("/api/v1/deliverables/{id}"), &body)
        .await;
    (answer.status(), answer.json().await.unwrap())
}

pub async fn undo(guest: &Guest, change_set: &Value) -> Value {
    let answer = guest
        .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

/// Ada leads up to DD with 10, 12, 14 h; the open place with 8 h; SD is due before.
pub async fn planned() -> (House, Seed, Guest, i64) {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    deliverable(&manager, &seed, "SD", "2026-11-13").await;
    let dd = deliverable(&manager, &seed, "DD 75 %", "2026-12-02").await;
    book(
        &manager,
        seed.adas,
        &[
            ("2026-11-09", 6),
            ("2026-11-16", 10),
            ("2026-11-23", 12),
            ("2026-11-30", 14),
            ("2026-12-07", 30),
        ],
    )
    .await;
    book(&manager, seed.open, &[("2026-11-30", 8)]).await;
    (house, seed, manager, dd)
}

//! Changes of the same thing at the same moment.

use crate::house::{Guest, House};
use futures_util::future::join_all;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

/// How many send at once.
const MANY: usize = 8;

/// What can be edited, with a change for each of the many, and changes of different fields.
struct Edited {
    path: String,
    read: String,
    one: fn(usize) -> Value,
    both: Vec<(&'static str, Value)>,
}

/// One thing of each kind that has a version.
#[cfg(test)]
async fn everything(house: &House, guest: &Guest) -> Vec<Edited> {
    let seed = house.seed().await;
    let of_project = format!("/api/v1/projects/{}/deliverables", seed.project);
    let made = guest
        .post(&of_project, &json!({ "name": "DD 75", "notes": "kept" }))
        .await;
    let deliverable: Value = made.json().await.unwrap();
    let edited = |path: String, one, both| Edited {
        read: path.clone(),
        path,
        one,
        both,
    };
    vec![
        edited(
            format!("/api/v1/projects/{}", seed.project),
            |n| json!({ "name": format!("Name {n}") }),
            vec![("code", json!("P-99")), ("notes", json!("Call first."))],
        ),
        edited(
            format!("/api/v1/people/{}", seed.ada),
            |n| json!({ "location": format!("Place {n}") }),
            vec![("phone", json!("+47 1")), ("email", json!("ada@example.com"))],
        ),
        edited(
            format!("/api/v1/assignments/{}", seed.open),
            |n| json!({ "note": format!("Note {n}") }),
            vec![("note", json!("early")), ("person", json!(seed.ada))],
        ),
        Edited {
            read: of_project,
            ..edited(
                format!("/api/v1/deliverables/{}", deliverable["id"]),
                |n| json!({ "phase": format!("Phase {n}") }),
                vec![("percent", json!(75)), ("due", json!("2026-12-03"))],
            )
        },
        Edited {
            read: "/api/v1/clients".to_owned(),
            ..edited(
                "/api/v1/clients/1".to_owned(),
                |n| json!({ "name": format!("Client {n}") }),
                vec![("name", json!("Nordlys"))],
            )
        },
        edited(
            "/api/v1/organisation".to_owned(),
            |n| json!({ "name": format!("Team {n}"), "unit": "hours", "light": 10 + n % 20, "good": 30, "full": 40, "over": 50 }),
            vec![("name", json!("Nordlys")), ("weekStart", json!("sunday"))],
        ),
    ]
}

/// What has no version, and is still changed field by field.
#[cfg(test)]
async fn unversioned(guest: &Guest) -> Vec<Edited> {
    let above = guest
        .post("/api/v1/departments", &json!({ "name": "Zenith" }))
        .await;
    let above: Value = above.json().await.unwrap();
    let of = |list: &str, both| Edited {
        path: format!("/api/v1/{list}/1"),
        read: format!("/api/v1/{list}"),
        one: |_| Value::Null,
        both,
    };
    vec![
        of(
            "departments",
            vec![("name", json!("Power")), ("parent", above["id"].clone())],
        ),
        of(
            "statuses",
            vec![("label", json!("Maybe")), ("countsAs", json!("closed"))],
        ),
    ]
}

/// The thing as it is now; some are read through their list.
#[cfg(test)]
async fn current(guest: &Guest, edited: &Edited) -> Value {
    let read = guest.json(&edited.read).await;
    let Some(all) = read.as_array() else { return read };
    let own = |one: &&Value| edited.path.ends_with(&format!("/{}", one["id"]));
    all.iter().find(own).unwrap().clone()
}

/// The statuses of many changes, sent at once.
#[cfg(test)]
async fn send_all(guest: &Guest, path: &str, bodies: &[Value], version: Option<&str>) -> Vec<StatusCode> {
    let sent = bodies.iter().map(|body| async move {
        let mut request = guest.request(Method::PATCH, path).json(body);
        if let Some(version) = version {
            request = request.header(header::IF_MATCH, version);
        }
        request.send().await.unwrap().status()
    });
    join_all(sent).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_changes_with_one_version_one_is_done() {
    let house = House::open().await;
    let admin = house.admin().await;
    for edited in everything(&house, &admin).await {
        for round in 1..=5 {
            let body = (edited.one)(100 * round);
            let answer = admin.send(Method::PATCH, &edited.path, &body).await;
            assert_eq!(answer.status(), StatusCode::OK, "{}", edited.path);
            let version = answer.headers()[header::ETAG].to_str().unwrap().to_owned();
            let bodies: Vec<Value> = (1..=MANY).map(edited.one).collect();
            let answers = send_all(&admin, &edited.path, &bodies, Some(&version)).await;
            let count = |status| answers.iter().filter(|own| **own == status).count();
            assert_eq!(
                (count(StatusCode::OK), count(StatusCode::PRECONDITION_FAILED)),
                (1, MANY - 1),
                "{}: {answers:?}",
                edited.path
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_different_fields_at_once_are_both_kept() {
    let house = House::open().await;
    let admin = house.admin().await;
    let mut all = everything(&house, &admin).await;
    all.extend(unversioned(&admin).await);
    for edited in all {
        let before = current(&admin, &edited).await;
        for round in 0..5 {
            let bodies: Vec<Value> = edited
                .both
                .iter()
                .map(|(field, value)| json!({ *field: value }))
                .collect();
            let answers = send_all(&admin, &edited.path, &bodies, None).await;
            assert!(
                answers.iter().all(StatusCode::is_success),
                "{}: {answers:?}",
                edited.path
            );
            let after = current(&admin, &edited).await;
            for (field, value) in &edited.both {
                assert_eq!(after[field], *value, "{} {field}, round {round}", edited.path);
            }
            let back: serde_json::Map<String, Value> = edited
                .both
                .iter()
                .map(|(field, _)| ((*field).to_owned(), before[field].clone()))
                .collect();
            let answer = admin
                .send(Method::PATCH, &edited.path, &Value::Object(back))
                .await;
            assert!(answer.status().is_success(), "{}", edited.path);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_changes_without_a_version_are_all_done() {
    let house = House::open().await;
    let manager = house.manager().await;
    let seed = house.seed().await;
    let path = format!("/api/v1/people/{}", seed.ada);
    let bodies: Vec<Value> = (0..32)
        .map(|n| json!({ "location": format!("Place {n}") }))
        .collect();
    let answers = send_all(&manager, &path, &bodies, None).await;
    assert!(answers.iter().all(|own| *own == StatusCode::OK), "{answers:?}");
}

#[tokio::test]
async fn who_is_too_late_is_told_what_it_is_now() {
    let house = House::open().await;
    let manager = house.manager().await;
    let seed = house.seed().await;
    let path = format!("/api/v1/assignments/{}", seed.adas);
    let read = manager.get(&path).await;
    let version = read.headers()[header::ETAG].to_str().unwrap().to_owned();
    let hours = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": 8 }] });
    assert_eq!(
        manager.post("/api/v1/hours", &hours).await.status(),
        StatusCode::OK
    );
    let late = manager
        .request(Method::PATCH, &path)
        .header(header::IF_MATCH, &version)
        .json(&json!({ "note": "late" }))
        .send()
        .await
        .unwrap();
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    let told: Value = late.json().await.unwrap();
    assert_eq!(told["current"]["hours"]["2026-11-16"], json!(8));
}

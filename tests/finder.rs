//! Who is free, assigning from the answer, and filling open places.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use crate::house::{Guest, House, Seed, between};
use ballast::accounts::Access;
use ballast::db::DbError;
use ballast::units::ids::PersonId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[cfg(test)]
async fn set(guest: &Guest, assignment: i64, week: &str, hours: f64) {
    let cells = json!([{ "assignment": assignment, "week": week, "hours": hours }]);
    let answer = guest.post("/api/v1/hours", &json!({ "cells": cells })).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[cfg(test)]
async fn hours(guest: &Guest, assignment: i64) -> Value {
    guest.json(&format!("/api/v1/assignments/{assignment}")).await["hours"].clone()
}

/// The fields of the form that a page shows, as a browser would send them.
#[cfg(test)]
fn fields_of(page: &str) -> Vec<(String, String)> {
    let form = between(page, "action=\"/finder/assign\"", "</form>").unwrap();
    let mut fields = Vec::new();
    for tag in form.split("<input").skip(1) {
        let tag = tag.split('>').next().unwrap();
        let name = between(tag, "name=\"", "\"").unwrap();
        let value = between(tag, "value=\"", "\"").unwrap_or_default();
        if name != "csrf" {
            fields.push((name, value.replace("&amp;", "&")));
        }
    }
    fields
}

#[cfg(test)]
fn with<'a>(fields: &'a [(String, String)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !changes.iter().any(|(own, _)| own == name));
    kept.chain(changes.iter().copied()).collect()
}

/// Ada has 28 of 40 h in the week of 16 November; Bo starts on 2 December.
#[cfg(test)]
async fn plan(house: &House) -> (Seed, Guest) {
    let seed = house.seed().await;
    let manager = house.manager().await;
    set(&manager, seed.adas, "2026-11-16", 28.0).await;
    (seed, manager)
}

#[tokio::test]
async fn programs_get_who_is_free_with_reasons_and_who_is_not_with_the_reason() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    let path = format!(
        "/api/v1/availability?from=2026-11-16&to=2026-11-23&hours=50&project={}",
        seed.project
    );
    let found = manager.json(&path).await;
    let (ada, bo) = (&found["items"][0], &found["items"][1]);
    assert_eq!(ada["person"], seed.ada);
    assert_eq!(
        (&ada["capacity"], &ada["booked"], &ada["free"]),
        (&json!(80), &json!(28), &json!(52))
    );
    assert_eq!(ada["fit"], "spread");
    assert_eq!(
        ada["weeks"][0],
        json!({ "week": "2026-11-16", "capacity": 40, "booked": 28, "free": 12, "proposed": 12 })
    );
    assert_eq!(ada["weeks"][1]["proposed"], 38);
    let reasons: Vec<&str> = ada["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        [
            "52 h free, 50 h needed",
            "fits when spread unevenly",
            "same department",
            "already on the project"
        ]
    );
    let points: i64 = ada["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["points"].as_i64().unwrap())
        .sum();
    assert_eq!(ada["score"], points);
    assert_eq!(bo["obstacle"], "starts on 2 December 2026");
    let page = manager.json("/api/v1/availability?limit=1").await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    let next = manager
        .json(&format!("/api/v1/availability?limit=1&after={}", page["next"]))
        .await;
    assert_ne!(next["items"][0]["person"], page["items"][0]["person"]);
    assert_eq!(next["next"], Value::Null);
}

#[tokio::test]
async fn a_question_that_cannot_be_read_names_its_field_on_the_page_and_in_json() {
    let house = House::open().await;
    let (_, manager) = plan(&house).await;
    for (query, field) in [
        ("from=2026-02-30", "from"),
        ("from=2026-11-16&to=2026-11-01", "to"),
        ("from=2026-11-16&to=2036-11-01", "to"),
        ("hours=many", "hours"),
        ("per=day", "per"),
        ("role=987654", "role"),
        ("skill=987654", "skill"),
        ("department=x", "department"),
        ("project=0", "project"),
    ] {
        let answer = manager.get(&format!("/api/v1/availability?{query}")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["field"], field, "{query}");
        let page = manager.get(&format!("/finder?{query}")).await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(page.text().await.unwrap().contains("Please check"), "{query}");
    }
}

#[tokio::test]
async fn assigning_from_the_answer_is_one_change_set_that_undo_takes_back() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    let page = manager
        .text("/finder?from=2026-11-16&to=2026-11-23&hours=50")
        .await;
    assert!(
        page.contains("52 h free, 50 h needed") && page.contains("Ada Osei"),
        "{page}"
    );
    let link = between(&page, "href=\"/finder/assign?", "\"")
        .unwrap()
        .replace("&amp;", "&");
    let form = manager.text(&format!("/finder/assign?{link}")).await;
    assert!(
        form.contains("28 of 40 h booked, 12 h free") && form.contains("0 h left"),
        "{form}"
    );
    let fields = fields_of(&form);
    let project = seed.project.to_string();
    let sent = with(
        &fields,
        &[("project", &project), ("role", ""), ("week-2026-11-16", "14:30")],
    );
    let checked = manager
        .form("/finder/assign", &[sent.clone(), vec![("check", "on")]].concat())
        .await;
    assert_eq!(checked.status(), StatusCode::OK);
    let text = checked.text().await.unwrap();
    assert!(
        text.contains("2.5 h over"),
        "the server shows what is left where no script does: {text}"
    );
    let answer = manager.form("/finder/assign", &sent).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        place.starts_with("/finder?") && place.contains("done="),
        "{place}"
    );
    assert!(
        manager
            .text(&place)
            .await
            .contains("Assigned Ada Osei to Harbour Substation with 52.5 h.")
    );
    let all = manager
        .json(&format!("/api/v1/assignments?person={}", seed.ada))
        .await;
    let made = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] != seed.adas)
        .unwrap();
    assert_eq!(made["hours"], json!({ "2026-11-16": 14.5, "2026-11-23": 38 }));
    let done = place.split("done=").nth(1).unwrap();
    let undone = manager
        .post(&format!("/api/v1/change-sets/{done}/undo"), &json!({}))
        .await;
    assert_eq!(undone.status(), StatusCode::OK);
    let left = manager
        .json(&format!("/api/v1/assignments?person={}", seed.ada))
        .await;
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn weeks_that_changed_since_they_were_shown_are_told_and_nothing_is_written() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    let form = manager
        .text(&format!(
            "/finder/assign?person={}&hours=20&per=all&from=2026-11-16&to=2026-11-23",
            seed.ada
        ))
        .await;
    let fields = fields_of(&form);
    set(&manager, seed.adas, "2026-11-23", 30.0).await;
    let project = seed.project.to_string();
    let sent = with(&fields, &[("project", &project)]);
    let answer = manager.form("/finder/assign", &sent).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let text = answer.text().await.unwrap();
    assert!(
        text.contains("Ada Osei has 30 h booked now, not 0 h as you saw it"),
        "{text}"
    );
    let all = manager
        .json(&format!("/api/v1/assignments?person={}", seed.ada))
        .await;
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    let again = fields_of(&text);
    let answer = manager
        .form("/finder/assign", &with(&again, &[("project", &project)]))
        .await;
    assert_eq!(
        answer.status(),
        StatusCode::SEE_OTHER,
        "what was seen anew can be done"
    );
}

#[tokio::test]
async fn leave_that_comes_or_goes_between_the_look_and_the_write_stops_the_write() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    let is_stopped = async |revision: i64, person: i64| {
        let looked = ballast::people::capacity_seen(revision, PersonId(person));
        let checked = house
            .app
            .db
            .read(move |tx| Ok::<_, DbError>(looked.check(tx).is_err()));
        checked.await.unwrap()
    };
    let revision = || house.app.book().revision;
    let before = revision();
    set(&manager, seed.adas, "2026-11-23", 30.0).await;
    assert!(
        !is_stopped(before, seed.ada).await,
        "hours are compared one by one"
    );

    let leave = json!({ "first": "2026-11-23", "last": "2026-11-24" });
    let path = format!("/api/v1/people/{}/time-off", seed.ada);
    let answer = manager.post(&path, &leave).await;
    assert!(answer.status().is_success());
    let made: Value = answer.json().await.unwrap();
    assert!(is_stopped(before, seed.ada).await, "leave has come");
    let before = revision();
    assert!(!is_stopped(before, seed.ada).await);
    let gone = manager
        .send(Method::DELETE, &format!("{path}/{}", made["id"]), &Value::Null)
        .await;
    assert!(gone.status().is_success(), "{}", gone.text().await.unwrap());
    assert!(is_stopped(before, seed.ada).await, "leave has gone");
}

#[tokio::test]
async fn an_open_place_shows_who_fits_and_keeps_its_row_and_hours_when_it_is_filled() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    set(&manager, seed.open, "2026-11-16", 16.0).await;
    set(&manager, seed.open, "2026-11-30", 20.0).await;
    let page = manager.text(&format!("/finder?project={}", seed.project)).await;
    assert!(
        page.contains(&format!("id=\"place-{}\"", seed.open)) && page.contains("32 h free, 36 h needed"),
        "{page}"
    );
    let link = between(&page, "href=\"/finder/assign?", "\"")
        .unwrap()
        .replace("&amp;", "&");
    let form = manager.text(&format!("/finder/assign?{link}")).await;
    assert!(
        form.contains("4 h over"),
        "exact numbers warn, and do not block: {form}"
    );
    let fields = fields_of(&form);
    let answer = manager.form("/finder/assign", &with(&fields, &[])).await;
    assert_eq!(
        answer.status(),
        StatusCode::SEE_OTHER,
        "{:?}",
        answer.text().await
    );
    let filled = manager.json(&format!("/api/v1/assignments/{}", seed.open)).await;
    assert_eq!(filled["person"], seed.ada);
    assert_eq!(filled["hours"], json!({ "2026-11-16": 16, "2026-11-30": 20 }));
    let second = manager.form("/finder/assign", &with(&fields, &[])).await;
    assert_eq!(second.status(), StatusCode::CONFLICT, "somebody is there already");
    assert_eq!(
        hours(&manager, seed.open).await,
        json!({ "2026-11-16": 16, "2026-11-30": 20 })
    );
}

#[tokio::test]
async fn programs_get_open_places_with_who_fits_them() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    set(&manager, seed.open, "2026-11-16", 16.0).await;
    let places = manager.json("/api/v1/placeholders").await;
    let place = &places["items"][0];
    assert_eq!(place["assignment"], seed.open);
    assert_eq!(place["hours"], json!({ "2026-11-16": 16 }));
    assert_eq!(place["best"][0]["person"], seed.ada);
    assert_eq!(place["best"][0]["fit"], "partly");
}

#[tokio::test]
async fn nobody_is_booked_before_they_start_and_a_viewer_sees_no_button() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    let (bo, project) = (seed.bo.to_string(), seed.project.to_string());
    let answer = manager
        .form(
            "/finder/assign",
            &[("person", &bo), ("project", &project), ("week-2026-11-23", "8")],
        )
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("Bo Lindqvist starts on 2 December 2026")
    );
    let viewer = house.guest(Access::Viewer).await;
    let page = viewer.text("/finder").await;
    assert!(
        page.contains("Ada Osei") && !page.contains("/finder/assign"),
        "{page}"
    );
    let free = viewer.text(&format!("/finder/free?person={}", seed.ada)).await;
    assert!(free.contains("292 h free") && free.contains("16 Nov"), "{free}");
}

#[tokio::test]
async fn hours_of_a_place_that_its_new_person_cannot_have_are_told_before_they_go() {
    let house = House::open().await;
    let (seed, manager) = plan(&house).await;
    set(&manager, seed.open, "2026-11-23", 8.0).await;
    set(&manager, seed.open, "2026-12-07", 12.0).await;
    let form = manager
        .text(&format!("/finder/assign?person={}&place={}", seed.bo, seed.open))
        .await;
    assert!(form.contains("not employed: its 8 h go"), "{form}");
    let fields = fields_of(&form);
    let answer = manager.form("/finder/assign", &with(&fields, &[])).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-07": 12 }));
}

#[tokio::test]
async fn an_empty_plan_says_how_to_begin() {
    let house = House::open().await;
    let manager = house.manager().await;
    assert!(
        manager
            .text("/finder")
            .await
            .contains("There is nobody to find yet")
    );
    assert!(
        manager
            .text("/finder?view=places")
            .await
            .contains("No place is open")
    );
}

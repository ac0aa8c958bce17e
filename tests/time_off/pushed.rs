//! Hours that leave has no room for.

use ballast::accounts::Access;
use ballast::units::ids::PersonId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House, Seed};
use crate::time_off::people::{ask, faults, linked, vacation};

/// Ada is booked with 40 hours in the week of 7 December and 16 in each of the two after it.
async fn booked(manager: &Guest, seed: &Seed) {
    let cell = |week: &str, hours: u32| json!({ "assignment": seed.adas, "week": week, "hours": hours });
    let cells = json!({ "cells": [cell("2026-12-07", 40), cell("2026-12-14", 16), cell("2026-12-21", 16)] });
    assert_eq!(
        manager.post("/api/v1/hours", &cells).await.status(),
        StatusCode::OK
    );
}

async fn away(manager: &Guest, seed: &Seed, first: &str, last: &str) -> i64 {
    let place = format!("/api/v1/people/{}/time-off", seed.ada);
    let answer = manager
        .post(&place, &json!({ "first": first, "last": last }))
        .await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
}

fn hours(house: &House, assignment: i64, weeks: &[&str]) -> Vec<u32> {
    let book = house.app.book();
    let of = |week: &&str| {
        let day = week.parse().unwrap();
        let week = ballast::units::Week::of(day, book.plan.organisation.week_start);
        book.hours()
            .get(ballast::units::ids::AssignmentId(assignment), week)
            .0
            / 60
    };
    weeks.iter().map(of).collect()
}

const WEEKS: [&str; 4] = ["2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"];

#[tokio::test]
async fn hours_that_leave_has_no_room_for_go_to_the_next_free_weeks_and_come_back_by_undo() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    booked(&manager, &seed).await;
    let id = away(&manager, &seed, "2026-12-08", "2026-12-11").await;
    for place in ["/time-off".to_owned(), format!("/people/{}", seed.ada)] {
        let page = manager.text(&place).await;
        assert!(
            page.contains("32 h too much") && page.contains(" in the week of 7 Dec: "),
            "{place}"
        );
        assert!(page.contains("32 h of Harbour Substation"), "{place}");
    }
    let place = format!("/api/v1/time-off/{id}/push");
    let preview = manager.json(&place).await;
    assert_eq!(preview["hours"], 32);
    let moves = preview["moves"].as_array().unwrap();
    let moves: Vec<_> = moves
        .iter()
        .map(|one| (one["from"].as_str(), one["to"].as_str(), one["hours"].clone()))
        .collect();
    assert_eq!(
        moves,
        [
            (Some("2026-12-07"), Some("2026-12-14"), json!(24)),
            (Some("2026-12-07"), Some("2026-12-21"), json!(8)),
        ]
    );
    assert_eq!(
        hours(&house, seed.adas, &WEEKS),
        [40, 16, 16, 0],
        "a preview changes nothing"
    );
    let page = manager.text(&format!("/time-off/{id}/push")).await;
    assert!(page.contains("Push 32 h") && page.contains("Harbour Substation"));
    let shown = crate::house::between(&page, "name=\"seen\" value=\"", "\"").unwrap();
    let pushed = manager
        .form(
            &format!("/time-off/{id}/push"),
            &[("seen", &shown), ("back", "/time-off?done=3")],
        )
        .await;
    let location = pushed.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        location.starts_with("/time-off?done=") && location.matches("done").count() == 1,
        "{location}"
    );
    assert_eq!(hours(&house, seed.adas, &WEEKS), [8, 40, 24, 0]);
    let told = manager.text(&location).await;
    assert!(told.contains("Pushed 32 h of Ada Osei") && told.contains("data-change-set"));
    let change_set = location.rsplit('=').next().unwrap();
    manager
        .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
        .await;
    assert_eq!(hours(&house, seed.adas, &WEEKS), [40, 16, 16, 0]);
}

#[tokio::test]
async fn a_preview_that_is_no_longer_true_is_refused_with_what_changed() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    booked(&manager, &seed).await;
    let id = away(&manager, &seed, "2026-12-08", "2026-12-11").await;
    let place = format!("/api/v1/time-off/{id}/push");
    let shown = manager.json(&place).await["seen"].clone();
    let cells = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-12-14", "hours": 30 }] });
    manager.post("/api/v1/hours", &cells).await;
    let refused = manager.post(&place, &json!({ "seen": shown })).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let told: Value = refused.json().await.unwrap();
    let changed = &told["changed"][0];
    assert_eq!(
        (
            &changed["week"],
            &changed["seen"],
            &changed["now"],
            &changed["project"]
        ),
        (
            &json!("2026-12-14"),
            &json!(16),
            &json!(30),
            &json!("Harbour Substation")
        )
    );
    let form = manager
        .form(
            &format!("/time-off/{id}/push"),
            &[("seen", shown.as_str().unwrap())],
        )
        .await;
    assert_eq!(form.status(), StatusCode::CONFLICT);
    let page = form.text().await.unwrap();
    assert!(page.contains("The plan has changed since you looked") && page.contains("16 h, now 30 h"));
    assert_eq!(
        hours(&house, seed.adas, &WEEKS),
        [40, 30, 16, 0],
        "nothing was moved"
    );
    assert_eq!(
        faults(manager.post(&place, &json!({ "seen": "nonsense" })).await).await[0].0,
        "seen"
    );
    // A changed capacity is a changed plan too.
    let shown = manager.json(&place).await["seen"].clone();
    away(&manager, &seed, "2026-12-15", "2026-12-15").await;
    assert_eq!(
        manager.post(&place, &json!({ "seen": shown })).await.status(),
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn past_weeks_stay_and_what_finds_no_room_is_told() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let cell = |week: &str, hours: u32| json!({ "assignment": seed.adas, "week": week, "hours": hours });
    let cells = json!({ "cells": [cell("2026-11-09", 40), cell("2026-11-16", 40), cell("2026-11-23", 40)] });
    manager.post("/api/v1/hours", &cells).await;
    let last = json!({ "last": "2026-12-01" });
    let path = format!("/api/v1/people/{}", seed.ada);
    assert_eq!(
        manager.send(Method::PATCH, &path, &last).await.status(),
        StatusCode::OK
    );
    // Last week, this week and the next one; then they have two days left.
    let id = away(&manager, &seed, "2026-11-09", "2026-11-27").await;
    let place = format!("/api/v1/time-off/{id}/push");
    let preview = manager.json(&place).await;
    assert_eq!(
        (&preview["hours"], &preview["moves"][0]["to"]),
        (&json!(16), &json!("2026-11-30"))
    );
    let left: Vec<_> = preview["left"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["week"].clone(), one["hours"].clone()))
        .collect();
    assert_eq!(
        left,
        [(json!("2026-11-16"), json!(24)), (json!("2026-11-23"), json!(40))]
    );
    let page = manager.text(&format!("/time-off/{id}/push")).await;
    assert!(page.contains("64 h find no room"));
    let done = manager.post(&place, &json!({ "seen": preview["seen"] })).await;
    assert_eq!(done.status(), StatusCode::OK);
    let weeks = ["2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"];
    assert_eq!(hours(&house, seed.adas, &weeks), [40, 24, 40, 16]);
}

#[tokio::test]
async fn leave_that_does_not_count_has_nothing_to_push() {
    let house = House::open().await;
    let (member, person) = linked(&house, Access::Member, "Cy Member", None).await;
    let manager = house.manager().await;
    let id = ask(&member, vacation()).await;
    let place = format!("/api/v1/time-off/{id}/push");
    assert_eq!(manager.get(&place).await.status(), StatusCode::NOT_FOUND);
    manager
        .post(&format!("/api/v1/time-off/{id}/approve"), &json!({}))
        .await;
    let preview = manager.json(&place).await;
    assert_eq!((&preview["hours"], &preview["moves"]), (&json!(0), &json!([])));
    assert!(
        manager
            .text(&format!("/time-off/{id}/push"))
            .await
            .contains("nothing has to move")
    );
    assert!(house.app.book().plan.person(PersonId(person)).is_some());
}

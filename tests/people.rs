//! People: the list, one person, what their weeks depend on, and leaving the plan.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use crate::house::House;
use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The fields at fault in a refused answer.
#[cfg(test)]
async fn faults(answer: reqwest::Response) -> Vec<String> {
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = answer.json().await.unwrap();
    let errors = problem.get("errors").and_then(Value::as_array).unwrap();
    errors
        .iter()
        .map(|error| error.get("field").unwrap().as_str().unwrap().to_owned())
        .collect()
}

#[cfg(test)]
fn number(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap()
}

#[tokio::test]
async fn a_person_is_added_found_changed_and_kept_apart_from_others() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let added = manager
        .post(
            "/api/v1/people",
            &json!({ "name": " Cleo  Marsh ", "email": "Cleo@Example.org", "location": "Lyon", "start": "2026-11-18", "hours": 32 }),
        )
        .await;
    assert_eq!(added.status(), StatusCode::CREATED);
    let place = added
        .headers()
        .get("location")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let cleo: Value = added.json().await.unwrap();
    assert_eq!(cleo["name"], "Cleo Marsh");
    assert_eq!(cleo["email"], "cleo@example.org");
    assert_eq!(cleo["weeklyHours"], 32);
    let weeks = manager.json(&format!("{place}/work-weeks")).await;
    assert_eq!(weeks[0]["from"], "2026-11-18");

    let taken = manager
        .post(
            "/api/v1/people",
            &json!({ "name": "Other", "email": "CLEO@example.org" }),
        )
        .await;
    assert_eq!(faults(taken).await, ["email"]);
    let wrong = json!({ "name": "", "email": "nobody", "role": 99, "department": 99, "start": "2026-12-02", "last": "2026-12-01" });
    let wrong = faults(manager.post("/api/v1/people", &wrong).await).await;
    assert_eq!(wrong, ["name", "email", "department", "role", "last"]);
    let calendar = manager
        .post("/api/v1/people", &json!({ "name": "X", "calendar": 7 }))
        .await;
    assert_eq!(faults(calendar).await, ["calendar"]);
    let long = "å".repeat(201);
    let long = manager.post("/api/v1/people", &json!({ "name": long })).await;
    assert_eq!(faults(long).await, ["name"]);

    let read = manager.get(&place).await;
    let tag = read.headers().get("etag").unwrap().clone();
    let unchanged = manager
        .request(Method::GET, &place)
        .header("If-None-Match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
    let changed = manager
        .request(Method::PATCH, &place)
        .header("If-Match", &tag)
        .json(&json!({ "phone": "+33 1" }))
        .send()
        .await
        .unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
    let changed: Value = changed.json().await.unwrap();
    assert_eq!(
        (changed["phone"].as_str(), changed["location"].as_str()),
        (Some("+33 1"), Some("Lyon"))
    );
    let stale = manager
        .request(Method::PATCH, &place)
        .header("If-Match", &tag)
        .json(&json!({ "phone": "" }))
        .send()
        .await
        .unwrap();
    assert_eq!(stale.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(stale.json::<Value>().await.unwrap()["current"]["phone"], "+33 1");
    let elsewhere = manager
        .send(Method::PATCH, &place, &json!({ "active": false }))
        .await;
    assert_eq!(faults(elsewhere).await, ["active"]);

    let first = manager.json("/api/v1/people?limit=2").await;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let rest = manager
        .json(&format!(
            "/api/v1/people?limit=2&after={}",
            number(&first, "next")
        ))
        .await;
    assert_eq!(rest["items"][0]["name"], "Cleo Marsh");
    assert_eq!(rest["next"], Value::Null);
    let found = manager.json("/api/v1/people?q=substation+ada").await;
    assert_eq!(number(&found["items"][0], "id"), seed.ada);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_list_keeps_its_state_in_the_address_and_says_when_nobody_fits() {
    let house = House::open().await;
    let manager = house.manager().await;
    assert!(manager.text("/people").await.contains("Nobody is planned yet"));
    house.seed().await;
    let page = manager.text("/people?sort=-name").await;
    assert!(page.find("Bo Lindqvist").unwrap() < page.find("Ada Osei").unwrap());
    assert!(page.contains("aria-sort=\"descending\""));
    let none = manager.text("/people?q=nobody-of-this-name&department=1").await;
    assert!(none.contains("Nobody fits") && none.contains("0 of 2"));
    let viewer = house.guest(Access::Viewer).await;
    let page = viewer.text("/people").await;
    assert!(page.contains("Ada Osei") && !page.contains("/people/new"));
}

#[tokio::test]
async fn working_weeks_count_from_their_day_and_time_off_takes_its_days() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let person = format!("/api/v1/people/{}", seed.ada);
    let capacity = async || {
        let answer = manager.json("/api/v1/utilisation?from=2026-11-16&weeks=3").await;
        answer["people"][0]["capacity"].clone()
    };
    assert_eq!(capacity().await, json!([40, 40, 40]));
    let put = async |from: &str, body: Value| {
        manager
            .send(Method::PUT, &format!("{person}/work-weeks/{from}"), &body)
            .await
    };
    let answer = put("2026-11-25", json!({ "hours": 20 })).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer = put("2026-11-30", json!({ "monday": 8, "saturday": "4:30" })).await;
    assert_eq!(
        answer.json::<Value>().await.unwrap()[1]["days"],
        json!([8, 0, 0, 0, 0, 4.5, 0])
    );
    assert_eq!(capacity().await, json!([40, 28, 12.5]));
    assert_eq!(faults(put("2026-12-07", json!({})).await).await, ["hours"]);
    assert_eq!(
        faults(put("2026-12-07", json!({ "friday": 25 })).await).await,
        ["friday"]
    );
    assert_eq!(
        put("2026-02-30", json!({ "hours": 8 })).await.status(),
        StatusCode::NOT_FOUND
    );

    let away = manager
        .post(
            &format!("{person}/time-off"),
            &json!({ "first": "2026-11-16", "last": "2026-11-17", "kind": "sick", "note": "flu" }),
        )
        .await;
    assert_eq!(away.status(), StatusCode::CREATED);
    let away = number(&away.json::<Value>().await.unwrap(), "id");
    assert_eq!(capacity().await, json!([24, 28, 12.5]));
    let backwards = json!({ "first": "2026-11-17", "last": "2026-11-16" });
    assert_eq!(
        faults(manager.post(&format!("{person}/time-off"), &backwards).await).await,
        ["last"]
    );
    let viewer = house.guest(Access::Viewer).await;
    let told = viewer.json(&format!("{person}/time-off")).await;
    assert!(
        told[0].get("kind").is_none() && told[0].get("note").is_none() && told[0]["first"] == "2026-11-16"
    );
    assert!(
        !viewer
            .text(&format!("/people/{}", seed.ada))
            .await
            .contains("flu")
    );

    let other = format!("/api/v1/people/{}/time-off/{away}", seed.bo);
    assert_eq!(
        manager.send(Method::DELETE, &other, &json!({})).await.status(),
        StatusCode::NOT_FOUND
    );
    for path in [
        format!("{person}/time-off/{away}"),
        format!("{person}/work-weeks/2026-11-25"),
    ] {
        assert_eq!(
            manager.send(Method::DELETE, &path, &json!({})).await.status(),
            StatusCode::NO_CONTENT
        );
        assert_eq!(
            manager.send(Method::DELETE, &path, &json!({})).await.status(),
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(capacity().await, json!([40, 40, 12.5]));
}

#[tokio::test]
async fn deactivating_frees_what_lies_ahead_and_undo_brings_it_back() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let cells = json!({ "cells": [
        { "assignment": seed.adas, "week": "2026-11-09", "hours": 10 },
        { "assignment": seed.adas, "week": "2026-11-16", "hours": 20 },
        { "assignment": seed.adas, "week": "2026-11-23", "hours": 30.5 },
        { "assignment": seed.adas, "week": "2026-12-14", "hours": 5 },
    ]});
    assert_eq!(
        manager.post("/api/v1/hours", &cells).await.status(),
        StatusCode::OK
    );
    let page = manager.text(&format!("/people/{}/deactivate", seed.ada)).await;
    assert!(
        page.contains("35.5 h in 2 weeks") && page.contains("23 November 2026"),
        "{page}"
    );

    let answer = manager
        .form(&format!("/people/{}/deactivate", seed.ada), &[])
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer
        .headers()
        .get("location")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let page = manager.text(&place).await;
    assert!(page.contains("Deactivated Ada Osei, which freed 35.5 h.") && page.contains("data-change-set="));
    assert!(page.contains("inactive"));
    // Somebody else is not told what this visitor has just done.
    let viewer = house.guest(Access::Viewer).await;
    assert!(!viewer.text(&place).await.contains("data-change-set="));
    let left = manager.json(&format!("/api/v1/assignments/{}", seed.adas)).await;
    assert_eq!(left["hours"], json!({ "2026-11-09": 10, "2026-11-16": 20 }));
    assert!(!manager.text("/people").await.contains("Ada Osei"));
    assert!(manager.text("/people?show=inactive").await.contains("Ada Osei"));

    let change_set = place.rsplit('=').next().unwrap();
    let back = format!("/people/{}", seed.ada);
    let undone = manager
        .form(&format!("/change-sets/{change_set}/undo"), &[("back", &back)])
        .await;
    assert_eq!(undone.headers().get("location").unwrap().to_str().unwrap(), back);
    let whole = manager.json(&format!("/api/v1/assignments/{}", seed.adas)).await;
    assert_eq!(
        whole["hours"],
        json!({ "2026-11-09": 10, "2026-11-16": 20, "2026-11-23": 30.5, "2026-12-14": 5 })
    );
    assert!(!manager.text(&place).await.contains("data-change-set="));
    let page = manager.text(&back).await;
    assert!(page.contains("undid: deactivated Ada Osei") && page.contains(">undone<"));
    // Redone, what was done is told again; undone once more, it is not.
    for told in [true, false] {
        let newest = house.app.book().revision;
        let answer = manager.form(&format!("/change-sets/{newest}/undo"), &[]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(manager.text(&place).await.contains("data-change-set="), told);
    }

    let again = manager
        .post(&format!("/api/v1/people/{}/deactivate", seed.ada), &json!({}))
        .await;
    assert_eq!(again.json::<Value>().await.unwrap()["hoursFreed"], 35.5);
    let active = manager
        .post(&format!("/api/v1/people/{}/reactivate", seed.ada), &json!({}))
        .await;
    assert_eq!(active.json::<Value>().await.unwrap()["hoursFreed"], 0);
    assert_eq!(
        manager.json(&format!("/api/v1/people/{}", seed.ada)).await["active"],
        true
    );
}

#[tokio::test]
async fn skills_are_set_as_a_whole() {
    let house = House::open().await;
    let seed = house.seed().await;
    let admin = house.admin().await;
    for name in ["Revit", "Earthing"] {
        let answer = admin.post("/api/v1/skills", &json!({ "name": name })).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
    }
    let manager = house.manager().await;
    let place = format!("/api/v1/people/{}/skills", seed.ada);
    let both = json!({ "skills": [{ "skill": 1, "level": 3 }, { "skill": 2, "level": 1 }] });
    assert_eq!(
        manager.send(Method::PUT, &place, &both).await.status(),
        StatusCode::OK
    );
    let one = manager
        .send(
            Method::PUT,
            &place,
            &json!({ "skills": [{ "skill": 2, "level": 2 }] }),
        )
        .await;
    assert_eq!(
        one.json::<Value>().await.unwrap(),
        json!([{ "skill": 2, "name": "Earthing", "level": 2 }])
    );
    let wrong = json!({ "skills": [{ "skill": 9, "level": 2 }, { "skill": 1, "level": 4 }, { "skill": 1, "level": 1 }] });
    let wrong = faults(manager.send(Method::PUT, &place, &wrong).await).await;
    assert_eq!(wrong, ["skills[0].skill", "skills[1].level", "skills[2].skill"]);
    let form = manager
        .form(
            &format!("/people/{}/skills", seed.ada),
            &[("skill-1", "3"), ("skill-2", "")],
        )
        .await;
    assert_eq!(form.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        manager.json(&format!("/api/v1/people/{}", seed.ada)).await["skills"][0]["name"],
        "Revit"
    );
}

#[tokio::test]
async fn forms_come_back_with_what_was_typed() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let answer = manager
        .form(
            "/people",
            &[
                ("name", "Cleo <b>Marsh</b>"),
                ("email", "nobody"),
                ("hours", "many"),
            ],
        )
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("Cleo &lt;b&gt;Marsh&lt;/b&gt;")
            && page.contains("id=\"e-email\"")
            && page.contains("id=\"e-hours\"")
    );
    let edit = manager.text(&format!("/people/{}/edit", seed.bo)).await;
    assert!(edit.contains("value=\"Bo Lindqvist\"") && edit.contains("value=\"2026-12-02\""));
    let saved = manager
        .form(
            &format!("/people/{}", seed.bo),
            &[("name", "Bo Lind"), ("start", "2026-12-02")],
        )
        .await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let page = manager.text(&format!("/people/{}", seed.bo)).await;
    assert!(page.contains("renamed Bo Lindqvist to Bo Lind"));
    assert_eq!(
        manager.json(&format!("/api/v1/people/{}", seed.bo)).await["active"],
        true
    );
    for missing in [
        "/people/999",
        "/people/999/edit",
        "/people/999/deactivate",
        "/people/x",
        "/people/-1/skills",
    ] {
        assert_eq!(
            manager.get(missing).await.status(),
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
}

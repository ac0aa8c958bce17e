//! The settings: what the whole team shares, changed by administrators and read by everybody.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use crate::house::{Guest, House};
use ballast::accounts::Access;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

#[cfg(test)]
async fn fault(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = answer.json().await.unwrap();
    problem["errors"][0]["field"].as_str().unwrap().to_owned()
}

#[cfg(test)]
async fn made(answer: Response) -> i64 {
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
}

#[cfg(test)]
async fn department(admin: &Guest, name: &str, parent: Option<i64>) -> Response {
    admin
        .post("/api/v1/departments", &json!({ "name": name, "parent": parent }))
        .await
}

#[tokio::test]
async fn departments_form_a_tree_without_circles_ten_levels_deep() {
    let house = House::open().await;
    let admin = house.admin().await;
    let top = made(department(&admin, "Level 1", None).await).await;
    let mut parent = top;
    for level in 2..=10 {
        parent = made(department(&admin, &format!("Level {level}"), Some(parent)).await).await;
    }
    assert_eq!(
        fault(department(&admin, "Level 11", Some(parent)).await).await,
        "parent"
    );
    let place = format!("/api/v1/departments/{top}");
    for below in [top, parent] {
        let circle = admin
            .send(Method::PATCH, &place, &json!({ "parent": below }))
            .await;
        assert_eq!(fault(circle).await, "parent");
    }
    assert_eq!(fault(department(&admin, "X", Some(999)).await).await, "parent");
    assert_eq!(fault(department(&admin, "  LEVEL  1 ", None).await).await, "name");
    // The same name at another place is another department.
    let same = made(department(&admin, "Level 1", Some(top)).await).await;
    let moved = admin
        .send(
            Method::PATCH,
            &format!("/api/v1/departments/{same}"),
            &json!({ "parent": null }),
        )
        .await;
    assert_eq!(fault(moved).await, "name");
    let renamed = admin
        .send(Method::PATCH, &place, &json!({ "name": "Head" }))
        .await;
    assert_eq!(renamed.status(), StatusCode::NO_CONTENT);
    let used = admin.send(Method::DELETE, &place, &json!({})).await;
    assert_eq!(used.status(), StatusCode::CONFLICT);
    assert!(used.text().await.unwrap().contains("2 departments below it"));
    let leaf = admin
        .send(
            Method::DELETE,
            &format!("/api/v1/departments/{parent}"),
            &json!({}),
        )
        .await;
    assert_eq!(leaf.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn names_are_there_once_and_what_is_used_stays() {
    let house = House::open().await;
    house.seed().await;
    let admin = house.admin().await;
    let role = made(admin.post("/api/v1/roles", &json!({ "name": "Åsa" })).await).await;
    let twice = admin
        .post("/api/v1/roles", &json!({ "name": " A\u{30a}SA " }))
        .await;
    assert_eq!(fault(twice).await, "name");
    let same = admin
        .send(
            Method::PATCH,
            &format!("/api/v1/roles/{role}"),
            &json!({ "name": "ÅSA" }),
        )
        .await;
    assert_eq!(same.status(), StatusCode::NO_CONTENT);
    let taken = admin
        .send(
            Method::PATCH,
            &format!("/api/v1/roles/{role}"),
            &json!({ "name": "engineer" }),
        )
        .await;
    assert_eq!(fault(taken).await, "name");
    let used = admin.send(Method::DELETE, "/api/v1/roles/1", &json!({})).await;
    assert_eq!(used.status(), StatusCode::CONFLICT);
    assert!(used.text().await.unwrap().contains("2 people, 1 assignment"));
    let free = admin
        .send(Method::DELETE, &format!("/api/v1/roles/{role}"), &json!({}))
        .await;
    assert_eq!(free.status(), StatusCode::NO_CONTENT);
    let refused = admin.form("/settings/lists/roles", &[("name", "Engineer")]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .text()
            .await
            .unwrap()
            .contains("there is a role of this name already")
    );
    let client = admin
        .form("/settings/lists/clients/1", &[("name", "Nordlys Energi")])
        .await;
    assert_eq!(client.status(), StatusCode::SEE_OTHER);
    assert!(
        admin
            .text("/settings/lists/clients")
            .await
            .contains("Nordlys Energi")
    );
    for missing in [
        "/settings/lists/planets",
        "/settings/lists/clients/new",
        "/settings/lists/roles/99/edit",
    ] {
        assert_eq!(
            admin.get(missing).await.status(),
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
}

#[tokio::test]
async fn statuses_are_the_teams_own_words_in_its_own_order() {
    let house = House::open().await;
    house.seed().await;
    let admin = house.admin().await;
    let labels = async || {
        let all = admin.json("/api/v1/statuses").await;
        let all = all.as_array().unwrap().clone();
        all.iter()
            .map(|one| one["label"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let lead = json!({ "label": "Lead", "colour": "plum", "countsAs": "tentative" });
    let lead = made(admin.post("/api/v1/statuses", &lead).await).await;
    let moved = admin
        .form(&format!("/settings/statuses/{lead}/move"), &[("move", "up")])
        .await;
    assert_eq!(moved.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        labels().await,
        ["Planned", "Active", "On hold", "Completed", "Lead", "Cancelled"]
    );
    let place = format!("/api/v1/statuses/{lead}");
    let changed = admin
        .send(Method::PATCH, &place, &json!({ "countsAs": "closed" }))
        .await;
    assert_eq!(changed.status(), StatusCode::NO_CONTENT);
    assert_eq!(labels().await[4], "Lead");
    assert_eq!(
        fault(
            admin
                .send(Method::PATCH, &place, &json!({ "label": "active" }))
                .await
        )
        .await,
        "label"
    );
    assert_eq!(
        fault(
            admin
                .send(Method::PATCH, &place, &json!({ "countsAs": "x" }))
                .await
        )
        .await,
        "countsAs"
    );
    let used = admin.send(Method::DELETE, "/api/v1/statuses/2", &json!({})).await;
    assert_eq!(used.status(), StatusCode::CONFLICT);
    assert_eq!(
        admin.send(Method::DELETE, &place, &json!({})).await.status(),
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn two_who_remove_the_last_statuses_at_once_leave_one() {
    let house = House::open().await;
    let admin = house.admin().await;
    let all = admin.json("/api/v1/statuses").await;
    let ids: Vec<i64> = all["items"]
        .as_array()
        .or(all.as_array())
        .unwrap()
        .iter()
        .filter_map(|status| status["id"].as_i64())
        .collect();
    let places: Vec<String> = ids.iter().map(|id| format!("/api/v1/statuses/{id}")).collect();
    let nothing = json!({});
    let removals = places
        .iter()
        .map(|place| admin.send(Method::DELETE, place, &nothing));
    let answers = futures_util::future::join_all(removals).await;
    let refused: Vec<StatusCode> = answers
        .iter()
        .map(reqwest::Response::status)
        .filter(|status| *status != StatusCode::NO_CONTENT)
        .collect();
    assert_eq!(refused, [StatusCode::CONFLICT]);
    assert_eq!(house.app.book().plan.statuses.len(), 1);
}

#[tokio::test]
async fn holidays_take_capacity_and_come_back_with_their_calendar() {
    let house = House::open().await;
    let seed = house.seed().await;
    let admin = house.admin().await;
    let calendar = made(admin.post("/api/v1/calendars", &json!({ "name": "Lyon" })).await).await;
    let lines = "2026-12-25 Christmas Day\n2026-12-24\tChristmas Eve";
    let pasted = admin
        .form(
            &format!("/settings/calendars/{calendar}/days"),
            &[("lines", lines)],
        )
        .await;
    assert_eq!(pasted.status(), StatusCode::SEE_OTHER);
    let wrong = admin
        .form(
            &format!("/settings/calendars/{calendar}/days"),
            &[("lines", "2026-12-31 Old Year\n31.12.2026 x")],
        )
        .await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().await.unwrap().contains("line 2:"));
    let capacity = async || {
        let answer = admin.json("/api/v1/utilisation?from=2026-12-21&weeks=1").await;
        answer["people"][0]["capacity"][0].clone()
    };
    assert_eq!(capacity().await, 40);
    let whole = admin
        .send(
            Method::PATCH,
            "/api/v1/organisation",
            &json!({ "calendar": calendar }),
        )
        .await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(capacity().await, 24);
    let kept = admin
        .send(
            Method::DELETE,
            &format!("/api/v1/calendars/{calendar}"),
            &json!({}),
        )
        .await;
    assert_eq!(kept.status(), StatusCode::CONFLICT);
    assert!(kept.text().await.unwrap().contains("the whole team"));
    let day = format!("/api/v1/calendars/{calendar}/holidays/2026-12-24");
    assert_eq!(
        admin.send(Method::DELETE, &day, &json!({})).await.status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(capacity().await, 32);

    admin
        .send(
            Method::PATCH,
            "/api/v1/organisation",
            &json!({ "calendar": null }),
        )
        .await;
    let gone = admin
        .form(&format!("/settings/calendars/{calendar}/remove"), &[])
        .await;
    let change_set = gone
        .headers()
        .get("location")
        .unwrap()
        .to_str()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(admin.json("/api/v1/calendars").await, json!([]));
    let undone = admin
        .form(
            &format!("/change-sets/{change_set}/undo"),
            &[("back", "/settings/history")],
        )
        .await;
    assert_eq!(undone.status(), StatusCode::SEE_OTHER);
    let back = admin.json("/api/v1/calendars").await;
    assert_eq!(
        back[0]["holidays"],
        json!([{ "day": "2026-12-25", "name": "Christmas Day" }])
    );
    let own = admin
        .send(
            Method::PATCH,
            &format!("/api/v1/people/{}", seed.ada),
            &json!({ "calendar": calendar }),
        )
        .await;
    assert_eq!(own.status(), StatusCode::OK);
    assert_eq!(capacity().await, 32);
}

#[tokio::test]
async fn the_organisation_changes_bands_week_and_default_week() {
    let house = House::open().await;
    house.seed().await;
    let admin = house.admin().await;
    let answer = admin
        .send(
            Method::PATCH,
            "/api/v1/organisation",
            &json!({ "weekStart": "sunday", "friday": 4, "unit": "hours", "light": 20, "good": 30, "full": 36, "over": 45 }),
        )
        .await;
    let now: Value = answer.json().await.unwrap();
    assert_eq!(now["weekStart"], "sunday");
    assert_eq!(now["days"], json!([8, 8, 8, 8, 4, 0, 0]));
    assert_eq!(
        (now["unit"].as_str(), &now["limits"]),
        (Some("hours"), &json!([20, 30, 36, 45]))
    );
    let falling = json!({ "unit": "percent", "light": 90, "good": 85, "full": 100, "over": 115 });
    assert_eq!(
        fault(admin.send(Method::PATCH, "/api/v1/organisation", &falling).await).await,
        "good"
    );
    assert_eq!(
        fault(
            admin
                .send(Method::PATCH, "/api/v1/organisation", &json!({ "name": " " }))
                .await
        )
        .await,
        "name"
    );
    assert!(admin.text("/schedule").await.contains("data-band-unit=\"hours\""));
    let form = admin
        .form(
            "/settings/load",
            &[
                ("unit", "percent"),
                ("light", "70"),
                ("good", "x"),
                ("full", "100"),
                ("over", "115"),
            ],
        )
        .await;
    assert_eq!(form.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(form.text().await.unwrap().contains("value=\"x\""));
    assert!(
        admin
            .text("/settings/history")
            .await
            .contains("set the load bands to 20, 30, 36, 45 h")
    );
}

#[tokio::test]
async fn a_week_start_of_the_environment_outranks_the_kept_one() {
    let house = House::open_with(&[("WEEK_STARTS_ON", "sunday")]).await;
    let admin = house.admin().await;
    let page = admin.text("/settings").await;
    assert!(page.contains("WEEK_STARTS_ON") && !page.contains("name=\"weekStart\""));
    let saved = admin
        .form(
            "/settings/organisation",
            &[("name", "Keel"), ("monday", "8"), ("weekStart", "monday")],
        )
        .await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let now = admin.json("/api/v1/organisation").await;
    assert_eq!(
        (now["name"].as_str(), now["weekStart"].as_str()),
        (Some("Keel"), Some("sunday"))
    );
}

#[tokio::test]
async fn everybody_reads_the_settings_and_only_administrators_change_them() {
    let house = House::open().await;
    house.seed().await;
    let pages = [
        "/settings",
        "/settings/load",
        "/settings/departments",
        "/settings/lists/roles",
        "/settings/lists/skills",
        "/settings/lists/clients",
        "/settings/statuses",
        "/settings/calendars",
        "/settings/history",
    ];
    for access in [Access::Viewer, Access::Manager] {
        let guest = house.guest(access).await;
        for page in pages {
            let answer = guest.get(page).await;
            assert_eq!(answer.status(), StatusCode::OK, "{page}");
            let text = answer.text().await.unwrap();
            assert!(
                !text.contains("/edit\"") && !text.contains("/new\"") && !text.contains(">Save<"),
                "{page}"
            );
        }
        assert_eq!(
            guest.form("/settings/load", &[]).await.status(),
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            guest.get("/settings/statuses/1/edit").await.status(),
            StatusCode::FORBIDDEN
        );
        let answer = guest
            .send(Method::PATCH, "/api/v1/organisation", &json!({ "name": "x" }))
            .await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn programs_read_histories_and_order_the_statuses() {
    let house = House::open().await;
    let seed = house.seed().await;
    let admin = house.admin().await;
    let statuses = admin.json("/api/v1/statuses").await;
    let turned: Vec<i64> = statuses
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["id"].as_i64())
        .rev()
        .collect();
    let short = admin
        .send(Method::PUT, "/api/v1/statuses/order", &json!({ "order": [1] }))
        .await;
    assert_eq!(short.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let done = admin
        .send(Method::PUT, "/api/v1/statuses/order", &json!({ "order": turned }))
        .await;
    assert_eq!(done.status(), StatusCode::OK);
    assert_eq!(admin.json("/api/v1/statuses").await[0]["id"], turned[0]);

    let cells = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": 8 }] });
    admin.post("/api/v1/hours", &cells).await;
    for path in [
        format!("/api/v1/people/{}/history", seed.ada),
        format!("/api/v1/projects/{}/history", seed.project),
    ] {
        let newest = admin.json(&path).await[0].clone();
        assert_eq!(newest["actor"], "admin", "{path}");
        assert_eq!(
            newest["label"], "set Ada Osei on Harbour Substation to 8 h, 16 Nov",
            "{path}"
        );
    }
    assert_eq!(
        admin.get("/api/v1/people/987654/history").await.status(),
        StatusCode::NOT_FOUND
    );
}

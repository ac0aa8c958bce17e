//! Auto-hours over HTTP: templates, preview, laying, undo, and plans that change meanwhile.

use crate::house::{Guest, House, Seed, between};
use ballast::accounts::Access;
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

#[cfg(test)]
async fn made(answer: reqwest::Response, status: StatusCode) -> Value {
    assert_eq!(answer.status(), status);
    answer.json().await.unwrap()
}

/// A plan with a deliverable due on 11 December, and a template: three engineers, 50 % in its week, 25 % before it.
#[cfg(test)]
struct Plan {
    seed: Seed,
    manager: Guest,
    template: i64,
    line: i64,
}

#[cfg(test)]
impl Plan {
    async fn open(house: &House) -> Self {
        let seed = house.seed().await;
        let manager = house.manager().await;
        let due = json!({ "name": "SD", "phase": "Schematic design", "due": "2026-12-11" });
        let path = format!("/api/v1/projects/{}/deliverables", seed.project);
        assert_eq!(manager.post(&path, &due).await.status(), StatusCode::CREATED);
        let answer = manager
            .post("/api/v1/auto-hours/templates", &json!({ "name": "Usual" }))
            .await;
        let template = made(answer, StatusCode::CREATED).await["id"].as_i64().unwrap();
        let role = manager.json("/api/v1/roles").await[0]["id"].clone();
        let line = json!({ "role": role, "phase": "schematic design", "heads": 3, "percents": [50, 25] });
        let path = format!("/api/v1/auto-hours/templates/{template}/lines");
        let line = made(manager.post(&path, &line).await, StatusCode::CREATED).await["id"]
            .as_i64()
            .unwrap();
        Self {
            seed,
            manager,
            template,
            line,
        }
    }

    fn path(&self, what: &str) -> String {
        format!("/api/v1/projects/{}/auto-hours/{what}", self.seed.project)
    }

    async fn preview(&self, more: &Value) -> Value {
        let mut body = json!({ "template": self.template });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        made(
            self.manager.post(&self.path("preview"), &body).await,
            StatusCode::OK,
        )
        .await
    }

    async fn apply(&self, more: &Value, seen: &Value) -> reqwest::Response {
        let mut body = json!({ "template": self.template, "seen": seen });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.manager.post(&self.path("apply"), &body).await
    }

    async fn all_hours(&self) -> [Value; 3] {
        let (seed, manager) = (&self.seed, &self.manager);
        [
            hours(manager, seed.adas).await,
            hours(manager, seed.bos).await,
            hours(manager, seed.open).await,
        ]
    }
}

#[tokio::test]
async fn a_template_is_previewed_laid_in_one_change_set_and_taken_back() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    set(&plan.manager, plan.seed.adas, "2026-11-30", 6.0).await;
    let before = plan.all_hours().await;
    let preview = plan.preview(&json!({})).await;
    assert_eq!(
        (&preview["cellsChanged"], &preview["hoursAfter"]),
        (&json!(5), &json!(76))
    );
    assert_eq!(
        preview["skips"],
        json!(["1 cell holds hours already; only empty ones are filled"])
    );
    let bo = preview["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["person"] == plan.seed.bo)
        .unwrap();
    assert_eq!(
        bo["cells"][0],
        json!({ "week": "2026-11-30", "before": 0, "after": 6, "verdict": "set" }),
        "a quarter of the three days after they start"
    );
    assert_eq!(plan.all_hours().await, before, "a preview writes nothing");
    let done = made(plan.apply(&json!({}), &preview["seen"]).await, StatusCode::OK).await;
    assert_eq!(done["cellsChanged"], 5);
    assert_eq!(
        plan.all_hours().await,
        [
            json!({ "2026-11-30": 6, "2026-12-07": 20 }),
            json!({ "2026-11-30": 6, "2026-12-07": 20 }),
            json!({ "2026-11-30": 10, "2026-12-07": 20 }),
        ]
    );
    let undo = format!("/api/v1/change-sets/{}/undo", done["changeSet"]);
    assert_eq!(
        plan.manager.post(&undo, &json!({})).await.status(),
        StatusCode::OK
    );
    assert_eq!(plan.all_hours().await, before);
}

#[tokio::test]
async fn replacing_writes_over_somebodys_hours_only_where_each_cell_is_named_and_undo_restores_them() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    set(&plan.manager, plan.seed.adas, "2026-11-30", 6.0).await;
    set(&plan.manager, plan.seed.adas, "2026-12-07", 6.0).await;
    set(&plan.manager, plan.seed.open, "2026-12-07", 6.0).await;
    set(&plan.manager, plan.seed.adas, "2026-12-14", 6.0).await;
    let before = plan.all_hours().await;
    let replace = json!({ "mode": "replace" });
    let preview = plan.preview(&replace).await;
    let cell = format!("{}:2026-12-07", plan.seed.adas);
    assert_eq!(
        preview["overwrites"],
        json!([format!("{}:2026-11-30", plan.seed.adas), cell])
    );
    let ticked = json!({ "mode": "replace", "overwrite": [cell] });
    let done = made(plan.apply(&ticked, &preview["seen"]).await, StatusCode::OK).await;
    assert_eq!(
        plan.all_hours().await,
        [
            json!({ "2026-11-30": 6, "2026-12-07": 20, "2026-12-14": 6 }),
            json!({ "2026-11-30": 6, "2026-12-07": 20 }),
            json!({ "2026-11-30": 10, "2026-12-07": 20 }),
        ],
        "unticked cells and weeks outside the template stay"
    );
    let undo = format!("/api/v1/change-sets/{}/undo", done["changeSet"]);
    assert_eq!(
        plan.manager.post(&undo, &json!({})).await.status(),
        StatusCode::OK
    );
    assert_eq!(plan.all_hours().await, before);
}

#[tokio::test]
async fn a_preview_that_is_no_longer_true_is_refused_with_what_changed() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    let preview = plan.preview(&json!({})).await;
    set(&plan.manager, plan.seed.adas, "2026-12-07", 8.0).await;
    let answer = plan.apply(&json!({}), &preview["seen"]).await;
    let problem = made(answer, StatusCode::CONFLICT).await;
    assert_eq!(
        problem["changed"],
        json!(["Ada Osei, 7 Dec: 0 → 20 h as you saw it, 8 → 20 h now"])
    );
    assert_eq!(
        plan.all_hours().await,
        [json!({ "2026-12-07": 8 }), json!({}), json!({})]
    );
    let unseen = plan
        .manager
        .post(&plan.path("apply"), &json!({ "template": plan.template }))
        .await;
    let problem = made(unseen, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(problem["errors"][0]["field"], "seen");
    let line = format!("/api/v1/auto-hours/lines/{}", plan.line);
    let preview = plan.preview(&json!({})).await;
    let changed = plan
        .manager
        .send(Method::PATCH, &line, &json!({ "percents": [10] }))
        .await;
    assert_eq!(
        made(changed, StatusCode::OK).await["heads"],
        3,
        "what is not sent stays"
    );
    let answer = plan.apply(&json!({}), &preview["seen"]).await;
    assert_eq!(
        answer.status(),
        StatusCode::CONFLICT,
        "a changed template is another preview"
    );
}

#[tokio::test]
async fn places_are_made_where_nobody_has_the_role_and_undo_takes_them_away() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    let admin = house.admin().await;
    let role = made(
        admin.post("/api/v1/roles", &json!({ "name": "Designer" })).await,
        StatusCode::CREATED,
    )
    .await["id"]
        .clone();
    let line = json!({ "role": role, "heads": 2, "percents": [100] });
    let path = format!("/api/v1/auto-hours/templates/{}/lines", plan.template);
    made(plan.manager.post(&path, &line).await, StatusCode::CREATED).await;
    let preview = plan.preview(&json!({})).await;
    assert_eq!(preview["placesAdded"], 2);
    let done = made(plan.apply(&json!({}), &preview["seen"]).await, StatusCode::OK).await;
    let list = format!("/api/v1/assignments?project={}", plan.seed.project);
    let all = plan.manager.json(&list).await;
    let new: Vec<&Value> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["role"] == role)
        .collect();
    assert_eq!(new.len(), 2);
    assert_eq!(
        (&new[0]["person"], &new[0]["hours"]),
        (&Value::Null, &json!({ "2026-12-07": 40 }))
    );
    let undo = format!("/api/v1/change-sets/{}/undo", done["changeSet"]);
    assert_eq!(
        plan.manager.post(&undo, &json!({})).await.status(),
        StatusCode::OK
    );
    assert_eq!(
        plan.manager.json(&list).await["items"].as_array().unwrap().len(),
        3
    );
}

#[tokio::test]
async fn templates_are_kept_changed_and_brought_back() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    let all = "/api/v1/auto-hours/templates";
    let kept = plan.manager.json(all).await;
    assert_eq!(kept[0]["lines"][0]["percents"], json!([50, 25]));
    let again = plan.manager.post(all, &json!({ "name": " usual " })).await;
    assert_eq!(
        made(again, StatusCode::UNPROCESSABLE_ENTITY).await["errors"][0]["field"],
        "name"
    );
    let lines = format!("{all}/{}/lines", plan.template);
    let role = &kept[0]["lines"][0]["role"];
    for (line, field) in [
        (json!({ "role": role, "percents": [101] }), "percents"),
        (json!({ "role": role, "percents": [] }), "percents"),
        (json!({ "role": role, "percents": [-1] }), "percents"),
        (json!({ "role": role, "percents": vec![1; 19] }), "percents"),
        (json!({ "role": role, "heads": 0, "percents": [1] }), "heads"),
        (json!({ "role": 987_654, "percents": [1] }), "role"),
    ] {
        let problem = made(
            plan.manager.post(&lines, &line).await,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
        assert_eq!(problem["errors"][0]["field"], field, "{line}");
    }
    let one = format!("{all}/{}", plan.template);
    let removed = made(
        plan.manager.send(Method::DELETE, &one, &json!({})).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(plan.manager.json(all).await, json!([]));
    let undo = format!("/api/v1/change-sets/{}/undo", removed["changeSet"]);
    assert_eq!(
        plan.manager.post(&undo, &json!({})).await.status(),
        StatusCode::OK
    );
    assert_eq!(plan.manager.json(all).await, kept);
    let stale = plan
        .manager
        .request(Method::PATCH, &one)
        .header("If-Match", "\"other\"")
        .json(&json!({ "name": "Other" }));
    assert_eq!(
        stale.send().await.unwrap().status(),
        StatusCode::PRECONDITION_FAILED
    );
    let viewer = house.guest(Access::Member).await;
    assert_eq!(viewer.get("/auto-hours").await.status(), StatusCode::OK);
    assert_eq!(
        viewer.post(all, &json!({ "name": "Mine" })).await.status(),
        StatusCode::FORBIDDEN
    );
}

/// The fields of the form that a page shows, as a browser would send them without a tick.
#[cfg(test)]
fn fields_of(page: &str) -> Vec<(String, String)> {
    let form = between(page, "method=\"post\" action=\"/projects/", "</form>").unwrap();
    let hidden = form
        .split("<input type=\"hidden\"")
        .skip(1)
        .map(|tag| tag.split('>').next().unwrap());
    let fields = hidden.map(|tag| {
        (
            between(tag, "name=\"", "\"").unwrap(),
            between(tag, "value=\"", "\"").unwrap(),
        )
    });
    fields.filter(|(name, _)| name != "csrf").collect()
}

#[tokio::test]
async fn the_page_shows_every_change_and_writes_what_it_showed() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    let project = format!("/projects/{}", plan.seed.project);
    let path = format!("{project}/auto-hours");
    assert!(
        plan.manager
            .text(&project)
            .await
            .contains(&format!("href=\"{path}\""))
    );
    set(&plan.manager, plan.seed.adas, "2026-12-07", 36.0).await;
    let page = plan.manager.text(&format!("{path}?mode=replace")).await;
    assert!(
        page.contains("Ada Osei, 7 Dec") && page.contains("36 → 20 h"),
        "{page}"
    );
    let fields = fields_of(&page);
    let mut sent: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    sent.push(("overwriteAll", "on"));
    let mut checked = sent.clone();
    checked.push(("check", "on"));
    let again = plan.manager.form(&path, &checked).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert!(
        again.text().await.unwrap().contains("−6 h"),
        "the preview counts the tick: Ada gets 10 h more and 16 h less"
    );
    let answer = plan.manager.form(&path, &sent).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        plan.manager
            .text(&place)
            .await
            .contains("Laid auto-hours “Usual” on Harbour Substation")
    );
    assert_eq!(hours(&plan.manager, plan.seed.adas).await["2026-12-07"], 20);
    let twice = plan.manager.form(&path, &sent).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    assert!(
        twice
            .text()
            .await
            .unwrap()
            .contains("The plan has changed since you saw this.")
    );
}

#[tokio::test]
async fn a_role_that_a_template_names_is_not_removed() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    let admin = house.admin().await;
    let answer = admin.post("/api/v1/roles", &json!({ "name": "Designer" })).await;
    let role = made(answer, StatusCode::CREATED).await["id"].clone();
    let path = format!("/api/v1/auto-hours/templates/{}/lines", plan.template);
    let line = json!({ "role": role, "percents": [100] });
    made(plan.manager.post(&path, &line).await, StatusCode::CREATED).await;
    let answer = admin
        .send(Method::DELETE, &format!("/api/v1/roles/{role}"), &json!({}))
        .await;
    let problem = made(answer, StatusCode::CONFLICT).await;
    assert_eq!(
        problem["detail"],
        "Designer is still used: 1 line of an auto-hours template. Change those first; nothing was removed."
    );
}

#[tokio::test]
async fn templates_and_their_lines_are_bounded() {
    let house = House::open().await;
    let plan = Plan::open(&house).await;
    let all = "/api/v1/auto-hours/templates";
    let kept = plan.manager.json(all).await;
    let line = json!({ "role": kept[0]["lines"][0]["role"], "percents": [1] });
    let lines = format!("{all}/{}/lines", plan.template);
    let given = kept[0]["lines"].as_array().unwrap().len();
    for _ in given..100 {
        made(plan.manager.post(&lines, &line).await, StatusCode::CREATED).await;
    }
    let full = made(
        plan.manager.post(&lines, &line).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert_eq!(full["errors"][0]["field"], "role");
    let given = kept.as_array().unwrap().len();
    for number in given..200 {
        let template = json!({ "name": format!("Template {number}") });
        made(plan.manager.post(all, &template).await, StatusCode::CREATED).await;
    }
    let one_more = json!({ "name": "One more" });
    let full = made(
        plan.manager.post(all, &one_more).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert_eq!(full["errors"][0]["field"], "name");
}

#[tokio::test]
async fn without_templates_the_pages_say_how_to_begin() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let page = manager
        .text(&format!("/projects/{}/auto-hours", seed.project))
        .await;
    assert!(page.contains("Make a template"), "{page}");
    assert!(manager.text("/auto-hours").await.contains("No templates yet"));
}

//! Projects, their clients, dates and history, and the overview.

use crate::house::{Guest, House, between};
use ballast::accounts::Access;
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

fn faults(answer: &Value) -> Vec<&str> {
    let errors = answer.get("errors").and_then(Value::as_array);
    let fields = errors
        .into_iter()
        .flatten()
        .filter_map(|error| error.get("field")?.as_str());
    fields.collect()
}

fn place(answer: &Response) -> String {
    let place = answer.headers().get(header::LOCATION);
    place
        .and_then(|place| place.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// The change set that a form's answer leads to.
fn done(answer: &Response) -> String {
    place(answer)
        .split_once("?done=")
        .map_or_else(String::new, |(_, id)| id.to_owned())
}

async fn book_hours(guest: &Guest, assignment: i64, week: &str, hours: u32) {
    let cells = json!({ "cells": [{ "assignment": assignment, "week": week, "hours": hours }] });
    assert_eq!(guest.post("/api/v1/hours", &cells).await.status(), StatusCode::OK);
}

async fn add_deliverable(guest: &Guest, project: i64, name: &str, due: &str) {
    let path = format!("/api/v1/projects/{project}/deliverables");
    let answer = guest.post(&path, &json!({ "name": name, "due": due })).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_project_is_made_by_a_form_with_a_client_that_was_not_known() {
    let house = House::open().await;
    let manager = house.manager().await;
    let fields = [
        ("name", "Ferry terminal"),
        ("code", "P-7"),
        ("client", "Port Authority"),
        ("status", "2"),
        ("budget", "1600,5"),
        ("colour", "plum"),
        ("start", "2026-11-02"),
        ("notes", "Call on Tuesdays."),
    ];
    let answer = manager.form("/projects", &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = manager.text(&place(&answer)).await;
    for text in [
        "Ferry terminal",
        "P-7",
        "Port Authority",
        "Call on Tuesdays.",
        "Added the project Ferry terminal",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert_eq!(
        manager.json("/api/v1/clients").await.pointer("/0/name"),
        Some(&json!("Port Authority"))
    );
    // The same client however it is typed.
    manager
        .form("/projects", &[("name", "Quay"), ("client", " port  AUTHORITY ")])
        .await;
    let clients = manager.json("/api/v1/clients").await;
    assert_eq!(clients.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_form_that_cannot_be_comes_back_as_it_was_typed() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let answer = manager
        .form(
            "/projects",
            &[("name", "Quay"), ("code", "p-1"), ("client", "Helix")],
        )
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text().await.unwrap();
    assert!(page.contains("belongs to another project already") && page.contains("value=\"Quay\""));
    // Nothing of a refused gesture stays, not even its client.
    let clients = manager.json("/api/v1/clients").await;
    assert_eq!(clients.pointer("/0/name"), Some(&json!("Nordlys")));
    assert_eq!(clients.as_array().map(Vec::len), Some(1));

    let path = format!("/api/v1/projects/{}", seed.project);
    for (body, expected) in [
        (json!({ "name": " " }), vec!["name"]),
        (json!({ "name": "x".repeat(201) }), vec!["name"]),
        (json!({ "status": 99 }), vec!["status"]),
        (json!({ "department": "top" }), vec!["department"]),
        (json!({ "start": "2026-02-30" }), vec!["start"]),
        (
            json!({ "start": "2026-03-02", "end": "2026-03-01", "budget": -1 }),
            vec!["budget", "end"],
        ),
    ] {
        let answer = manager.send(Method::PATCH, &path, &body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let mut found: Vec<String> = faults(&answer.json().await.unwrap())
            .into_iter()
            .map(str::to_owned)
            .collect();
        found.sort();
        assert_eq!(found, expected, "{body}");
    }
    assert_eq!(
        manager.json(&path).await.get("name"),
        Some(&json!("Harbour Substation"))
    );
}

#[tokio::test]
async fn programs_change_only_what_they_send_and_only_what_they_have_seen() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let path = format!("/api/v1/projects/{}", seed.project);
    let read = manager.get(&path).await;
    let tag = read.headers().get(header::ETAG).unwrap().clone();
    let again = manager
        .request(Method::GET, &path)
        .header(header::IF_NONE_MATCH, tag.clone());
    assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);

    let change = |body: Value| {
        let request = manager.request(Method::PATCH, &path);
        request.header(header::IF_MATCH, tag.clone()).json(&body).send()
    };
    let changed = change(json!({ "budget": 12.5, "notes": "New" })).await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
    let changed: Value = changed.json().await.unwrap();
    for (field, value) in [
        ("budget", json!(12.5)),
        ("notes", json!("New")),
        ("code", json!("P-1")),
        ("client", json!("Nordlys")),
    ] {
        assert_eq!(changed.get(field), Some(&value), "{field}");
    }
    let stale = change(json!({ "name": "Mine" })).await.unwrap();
    assert_eq!(stale.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        manager.json(&path).await.get("name"),
        Some(&json!("Harbour Substation"))
    );
}

#[tokio::test]
async fn a_removed_project_comes_back_with_its_hours() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    book_hours(&manager, seed.adas, "2026-11-16", 12).await;
    add_deliverable(&manager, seed.project, "IFC", "2026-12-04").await;
    let path = format!("/projects/{}", seed.project);
    let form = manager.text(&format!("{path}/edit")).await;
    assert!(form.contains("with its 12 h, 3 assignments and 1 deliverable?"));

    let removed = manager.form(&format!("{path}/remove"), &[]).await;
    assert!(place(&removed).starts_with("/projects?done="));
    assert_eq!(manager.get(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        manager
            .get(&format!("/api/v1/assignments/{}", seed.adas))
            .await
            .status(),
        StatusCode::NOT_FOUND
    );
    let undo = format!("/api/v1/change-sets/{}/undo", done(&removed));
    assert_eq!(manager.post(&undo, &json!({})).await.status(), StatusCode::OK);
    let assignment = manager.json(&format!("/api/v1/assignments/{}", seed.adas)).await;
    assert_eq!(assignment.pointer("/hours/2026-11-16"), Some(&json!(12)));
    assert!(manager.text(&path).await.contains("IFC"));

    // The same by JSON, which names the change set.
    let answer = manager
        .request(Method::DELETE, &format!("/api/v1/projects/{}", seed.project))
        .header(header::CONTENT_TYPE, "application/json")
        .send()
        .await
        .unwrap();
    let gone: Value = answer.json().await.unwrap();
    assert!(gone.get("changeSet").is_some_and(Value::is_i64));
}

#[tokio::test]
async fn the_history_tells_each_gesture_once_and_only_of_its_project() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.guest_called(Access::Manager, "Mina Park").await;
    let other = manager.form("/projects", &[("name", "Quay")]).await;
    let cells = json!({ "cells": [
        { "assignment": seed.adas, "week": "2026-11-16", "hours": 8 },
        { "assignment": seed.adas, "week": "2026-11-23", "hours": 8 },
        { "assignment": seed.adas, "week": "2026-11-30", "hours": 8 },
    ] });
    manager.post("/api/v1/hours", &cells).await;
    add_deliverable(&manager, seed.project, "IFC", "2026-12-04").await;
    let path = format!("/projects/{}", seed.project);
    let closed = manager.form(&format!("{path}/close"), &[]).await;
    assert_eq!(closed.status(), StatusCode::SEE_OTHER);

    let page = manager.text(&path).await;
    let history = between(&page, "id=\"history\"", "</section>").unwrap();
    let place_of = |text: &str| {
        history
            .find(text)
            .unwrap_or_else(|| panic!("{text} in {history}"))
    };
    assert!(place_of("closed Harbour Substation as Completed") < place_of("added IFC to Harbour Substation"));
    assert!(place_of("added IFC") < place_of("set Ada Osei on Harbour Substation to 8 h"));
    // Once to read, once as the name of its button, once as the question that the button asks.
    assert_eq!(history.matches("set Ada Osei").count(), 3);
    let theirs = manager.text(place(&other).split('?').next().unwrap()).await;
    let theirs = between(&theirs, "id=\"history\"", "</section>").unwrap();
    assert!(theirs.contains("added the project Quay") && !theirs.contains("Harbour"));

    // The button beside a line leads back here, and the line says that it was taken back.
    let undo = format!("/change-sets/{}/undo", done(&closed));
    let undone = manager.form(&undo, &[("back", &path)]).await;
    assert!(place(&undone).starts_with(&path));
    assert!(
        manager
            .text(&path)
            .await
            .contains("undid: closed Harbour Substation as Completed")
    );
    let project = manager.json(&format!("/api/v1{path}")).await;
    assert_eq!(project.get("status"), Some(&json!(2)));

    // What is gone from the plan is still told.
    manager
        .form(&format!("/assignments/{}/remove", seed.adas), &[])
        .await;
    let page = manager.text(&path).await;
    assert!(page.contains("set Ada Osei on Harbour Substation to 8 h"));
    assert!(page.contains("removed Ada Osei from Harbour Substation, with 24 h"));
}

#[tokio::test]
async fn closing_and_marking_as_done_touch_nothing_else() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    add_deliverable(&manager, seed.project, "IFC", "2026-12-04").await;
    let list = format!("/api/v1/projects/{}/deliverables", seed.project);
    let id = manager
        .json(&list)
        .await
        .pointer("/0/id")
        .and_then(Value::as_i64)
        .unwrap();
    let path = format!("/api/v1/deliverables/{id}");
    manager
        .send(
            Method::PATCH,
            &path,
            &json!({ "notes": "Two copies", "percent": 95 }),
        )
        .await;
    let mark = format!("/deliverables/{id}/done");
    for (value, expected) in [("true", true), ("false", false)] {
        let answer = manager.form(&mark, &[("done", value)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let deliverable = manager.json(&list).await;
        assert_eq!(deliverable.pointer("/0/done"), Some(&json!(expected)));
        assert_eq!(deliverable.pointer("/0/percent"), Some(&json!(95)));
    }
    assert!(
        manager
            .text(&format!("/deliverables/{id}/edit"))
            .await
            .contains("Two copies")
    );

    manager
        .form(&format!("/projects/{}/close", seed.project), &[])
        .await;
    let project = manager.json(&format!("/api/v1/projects/{}", seed.project)).await;
    assert_eq!(project.get("status"), Some(&json!(4)));
    assert_eq!(project.get("code"), Some(&json!("P-1")));
    let open = manager.json("/api/v1/projects?status=open").await;
    assert_eq!(open.get("items").and_then(Value::as_array).map(Vec::len), Some(0));
}

#[tokio::test]
async fn the_list_is_found_filtered_and_paged() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    for (name, client) in [("Åre lift", "Ski"), ("Quay", "Port"), ("<b>Dock</b>", "Port")] {
        let body = json!({ "name": name, "client": client });
        assert_eq!(
            manager.post("/api/v1/projects", &body).await.status(),
            StatusCode::CREATED
        );
    }
    let mut names = Vec::new();
    let mut path = "/api/v1/projects?limit=3".to_owned();
    loop {
        let page = manager.json(&path).await;
        let items = page.get("items").and_then(Value::as_array).unwrap();
        names.extend(
            items
                .iter()
                .filter_map(|one| one.get("name")?.as_str().map(str::to_owned)),
        );
        match page.get("next").and_then(Value::as_i64) {
            Some(next) => path = format!("/api/v1/projects?limit=3&after={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["Harbour Substation", "Åre lift", "Quay", "<b>Dock</b>"]);

    for (query, shown) in [
        ("?q=%C3%A5RE", "Åre lift"),
        ("?q=ada", "Harbour Substation"),
        ("?q=dock", "&lt;b&gt;Dock&lt;/b&gt;"),
        ("?q=nothing", "No project fits"),
        ("?sort=-budget&status=open&page=99&client=x", "Quay"),
    ] {
        let page = manager.text(&format!("/projects{query}")).await;
        assert!(page.contains(shown), "{query}");
        assert!(!page.contains("<b>Dock</b>"), "{query}");
    }
    let ours = manager.text(&format!("/projects?client={}", 1)).await;
    assert!(ours.contains(&format!("/projects/{}\"", seed.project)) && !ours.contains("Quay"));
}

#[tokio::test]
async fn only_those_who_plan_may_change_projects() {
    let house = House::open().await;
    let seed = house.seed().await;
    let viewer = house.guest(Access::Viewer).await;
    let path = format!("/projects/{}", seed.project);
    let page = viewer.text(&path).await;
    for offered in ["Close project", "/edit", "+ Deliverable", "+ Assign", ">Undo<"] {
        assert!(!page.contains(offered), "{offered}");
    }
    for form in [
        "/projects".to_owned(),
        path.clone(),
        format!("{path}/remove"),
        format!("{path}/close"),
    ] {
        let answer = viewer.form(&form, &[("name", "Mine")]).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{form}");
    }
    for (method, path) in [
        (Method::POST, "/api/v1/projects".to_owned()),
        (Method::DELETE, format!("/api/v1{path}")),
        (Method::POST, "/api/v1/clients".to_owned()),
    ] {
        let answer = viewer.send(method, &path, &json!({ "name": "Mine" })).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn clients_are_renamed_and_never_twice() {
    let house = House::open().await;
    house.seed().await;
    let manager = house.manager().await;
    let made = manager.post("/api/v1/clients", &json!({ "name": "Helix" })).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.unwrap();
    let path = format!("/api/v1/clients/{}", made.get("id").unwrap());
    for (name, expected) in [
        ("nordlys", StatusCode::UNPROCESSABLE_ENTITY),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("HELIX Data", StatusCode::OK),
    ] {
        let answer = manager.send(Method::PATCH, &path, &json!({ "name": name })).await;
        assert_eq!(answer.status(), expected, "{name}");
    }
    let unknown = manager
        .send(Method::PATCH, "/api/v1/clients/999", &json!({ "name": "X" }))
        .await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    let again = manager
        .post("/api/v1/clients", &json!({ "name": "helix data" }))
        .await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_overview_counts_what_the_plan_holds() {
    let house = House::open().await;
    let manager = house.manager().await;
    let first = manager.text("/").await;
    assert!(first.contains("There is no plan here yet") && first.contains("/import"));

    let seed = house.seed().await;
    book_hours(&manager, seed.adas, "2026-11-16", 50).await;
    book_hours(&manager, seed.adas, "2026-11-09", 20).await;
    book_hours(&manager, seed.open, "2026-11-30", 10).await;
    add_deliverable(&manager, seed.project, "SD", "2026-11-19").await;
    add_deliverable(&manager, seed.project, "DD", "2026-11-27").await;
    let view = manager.json("/api/v1/overview?weeks=8").await;
    for (field, value) in [
        // Bo has not begun: 50 h of Ada's 40 h, after 20 h.
        ("/utilisation", json!(125)),
        ("/utilisationLastWeek", json!(50)),
        ("/booked", json!(50)),
        ("/overallocated", json!(1)),
        ("/freePeople", json!(2)),
        ("/weeks/2/week", json!("2026-11-30")),
        ("/weeks/2/open", json!(10)),
        ("/weeks/2/capacity", json!(64)),
        ("/attention/0/kind", json!("over")),
        ("/attention/1/kind", json!("noHours")),
        ("/attention/2/kind", json!("openPlace")),
        ("/dueSoon/0/leadInHours", json!(70)),
        ("/dueSoon/0/lead", json!(seed.ada)),
        ("/dueSoon/1/leadInHours", json!(0)),
    ] {
        assert_eq!(view.pointer(field), Some(&value), "{field}");
    }
    assert_eq!(
        view.pointer("/weeks").and_then(Value::as_array).map(Vec::len),
        Some(8)
    );
    let page = manager.text("/?weeks=8&department=1").await;
    for text in [
        "125 %",
        "▲ 75 points on last week",
        "worst: Ada, 125 %",
        "1 with hours missing",
        "due 27 Nov, no hours booked",
        "no Engineer from 30 Nov",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[tokio::test]
async fn programs_reorder_and_remove_deliverables_and_can_take_that_back() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let list = format!("/api/v1/projects/{}/deliverables", seed.project);
    for name in ["SD", "DD", "IFC"] {
        manager.post(&list, &json!({ "name": name })).await;
    }
    let ids = |all: &Value| -> Vec<i64> {
        all.as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["id"].as_i64())
            .collect()
    };
    let before = ids(&manager.json(&list).await);
    let turned: Vec<i64> = before.iter().rev().copied().collect();
    let order = format!("{list}/order");
    let partly = manager
        .send(Method::PUT, &order, &json!({ "order": [before[0]] }))
        .await;
    assert_eq!(partly.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        manager
            .send(Method::PUT, &order, &json!({ "order": turned }))
            .await
            .status(),
        StatusCode::OK
    );
    assert_eq!(ids(&manager.json(&list).await), turned);
    let path = format!("/api/v1/deliverables/{}", before[1]);
    let removed: Value = manager
        .send(Method::DELETE, &path, &json!({}))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(ids(&manager.json(&list).await).len(), 2);
    manager
        .post(
            &format!("/api/v1/change-sets/{}/undo", removed["changeSet"]),
            &json!({}),
        )
        .await;
    assert_eq!(ids(&manager.json(&list).await), turned);
}

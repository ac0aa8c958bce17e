//! Hours, places and staffing.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::world::{World, cell, refusal};

#[tokio::test]
async fn a_manager_plans_their_own_people_on_any_project_and_the_open_places_of_their_own() {
    let world = World::open().await;
    for (assignment, name) in [
        (world.ada_on_harbour, "own person, own project"),
        (world.ada_on_quay, "own person, other project"),
        (world.open_on_harbour, "open place, own project"),
    ] {
        let answer = world.elin.write_cells(&[cell(assignment, 16)]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{name}");
        assert_eq!(world.hours(assignment), Some(16), "{name}");
    }
    for (assignment, words) in [
        (world.dan_on_harbour, "Dan Moreau belongs to Delivery"),
        (world.dan_on_quay, "Dan Moreau belongs to Delivery"),
        (world.open_on_quay, "Quay belongs to Delivery"),
    ] {
        let told = refusal(world.elin.write_cells(&[cell(assignment, 16)]).await).await;
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
        assert!(detail.contains("ask Otto"), "who manages it is named: {detail}");
        assert_eq!(world.hours(assignment), Some(8), "{words}");
    }
}

#[tokio::test]
async fn cells_that_are_not_theirs_refuse_the_whole_batch_and_are_named() {
    let world = World::open().await;
    let cells = [
        cell(world.ada_on_harbour, 20),
        cell(world.dan_on_harbour, 20),
        cell(world.ada_on_quay, 20),
        cell(world.open_on_quay, 20),
    ];
    let told = refusal(world.elin.write_cells(&cells).await).await;
    let fields: Vec<&str> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["cells[1].assignment", "cells[3].assignment"]);
    for assignment in [world.ada_on_harbour, world.dan_on_harbour, world.ada_on_quay] {
        assert_eq!(world.hours(assignment), Some(8));
    }
}

#[tokio::test]
async fn the_form_without_scripts_is_held_to_the_same() {
    let world = World::open().await;
    let path = format!("/assignments/{}/hours", world.dan_on_harbour);
    assert_eq!(world.elin.get(&path).await.status(), StatusCode::FORBIDDEN);
    let fields = [("week-2026-12-07", "20"), ("seen-2026-12-07", "8")];
    let answer = world.elin.form(&path, &fields).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let page = answer.text().await.unwrap();
    assert!(page.contains("Dan Moreau belongs to Delivery"), "{page}");
    let own = format!("/assignments/{}/hours", world.ada_on_quay);
    assert_eq!(
        world.elin.form(&own, &fields).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(world.hours(world.ada_on_quay), Some(20));
}

#[tokio::test]
async fn only_own_people_are_put_on_projects_and_anybodys_open_place_may_be_filled_with_them() {
    let world = World::open().await;
    let assign = |person: i64, project: i64| json!({ "person": person, "project": project });
    for (person, project, fine) in [
        (world.ada, world.common, true),
        (world.ada, world.quay, true),
        (world.dan, world.harbour, false),
        (world.nia, world.harbour, false),
    ] {
        let answer = world
            .elin
            .post("/api/v1/assignments", &assign(person, project))
            .await;
        let expected = if fine {
            StatusCode::CREATED
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status(), expected, "{person} on {project}");
    }
    // Filling: somebody else's person never, one of theirs anywhere, with the hours of the place.
    let place = |id: i64| format!("/api/v1/assignments/{id}");
    let told = world
        .elin
        .patch(&place(world.open_on_harbour), &json!({ "person": world.dan }))
        .await;
    let detail = refusal(told).await["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("Dan Moreau belongs to Delivery"), "{detail}");
    let filled = world
        .elin
        .patch(&place(world.open_on_quay), &json!({ "person": world.ada }))
        .await;
    assert!(filled.status().is_success(), "{}", filled.status());
    assert_eq!(world.hours(world.open_on_quay), Some(8));
    // Taking somebody else's person off a project of theirs is not theirs either: they ask.
    let gone = world
        .elin
        .send(Method::DELETE, &place(world.dan_on_harbour), &json!({}))
        .await;
    refusal(gone).await;
    // Nor is an open place of somebody else's project theirs to take away, or to change without filling it.
    let gone = world
        .otto
        .send(Method::DELETE, &place(world.open_on_harbour), &json!({}))
        .await;
    refusal(gone).await;
    let noted = world
        .otto
        .patch(&place(world.open_on_harbour), &json!({ "note": "ours" }))
        .await;
    refusal(noted).await;
}

#[tokio::test]
async fn what_is_refused_in_one_step_is_refused_in_several() {
    let world = World::open().await;
    let place = |id: i64| format!("/api/v1/assignments/{id}");
    // Filling an open place of another's project changes nothing else of it …
    let changed = json!({ "person": world.ada, "note": "ours now" });
    refusal(world.elin.patch(&place(world.open_on_quay), &changed).await).await;
    let filled = world
        .elin
        .patch(&place(world.open_on_quay), &json!({ "person": world.ada }))
        .await;
    assert!(filled.status().is_success(), "{}", filled.status());
    // … nor is it removed by way of that, or left open as something else …
    let gone = world
        .elin
        .send(Method::DELETE, &place(world.open_on_quay), &json!({}))
        .await;
    refusal(gone).await;
    let noted = world
        .elin
        .patch(&place(world.open_on_quay), &json!({ "note": "ours now" }))
        .await;
    assert!(
        noted.status().is_success(),
        "what Ada does there is said by who plans her"
    );
    let emptied = json!({ "person": null });
    refusal(world.elin.patch(&place(world.open_on_quay), &emptied).await).await;
    // … and is emptied as it was found.
    let back = json!({ "person": null, "note": "" });
    let emptied = world.elin.patch(&place(world.open_on_quay), &back).await;
    assert!(emptied.status().is_success(), "{}", emptied.status());
    // What never was open is not opened.
    let opened = json!({ "person": null, "role": 1 });
    refusal(world.elin.patch(&place(world.ada_on_quay), &opened).await).await;
    let gone = world
        .elin
        .send(Method::DELETE, &place(world.ada_on_quay), &json!({}))
        .await;
    assert!(gone.status().is_success(), "{}", gone.status());
}

#[tokio::test]
async fn somebody_who_filled_a_place_takes_it_back() {
    let world = World::open().await;
    let place = format!("/api/v1/assignments/{}", world.open_on_quay);
    let filled = world.elin.patch(&place, &json!({ "person": world.ada })).await;
    assert!(filled.status().is_success(), "{}", filled.status());
    let undo = format!("/api/v1/change-sets/{}/undo", world.house.app.book().revision);
    let undone = world.elin.post(&undo, &json!({})).await;
    assert_eq!(
        undone.status(),
        StatusCode::OK,
        "{}",
        undone.text().await.unwrap()
    );
}

#[tokio::test]
async fn the_finder_assigns_own_people_only() {
    let world = World::open().await;
    let fields = |person: i64, place: Option<i64>| {
        vec![
            ("person", person.to_string()),
            ("project", world.quay.to_string()),
            ("place", place.map(|id| id.to_string()).unwrap_or_default()),
            ("role", "1".to_owned()),
            ("note", String::new()),
            ("week-2026-12-14", "4".to_owned()),
            ("seen-2026-12-14", "0/2400/0".to_owned()),
        ]
    };
    let dans = fields(world.dan, None);
    let sent: Vec<(&str, &str)> = dans.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = world.elin.form("/finder/assign", &sent).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let form = world
        .elin
        .get(&format!(
            "/finder/assign?person={}&project={}",
            world.dan, world.quay
        ))
        .await;
    assert_eq!(form.status(), StatusCode::FORBIDDEN);
    let page = world.elin.text("/finder?view=places").await;
    assert!(!page.contains(&format!("person={}&", world.dan)), "{page}");
}

#[tokio::test]
async fn the_grid_offers_cells_of_own_people_and_shows_the_others() {
    let world = World::open().await;
    let rows = |guest: &str| {
        format!(
            "/schedule?view=projects&open={},{}&as={guest}",
            world.harbour, world.quay
        )
    };
    let page = world.elin.text(&rows("elin")).await;
    let row = |id: i64| {
        let from = page.find(&format!("id=\"a{id}\"")).unwrap();
        page[from..].split("</tr>").next().unwrap().to_owned()
    };
    for (assignment, cells, menu) in [
        (world.ada_on_harbour, true, true),
        (world.ada_on_quay, true, true),
        (world.dan_on_harbour, false, false),
        (world.dan_on_quay, false, false),
        (world.open_on_harbour, true, true),
        (world.open_on_quay, false, true),
    ] {
        let row = row(assignment);
        assert_eq!(row.contains("class=\"cell"), cells, "{assignment}: {row}");
        assert_eq!(row.contains(" theirs"), !cells, "{assignment}: {row}");
        assert_eq!(row.contains("rowmenu"), menu, "{assignment}");
    }
    // Nobody is shown what was drawn for somebody else.
    let all = world.manager.text(&rows("manager")).await;
    assert!(!all.contains(" theirs"), "a manager of everything");
    let others = world.otto.text(&rows("otto")).await;
    assert!(others.contains(" theirs") && others != page);
}

//! Projects, their dates, and what all departments share.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::world::{World, refusal};

#[tokio::test]
async fn a_manager_changes_the_projects_of_their_departments_and_no_others() {
    let world = World::open().await;
    let path = |id: i64| format!("/api/v1/projects/{id}");
    let note = json!({ "notes": "as agreed" });
    assert!(
        world
            .elin
            .patch(&path(world.harbour), &note)
            .await
            .status()
            .is_success()
    );
    for id in [world.quay, world.common] {
        let told = refusal(world.elin.patch(&path(id), &note).await).await;
        assert!(told["detail"].as_str().unwrap().contains("ask "), "{told}");
        refusal(world.elin.send(Method::DELETE, &path(id), &json!({})).await).await;
        assert_eq!(
            world
                .elin
                .form(&format!("/projects/{id}/close"), &[])
                .await
                .status(),
            StatusCode::FORBIDDEN
        );
        let page = world.elin.text(&format!("/projects/{id}")).await;
        assert!(!page.contains(&format!("/projects/{id}/edit")));
        assert!(
            page.contains(&format!("/assignments/new?project={id}")),
            "own people may join it"
        );
    }
    // Giving one away, or making one that is nobody's, takes who manages everything.
    for department in [json!(world.delivery), json!(null)] {
        let answer = world
            .elin
            .patch(&path(world.harbour), &json!({ "department": department }))
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{department}");
    }
    for (department, status) in [
        (json!(world.electrical), StatusCode::CREATED),
        (json!(world.delivery), StatusCode::UNPROCESSABLE_ENTITY),
        (json!(null), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let body = json!({ "name": "Pier", "status": 2, "department": department, "client": "Nordlys" });
        let answer = world.elin.post("/api/v1/projects", &body).await;
        assert_eq!(answer.status(), status, "{department}");
    }
}

#[tokio::test]
async fn a_moved_date_of_their_project_takes_everybodys_hours_along_and_back() {
    let world = World::open().await;
    let path = |id: i64| format!("/api/v1/deliverables/{id}");
    let later = json!({ "due": "2026-12-18" });
    refusal(world.elin.patch(&path(world.opening), &later).await).await;
    let moved = world.elin.patch(&path(world.handover), &later).await;
    let status = moved.status();
    let told: serde_json::Value = moved.json().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(
        world.hours(world.dan_on_harbour),
        Some(0),
        "Dan's hours followed: {told}"
    );
    let id = told["changeSet"].as_i64().unwrap();
    let undone = world
        .elin
        .post(&format!("/api/v1/change-sets/{id}/undo"), &json!({}))
        .await;
    assert_eq!(
        undone.status(),
        StatusCode::OK,
        "{}",
        undone.text().await.unwrap()
    );
    assert_eq!(world.hours(world.dan_on_harbour), Some(8));
}

#[tokio::test]
async fn dates_are_added_and_ordered_on_own_projects_only() {
    let world = World::open().await;
    let path = |id: i64| format!("/api/v1/projects/{id}/deliverables");
    let body = json!({ "name": "Drawings", "due": "2026-12-04" });
    assert_eq!(
        world.elin.post(&path(world.harbour), &body).await.status(),
        StatusCode::CREATED
    );
    refusal(world.elin.post(&path(world.quay), &body).await).await;
    let project = world.quay.to_string();
    let fields = [
        ("project", project.as_str()),
        ("name", "Drawings"),
        ("due", "2026-12-04"),
    ];
    let by_form = world.elin.form("/deliverables", &fields).await;
    assert_eq!(by_form.status(), StatusCode::FORBIDDEN);
    let done = world
        .elin
        .form(&format!("/deliverables/{}/done", world.opening), &[])
        .await;
    assert_eq!(done.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_project_of_theirs_goes_with_everybody_on_it() {
    let world = World::open().await;
    let path = format!("/api/v1/projects/{}", world.harbour);
    let gone = world.elin.send(Method::DELETE, &path, &json!({})).await;
    assert!(gone.status().is_success(), "{}", gone.status());
    assert_eq!(world.hours(world.dan_on_harbour), None);
}

#[tokio::test]
async fn what_all_departments_share_takes_who_manages_everything() {
    let world = World::open().await;
    let template = json!({ "name": "Design" });
    refusal(world.elin.post("/api/v1/auto-hours/templates", &template).await).await;
    let made = world
        .manager
        .post("/api/v1/auto-hours/templates", &template)
        .await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let client = json!({ "name": "Nordlys" });
    assert_eq!(
        world.elin.post("/api/v1/clients", &client).await.status(),
        StatusCode::CREATED,
        "a project may need a new client"
    );
    refusal(
        world
            .elin
            .patch("/api/v1/clients/1", &json!({ "name": "Other" }))
            .await,
    )
    .await;
    let page = world.elin.text("/auto-hours").await;
    assert!(
        !page.contains("/auto-hours/new"),
        "no button that would be refused"
    );
}

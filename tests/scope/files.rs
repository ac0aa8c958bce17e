//! Files belong to what they were put to.

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::World;
use crate::house::Guest;

async fn add(guest: &Guest, place: &str) -> reqwest::Response {
    guest
        .request(Method::POST, &format!("/api/v1/{place}/files?name=brief.txt"))
        .body("what it is about")
        .send()
        .await
        .unwrap()
}

async fn added(guest: &Guest, place: &str) -> Value {
    let answer = add(guest, place).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "{place}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn files_of_another_department_are_read_and_neither_added_nor_removed() {
    let world = World::open().await;
    let quay = format!("projects/{}", world.quay);
    assert_eq!(add(&world.elin, &quay).await.status(), StatusCode::FORBIDDEN);
    let file = added(&world.otto, &quay).await["id"].as_i64().unwrap();
    let opening = format!("{quay}/files?name=plan.txt&deliverable={}", world.opening);
    let put = world
        .otto
        .request(Method::POST, &format!("/api/v1/{opening}"))
        .body("x");
    let put: Value = put.send().await.unwrap().json().await.unwrap();
    for id in [file, put["id"].as_i64().unwrap()] {
        let address = format!("/api/v1/files/{id}");
        assert_eq!(
            world.elin.get(&format!("{address}/content")).await.status(),
            StatusCode::OK
        );
        let removed = world.elin.send(Method::DELETE, &address, &json!({})).await;
        assert_eq!(removed.status(), StatusCode::FORBIDDEN);
        let removed = world.otto.send(Method::DELETE, &address, &json!({})).await;
        assert_eq!(removed.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn what_was_put_to_somebody_is_there_for_those_who_plan_them_and_for_themselves() {
    let world = World::open().await;
    let dan = format!("people/{}", world.dan);
    assert_eq!(add(&world.elin, &dan).await.status(), StatusCode::FORBIDDEN);
    let file = added(&world.otto, &dan).await["id"].as_i64().unwrap();
    let (address, email) = (
        format!("/api/v1/{dan}"),
        json!({ "email": "dan.moreau@example.org" }),
    );
    let changed = world.manager.send(Method::PATCH, &address, &email).await;
    let status = changed.status();
    assert!(status.is_success(), "{}", changed.text().await.unwrap());
    let himself = world.house.guest_called(Access::Member, "Dan Moreau").await;
    let other = world.house.guest_called(Access::Member, "Somebody Else").await;
    for (who, status) in [
        (&world.otto, StatusCode::OK),
        (&world.manager, StatusCode::OK),
        (&himself, StatusCode::OK),
        (&world.elin, StatusCode::NOT_FOUND),
        (&other, StatusCode::NOT_FOUND),
    ] {
        for address in [
            format!("/files/{file}"),
            format!("/api/v1/files/{file}"),
            format!("/api/v1/files/{file}/content"),
            format!("/api/v1/{dan}/files"),
        ] {
            assert_eq!(who.get(&address).await.status(), status, "{address}");
        }
        let shown = who.text(&format!("/{dan}")).await.contains("brief.txt");
        assert_eq!(shown, status == StatusCode::OK);
    }
    // Nor does the history say what it is called.
    let history = world.elin.text(&format!("/{dan}")).await;
    assert!(!history.contains("brief.txt"), "{history}");
}

#[tokio::test]
async fn a_deliverable_takes_its_files_along_and_brings_them_back() {
    let world = World::open().await;
    let address = format!(
        "/api/v1/projects/{}/files?name=plan.txt&deliverable={}",
        world.harbour, world.handover
    );
    let put = world
        .elin
        .request(Method::POST, &address)
        .body("x")
        .send()
        .await
        .unwrap();
    let put: Value = put.json().await.unwrap();
    let file = format!("/api/v1/files/{}", put["id"]);
    let address = format!("/api/v1/deliverables/{}", world.handover);
    let gone = world.elin.send(Method::DELETE, &address, &json!({})).await;
    let gone: Value = gone.json().await.unwrap();
    assert_eq!(world.elin.get(&file).await.status(), StatusCode::NOT_FOUND);
    let undo = format!("/api/v1/change-sets/{}/undo", gone["changeSet"]);
    assert_eq!(world.elin.post(&undo, &json!({})).await.status(), StatusCode::OK);
    assert_eq!(world.elin.get(&file).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_link_opens_nothing_once_its_maker_may_not_read_the_file_any_more() {
    let world = World::open().await;
    let file = added(&world.otto, &format!("people/{}", world.dan)).await["id"]
        .as_i64()
        .unwrap();
    let made = world
        .otto
        .post(&format!("/api/v1/files/{file}/link"), &json!({}))
        .await;
    let made: Value = made.json().await.unwrap();
    let link = made["path"].as_str().unwrap();
    let stranger = world.house.stranger();
    assert_eq!(stranger.get(link).await.status(), StatusCode::OK);
    // Somebody else plans Dan from now on.
    let moved = json!({ "department": world.electrical });
    let changed = world
        .manager
        .send(Method::PATCH, &format!("/api/v1/people/{}", world.dan), &moved)
        .await;
    assert!(changed.status().is_success(), "{}", changed.text().await.unwrap());
    assert_eq!(stranger.get(link).await.status(), StatusCode::FORBIDDEN);
    // Whose weeks are whose own is by the address, as it is for who signs in.
    let own = json!({ "email": "otto@example.org" });
    let admin = world.house.admin().await;
    let changed = admin
        .send(Method::PATCH, &format!("/api/v1/people/{}", world.dan), &own)
        .await;
    assert!(changed.status().is_success(), "{}", changed.text().await.unwrap());
    assert_eq!(stranger.get(link).await.status(), StatusCode::OK);
}

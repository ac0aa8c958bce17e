//! Who limits whom, and when it counts.

use ballast::accounts::{self, Access, Scope};
use ballast::error::AppError;
use ballast::units::ids::{AccountId, DepartmentId};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::world::{World, cell, gesture, refusal};

#[tokio::test]
async fn an_administrator_limits_a_manager_who_then_signs_in_anew() {
    let world = World::open().await;
    let admin = world.house.admin().await;
    let id = world.manager.json("/api/v1/me").await["id"].as_i64().unwrap();
    let path = format!("/api/v1/accounts/{id}/departments");
    assert_eq!(admin.json(&path).await, json!({ "departments": [] }));
    let wrong = admin
        .send(Method::PUT, &path, &json!({ "departments": [999] }))
        .await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let line = world.manager.get("/events").await;
    let set = admin
        .send(Method::PUT, &path, &json!({ "departments": [world.delivery] }))
        .await;
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        admin.json(&path).await,
        json!({ "departments": [world.delivery] })
    );
    assert_eq!(
        world.manager.get("/api/v1/me").await.status(),
        StatusCode::UNAUTHORIZED,
        "the sessions have ended"
    );
    line.text().await.unwrap();
    // By the form, back to everything.
    let form = admin.text(&format!("/accounts/{id}/departments")).await;
    assert!(
        form.contains(&format!("value=\"{}\" checked", world.delivery)),
        "{form}"
    );
    let fields: [(&str, &str); 0] = [];
    let saved = admin.form(&format!("/accounts/{id}/departments"), &fields).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    assert_eq!(admin.json(&path).await, json!({ "departments": [] }));
}

#[tokio::test]
async fn nobody_but_an_administrator_says_what_somebody_manages() {
    let world = World::open().await;
    let id = world.elin.json("/api/v1/me").await["id"].as_i64().unwrap();
    let path = format!("/api/v1/accounts/{id}/departments");
    for guest in [&world.elin, &world.manager] {
        let body = json!({ "departments": [world.delivery] });
        let answer = guest.send(Method::PUT, &path, &body).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_limit_counts_for_what_is_written_from_that_moment_on() {
    let world = World::open().await;
    let id = AccountId(world.manager.json("/api/v1/me").await["id"].as_i64().unwrap());
    let delivery = DepartmentId(world.delivery);
    // Set without ending the session: as if the request had been recognised a moment before.
    world
        .house
        .app
        .db
        .write(gesture("limited a manager"), move |tx| {
            accounts::set_scope(tx, id, &Scope::of([delivery]))?;
            Ok::<_, AppError>(())
        })
        .await
        .unwrap();
    refusal(world.manager.write_cells(&[cell(world.ada_on_harbour, 1)]).await).await;
    assert_eq!(world.hours(world.ada_on_harbour), Some(8));
}

#[tokio::test]
async fn a_department_that_somebody_manages_stays_and_says_who() {
    let world = World::open().await;
    let admin = world.house.admin().await;
    let made = admin
        .post("/api/v1/departments", &json!({ "name": "Survey" }))
        .await;
    let survey = made.json::<serde_json::Value>().await.unwrap()["id"]
        .as_i64()
        .unwrap();
    world.house.manager_of("Sol", &[survey]).await;
    let path = format!("/api/v1/departments/{survey}");
    let answer = admin.send(Method::DELETE, &path, &json!({})).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let told = answer.text().await.unwrap();
    assert!(told.contains("Sol"), "{told}");
}

#[tokio::test]
async fn a_limit_means_nothing_below_and_above_a_manager() {
    let world = World::open().await;
    let member = world.house.guest(Access::Member).await;
    let answer = member.write_cells(&[cell(world.ada_on_harbour, 1)]).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let admin = world.house.admin().await;
    let id = admin.json("/api/v1/me").await["id"].as_i64().unwrap();
    let path = format!("/api/v1/accounts/{id}/departments");
    let body = json!({ "departments": [world.delivery] });
    assert_eq!(
        admin.send(Method::PUT, &path, &body).await.status(),
        StatusCode::NO_CONTENT
    );
    let admin = world.house.admin().await;
    let answer = admin.write_cells(&[cell(world.ada_on_harbour, 1)]).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

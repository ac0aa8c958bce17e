//! The house is closed: everybody is told, administrators are let in, and health is as ever.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::{House, NOW};
use crate::process::{Server, out, run};

#[tokio::test]
async fn while_it_is_closed_only_administrators_come_in_and_monitors_hear_nothing_of_it() {
    let house = House::open().await;
    let (admin, viewer) = (
        house.admin().await,
        house.guest(ballast::accounts::Access::Viewer).await,
    );
    let closed = admin
        .form(
            "/settings/maintenance",
            &[
                ("until", "2026-11-18T20:00"),
                ("message", "We move to a new disk."),
            ],
        )
        .await;
    assert_eq!(closed.status(), StatusCode::SEE_OTHER);
    let refused = viewer.get("/schedule").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "28800");
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("We move to a new disk. It opens again at 20:00."),
        "{page}"
    );
    let program = viewer.get("/api/v1/people").await;
    assert_eq!(program.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(program.headers()["content-type"], "application/problem+json");
    for path in ["/health", "/readyz", "/healthz", "/livez", "/api/health"] {
        assert_eq!(
            house.stranger().get(path).await.status(),
            StatusCode::OK,
            "{path}"
        );
    }
    for path in ["/auth/login", "/admin/login"] {
        assert_eq!(
            house.stranger().get(path).await.status(),
            StatusCode::OK,
            "{path}"
        );
    }
    let seen = admin.text("/schedule").await;
    assert!(seen.contains("Maintenance is on"), "administrators are reminded");
    // What is kept is there after a start, and is over when it was said to be.
    house.app.clock.set(NOW + 8 * 3_600_000);
    assert_eq!(viewer.get("/schedule").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn it_ends_when_it_is_ended_and_a_moment_that_is_past_is_refused() {
    let house = House::open().await;
    let admin = house.admin().await;
    let refused = admin
        .form("/settings/maintenance", &[("until", "2026-11-18T11:00")])
        .await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    admin.form("/settings/maintenance", &[]).await;
    let stranger = house.stranger();
    let first = stranger.get("/").await;
    assert_eq!(
        (first.status(), first.headers()["retry-after"].to_str().unwrap()),
        (StatusCode::SERVICE_UNAVAILABLE, "300")
    );
    admin.form("/settings/maintenance/end", &[]).await;
    assert_ne!(stranger.get("/").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let denied = house
        .manager()
        .await
        .send(Method::POST, "/settings/maintenance", &json!({}))
        .await;
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
}

#[test]
fn the_command_closes_a_running_server_and_it_stays_closed_over_a_start() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let status = |server: &Server| {
        let answer = reqwest_status(&format!("{}/", server.address));
        answer == 503
    };
    let server = Server::start(&data, &[]);
    assert!(!status(&server));
    let on = run(
        &data,
        &[
            "maintenance",
            "on",
            "--until",
            "2999-01-01T20:00",
            "--message",
            "Back soon.",
        ],
        "",
    );
    assert!(
        out(&on).contains("Maintenance is on until 2999-01-01 20:00"),
        "{}",
        out(&on)
    );
    assert!(status(&server));
    server.stop();
    let server = Server::start(&data, &[]);
    assert!(status(&server));
    assert!(out(&run(&data, &["maintenance", "status"], "")).contains("Back soon."));
    assert_eq!(
        out(&run(&data, &["maintenance", "off"], "")),
        "Maintenance is off.\n"
    );
    assert!(!status(&server));
    server.stop();
}

/// The status of an answer, asked without a runtime of its own around.
fn reqwest_status(address: &str) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    runtime.block_on(async { client.get(address).send().await.unwrap().status().as_u16() })
}

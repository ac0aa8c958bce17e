//! Whether it is there, and what that hangs on.

use std::sync::Arc;
use std::time::Instant;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::house::House;
use crate::watch::probe::{figure, listener};

#[tokio::test]
async fn whoever_is_about_to_end_wants_no_visitors_and_lives() {
    let house = House::open().await;
    let stranger = house.stranger();
    for path in [
        "/health",
        "/health/",
        "/readyz",
        "/readiness",
        "/api/health",
        "/healthz",
    ] {
        let head = stranger
            .request(Method::HEAD, path)
            .header("Host", "172.19.0.2:8080");
        assert_eq!(head.send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
    house.app.ending.begin();
    for (path, body) in [
        ("/readyz", r#"{"status":"unhealthy","database":"ok"}"#),
        ("/readiness", r#"{"status":"unhealthy","database":"ok"}"#),
        ("/health/", r#"{"status":"unhealthy","database":"ok"}"#),
        ("/api/health", r#"{"status":"error"}"#),
        ("/healthz", "unavailable"),
    ] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(answer.text().await.unwrap(), body, "{path}");
    }
    assert_eq!(stranger.get("/livez").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_administrator_is_told_what_health_hangs_on_and_nobody_else_is() {
    let house = House::open().await;
    let admin = house.admin().await;
    let told = admin.json("/health").await;
    assert_eq!(
        (&told["status"], &told["database"]),
        (&"healthy".into(), &"ok".into())
    );
    assert!(told["disk"]["freeBytes"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(told["jobs"]["givenUp"], 0, "{told}");
    assert!(told["writer"]["silentMs"].as_u64().unwrap() < 5_000, "{told}");
    assert_eq!(told["backup"]["ageSeconds"], Value::Null, "{told}");
    let manager = house.manager().await;
    assert_eq!(
        manager.text("/health").await,
        r#"{"status":"healthy","database":"ok"}"#
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_share_one_check_a_second() {
    let house = House::open().await;
    let address = listener(&house.app).await;
    let writes = async || {
        let text = reqwest::get(&address).await.unwrap().text().await.unwrap();
        figure(&text, "ballast_write_wait_seconds_count").unwrap()
    };
    let stranger = Arc::new(house.stranger());
    let (before, begun) = (writes().await, Instant::now());
    let probes = (0..200).map(|_| {
        let stranger = Arc::clone(&stranger);
        tokio::spawn(async move { assert_eq!(stranger.get("/readyz").await.status(), StatusCode::OK) })
    });
    for probe in probes.collect::<Vec<_>>() {
        probe.await.unwrap();
    }
    let made = writes().await - before;
    let seconds = begun.elapsed().as_secs();
    assert!((1..=seconds + 2).contains(&made), "{made} checks in {seconds} s");
}

//! Who gets in, and what every answer carries.

#[cfg(test)]
mod table;

#[cfg(test)]
mod cookies;

#[cfg(test)]
mod crawl;

#[cfg(test)]
mod origins;

use crate::house::{House, PASSWORD, between};
use ballast::accounts::Access;
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn every_answer_carries_the_security_headers_errors_too() {
    let house = House::open().await;
    let admin = house.admin().await;
    for path in [
        "/",
        "/schedule",
        "/auth/login",
        "/nowhere",
        "/api/v1/nowhere",
        "/api/v1/me",
        "/health",
        "/favicon.ico",
    ] {
        let answer = admin.get(path).await;
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "require-trusted-types-for 'script'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert!(!headers.contains_key("server"), "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
    assert_eq!(
        admin.get("/schedule").await.headers()["cache-control"],
        "no-store"
    );
}

#[tokio::test]
async fn a_request_from_another_site_is_refused() {
    let house = House::open().await;
    let manager = house.manager().await;
    let body = serde_json::json!({ "cells": [] });
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
    ] {
        let request = manager
            .request(Method::POST, "/api/v1/hours")
            .json(&body)
            .build()
            .unwrap();
        let mut request = request;
        request.headers_mut().remove("sec-fetch-site");
        request.headers_mut().insert(
            reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
            value.parse().unwrap(),
        );
        let answer = reqwest::Client::new().execute(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_eq!(
        manager.post("/api/v1/hours", &body).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_form_without_the_sessions_key_is_refused() {
    let house = House::open().await;
    let mut manager = house.manager().await;
    let good = manager.form("/assignments", &[("project", "1")]).await;
    assert_eq!(good.status(), StatusCode::UNPROCESSABLE_ENTITY);
    manager.form_key = "somebody-elses".to_owned();
    let bad = manager.form("/assignments", &[("project", "1")]).await;
    assert_eq!(bad.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_session_cookie_is_locked_down_and_signing_out_kills_it() {
    let house = House::open().await;
    let guest = house.guest(Access::Viewer).await;
    let answer = house
        .stranger()
        .form(
            "/auth/login",
            &[("email", "viewer@example.org"), ("password", PASSWORD)],
        )
        .await;
    let set = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["__Host-ballast=", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    assert_eq!(guest.get("/schedule").await.status(), StatusCode::OK);
    assert_eq!(
        guest.form("/auth/logout", &[]).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(guest.get("/schedule").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(guest.get("/api/v1/me").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_in_gives_a_new_key_whatever_the_browser_had() {
    let house = House::open().await;
    house.guest(Access::Viewer).await;
    let mut planted = house.stranger();
    planted.cookie = Some("__Host-ballast=planted".to_owned());
    let answer = planted
        .form(
            "/auth/login",
            &[("email", "viewer@example.org"), ("password", PASSWORD)],
        )
        .await;
    assert!(
        !answer.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .contains("planted")
    );
    assert_eq!(planted.get("/schedule").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let house = House::open().await;
    house.guest(Access::Viewer).await;
    let stranger = house.stranger();
    let mut texts = Vec::new();
    for email in ["viewer@example.org", "nobody@example.org"] {
        let answer = stranger
            .form(
                "/auth/login",
                &[("email", email), ("password", "wrong wrong wrong")],
            )
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        texts.push(answer.text().await.unwrap().replace(email, "(address)"));
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn an_idle_session_ends() {
    let house = House::open().await;
    let guest = house.guest(Access::Viewer).await;
    house.app.clock.set(crate::house::NOW + 43_199_000);
    assert_eq!(guest.get("/schedule").await.status(), StatusCode::OK);
    house.app.clock.set(crate::house::NOW + 43_199_000 + 43_201_000);
    assert_eq!(guest.get("/schedule").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_first_account_comes_through_a_link_that_is_good_once() {
    let house = House::open_with(&[]).await;
    let stranger = house.stranger();
    // The link is printed at start; a test asks for it as the command does.
    let link = house.setup_link().await.unwrap();
    assert_eq!(
        stranger.get("/setup/not-the-key").await.status(),
        StatusCode::NOT_FOUND
    );
    let weak = stranger
        .form(
            &link,
            &[
                ("name", "Ada"),
                ("email", "ada@example.org"),
                ("new-password", "password"),
            ],
        )
        .await;
    assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        weak.text().await.unwrap().contains("value=\"ada@example.org\""),
        "what was typed is kept"
    );
    let fields = [
        ("name", "Ada"),
        ("email", "ada@example.org"),
        ("new-password", PASSWORD),
    ];
    let made = stranger.form(&link, &fields).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        stranger.form(&link, &fields).await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(house.setup_link().await, None);
}

#[tokio::test]
async fn a_set_up_link_that_is_none_is_refused_before_anybody_works_on_a_password() {
    let house = House::open().await;
    let fields = |word: &'static str| {
        [
            ("name", "Ada"),
            ("email", "ada@example.org"),
            ("new-password", word),
        ]
    };
    // What is typed is not even read.
    let weak = house
        .stranger()
        .form("/setup/not-the-key", &fields("password"))
        .await;
    assert_eq!(weak.status(), StatusCode::NOT_FOUND);
    // More at once than may wait for a password to be worked on: each is told that the link is none, and none to come again.
    let stranger = house.stranger();
    let fields = fields(PASSWORD);
    let asked = (0..400).map(|_| stranger.form("/setup/not-the-key", &fields));
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn one_administrator_always_remains() {
    let house = House::open().await;
    let admin = house.admin().await;
    let me = admin.json("/api/v1/me").await;
    let path = format!("/api/v1/accounts/{}", me["id"]);
    let answer = admin
        .send(
            Method::PATCH,
            &path,
            &serde_json::json!({ "access": "viewer", "active": true }),
        )
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(admin.json("/api/v1/me").await["access"], "admin");
}

#[tokio::test]
async fn the_one_click_sign_in_exists_only_in_a_demonstration() {
    let house = House::open().await;
    house.admin().await;
    assert_eq!(
        house.stranger().form("/demo/sign-in", &[]).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn assets_come_by_exact_name_only_and_for_ever() {
    let house = House::open().await;
    let stranger = house.stranger();
    let page = stranger.text("/auth/login").await;
    let style = between(&page, "rel=\"stylesheet\" href=\"", "\"").unwrap();
    let answer = stranger.get(&style).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    let tree = style.split('/').nth(2).unwrap();
    for path in ["css/../css/app.css", "..%2fCargo.toml", ".env", "css", ""] {
        let answer = stranger.get(&format!("/assets/{tree}/{path}")).await;
        assert!(
            matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::OK),
            "{path}"
        );
        assert!(!answer.text().await.unwrap().contains("[package]"), "{path}");
    }
    assert_eq!(
        stranger
            .get("/assets/0000000000000000/css/app.css")
            .await
            .status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn health_answers_in_the_words_that_monitors_expect() {
    let house = House::open().await;
    let stranger = house.stranger();
    for path in ["/health", "/health/", "/readyz"] {
        assert_eq!(
            stranger.text(path).await,
            r#"{"status":"healthy","database":"ok"}"#,
            "{path}"
        );
    }
    for path in ["/api/health", "/api/health/"] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
        assert_eq!(answer.text().await.unwrap(), r#"{"status":"ok"}"#, "{path}");
    }
    assert_eq!(stranger.text("/healthz").await, "ok");
    assert_eq!(
        stranger
            .request(Method::HEAD, "/healthz")
            .send()
            .await
            .unwrap()
            .status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn errors_tell_programs_what_to_do_and_never_a_cause() {
    let house = House::open().await;
    let manager = house.manager().await;
    let answer = manager
        .request(Method::POST, "/api/v1/hours")
        .header("Content-Type", "application/json")
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["status"], 400);
    assert!(problem["requestId"].as_str().is_some_and(|id| !id.is_empty()));
    let wrong_type = manager
        .request(Method::POST, "/api/v1/hours")
        .body("cells")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong_type.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = manager
        .request(Method::POST, "/api/v1/hours")
        .header("Content-Type", "application/json")
        .body(vec![b' '; 3 << 20])
        .send()
        .await
        .unwrap();
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        manager
            .send(Method::PUT, "/api/v1/hours", &serde_json::json!({}))
            .await
            .status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn an_open_line_of_events_ends_when_the_server_stops() {
    let house = House::open().await;
    let viewer = house.guest(Access::Viewer).await;
    let line = viewer.get("/events").await;
    assert_eq!(line.headers()["content-type"], "text/event-stream");
    house.app.feed.close();
    // The body is read to its end, which never came while the line was open.
    line.text().await.unwrap();
}

//! What a program may ask, and how the interface says so.

use ballast::accounts::Access;
use ballast::routes::{self, Who};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::House;
use crate::programs::program::{Program, UNHURRIED, key, problem, with};

#[tokio::test]
async fn what_opens_nothing_is_refused_even_beside_a_good_cookie() {
    let (_house, admin, program) = with(Access::Admin).await;
    let cookie = admin.cookie.clone().unwrap();
    for path in ["/api/v1/me", "/schedule", "/auth/login", "/health"] {
        let answer = program
            .ask(Method::GET, path, "open-sesame")
            .header("Cookie", &cookie)
            .send()
            .await
            .unwrap();
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(
            challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""),
            "{challenge}"
        );
        assert_eq!(problem(answer).await, "bearer-refused", "{path}");
    }
}

#[tokio::test]
async fn what_a_program_shows_needs_no_origin_and_no_form_key() {
    let (house, manager, program) = with(Access::Manager).await;
    let seed = house.seed().await;
    let access = program.sign_in("manager@example.org").await.access;
    let key = key(&manager, "plan").await;
    for (bearer, hours) in [(&access, 4), (&key, 5)] {
        let body = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": hours }] });
        let answer = program
            .ask(Method::POST, "/api/v1/hours", bearer)
            .header("Origin", "https://elsewhere.example")
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let left = program
        .ask(Method::POST, "/auth/logout", &access)
        .form(&[("a", "b")])
        .send()
        .await
        .unwrap();
    assert_eq!(left.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        program.status("/api/v1/me", &access).await,
        StatusCode::UNAUTHORIZED
    );
}

/// A path of the table with its variable parts filled so that it names nothing.
fn filled(path: &str) -> String {
    path.replace("{tree}", "0")
        .replace("{*name}", "x")
        .replace("{day}", "2026-11-16")
        .replace("{id}", "987654")
        .split('/')
        .map(|part| if part.starts_with('{') { "x" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// Every route, asked by an administrator's own programs: what each is let do is written here once more, by hand.
#[tokio::test]
async fn every_route_is_open_to_a_program_as_far_as_its_scope_says() {
    let house = House::open_with(&UNHURRIED).await;
    let admin = house.admin().await;
    let program = Program::at(&house);
    for scope in ["read", "plan", "administer", "signed in"] {
        let bearer = if scope == "signed in" {
            program.sign_in("admin@example.org").await.access
        } else {
            key(&admin, scope).await
        };
        let most = match scope {
            "read" => Access::Viewer,
            "plan" => Access::Manager,
            _ => Access::Admin,
        };
        for route in routes::table() {
            // These end the visit or never end.
            if matches!(route.path, "/auth/logout" | "/events" | "/api/v1/token") {
                continue;
            }
            let reads = route.method == Method::GET || route.path == "/graphql";
            let own_account = route.path == "/account"
                || route.path.starts_with("/account/")
                || route.path.starts_with("/api/v1/account/");
            let own_keys = route.path.starts_with("/api/v1/tokens");
            let in_scope = !own_account && (scope == "signed in" || !own_keys) && (scope != "read" || reads);
            let allowed = in_scope
                && match route.who {
                    Who::Anybody => true,
                    Who::AtLeast(needed) => most >= needed,
                    Who::Administration => most >= Access::Admin,
                    // Whoever is in the room, which no program is.
                    Who::Room => continue,
                };
            let request = program.ask(route.method.clone(), &filled(route.path), &bearer);
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let seen = format!("{} {} with {scope}: {status}", route.method, route.path);
            let body = answer.text().await.unwrap();
            let refused =
                body.contains("does not reach so far") || body.contains("Your account may not do this");
            if allowed {
                assert!(!refused && !status.is_server_error(), "{seen}");
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{seen}");
                assert!(refused, "{seen}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_that_opens_is_kept_where_scripts_of_a_page_reach_it() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "js" || extension == "html")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                seen += 1;
                for word in ["localStorage", "Bearer ", "document.cookie = 'ballast"] {
                    assert!(!text.contains(word), "{word} in {}", path.display());
                }
            }
        }
    }
    assert!(seen > 10);
}

#[tokio::test]
async fn the_interface_is_described_with_its_ways_to_come_in() {
    let (_house, viewer, program) = with(Access::Viewer).await;
    let document = viewer.json("/api/v1/openapi.json").await;
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["session"]["name"], "__Host-ballast");
    assert_eq!(schemes["renewal"]["name"], "__Secure-ballast-refresh");
    for path in [
        "/api/v1/token",
        "/api/v1/token/refresh",
        "/api/v1/tokens",
        "/api/v1/tokens/{id}",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let reader = key(&viewer, "read").await;
    assert_eq!(
        program.status("/api/v1/openapi.json", &reader).await,
        StatusCode::OK
    );
}

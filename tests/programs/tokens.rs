//! What signing in gives a program, how it is renewed, and what ends it.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use ballast::keys::Purpose;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, NOW, PASSWORD};
use crate::programs::program::{Program, UNHURRIED, key, opened, problem, set_cookie, with};

#[tokio::test]
async fn signing_in_gives_an_access_and_a_cookie_that_no_script_reads() {
    let (house, _viewer, program) = with(Access::Viewer).await;
    let answer = program.knock("viewer@example.org", PASSWORD).await;
    let cookie = set_cookie(&answer);
    assert!(cookie.starts_with("__Secure-ballast-refresh="), "{cookie}");
    for part in [
        "; Path=/api/v1/token;",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Secure",
        "; Max-Age=1209600",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain") && cookie.len() < 4096);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(
        (&body["tokenType"], &body["expiresIn"]),
        (&json!("Bearer"), &json!(900))
    );
    let access = body["accessToken"].as_str().unwrap();
    assert_eq!(program.status("/api/v1/me", access).await, StatusCode::OK);

    let header = jsonwebtoken::decode_header(access).unwrap();
    assert_eq!(
        (header.alg, header.typ.as_deref()),
        (Algorithm::HS256, Some("at+jwt"))
    );
    assert_eq!(header.kid, Some(house.app.keys.newest(Purpose::Access).id_text()));
    let claims = claims_of(access);
    assert_eq!(claims["iss"], house.app.config.public_url);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
    for name in ["aud", "sub", "sid", "nbf"] {
        assert!(!claims[name].is_null(), "{name}");
    }
}

#[tokio::test]
async fn on_a_loopback_without_encryption_the_cookie_is_one_that_can_be_sent() {
    let house = House::open_with(&[("SECURE_COOKIES", "false")]).await;
    house.guest(Access::Viewer).await;
    let answer = Program::at(&house).knock("viewer@example.org", PASSWORD).await;
    let cookie = set_cookie(&answer);
    assert!(
        cookie.starts_with("ballast-refresh=") && !cookie.contains("Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let (house, _viewer, program) = with(Access::Viewer).await;
    let mut told = Vec::new();
    for (email, password) in [
        ("viewer@example.org", "wrong horse battery"),
        ("nobody@example.org", PASSWORD),
    ] {
        let answer = program.knock(email, password).await;
        assert!(!answer.headers().contains_key("set-cookie"));
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let mut body: Value = answer.json().await.unwrap();
        body.as_object_mut().unwrap().remove("requestId");
        told.push(body);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0]["type"], "urn:ballast:problem:sign-in-refused");
    drop(house);
}

#[tokio::test]
async fn each_renewal_gives_another_cookie_and_another_access() {
    let (house, _viewer, program) = with(Access::Viewer).await;
    let mut held = program.sign_in("viewer@example.org").await;
    for day in 1..=13 {
        house.app.clock.set(NOW + day * 86_400_000);
        assert_eq!(
            program.status("/api/v1/me", &held.access).await,
            StatusCode::UNAUTHORIZED,
            "day {day}"
        );
        let next = opened(program.renew(&held.cookie).await).await;
        assert_ne!(next.cookie, held.cookie);
        assert_eq!(program.status("/api/v1/me", &next.access).await, StatusCode::OK);
        held = next;
    }
    house.app.clock.set(NOW + 14 * 86_400_000);
    assert_eq!(
        problem(program.renew(&held.cookie).await).await,
        "renewal-refused"
    );
}

#[tokio::test]
async fn a_cookie_that_was_used_up_ends_all_that_came_from_it() {
    let (house, _viewer, program) = with(Access::Viewer).await;
    let first = program.sign_in("viewer@example.org").await;
    let other = program.sign_in("viewer@example.org").await;
    let second = opened(program.renew(&first.cookie).await).await;
    // A moment later the same cookie is a race: it gets the successor that the other one got.
    house.app.clock.set(NOW + 9_999);
    let again = opened(program.renew(&first.cookie).await).await;
    assert_eq!(again.cookie, second.cookie);
    house.app.clock.set(NOW + 10_000);
    assert_eq!(
        problem(program.renew(&first.cookie).await).await,
        "renewal-refused"
    );
    assert_eq!(
        problem(program.renew(&second.cookie).await).await,
        "renewal-refused"
    );
    for access in [&first.access, &second.access, &again.access] {
        assert_eq!(
            program.status("/api/v1/me", access).await,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(
        program.status("/api/v1/me", &other.access).await,
        StatusCode::OK,
        "another sign-in stays"
    );
}

#[tokio::test]
async fn many_that_renew_at_once_all_get_the_one_successor() {
    let (_house, _viewer, program) = with(Access::Viewer).await;
    let held = program.sign_in("viewer@example.org").await;
    let answers = futures_util::future::join_all((0..20).map(|_| program.renew(&held.cookie))).await;
    let mut cookies = Vec::new();
    for answer in answers {
        let next = opened(answer).await;
        assert_eq!(program.status("/api/v1/me", &next.access).await, StatusCode::OK);
        cookies.push(next.cookie);
    }
    cookies.dedup();
    assert_eq!(cookies.len(), 1);
}

#[tokio::test]
async fn a_renewal_that_was_tampered_with_or_comes_from_elsewhere_is_refused() {
    let (_house, _viewer, program) = with(Access::Viewer).await;
    let (elsewhere, _other, foreign) = with(Access::Viewer).await;
    let held = program.sign_in("viewer@example.org").await;
    let theirs = foreign.sign_in("viewer@example.org").await;
    drop(elsewhere);
    let raised = held.cookie.replacen(".0.", ".1.", 1);
    let cut = held.cookie[..held.cookie.len() - 3].to_owned();
    for cookie in [
        &raised,
        &cut,
        &theirs.cookie,
        &"__Secure-ballast-refresh=x".to_owned(),
    ] {
        assert_eq!(
            problem(program.renew(cookie).await).await,
            "renewal-refused",
            "{cookie}"
        );
    }
    assert_eq!(
        program.status("/api/v1/me", &held.access).await,
        StatusCode::OK,
        "none of that ended it"
    );
    opened(program.renew(&held.cookie).await).await;
}

#[tokio::test]
async fn renewing_takes_a_cookie_so_it_needs_an_origin_of_ours() {
    let (_house, _viewer, program) = with(Access::Viewer).await;
    let held = program.sign_in("viewer@example.org").await;
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let mut request = program
            .client
            .post(format!("{}/api/v1/token/refresh", program.address))
            .header("Cookie", &held.cookie);
        if let Some(origin) = origin {
            request = request.header("Origin", origin);
        }
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{origin:?}"
        );
    }
}

fn claims_of(access: &str) -> Value {
    let part = access.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// An access like `access`, with `changed` in its claims and `header` before it, signed by the house's own key.
fn forged(house: &House, access: &str, header: &Header, changed: &Value) -> String {
    let mut claims = claims_of(access);
    for (name, value) in changed.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let key = house.app.keys.newest(Purpose::Access);
    jsonwebtoken::encode(header, &claims, &EncodingKey::from_secret(key.expose())).unwrap()
}

#[tokio::test]
async fn a_text_that_is_not_wholly_ours_opens_nothing() {
    let (house, _admin, program) = with(Access::Admin).await;
    let (_elsewhere, _other, foreign) = with(Access::Admin).await;
    let good = program.sign_in("admin@example.org").await.access;
    let right = jsonwebtoken::decode_header(&good).unwrap();
    let forge = |header: &Header, changed: Value| forged(&house, &good, header, &changed);
    assert_eq!(
        program.status("/api/v1/me", &forge(&right, json!({}))).await,
        StatusCode::OK
    );

    let header = |change: fn(&mut Header)| {
        let mut header = right.clone();
        change(&mut header);
        forge(&header, json!({}))
    };
    let now = NOW / 1_000;
    let (head, rest) = good.split_once('.').unwrap();
    let none = URL_SAFE_NO_PAD.encode(format!(
        r#"{{"alg":"none","typ":"at+jwt","kid":"{}"}}"#,
        right.kid.clone().unwrap()
    ));
    let public = URL_SAFE_NO_PAD.encode(format!(
        r#"{{"alg":"RS256","typ":"at+jwt","kid":"{}"}}"#,
        right.kid.clone().unwrap()
    ));
    let mut bad = vec![
        (
            "of another instance",
            foreign.sign_in("admin@example.org").await.access,
        ),
        (
            "without a signature",
            format!("{none}.{}.", rest.split('.').next().unwrap()),
        ),
        ("none with the signature", format!("{none}.{rest}")),
        ("another family of algorithms", format!("{public}.{rest}")),
        (
            "another length of hash",
            header(|header| header.alg = Algorithm::HS512),
        ),
        (
            "another kind",
            header(|header| header.typ = Some("JWT".to_owned())),
        ),
        ("no kind", header(|header| header.typ = None)),
        ("no key named", header(|header| header.kid = None)),
        (
            "another key named",
            header(|header| header.kid = Some("00000000".to_owned())),
        ),
        (
            "a place of keys",
            header(|header| header.jku = Some("https://evil.example/keys".to_owned())),
        ),
        (
            "a certificate",
            header(|header| header.x5u = Some("https://evil.example/c".to_owned())),
        ),
        ("not yet", forge(&right, json!({ "nbf": now + 60 }))),
        ("made in the future", forge(&right, json!({ "iat": now + 60 }))),
        ("over", forge(&right, json!({ "exp": now }))),
        (
            "of another issuer",
            forge(&right, json!({ "iss": "https://evil.example" })),
        ),
        (
            "for others",
            forge(&right, json!({ "aud": "https://evil.example/api" })),
        ),
        (
            "for many",
            forge(&right, json!({ "aud": [claims_of(&good)["aud"], "x"] })),
        ),
        ("of somebody else", forge(&right, json!({ "sub": "987654" }))),
        (
            "of another family",
            forge(&right, json!({ "sid": "AAAAAAAAAAAAAAAAAAAAAA" })),
        ),
        ("of no end", forge(&right, json!({ "exp": null }))),
        ("without a head", rest.to_owned()),
        ("words", "open sesame".to_owned()),
        ("nothing", String::new()),
    ];
    for cut in [1, 10, rest.len() / 2] {
        bad.push(("cut short", format!("{head}.{}", &rest[..rest.len() - cut])));
    }
    for (what, text) in bad {
        let answer = program
            .ask(Method::GET, "/api/v1/me", &text)
            .send()
            .await
            .unwrap();
        assert_eq!(problem(answer).await, "bearer-refused", "{what}");
    }
    assert_eq!(program.status("/api/v1/me", &good).await, StatusCode::OK);
    house.app.clock.set(NOW + 899_999);
    assert_eq!(program.status("/api/v1/me", &good).await, StatusCode::OK);
    house.app.clock.set(NOW + 900_000);
    assert_eq!(
        program.status("/api/v1/me", &good).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn an_earlier_key_still_verifies_and_the_new_one_signs() {
    const FIRST: &str = "wq8H2nVc5LrT0yXjB7mKd3PzGfS9uAe1ioQ4EvNhCtJbWxMk6R";
    const SECOND: &str = "R6kMxWbJtChNvE4Qoi1eAu9SfGzP3dKm7BjXy0TrL5cVn2H8qw";
    let house = House::open_with(&[("SECRET_KEY", FIRST)]).await;
    house.guest(Access::Viewer).await;
    let held = Program::at(&house).sign_in("viewer@example.org").await;
    let copy = house.copy();
    drop(house);
    let turned = House::open_in(copy, &[("SECRET_KEY", SECOND), ("SECRET_KEY_FALLBACKS", FIRST)]).await;
    let program = Program::at(&turned);
    assert_eq!(program.status("/api/v1/me", &held.access).await, StatusCode::OK);
    let next = opened(program.renew(&held.cookie).await).await;
    let kid = |access: &str| jsonwebtoken::decode_header(access).unwrap().kid;
    assert_ne!(kid(&next.access), kid(&held.access));
    let copy = turned.copy();
    drop(turned);
    let forgotten = House::open_in(copy, &[("SECRET_KEY", SECOND)]).await;
    let program = Program::at(&forgotten);
    assert_eq!(
        program.status("/api/v1/me", &held.access).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(program.status("/api/v1/me", &next.access).await, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_ends_an_access_at_once() {
    let (_house, _viewer, program) = with(Access::Viewer).await;
    for by_cookie in [true, false] {
        let held = program.sign_in("viewer@example.org").await;
        let request = program.client.delete(format!("{}/api/v1/token", program.address));
        let request = if by_cookie {
            request
                .header("Cookie", &held.cookie)
                .header("Origin", &program.address)
        } else {
            request.header("Authorization", format!("Bearer {}", held.access))
        };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert!(set_cookie(&answer).contains("Max-Age=0"));
        assert_eq!(
            program.status("/api/v1/me", &held.access).await,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            problem(program.renew(&held.cookie).await).await,
            "renewal-refused"
        );
    }
}

#[tokio::test]
async fn what_changes_an_account_ends_what_is_signed_in_to_it() {
    let house = House::open_with(&UNHURRIED).await;
    let admin = house.admin().await;
    let program = Program::at(&house);
    for (name, change) in [
        ("Ada", json!({ "access": "member" })),
        ("Bo", json!({ "active": false })),
        ("Cy", json!({ "new-password": "another horse battery" })),
    ] {
        let guest = house.guest_called(Access::Manager, name).await;
        let id = guest.json("/api/v1/me").await["id"].clone();
        let email = format!("{}@example.org", name.to_lowercase());
        let held = program.sign_in(&email).await;
        let own = key(&guest, "plan").await;
        let path = format!("/api/v1/accounts/{id}");
        let changed = admin.send(Method::PATCH, &path, &change).await;
        assert_eq!(changed.status(), StatusCode::NO_CONTENT, "{name}");
        assert_eq!(
            program.status("/api/v1/me", &held.access).await,
            StatusCode::UNAUTHORIZED,
            "{name}"
        );
        assert_eq!(
            problem(program.renew(&held.cookie).await).await,
            "renewal-refused",
            "{name}"
        );
        // A key is no sign-in: it goes on, as far as the account still reaches.
        let left = if name == "Bo" {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::OK
        };
        assert_eq!(program.status("/api/v1/me", &own).await, left, "{name}");
        if name == "Ada" {
            let answer = program
                .ask(Method::POST, "/api/v1/hours", &own)
                .json(&json!({ "cells": [] }));
            assert_eq!(answer.send().await.unwrap().status(), StatusCode::FORBIDDEN);
        }
    }
}

#[tokio::test]
async fn what_was_begun_in_a_session_ends_with_it() {
    let (_house, viewer, program) = with(Access::Viewer).await;
    let body = json!({ "email": "viewer@example.org", "password": PASSWORD });
    let held = opened(viewer.post("/api/v1/token", &body).await).await;
    let apart = program.sign_in("viewer@example.org").await;
    assert_eq!(program.status("/api/v1/me", &held.access).await, StatusCode::OK);
    viewer.form("/auth/logout", &[]).await;
    assert_eq!(
        program.status("/api/v1/me", &held.access).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(program.status("/api/v1/me", &apart.access).await, StatusCode::OK);
}

#[tokio::test]
async fn wrong_tries_of_programs_count_with_those_of_the_page() {
    let (house, _viewer, program) = with(Access::Viewer).await;
    let mut waits = None;
    for _ in 0..30 {
        let answer = program.knock("viewer@example.org", "wrong horse battery").await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            waits = Some(
                answer.headers()["retry-after"]
                    .to_str()
                    .unwrap()
                    .parse::<u64>()
                    .unwrap(),
            );
            break;
        }
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    assert!(waits.is_some_and(|seconds| seconds > 0));
    // The page counts in the same place, and so does the mutation; the right password has to wait as well.
    let page = house
        .stranger()
        .form(
            "/auth/login",
            &[("email", "viewer@example.org"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS);
    let query = format!(
        "mutation {{ login(email: \"viewer@example.org\", password: \"{PASSWORD}\") {{ accessToken }} }}"
    );
    let told = house
        .stranger()
        .post("/graphql", &json!({ "query": query }))
        .await;
    let told: Value = told.json().await.unwrap();
    assert_eq!(told["errors"][0]["extensions"]["code"], "TOO_MANY_REQUESTS");
    assert!(told["data"].is_null());
}

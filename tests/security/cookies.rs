//! What every cookie is like, wherever it is set.

use std::collections::{BTreeMap, BTreeSet};

use ballast::accounts::Access;
use reqwest::Response;
use serde_json::json;

use crate::house::{House, PASSWORD};

/// No browser keeps a longer one, name and attributes with it.
const LONGEST: usize = 4096;

/// The names of the cookies that an answer sets, each of which is parsed and is as it must be.
pub fn checked(answer: &Response) -> BTreeSet<String> {
    let all = answer.headers().get_all("set-cookie").iter();
    all.map(|text| checked_one(text.to_str().unwrap())).collect()
}

fn checked_one(text: &str) -> String {
    let mut parts = text.split(';').map(str::trim);
    let (name, value) = parts.next().unwrap().split_once('=').expect(text);
    let attributes: BTreeMap<String, &str> = parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let has = |name: &str| attributes.contains_key(name);
    assert!(text.len() <= LONGEST, "{} characters: {text}", text.len());
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | ',' | ';' | '\\');
    assert!(value.chars().all(is_plain), "{text}");
    assert!(has("secure") && has("httponly"), "{text}");
    assert!(matches!(attributes["samesite"], "Lax" | "Strict"), "{text}");
    assert!(!has("domain"), "{text}");
    // One for the whole host, or one that goes to a few addresses only.
    if attributes["path"] == "/" {
        assert!(name.starts_with("__Host-"), "{text}");
    } else {
        assert!(name.starts_with("__Secure-"), "{text}");
        assert!(attributes["path"].starts_with('/'), "{text}");
    }
    let known = ["secure", "httponly", "samesite", "path", "max-age"];
    assert!(
        attributes.keys().all(|name| known.contains(&name.as_str())),
        "{text}"
    );
    name.to_owned()
}

async fn demand_a_second_step(house: &House) {
    let gesture = ballast::db::Gesture {
        actor: ballast::db::Actor::program(),
        label: "demand a second step".to_owned(),
        at: house.app.clock.now(),
    };
    let written = house.app.db.write(gesture, |tx| {
        tx.execute("update sign_in_rule set second_step = 'everybody'", &[])
    });
    written.await.unwrap();
}

#[tokio::test]
async fn every_way_in_sets_cookies_that_are_locked_down() {
    let house = House::open().await;
    house.guest_called(Access::Admin, "Ada").await;
    let manager = house.guest(Access::Manager).await;
    let (ada, word) = ("ada@example.org", ("password", PASSWORD));
    let long = format!("/{}", "x".repeat(5_000));
    let stranger = house.stranger();
    let mut seen = BTreeSet::new();
    for (door, fields) in [
        ("/auth/login", vec![("email", ada), word]),
        ("/admin/login", vec![("email", ada), word]),
        (
            "/auth/login",
            vec![("email", ada), ("by", "code"), ("next", long.as_str())],
        ),
        (
            "/admin/login",
            vec![("email", ada), ("by", "code"), ("next", long.as_str())],
        ),
    ] {
        // Nobody waits between two letters.
        house.app.clock.set(house.app.clock.now() + 60_000);
        seen.extend(checked(&stranger.form(door, &fields).await));
    }
    let signs_in = json!({ "email": ada, "password": PASSWORD });
    seen.extend(checked(&stranger.post("/api/v1/token", &signs_in).await));
    let query = format!("mutation {{ login(email: \"{ada}\", password: \"{PASSWORD}\") {{ accessToken }} }}");
    seen.extend(checked(
        &stranger.post("/graphql", &json!({ "query": query })).await,
    ));
    seen.extend(checked(&stranger.form("/auth/passkey/begin", &[]).await));
    let made: serde_json::Value = manager
        .post("/api/v1/poker", &json!({}))
        .await
        .json()
        .await
        .unwrap();
    let join = format!("/poker/{}/join", made["link"].as_str().unwrap());
    seen.extend(checked(&stranger.form(&join, &[("name", "Gia")]).await));
    // Somebody who owes a second step holds that they are half in.
    manager.form("/account/second-step", &[]).await;
    demand_a_second_step(&house).await;
    seen.extend(checked(
        &stranger.form("/auth/login", &[("email", ada), word]).await,
    ));
    seen.extend(checked(&manager.form("/auth/logout", &[]).await));
    let all = [
        "__Host-ballast",
        "__Host-ballast-admin-step",
        "__Host-ballast-browser",
        "__Host-ballast-second",
        "__Host-ballast-step",
        "__Secure-ballast-seat",
        "__Secure-ballast-refresh",
    ];
    for name in all {
        assert!(seen.contains(name), "{name} in {seen:?}");
    }
}

//! Keys of programs: made, used, seen and ended.

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{NOW, between};
use crate::programs::program::{key, with};

#[tokio::test]
async fn a_key_is_shown_once_and_kept_as_a_hash() {
    let (house, viewer, program) = with(Access::Viewer).await;
    let page = viewer.text("/account/programs").await;
    assert!(page.contains("No keys yet"));
    let made = viewer
        .form(
            "/account/programs",
            &[("name", "Nightly report"), ("scope", "read"), ("days", "30")],
        )
        .await;
    assert_eq!(made.status(), StatusCode::OK);
    assert_eq!(made.headers()["cache-control"], "no-store");
    let shown = made.text().await.unwrap();
    let whole = format!("blst_{}", between(&shown, "value=\"blst_", "\"").unwrap());
    assert_eq!(whole.len(), 53);
    assert_eq!(program.status("/api/v1/people", &whole).await, StatusCode::OK);
    let page = viewer.text("/account/programs").await;
    assert!(page.contains("Nightly report") && page.contains(&whole[..15]) && !page.contains(&whole));
    let list = viewer.json("/api/v1/tokens").await;
    assert!(!list.to_string().contains(&whole[16..]));
    assert_eq!(list[0]["endsAt"], "2026-12-18T12:00:00Z");
    for file in std::fs::read_dir(house.directory.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(whole.len())
                .any(|window| window == whole.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
    house.app.clock.set(NOW + 30 * 86_400_000 - 1);
    assert_eq!(program.status("/api/v1/me", &whole).await, StatusCode::OK);
    house.app.clock.set(NOW + 30 * 86_400_000);
    assert_eq!(
        program.status("/api/v1/me", &whole).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_key_is_asked_for_in_words_that_make_sense() {
    let (_house, member, _program) = with(Access::Member).await;
    for (body, field) in [
        (json!({ "name": "", "scope": "read", "days": 30 }), "name"),
        (json!({ "name": "A", "scope": "all", "days": 30 }), "scope"),
        (json!({ "name": "A", "scope": "administer", "days": 30 }), "scope"),
        (json!({ "name": "A", "scope": "read", "days": 366 }), "days"),
        (json!({ "name": "A", "scope": "read", "days": 0 }), "days"),
        (json!({ "name": "A", "scope": "read" }), "days"),
    ] {
        let answer = member.post("/api/v1/tokens", &body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(
            answer.json::<Value>().await.unwrap()["errors"][0]["field"],
            field,
            "{body}"
        );
    }
    let again = member
        .form(
            "/account/programs",
            &[("name", "My script"), ("scope", "administer"), ("days", "30")],
        )
        .await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = again.text().await.unwrap();
    assert!(page.contains("My script") && page.contains("is more than your account may do"));
}

#[tokio::test]
async fn the_use_of_a_key_is_noted_once_a_minute_and_its_end_at_once() {
    let (house, viewer, program) = with(Access::Viewer).await;
    let whole = key(&viewer, "read").await;
    let used = async || viewer.json("/api/v1/tokens").await[0]["usedAt"].clone();
    assert_eq!(used().await, Value::Null);
    for (after, noted) in [(0, "12:00:00"), (59_999, "12:00:00"), (60_000, "12:01:00")] {
        house.app.clock.set(NOW + after);
        assert_eq!(program.status("/api/v1/me", &whole).await, StatusCode::OK);
        assert_eq!(used().await, format!("2026-11-18T{noted}Z"));
    }
    let id = viewer.json("/api/v1/tokens").await[0]["id"].clone();
    let other = house.guest_called(Access::Admin, "Other").await;
    let path = format!("/api/v1/tokens/{id}");
    let theirs = other.send(Method::DELETE, &path, &json!({})).await;
    assert_eq!(theirs.status(), StatusCode::NOT_FOUND, "nobody takes another's");
    let taken = viewer.send(Method::DELETE, &path, &json!({})).await;
    assert_eq!(taken.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        program.status("/api/v1/me", &whole).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_program_is_seen_by_its_owner_and_sent_away() {
    let (house, viewer, program) = with(Access::Viewer).await;
    let held = program.sign_in("viewer@example.org").await;
    let page = viewer.text("/account/programs").await;
    let path = format!(
        "/account/programs/signed-in/{}/end",
        between(&page, "/account/programs/signed-in/", "/end").unwrap()
    );
    let other = house.guest_called(Access::Admin, "Other").await;
    assert_eq!(other.form(&path, &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(program.status("/api/v1/me", &held.access).await, StatusCode::OK);
    assert_eq!(viewer.form(&path, &[]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        program.status("/api/v1/me", &held.access).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_key_that_administers_needs_a_fresh_proof_and_no_key_makes_another() {
    let (house, admin, program) = with(Access::Admin).await;
    let administers = key(&admin, "administer").await;
    let body = json!({ "name": "A", "scope": "read", "days": 30 });
    let answer = program
        .ask(Method::POST, "/api/v1/tokens", &administers)
        .json(&body);
    assert_eq!(answer.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    house.app.clock.set(NOW + 1_799_999);
    let body = json!({ "name": "A", "scope": "administer", "days": 30 });
    let stale = admin.post("/api/v1/tokens", &body).await;
    assert_eq!(
        stale.status(),
        StatusCode::FORBIDDEN,
        "a key outlives the session"
    );
    let fields = [("name", "A"), ("scope", "read"), ("days", "30")];
    let asked = admin.form("/account/programs", &fields).await;
    assert_eq!(
        asked.headers()["location"],
        "/account/confirm?next=%2Faccount%2Fprograms"
    );
    let plain = house.guest_called(Access::Manager, "Plain").await;
    let manager = plain.post("/api/v1/tokens", &body).await;
    assert_eq!(manager.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        program.status("/api/v1/accounts", &administers).await,
        StatusCode::OK
    );
}

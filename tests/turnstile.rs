//! Whether a person knocks. Cloudflare's end is a stand-in, made from what its documentation says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use crate::house::{Guest, House, PASSWORD};
use axum::extract::State;
use axum::response::{IntoResponse, Response as Answer};
use axum::{Form, Json, Router};
use ballast::accounts::Access;
use reqwest::{Response, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;

const SITE: &str = "0x4AAAAAAAaaaaaaaaaaaaaa";
const OWN: &str = "0x4AAAAAAAbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// What was asked, and which answers of the widget were looked at before.
#[derive(Clone, Default)]
struct Seen {
    asked: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
    spent: Arc<Mutex<BTreeSet<String>>>,
}

/// An answer of the widget says here what it is: `person|HOST|ACTION|n`, `robot|…`, `broken`, `slow`.
#[cfg(test)]
async fn siteverify(State(seen): State<Seen>, Form(form): Form<BTreeMap<String, String>>) -> Answer {
    let response = form.get("response").cloned().unwrap_or_default();
    let own = form.get("secret").cloned();
    seen.asked.lock().unwrap().push(form);
    let failed = |code: &str| Json(json!({ "success": false, "error-codes": [code] })).into_response();
    if own.as_deref() != Some(OWN) {
        return failed("invalid-input-secret");
    }
    let parts: Vec<&str> = response.split('|').collect();
    match parts.as_slice() {
        ["person", host, action, _] => {
            if !seen.spent.lock().unwrap().insert(response.clone()) {
                return failed("timeout-or-duplicate");
            }
            Json(json!({
                "success": true,
                "challenge_ts": "2026-11-18T12:00:00.000Z",
                "hostname": host,
                "error-codes": [],
                "action": action,
                "cdata": "",
                "metadata": { "interactive": false },
            }))
            .into_response()
        }
        ["late"] => failed("timeout-or-duplicate"),
        ["broken"] => (StatusCode::BAD_GATEWAY, "<html>").into_response(),
        ["slow"] => std::future::pending().await,
        _ => failed("invalid-input-response"),
    }
}

struct Scene {
    house: House,
    seen: Seen,
}

#[cfg(test)]
impl Scene {
    async fn open(settings: &[(&str, &str)]) -> Self {
        let seen = Seen::default();
        let router = Router::new()
            .route("/turnstile/v0/siteverify", axum::routing::post(siteverify))
            .with_state(seen.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://{}/turnstile/v0/siteverify",
            listener.local_addr().unwrap()
        );
        tokio::spawn(async move { axum_serve(listener, router).await });
        let mut all = vec![
            ("TURNSTILE_SITE_KEY", SITE),
            ("TURNSTILE_SECRET_KEY", OWN),
            ("TURNSTILE_VERIFY_URL", url.as_str()),
            ("EMAIL_BACKEND", "capture"),
            ("DEFAULT_FROM_EMAIL", "plan@example.org"),
        ];
        all.extend_from_slice(settings);
        let house = House::open_with(&all).await;
        house.add_account(Access::Admin, "Ada", "ada@example.org").await;
        Self { house, seen }
    }

    async fn sign_in(&self, guest: &Guest, door: &str, answer: &str) -> Response {
        let fields = [
            ("email", "ada@example.org"),
            ("password", PASSWORD),
            ("by", "password"),
            ("cf-turnstile-response", answer),
        ];
        guest.form(door, &fields).await
    }

    fn asked(&self) -> usize {
        self.seen.asked.lock().unwrap().len()
    }
}

/// Serves the stand-in; it lives as long as the test.
async fn axum_serve(listener: TcpListener, router: Router) {
    let never = std::future::pending::<()>();
    ballast::server::serve(
        vec![ballast::server::Door::plain(listener)],
        router,
        ballast::web::edge::Proxies::default(),
        never,
        std::time::Duration::ZERO,
    )
    .await;
}

#[tokio::test]
async fn both_doors_show_the_widget_and_only_they_let_it_in() {
    let scene = Scene::open(&[]).await;
    let stranger = scene.house.stranger();
    for (path, action) in [
        ("/auth/login", "sign-in"),
        ("/auth/login/phrase", "sign-in"),
        ("/admin/login", "administration"),
    ] {
        let answer = stranger.get(path).await;
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.contains("script-src 'self' 'nonce-"), "{path}: {policy}");
        assert_eq!(
            policy.matches(" https://challenges.cloudflare.com").count(),
            2,
            "{path}: {policy}"
        );
        assert!(
            policy.contains("frame-src https://challenges.cloudflare.com"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        let page = answer.text().await.unwrap();
        assert!(
            page.contains(&format!("data-sitekey=\"{SITE}\" data-action=\"{action}\"")),
            "{path}"
        );
        assert!(
            page.contains("src=\"https://challenges.cloudflare.com/turnstile/v0/api.js\" async defer"),
            "{path}"
        );
        assert!(!page.contains(OWN), "{path}");
    }
    for path in ["/nowhere", "/setup/x", "/schedule", "/health"] {
        let answer = stranger.get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains("cloudflare"), "{path}");
    }
}

#[tokio::test]
async fn a_person_comes_in_and_an_answer_is_good_once() {
    let scene = Scene::open(&[]).await;
    let stranger = scene.house.stranger();
    let good = "person|127.0.0.1|sign-in|1";
    let answer = scene.sign_in(&stranger, "/auth/login", good).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let asked = scene.seen.asked.lock().unwrap()[0].clone();
    assert_eq!(asked["secret"], OWN);
    assert_eq!(asked["response"], good);
    assert_eq!(asked["remoteip"], "127.0.0.1");
    let again = scene.sign_in(&stranger, "/auth/login", good).await;
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
    let page = again.text().await.unwrap();
    assert!(
        page.contains("is used up") && page.contains("ada@example.org"),
        "{page}"
    );
    assert!(page.contains("cf-turnstile"), "there is a new one to answer");
    assert_eq!(scene.asked(), 1, "what was used is not asked for again");
    let other_door = scene
        .sign_in(&stranger, "/admin/login", "person|127.0.0.1|administration|2")
        .await;
    assert_eq!(other_door.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whoever_is_no_person_here_and_now_is_refused_and_nothing_is_sent() {
    let scene = Scene::open(&[]).await;
    let stranger = scene.house.stranger();
    let long = "x".repeat(2_049);
    for (answer, words) in [
        ("", "wait until the check"),
        (long.as_str(), "wait until the check"),
        ("robot", "did not succeed"),
        ("person|evil.example|sign-in|1", "did not succeed"),
        ("person|127.0.0.1|administration|2", "did not succeed"),
        ("person|127.0.0.1||3", "did not succeed"),
        ("late", "is used up"),
        ("broken", "cannot be checked right now"),
    ] {
        let refused = scene.sign_in(&stranger, "/auth/login", answer).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{answer}");
        assert!(!refused.headers().contains_key("set-cookie"), "{answer}");
        let page = refused.text().await.unwrap();
        assert!(page.contains(words), "{answer}: {page}");
        assert!(!page.contains(PASSWORD), "{answer}");
        let by_mail = [
            ("email", "ada@example.org"),
            ("by", "code"),
            ("cf-turnstile-response", answer),
        ];
        let refused = stranger.form("/auth/login", &by_mail).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{answer}");
    }
    assert!(scene.house.app.mail.captured().is_empty(), "no mail was sent");
    let by_mail = [
        ("email", "ada@example.org"),
        ("by", "code"),
        ("cf-turnstile-response", "person|127.0.0.1|sign-in|9"),
    ];
    assert_eq!(
        stranger.form("/auth/login", &by_mail).await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn where_nobody_can_be_asked_nobody_comes_in() {
    for (settings, answer) in [
        // Nobody listens on the port of discarding.
        (
            &[("TURNSTILE_VERIFY_URL", "http://127.0.0.1:9/siteverify")][..],
            "person|127.0.0.1|sign-in|1",
        ),
        (
            &[("TURNSTILE_VERIFY_URL", "http://192.0.2.1/siteverify")],
            "person|127.0.0.1|sign-in|1",
        ),
        (
            &[("TURNSTILE_SECRET_KEY", "0x4AAAAAAAccccccccccccccccc")],
            "person|127.0.0.1|sign-in|1",
        ),
        (&[], "slow"),
    ] {
        let scene = Scene::open(settings).await;
        let begun = std::time::Instant::now();
        let refused = scene
            .sign_in(&scene.house.stranger(), "/auth/login", answer)
            .await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{settings:?}");
        let page = refused.text().await.unwrap();
        assert!(
            page.contains("cannot be checked right now"),
            "{settings:?}: {page}"
        );
        assert!(begun.elapsed().as_secs() < 7, "{settings:?}");
    }
}

#[tokio::test]
async fn of_many_who_send_one_answer_at_once_one_comes_in() {
    let scene = Scene::open(&[]).await;
    let stranger = scene.house.stranger();
    let all = (0..8).map(|_| scene.sign_in(&stranger, "/auth/login", "person|127.0.0.1|sign-in|1"));
    let answers = futures_util::future::join_all(all).await;
    let through = answers
        .iter()
        .filter(|answer| answer.status() == StatusCode::SEE_OTHER);
    assert_eq!(through.count(), 1);
    assert_eq!(scene.asked(), 1);
}

#[tokio::test]
async fn without_keys_nobody_is_asked() {
    let house = House::open().await;
    house.guest(Access::Viewer).await;
    assert!(!house.stranger().text("/auth/login").await.contains("turnstile"));
}

//! Crashes, work that is given up, and who is told of them.

use std::sync::mpsc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use ballast::accounts::Access;
use ballast::app::App;
use ballast::{crash, jobs, routes, server};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::house::{House, NOW};
use crate::watch::probe::until;

async fn broken(_: axum::extract::State<App>) -> &'static str {
    let nobody: Vec<u8> = vec![1, 2, 3];
    let word = String::from("Ada Osei's salary");
    assert!(nobody.is_empty(), "this \"{word}\" must stay here");
    "never"
}

/// A router that breaks at `/broken`, within all that stands around every request.
async fn breaking(house: &House) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let front = routes::around(Router::new().route("/broken", get(broken)), house.app.clone());
    let proxies = house.app.config.edge.proxies.clone();
    tokio::spawn(server::serve(
        vec![server::Door::plain(listener)],
        front,
        proxies,
        std::future::pending(),
        Duration::ZERO,
    ));
    format!("http://{address}/broken")
}

/// A collector of Sentry's kind: what comes in, head and body.
async fn collector() -> (String, mpsc::Receiver<(String, String)>) {
    let (seen, envelopes) = mpsc::channel();
    let router = Router::new().route(
        "/api/7/envelope/",
        post(async move |headers: axum::http::HeaderMap, body: String| {
            let auth = headers["x-sentry-auth"].to_str().unwrap().to_owned();
            seen.send((auth, body)).unwrap();
            "{}"
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://k1@{address}/7"), envelopes)
}

/// Letters about a crash at this place, oldest first.
fn letters(house: &House) -> Vec<String> {
    let all = house.app.mail.captured();
    let own = all.iter().filter(|letter| letter.to == "ops@example.org");
    own.map(|letter| letter.text.expose().to_owned())
        .filter(|text| text.contains("tests/watch/faults.rs"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_one_page_one_letter_and_one_report_and_tells_no_value() {
    let (dsn, envelopes) = collector().await;
    let house = House::open_with(&[("ERROR_REPORT_EMAIL", "ops@example.org"), ("SENTRY_DSN", &dsn)]).await;
    crash::watch(&house.app.crash, Some(std::panic::take_hook()));
    tokio::spawn(crash::tell(house.app.clone()));
    let address = breaking(&house).await;
    let ask = || {
        Client::new()
            .get(&address)
            .header("X-Request-ID", "seen-4711")
            .send()
    };

    let answer = ask().await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.headers()["x-request-id"], "seen-4711");
    let page = answer.text().await.unwrap();
    assert!(page.contains("seen-4711") && !page.contains("salary"), "{page}");
    let letter = until("a letter", || letters(&house).pop()).await;
    assert!(letter.contains("Request: seen-4711"), "{letter}");
    assert!(letter.contains("this … must stay here"), "{letter}");

    let (auth, envelope) = until("an envelope", || envelopes.try_recv().ok()).await;
    assert!(auth.contains("sentry_key=k1"), "{auth}");
    let lines: Vec<Value> = envelope
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[1]["type"], "event");
    assert_eq!(lines[0]["event_id"], lines[2]["event_id"]);
    assert_eq!(lines[2]["tags"]["request_id"], "seen-4711");
    let frame = &lines[2]["exception"]["values"][0]["stacktrace"]["frames"][0];
    assert_eq!(frame["filename"], "tests/watch/faults.rs");

    for _ in 0..20 {
        assert_eq!(ask().await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    house.app.clock.set(NOW + 10 * 60_000);
    ask().await.unwrap();
    let more = until("another letter", || letters(&house).get(1).cloned()).await;
    assert!(more.contains("It had happened 20 more times before"), "{more}");
    assert_eq!(letters(&house).len(), 2);
    for text in letters(&house)
        .into_iter()
        .chain([envelope, house.witness.text()])
    {
        assert!(!text.contains("salary"), "{text}");
    }
    assert_eq!(house.stranger().get("/healthz").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn work_that_is_given_up_is_told_to_administrators_once_and_shown_to_them() {
    let house = House::open().await;
    let admin = house.admin().await;
    tokio::spawn(crash::tell(house.app.clone()));
    // Where the copies go stands something else, so that no backup can be made.
    let copies = ballast::db::copies(house.directory.path());
    if copies.exists() {
        std::fs::remove_dir_all(&copies).unwrap();
    }
    std::fs::write(&copies, "in the way").unwrap();
    let gesture = house.app.own_gesture("ask for a backup");
    let kind = house.app.jobs.table.kind("backup").unwrap();
    house
        .app
        .db
        .write(gesture, move |tx| jobs::add(tx, kind, b""))
        .await
        .unwrap();
    assert_eq!(jobs::run_due(&house.app).await.unwrap(), 1);
    let page = admin.text("/accounts").await;
    assert!(page.contains("is tried again"), "{page}");
    for _ in 1..kind.attempts {
        house.app.clock.set(house.app.clock.now() + 6 * 3_600_000);
        assert_eq!(jobs::run_due(&house.app).await.unwrap(), 1);
    }
    let letter = until("a letter", || house.app.mail.captured().pop()).await;
    assert_eq!(letter.to, "admin@example.org");
    let text = letter.text.expose();
    assert!(
        text.contains("work that was given up") && text.contains("Make a backup"),
        "{text}"
    );
    assert_eq!(house.app.mail.captured().len(), 1);
    let again = house.guest_called(Access::Admin, "Second").await;
    let page = again.text("/accounts").await;
    assert!(
        page.contains("was given up") && page.contains("/settings/jobs"),
        "{page}"
    );
    let manager = house.manager().await;
    assert!(!manager.text("/schedule").await.contains("was given up"));
}

//! What becomes of a panic: whoever asked is told, nothing is half done, and everybody else goes on.

use std::mem::take;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt as _;
use http::StatusCode;
use tower::ServiceExt as _;

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Sources};
use crate::db::{Db, Migrate};
use crate::jobs::{self, Jobs, Kind, Table, store};
use crate::ui::Frame;
use crate::web::outermost;

static FAULTY: Table = Table {
    kinds: &[
        Kind {
            name: "faulty",
            label: "Faulty",
            attempts: 3,
            run: |_, _| async { unreachable!("a fault of a job") }.boxed(),
        },
        Kind {
            name: "well",
            label: "Well",
            attempts: 1,
            run: |_, _| async { Ok(()) }.boxed(),
        },
    ],
    regular: &[],
};

async fn app(directory: &std::path::Path) -> App {
    let given = [("DATA_DIR".to_owned(), directory.display().to_string())];
    let sources = Sources::read(directory, std::iter::empty(), &given);
    let config = Config::from_sources(&sources).ok().unwrap();
    let db = Db::open(directory, Migrate::Auto).unwrap();
    let clock = Clock::fixed(config.time_zone.clone(), 0);
    let app = App::start(config, db, clock, false).await.unwrap();
    app.with(|parts| parts.jobs = Jobs::new(&FAULTY))
}

async fn wrapped(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let inside = async |request: &mut Request| next.run(take(request)).await;
    outermost::outermost(&app, &mut request, &outermost::Found::default(), inside).await
}

async fn faulty() -> &'static str {
    unreachable!("a fault with a secret cause")
}

#[tokio::test]
async fn a_handler_that_panics_answers_500_without_a_word_of_it_and_others_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(directory.path()).await;
    let router: Router = Router::new()
        .route("/faulty", get(faulty))
        .route("/well", get(|| async { "well" }))
        .layer(from_fn_with_state(app.clone(), wrapped))
        .with_state(());
    let ask = |path: &str| {
        let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        router.clone().oneshot(request)
    };
    for _ in 0..3 {
        let answer = ask("/faulty").await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.headers().contains_key("x-request-id"));
        let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret cause"));
        assert_eq!(ask("/well").await.unwrap().status(), StatusCode::OK);
    }
}

async fn faulty_for_ada(axum::Extension(reader): axum::Extension<outermost::Reader>) -> &'static str {
    reader.is(|_| Frame {
        name: "Ada Osei".to_owned(),
        ..Frame::default()
    });
    unreachable!("a fault of a page")
}

#[tokio::test]
async fn whoever_is_signed_in_reads_of_a_panic_within_their_own_frame() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(directory.path()).await;
    let router: Router = Router::new()
        .route("/faulty", get(faulty_for_ada))
        .layer(from_fn_with_state(app, wrapped))
        .with_state(());
    let request = Request::get("/faulty").header("accept", "text/html");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
    let body = String::from_utf8_lossy(&body);
    assert!(
        body.contains("Ada Osei") && body.contains("<nav aria-label=\"Main\">"),
        "{body}"
    );
}

#[tokio::test]
async fn a_job_that_panics_is_tried_again_later_and_the_others_are_done() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(directory.path()).await;
    app.db
        .write(app.own_gesture("ask for work"), |tx| {
            store::add(tx, "faulty", b"", 0)?;
            store::add(tx, "well", b"", 0)
        })
        .await
        .unwrap();
    assert_eq!(jobs::run_due(&app).await.unwrap(), 2);
    let mut lines = app.db.read(|tx| store::list(tx, 10)).await.unwrap();
    lines.sort_by_key(|line| line.id);
    let told: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line.state.as_str(), line.fault.as_str()))
        .collect();
    assert_eq!(told, [("waiting", "it panicked"), ("done", "")]);
}

//! Whether Ballast works: one real check behind every address that a monitor may ask.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::app::App;

/// How long the database may take before it counts as not answering.
const WITHIN: Duration = Duration::from_secs(4);

async fn database_works(app: &App) -> bool {
    matches!(
        tokio::time::timeout(WITHIN, app.db.check(app.clock.now())).await,
        Ok(Ok(()))
    )
}

/// `GET /health`, `/health/`, `/readyz`: fixed words, whatever the fault.
pub async fn show_health(State(app): State<App>) -> Response {
    if database_works(&app).await {
        answer(StatusCode::OK, r#"{"status":"healthy","database":"ok"}"#)
    } else {
        answer(
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"status":"unhealthy","database":"unavailable"}"#,
        )
    }
}

/// `GET /api/health`, `/api/health/`: the same check in the words of the applications that Ballast replaces.
pub async fn show_api_health(State(app): State<App>) -> Response {
    if database_works(&app).await {
        answer(StatusCode::OK, r#"{"status":"ok"}"#)
    } else {
        answer(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"error"}"#)
    }
}

/// `GET /healthz`: the same check in one word.
pub async fn show_plain_health(State(app): State<App>) -> Response {
    let (status, word) = if database_works(&app).await {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    (status, word).into_response()
}

/// `GET /livez`: the process turns and its writer lives.
pub async fn show_life(State(app): State<App>) -> Response {
    if app.db.writer_is_alive() {
        "ok".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable").into_response()
    }
}

fn answer(status: StatusCode, body: &'static str) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response()
}

//! Whether Ballast works: one real check behind every address that a monitor may ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::app::App;

/// Where monitors ask.
const ADDRESSES: [&str; 7] = [
    "/health",
    "/health/",
    "/readyz",
    "/api/health",
    "/api/health/",
    "/healthz",
    "/livez",
];

/// Whether a monitor asks: such requests are let through whatever host they name, are never too many, and are not logged.
#[must_use]
pub fn is_asked(path: &str) -> bool {
    ADDRESSES.contains(&path)
}

/// How long the database may take before it counts as not answering.
const WITHIN: Duration = Duration::from_secs(4);

/// Whether the server is about to end. Whoever shares requests out is told so before connections are refused.
#[derive(Clone, Debug, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// It ends from now on.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it ends.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

async fn database_works(app: &App) -> bool {
    matches!(
        tokio::time::timeout(WITHIN, app.db.check(app.clock.now())).await,
        Ok(Ok(()))
    )
}

/// On a request of somebody who may know more of how Ballast is.
#[derive(Clone, Copy, Debug)]
pub struct MayKnow;

/// `GET /readyz`: as `/health`, and no longer when Ballast is about to end.
pub async fn show_readiness(state: State<App>, may_know: Option<Extension<MayKnow>>) -> Response {
    if state.0.ending.has_begun() {
        return answer(
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"status":"ending","database":"ok"}"#,
        );
    }
    show_health(state, may_know).await
}

/// `GET /health`, `/health/`: fixed words, whatever the fault. An administrator is told what is remarkable besides.
pub async fn show_health(State(app): State<App>, may_know: Option<Extension<MayKnow>>) -> Response {
    if database_works(&app).await {
        let warning = app.config.edge.strangers.warning(app.clock.now());
        if let Some(warning) = warning.filter(|_| may_know.is_some()) {
            let whole = serde_json::json!({ "status": "healthy", "database": "ok", "remarks": [warning] });
            return super::Json(whole).into_response();
        }
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

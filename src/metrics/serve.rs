//! The listener for figures: one address, answered to near peers only.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use http::{HeaderMap, StatusCode, header};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;

use super::text;
use crate::app::App;
use crate::config::is_near;
use crate::web::serve_near;

/// Answers for as long as it is polled.
pub async fn serve(listener: TcpListener, app: App) {
    let router = Router::new().route("/metrics", get(show)).with_state(app);
    serve_near(listener, router, is_near).await;
}

/// `GET /metrics`
async fn show(State(app): State<App>, request: Request) -> Response {
    if !may_see(&app, request.headers()) {
        let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"Ballast\"")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    }
    let all = text::all(&app).await;
    ([(header::CONTENT_TYPE, text::KIND)], all).into_response()
}

/// Compared in a time that tells nothing of how far it is right.
fn may_see(app: &App, headers: &HeaderMap) -> bool {
    let Some(wanted) = &app.config.watch.metrics_password else {
        return true;
    };
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| {
        let text = value.to_str().ok()?.strip_prefix("Basic ")?;
        let both = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
        let at = both.iter().position(|byte| *byte == b':')?;
        both.get(at + 1..).map(<[u8]>::to_vec)
    });
    shown.is_some_and(|shown| bool::from(shown.ct_eq(wanted.expose().as_bytes())))
}

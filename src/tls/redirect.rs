//! Plain connections beside encrypted ones: people are led over, programs are told, and an authority is answered.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};

use crate::app::App;
use crate::error::AppError;
use crate::web::{Client, Path, edge, health};

/// Below this an authority looks for what proves that a name leads here.
const LOOKED_AT: &str = "/.well-known/acme-challenge/";

/// Leads whoever came by a plain connection to the encrypted one. What a program sent in the clear is refused and not led on, so
/// that it is noticed. Monitors and authorities are answered where they ask. Answers nothing where the request is to go on.
pub fn to_https(app: &App, client: Client, request: &Request) -> Option<Response> {
    let path = request.uri().path();
    let stays = app.tls.is_none() || client.secure || health::is_asked(path) || path.starts_with(LOOKED_AT);
    if stays {
        return None;
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read || path == "/api" || edge::may_share(path) {
        let refused = AppError::Forbidden(
            "This address is only for https, and what you sent came in the clear. Nothing was done: ask again by https, with another key if you sent one.",
        );
        return Some(refused.into_response());
    }
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| edge::host_of(host.to_str().ok()?));
    let to = host.and_then(|(host, _)| {
        let rest = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
        HeaderValue::from_str(&format!("https://{}{rest}", with_port(app, &host))).ok()
    });
    Some(match to {
        Some(to) => (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response(),
        None => AppError::BadRequest("The request names no host.".to_owned()).into_response(),
    })
}

/// A host with the port at which the world reaches the encrypted connection: that of `PUBLIC_URL`, else our own.
fn with_port(app: &App, host: &str) -> String {
    let said = app.config.public_url.strip_prefix("https://");
    let said = said.filter(|_| app.config.public_url != app.config.own_url());
    let port = match said {
        Some(rest) => edge::host_of(rest).and_then(|(_, port)| port).unwrap_or(443),
        None => app
            .tls
            .as_ref()
            .and_then(|tls| tls.port())
            .unwrap_or(app.config.tls.addr.port()),
    };
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    if port == 443 {
        host
    } else {
        format!("{host}:{port}")
    }
}

/// `GET /.well-known/acme-challenge/{name}`: what an authority looks for while an order runs.
pub async fn show_challenge(State(app): State<App>, Path(name): Path<String>) -> Result<String, AppError> {
    app.tls
        .as_ref()
        .and_then(|tls| tls.shown.answer(&name))
        .ok_or(AppError::NotFound)
}

//! Notices all that opens something as it goes in and out, whoever sends it, so that no test has to remember to.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, header};

use super::Witness;
use super::between;

/// Bodies above this length carry files, and no secrets.
const LONGEST: usize = 1 << 20;

/// Stands around a whole house.
pub async fn notice(State(witness): State<Witness>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    of_headers(&witness, &parts.headers);
    if parts.uri.path().starts_with("/auth/oidc/") {
        of_fields(&witness, parts.uri.query().unwrap_or_default());
    }
    let body = match kind(&parts.headers) {
        Some("application/x-www-form-urlencoded") if is_short(&parts.headers) => {
            let bytes = read(body).await;
            of_fields(&witness, &String::from_utf8_lossy(&bytes));
            Body::from(bytes)
        }
        Some("application/json") if is_short(&parts.headers) => {
            let bytes = read(body).await;
            of_json(&witness, &bytes);
            Body::from(bytes)
        }
        _ => body,
    };
    let (parts, body) = next.run(Request::from_parts(parts, body)).await.into_parts();
    of_headers(&witness, &parts.headers);
    let body = match kind(&parts.headers) {
        Some("text/html") if is_plain(&parts.headers) => {
            let bytes = read(body).await;
            of_page(&witness, &String::from_utf8_lossy(&bytes));
            Body::from(bytes)
        }
        Some("application/json") if is_plain(&parts.headers) => {
            let bytes = read(body).await;
            of_json(&witness, &bytes);
            Body::from(bytes)
        }
        _ => body,
    };
    Response::from_parts(parts, body)
}

async fn read(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}

fn kind(headers: &HeaderMap) -> Option<&str> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    kind.split(';').next().map(str::trim)
}

fn is_short(headers: &HeaderMap) -> bool {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    length
        .and_then(|text| text.parse::<usize>().ok())
        .is_some_and(|length| length <= LONGEST)
}

fn is_plain(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::CONTENT_ENCODING)
}

/// Cookies of either side, bearers, and where browsers are sent with what opens.
fn of_headers(witness: &Witness, headers: &HeaderMap) {
    let texts = |name| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    };
    for cookies in texts(header::COOKIE) {
        for (_, value) in cookies.split(';').filter_map(|one| one.split_once('=')) {
            witness.keep(value.trim());
        }
    }
    for cookie in texts(header::SET_COOKIE) {
        let pair = cookie.split(';').next().unwrap_or_default();
        if let Some((_, value)) = pair.split_once('=') {
            witness.keep(value);
        }
    }
    for value in texts(header::AUTHORIZATION) {
        witness.keep(value.trim_start_matches("Bearer ").trim());
    }
    for place in texts(header::LOCATION) {
        of_fields(witness, place.split_once('?').map_or("", |(_, query)| query));
    }
}

/// Names of fields whose values open something.
fn opens(name: &str) -> bool {
    ["password", "code", "csrf", "secret", "state", "nonce"]
        .iter()
        .any(|word| name.contains(word))
        && !name.contains("challenge")
}

fn of_fields(witness: &Witness, text: &str) {
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        if opens(name) {
            let value = value.replace('+', " ");
            let plain = percent_encoding::percent_decode_str(&value).decode_utf8_lossy();
            witness.keep(&plain);
        }
    }
}

fn of_json(witness: &Witness, bytes: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) {
        of_value(witness, "", &value);
    }
}

fn of_value(witness: &Witness, name: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            if opens(name) || name == "accessToken" || name == "token" || text.starts_with("blst_") {
                witness.keep(text);
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|one| of_value(witness, name, one)),
        serde_json::Value::Object(all) => all.iter().for_each(|(name, one)| of_value(witness, name, one)),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

/// Keys of authenticators, recovery codes, keys of programs and of forms, as pages show them.
fn of_page(witness: &Witness, page: &str) {
    if let Some(key) = between(page, "<p class=\"mono key\">", "</p>") {
        witness.keep(&key);
        witness.keep(&key.replace(' ', ""));
    }
    if let Some(list) = between(page, "<ul class=\"recovery mono\">", "</ul>") {
        for code in list.split("<li>").skip(1) {
            witness.keep(&code.replace("</li>", ""));
        }
    }
    if let Some(key) = between(page, "<meta name=\"csrf\" content=\"", "\"") {
        witness.keep(&key);
    }
    for (at, _) in page.match_indices("blst_") {
        let end = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
        witness.keep(page[at..].split(end).next().unwrap_or_default());
    }
}

//! Files on their way to a browser.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// Bytes that a browser keeps as a file of this name.
#[must_use]
pub fn attachment(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let kind = HeaderValue::from_static(media_type);
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response()
}

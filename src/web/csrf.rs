//! Unsafe requests come from our own pages, or they are refused.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, header};

use crate::error::AppError;

const REFUSED: AppError = AppError::Forbidden(
    "This request did not come from one of Ballast's own pages, so it was refused. Reload the page and try again.",
);

/// Marks a request whose visitor was recognised by something that browsers never send by themselves.
#[derive(Clone, Copy, Debug)]
pub struct WithoutCookie;

/// Refuses an unsafe request that carries a cookie and comes from elsewhere.
pub async fn require_same_origin(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let by_itself = request.extensions().get::<WithoutCookie>().is_some();
    if safe || by_itself || is_same_origin(request.headers()) {
        next.run(request).await
    } else {
        REFUSED.into_response()
    }
}

/// What the browser says of where a request comes from: `Sec-Fetch-Site`, else `Origin` against `Host`.
/// A program that sends neither is let through only without a cookie.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &http::HeaderValue| value.to_str().ok())
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, own)| own == host),
        (Some(_), None) => false,
        (None, _) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_change_things() {
        for (pairs, allowed) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://plan.example"),
                    ("host", "plan.example"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "none")], false),
            (
                &[("origin", "https://plan.example"), ("host", "plan.example")],
                true,
            ),
            (
                &[("origin", "https://evil.example"), ("host", "plan.example")],
                false,
            ),
            (&[("origin", "null"), ("host", "plan.example")], false),
            (
                &[("origin", "https://plan.example:8443"), ("host", "plan.example")],
                false,
            ),
            (&[("cookie", "a=b"), ("host", "plan.example")], false),
            (&[("host", "plan.example")], true),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, http::HeaderValue::from_static(value));
            }
            assert_eq!(is_same_origin(&headers), allowed, "{pairs:?}");
        }
    }
}

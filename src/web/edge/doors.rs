//! Requests that are turned away before anybody looks at what they ask: under a name that is not ours, or for a page of
//! somebody else.

use std::borrow::Cow;
use std::time::Duration;

use axum::extract::Request;
use http::{HeaderMap, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::names::host_of;
use crate::app::App;
use crate::error::AppError;
use crate::web::{REQUEST_ID, health};

/// Lets through what is asked under a name of ours. A monitor may ask by address how Ballast is.
///
/// # Errors
/// Under any other name.
pub fn know_host(app: &App, request: &Request) -> Result<(), AppError> {
    if health::is_asked(request.uri().path()) {
        return Ok(());
    }
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    match named(authority, request.headers()) {
        None => Err(AppError::BadRequest(
            "The request names no host, or several.".to_owned(),
        )),
        Some(host) if app.config.edge.hosts.allow(&host) => Ok(()),
        Some(_) => Err(AppError::Misdirected),
    }
}

/// The one host that a request names, in its address, in its `Host`, or in both alike.
fn named<'a>(authority: Option<&'a str>, headers: &'a HeaderMap) -> Option<Cow<'a, str>> {
    let mut all = headers.get_all(header::HOST).iter();
    let header = all.next();
    if all.next().is_some() {
        return None;
    }
    let header = match header {
        Some(value) => Some(host_of(value.to_str().ok()?)?),
        None => None,
    };
    let address = match authority {
        Some(text) => Some(host_of(text)?),
        None => None,
    };
    match (header, address) {
        (Some(one), Some(other)) if one.0 != other.0 => None,
        (Some((host, _)), _) | (None, Some((host, _))) => Some(host),
        (None, None) => None,
    }
}

/// Whether pages of other origins may ask for this path at all.
#[must_use]
pub fn may_share(path: &str) -> bool {
    path.starts_with("/api/") || path == "/graphql"
}

/// Answers preflights, and tells the browser which other origins may read what is under `/api`. None where none may.
#[must_use]
pub fn cors(app: &App) -> Option<CorsLayer> {
    let shared = &app.config.edge.shared;
    if shared.origins.is_empty() {
        return None;
    }
    let origins = shared.origins.clone();
    let anybody = origins.iter().any(|origin| origin == "*");
    let allow = AllowOrigin::predicate(move |origin: &HeaderValue, parts: &http::request::Parts| {
        may_share(parts.uri.path())
            && (anybody
                || origins
                    .iter()
                    .any(|allowed| allowed.as_bytes() == origin.as_bytes()))
    });
    let exposed = [header::ETAG, header::RETRY_AFTER, REQUEST_ID];
    let layer = CorsLayer::new()
        .allow_origin(allow)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
        ])
        .expose_headers(exposed)
        .max_age(Duration::from_mins(10));
    // Settings refuse `*` together with cookies.
    Some(layer.allow_credentials(shared.with_cookies))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_one_host() {
        for (authority, hosts, expected) in [
            (None, &["plan.example.org"][..], Some("plan.example.org")),
            (None, &["plan.example.org:8080"], Some("plan.example.org")),
            (Some("plan.example.org"), &[], Some("plan.example.org")),
            (
                Some("plan.example.org"),
                &["plan.example.org"],
                Some("plan.example.org"),
            ),
            (Some("plan.example.org"), &["evil.example"], None),
            (None, &["plan.example.org", "plan.example.org"], None),
            (None, &[], None),
            (None, &["a b"], None),
        ] {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, host.parse().unwrap());
            }
            assert_eq!(
                named(authority, &headers).as_deref(),
                expected,
                "{authority:?} {hosts:?}"
            );
        }
    }
}

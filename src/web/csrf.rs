//! Unsafe requests come from our own pages, or they are refused.

use axum::extract::Request;
use http::{HeaderMap, Method, header};

use super::Client;
use super::edge::{Origin, Origins};
use crate::app::App;
use crate::error::AppError;

const REFUSED: AppError = AppError::Forbidden(
    "This request did not come from one of Ballast's own pages, so it was refused. Reload the page and try again.",
);

/// Where browsers report by themselves. Nothing there looks at a cookie, and not every browser says whose the report is.
const REPORTS: &str = "/csp-report/";

/// Refuses an unsafe request that carries a cookie and comes from elsewhere.
///
/// # Errors
/// Where it is one.
pub fn require_same_origin(app: &App, client: Client, request: &Request) -> Result<(), AppError> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let known = Known {
        secure: client.secure,
        authority: request.uri().authority().map(http::uri::Authority::as_str),
        origins: &app.config.edge.origins,
        shared: &app.config.edge.shared.origins,
    };
    if safe || request.uri().path() == REPORTS || known.may(request.headers()) {
        Ok(())
    } else {
        Err(REFUSED)
    }
}

/// What an origin is held against.
struct Known<'a> {
    /// Whether the connection to the client is encrypted.
    secure: bool,
    /// The host as the address names it, which HTTP/2 does.
    authority: Option<&'a str>,
    /// Origins whose pages may change things here.
    origins: &'a Origins,
    /// Origins whose pages may call the interface for programs.
    shared: &'a [String],
}

impl Known<'_> {
    /// Whether the request comes from where it may.
    ///
    /// * A program that names itself in a header could not have been made to by a foreign page: no browser sends that header
    ///   along by itself.
    /// * A browser says in `Sec-Fetch-Site` that a page of the same origin asks, or in `Origin` which one does.
    /// * What says neither is no browser of today; it is let through without a cookie only.
    fn may(&self, headers: &HeaderMap) -> bool {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &http::HeaderValue| value.to_str().ok())
        };
        let bearer = text(header::AUTHORIZATION).is_some_and(|value| {
            value
                .get(..7)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
        });
        if bearer {
            return true;
        }
        let site = text(header::HeaderName::from_static("sec-fetch-site"));
        if site == Some("same-origin") {
            return true;
        }
        let has_cookie = headers.contains_key(header::COOKIE);
        let Some(said) = headers.get(header::ORIGIN) else {
            return site.is_none() && !has_cookie;
        };
        let said = said.to_str().unwrap_or_default();
        if !has_cookie && self.shared.iter().any(|origin| origin == said) {
            return true;
        }
        let Some(origin) = Origin::read(said) else {
            return false;
        };
        let host = self.authority.or_else(|| text(header::HOST));
        let own = host.and_then(|host| Origin::named(self.secure, host));
        self.origins.allow(&origin) || (site.is_none() && own == Some(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOKIE: (&str, &str) = ("cookie", "a=b");
    const HOST: (&str, &str) = ("host", "plan.example");

    fn may(secure: bool, pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, http::HeaderValue::from_static(value));
        }
        let mut origins = Origins::default();
        origins.add("https://*.trusted.example", false).unwrap();
        let known = Known {
            secure,
            authority: None,
            origins: &origins,
            shared: &["https://board.example".to_owned()],
        };
        known.may(&headers)
    }

    #[test]
    fn only_our_own_pages_may_change_things() {
        for (pairs, allowed) in [
            (&[COOKIE, ("sec-fetch-site", "same-origin")][..], true),
            (&[COOKIE, ("sec-fetch-site", "same-site")], false),
            (
                &[
                    COOKIE,
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://plan.example"),
                    HOST,
                ],
                false,
            ),
            (&[COOKIE, ("sec-fetch-site", "none")], false),
            (&[COOKIE, ("origin", "https://plan.example"), HOST], true),
            (&[COOKIE, ("origin", "https://plan.example:443"), HOST], true),
            (&[COOKIE, ("origin", "http://plan.example"), HOST], false),
            (&[COOKIE, ("origin", "https://evil.example"), HOST], false),
            (&[COOKIE, ("origin", "null"), HOST], false),
            (&[COOKIE, ("origin", ""), HOST], false),
            (&[COOKIE, ("origin", "https://plan.example:8443"), HOST], false),
            (
                &[COOKIE, ("origin", "https://plan.example.evil.example"), HOST],
                false,
            ),
            (&[COOKIE, ("origin", "https://a.trusted.example"), HOST], true),
            (
                &[
                    COOKIE,
                    ("origin", "https://a.trusted.example"),
                    ("sec-fetch-site", "cross-site"),
                ],
                true,
            ),
            (&[COOKIE, ("origin", "http://a.trusted.example"), HOST], false),
            (&[COOKIE, HOST], false),
        ] {
            assert_eq!(may(true, pairs), allowed, "{pairs:?}");
        }
        assert!(may(false, &[COOKIE, ("origin", "http://plan.example"), HOST]));
        assert!(!may(false, &[COOKIE, ("origin", "https://plan.example"), HOST]));
    }

    #[test]
    fn programs_need_no_origin() {
        let bearer = ("authorization", "Bearer abc");
        for (pairs, allowed) in [
            (&[HOST][..], true),
            (&[HOST, bearer], true),
            (&[HOST, bearer, COOKIE], true),
            (&[HOST, bearer, ("origin", "https://board.example")], true),
            (&[HOST, ("authorization", "Basic abc"), COOKIE], false),
            (
                &[
                    HOST,
                    ("origin", "https://board.example"),
                    ("sec-fetch-site", "cross-site"),
                ],
                true,
            ),
            (&[HOST, ("origin", "https://board.example"), COOKIE], false),
            (&[HOST, ("origin", "https://evil.example")], false),
            (&[HOST, ("sec-fetch-site", "cross-site")], false),
        ] {
            assert_eq!(may(true, pairs), allowed, "{pairs:?}");
        }
    }
}

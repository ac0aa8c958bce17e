//! Which limit each request meets, and whose it is.

use axum::extract::Request;
use http::{HeaderMap, header};

use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::poker::{guest_in, link_in};
use crate::web::edge::{Bucket, Whose};
use crate::web::{Client, health};

/// Lets through who does not ask too often. Signed-in people and programs count by account, so that an office behind one
/// address does not stop itself; strangers count by address.
pub(super) fn not_too_often(app: &App, client: Client, request: &Request) -> Result<(), AppError> {
    let visitor = request.extensions().get::<Visitor>();
    let visitor = visitor.filter(|visitor| !visitor.is_stranger());
    let Some(bucket) = bucket(request.uri().path(), request.headers(), visitor.is_some()) else {
        return Ok(());
    };
    let whose = match visitor {
        Some(visitor) if bucket != Bucket::Reports => Whose::Account(visitor.account.0),
        None if bucket == Bucket::Pages => guest(app, request.uri().path(), request.headers())
            .unwrap_or_else(|| Whose::stranger(client.address)),
        _ => Whose::stranger(client.address),
    };
    app.limiter.take(bucket, whose).map_err(|seconds| {
        tracing::debug!(?bucket, address = %client.address, "asked too often");
        AppError::TooMany { seconds }
    })
}

/// A guest of a room, whom a signed cookie names: those who sit in one office are counted one by one.
fn guest(app: &App, path: &str, headers: &HeaderMap) -> Option<Whose> {
    let own = guest_in(app, link_in(path)?, headers)?;
    Some(Whose::Seat(own.0))
}

/// The limit of a request; none for what is the same for everybody and costs nothing.
///
/// A page's own calls come with the session's cookie and count as the page does; a program's come with a header of its own.
fn bucket(path: &str, headers: &HeaderMap, known: bool) -> Option<Bucket> {
    if health::is_asked(path)
        || path.starts_with("/assets/")
        || path == "/favicon.ico"
        || path == "/robots.txt"
    {
        return None;
    }
    let from_page = known && !headers.contains_key(header::AUTHORIZATION);
    Some(match path {
        "/csp-report/" => Bucket::Reports,
        "/graphql" if !from_page => Bucket::Graphql,
        _ if path.starts_with("/api/") && !from_page => Bucket::Api,
        _ => Bucket::Pages,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_meets_its_limit() {
        let mut program = HeaderMap::new();
        program.insert(
            header::AUTHORIZATION,
            header::HeaderValue::from_static("Bearer x"),
        );
        let nothing = HeaderMap::new();
        for (path, headers, known, expected) in [
            ("/api/v1/people", &nothing, false, Some(Bucket::Api)),
            ("/api/v1/people", &nothing, true, Some(Bucket::Pages)),
            ("/api/v1/people", &program, true, Some(Bucket::Api)),
            ("/graphql", &program, true, Some(Bucket::Graphql)),
            ("/graphql", &nothing, false, Some(Bucket::Graphql)),
            ("/schedule", &nothing, true, Some(Bucket::Pages)),
            ("/auth/login", &nothing, false, Some(Bucket::Pages)),
            ("/csp-report/", &nothing, true, Some(Bucket::Reports)),
            ("/api/health", &nothing, false, None),
            ("/readyz", &nothing, false, None),
            ("/assets/0/app.css", &nothing, false, None),
        ] {
            assert_eq!(bucket(path, headers, known), expected, "{path}");
        }
    }
}

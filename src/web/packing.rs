//! Packs answers that were not packed when they were made, for whoever takes them so.

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{Extensions, HeaderMap, HeaderValue, Request, StatusCode, Version, header};
use hyper::body::Body as _;
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};

use super::pieces::LEVEL;

/// The same answer, packed where that is worth it. Finished ones are packed already, and cost nothing here.
///
/// * `accepts`: how whoever asks takes it.
pub async fn packed(accepts: Option<HeaderValue>, response: Response) -> Response {
    let is_finished = response.headers().contains_key(header::CONTENT_ENCODING);
    if is_finished || response.body().is_end_stream() {
        return response;
    }
    let layer = CompressionLayer::new()
        .quality(CompressionLevel::Precise(LEVEL.cast_signed()))
        .compress_when(DefaultPredicate::new().and(is_whole_only));
    let mut request = Request::new(Body::empty());
    if let Some(accepts) = accepts {
        request.headers_mut().insert(header::ACCEPT_ENCODING, accepts);
    }
    let mut response = Some(response);
    let answer =
        service_fn(move |_: Request<Body>| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
    let packed = layer.layer(answer).oneshot(request).await;
    packed.unwrap_or_else(|never| match never {}).into_response()
}

/// What can be had in parts is sent as it is: the parts of a packed file are none of the file.
fn is_whole_only(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
}

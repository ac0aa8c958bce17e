//! JSON in and out, with versions for what can be edited.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::hex;
use super::is_held;
use crate::error::AppError;

/// A JSON body, or an answer in JSON.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        if !is_json(request.headers()) {
            return Err(AppError::UnsupportedType("application/json"));
        }
        read(&super::form::whole(request, state).await?).map(Json)
    }
}

/// Whether a body says that it is JSON, which no form of another site can say.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Reads JSON.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    serde_json::from_slice(body).map_err(|error| {
        // The position helps; the library's words name fields of ours at most.
        AppError::BadRequest(format!("The JSON cannot be read: {error}."))
    })
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
                body,
            )
                .into_response(),
            Err(error) => AppError::Internal(error.to_string()).into_response(),
        }
    }
}

/// One thing in JSON with its version, for `If-None-Match` and a later `If-Match`.
pub struct Versioned<T>(pub T);

impl<T: Serialize> Versioned<T> {
    /// The thing as JSON, 304 where the reader has this version already.
    ///
    /// # Errors
    /// `Internal` where it cannot be written as JSON.
    pub fn answer(&self, headers: &HeaderMap) -> Result<Response, AppError> {
        let (body, tag) = self.body()?;
        if is_held(headers, tag.to_str().unwrap_or_default()) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        let kind = HeaderValue::from_static("application/json");
        Ok(([(header::CONTENT_TYPE, kind), (header::ETAG, tag)], body).into_response())
    }

    /// Its version alone.
    ///
    /// # Errors
    /// `Internal` where it cannot be written as JSON.
    pub fn tag(&self) -> Result<HeaderValue, AppError> {
        Ok(self.body()?.1)
    }

    /// The thing as JSON, with its version.
    ///
    /// # Errors
    /// `Internal` where it cannot be written as JSON.
    fn body(&self) -> Result<(Vec<u8>, HeaderValue), AppError> {
        let body = serde_json::to_vec(&self.0).map_err(|error| AppError::Internal(error.to_string()))?;
        let tag = tag_of(&Sha256::digest(&body))?;
        Ok((body, tag))
    }
}

/// The version of what has this digest.
///
/// # Errors
/// `Internal`, never: the digits of a digest are plain text.
pub fn tag_of(digest: &[u8]) -> Result<HeaderValue, AppError> {
    tag("", digest)
}

/// The version of what has this digest and goes out in other bytes to others, such as packed.
///
/// # Errors
/// As `tag_of`.
pub fn weak_tag_of(digest: &[u8]) -> Result<HeaderValue, AppError> {
    tag("W/", digest)
}

fn tag(kind: &str, digest: &[u8]) -> Result<HeaderValue, AppError> {
    let tag = format!("{kind}\"{}\"", hex(digest.iter().take(12)));
    HeaderValue::from_str(&tag).map_err(|error| AppError::Internal(error.to_string()))
}

/// Refuses a write that was made in view of another version than `current`. A write without `If-Match` is taken as it is.
///
/// # Errors
/// `Stale`, with what it is now.
pub fn if_match<T: Serialize>(headers: &HeaderMap, current: &T) -> Result<(), AppError> {
    let Some(seen) = headers.get(header::IF_MATCH) else {
        return Ok(());
    };
    let (_, tag) = Versioned(current).body()?;
    if *seen == tag || *seen == "*" {
        return Ok(());
    }
    let current = serde_json::to_value(current).map_err(|error| AppError::Internal(error.to_string()))?;
    Err(AppError::Stale { current })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_where_its_kind_says_so_however_it_is_spelt() {
        for (kind, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/json-seq", false),
            ("text/plain; application/json", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            assert_eq!(is_json(&headers), expected, "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}

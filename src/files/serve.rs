//! A file on its way out: whole, in part, or not at all where the reader has it already.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::rules::{disposition, is_shown};
use super::shelf;
use super::store::Attachment;
use crate::app::App;
use crate::error::AppError;
use crate::web::edge::Allows;
use crate::web::is_held;

/// Which bytes are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// From the first to the last of them.
    Range(u64, u64),
    /// None: the file ends before.
    Nothing,
}

/// Sends a file, after somebody has looked whether it may be sent.
///
/// # Errors
/// `NotFound` where its bytes are gone.
pub async fn answer(app: &App, headers: &HeaderMap, one: &Attachment) -> Result<Response, AppError> {
    let tag = format!("\"{}\"", one.sha256.get(..32).unwrap_or_default());
    let mut response = if is_held(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match part(headers, &tag, one.size) {
            Part::Nothing => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                put(
                    &mut response,
                    header::CONTENT_RANGE,
                    &format!("bytes */{}", one.size),
                );
                response
            }
            part => body(app, one, part).await?,
        }
    };
    put(&mut response, header::ETAG, &tag);
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    // The browser may keep it, and asks each time whether its reader still may.
    put(&mut response, header::CACHE_CONTROL, "private, no-cache");
    response.extensions_mut().insert(Allows {
        sandboxed: true,
        ..Allows::default()
    });
    Ok(response)
}

async fn body(app: &App, one: &Attachment, part: Part) -> Result<Response, AppError> {
    let mut file = shelf::open(&app.config.data_dir, &one.stored).await?;
    let (status, first, length) = match part {
        Part::Range(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Part::Whole | Part::Nothing => (StatusCode::OK, 0, one.size),
    };
    if first > 0 {
        file.seek(std::io::SeekFrom::Start(first))
            .await
            .map_err(|error| AppError::Internal(error.to_string()))?;
    }
    let stream = ReaderStream::with_capacity(file.take(length), 64 * 1024);
    let mut response = (status, Body::from_stream(stream)).into_response();
    put(&mut response, header::CONTENT_LENGTH, &length.to_string());
    put(&mut response, header::CONTENT_TYPE, &one.media_type);
    let named = disposition(&one.label, is_shown(&one.media_type));
    put(&mut response, header::CONTENT_DISPOSITION, &named);
    if let Part::Range(first, last) = part {
        let range = format!("bytes {first}-{last}/{}", one.size);
        put(&mut response, header::CONTENT_RANGE, &range);
    }
    Ok(response)
}

fn put(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What is asked for. A part of another version, several parts, and what cannot be read are answered with the whole.
fn part(headers: &HeaderMap, tag: &str, size: u64) -> Part {
    let Some(asked) = text(headers, header::RANGE) else {
        return Part::Whole;
    };
    if text(headers, header::IF_RANGE).is_some_and(|seen| seen != tag) {
        return Part::Whole;
    }
    let Ok(parsed) = http_range_header::parse_range_header(asked) else {
        return Part::Whole;
    };
    match parsed.validate(size) {
        Ok(ranges) => match ranges.as_slice() {
            [one] => Part::Range(*one.start(), *one.end()),
            _ => Part::Whole,
        },
        Err(_) => Part::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn the_part_that_is_asked_for_is_sent() {
        for (range, expected) in [
            ("bytes=0-9", Part::Range(0, 9)),
            ("bytes=10-", Part::Range(10, 99)),
            ("bytes=-5", Part::Range(95, 99)),
            ("bytes=90-200", Part::Range(90, 99)),
            ("bytes=100-", Part::Nothing),
            ("bytes=0-1,5-6", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("bytes=x", Part::Whole),
        ] {
            assert_eq!(
                part(&asked(&[(header::RANGE, range)]), "\"a\"", 100),
                expected,
                "{range}"
            );
        }
    }

    #[test]
    fn a_part_of_another_version_is_not_sent() {
        let headers = |seen| asked(&[(header::RANGE, "bytes=0-9"), (header::IF_RANGE, seen)]);
        assert_eq!(part(&headers("\"a\""), "\"a\"", 100), Part::Range(0, 9));
        assert_eq!(part(&headers("\"b\""), "\"a\"", 100), Part::Whole);
    }

    #[test]
    fn who_has_the_version_is_told_so() {
        for (seen, expected) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
        ] {
            assert_eq!(
                is_held(&asked(&[(header::IF_NONE_MATCH, seen)]), "\"a\""),
                expected,
                "{seen}"
            );
        }
    }
}

//! Finished answers, kept by what was asked and at which revision, as they go over the wire: plain and packed.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use foldhash::quality::RandomState;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use maud::Markup;
use moka::sync::Cache;
use serde::Serialize;

use crate::error::AppError;
use crate::ui::INSIDE;
use crate::units::hex;
use crate::web::pieces::{Piece, answer, takes_packed};
use crate::web::{Versioned, is_held};

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// What an answer answers. A changed plan has another revision, so a stale answer has no key that asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// What was asked, with every parameter that matters.
    pub asked: String,
    /// The newest change of the plan that it depends on.
    pub revision: i64,
}

/// An answer, packed when it was made, and its version where it has one.
#[derive(Debug)]
struct Finished {
    piece: Arc<Piece>,
    tag: Option<HeaderValue>,
}

/// A piece, and the tag of its version.
type Version = (Arc<Piece>, HeaderValue);

/// Finished answers, bounded by their size.
#[derive(Clone, Debug)]
pub struct Answers {
    cache: Cache<Question, Arc<Finished>, RandomState>,
}

/// How many bytes of answers stay in memory.
pub const MOST: u64 = 16 * 1_048_576;
/// What an entry takes besides its bytes.
const EACH: usize = 256;

impl Answers {
    /// An empty cache whose answers live for `ttl`: that bounds memory and is never relied on for truth.
    #[must_use]
    pub fn new(ttl: Duration) -> Self {
        let weigh = |question: &Question, answer: &Arc<Finished>| {
            u32::try_from(question.asked.len() + answer.piece.weight() + EACH).unwrap_or(u32::MAX)
        };
        Self {
            cache: Cache::builder()
                .weigher(weigh)
                .max_capacity(MOST)
                .time_to_live(ttl)
                // Some questions are a page's whole frame, and are asked with every page.
                .build_with_hasher(RandomState::default()),
        }
    }

    /// How many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.cache.run_pending_tasks();
        self.cache.weighted_size()
    }

    /// The text that answers `question`, made once however many ask at the same time.
    #[must_use]
    pub fn get_or_make(&self, question: Question, make: impl FnOnce() -> String) -> Arc<Piece> {
        self.piece(question, Box::new(|| Piece::packed_now(make())))
    }

    /// The text that answers `question`, put together of pieces that answer questions of their own.
    #[must_use]
    pub fn get_or_join(&self, question: Question, pieces: impl FnOnce() -> Vec<Arc<Piece>>) -> Arc<Piece> {
        self.piece(question, Box::new(|| Piece::joined(&pieces())))
    }

    /// What is made in a box is one kind to the cache, whoever asks: its code is there once and not for each question.
    fn piece(&self, question: Question, make: Box<dyn FnOnce() -> Arc<Piece> + '_>) -> Arc<Piece> {
        let make = || {
            let (piece, tag) = (make(), None);
            Arc::new(Finished { piece, tag })
        };
        Arc::clone(&self.cache.get_with(question, make).piece)
    }

    /// The JSON that answers `question`, put together of pieces that answer questions of their own; 304 where whoever asks with
    /// `headers` has this version already.
    ///
    /// # Errors
    /// `Internal` where some of it cannot be written as JSON.
    pub fn joined_json(
        &self,
        question: Question,
        headers: &HeaderMap,
        pieces: impl FnOnce() -> Result<Vec<Arc<Piece>>, AppError>,
    ) -> Result<Response, AppError> {
        let make = || {
            let piece = Piece::in_a_row(&pieces().map_err(|error| error.to_string())?);
            let tag = format!("\"{}\"", hex(piece.digest().iter().take(12)));
            let tag = HeaderValue::from_str(&tag).map_err(|error| error.to_string())?;
            Ok((piece, tag))
        };
        self.versioned(question, headers, Box::new(make))
    }

    /// The JSON that answers `question`, for whoever asks with `headers`; 304 where they have this version already.
    ///
    /// # Errors
    /// `Internal` where it cannot be written as JSON.
    pub fn json<T: Serialize>(
        &self,
        question: Question,
        headers: &HeaderMap,
        make: impl FnOnce() -> T,
    ) -> Result<Response, AppError> {
        let make = || {
            let (body, tag) = Versioned(make()).body().map_err(|error| error.to_string())?;
            Ok((Piece::packed_now(body), tag))
        };
        self.versioned(question, headers, Box::new(make))
    }

    fn versioned(
        &self,
        question: Question,
        headers: &HeaderMap,
        make: Box<dyn FnOnce() -> Result<Version, String> + '_>,
    ) -> Result<Response, AppError> {
        let make = || {
            let (piece, tag) = make()?;
            let tag = Some(tag);
            Ok::<_, String>(Arc::new(Finished { piece, tag }))
        };
        let finished = self
            .cache
            .try_get_with(question, make)
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let tag = finished.tag.clone().unwrap_or(HeaderValue::from_static("\"\""));
        if is_held(headers, tag.to_str().unwrap_or_default()) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        let mut response = answer(JSON, &[Arc::clone(&finished.piece)], takes_packed(headers));
        response.headers_mut().insert(header::ETAG, tag);
        Ok(response)
    }

    /// A page around a finished inside. What stands around it is the same for each page that somebody opens, and is kept too.
    #[must_use]
    pub fn page(&self, headers: &HeaderMap, around: &Markup, inside: &Arc<Piece>) -> Response {
        let around = around.0.as_str();
        let (before, after) = around.split_once(INSIDE).unwrap_or((around, ""));
        let frame = |part: &str| {
            let question = Question {
                asked: part.to_owned(),
                revision: 0,
            };
            self.get_or_make(question, || part.to_owned())
        };
        let pieces = [frame(before), Arc::clone(inside), frame(after)];
        answer(HTML, &pieces, takes_packed(headers))
    }

    /// A finished piece of a page, alone.
    #[must_use]
    pub fn fragment(headers: &HeaderMap, piece: Arc<Piece>) -> Response {
        answer(HTML, &[piece], takes_packed(headers))
    }
}

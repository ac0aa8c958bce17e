//! An answer that is finished, as it is kept: plain, packed, and where it is long, packed harder when somebody has found the time.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderValue;

use crate::web::pieces::{Harder, Piece};

/// From how many bytes on, as they are written, packing harder saves what anybody would notice.
const LONG: usize = 16 * 1_024;

/// An answer, packed when it was made, and its version where it has one.
#[derive(Debug)]
pub struct Finished {
    pub(super) revision: i64,
    pub(super) piece: Arc<Piece>,
    pub(super) tag: Option<HeaderValue>,
    since: Instant,
    /// None where that would save nothing.
    harder: Option<Harder>,
}

impl Finished {
    /// What is sent as it is, or within a page.
    pub(super) fn whole(revision: i64, piece: Arc<Piece>, tag: Option<HeaderValue>) -> Self {
        Self {
            harder: (piece.length() >= LONG).then(Harder::default),
            tag,
            ..Self::part(revision, piece)
        }
    }

    /// What others are put together of.
    pub(super) fn part(revision: i64, piece: Arc<Piece>) -> Self {
        Self {
            revision,
            piece,
            tag: None,
            since: Instant::now(),
            harder: None,
        }
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        self.piece.text()
    }

    /// How long it has been as it is.
    pub(super) fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// Where it is kept packed harder, if it is worth that.
    pub(super) const fn harder(&self) -> Option<&Harder> {
        self.harder.as_ref()
    }

    /// How many bytes it takes, with all that it may take later: packed harder it is never longer than packed at once.
    pub(super) fn weight(&self) -> usize {
        let later = self
            .harder
            .as_ref()
            .map_or(0, |_| Harder::KINDS * self.piece.length_packed());
        self.piece.weight() + later
    }
}

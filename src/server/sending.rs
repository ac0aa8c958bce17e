//! The body of an answer as it is sent: its connection knows when a piece lies untaken, and when all is sent.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, SizeHint};

use super::pulse::Running;

/// So many bytes are gathered before they are sent, where they are there already.
const GATHERED: usize = 256 * 1_024;
/// So many pieces are gathered; the system takes so many at once.
const PIECES: usize = 64;

/// Pieces of a body that go out together, without being copied.
#[derive(Debug)]
pub struct Pieces(VecDeque<Bytes>);

impl Buf for Pieces {
    fn remaining(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    fn chunk(&self) -> &[u8] {
        self.0.front().map_or(&[], Bytes::as_ref)
    }

    fn chunks_vectored<'a>(&'a self, places: &mut [IoSlice<'a>]) -> usize {
        let filled = places.iter_mut().zip(&self.0);
        filled.map(|(place, piece)| *place = IoSlice::new(piece)).count()
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0
            && let Some(first) = self.0.front_mut()
        {
            let step = count.min(first.len());
            first.advance(step);
            count -= step;
            if first.is_empty() {
                self.0.pop_front();
            }
        }
    }
}

/// An answer's body, with the request that it answers.
pub struct Sending {
    inner: axum::body::Body,
    running: Running,
    /// What came after pieces that were gathered: trailers, or a fault.
    after: Option<Result<Frame<Pieces>, axum::Error>>,
    ended: bool,
}

impl Sending {
    pub fn new(inner: axum::body::Body, mut running: Running) -> Self {
        let ended = inner.is_end_stream();
        if ended {
            running.finish();
        }
        Self {
            inner,
            running,
            after: None,
            ended,
        }
    }

    /// The pieces that are there already, so that they go out at once and not one by one.
    fn gathered(&mut self, cx: &mut Context<'_>) -> VecDeque<Bytes> {
        let (mut pieces, mut length) = (VecDeque::new(), 0);
        while length < GATHERED && pieces.len() < PIECES && !self.ended {
            let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) else {
                break;
            };
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(bytes))) => {
                    length += bytes.len();
                    pieces.extend(Some(bytes).filter(|bytes| !bytes.is_empty()));
                    self.ended = self.inner.is_end_stream();
                }
                Some(Ok(Err(other))) => {
                    self.after = other
                        .into_trailers()
                        .ok()
                        .map(|trailers| Ok(Frame::trailers(trailers)));
                    self.ended = true;
                }
                Some(Err(error)) => {
                    self.after = Some(Err(error));
                    self.ended = true;
                }
                None => self.ended = true,
            }
        }
        pieces
    }
}

impl Body for Sending {
    type Data = Pieces;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Pieces>, axum::Error>>> {
        let this = &mut *self;
        this.running.taken();
        let pieces = this.gathered(cx);
        let frame = if !pieces.is_empty() {
            Some(Ok(Frame::data(Pieces(pieces))))
        } else if this.ended {
            this.after.take()
        } else {
            return Poll::Pending;
        };
        if this.is_end_stream() {
            this.running.finish();
        }
        if frame.is_some() {
            this.running.handed();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.after.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream::{self, StreamExt as _};
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;
    use crate::server::pulse::Pulse;

    fn sending(frames: Vec<Result<Frame<Bytes>, axum::Error>>, goes_on: bool) -> Sending {
        let frames = stream::iter(frames);
        let body = if goes_on {
            axum::body::Body::new(StreamBody::new(frames.chain(stream::pending())))
        } else {
            axum::body::Body::new(StreamBody::new(frames))
        };
        Sending::new(body, Pulse::new().begin())
    }

    #[expect(clippy::unnecessary_wraps, reason = "a stream of frames is one of results")]
    fn data(text: &'static str) -> Result<Frame<Bytes>, axum::Error> {
        Ok(Frame::data(Bytes::from_static(text.as_bytes())))
    }

    fn texts(pieces: &Pieces) -> Vec<&[u8]> {
        pieces.0.iter().map(Bytes::as_ref).collect()
    }

    #[tokio::test]
    async fn what_is_there_goes_out_at_once_and_what_is_to_come_is_not_waited_for() {
        let mut body = sending(vec![data("one"), data(""), data("two")], true);
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(texts(&frame), [b"one".as_slice(), b"two"]);
        assert!(!body.is_end_stream());
        let next = tokio::time::timeout(std::time::Duration::from_millis(10), body.frame()).await;
        assert!(next.is_err());
    }

    #[tokio::test]
    async fn a_fault_comes_after_what_was_sound() {
        let fault = Err(axum::Error::new("broken"));
        let mut body = sending(vec![data("one"), fault], false);
        assert!(body.frame().await.unwrap().is_ok());
        assert!(!body.is_end_stream());
        assert!(body.frame().await.unwrap().is_err());
        assert!(body.is_end_stream() && body.frame().await.is_none());
    }

    #[tokio::test]
    async fn no_more_is_gathered_than_the_system_takes() {
        let many = (0..=PIECES).map(|_| data("x")).collect();
        let mut body = sending(many, false);
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(frame.remaining(), PIECES);
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(frame.remaining(), 1);
    }

    #[test]
    fn pieces_are_read_across_their_ends() {
        let pieces = || Pieces([Bytes::from_static(b"one"), Bytes::from_static(b"two")].into());
        for taken in 0..=6 {
            let mut left = pieces();
            left.advance(taken);
            let mut places = [IoSlice::new(&[]); 4];
            let count = left.chunks_vectored(&mut places);
            let read: Vec<u8> = places
                .iter()
                .take(count)
                .flat_map(|place| place.to_vec())
                .collect();
            assert_eq!(read, b"onetwo"[taken..]);
            assert_eq!(left.remaining(), 6 - taken);
        }
    }
}

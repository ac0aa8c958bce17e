//! The body of an answer as it is sent: its connection knows when a piece lies untaken, and when all is sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::pulse::Running;

/// An answer's body, with the request that it answers.
pub struct Sending {
    inner: axum::body::Body,
    running: Running,
}

impl Sending {
    pub fn new(inner: axum::body::Body, mut running: Running) -> Self {
        if inner.is_end_stream() {
            running.finish();
        }
        Self { inner, running }
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        this.running.taken();
        let frame = Pin::new(&mut this.inner).poll_frame(cx);
        match &frame {
            Poll::Pending => {}
            Poll::Ready(None) => this.running.finish(),
            Poll::Ready(Some(_)) => {
                if this.inner.is_end_stream() {
                    this.running.finish();
                }
                this.running.handed();
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

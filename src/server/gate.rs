//! The gate before hyper: what might be understood in two ways becomes something that nobody understands, so that hyper
//! answers 400 in its turn and closes the connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::pulse::Pulse;
use super::strict::Strict;

/// Reads and writes as `inner` does, and reads along.
pub struct Gate<T> {
    inner: T,
    strict: Strict,
    pulse: Arc<Pulse>,
    spoilt: bool,
}

impl<T> Gate<T> {
    pub fn new(inner: T, pulse: Arc<Pulse>) -> Self {
        Self {
            inner,
            strict: Strict::new(),
            pulse,
            spoilt: false,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Gate<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.spoilt {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        if self.strict.is_other() {
            return Poll::Ready(Ok(()));
        }
        let begun = self.strict.begun();
        let came = buffer.filled_mut().get_mut(before..).unwrap_or_default();
        if let Some(at) = self.strict.judge(came) {
            self.spoilt = true;
            // No line of a request holds this byte.
            if let Some(byte) = came.get_mut(at) {
                *byte = 0;
            }
            buffer.set_filled(before + at + 1);
        }
        if self.strict.is_other() {
            self.pulse.speaks_h2();
        } else {
            let anew = self.strict.begun() > begun;
            self.pulse.heading(self.strict.in_head() && !self.spoilt, anew);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Gate<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

//! The gate before hyper: what might be understood in two ways becomes something that nobody understands, so that hyper
//! answers 400 in its turn and closes the connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::pulse::Pulse;
use super::strict::Strict;

/// Reads and writes as `inner` does, and reads along.
pub struct Gate<T> {
    inner: T,
    /// What was read of it already.
    first: Bytes,
    strict: Strict,
    pulse: Arc<Pulse>,
    /// What is left to be read in place of what was ambiguous; then the connection is at its end.
    spoilt: Option<&'static [u8]>,
}

/// No line of a request holds the first of these bytes. The others end a head, since hyper looks at whole ones only.
const SPOILT: &[u8] = b"\0\r\n\r\n";

/// Puts as much of `left` into `buffer` as goes there, and answers the rest.
fn put<'a>(left: &'a [u8], buffer: &mut ReadBuf<'_>) -> &'a [u8] {
    let (now, later) = left.split_at(left.len().min(buffer.remaining()));
    buffer.put_slice(now);
    later
}

impl<T> Gate<T> {
    /// * `first`: what was read of `inner` already.
    pub fn new(inner: T, first: Bytes, pulse: Arc<Pulse>) -> Self {
        Self {
            inner,
            first,
            strict: Strict::new(),
            pulse,
            spoilt: None,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Gate<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(left) = self.spoilt {
            self.spoilt = Some(put(left, buffer));
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if self.first.is_empty() {
            ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        } else {
            let count = self.first.len().min(buffer.remaining());
            buffer.put_slice(&self.first.split_to(count));
        }
        if self.strict.is_other() {
            return Poll::Ready(Ok(()));
        }
        let begun = self.strict.begun();
        let came = buffer.filled().get(before..).unwrap_or_default();
        if let Some(at) = self.strict.judge(came) {
            buffer.set_filled(before + at);
            self.spoilt = Some(put(SPOILT, buffer));
        }
        if self.strict.is_other() {
            self.pulse.speaks_h2();
        } else {
            let anew = self.strict.begun() > begun;
            self.pulse
                .heading(self.strict.in_head() && self.spoilt.is_none(), anew);
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn what_was_read_already_is_read_first_and_all_of_it_is_judged() {
        let request = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        for at in 0..=request.len() {
            let (first, rest) = request.split_at(at);
            let mut gate = Gate::new(rest, Bytes::from_static(first), Pulse::new());
            let (mut all, mut few) = (Vec::new(), [0; 5]);
            while let Ok(count @ 1..) = gate.read(&mut few).await {
                all.extend_from_slice(&few[..count]);
            }
            assert_eq!(all, request, "{at}");
            assert_eq!(gate.strict.begun(), 1);
        }
    }
}

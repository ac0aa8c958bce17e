//! Which version of HTTP a client speaks, as its first bytes tell.
//!
//! They are read here, and the gate hands them to hyper together. Whoever gives it the preface of HTTP/2 and the rest one after the other makes
//! its buffer twice as large, for as long as the connection stands.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// How a connection over HTTP/2 begins (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// So much is read at first: more than the head of nearly every request.
const FIRST: usize = 4 * 1_024;

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0 or HTTP/1.1, or nothing that anybody understands.
    Http1,
    /// HTTP/2.
    Http2,
}

/// Waits until the first bytes of `stream` tell what its client speaks, or it has gone.
pub async fn first_bytes<T: AsyncRead + Unpin>(stream: &mut T) -> io::Result<(Bytes, Version)> {
    let mut first = Vec::with_capacity(FIRST);
    loop {
        let came = stream.read_buf(&mut first).await?;
        let version = if first.starts_with(PREFACE) {
            Version::Http2
        } else if came == 0 || !PREFACE.starts_with(&first) {
            Version::Http1
        } else {
            continue;
        };
        return Ok((first.into(), version));
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// What is told of a client that sends these pieces and goes, and what is read of it afterwards.
    async fn told(pieces: &[&[u8]]) -> (Version, Vec<u8>) {
        let (mut ours, mut theirs) = tokio::io::duplex(64 * 1_024);
        let sent: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.to_vec()).collect();
        tokio::spawn(async move {
            for piece in sent {
                theirs.write_all(&piece).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let (first, version) = first_bytes(&mut ours).await.unwrap();
        let mut all = first.to_vec();
        ours.read_to_end(&mut all).await.unwrap();
        (version, all)
    }

    #[tokio::test]
    async fn the_first_bytes_tell_what_a_client_speaks_and_none_is_lost() {
        let request: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        let long = [b"PUT /".as_slice(), &[b'x'; 3 * FIRST]].concat();
        let (half, rest) = PREFACE.split_at(9);
        for (pieces, version) in [
            (&[request][..], Version::Http1),
            (&[b"P", b"OST / HTTP/1.1\r\n\r\n"], Version::Http1),
            (&[b"PRI * HTTP/1.1\r\n\r\n"], Version::Http1),
            (&[b"PRI"], Version::Http1),
            (&[], Version::Http1),
            (&[&long], Version::Http1),
            (&[PREFACE], Version::Http2),
            (&[half, rest, b"more"], Version::Http2),
            (&[&[PREFACE, b"frames"].concat()], Version::Http2),
        ] {
            assert_eq!(told(pieces).await, (version, pieces.concat()));
        }
    }
}

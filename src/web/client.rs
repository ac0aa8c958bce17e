//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{FromRequestParts, Request};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};

use super::random::random;
use crate::app::App;
use crate::units::without_words;

/// The one who asks, as far as the connection tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The address of their machine, or of the proxy before it where that is not trusted to name them.
    pub address: IpAddr,
    /// Whether the connection to them is encrypted.
    pub secure: bool,
    /// The number of what they ask, by which it is found in the log.
    pub request: RequestId,
}

/// Says what a request is called.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Whoever sends it wants a part of a page, and not the frame around it.
const FRAGMENT: HeaderName = HeaderName::from_static("x-fragment");

/// Whether a part of a page is asked for.
#[must_use]
pub fn is_fragment(headers: &HeaderMap) -> bool {
    headers.contains_key(FRAGMENT)
}

/// By what a request is found in the log: a number of ours at random, or what whoever stands before us calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId {
    letters: [u8; Self::LONGEST],
    length: u8,
}

impl Default for RequestId {
    fn default() -> Self {
        Self {
            letters: [b'0'; Self::LONGEST],
            length: 16,
        }
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl RequestId {
    const LONGEST: usize = 64;

    /// Another one.
    fn random() -> Self {
        // Without randomness requests share a number, and are answered all the same.
        let number = u64::from_be_bytes(random().unwrap_or_default());
        let mut letters = [b'0'; Self::LONGEST];
        for (place, letter) in letters.iter_mut().take(16).enumerate() {
            let digit = number >> (60 - 4 * place) & 0xf;
            *letter = DIGITS
                .get(usize::try_from(digit).unwrap_or(0))
                .copied()
                .unwrap_or(b'0');
        }
        Self { letters, length: 16 }
    }

    /// What `X-Request-ID` says, if it is one: 1 to 64 letters, digits and hyphens, and none of the words that whoever looks
    /// through a log would take for a slip.
    fn named(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        if text.is_empty() || !plain || without_words(text) != text {
            return None;
        }
        let mut letters = [0_u8; Self::LONGEST];
        letters.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self {
            letters,
            length: u8::try_from(text.len()).ok()?,
        })
    }

    fn of(headers: &HeaderMap) -> Option<Self> {
        Self::named(headers.get(REQUEST_ID)?.to_str().ok()?)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let letters = self.letters.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Client {
    /// Whose a request is, as it was found out when it came.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        let known = extensions.get::<Self>().copied();
        known.unwrap_or_else(|| Self::direct(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }

    /// The peer of a connection that nobody stands between.
    #[must_use]
    pub fn direct(address: IpAddr) -> Self {
        Self {
            address: address.to_canonical(),
            secure: false,
            request: RequestId::default(),
        }
    }
}

/// On each request: the other end of the connection that it came by.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Where it is.
    pub address: SocketAddr,
    /// Whether the connection to it is encrypted here.
    pub encrypted: bool,
}

/// Tells a request whose it is: what its connection says, or a proxy of ours that it came through.
pub fn know(app: &App, request: &mut Request) -> Client {
    let (peer, encrypted) = request
        .extensions()
        .get::<Peer>()
        .map_or((IpAddr::V4(Ipv4Addr::UNSPECIFIED), false), |peer| {
            (peer.address.ip(), peer.encrypted)
        });
    let proxies = &app.config.edge.proxies;
    let mut client = Client {
        request: RequestId::of(request.headers()).unwrap_or_else(RequestId::random),
        ..proxies.client(peer, request.headers())
    };
    if encrypted && !proxies.tells(peer, request.headers()) {
        client.secure = true;
    }
    name_host(request);
    request.extensions_mut().insert(client);
    client
}

/// Over HTTP/2 the host stands in the address alone; whoever reads the header finds it there too (RFC 9113, 8.3.1).
fn name_host(request: &mut Request) {
    if request.headers().contains_key(header::HOST) {
        return;
    }
    let host = request
        .uri()
        .authority()
        .and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.extensions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_called_what_others_call_it_where_that_is_a_plain_name() {
        let long = "a".repeat(65);
        for (text, taken) in [
            ("a", true),
            ("01J9-Zx", true),
            (&long[..64], true),
            (&long, false),
            ("", false),
            ("a b", false),
            ("a\"b", false),
            ("ä", false),
            ("my-Token-1", false),
        ] {
            let named = RequestId::named(text);
            assert_eq!(named.is_some(), taken, "{text}");
            assert!(named.is_none_or(|named| named.as_str() == text));
        }
        assert_eq!(RequestId::random().as_str().len(), 16);
        assert_ne!(RequestId::random(), RequestId::random());
    }
}

//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, header};

use crate::app::App;

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

/// The number of a request, at random.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestId(u64);

impl RequestId {
    /// Another one.
    pub(super) fn new() -> Self {
        let mut bytes = [0_u8; 8];
        // Without randomness requests share a number, and are answered all the same.
        let _ = getrandom::fill(&mut bytes);
        Self(u64::from_le_bytes(bytes))
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Client {
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

/// On each request: whether the connection that it came by is encrypted here.
#[derive(Clone, Copy, Debug)]
pub struct Encrypted(pub bool);

/// Tells every request whose it is: what its connection says, or a proxy of ours that it came through.
pub async fn know(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    let proxies = &app.config.edge.proxies;
    let mut client = Client {
        request: RequestId::new(),
        ..proxies.client(peer, request.headers())
    };
    let encrypted = request.extensions().get::<Encrypted>();
    if encrypted.is_some_and(|encrypted| encrypted.0) && !proxies.tells(peer, request.headers()) {
        client.secure = true;
    }
    name_host(&mut request);
    request.extensions_mut().insert(client);
    next.run(request).await
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
        Ok(parts
            .extensions
            .get::<Self>()
            .copied()
            .unwrap_or_else(|| Self::direct(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

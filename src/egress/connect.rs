//! How a connection is made: the name is looked up once, each address is judged, and only a judged one is dialled.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

use super::EgressError;
use super::places::{Opened, is_open};

/// How long one address gets before the next one is tried.
const ONE_ADDRESS: Duration = Duration::from_secs(4);

/// Dials what may be dialled.
#[derive(Clone)]
pub(super) struct Dialler {
    pub opened: Arc<[Opened]>,
    /// Whether this very machine may be asked when it is named as such: at a desk, not in production.
    pub own_machine: bool,
}

impl Dialler {
    /// Whether `address`, found under `host`, may be dialled.
    fn allows(&self, host: &str, address: IpAddr) -> bool {
        is_open(address)
            || (self.own_machine && is_own_machine(host) && address.to_canonical().is_loopback())
            || self.opened.iter().any(|opened| opened.opens(host, address))
    }

    /// The addresses of `host` that may be dialled. It is looked up here and nowhere else, so that no second answer of a
    /// name server can lead elsewhere than what was judged.
    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, EgressError> {
        let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => tokio::net::lookup_host((host, port))
                .await
                .map_err(|_| EgressError::Unreachable)?
                .collect(),
        };
        let known = !found.is_empty();
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|found| self.allows(host, found.ip()))
            .collect();
        match (known, allowed.is_empty()) {
            (false, _) => Err(EgressError::Unreachable),
            (true, true) => Err(EgressError::Closed),
            (true, false) => Ok(allowed),
        }
    }

    async fn dial(self, uri: Uri) -> Result<TokioIo<TcpStream>, EgressError> {
        let host = host_of(&uri).ok_or(EgressError::BadAddress)?;
        let port = uri
            .port_u16()
            .unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
        for address in self.addresses(host, port).await? {
            if let Ok(Ok(stream)) = tokio::time::timeout(ONE_ADDRESS, TcpStream::connect(address)).await {
                return Ok(TokioIo::new(stream));
            }
        }
        Err(EgressError::Unreachable)
    }
}

/// The host of an address, without the brackets of the newer kind.
pub(super) fn host_of(uri: &Uri) -> Option<&str> {
    let host = uri.host()?.trim_matches(['[', ']']);
    (!host.is_empty()).then_some(host)
}

/// Whether a name means this very machine, without asking anybody.
pub(super) fn is_own_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

impl Service<Uri> for Dialler {
    type Response = TokioIo<TcpStream>;
    type Error = EgressError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().dial(uri))
    }
}

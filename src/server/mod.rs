//! The loop that serves connections: limits on what a client may take, and an end that lets running requests finish.

mod control;
mod patient;
mod peers;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::tls::Tls;
use crate::web::Encrypted;
use crate::web::edge::Proxies;
pub use control::{Control, SOCKET};
use patient::Patient;
use peers::Peers;

/// How many connections are served at a time; further ones wait in the system's queue.
const CONNECTIONS: usize = 10_000;
/// How large the head of a request may be: 16 KiB over HTTP/2 too.
const HEAD: usize = 16 * 1024;
/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may take until the connection is encrypted.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection may stand open before its first request has come.
const FIRST_REQUEST_WITHIN: Duration = Duration::from_secs(15);
/// For how long a client may take nothing of what is sent to it.
const TAKES_WITHIN: Duration = Duration::from_secs(30);
/// For how long a client may answer nothing at all, not even that bytes have come. Two beats of a line go unheard in it, so
/// whoever's network is gone counts as gone soon. Other systems than Linux keep their own, longer time.
#[cfg(target_os = "linux")]
const UNHEARD_FOR: Duration = Duration::from_secs(40);
/// How long accepting pauses when the system has no more descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Where connections come in.
pub struct Door {
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
}

impl Door {
    /// A door for connections that are not encrypted.
    #[must_use]
    pub const fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None }
    }

    /// A door for connections that `tls` encrypts.
    #[must_use]
    pub const fn encrypted(listener: TcpListener, tls: Arc<Tls>) -> Self {
        Self {
            listener,
            tls: Some(tls),
        }
    }
}

/// Serves `router` behind every door until `stop` is done; then nothing new is taken and what runs gets `grace` to finish.
///
/// * `proxies`: the machines whose connections are many people's.
pub async fn serve(
    doors: Vec<Door>,
    router: Router,
    proxies: Proxies,
    stop: impl Future<Output = ()>,
    grace: Duration,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let peers = Peers::new(proxies);
    let graceful = GracefulShutdown::new();
    let builder = Arc::new(connection_builder());
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&doors, &places) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer, tls, place)) = accepted else {
            continue;
        };
        // One address alone does not take every place.
        let Some(counted) = peers.enter(peer.ip()) else {
            continue;
        };
        let (builder, watcher) = (Arc::clone(&builder), graceful.watcher());
        let router = router.clone();
        tokio::spawn(async move {
            let stream = Patient::new(stream, TAKES_WITHIN);
            match tls {
                None => converse(&builder, watcher, stream, (router, peer, false)).await,
                // Nobody else waits for the handshake.
                Some(tls) => {
                    let shaken = tokio::time::timeout(HANDSHAKE_WITHIN, tls.acceptor().accept(stream)).await;
                    match shaken {
                        Ok(Ok(stream)) if !Tls::was_a_look(&stream) => {
                            converse(&builder, watcher, stream, (router, peer, true)).await;
                        }
                        Ok(Ok(_)) | Err(_) => {}
                        Ok(Err(error)) => tracing::debug!(%error, "a connection could not be encrypted"),
                    }
                }
            }
            drop((place, counted));
        });
    }
    drop(doors);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(grace) => tracing::warn!("some requests did not finish in time"),
    }
}

/// Answers what is asked over one connection, until it ends.
async fn converse<S>(
    builder: &Builder<TokioExecutor>,
    watcher: Watcher,
    stream: S,
    (router, peer, encrypted): (Router, SocketAddr, bool),
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = Arc::new(AtomicBool::new(false));
    let service = service(router, peer, encrypted, Arc::clone(&asked));
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    let talk = watcher.watch(connection);
    tokio::pin!(talk);
    let ended = tokio::select! {
        ended = &mut talk => Some(ended),
        () = silence(&asked) => None,
    };
    // A client that breaks off, says nothing, or speaks no HTTP is no fault of ours.
    if let Some(Err(error)) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

type Answer = std::pin::Pin<Box<dyn Future<Output = Result<axum::response::Response, Infallible>> + Send>>;

/// The router as hyper wants it; each request is told who its peer is.
fn service(
    router: Router,
    peer: SocketAddr,
    encrypted: bool,
    asked: Arc<AtomicBool>,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = axum::response::Response,
    Error = Infallible,
    Future = Answer,
> {
    hyper::service::service_fn(move |request: hyper::Request<Incoming>| -> Answer {
        asked.store(true, Ordering::Relaxed);
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Encrypted(encrypted));
        let router = router.clone();
        Box::pin(async move {
            Ok(router
                .oneshot(request)
                .await
                .unwrap_or_else(|never| match never {}))
        })
    })
}

/// Done when the time for the first request is over and none has come; never otherwise.
async fn silence(asked: &AtomicBool) {
    tokio::time::sleep(FIRST_REQUEST_WITHIN).await;
    if asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

fn connection_builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD)
        .max_headers(64);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .max_header_list_size(u32::try_from(HEAD).unwrap_or(u32::MAX))
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}

type Accepted = (TcpStream, SocketAddr, Option<Arc<Tls>>, OwnedSemaphorePermit);

async fn accept(doors: &[Door], places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let knocks = doors.iter().map(|door| Box::pin(door.listener.accept()));
    let (accepted, which, _) = futures_util::future::select_all(knocks).await;
    match accepted {
        Ok((stream, peer)) => {
            tune(&stream);
            let tls = doors.get(which).and_then(|door| door.tls.clone());
            Some((stream, peer, tls, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}

/// Sets what a connection has that we serve. Where the system refuses, it is served as it is.
fn tune(stream: &TcpStream) {
    // Small answers leave at once.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        let most = u32::try_from(UNHEARD_FOR.as_millis()).unwrap_or(u32::MAX);
        let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, most);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whose_network_is_gone_is_not_waited_for_longer_than_two_beats() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let places = Arc::new(Semaphore::new(1));
        let (stream, ..) = accept(&[Door::plain(listener)], &places).await.unwrap();
        assert_eq!(rustix::net::sockopt::tcp_user_timeout(&stream).unwrap(), 40_000);
        assert!(stream.nodelay().unwrap());
    }
}

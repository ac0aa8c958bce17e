//! A small listener for those who are near: this machine, and networks that are nobody else's.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// How many ask at a time.
const AT_ONCE: usize = 16;
/// How long one connection lives.
const WHOLE: Duration = Duration::from_secs(30);
/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// How long accepting rests where the system has nothing to give.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers with `router` for as long as it is polled, whoever `is_near`.
pub async fn serve_near(listener: TcpListener, router: Router, is_near: fn(IpAddr) -> bool) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) if is_near(peer.ip()) => {
                let router = router.clone();
                tokio::spawn(async move {
                    // Whoever takes longer has gone.
                    let _ = tokio::time::timeout(WHOLE, answer(stream, router)).await;
                    drop(place);
                });
            }
            Ok(_) => tracing::warn!("somebody from elsewhere knocked where only near ones are answered"),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn answer(stream: TcpStream, router: Router) {
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let answer = router.oneshot(request.map(axum::body::Body::new)).await;
            Ok::<_, Infallible>(answer.unwrap_or_else(|never| match never {}))
        }
    });
    // Who breaks off is not told of.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

//! The descriptor in reserve: where the system has no more of them, whoever asks whether Ballast works is still answered.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::front::Front;
use crate::web::{Peer, health};

/// How long whoever gets the reserve may keep it.
const WITHIN: Duration = Duration::from_secs(2);
/// How often the log is told.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// A descriptor that is open for nothing but to be closed.
pub struct Reserve(Mutex<Kept>);

struct Kept {
    file: Option<File>,
    told: Option<Instant>,
}

impl Reserve {
    pub fn new() -> Self {
        Self(Mutex::new(Kept {
            file: open(),
            told: None,
        }))
    }

    /// Gives the reserve to the next connection that `accept` answers, and takes it back when that was answered.
    pub async fn lend<S, A>(&self, front: Front, accept: A)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        A: Future<Output = io::Result<(S, SocketAddr)>>,
    {
        let mut kept = self.0.lock().await;
        if kept.told.is_none_or(|told| told.elapsed() > TOLD_EVERY) {
            kept.told = Some(Instant::now());
            tracing::warn!("no more descriptors: connections wait, raise LimitNOFILE or lower CONNECTIONS");
        }
        kept.file = None;
        let lent = async {
            if let Ok((stream, peer)) = accept.await {
                answer(stream, peer, front).await;
            }
        };
        // Whoever is too slow for it gets nothing.
        let _ = tokio::time::timeout(WITHIN, lent).await;
        kept.file = open();
    }
}

/// Whether there are no more descriptors, here or in the whole system.
pub fn is_needed(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    code == Some(rustix::io::Errno::MFILE.raw_os_error())
        || code == Some(rustix::io::Errno::NFILE.raw_os_error())
}

fn open() -> Option<File> {
    File::open("/dev/null").ok()
}

/// Answers one question about health; everything else is told to come again.
async fn answer<S>(stream: S, address: SocketAddr, front: Front)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let front = front.clone();
        async move {
            request.extensions_mut().insert(Peer {
                address,
                encrypted: false,
            });
            let answer: Response = if health::is_asked(request.uri().path()) {
                front.answer(request.map(axum::body::Body::new)).await
            } else {
                (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
            };
            Ok::<_, Infallible>(answer)
        }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "whoever got the reserve broke off");
    }
}

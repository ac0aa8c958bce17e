//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, Method, Request, StatusCode, header};
use hyper::body::{Body as _, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::arriving::{Arrival, Arriving, Trouble};
use super::begun::{Version, first_bytes};
use super::gate::Gate;
use super::limits::{ADDRESS, HEAD, HEADERS, Limits};
use super::listen::Stream;
use super::patient::Patient;
use super::pulse::{Pulse, Running, Why};
use super::sending::Sending;
use super::{Answer, Current, Phase};
use crate::tls::Tls;
use crate::web::{Intake, Peer};

/// How long a client may take until the connection is encrypted.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// What every connection is served with.
pub struct Common {
    pub current: Current,
    /// How many bytes of bodies may still be taken in.
    pub budget: Arc<AtomicUsize>,
    pub phase: watch::Receiver<Phase>,
}

/// Serves `stream`, after its handshake where `tls` encrypts it.
pub async fn begin(stream: Stream, address: SocketAddr, common: Arc<Common>, tls: Option<Arc<Tls>>) {
    let stream = Patient::new(stream, common.current.borrow().limits.takes);
    match tls {
        None => {
            let peer = Peer {
                address,
                encrypted: false,
            };
            serve(stream, peer, common).await;
        }
        // In a box of its own, so that whoever comes plainly does not take the room of both.
        Some(tls) => Box::pin(begin_encrypted(stream, address, common, tls)).await,
    }
}

async fn begin_encrypted(stream: Patient<Stream>, address: SocketAddr, common: Arc<Common>, tls: Arc<Tls>) {
    match tokio::time::timeout(HANDSHAKE_WITHIN, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) if !Tls::was_a_look(&stream) => {
            let peer = Peer {
                address,
                encrypted: true,
            };
            serve(stream, peer, common).await;
        }
        Ok(Ok(_)) | Err(_) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection could not be encrypted"),
    }
}

/// Serves `stream` until its client goes, takes too much, or the server ends.
async fn serve<S>(mut stream: S, peer: Peer, common: Arc<Common>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = common.current.borrow().limits.clone();
    let mut phase = common.phase.clone();
    let pulse = Pulse::new();
    let begun = tokio::select! {
        begun = first_bytes(&mut stream) => begun,
        why = pulse.given_up(&limits) => {
            tracing::debug!(?why, "a connection was given up");
            return;
        }
        // Nobody who has asked nothing is waited for at the end.
        Ok(_) = phase.wait_for(|phase| *phase == Phase::Ending) => return,
    };
    let (first, version) = match begun {
        Ok(begun) => begun,
        Err(error) => {
            tracing::debug!(%error, "a connection ended before it began");
            return;
        }
    };
    let gate = Gate::new(stream, first, Arc::clone(&pulse));
    let service = Asked {
        common,
        pulse: Arc::clone(&pulse),
        peer,
    };
    let builder = match version {
        Version::Http1 => builder(&limits).http1_only(),
        Version::Http2 => builder(&limits).http2_only(),
    };
    let connection = builder.serve_connection(TokioIo::new(gate), service);
    tokio::pin!(connection);
    let mut seen = Phase::Open;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                // A client that breaks off, or speaks no HTTP, is no fault of ours.
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            why = pulse.given_up(&limits) => {
                tracing::debug!(?why, "a connection was given up");
                if why == Why::Idle {
                    connection.as_mut().graceful_shutdown();
                    // Over HTTP/2 the client is told, and has a moment to close it.
                    let _ = tokio::time::timeout(limits.look(), connection).await;
                }
                return;
            }
            now = next(&mut phase, seen) => {
                seen = now;
                // Over HTTP/1 a client may be sending its next request at this moment. It gets its answer, and reads in it
                // that this was the last one.
                if now == Phase::Ending || pulse.is_h2() {
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// The phase after `seen`.
async fn next(phase: &mut watch::Receiver<Phase>, seen: Phase) -> Phase {
    let told = phase
        .wait_for(|phase| *phase != seen)
        .await
        .ok()
        .map(|phase| *phase);
    match told {
        Some(phase) => phase,
        // Whoever tells the phases is gone, and this connection stays as it is.
        None => std::future::pending().await,
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // Headers are counted in `refusal`: a count of its own makes hyper take room for each head.
    builder
        .http1()
        .timer(TokioTimer::new())
        // It runs between two requests too; `Pulse` knows the shorter time of a head that has begun.
        .header_read_timeout(limits.idle.max(limits.head))
        .max_buf_size(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(HEAD).unwrap_or(u32::MAX))
        .keep_alive_interval(limits.ping_every)
        .keep_alive_timeout(limits.ping_within);
    builder
}

/// The front as hyper wants it; each request is told who its peer is.
struct Asked {
    common: Arc<Common>,
    pulse: Arc<Pulse>,
    peer: Peer,
}

impl hyper::service::Service<Request<Incoming>> for Asked {
    type Response = Response<Sending>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let running = self.pulse.begin();
        let asked = (request.version(), request.method() == Method::HEAD);
        let answer = match refusal(&request) {
            Some((status, text)) => Box::pin(std::future::ready(plain(status, text))),
            None if request.body().is_end_stream() => self.passed_on(request.map(|_| Body::empty())),
            None => self.taken_in(request),
        };
        Box::pin(sent(answer, asked, Arc::clone(&self.common), running))
    }
}

/// What is sent of an `answer`, to a request of this version that was, or was not, a `HEAD`.
async fn sent(
    answer: Answer,
    (version, is_head): (http::Version, bool),
    common: Arc<Common>,
    running: Running,
) -> Result<Response<Sending>, Infallible> {
    let mut response = answer.await;
    // HTTP/2 has its own way to say so.
    if version < http::Version::HTTP_2 && *common.phase.borrow() != Phase::Open {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    } else if version >= http::Version::HTTP_2 {
        response.headers_mut().remove(header::CONNECTION);
    }
    if is_head {
        response = head_of(response);
    }
    Ok(response.map(|body| Sending::new(body, running)))
}

/// The answer to a `HEAD`: how long the body would be, and none of it. Over HTTP/1 hyper sees to that, over HTTP/2 nobody does.
fn head_of(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact().filter(|length| *length > 0) {
        let length = HeaderValue::from(length);
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(length);
    }
    response.map(|_| Body::empty())
}

/// What is refused before anybody looks at it.
fn refusal<B>(request: &Request<B>) -> Option<(StatusCode, &'static str)> {
    let address = request
        .uri()
        .path_and_query()
        .map_or(0, |path| path.as_str().len());
    if address > ADDRESS {
        return Some((StatusCode::URI_TOO_LONG, "The address is too long."));
    }
    (request.headers().len() > HEADERS).then_some((
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "There are too many headers.",
    ))
}

impl Asked {
    /// The answer of the front.
    fn passed_on(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(self.peer);
        self.common.current.borrow().front.answer(request)
    }

    /// The same to a request with a body, or what is said to it where that does not come as it should.
    fn taken_in(&self, request: Request<Incoming>) -> Answer {
        let (pace, reserve) = {
            let limits = &self.common.current.borrow().limits;
            (limits.body, limits.reserve)
        };
        let intake = Intake::default();
        let arrival = Arrival::new(Arc::clone(&self.common.budget), reserve, intake.clone());
        let mut request = request.map(|body| Body::new(Arriving::new(body, pace, Arc::clone(&arrival))));
        request.extensions_mut().insert(intake);
        Box::pin(unless_troubled(arrival, self.passed_on(request)))
    }
}

async fn unless_troubled(arrival: Arc<Arrival>, answer: Answer) -> Response {
    let trouble = tokio::select! {
        trouble = arrival.troubled() => trouble,
        response = answer => match arrival.trouble() {
            // It is the reason for whatever is said to it.
            Some(trouble) => trouble,
            None => return response,
        },
    };
    tracing::info!(%trouble, "a request was given up");
    match trouble {
        Trouble::TooSlow => plain(StatusCode::REQUEST_TIMEOUT, "What you send comes too slowly."),
        Trouble::TooMuch => {
            let mut response = plain(
                StatusCode::SERVICE_UNAVAILABLE,
                "Too much is being sent at this moment. Try again shortly.",
            );
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            response
        }
    }
}

/// An answer after which the connection ends.
fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

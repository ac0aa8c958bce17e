//! Many clients at once, against Ballast and against a server that knows nothing but the bytes to send.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, COOKIE, ETAG, HOST, IF_NONE_MATCH, SET_COOKIE};
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::{process, table};

type Fault = Box<dyn Error + Send + Sync>;

const CLIENTS: usize = 64;
/// How often each of them asks.
const EACH: usize = 150;

/// What is asked, and with which headers.
#[derive(Clone)]
struct Question {
    path: &'static str,
    headers: Vec<(HeaderName, String)>,
}

impl Question {
    async fn ask(
        &self,
        sender: &mut SendRequest<Empty<Bytes>>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Fault> {
        let mut request = Request::get(self.path).header(HOST, "127.0.0.1");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        sender.ready().await?;
        let (parts, body) = sender
            .send_request(request.body(Empty::new())?)
            .await?
            .into_parts();
        Ok((parts.status, parts.headers, body.collect().await?.to_bytes()))
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Empty<Bytes>>, Fault> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// How many answers a second all clients together got, and how long the slowest of a hundred took.
async fn load(address: SocketAddr, question: &Question) -> Result<(u128, Duration), Fault> {
    let mut clients = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..CLIENTS {
        let question = question.clone();
        clients.spawn(async move {
            let mut sender = connect(address).await?;
            let mut times = Vec::with_capacity(EACH);
            for _ in 0..EACH {
                let asked = Instant::now();
                let (status, ..) = question.ask(&mut sender).await?;
                if !status.is_success() && status != StatusCode::NOT_MODIFIED {
                    return Err(format!("{} answered {status}", question.path).into());
                }
                times.push(asked.elapsed());
            }
            Ok::<_, Fault>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = clients.join_next().await {
        times.extend(done??);
    }
    let answers = u128::try_from(times.len())?;
    Ok((
        answers * 1_000_000 / begun.elapsed().as_micros().max(1),
        table::percentile(&times, 99),
    ))
}

/// A hyper server that answers everything with the same status, headers and bytes.
async fn bare((status, headers, body): (StatusCode, HeaderMap, Bytes)) -> Result<SocketAddr, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (headers, body) = (headers.clone(), body.clone());
            let service = service_fn(move |_| {
                let mut answer = Response::new(Full::new(body.clone()));
                *answer.status_mut() = status;
                answer.headers_mut().clone_from(&headers);
                async move { Ok::<_, Infallible>(answer) }
            });
            let mut connection = hyper::server::conn::http1::Builder::new();
            connection.timer(TokioTimer::new());
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

/// The session of somebody who has signed in with one click.
async fn session(address: SocketAddr) -> Result<String, Fault> {
    let browser = process::browser().map_err(|error| error.to_string())?;
    let request = browser.post(format!("http://{address}/demo/sign-in"));
    let answer = request.header("sec-fetch-site", "same-origin").send().await?;
    let set = answer.headers().get(SET_COOKIE).ok_or("no session was given")?;
    Ok(set.to_str()?.split(';').next().unwrap_or_default().to_owned())
}

/// Finished answers, signed in, with all headers, beside a server that sends the same bytes with the same headers.
pub async fn finished(address: SocketAddr) -> Result<(), Fault> {
    let mut rows = Vec::new();
    let session = session(address).await?;
    for (name, path, again) in [
        ("heat map JSON, 12 weeks", "/api/v1/utilisation?weeks=12", false),
        ("  the same, 304", "/api/v1/utilisation?weeks=12", true),
        ("overview JSON", "/api/v1/overview", false),
        ("schedule page, 16 weeks", "/schedule", false),
        ("overview page", "/", false),
    ] {
        let mut question = Question {
            path,
            headers: vec![(COOKIE, session.clone()), (ACCEPT_ENCODING, "gzip".to_owned())],
        };
        let mut sender = connect(address).await?;
        let mut first = question.ask(&mut sender).await?;
        if again {
            let tag = first.1.get(ETAG).ok_or("no version")?.to_str()?.to_owned();
            question.headers.push((IF_NONE_MATCH, tag));
            first = question.ask(&mut sender).await?;
            if first.0 != StatusCode::NOT_MODIFIED {
                return Err(format!("{path} answered {} to its own version", first.0).into());
            }
        }
        let length = first.2.len();
        let floor = bare(first).await?;
        // The machine's mood changes: they take turns, and the best of each counts.
        let (mut ours, mut theirs) = ((0, Duration::MAX), (0, Duration::MAX));
        for _ in 0..5 {
            for (address, best) in [(address, &mut ours), (floor, &mut theirs)] {
                let (rate, slowest) = load(address, &question).await?;
                *best = (best.0.max(rate), best.1.min(slowest));
            }
        }
        rows.push(vec![
            name.to_owned(),
            length.to_string(),
            ours.0.to_string(),
            theirs.0.to_string(),
            format!("{} %", 100 * ours.0 / theirs.0.max(1)),
            table::milliseconds(ours.1),
        ]);
    }
    table::print(
        "Finished answers to 64 clients at once",
        &["what", "bytes", "a second", "bare hyper", "of it", "p99 ms"],
        &rows,
        "Signed in, packed as gzip; the best of five turns each. Bare hyper sends the same bytes with the same headers from memory.",
    );
    Ok(())
}

//! Many clients at once, each over a connection of its own.

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{COOKIE, HOST, SET_COOKIE};
use http::{HeaderName, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::bare::Answer;
use crate::{process, table};

pub type Fault = Box<dyn Error + Send + Sync>;

pub const CLIENTS: usize = 64;

/// What each request of a client carries.
pub type Headers = Vec<(HeaderName, String)>;

/// One of them.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Asks, and reads the whole answer.
    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &Headers,
        body: Bytes,
    ) -> Result<Answer, Fault> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "127.0.0.1");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.sender.ready().await?;
        let answer = self.sender.send_request(request.body(Full::new(body))?).await?;
        let (parts, body) = answer.into_parts();
        Ok((parts.status, parts.headers, body.collect().await?.to_bytes()))
    }

    pub async fn get(&mut self, path: &str, headers: &Headers) -> Result<Answer, Fault> {
        self.ask(Method::GET, path, headers, Bytes::new()).await
    }
}

/// What many clients saw.
pub struct Load {
    pub whole: Duration,
    /// How long each waited for each of its answers.
    pub waits: Vec<Duration>,
}

impl Load {
    pub fn each_second(&self) -> u128 {
        let answers = u128::try_from(self.waits.len()).unwrap_or(0);
        answers * 1_000_000 / self.whole.as_micros().max(1)
    }

    pub fn percentile(&self, percent: usize) -> Duration {
        table::percentile(&self.waits, percent)
    }
}

/// Lets all clients do their `work` at once; each is told its number, and answers how long it waited for what.
pub async fn together<W, F>(address: SocketAddr, work: W) -> Result<Load, Fault>
where
    W: Fn(usize, Client) -> F,
    F: Future<Output = Result<Vec<Duration>, Fault>> + Send + 'static,
{
    let mut clients = Vec::with_capacity(CLIENTS);
    for _ in 0..CLIENTS {
        clients.push(Client::connect(address).await?);
    }
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    for (number, client) in clients.into_iter().enumerate() {
        tasks.spawn(work(number, client));
    }
    let mut waits = Vec::new();
    while let Some(done) = tasks.join_next().await {
        waits.extend(done??);
    }
    Ok(Load {
        whole: begun.elapsed(),
        waits,
    })
}

/// The session of somebody who has signed in with one click, as a header.
pub async fn session(address: SocketAddr) -> Result<(HeaderName, String), Fault> {
    let browser = process::browser().map_err(|error| error.to_string())?;
    let request = browser.post(format!("http://{address}/demo/sign-in"));
    let answer = request.header("sec-fetch-site", "same-origin").send().await?;
    let set = answer.headers().get(SET_COOKIE).ok_or("no session was given")?;
    let session = set.to_str()?.split(';').next().unwrap_or_default().to_owned();
    Ok((COOKIE, session))
}

//! A hyper server that knows one answer and nothing else, as a process of its own: what the machine can do.

use std::convert::Infallible;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

type Fault = Box<dyn Error + Send + Sync>;

/// By this argument a benchmark is that server, in place of measuring it.
const AS_BARE: &str = "--as-bare-server";

/// An answer: its status, its headers and its body.
pub type Answer = (StatusCode, HeaderMap, Bytes);

/// A running bare server. It is killed when it is dropped.
pub struct Bare {
    child: Child,
    pub address: SocketAddr,
}

impl Bare {
    /// Starts one that answers everything with `answer`.
    pub fn start((status, headers, body): &Answer) -> Result<Self, Fault> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(AS_BARE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = child.stdin.take().ok_or("no input")?;
        writeln!(input, "{}", status.as_u16())?;
        for (name, value) in headers {
            writeln!(input, "{name}: {}", value.to_str()?)?;
        }
        writeln!(input)?;
        input.write_all(body)?;
        drop(input);
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Self {
            child,
            address: line.trim_end().parse()?,
        })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // It has no other end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until it is killed, where this process was started to be a bare server.
pub async fn serve_if_asked() -> Result<(), Fault> {
    if !std::env::args().any(|argument| argument == AS_BARE) {
        return Ok(());
    }
    let (status, headers, body) = told(&mut std::io::stdin().lock())?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
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
}

fn told(input: &mut impl BufRead) -> Result<Answer, Fault> {
    let mut lines = input.by_ref().lines();
    let status = lines.next().ok_or("no status")??.parse()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let mut body = Vec::new();
    input.read_to_end(&mut body)?;
    Ok((status, headers, body.into()))
}

//! Every limit on what a client may take, held with numbers small enough to wait for.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use ballast::server::{self, Door, End, Limits, Pace, Surface};
use ballast::web::Intake;
use ballast::web::edge::Proxies;
use bytes::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::{oneshot, watch};

use super::raw;

const LONG: Duration = Duration::from_mins(1);

/// A server with limits of its own; it ends with the test.
struct Small {
    address: String,
    current: watch::Sender<Arc<Surface>>,
    stop: Option<oneshot::Sender<End>>,
    served: tokio::task::JoinHandle<Vec<Door>>,
}

fn router() -> Router {
    let endless = || async {
        let piece = Ok::<_, std::convert::Infallible>(Bytes::from_static(&[0; 8_192]));
        Body::from_stream(futures_util::stream::repeat(piece))
    };
    Router::new()
        .route("/", get(|| async { "well" }))
        .route("/echo", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/store", post(store))
        .route("/endless", get(endless))
        .route("/never", get(std::future::pending::<()>))
}

/// Of how many bodies of one test so much has come that more of them would not lie in memory.
static COME_FAR: AtomicUsize = AtomicUsize::new(0);

/// Takes a body as a route does that puts it on the disk.
async fn store(request: axum::extract::Request) -> String {
    use http_body_util::BodyExt as _;
    request.extensions().get::<Intake>().unwrap().pass_on();
    let (mut body, mut length) = (request.into_body(), 0);
    while let Some(Ok(piece)) = body.frame().await {
        let before = length;
        length += piece.data_ref().map_or(0, Bytes::len);
        if (before..length).contains(&(2 * 1_048_576)) {
            COME_FAR.fetch_add(1, Ordering::Relaxed);
        }
    }
    length.to_string()
}

fn surface(limits: Limits) -> Arc<Surface> {
    Arc::new(Surface {
        front: router().into(),
        proxies: Proxies::default(),
        limits,
    })
}

/// Limits that nobody meets by accident.
fn wide() -> Limits {
    Limits {
        head: LONG,
        first_request: LONG,
        idle: LONG,
        takes: LONG,
        ..Limits::default()
    }
}

impl Small {
    async fn open(limits: Limits) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (current, seen) = watch::channel(surface(limits));
        let (stop, stopped) = oneshot::channel();
        let end = async { stopped.await.unwrap() };
        let served = tokio::spawn(server::serve_current(vec![Door::plain(listener)], seen, end));
        Self {
            address,
            current,
            stop: Some(stop),
            served,
        }
    }

    /// Sends `bytes` and answers what comes until the connection ends, and after how long.
    async fn told(&self, bytes: &'static [u8]) -> (Vec<raw::Answer>, Duration) {
        let address = self.address.clone();
        let begun = Instant::now();
        let answers = tokio::task::spawn_blocking(move || raw::exchange(&address, bytes))
            .await
            .unwrap();
        (answers, begun.elapsed())
    }
}

fn statuses(answers: &[raw::Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

const SHORT: Duration = Duration::from_millis(200);

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_end_is_given_up() {
    let small = Small::open(Limits {
        head: SHORT,
        ..wide()
    })
    .await;
    let (answers, after) = small.told(b"GET / HTTP/1.1\r\nHost: a\r\nX-").await;
    assert_eq!(answers, []);
    assert!(after >= SHORT && after < LONG / 2, "{after:?}");
    // The second one on a connection is no other.
    let (answers, _) = small
        .told(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHo")
        .await;
    assert_eq!(statuses(&answers), [200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_is_given_up_before_and_after_a_request() {
    let small = Small::open(Limits {
        first_request: SHORT,
        ..wide()
    })
    .await;
    assert_eq!(small.told(b"").await.0, []);
    let small = Small::open(Limits {
        idle: SHORT,
        ..wide()
    })
    .await;
    let (answers, after) = small.told(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(statuses(&answers), [200]);
    assert!(after >= SHORT, "{after:?}");
    // A request under way is not idle.
    let mut stream = raw::connect(&small.address);
    stream
        .write_all(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    stream.set_read_timeout(Some(SHORT * 3)).unwrap();
    let nothing = stream.read(&mut [0]).unwrap_err();
    assert!(matches!(
        nothing.kind(),
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stops_or_trickles_is_told_408() {
    let pace = |next, free| Limits {
        body: Pace {
            next,
            free,
            per_second: 1_000_000,
        },
        ..wide()
    };
    let half = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf";
    for limits in [pace(SHORT, LONG), pace(LONG, SHORT)] {
        let small = Small::open(limits).await;
        let (answers, _) = small.told(half).await;
        assert_eq!(statuses(&answers), [408]);
        assert!(answers[0].closes(), "{}", answers[0].head);
        let whole = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfour";
        assert_eq!(small.told(whole).await.0[0].body, "4");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_bodies_together_have_a_budget() {
    let small = Small::open(Limits { bodies: 8, ..wide() }).await;
    let ten = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789";
    let (answers, _) = small.told(ten).await;
    assert_eq!(statuses(&answers), [503]);
    assert!(answers[0].head.to_lowercase().contains("retry-after:"));
    // What was refused holds nothing.
    for _ in 0..3 {
        let six = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nConnection: close\r\n\r\n012345";
        assert_eq!(small.told(six).await.0[0].body, "6");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_to_the_disk_may_be_larger_than_all_bodies_in_memory() {
    const LENGTH: usize = 8 * 1_048_576;
    let small = Small::open(Limits {
        bodies: 3 * 1_048_576,
        reserve: 1_048_576,
        ..wide()
    })
    .await;
    let opening = |path: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {LENGTH}\r\nConnection: close\r\n\r\n")
    };
    let body = vec![0; LENGTH];
    let whole = |path: &str| [opening(path).as_bytes(), &body].concat();
    let exchange = |bytes: Vec<u8>| {
        let address = small.address.clone();
        tokio::task::spawn_blocking(move || raw::exchange(&address, &bytes))
    };
    let answers = exchange(whole("/store")).await.unwrap();
    assert_eq!(
        (answers[0].status, answers[0].body.as_str()),
        (200, LENGTH.to_string().as_str())
    );
    // Two that stand still hold what they may, and no more: small ones are taken beside them, a third one is not.
    let mut standing = Vec::new();
    for _ in 0..2 {
        let mut stream = raw::connect(&small.address);
        let half = &whole("/store")[..LENGTH / 2];
        stream.write_all(half).unwrap();
        standing.push(stream);
    }
    raw::until("the two have come in", || {
        (COME_FAR.load(Ordering::Relaxed) == 3).then_some(())
    });
    // Refused while it is sent, it may not hear why.
    let third = exchange(whole("/store")).await.unwrap();
    assert_ne!(third.first().map(|answer| answer.status), Some(200));
    let four = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfour";
    assert_eq!(small.told(four).await.0[0].body, "4");
    for mut stream in standing {
        stream
            .write_all(&body[..LENGTH - (LENGTH / 2 - opening("/store").len())])
            .unwrap();
        assert_eq!(raw::next(&mut stream).unwrap().body, LENGTH.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_nothing_of_an_answer_is_given_up() {
    let small = Small::open(Limits {
        takes: SHORT,
        ..wide()
    })
    .await;
    let mut stream = raw::connect(&small.address);
    stream
        .write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    let end = tokio::task::spawn_blocking(move || {
        // Nothing is read until the server has given up; then what is left comes, and the end.
        let id = stream.peer_addr().unwrap();
        raw::until("the server gives up", || {
            (!is_established(&stream, id)).then_some(())
        });
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        all.len()
    });
    assert!(end.await.unwrap() > 8_192);
}

/// Whether the other end of `stream` still has its connection, by the system's own table.
fn is_established(stream: &TcpStream, server: std::net::SocketAddr) -> bool {
    let own = stream.local_addr().unwrap();
    let hex = |address: std::net::SocketAddr| format!("0100007F:{:04X}", address.port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    // The server's side, established.
    table
        .lines()
        .any(|line| line.contains(&format!("{} {} 01", hex(server), hex(own))))
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_are_told_to_come_again() {
    let small = Small::open(Limits {
        connections: 2,
        ..wide()
    })
    .await;
    let held: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = raw::connect(&small.address);
            stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
            assert_eq!(raw::next(&mut stream).unwrap().status, 200);
            stream
        })
        .collect();
    let (answers, _) = small.told(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(statuses(&answers), [503]);
    assert!(answers[0].closes());
    drop(held);
    raw::until("the places come back", || {
        let one = raw::exchange(
            &small.address,
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        );
        (statuses(&one) == [200]).then_some(())
    });
    // A changed limit holds for the next connection.
    small.current.send_replace(surface(Limits {
        connections: 0,
        ..wide()
    }));
    assert_eq!(
        statuses(&small.told(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.0),
        [503]
    );
}

type H2 = hyper::client::conn::http2::SendRequest<http_body_util::Empty<Bytes>>;

async fn h2(address: &str) -> (H2, tokio::task::JoinHandle<()>) {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    // How it ends is seen by who sends.
    let driven = tokio::spawn(async move { drop(connection.await) });
    (sender, driven)
}

fn request(address: &str, path: &str) -> http::Request<http_body_util::Empty<Bytes>> {
    http::Request::get(format!("http://{address}{path}"))
        .body(http_body_util::Empty::new())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn http2_requests_that_are_begun_and_broken_off_end_the_connection() {
    let small = Small::open(Limits { resets: 20, ..wide() }).await;
    let (mut sender, driven) = h2(&small.address).await;
    let begun = Instant::now();
    while !sender.is_closed() && begun.elapsed() < LONG {
        let asked = sender.send_request(request(&small.address, "/never"));
        // Long enough to be under way, and then broken off.
        let _ = tokio::time::timeout(Duration::from_millis(5), asked).await;
    }
    driven.await.unwrap();
    // Somebody else, who asks as much and waits for the answers, goes on.
    let (mut sender, _driven) = h2(&small.address).await;
    for _ in 0..100 {
        let answer = sender.send_request(request(&small.address, "/")).await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http2_heads_and_answers_have_the_same_limits() {
    let small = Small::open(Limits {
        takes: SHORT,
        ..wide()
    })
    .await;
    let (mut sender, driven) = h2(&small.address).await;
    let long = format!("/{}", "a".repeat(9_000));
    let answer = sender.send_request(request(&small.address, &long)).await.unwrap();
    assert_eq!(answer.status(), 414);
    let mut many = request(&small.address, "/");
    for number in 0..80 {
        let name = http::HeaderName::try_from(format!("x-{number}")).unwrap();
        many.headers_mut()
            .insert(name, http::HeaderValue::from_static("a"));
    }
    assert_eq!(sender.send_request(many).await.unwrap().status(), 431);
    // The window of the stream fills, while the connection itself stays lively.
    let answer = sender
        .send_request(request(&small.address, "/endless"))
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    driven.await.unwrap();
    drop(answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_end_what_runs_is_finished_and_idle_clients_hear_of_it_in_their_last_answer() {
    let mut small = Small::open(wide()).await;
    let ask = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut idle = raw::connect(&small.address);
    idle.write_all(ask).unwrap();
    assert!(!raw::next(&mut idle).unwrap().closes());
    let mut sending = raw::connect(&small.address);
    sending
        .write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
        .unwrap();
    let (mut quick, _driven) = h2(&small.address).await;
    quick.send_request(request(&small.address, "/")).await.unwrap();
    let end = End {
        linger: LONG,
        grace: LONG,
        goes_on: true,
    };
    assert!(small.stop.take().unwrap().send(end).is_ok());
    // HTTP/2 clients are told at once.
    raw::until("the connection is given back", || quick.is_closed().then_some(()));
    idle.write_all(ask).unwrap();
    let last = raw::next(&mut idle).unwrap();
    assert!(last.status == 200 && last.closes(), "{}", last.head);
    // Whoever comes meanwhile waits for who goes on.
    let mut later = raw::connect(&small.address);
    later.write_all(ask).unwrap();
    sending.write_all(b"four").unwrap();
    assert_eq!(raw::next(&mut sending).unwrap().body, "4");
    let doors = small.served.await.unwrap();
    let current = small.current.subscribe();
    let (_never, stopped) = oneshot::channel();
    tokio::spawn(server::serve_current(doors, current, async {
        stopped.await.unwrap()
    }));
    let answer = tokio::task::spawn_blocking(move || raw::next(&mut later).unwrap().status);
    assert_eq!(answer.await.unwrap(), 200);
}

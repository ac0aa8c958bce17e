//! What open pages cost: the memory of idle lines of events, and how soon one change has reached all of them, or a room of ten among
//! them.
//!
//! `cargo bench --bench live`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/cells.rs"]
mod cells;
#[path = "support/plan.rs"]
mod plan;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod process;
#[path = "support/table.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod table;

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ballast::accounts::{self, Access, AccountDraft};
use ballast::db::{Actor, DbError, Gesture};
use ballast::feed::LINES_EACH;
use reqwest::Client;
use reqwest::header::{COOKIE, SET_COOKIE};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

type Fault = Box<dyn Error>;

/// How many lines are open at once, one measurement after the other.
const SIZES: [usize; 3] = [10, 1_000, 10_000];
/// How many changes of the plan are timed.
const CHANGES: usize = 50;
/// How many people sit in a room, and how many rounds they vote in.
const SEATS: usize = 10;
const ROUNDS: usize = 20;
/// Long enough without a word that everybody knows who is here.
const QUIET: Duration = Duration::from_secs(4);
/// Further apart than what is told together, so that each change is told alone.
const APART: Duration = Duration::from_millis(120);

/// A word that came over some line, when it came.
struct Heard {
    words: usize,
    at: Instant,
}

/// What one measurement found.
struct Figures {
    lines: usize,
    idle: u64,
    busy: u64,
    each: Vec<Duration>,
    all: Vec<Duration>,
    room: Vec<Duration>,
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    // Each line is an open file here and there.
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    let mut figures = Vec::new();
    for lines in SIZES {
        figures.push(measured(lines).await?);
    }
    print(&figures);
    Ok(())
}

async fn measured(lines: usize) -> Result<Figures, Fault> {
    let directory = plan::directory()?;
    let cookies = sessions(directory.path(), lines.div_ceil(LINES_EACH)).await?;
    let roomy = [("CONNECTIONS", "20000")];
    let server = process::Server::start_with(directory.path(), &roomy).await?;
    let planner = process::browser()?;
    process::sign_in(&planner, server.address).await?;
    for turn in 0..20 {
        cells::write(&planner, server.address, 18, turn).await?;
        let page = planner.get(format!("http://{}/schedule", server.address));
        page.send().await?.bytes().await?;
    }
    let room = Room::open(&planner, server.address).await?;
    tokio::time::sleep(QUIET).await;
    let before = server.resident_kilobytes()?;

    let (hear, mut heard) = mpsc::unbounded_channel();
    for number in 0..lines {
        let cookie = cookies.get(number / LINES_EACH).ok_or("too few accounts")?;
        // Twenty people look at each project's page.
        let page = format!("/events?at=/projects/{}", 1 + number / LINES_EACH % 800);
        listen(server.address, &page, cookie, "event: changed", hear.clone()).await?;
    }
    while tokio::time::timeout(QUIET, heard.recv()).await.is_ok() {}
    let idle = server.resident_kilobytes()?.saturating_sub(before);

    let (mut each, mut all) = (Vec::new(), Vec::new());
    for turn in 0..CHANGES {
        let begun = Instant::now();
        cells::write(&planner, server.address, 18, 100 + turn).await?;
        let times = reached(&mut heard, lines, begun).await?;
        all.extend(times.last());
        each.extend(times);
        tokio::time::sleep(APART).await;
    }
    let room = room.votes(&planner, server.address).await?;
    tokio::time::sleep(QUIET).await;
    let busy = server.resident_kilobytes()?.saturating_sub(before);
    server.stop()?;
    Ok(Figures {
        lines,
        idle,
        busy,
        each,
        all,
        room,
    })
}

/// When a change came to each of the lines, counted from `begun`.
async fn reached(
    heard: &mut mpsc::UnboundedReceiver<Heard>,
    lines: usize,
    begun: Instant,
) -> Result<Vec<Duration>, Fault> {
    let mut times = Vec::with_capacity(lines);
    while times.len() < lines {
        let word = tokio::time::timeout(QUIET, heard.recv()).await;
        let word = word.map_err(|_| format!("a change reached {} of {lines} lines", times.len()))?;
        let word = word.ok_or("every line has ended")?;
        if word.words > 0 {
            times.push(word.at - begun);
        }
    }
    Ok(times)
}

/// A plan with so many more accounts, each signed in; answers their cookies.
async fn sessions(directory: &Path, count: usize) -> Result<Vec<String>, Fault> {
    let db = plan::large(directory).await?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let gesture = Gesture {
        actor: Actor::program(),
        label: "make listeners".to_owned(),
        at: now,
    };
    let made = db.write(gesture, move |tx| {
        let made = (0..count).filter_map(|number| {
            let draft = AccountDraft {
                email: format!("listener{number}@example.org"),
                name: format!("Listener {number}"),
                access: Access::Viewer,
            };
            accounts::make_account(tx, &draft).transpose()
        });
        made.collect::<Result<Vec<_>, DbError>>()
    });
    let made = made.await?.value;
    let file = db.path().to_owned();
    drop(db);
    let connection = rusqlite::Connection::open(file)?;
    let mut cookies = Vec::new();
    for (number, account) in made.iter().enumerate() {
        let key = format!("listener-{number:012}");
        connection.execute(
            "insert into session (key_hash, account_id, form_key, started_at, seen_at, user_agent, address, proof) \
             values (?1, ?2, ?3, ?4, ?4, '', '', 'password')",
            rusqlite::params![accounts::hash_of(&key), account.0, format!("form-{number}"), now],
        )?;
        cookies.push(format!("ballast={key}"));
    }
    Ok(cookies)
}

/// A room of planning poker with somebody on every seat.
struct Room {
    link: String,
    seats: Vec<String>,
    heard: mpsc::UnboundedReceiver<Heard>,
}

impl Room {
    async fn open(planner: &Client, address: SocketAddr) -> Result<Self, Fault> {
        let made = planner.post(format!("http://{address}/api/v1/poker"));
        let made = made
            .header("sec-fetch-site", "same-origin")
            .json(&json!({ "autoReveal": false }));
        let made: Value = made.send().await?.error_for_status()?.json().await?;
        let link = made.get("link").and_then(Value::as_str);
        let link = link.ok_or("no room was made")?.to_owned();
        let (hear, heard) = mpsc::unbounded_channel();
        let mut seats = Vec::new();
        for number in 0..SEATS {
            let guest = Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()?;
            let joined = guest
                .post(format!("http://{address}/poker/{link}/join"))
                .header("sec-fetch-site", "same-origin")
                .form(&[("name", format!("Voter {number}"))])
                .send()
                .await?;
            let cookie = joined.headers().get(SET_COOKIE).ok_or("no cookie came")?;
            let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
            let path = format!("/poker/{link}/events?with=page");
            listen(address, &path, &cookie, "event: room", hear.clone()).await?;
            seats.push(cookie);
        }
        Ok(Self { link, seats, heard })
    }

    /// Each votes in turn, round after round; answers how long it took until everybody saw each vote.
    async fn votes(mut self, planner: &Client, address: SocketAddr) -> Result<Vec<Duration>, Fault> {
        let at = |what: &str| format!("http://{address}/poker/{}/{what}", self.link);
        let say = async |what: &str, client: &Client, cookie: Option<&str>, body: Value| {
            let mut request = client.post(at(what)).header("sec-fetch-site", "same-origin");
            if let Some(cookie) = cookie {
                request = request.header(COOKIE, cookie);
            }
            let answer = request.json(&body).send().await?;
            answer.bytes().await
        };
        let guest = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let view: Value = planner.get(at("view")).send().await?.json().await?;
            let round = view
                .pointer("/round/roundId")
                .and_then(Value::as_i64)
                .ok_or("no round")?;
            for cookie in &self.seats {
                tokio::time::sleep(APART).await;
                while self.heard.try_recv().is_ok() {}
                let begun = Instant::now();
                let vote = json!({ "roundId": round, "card": 3 });
                say("vote", &guest, Some(cookie), vote).await?;
                times.extend(reached(&mut self.heard, SEATS, begun).await?);
            }
            say("reveal", planner, None, json!({ "roundId": round })).await?;
            say("rounds", planner, None, json!({ "roundId": round })).await?;
        }
        Ok(times)
    }
}

fn print(figures: &[Figures]) {
    let tenths = |kilobytes: u64, lines: usize| {
        let tenths = kilobytes * 10 / u64::try_from(lines).unwrap_or(1);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let rows: Vec<Vec<String>> = figures
        .iter()
        .map(|own| {
            let time = |times: &[Duration], percent| table::milliseconds(table::percentile(times, percent));
            vec![
                own.lines.to_string(),
                tenths(own.idle, own.lines),
                tenths(own.busy, own.lines),
                time(&own.each, 50),
                time(&own.each, 99),
                time(&own.all, 50),
                time(&own.all, 99),
                time(&own.room, 50),
                time(&own.room, 99),
            ]
        })
        .collect();
    table::print(
        &format!("Open lines, {CHANGES} changes of the plan, and {SEATS} people who vote meanwhile"),
        &[
            "lines",
            "KiB each",
            "KiB after",
            "one p50 ms",
            "one p99 ms",
            "last p50 ms",
            "last p99 ms",
            "room p50 ms",
            "room p99 ms",
        ],
        &rows,
        "From sending the write, or the vote, to its word at a line, the durable commit and all clients on this machine included. \
         Memory as the kernel counts it (VmRSS), over the process with nobody but the room's ten.",
    );
}

/// Opens a line and tells what comes over it, with the time at which it came.
async fn listen(
    address: SocketAddr,
    path: &str,
    cookie: &str,
    word: &'static str,
    tell: mpsc::UnboundedSender<Heard>,
) -> Result<(), Fault> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\n{COOKIE}: {cookie}\r\naccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 2_048];
    let length = stream.read(&mut buffer).await?;
    let head = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned();
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("{path} answered {}", head.lines().next().unwrap_or_default()).into());
    }
    tokio::spawn(async move {
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            let at = Instant::now();
            let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
            let words = text.matches(word).count();
            // The measurement may be over.
            let _ = tell.send(Heard { words, at });
        }
    });
    Ok(())
}

//! What a browser waits for on the large plan, over a real connection on this machine.
//!
//! `cargo bench --bench http`; a part of it: `cargo bench --bench http -- mixed` (or `finished`, `alone`, `starts`)

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/bare.rs"]
mod bare;
#[path = "support/cells.rs"]
mod cells;
#[path = "support/finished.rs"]
mod finished;
#[path = "support/load.rs"]
mod load;
#[path = "support/mixed.rs"]
mod mixed;
#[path = "support/plan.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod plan;
#[path = "support/process.rs"]
mod process;
#[path = "support/table.rs"]
mod table;

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::Client;

use bare::Bare;

type Fault = Box<dyn Error>;

/// How often each thing is asked.
const TIMES: usize = 300;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    bare::serve_if_asked().await.map_err(|error| error.to_string())?;
    let directory = plan::directory()?;
    let server = process::Server::start(directory.path()).await?;
    let address = server.address;
    let browser = process::browser()?;
    process::sign_in(&browser, address).await?;
    if wanted("finished") {
        finished::print(address)
            .await
            .map_err(|error| error.to_string())?;
    }
    if wanted("mixed") {
        mixed::print(address).await.map_err(|error| error.to_string())?;
    }
    if wanted("alone") {
        pages(&browser, address).await?;
        writes(&browser, address).await?;
    }
    server.stop()?;
    if wanted("starts") {
        starts().await?;
    }
    Ok(())
}

/// Whether a part was asked for; all are where none is named.
fn wanted(part: &str) -> bool {
    let mut named = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .peekable();
    named.peek().is_none() || named.any(|name| name == part)
}

/// One answer: how long it took to its last byte, and its body as it came over the wire.
async fn fetch(browser: &Client, url: &str) -> Result<(Duration, Bytes), Fault> {
    let begun = Instant::now();
    let answer = browser.get(url).header("accept-encoding", "gzip").send().await?;
    let status = answer.status();
    let body = answer.bytes().await?;
    if !status.is_success() {
        return Err(format!("GET {url} answered {status}").into());
    }
    Ok((begun.elapsed(), body))
}

/// The schedule: asked again, asked after each change, and the same bytes from a server that does nothing else.
async fn pages(browser: &Client, address: SocketAddr) -> Result<(), Fault> {
    let mut rows = Vec::new();
    let mut floor = Duration::ZERO;
    for (name, path) in [
        ("GET /schedule, 16 weeks", "/schedule"),
        ("GET /schedule, 52 weeks", "/schedule?weeks=52"),
        ("GET /schedule, by project", "/schedule?view=projects"),
    ] {
        let url = format!("http://{address}{path}");
        let (_, body) = fetch(browser, &url).await?;
        if floor.is_zero() {
            floor = floor_of(browser, body.clone()).await?;
        }
        let (mut again, mut anew) = (Vec::new(), Vec::new());
        for turn in 0..TIMES {
            again.push(fetch(browser, &url).await?.0);
            cells::write(browser, address, 17, turn).await?;
            anew.push(fetch(browser, &url).await?.0);
        }
        rows.push(row(name, &again, floor, Some(body.len())));
        rows.push(row("  after a change", &anew, floor, Some(body.len())));
    }
    table::print(
        "Pages of the large plan, signed in, one after the other",
        &[
            "what",
            "p50 ms",
            "p95 ms",
            "times bare hyper",
            "bytes on the wire",
        ],
        &rows,
        "From request to last byte, client included. Bare hyper sends the bytes of the first row from memory.",
    );
    Ok(())
}

fn row(name: &str, times: &[Duration], floor: Duration, bytes: Option<usize>) -> Vec<String> {
    let [half, most] = [50, 95].map(|percent| table::percentile(times, percent));
    vec![
        name.to_owned(),
        table::milliseconds(half),
        table::milliseconds(most),
        table::ratio(half, floor),
        bytes.map_or_else(String::new, |bytes| bytes.to_string()),
    ]
}

/// The middle time of a server that answers `body` and knows nothing else.
async fn floor_of(browser: &Client, body: Bytes) -> Result<Duration, Fault> {
    let bare = Bare::start(&(StatusCode::OK, HeaderMap::new(), body)).map_err(|error| error.to_string())?;
    let url = format!("http://{}/", bare.address);
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        times.push(fetch(browser, &url).await?.0);
    }
    Ok(table::percentile(&times, 50))
}

/// A cell, acknowledged when it is on the disk and in the book.
async fn writes(browser: &Client, address: SocketAddr) -> Result<(), Fault> {
    let mut times = Vec::with_capacity(TIMES);
    for turn in 0..TIMES {
        times.push(cells::write(browser, address, 18, turn).await?);
    }
    let [half, most] = [50, 95].map(|percent| table::milliseconds(table::percentile(&times, percent)));
    table::print(
        "A cell, written alone",
        &["what", "p50 ms", "p95 ms"],
        &[vec!["POST /api/v1/hours".to_owned(), half, most]],
        "From request to answer: durable, recorded, and in the plan that the next page reads.",
    );
    Ok(())
}

/// How soon a new process answers, and how much memory it takes.
async fn starts() -> Result<(), Fault> {
    let directory = plan::directory()?;
    let first = process::Server::start(directory.path()).await?;
    let filling = first.healthy_after;
    first.stop()?;
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..7 {
        let server = process::Server::start(directory.path()).await?;
        times.push(server.healthy_after);
        let at_start = server.resident_kilobytes()?;
        let browser = process::browser()?;
        process::sign_in(&browser, server.address).await?;
        for turn in 0..50 {
            fetch(&browser, &format!("http://{}/schedule", server.address)).await?;
            cells::write(&browser, server.address, 19, turn).await?;
        }
        memory.push((at_start, server.resident_kilobytes()?));
        server.stop()?;
    }
    let megabytes = |kilobytes: Option<u64>| {
        let tenths = kilobytes.unwrap_or(0) * 10 / 1_024;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let rows = [
        ("first start, making the plan, ms", table::milliseconds(filling)),
        (
            "start to first healthy answer, p50 ms",
            table::milliseconds(table::percentile(&times, 50)),
        ),
        (
            "start to first healthy answer, worst ms",
            table::milliseconds(table::percentile(&times, 100)),
        ),
        (
            "resident at the start, most MiB",
            megabytes(memory.iter().map(|(start, _)| *start).max()),
        ),
        (
            "resident after 50 pages and writes, most MiB",
            megabytes(memory.iter().map(|(_, end)| *end).max()),
        ),
    ];
    table::print(
        "A process of its own: serve --demo=large",
        &["what", "figure"],
        &rows.map(|(name, figure)| vec![name.to_owned(), figure]),
        "From spawning the program to a 200 of /health; memory as the kernel counts it (VmRSS).",
    );
    Ok(())
}

//! What open pages cost: the memory of two thousand idle lines of events, and how soon one change has reached them all.
//!
//! `cargo bench --bench live`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/plan.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod plan;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod process;
#[path = "support/table.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod table;

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ballast::feed::LINES_EACH;
use reqwest::Client;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

type Fault = Box<dyn Error>;

/// How many lines are open at once.
const LINES: usize = 2_000;
/// How many changes are timed.
const CHANGES: usize = 100;
const PASSWORD: &str = "two thousand open pages";
/// Long enough without a word that everybody knows who is here.
const QUIET: Duration = Duration::from_secs(4);

/// A word that came over some line, when it came.
struct Heard {
    changed: usize,
    at: Instant,
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let directory = plan::directory()?;
    // The accounts are made by a process of their own, whose hashing of passwords does not count.
    let first = process::Server::start(directory.path()).await?;
    let cookies = accounts(first.address).await?;
    first.stop()?;

    let server = process::Server::start(directory.path()).await?;
    let planner = process::browser()?;
    process::sign_in(&planner, server.address).await?;
    for turn in 0..20 {
        write_cell(&planner, server.address, turn).await?;
        planner
            .get(format!("http://{}/schedule", server.address))
            .send()
            .await?
            .bytes()
            .await?;
    }
    let before = server.resident_kilobytes()?;
    let (hear, mut heard) = mpsc::unbounded_channel();
    for number in 0..LINES {
        let cookie = cookies.get(number / LINES_EACH).ok_or("too few accounts")?;
        listen(server.address, cookie, hear.clone()).await?;
    }
    while tokio::time::timeout(QUIET, heard.recv()).await.is_ok() {}
    let after = server.resident_kilobytes()?;

    let (mut each, mut all) = (Vec::new(), Vec::new());
    for turn in 0..CHANGES {
        let begun = Instant::now();
        write_cell(&planner, server.address, 100 + turn).await?;
        let mut reached = 0;
        let mut last = Duration::ZERO;
        while reached < LINES {
            let word = tokio::time::timeout(QUIET, heard.recv()).await;
            let word = word.map_err(|_| format!("a change reached {reached} of {LINES} lines"))?;
            let word = word.ok_or("every line has ended")?;
            if word.changed > 0 {
                reached += 1;
                last = word.at - begun;
                each.push(last);
            }
        }
        all.push(last);
        // Further apart than what is told together, so that each change is told alone.
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
    print(before, after, server.resident_kilobytes()?, &each, &all);
    server.stop()
}

fn print(before: u64, after: u64, at_end: u64, each: &[Duration], all: &[Duration]) {
    let lines = u64::try_from(LINES).unwrap_or(1);
    let tenths = |kilobytes: u64| {
        let tenths = kilobytes * 10 / lines;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let row = |what: &str, figure: String| vec![what.to_owned(), figure];
    let time = |times: &[Duration], percent| table::milliseconds(table::percentile(times, percent));
    table::print(
        &format!(
            "{LINES} open lines of {} accounts on one page, {CHANGES} changes",
            LINES / LINES_EACH
        ),
        &["what", "figure"],
        &[
            row(
                "resident for each idle line, KiB",
                tenths(after.saturating_sub(before)),
            ),
            row(
                "resident for each line after the changes, KiB",
                tenths(at_end.saturating_sub(before)),
            ),
            row("a change at one line, p50 ms", time(each, 50)),
            row("a change at one line, p99 ms", time(each, 99)),
            row("a change at the last line, p50 ms", time(all, 50)),
            row("a change at the last line, p99 ms", time(all, 99)),
            row("a change at the last line, worst ms", time(all, 100)),
        ],
        "From sending the write to its word at a line, the durable commit and the two thousand clients on this machine included. \
         Memory as the kernel counts it (VmRSS), over the process with no line open.",
    );
}

/// Makes as many accounts as the lines need, and answers a session's cookie of each.
async fn accounts(address: SocketAddr) -> Result<Vec<String>, Fault> {
    let admin = process::browser()?;
    process::sign_in(&admin, address).await?;
    let mut cookies = Vec::new();
    for number in 0..LINES.div_ceil(LINES_EACH) {
        let email = format!("listener{number}@example.org");
        let account = json!({
            "email": email, "name": format!("Listener {number}"), "access": "viewer", "new-password": PASSWORD,
        });
        let made = admin.post(format!("http://{address}/api/v1/accounts"));
        let made = made
            .header("sec-fetch-site", "same-origin")
            .json(&account)
            .send()
            .await?;
        if !made.status().is_success() {
            return Err(format!("making an account answered {}", made.status()).into());
        }
        let listener = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let signed_in = listener
            .post(format!("http://{address}/auth/login"))
            .header("sec-fetch-site", "same-origin")
            .form(&[("email", email.as_str()), ("password", PASSWORD)])
            .send()
            .await?;
        let cookie = signed_in
            .headers()
            .get(SET_COOKIE)
            .ok_or("no cookie came")?
            .to_str()?;
        cookies.push(cookie.split(';').next().unwrap_or_default().to_owned());
    }
    Ok(cookies)
}

/// Opens a line and tells what comes over it, with the time at which it came.
async fn listen(address: SocketAddr, cookie: &str, tell: mpsc::UnboundedSender<Heard>) -> Result<(), Fault> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET /events?at=/schedule HTTP/1.1\r\nhost: {address}\r\n{COOKIE}: {cookie}\r\naccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 2_048];
    let length = stream.read(&mut buffer).await?;
    let head = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned();
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("/events answered {}", head.lines().next().unwrap_or_default()).into());
    }
    tokio::spawn(async move {
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            let at = Instant::now();
            let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default());
            let changed = text.matches("event: changed").count();
            let _ = tell.send(Heard { changed, at });
        }
    });
    Ok(())
}

/// Sets a cell of this week to a figure that it does not hold yet.
async fn write_cell(browser: &Client, address: SocketAddr, turn: usize) -> Result<(), Fault> {
    let body = json!({
        "cells": [{ "assignment": 18, "week": plan::clock().today(), "hours": 1 + turn % 150 }],
    });
    let request = browser
        .post(format!("http://{address}/api/v1/hours"))
        .header("sec-fetch-site", "same-origin");
    let status = request.json(&body).send().await?.status();
    if !status.is_success() {
        return Err(format!("POST /api/v1/hours answered {status}").into());
    }
    Ok(())
}

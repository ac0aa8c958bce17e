//! Cells over HTTP, each durable before its answer, beside raw `SQLite` doing the same statements in batches of the same size.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::load::{self, CLIENTS, Client, Fault, Headers, Load};
use crate::mixed::{write_cell, writing};
use crate::raw::Raw;
use crate::{process, table};

/// How often each client writes.
const EACH: usize = 60;
/// How often one client alone does.
const ALONE: usize = 1_500;
/// Ours and raw take turns; the middle one counts.
const TURNS: usize = 5;

/// How many batches of writes were made durable so far, as Ballast's own figures say.
async fn commits(figures: SocketAddr) -> Result<usize, Fault> {
    let text = reqwest::get(format!("http://{figures}/metrics"))
        .await?
        .text()
        .await?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("ballast_commit_seconds_count "));
    Ok(line.ok_or("no commits are counted")?.trim().parse()?)
}

async fn written(address: SocketAddr, headers: &Arc<Headers>, turn: usize) -> Result<Load, Fault> {
    load::together(address, |number, mut client| {
        let headers = Arc::clone(headers);
        async move {
            let mut waits = Vec::with_capacity(EACH);
            for nth in 0..EACH {
                let begun = Instant::now();
                write_cell(&mut client, &headers, 1 + number, turn * EACH + nth).await?;
                waits.push(begun.elapsed());
            }
            Ok(waits)
        }
    })
    .await
}

/// Over a server of its own on the plan in `directory`.
pub async fn print(directory: &Path, raw: &Raw, begun: u32) -> Result<(), Fault> {
    let free = TcpListener::bind("127.0.0.1:0")?;
    let figures = free.local_addr()?;
    drop(free);
    let metrics = figures.to_string();
    let settings = [("METRICS_ADDR", metrics.as_str())];
    let server = process::Server::start_with(directory, &settings);
    let server = server.await.map_err(|error| error.to_string())?;
    let headers = Arc::new(writing(load::session(server.address).await?));

    let mut rounds = Vec::new();
    for turn in 0..TURNS {
        let before = commits(figures).await?;
        let ours = written(server.address, &headers, turn).await?;
        let batches = commits(figures).await? - before;
        let size = (CLIENTS * EACH).div_ceil(batches.max(1));
        let turn = begun + 1 + u32::try_from(turn)?;
        let theirs = raw.write(&vec![size; CLIENTS * EACH / size], turn);
        let theirs = theirs.map_err(|error| error.to_string())?;
        let rate =
            u128::try_from(CLIENTS * EACH / size * size)? * 1_000_000 / theirs.whole.as_micros().max(1);
        rounds.push((100 * ours.each_second() / rate.max(1), ours, rate, size));
    }
    rounds.sort_by_key(|(share, ..)| *share);
    let (share, ours, rate, size) = rounds.swap_remove(TURNS / 2);
    table::print(
        "64 clients writing a cell each over HTTP",
        &[
            "writes/s",
            "raw writes/s",
            "of it",
            "p50 ms",
            "p99 ms",
            "writes per commit",
        ],
        &[vec![
            ours.each_second().to_string(),
            rate.to_string(),
            format!("{share} %"),
            table::milliseconds(ours.percentile(50)),
            table::milliseconds(ours.percentile(99)),
            size.to_string(),
        ]],
        "Each answer means: on the disk, recorded, undoable, and in what the next page shows. Raw is SQLite itself with the same \
         statements in batches of the same size and nobody to answer.",
    );
    alone(server.address, raw, (&headers, begun + 100)).await?;
    server.stop().map_err(|error| error.to_string().into())
}

/// One client alone beside one commit of raw `SQLite` at a time.
async fn alone(address: SocketAddr, raw: &Raw, (headers, turn): (&Headers, u32)) -> Result<(), Fault> {
    let mut client = Client::connect(address).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for nth in 0..ALONE / 100 {
        for step in 0..100 {
            let begun = Instant::now();
            write_cell(&mut client, headers, 70, nth * 100 + step).await?;
            ours.push(begun.elapsed());
        }
        let turn = turn + u32::try_from(nth)?;
        let round = raw.write(&[1; 100], turn).map_err(|error| error.to_string())?;
        theirs.extend(round.waits);
    }
    let row = |name: &str, percent| {
        let [ours, theirs] = [&ours, &theirs].map(|times| table::percentile(times, percent));
        let limit = theirs * 3 / 2 + Duration::from_micros(300);
        vec![
            name.to_owned(),
            table::milliseconds(ours),
            table::milliseconds(theirs),
            table::milliseconds(limit),
        ]
    };
    table::print(
        "One client writing a cell at a time over HTTP",
        &["wait", "ms", "raw ms", "1.5 x raw + 0.3 ms"],
        &[row("p50", 50), row("p95", 95)],
        "From request to answer, over a connection that is open.",
    );
    Ok(())
}

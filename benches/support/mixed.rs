//! Reading while others write: what the readers lose, and that nobody reads what was true before their own write.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, Method};

use crate::load::{self, CLIENTS, Client, Fault, Headers, Load};
use crate::{plan, table};

/// Each client goes round so often: nine answers are read, and before the ninth one cell is written where somebody writes.
const ROUNDS: usize = 40;
const READS: usize = 9;
const TURNS: usize = 5;

const HEAT_MAP: &str = "/api/v1/utilisation?weeks=12";

/// What a client asks with.
struct Asks {
    reading: Headers,
    writing: Headers,
    /// For each client a row of its own, and the department of whoever works on it.
    rows: Vec<(usize, i64)>,
}

/// Rows of people who are in a department.
async fn rows(address: SocketAddr, headers: &Headers) -> Result<Vec<(usize, i64)>, Fault> {
    let mut client = Client::connect(address).await?;
    let mut found = Vec::new();
    for row in 1.. {
        if found.len() == CLIENTS {
            break;
        }
        let (_, _, body) = client.get(&format!("/api/v1/assignments/{row}"), headers).await?;
        let told: serde_json::Value = serde_json::from_slice(&body)?;
        let Some(person) = told.get("person").and_then(serde_json::Value::as_i64) else {
            continue;
        };
        let (_, _, body) = client.get(&format!("/api/v1/people/{person}"), headers).await?;
        let told: serde_json::Value = serde_json::from_slice(&body)?;
        let department = told.get("department").and_then(serde_json::Value::as_i64);
        found.extend(department.map(|department| (row, department)));
    }
    Ok(found)
}

/// One cell, as a program writes it; answers the change set that it became.
pub async fn write_cell(
    client: &mut Client,
    headers: &Headers,
    row: usize,
    figure: usize,
) -> Result<i64, Fault> {
    let cell =
        serde_json::json!({ "assignment": row, "week": plan::clock().today(), "hours": 1 + figure % 150 });
    let body = Bytes::from(serde_json::json!({ "cells": [cell] }).to_string());
    let (status, _, body) = client.ask(Method::POST, "/api/v1/hours", headers, body).await?;
    if !status.is_success() {
        return Err(format!("a cell was answered {status}").into());
    }
    let told: serde_json::Value = serde_json::from_slice(&body)?;
    // None where it held this figure already.
    let change_set = told.get("changeSet").and_then(serde_json::Value::as_i64);
    Ok(change_set.unwrap_or(0))
}

pub fn writing(session: (HeaderName, String)) -> Headers {
    vec![
        session,
        (CONTENT_TYPE, "application/json".to_owned()),
        (
            HeaderName::from_static("sec-fetch-site"),
            "same-origin".to_owned(),
        ),
    ]
}

/// The revision that an answer begins with.
fn revision(body: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(body.get(..40)?).ok()?;
    let digits = text.strip_prefix("{\"revision\":")?;
    digits.split(',').next()?.parse().ok()
}

/// What eight of nine reads look at.
#[derive(Clone, Copy)]
enum Sight {
    /// Everybody.
    Everybody,
    /// The department in which the client writes.
    Own,
}

async fn reads(
    address: SocketAddr,
    asks: &Arc<Asks>,
    turn: usize,
    (sight, writes): (Sight, bool),
) -> Result<Load, Fault> {
    load::together(address, |number, mut client| {
        let asks = Arc::clone(asks);
        async move {
            let mut waits = Vec::with_capacity(ROUNDS * READS);
            let (row, department) = asks.rows.get(number).copied().ok_or("too few rows")?;
            let own = format!("{HEAT_MAP}&department={department}");
            let looked_at = match sight {
                Sight::Everybody => HEAT_MAP,
                Sight::Own => &own,
            };
            for round in 0..ROUNDS {
                for _ in 1..READS {
                    let begun = Instant::now();
                    client.get(looked_at, &asks.reading).await?;
                    waits.push(begun.elapsed());
                }
                let written = if writes {
                    write_cell(&mut client, &asks.writing, row, turn * ROUNDS + round).await?
                } else {
                    0
                };
                let begun = Instant::now();
                let (_, _, body) = client.get(&own, &asks.writing).await?;
                waits.push(begun.elapsed());
                if revision(&body).ok_or("no revision")? < written {
                    return Err(
                        "an answer was older than what had been acknowledged before it was asked for".into(),
                    );
                }
            }
            Ok(waits)
        }
    })
    .await
}

/// The best rate of several turns, and the slowest of a hundred in it.
fn better(best: &mut (u128, Duration), load: &Load) {
    *best = (best.0.max(load.each_second()), best.1.min(load.percentile(99)));
}

pub async fn print(address: SocketAddr) -> Result<(), Fault> {
    let session = load::session(address).await?;
    let asks = Arc::new(Asks {
        reading: vec![session.clone(), (ACCEPT_ENCODING, "gzip".to_owned())],
        rows: rows(address, &writing(session.clone())).await?,
        writing: writing(session),
    });
    let mut rows = Vec::new();
    for (sight, name) in [
        (Sight::Everybody, "everybody"),
        (Sight::Own, "their own department"),
    ] {
        let (mut alone, mut beside) = ((0, Duration::MAX), (0, Duration::MAX));
        for turn in 0..TURNS {
            better(&mut alone, &reads(address, &asks, turn, (sight, false)).await?);
            better(&mut beside, &reads(address, &asks, turn, (sight, true)).await?);
        }
        for (what, (rate, slowest)) in [("reads alone", alone), ("90 % reads, 10 % writes", beside)] {
            rows.push(vec![
                format!("{what}, of {name}"),
                rate.to_string(),
                format!("{} %", 100 * rate / alone.0.max(1)),
                table::milliseconds(slowest),
            ]);
        }
    }
    table::print(
        "64 clients who read, alone and with one durable write for every nine reads",
        &["what", "reads a second", "of it", "read p99 ms"],
        &rows,
        "Eight of nine reads are the heat map of everybody, which every write changes, or that of the department in which the client \
         writes, as planners look at it; the ninth, right after the client's own write, is that of the department it was made in, and \
         its revision is never older than that write. The best of five turns each.",
    );
    Ok(())
}

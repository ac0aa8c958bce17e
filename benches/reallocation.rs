//! A due date that takes a whole project's hours along: 200 assignments, 52 weeks each, on the large plan.
//!
//! `cargo bench --bench reallocation`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/plan.rs"]
#[expect(dead_code, reason = "each benchmark uses its own part of it")]
mod plan;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "each benchmark uses its own part of it")]
mod process;
#[path = "support/table.rs"]
#[expect(dead_code, reason = "each benchmark uses its own part of it")]
mod table;

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ballast::units::Day;
use reqwest::{Client, Method};
use serde_json::{Value, json};

type Fault = Box<dyn Error>;

const ASSIGNMENTS: i64 = 200;
const WEEKS: i32 = 52;
/// How often the date goes there and back.
const TIMES: usize = 60;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let directory = plan::directory()?;
    let server = process::Server::start(directory.path()).await?;
    let browser = process::browser()?;
    process::sign_in(&browser, server.address).await?;
    let guest = Guest {
        browser,
        address: server.address,
    };
    // The program's clock runs: the hours begin next week, so that all of them lead up to a date in a year.
    let today = ballast::clock::Clock::system(jiff::tz::TimeZone::UTC).today();
    let due = |weeks: i32| today.plus(7 * (WEEKS + weeks));
    let deliverable = guest.project(today, due(0)).await?;
    let path = format!("/api/v1/deliverables/{deliverable}");
    let (mut moves, mut previews, mut cells) = (Vec::new(), Vec::new(), 0);
    for turn in 0..TIMES {
        let to = due(if turn % 2 == 0 { 2 } else { 0 });
        let query = format!("{path}/reallocation?due={to}");
        let (time, _) = guest.ask(Method::GET, &query, None).await?;
        previews.push(time);
        let (time, told) = guest
            .ask(Method::PATCH, &path, Some(json!({ "due": to })))
            .await?;
        moves.push(time);
        let reallocation = told.get("reallocation").ok_or("nothing moved")?;
        let changed = reallocation.get("assignmentsChanged").and_then(Value::as_i64);
        if changed != Some(ASSIGNMENTS) {
            return Err(format!("{changed:?} assignments changed").into());
        }
        cells = reallocation
            .get("touchedWeekKeys")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
    }
    let row = |name: &str, times: &[Duration]| {
        let [half, most] = [50, 95].map(|percent| table::milliseconds(table::percentile(times, percent)));
        vec![name.to_owned(), half, most]
    };
    table::print(
        &format!("A date moves by two weeks: {ASSIGNMENTS} assignments, {cells} weeks touched"),
        &["what", "p50 ms", "p95 ms"],
        &[
            row("GET …/reallocation, the preview", &previews),
            row("PATCH /api/v1/deliverables/{id}", &moves),
        ],
        "From request to last byte. Every cell of the weeks differs from its neighbour, so each is written, recorded and durable.",
    );
    server.stop()
}

struct Guest {
    browser: Client,
    address: SocketAddr,
}

impl Guest {
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<(Duration, Value), Fault> {
        let begun = Instant::now();
        let mut request = self
            .browser
            .request(method, format!("http://{}{path}", self.address))
            .header("sec-fetch-site", "same-origin");
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        let time = begun.elapsed();
        if !status.is_success() {
            return Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&bytes)).into());
        }
        Ok((time, serde_json::from_slice(&bytes)?))
    }

    /// The next person who is there all the time.
    async fn stays(&self, today: Day, people: &mut impl Iterator<Item = i64>) -> Result<i64, Fault> {
        for person in people {
            let (_, told) = self
                .ask(Method::GET, &format!("/api/v1/people/{person}"), None)
                .await?;
            let day = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
            if day("last").is_none() && day("start").is_none_or(|start| start < today.to_string()) {
                return Ok(person);
            }
        }
        Err("too few people".into())
    }

    /// A project with everything on it; answers its deliverable.
    async fn project(&self, today: Day, due: Day) -> Result<i64, Fault> {
        let id = |told: &Value| told.get("id").and_then(Value::as_i64).ok_or("no id");
        let body = json!({ "name": "Harbour of harbours", "status": 2 });
        let (_, project) = self.ask(Method::POST, "/api/v1/projects", Some(body)).await?;
        let project = id(&project)?;
        let mut cells = Vec::new();
        let mut people = 1..;
        for place in 1..=ASSIGNMENTS {
            let person = self.stays(today, &mut people).await?;
            let body = json!({ "project": project, "person": person });
            let (_, assignment) = self.ask(Method::POST, "/api/v1/assignments", Some(body)).await?;
            let assignment = id(&assignment)?;
            cells.extend((1..=WEEKS).map(|week| {
                let hours = 1 + (i64::from(week) * 7 + place * 3) % 23;
                json!({ "assignment": assignment, "week": today.plus(7 * week), "hours": hours })
            }));
        }
        self.ask(Method::POST, "/api/v1/hours", Some(json!({ "cells": cells })))
            .await?;
        let path = format!("/api/v1/projects/{project}/deliverables");
        let body = json!({ "name": "IFC", "due": due });
        let (_, deliverable) = self.ask(Method::POST, &path, Some(body)).await?;
        Ok(id(&deliverable)?)
    }
}

//! The process is killed in the midst of writes: everything acknowledged is there, and nothing half applied.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use ballast::accounts::{self, Access, AccountDraft};
use ballast::db::{Actor, Db, DbError, Gesture, Migrate};
use ballast::units::{Day, Week, WeekStart};
use ballast::{people, plan, projects};
use reqwest::{Client, redirect};
use serde_json::json;
use tokio::sync::Notify;

const CLIENTS: usize = 64;
const ROUNDS: usize = 20;
/// After how many acknowledgements of a round the process is killed.
const ACKNOWLEDGED: usize = 200;
/// How many cells one gesture writes: all of them or none must be there.
const CELLS: i64 = 3;
const PASSWORD: &str = "correct horse battery";

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(["--data-dir"])
            .arg(directory)
            .args(["serve", "--http-addr", "127.0.0.1:0"])
            .env("LOG_LEVEL", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().trim_start_matches("Ballast is at ").to_owned();
        assert!(address.starts_with("http://"), "{line}");
        Self { child, address }
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A project with an assignment for each client, and an account.
async fn prepare(directory: &Path) -> Vec<i64> {
    let db = Db::open(directory, Migrate::Auto).unwrap();
    let hash = accounts::hash_password(PASSWORD.to_owned()).await.unwrap();
    let gesture = Gesture {
        actor: Actor::program(),
        label: "prepared".to_owned(),
        at: 0,
    };
    let made = db.write(gesture, move |tx| {
        let draft = AccountDraft {
            email: "ada@example.org".into(),
            name: "Ada".into(),
            access: Access::Manager,
        };
        let account = accounts::make_account(tx, &draft)?.ok_or(DbError::Closed)?;
        accounts::set_password(tx, account, &hash)?;
        let role = people::find_or_add_role(tx, "Engineer")?;
        let project = projects::add_project(
            tx,
            &projects::ProjectDraft {
                name: "Harbour".into(),
                code: String::new(),
                client: None,
                status: ballast::units::ids::StatusId(2),
                department: None,
                colour: ballast::units::Colour::default(),
                start: None,
                end: None,
                budget: None,
                notes: String::new(),
            },
        )?;
        (0..CLIENTS)
            .map(|_| Ok(plan::add_assignment(tx, project, None, Some(role), "")?.0))
            .collect::<Result<Vec<i64>, DbError>>()
    });
    made.await.unwrap().value
}

async fn sign_in(address: &str) -> String {
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .build()
        .unwrap();
    let form = [("email", "ada@example.org"), ("password", PASSWORD)];
    let answer = client
        .post(format!("{address}/auth/login"))
        .header("Sec-Fetch-Site", "same-origin")
        .form(&form)
        .send()
        .await
        .unwrap();
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// Writes gesture after gesture until the process is gone; answers the first week of the last acknowledged one.
async fn write_until_killed(
    address: String,
    cookie: String,
    assignment: i64,
    from: i64,
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<Notify>,
) -> i64 {
    let client = Client::new();
    let mut week = from;
    loop {
        let cells: Vec<serde_json::Value> = (week..week + CELLS)
            .map(|week| json!({ "assignment": assignment, "week": day_of(week).to_string(), "hours": value_of(week / CELLS), "seen": 0 }))
            .collect();
        let sent = client
            .post(format!("{address}/api/v1/hours"))
            .header("Sec-Fetch-Site", "same-origin")
            .header("Cookie", &cookie)
            .json(&json!({ "cells": cells }))
            .send()
            .await;
        let Ok(answer) = sent else { return week };
        assert!(answer.status().is_success(), "{}", answer.status());
        if answer.bytes().await.is_err() {
            // The head of the answer came, so the write was acknowledged.
            return week + CELLS;
        }
        week += CELLS;
        if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 >= ACKNOWLEDGED {
            enough.notify_one();
        }
    }
}

fn day_of(week: i64) -> Day {
    Week(i32::try_from(week).unwrap()).first_day(WeekStart::Monday)
}

/// What the cells of one gesture hold: from 1 to 100 hours.
const fn value_of(gesture: i64) -> i64 {
    gesture % 100 + 1
}

async fn kept(directory: &Path) -> BTreeMap<(i64, i64), i64> {
    let db = Db::open(directory, Migrate::Auto).unwrap();
    let rows = db.read(|tx| {
        tx.query("select assignment_id, week, minutes from booking", &[], |row| {
            Ok(((row.get::<i64>(0)?, row.get::<i64>(1)?), row.get::<i64>(2)? / 60))
        })
    });
    rows.await.unwrap().into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_half_there_after_twenty_kills() {
    let directory = tempfile::tempdir().unwrap();
    let assignments = prepare(directory.path()).await;
    let next: Vec<AtomicI64> = assignments.iter().map(|_| AtomicI64::new(0)).collect();
    let mut cookie = None;
    for round in 0..ROUNDS {
        let server = Server::start(directory.path());
        if cookie.is_none() {
            cookie = Some(sign_in(&server.address).await);
        }
        let (acknowledged, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let writers: Vec<_> = assignments
            .iter()
            .zip(&next)
            .map(|(assignment, next)| {
                tokio::spawn(write_until_killed(
                    server.address.clone(),
                    cookie.clone().unwrap(),
                    *assignment,
                    next.load(Ordering::SeqCst),
                    Arc::clone(&acknowledged),
                    Arc::clone(&enough),
                ))
            })
            .collect();
        enough.notified().await;
        server.kill();
        let mut promised = Vec::new();
        for writer in writers {
            promised.push(writer.await.unwrap());
        }
        let kept = kept(directory.path()).await;
        for ((assignment, promised), next) in assignments.iter().zip(promised).zip(&next) {
            for week in 0..promised {
                assert_eq!(
                    kept.get(&(*assignment, week)),
                    Some(&value_of(week / CELLS)),
                    "round {round}: {assignment} {week}"
                );
            }
            // The gesture under way may be there or not, but not in part.
            let under_way: Vec<bool> = (promised..promised + CELLS)
                .map(|week| kept.contains_key(&(*assignment, week)))
                .collect();
            assert!(
                under_way.iter().all(|there| *there == under_way[0]),
                "round {round}: {assignment} {under_way:?}"
            );
            next.store(
                if under_way[0] { promised + CELLS } else { promised },
                Ordering::SeqCst,
            );
        }
    }
}

//! What a durable write costs through the database door, against bare rusqlite doing the same statements in the same
//! batches in the same run.
//!
//! `cargo bench --bench store`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/plan.rs"]
mod plan;
#[path = "support/table.rs"]
mod table;

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ballast::db::{Actor, Committed, Db, DbError, Gesture, Tx};
use ballast::plan::set_minutes;
use ballast::units::ids::AssignmentId;
use ballast::units::{Minutes, Week, WeekStart};
use rusqlite::{Connection, params};
use tokio::task::JoinSet;

type Fault = Box<dyn Error>;

/// How many clients write at once in the second table.
const CLIENTS: usize = 64;
/// How often each of them does.
const EACH: usize = 60;
/// How many writes are made one after the other in the first.
const ALONE: usize = 600;
/// Door and raw take turns, so that a neighbour on the machine disturbs both alike; the middle round counts.
const ROUNDS: usize = 5;

/// How many writes each commit carried, as the hook after it saw.
type Batches = Arc<Mutex<Vec<usize>>>;

/// One round: how long all took, and how long each was waited for.
struct Round {
    whole: Duration,
    waits: Vec<Duration>,
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let directory = plan::directory()?;
    let db = plan::large(directory.path()).await?;
    let raw = Raw::open(db.path(), &directory.path().join("raw.sqlite"))?;
    let batches = Batches::default();
    let seen = Arc::clone(&batches);
    db.after_commit(Box::new(move |_: &Tx<'_>, commits: &[Committed]| {
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(commits.len());
        Ok(())
    }));
    let mut door = Door { db, batches, turn: 0 };
    alone(&mut door, &raw).await?;
    together(&mut door, &raw).await
}

/// One write at a time.
async fn alone(door: &mut Door, raw: &Raw) -> Result<(), Fault> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (round, batches) = door.write(1, ALONE).await?;
        ours.push(round);
        theirs.push(raw.write(&batches, door.turn)?);
    }
    let (ours, theirs) = (middle(ours), middle(theirs));
    let [half, most] = [50, 95].map(|percent| {
        [
            table::percentile(&ours.waits, percent),
            table::percentile(&theirs.waits, percent),
        ]
    });
    let row = |name: &str, [ours, theirs]: [Duration; 2]| {
        vec![
            name.to_owned(),
            table::milliseconds(ours),
            table::milliseconds(theirs),
            table::ratio(ours, theirs),
        ]
    };
    table::print(
        "One durable cell write at a time",
        &["wait", "door ms", "raw ms", "ratio"],
        &[row("p50", half), row("p95", most)],
        "Each wait ends with the change on the disk, recorded and undoable. Raw is SQLite itself with the same statements.",
    );
    Ok(())
}

/// Many clients, each of which waits for its own write before the next.
async fn together(door: &mut Door, raw: &Raw) -> Result<(), Fault> {
    let (mut ours, mut theirs, mut commits) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (round, batches) = door.write(CLIENTS, EACH).await?;
        ours.push(round);
        commits += batches.len();
        theirs.push(raw.write(&batches, door.turn)?);
    }
    let (ours, theirs) = (middle(ours), middle(theirs));
    let writes = CLIENTS * EACH;
    let each_second = |whole: Duration| (writes * 1_000_000) as u128 / whole.as_micros().max(1);
    let row = vec![
        each_second(ours.whole).to_string(),
        each_second(theirs.whole).to_string(),
        table::ratio(ours.whole, theirs.whole),
        table::milliseconds(table::percentile(&ours.waits, 50)),
        table::milliseconds(table::percentile(&ours.waits, 95)),
        (writes * ROUNDS / commits.max(1)).to_string(),
    ];
    table::print(
        &format!("{CLIENTS} clients writing a cell each at once"),
        &[
            "door writes/s",
            "raw writes/s",
            "time ratio",
            "door p50 ms",
            "door p95 ms",
            "writes per commit",
        ],
        &[row],
        "Raw repeats the very batches that the door made, with nobody waiting: the ratio is what queue, threads and answers cost.",
    );
    Ok(())
}

/// The round of middling length.
fn middle(mut rounds: Vec<Round>) -> Round {
    rounds.sort_unstable_by_key(|round| round.whole);
    rounds.swap_remove(rounds.len() / 2)
}

fn week() -> Week {
    Week::of(plan::clock().today(), WeekStart::Monday)
}

/// A figure that no cell holds yet, so that every write changes something.
fn minutes(turn: u32, nth: usize) -> Minutes {
    Minutes(1_001 + turn % 8 * 1_000 + u32::try_from(nth % 1_000).unwrap_or(0))
}

/// The database door.
struct Door {
    db: Db,
    batches: Batches,
    turn: u32,
}

impl Door {
    /// Lets `clients` write `each` cells, and answers how the commits gathered them.
    async fn write(&mut self, clients: usize, each: usize) -> Result<(Round, Vec<usize>), Fault> {
        self.turn += 1;
        self.batches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for client in 0..clients {
            tasks.spawn(client_writes(self.db.clone(), client, each, self.turn));
        }
        let mut waits = Vec::with_capacity(clients * each);
        while let Some(own) = tasks.join_next().await {
            waits.extend(own??);
        }
        let round = Round {
            whole: begun.elapsed(),
            waits,
        };
        let batches = self
            .batches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Ok((round, batches))
    }
}

async fn client_writes(db: Db, client: usize, each: usize, turn: u32) -> Result<Vec<Duration>, DbError> {
    let assignment = AssignmentId(i64::try_from(client).unwrap_or(0) + 1);
    let mut waits = Vec::with_capacity(each);
    for nth in 0..each {
        let gesture = Gesture {
            actor: Actor::program(),
            label: "set a cell".to_owned(),
            at: plan::clock().now(),
        };
        let begun = Instant::now();
        let written = db.write(gesture, move |tx| {
            set_minutes(tx, assignment, week(), minutes(turn, nth))
        });
        written.await?;
        waits.push(begun.elapsed());
    }
    Ok(waits)
}

/// The engine without anything of ours around it, on a copy of the same plan.
struct Raw {
    connection: Connection,
}

impl Raw {
    fn open(from: &Path, to: &Path) -> Result<Self, Fault> {
        let text = to.to_str().ok_or("the directory's name is not UTF-8")?;
        Connection::open(from)?.execute("vacuum into ?1", [text])?;
        let connection = Connection::open(to)?;
        connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "cache_size", -16_384)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self { connection })
    }

    /// As many writes as `batches` say, one commit for each.
    fn write(&self, batches: &[usize], turn: u32) -> Result<Round, Fault> {
        let begun = Instant::now();
        let mut waits = Vec::with_capacity(batches.len());
        let mut nth = 0;
        for batch in batches {
            let begun = Instant::now();
            self.connection.execute_batch("begin immediate")?;
            for _ in 0..*batch {
                self.one(
                    i64::try_from(nth % CLIENTS).unwrap_or(0) + 1,
                    minutes(turn, nth).0,
                )?;
                nth += 1;
            }
            self.connection.execute_batch("commit")?;
            waits.push(begun.elapsed());
        }
        Ok(Round {
            whole: begun.elapsed(),
            waits,
        })
    }

    /// The statements of one recorded cell.
    fn one(&self, assignment: i64, minutes: u32) -> Result<(), rusqlite::Error> {
        let (raw, week) = (&self.connection, week().0);
        raw.prepare_cached("savepoint job")?.execute([])?;
        let before: u32 = raw
            .prepare_cached("select minutes from booking where assignment_id = ?1 and week = ?2")?
            .query_row(params![assignment, week], |row| row.get(0))?;
        raw.prepare_cached("update booking set minutes = ?3 where assignment_id = ?1 and week = ?2")?
            .execute(params![assignment, week, minutes])?;
        let set: i64 = raw
            .prepare_cached(
                "insert into change_set (at, account_id, actor, label, undoes) values (?1, null, ?2, ?3, null) returning id",
            )?
            .query_row(params![plan::clock().now(), "Ballast", "set a cell"], |row| row.get(0))?;
        raw.prepare_cached(
            "insert into change (change_set_id, topic, entity, entity_id, part, before, after) \
             values (?1, 'plan', 'booking', ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            set,
            assignment,
            week,
            format!("{{\"minutes\":{before}}}"),
            format!("{{\"minutes\":{minutes}}}"),
        ])?;
        raw.prepare_cached("release job")?.execute([])?;
        Ok(())
    }
}

//! What a durable write costs through the database door, against bare rusqlite doing the same statements in the same
//! batches in the same run.
//!
//! `cargo bench --bench store`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/bare.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod bare;
#[path = "support/durable.rs"]
mod durable;
#[path = "support/load.rs"]
mod load;
#[path = "support/mixed.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod mixed;
#[path = "support/plan.rs"]
mod plan;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod process;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/table.rs"]
mod table;

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ballast::db::{Actor, Committed, Db, DbError, Gesture, Tx};
use ballast::plan::set_minutes;
use ballast::units::ids::AssignmentId;
use raw::{Raw, Round, minutes, week};
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
    together(&mut door, &raw).await?;
    let turn = door.turn;
    drop(door);
    durable::print(directory.path(), &raw, turn)
        .await
        .map_err(|error| error.to_string().into())
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

//! `SQLite` itself doing the statements of a recorded cell, without anything of ours around it, on a copy of the same plan.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use ballast::units::{Minutes, Week, WeekStart};
use rusqlite::{Connection, params};

use crate::plan;

type Fault = Box<dyn Error>;

/// Over how many rows of the plan the writes go.
const ROWS: usize = 64;

/// One round: how long all took, and how long each was waited for.
pub struct Round {
    pub whole: Duration,
    pub waits: Vec<Duration>,
}

pub fn week() -> Week {
    Week::of(plan::clock().today(), WeekStart::Monday)
}

/// A figure that no cell holds yet, so that every write changes something.
pub fn minutes(turn: u32, nth: usize) -> Minutes {
    Minutes(1_001 + turn % 8 * 1_000 + u32::try_from(nth % 1_000).unwrap_or(0))
}

/// The engine without anything of ours around it, on a copy of the same plan.
pub struct Raw {
    connection: Connection,
}

impl Raw {
    pub fn open(from: &Path, to: &Path) -> Result<Self, Fault> {
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
    pub fn write(&self, batches: &[usize], turn: u32) -> Result<Round, Fault> {
        let begun = Instant::now();
        let mut waits = Vec::with_capacity(batches.len());
        let mut nth = 0;
        for batch in batches {
            let begun = Instant::now();
            self.connection.execute_batch("begin immediate")?;
            for _ in 0..*batch {
                self.one(i64::try_from(nth % ROWS).unwrap_or(0) + 1, minutes(turn, nth).0)?;
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

//! Queries that take long are told of: their text, which holds no values, and how they were worked out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::DbError;
use super::pulse::Pulse;
use crate::units::without_words;

/// How many are told of at a time, and how much of each.
const MOST: usize = 8;
const LONGEST: usize = 2_000;

/// What one connection was slow with since it was last told.
pub(super) struct Slow(Arc<Mutex<Vec<(String, Duration)>>>);

impl Slow {
    /// Watches all that is asked on `connection`.
    pub fn watch(connection: &mut Connection, pulse: &Pulse) -> Result<Self, DbError> {
        let seen = Arc::<Mutex<Vec<(String, Duration)>>>::default();
        let (notes, pulse) = (Arc::clone(&seen), pulse.clone());
        connection.trace_v2(
            TraceEventCodes::SQLITE_TRACE_PROFILE,
            Some(move |event: TraceEvent<'_>| {
                if let TraceEvent::Profile(statement, took) = event
                    && pulse.is_slow(took)
                {
                    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
                    if notes.len() < MOST {
                        notes.push((statement.sql().into_owned(), took));
                    }
                }
            }),
        )?;
        Ok(Self(seen))
    }

    /// Tells of what was slow. Nothing may be under way on the connection.
    pub fn tell(&self, connection: &Connection) {
        let notes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for (sql, took) in notes {
            let plan = plan_of(connection, &sql).unwrap_or_default().join("; ");
            let text: String = without_words(&sql)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let text: String = text.chars().take(LONGEST).collect();
            let milliseconds = took.as_millis();
            tracing::warn!(sql = text, plan = &*without_words(&plan), ms = %milliseconds, "a query was slow");
        }
        // What was asked about the plans is no news.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// How the engine works a query out.
fn plan_of(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("explain query plan {sql}"))?;
    // Its values are left out, and count as nothing.
    let mut rows = statement.raw_query();
    let mut plan = Vec::new();
    while let Some(row) = rows.next()? {
        plan.push(row.get(3)?);
    }
    Ok(plan)
}

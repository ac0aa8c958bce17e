//! Changes that are made in view of what was read.
//!
//! One rule holds for all of them: a write is done only if none of the rows it was made in view of has changed since they
//! were read, and this is decided inside the write's own transaction. So of several changes with one `If-Match` one is
//! done, and changes of different fields at the same time are all kept.

use crate::db::{Entity, Tx, Written};
use crate::error::AppError;
use crate::units::ids::ChangeSetId;
use crate::web::Fields;

/// How often a change begins anew. Each time at least one other change of the same thing was done.
const ATTEMPTS: usize = 64;

/// The rows that a change was made in view of, as of a revision of the plan.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    revision: i64,
    rows: Vec<(&'static Entity, i64)>,
    whole: Vec<&'static Entity>,
}

impl Seen {
    /// These rows as of `revision`, which must be taken before anything else is read. Where a key is a pair, all rows
    /// with this first number are meant.
    #[must_use]
    pub fn at(revision: i64, rows: &[(&'static Entity, i64)]) -> Self {
        Self {
            revision,
            rows: rows.to_vec(),
            whole: Vec::new(),
        }
    }

    /// These rows too.
    #[must_use]
    pub fn and(mut self, rows: impl IntoIterator<Item = (&'static Entity, i64)>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// All rows of these tables too, for what follows from rows that may not be there yet, or no longer.
    #[must_use]
    pub fn and_all(mut self, whole: &[&'static Entity]) -> Self {
        self.whole.extend_from_slice(whole);
        self
    }

    /// Nothing was looked at: a form carries all its fields and takes the place of what is there.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Lets the write go on while the rows are as they were seen; the first thing to ask in its closure.
    ///
    /// # Errors
    /// `Moved` where one of them has changed.
    pub fn check(&self, tx: &Tx<'_>) -> Result<(), AppError> {
        for (entity, id) in &self.rows {
            let newest = tx.newest_change(entity, *id)?;
            if newest.is_some_and(|change_set| change_set.0 > self.revision) {
                return Err(AppError::Moved);
            }
        }
        if self.whole.is_empty() {
            return Ok(());
        }
        let changed = tx.tables_changed_since(self.revision)?;
        let is_seen = |table: &String| self.whole.iter().any(|entity| entity.table == table);
        if changed.iter().any(is_seen) {
            return Err(AppError::Moved);
        }
        Ok(())
    }
}

/// Runs `attempt`, which reads, compares with `If-Match`, and writes what was [`Seen`]; anew while others are faster.
///
/// # Errors
/// Whatever `attempt` answers; `Moved` where others were faster each time.
pub async fn retry<T, F>(attempt: impl Fn() -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, AppError>>,
{
    for _ in 0..ATTEMPTS {
        match attempt().await {
            Err(AppError::Moved) => {}
            answer => return answer,
        }
    }
    Err(AppError::Moved)
}

/// The change set of a write that found its row.
///
/// # Errors
/// `NotFound` where it did not.
pub fn found(written: &Written<bool>) -> Result<Option<ChangeSetId>, AppError> {
    if written.value {
        Ok(written.change_set)
    } else {
        Err(AppError::NotFound)
    }
}

/// The fields that were sent, and `own` for those that were not.
#[must_use]
pub fn merged<'a>(sent: &Fields, own: impl IntoIterator<Item = (&'a str, String)>) -> Fields {
    let mut all = sent.clone();
    for (name, value) in own {
        if !sent.has(name) {
            all.add(name.to_owned(), value);
        }
    }
    all
}

//! Taking a change set back, as a new change set.

use std::collections::HashSet;

use super::changes::{Change, Entity, Image, Key, Recorded, RowKey, recorded};
use super::value::params;
use super::{DbError, Tx, WriteTx};
use crate::units::ids::ChangeSetId;

/// Of so many rows a page asks whether they still stand.
const LOOKED_UP: usize = 500;

/// What an undo did.
#[derive(Clone, Debug, Default)]
pub struct Undone {
    /// The rows that are again as they were.
    pub rows: Vec<(&'static Entity, RowKey)>,
    /// The rows that somebody has changed since, and that were left alone.
    pub conflicts: Vec<UndoConflict>,
}

/// A row that an undo left alone.
#[derive(Clone, Debug)]
pub struct UndoConflict {
    /// What kind of row.
    pub entity: &'static Entity,
    /// Which one.
    pub key: RowKey,
    /// What the change set had made of it.
    pub made: Option<Image>,
    /// What it is now.
    pub now: Option<Image>,
    /// What the undo would have given back.
    pub before: Option<Image>,
}

/// Writes the inverse of `change_set`, newest change first. Rows that were changed since are left alone and reported.
///
/// `entities` are those that may be taken back, `allowed` says which of their changes; a change set that holds another
/// is refused as a whole.
///
/// # Errors
/// `Refused` for such a change set, or where a row cannot come back because what it refers to is gone.
pub fn undo(
    tx: &WriteTx<'_>,
    change_set: ChangeSetId,
    entities: &[&'static Entity],
    allowed: impl Fn(&Change) -> bool,
) -> Result<Undone, DbError> {
    tx.mark_as_undoing(change_set);
    let mut undone = Undone::default();
    let mut back = Batch::default();
    for change in recorded(tx, Recorded::Of(change_set), entities)? {
        if !allowed(&change) {
            return Err(DbError::Refused(
                "this change is not yours to undo: ask an administrator".to_owned(),
            ));
        }
        if !back.takes(&change) {
            back.give(tx)?;
        }
        let now = tx.image(change.entity, change.key)?;
        if now != change.after {
            undone.conflicts.push(UndoConflict {
                entity: change.entity,
                key: change.key,
                made: change.after,
                now,
                before: change.before,
            });
            continue;
        }
        undone.rows.push((change.entity, change.key));
        back.add(change);
    }
    back.give(tx)?;
    Ok(undone)
}

/// The changes that [`undo`] would write now, without writing any: for a page that offers only what would not be refused.
///
/// # Errors
/// `Refused` as there, where `allowed` says so.
pub fn would_undo(
    tx: &Tx<'_>,
    change_set: ChangeSetId,
    entities: &[&'static Entity],
    allowed: impl Fn(&Change) -> bool,
) -> Result<Vec<Change>, DbError> {
    let changes = recorded(tx, Recorded::Of(change_set), entities)?;
    // Of a whole import each row is not looked up: that it stands as it was made is likely, and the write asks again.
    let is_small = changes.len() <= LOOKED_UP;
    let mut goes_back: HashSet<(&'static str, RowKey)> = HashSet::new();
    let mut back = Vec::new();
    for change in changes {
        if !allowed(&change) {
            return Err(DbError::Refused("this change is not yours to undo".to_owned()));
        }
        let row = (change.entity.table, change.key);
        let stands =
            !is_small || goes_back.contains(&row) || tx.image(change.entity, change.key)? == change.after;
        if stands {
            goes_back.insert(row);
            back.push(Change {
                before: change.after,
                after: change.before,
                ..change
            });
        }
    }
    Ok(back)
}

/// Whether a change set has been taken back by one that has not been taken back in turn. An undo can be undone and that
/// again, so the question is put to each of them.
///
/// # Errors
/// Where the database cannot be read.
pub fn is_undone(tx: &Tx<'_>, id: ChangeSetId) -> Result<bool, DbError> {
    let undoers: Vec<ChangeSetId> = tx.query(
        "select id from change_set where undoes = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    for undoer in undoers {
        if !is_undone(tx, undoer)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Rows of one entity, each once, that are given back together. A gesture may have changed a row twice, and then the later
/// change must be gone before the earlier one is compared.
#[derive(Default)]
struct Batch {
    entity: Option<&'static Entity>,
    keys: HashSet<RowKey>,
    rows: Vec<(RowKey, Option<Image>)>,
}

impl Batch {
    fn takes(&self, change: &Change) -> bool {
        self.entity.is_none_or(|own| std::ptr::eq(own, change.entity)) && !self.keys.contains(&change.key)
    }

    fn add(&mut self, change: Change) {
        self.entity = Some(change.entity);
        self.keys.insert(change.key);
        self.rows.push((change.key, change.before));
    }

    fn give(&mut self, tx: &WriteTx<'_>) -> Result<(), DbError> {
        let Some(entity) = self.entity.take() else {
            return Ok(());
        };
        self.keys.clear();
        let mut rows = std::mem::take(&mut self.rows);
        let done = if matches!(entity.key, Key::Pair(..)) {
            rows.sort_by_key(|(key, _)| *key);
            tx.replace_all(entity, rows)
        } else {
            rows.into_iter()
                .try_for_each(|(key, before)| tx.replace(entity, key, before).map(|_| ()))
        };
        done.map_err(|error| match error {
            DbError::Constraint(_) => DbError::Refused(
                "this can no longer be undone: something it belongs to has been changed or removed since"
                    .to_owned(),
            ),
            other => other,
        })
    }
}

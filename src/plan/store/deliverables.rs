//! Deliverables.

use std::collections::HashMap;

use super::DELIVERABLE;
use crate::db::{DbError, RowKey, Tx, Value, WriteTx, params};
use crate::files::{self, Owner};
use crate::units::Day;
use crate::units::ids::{DeliverableId, ProjectId};

/// A deliverable as somebody wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliverableDraft {
    /// Its name.
    pub name: String,
    /// How much of the project it stands for.
    pub percent: Option<u8>,
    /// The phase it ends, or blank.
    pub phase: String,
    /// When it is due.
    pub due: Option<Day>,
    /// Whether it is handed over.
    pub done: bool,
    /// Notes.
    pub notes: String,
}

fn values(draft: &DeliverableDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("name", Value::from(&draft.name)),
        ("percent", draft.percent.into()),
        ("phase", Value::from(&draft.phase)),
        ("due_day", draft.due.into()),
        ("done", draft.done.into()),
        ("notes", Value::from(&draft.notes)),
    ]
}

/// Adds a deliverable at the end of its project's list.
pub fn add_deliverable(
    tx: &WriteTx<'_>,
    project: ProjectId,
    draft: &DeliverableDraft,
) -> Result<DeliverableId, DbError> {
    let last: Option<i64> = tx.first(
        "select coalesce(max(position), 0) from deliverable where project_id = ?1",
        &params![project],
        |row| row.get(0),
    )?;
    let mut row = values(draft);
    row.push(("project_id", project.into()));
    row.push(("position", (last.unwrap_or(0) + 1).into()));
    tx.insert(&DELIVERABLE, &row).map(DeliverableId)
}

/// Changes a deliverable. Answers false where there is none.
pub fn change_deliverable(
    tx: &WriteTx<'_>,
    id: DeliverableId,
    draft: &DeliverableDraft,
) -> Result<bool, DbError> {
    tx.update(&DELIVERABLE, RowKey::id(id.0), &values(draft))
}

/// Moves a due date alone.
pub fn set_due(tx: &WriteTx<'_>, id: DeliverableId, due: Day) -> Result<bool, DbError> {
    tx.update(&DELIVERABLE, RowKey::id(id.0), &[("due_day", Some(due).into())])
}

/// Takes a deliverable away, and its files with it.
pub fn remove_deliverable(tx: &WriteTx<'_>, id: DeliverableId) -> Result<bool, DbError> {
    files::remove_all_of(tx, Owner::Deliverable(id))?;
    tx.delete(&DELIVERABLE, RowKey::id(id.0))
}

/// Puts the deliverables of a project into the order of `ids`; those that it does not name keep theirs, after them.
pub fn order_deliverables(
    tx: &WriteTx<'_>,
    project: ProjectId,
    ids: &[DeliverableId],
) -> Result<(), DbError> {
    let mut kept: Vec<DeliverableId> = tx.query(
        "select id from deliverable where project_id = ?1 order by position, id",
        &params![project],
        |row| row.get(0),
    )?;
    // Of an id that comes twice the first place counts. Forms may name very many, while everybody's writes wait.
    let places: Vec<(&DeliverableId, usize)> = ids.iter().zip(0..).collect();
    let places: HashMap<&DeliverableId, usize> = places.into_iter().rev().collect();
    kept.sort_by_key(|id| places.get(id).copied().unwrap_or(usize::MAX));
    for (position, id) in (1_i64..).zip(kept) {
        tx.update(&DELIVERABLE, RowKey::id(id.0), &[("position", position.into())])?;
    }
    Ok(())
}

/// The notes of a deliverable, which the plan in memory does not carry.
pub fn deliverable_notes(tx: &Tx<'_>, id: DeliverableId) -> Result<Option<String>, DbError> {
    tx.first(
        "select notes from deliverable where id = ?1",
        &params![id],
        |row| row.get(0),
    )
}

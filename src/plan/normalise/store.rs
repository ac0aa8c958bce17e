//! Which imports may be displaced, and the repairs as they are kept.

use super::rules::{Repairs, Shift};
use crate::db::{DbError, Recorded, Tx, WriteTx, params, recorded};
use crate::plan::store::{BOOKING, remove_assignment, set_cells};
use crate::plan::undoable;
use crate::units::Week;
use crate::units::ids::{AssignmentId, ChangeSetId};

/// An import of hours that was made while weeks began on another day than they do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its change set.
    pub change_set: ChangeSetId,
    /// What it was called.
    pub label: String,
    /// On which day weeks began then.
    pub week_start: String,
}

/// The imports of hours that were made before the first day of the week was changed to `now`, newest first.
pub fn imports(tx: &Tx<'_>, now: &str) -> Result<Vec<Import>, DbError> {
    // What the first change after an import says of the time before it.
    let changes: Vec<(i64, Option<String>)> = tx.query(
        "select change_set_id, before from change where entity = 'organisation' order by id",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let start_at = |change_set: i64| {
        let before = changes
            .iter()
            .find(|(own, _)| *own > change_set)
            .and_then(|(_, before)| before.as_deref())?;
        let value: serde_json::Value = serde_json::from_str(before).ok()?;
        Some(value.get("week_starts_on")?.as_str()?.to_owned())
    };
    let all: Vec<(ChangeSetId, String)> = tx.query(
        "select s.id, s.label from change_set s where s.label like 'imported %' \
         and exists (select 1 from change c where c.change_set_id = s.id and c.entity = ?1) order by s.id desc",
        &params![BOOKING.table],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(all
        .into_iter()
        .filter_map(|(change_set, label)| {
            let week_start = start_at(change_set.0).filter(|start| start != now)?;
            Some(Import {
                change_set,
                label,
                week_start,
            })
        })
        .collect())
}

/// The cells that `change_set` wrote and that nobody has changed since, to be moved by `by` weeks.
pub fn shifts(tx: &Tx<'_>, change_set: ChangeSetId, by: i32) -> Result<Vec<Shift>, DbError> {
    let mut shifts = Vec::new();
    for change in recorded(tx, Recorded::Of(change_set), &undoable())? {
        let is_cell = change.is_of(&BOOKING) && change.after.is_some();
        if is_cell && tx.image(&BOOKING, change.key)? == change.after {
            shifts.push(Shift {
                assignment: AssignmentId(change.key.id),
                week: Week(i32::try_from(change.key.part).unwrap_or(i32::MAX)),
                by,
            });
        }
    }
    Ok(shifts)
}

/// Does all of it, as one gesture.
pub fn apply(tx: &WriteTx<'_>, repairs: &Repairs) -> Result<(), DbError> {
    set_cells(tx, repairs.cells.iter().copied())?;
    for assignment in &repairs.removed {
        remove_assignment(tx, *assignment)?;
    }
    Ok(())
}

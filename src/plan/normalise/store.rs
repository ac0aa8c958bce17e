//! Which imports may be displaced, and the repairs as they are kept.

use super::rules::{Repairs, Shift};
use crate::db::{DbError, Tx, WriteTx, params};
use crate::plan::store::{BOOKING, remove_assignment, set_cells};
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
    tx.query(
        "select c.entity_id, c.part from change c where c.change_set_id = ?1 and c.entity = ?2 and c.after is not null \
         and not exists (select 1 from change later where later.entity = c.entity and later.entity_id = c.entity_id \
         and later.part = c.part and later.id > c.id) order by c.id",
        &params![change_set, BOOKING.table],
        |row| {
            let week: i64 = row.get(1)?;
            Ok(Shift {
                assignment: AssignmentId(row.get(0)?),
                week: Week(i32::try_from(week).unwrap_or(i32::MAX)),
                by,
            })
        },
    )
}

/// Does all of it, as one gesture.
pub fn apply(tx: &WriteTx<'_>, repairs: &Repairs) -> Result<(), DbError> {
    set_cells(tx, repairs.cells.iter().copied())?;
    for assignment in &repairs.removed {
        remove_assignment(tx, *assignment)?;
    }
    Ok(())
}

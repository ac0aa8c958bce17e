//! Taking a change set back, as a new change set.

use super::changes::{Change, Entity, Image, RowKey};
use super::value::params;
use super::{DbError, WriteTx};
use crate::units::ids::ChangeSetId;

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
    for change in recorded(tx, change_set, entities)? {
        if !allowed(&change) {
            return Err(DbError::Refused(
                "this change is not yours to undo: ask an administrator".to_owned(),
            ));
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
        match tx.replace(change.entity, change.key, change.before) {
            Ok(_) => undone.rows.push((change.entity, change.key)),
            Err(DbError::Constraint(_)) => {
                return Err(DbError::Refused(
                    "this can no longer be undone: something it belongs to has been changed or removed since"
                        .to_owned(),
                ));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(undone)
}

fn recorded(
    tx: &WriteTx<'_>,
    change_set: ChangeSetId,
    entities: &[&'static Entity],
) -> Result<Vec<Change>, DbError> {
    let image = |entity: &Entity, text: Option<String>| text.and_then(|text| Image::from_json(entity, &text));
    let rows = tx.query(
        "select entity, entity_id, part, before, after from change where change_set_id = ?1 order by id desc",
        &params![change_set],
        |row| {
            let table: String = row.get(0)?;
            let entity = *entities
                .iter()
                .find(|entity| entity.table == table)
                .ok_or_else(|| DbError::Refused("this change cannot be undone".to_owned()))?;
            Ok(Change {
                entity,
                key: RowKey::pair(row.get(1)?, row.get(2)?),
                before: image(entity, row.get(3)?),
                after: image(entity, row.get(4)?),
            })
        },
    )?;
    Ok(rows)
}

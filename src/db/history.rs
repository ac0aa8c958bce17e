//! Who changed what, from the change table.

use super::changes::{Entity, MANY, RowKey, tells_of};
use super::value::params;
use super::{DbError, Tx};
use crate::units::ids::ChangeSetId;

/// One row that one change set changed.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// The gesture it belongs to.
    pub change_set: ChangeSetId,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What they did, in words.
    pub label: String,
    /// The kind of row.
    pub entity: String,
    /// Its id.
    pub id: i64,
    /// The second number of its key.
    pub part: i64,
    /// What it was, as JSON.
    pub before: Option<String>,
    /// What it became, as JSON.
    pub after: Option<String>,
    /// The change set that this one takes back.
    pub undoes: Option<ChangeSetId>,
}

const COLUMNS: &str =
    "s.id, s.at, s.actor, s.label, c.entity, c.entity_id, c.part, c.before, c.after, s.undoes";

/// At most `most` changes, newest first, for which `place` holds: a condition over `c` (change) and `s` (`change_set`)
/// in the words of the feature that asks, with `id` as `?1`.
pub fn history(tx: &Tx<'_>, place: &'static str, id: i64, most: u32) -> Result<Vec<HistoryEntry>, DbError> {
    let sql = format!(
        "select {COLUMNS} from change c join change_set s on s.id = c.change_set_id where {place} \
         order by c.id desc limit ?2"
    );
    tx.query(&sql, &params![id, most], |row| {
        Ok(HistoryEntry {
            change_set: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            label: row.get(3)?,
            entity: row.get(4)?,
            id: row.get(5)?,
            part: row.get(6)?,
            before: row.get(7)?,
            after: row.get(8)?,
            undoes: row.get(9)?,
        })
    })
}

/// Who last changed a row.
pub fn last_writer(tx: &Tx<'_>, entity: &Entity, key: RowKey) -> Result<Option<String>, DbError> {
    let lines = tx.query(
        "select s.actor, c.part, c.before, c.after from change c join change_set s on s.id = c.change_set_id \
         where c.entity = ?1 and c.entity_id = ?2 and (c.part = ?3 or c.part = ?4) order by c.id desc",
        &params![entity.table, key.id, key.part, MANY],
        |row| {
            let part: i64 = row.get(1)?;
            let texts: [Option<String>; 2] = [row.get(2)?, row.get(3)?];
            let tells = part == key.part || texts.iter().flatten().any(|text| tells_of(text, key.part));
            Ok(tells.then_some(row.get::<String>(0)?))
        },
    )?;
    Ok(lines.into_iter().flatten().next())
}

/// What `change_set` was called, if there is one.
pub fn change_set_label(tx: &Tx<'_>, change_set: ChangeSetId) -> Result<Option<String>, DbError> {
    tx.first(
        "select label from change_set where id = ?1",
        &params![change_set],
        |row| row.get(0),
    )
}

//! Days on which somebody is away.

use super::TIME_OFF;
use crate::db::{DbError, RowKey, Tx, Value, WriteTx, params};
use crate::people::rules::{TimeOffDraft, TimeOffKind};
use crate::units::Day;
use crate::units::ids::{PersonId, TimeOffId};

/// Days on which somebody is away, as they are kept.
#[derive(Clone, Debug)]
pub struct TimeOff {
    /// Its id.
    pub id: TimeOffId,
    /// The first of the days.
    pub first: Day,
    /// The last of them.
    pub last: Day,
    /// Only half of each.
    pub half: bool,
    /// Why.
    pub kind: TimeOffKind,
    /// `approved`; `requested` and `declined` do not count yet, or not at all.
    pub status: String,
    /// A remark, or empty.
    pub note: String,
}

/// The time off of a person, newest first.
pub fn time_off(tx: &Tx<'_>, person: PersonId) -> Result<Vec<TimeOff>, DbError> {
    tx.query(
        "select id, first_day, last_day, half, kind, status, note from time_off where person_id = ?1 \
         order by first_day desc, id desc",
        &params![person],
        |row| {
            let kind: String = row.get(4)?;
            Ok(TimeOff {
                id: row.get(0)?,
                first: row.get(1)?,
                last: row.get(2)?,
                half: row.get(3)?,
                kind: TimeOffKind::parse(&kind).unwrap_or_default(),
                status: row.get(5)?,
                note: row.get(6)?,
            })
        },
    )
}

/// Adds time off that a manager grants, so it counts at once.
pub fn add_time_off(tx: &WriteTx<'_>, person: PersonId, draft: &TimeOffDraft) -> Result<TimeOffId, DbError> {
    let values = [
        ("person_id", person.into()),
        ("first_day", draft.first.into()),
        ("last_day", draft.last.into()),
        ("half", draft.half.into()),
        ("kind", draft.kind.as_str().into()),
        ("status", Value::from("approved")),
        ("note", (&draft.note).into()),
    ];
    tx.insert(&TIME_OFF, &values).map(TimeOffId)
}

/// Takes time off of this person away. Answers false where there is none.
pub fn remove_time_off(tx: &WriteTx<'_>, person: PersonId, id: TimeOffId) -> Result<bool, DbError> {
    let owner: Option<PersonId> = tx.first(
        "select person_id from time_off where id = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    if owner != Some(person) {
        return Ok(false);
    }
    tx.delete(&TIME_OFF, RowKey::id(id.0))
}

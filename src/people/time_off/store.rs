//! Leave as it is kept.

use super::rules::{Status, TimeOffDraft, TimeOffKind, days_text};
use crate::book::Absence;
use crate::db::{DbError, Entity, Key, Row, RowKey, Tx, Value, WriteTx, params};
use crate::units::Day;
use crate::units::ids::{PersonId, TimeOffId};

/// Days on which somebody is away, or wants to be.
pub static TIME_OFF: Entity = Entity {
    table: "time_off",
    topic: "people",
    key: Key::Id,
    columns: &[
        "person_id",
        "first_day",
        "last_day",
        "half",
        "kind",
        "status",
        "note",
        "from_midday",
        "until_midday",
        "asked_at",
        "answered_by",
        "answer",
    ],
};

/// Leave as it is kept.
#[derive(Clone, Debug)]
pub struct TimeOff {
    /// Its id.
    pub id: TimeOffId,
    /// Whose.
    pub person: PersonId,
    /// When.
    pub absence: Absence,
    /// Why.
    pub kind: TimeOffKind,
    /// How far it has come.
    pub status: Status,
    /// A remark, or empty.
    pub note: String,
    /// When it was asked for, in milliseconds since 1970-01-01 UTC; none where a manager entered it.
    pub asked_at: Option<i64>,
    /// Who approved or declined it.
    pub answered_by: Option<String>,
    /// Why it was declined, or empty.
    pub answer: String,
}

macro_rules! time_off_where {
    ($condition:literal) => {
        concat!(
            "select id, person_id, first_day, last_day, half, from_midday, until_midday, kind, status, note, asked_at, ",
            "answered_by, answer from time_off where ",
            $condition
        )
    };
}

fn read(row: &Row<'_>) -> Result<TimeOff, DbError> {
    let (kind, status): (String, String) = (row.get(7)?, row.get(8)?);
    Ok(TimeOff {
        id: row.get(0)?,
        person: row.get(1)?,
        absence: absence(row, 2)?,
        kind: TimeOffKind::parse(&kind).unwrap_or(TimeOffKind::Other),
        status: Status::parse(&status).unwrap_or(Status::Requested),
        note: row.get(9)?,
        asked_at: row.get(10)?,
        answered_by: row.get(11)?,
        answer: row.get::<Option<String>>(12)?.unwrap_or_default(),
    })
}

/// The days from column `first` on: first and last day, half, from midday, until midday.
pub(in crate::people) fn absence(row: &Row<'_>, first: usize) -> Result<Absence, DbError> {
    Ok(Absence {
        first: row.get(first)?,
        last: row.get(first + 1)?,
        half: row.get(first + 2)?,
        from_midday: row.get::<Option<bool>>(first + 3)?.unwrap_or(false),
        until_midday: row.get::<Option<bool>>(first + 4)?.unwrap_or(false),
    })
}

/// The leave of a person, newest first.
pub fn time_off_of(tx: &Tx<'_>, person: PersonId) -> Result<Vec<TimeOff>, DbError> {
    tx.query(
        time_off_where!("person_id = ?1 order by first_day desc, id desc"),
        &params![person],
        read,
    )
}

/// One leave.
pub fn time_off_row(tx: &Tx<'_>, id: TimeOffId) -> Result<Option<TimeOff>, DbError> {
    tx.first(time_off_where!("id = ?1"), &params![id], read)
}

/// What is waiting, what is not over on `today`, and all of `own` since `since`; by first day.
pub fn current(tx: &Tx<'_>, today: Day, own: Option<PersonId>, since: Day) -> Result<Vec<TimeOff>, DbError> {
    tx.query(
        time_off_where!(
            "status = 'requested' or last_day >= ?1 or (person_id = ?2 and last_day >= ?3) order by first_day, id"
        ),
        &params![today, own, since],
        read,
    )
}

/// Everything that touches the days from `first` to `last`, with an id above `after`, by id.
pub fn between(tx: &Tx<'_>, first: Day, last: Day, after: TimeOffId) -> Result<Vec<TimeOff>, DbError> {
    tx.query(
        time_off_where!("last_day >= ?1 and first_day <= ?2 and id > ?3 order by id"),
        &params![first, last, after],
        read,
    )
}

/// The leave of the same person, asked for or approved, that takes some half of the same days.
pub fn clash(
    tx: &Tx<'_>,
    person: PersonId,
    absence: &Absence,
    own: Option<TimeOffId>,
) -> Result<Option<TimeOff>, DbError> {
    let near = tx.query(
        time_off_where!(
            "person_id = ?1 and last_day >= ?2 and first_day <= ?3 and status in ('requested', 'approved') \
             order by first_day, id"
        ),
        &params![person, absence.first, absence.last],
        read,
    )?;
    Ok(near
        .into_iter()
        .find(|one| Some(one.id) != own && one.absence.clashes(absence)))
}

fn values(person: PersonId, draft: &TimeOffDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("person_id", person.into()),
        ("first_day", draft.absence.first.into()),
        ("last_day", draft.absence.last.into()),
        ("half", draft.absence.half.into()),
        ("from_midday", draft.absence.from_midday.into()),
        ("until_midday", draft.absence.until_midday.into()),
        ("kind", draft.kind.as_str().into()),
        ("note", (&draft.note).into()),
    ]
}

/// Adds leave that a manager grants, so it counts at once.
pub fn add_approved(tx: &WriteTx<'_>, person: PersonId, draft: &TimeOffDraft) -> Result<TimeOffId, DbError> {
    let mut values = values(person, draft);
    values.push(("status", Status::Approved.as_str().into()));
    tx.insert(&TIME_OFF, &values).map(TimeOffId)
}

/// Adds leave that is only asked for.
pub fn request(tx: &WriteTx<'_>, person: PersonId, draft: &TimeOffDraft) -> Result<TimeOffId, DbError> {
    let mut values = values(person, draft);
    values.push(("status", Status::Requested.as_str().into()));
    values.push(("asked_at", tx.now().into()));
    tx.insert(&TIME_OFF, &values).map(TimeOffId)
}

/// Answers a request, or withdraws it. `by` is who answered.
pub fn set_status(
    tx: &WriteTx<'_>,
    id: TimeOffId,
    status: Status,
    by: Option<&str>,
    answer: &str,
) -> Result<bool, DbError> {
    let values = [
        ("status", Value::from(status.as_str())),
        ("answered_by", by.into()),
        ("answer", (!answer.is_empty()).then_some(answer).into()),
    ];
    tx.update(&TIME_OFF, RowKey::id(id.0), &values)
}

/// Takes leave of this person away. Answers false where there is none.
pub fn remove(tx: &WriteTx<'_>, person: PersonId, id: TimeOffId) -> Result<bool, DbError> {
    if time_off_row(tx, id)?.is_none_or(|one| one.person != person) {
        return Ok(false);
    }
    tx.delete(&TIME_OFF, RowKey::id(id.0))
}

/// Refuses what an undo brought back where it lies on other leave of the same person that was entered since.
///
/// # Errors
/// `Refused`, with which leave that is.
pub fn check_clashes(tx: &Tx<'_>, ids: impl Iterator<Item = TimeOffId>) -> Result<(), DbError> {
    for id in ids {
        let Some(one) = time_off_row(tx, id)?.filter(|one| one.status.holds()) else {
            continue;
        };
        if let Some(other) = clash(tx, one.person, &one.absence, Some(id))? {
            return Err(DbError::Refused(format!(
                "this can no longer be undone: the leave {} would lie on the leave {}, which was entered since",
                days_text(&one.absence),
                days_text(&other.absence)
            )));
        }
    }
    Ok(())
}

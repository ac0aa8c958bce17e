//! People, their working weeks and their skills.

use std::collections::HashMap;

use super::{PERSON, PERSON_SKILL, WEEKDAYS, WORK_WEEK};
use crate::book::WorkWeek;
use crate::db::{Change, DbError, RowKey, Tx, Value, WriteTx, params};
use crate::people::rules::{Guard, Identity, PersonDraft};
use crate::units::Day;
use crate::units::ids::{CalendarId, DepartmentId, PersonId, SkillId};

fn person_values(draft: &PersonDraft) -> Vec<(&'static str, Value)> {
    vec![
        ("name", Value::from(&draft.name)),
        ("email", Value::from(&draft.email)),
        ("phone", Value::from(&draft.phone)),
        ("location", Value::from(&draft.location)),
        ("department_id", draft.department.into()),
        ("role_id", draft.role.into()),
        ("calendar_id", draft.calendar.into()),
        ("start_day", draft.start.into()),
        ("last_day", draft.last.into()),
        ("notes", Value::from(&draft.notes)),
        ("active", draft.active.into()),
    ]
}

/// Adds a person; their working week and skills are set apart.
pub fn add_person(tx: &WriteTx<'_>, draft: &PersonDraft) -> Result<PersonId, DbError> {
    tx.insert(&PERSON, &person_values(draft)).map(PersonId)
}

/// Changes a person. Answers false where there is none.
pub fn change_person(tx: &WriteTx<'_>, id: PersonId, draft: &PersonDraft) -> Result<bool, DbError> {
    tx.update(&PERSON, RowKey::id(id.0), &person_values(draft))
}

/// Whether another person than `own` has this address.
pub fn email_is_taken(tx: &Tx<'_>, email: &str, own: Option<PersonId>) -> Result<bool, DbError> {
    let sql = "select count(*) from person where lower(email) = lower(?1) and email <> '' and id <> ?2";
    let count: Option<i64> = tx.first(sql, &params![email, own.map_or(0, |id| id.0)], |row| row.get(0))?;
    Ok(count.unwrap_or(0) > 0)
}

/// Whether what `change` made of somebody's e-mail address and department may be taken back by who is held to `guard`.
#[must_use]
pub fn may_go_back(guard: &Guard, change: &Change) -> bool {
    if !change.is_of(&PERSON) {
        return true;
    }
    let [now, then] = [&change.after, &change.before].map(|image| {
        image.as_ref().map(|image| Identity {
            email: image
                .get(&PERSON, "email")
                .and_then(Value::as_text)
                .unwrap_or_default(),
            department: image
                .get(&PERSON, "department_id")
                .and_then(Value::as_int)
                .map(DepartmentId),
        })
    });
    guard.fault(Some(PersonId(change.key.id)), now, then).is_none()
}

/// The e-mail address and department of a person.
pub fn person_identity(tx: &Tx<'_>, id: PersonId) -> Result<Option<(String, Option<DepartmentId>)>, DbError> {
    tx.first(
        "select email, department_id from person where id = ?1",
        &params![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The phone number and notes of a person, which the plan in memory does not carry.
pub fn person_notes(tx: &Tx<'_>, id: PersonId) -> Result<Option<(String, String)>, DbError> {
    tx.first(
        "select phone, notes from person where id = ?1",
        &params![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Sets somebody's working week from a day on.
pub fn put_work_week(tx: &WriteTx<'_>, id: PersonId, from: Day, week: WorkWeek) -> Result<(), DbError> {
    let values: Vec<(&str, Value)> = WEEKDAYS
        .into_iter()
        .zip(week.0)
        .map(|(day, minutes)| (day, minutes.into()))
        .collect();
    tx.put(&WORK_WEEK, RowKey::pair(id.0, from.number().into()), &values)
}

/// Makes `skills` be all that a person has.
pub fn set_skills(tx: &WriteTx<'_>, id: PersonId, skills: &[(SkillId, u8)]) -> Result<(), DbError> {
    let kept: Vec<SkillId> = tx.query(
        "select skill_id from person_skill where person_id = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    for gone in kept
        .iter()
        .filter(|skill| !skills.iter().any(|(own, _)| own == *skill))
    {
        tx.delete(&PERSON_SKILL, RowKey::pair(id.0, gone.0))?;
    }
    for (skill, level) in skills {
        tx.put(
            &PERSON_SKILL,
            RowKey::pair(id.0, skill.0),
            &[("level", (*level).into())],
        )?;
    }
    Ok(())
}

/// What the plan in memory does not carry of a person.
#[derive(Clone, Debug, Default)]
pub struct Particulars {
    /// Their telephone, or empty.
    pub phone: String,
    /// Notes, or empty.
    pub notes: String,
}

/// What the plan in memory does not carry, of everybody.
pub fn particulars(tx: &Tx<'_>) -> Result<HashMap<PersonId, Particulars>, DbError> {
    let all = tx.query("select id, phone, notes from person", &[], |row| {
        let particulars = Particulars {
            phone: row.get(1)?,
            notes: row.get(2)?,
        };
        Ok((row.get(0)?, particulars))
    })?;
    Ok(all.into_iter().collect())
}

/// Sets whether a person is planned. Answers false where there is none.
pub fn set_active(tx: &WriteTx<'_>, id: PersonId, active: bool) -> Result<bool, DbError> {
    tx.update(&PERSON, RowKey::id(id.0), &[("active", active.into())])
}

/// Whether there is a calendar with this id; the plan in memory knows only those with days in them.
pub fn calendar_is_known(tx: &Tx<'_>, id: CalendarId) -> Result<bool, DbError> {
    let found: Option<CalendarId> =
        tx.first("select id from calendar where id = ?1", &params![id], |row| {
            row.get(0)
        })?;
    Ok(found.is_some())
}

/// Takes the working week that begins on `from` away; the one before counts on. Answers false where there is none.
pub fn remove_work_week(tx: &WriteTx<'_>, id: PersonId, from: Day) -> Result<bool, DbError> {
    tx.delete(&WORK_WEEK, RowKey::pair(id.0, from.number().into()))
}

//! What people belong to: the organisation, departments, roles, skills.

use super::super::rules::department_fault;
use super::{DEPARTMENT, ORGANISATION, ROLE, SKILL, WEEKDAYS};
use crate::book::{BandUnit, Bands, Department, WorkWeek};
use crate::db::{DbError, Entity, RowKey, Tx, Value, WriteTx};
use crate::units::ids::{CalendarId, DepartmentId, RoleId, SkillId};
use crate::units::{WeekStart, fold};

/// There is one organisation, and this is its id.
const ONLY: RowKey = RowKey::id(1);

/// The role called `name`, made where there is none.
pub fn find_or_add_role(tx: &WriteTx<'_>, name: &str) -> Result<RoleId, DbError> {
    let known: Vec<(RoleId, String)> = tx.query("select id, name from role", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    match known.into_iter().find(|(_, own)| fold(own) == fold(name)) {
        Some((id, _)) => Ok(id),
        None => tx.insert(&ROLE, &[("name", name.into())]).map(RoleId),
    }
}

/// The skill called `name`, made where there is none.
pub fn find_or_add_skill(tx: &WriteTx<'_>, name: &str) -> Result<SkillId, DbError> {
    let known: Vec<(SkillId, String)> = tx.query("select id, name from skill", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    match known.into_iter().find(|(_, own)| fold(own) == fold(name)) {
        Some((id, _)) => Ok(id),
        None => tx.insert(&SKILL, &[("name", name.into())]).map(SkillId),
    }
}

/// The department called `name` under `parent`, made where there is none.
pub fn find_or_add_department(
    tx: &WriteTx<'_>,
    name: &str,
    parent: Option<DepartmentId>,
) -> Result<DepartmentId, DbError> {
    let known: Vec<(DepartmentId, String, Option<DepartmentId>)> =
        tx.query("select id, name, parent_id from department", &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    match known
        .into_iter()
        .find(|(_, own, above)| *above == parent && fold(own) == fold(name))
    {
        Some((id, ..)) => Ok(id),
        None => tx
            .insert(
                &DEPARTMENT,
                &[("name", name.into()), ("parent_id", parent.into())],
            )
            .map(DepartmentId),
    }
}

/// Every department, in no order.
pub fn departments(tx: &Tx<'_>) -> Result<Vec<Department>, DbError> {
    tx.query("select id, name, parent_id from department", &[], |row| {
        Ok(Department {
            id: row.get(0)?,
            name: row.get(1)?,
            parent: row.get(2)?,
            depth: 0,
        })
    })
}

/// Adds a department below `parent`, or at the top.
pub fn add_department(
    tx: &WriteTx<'_>,
    name: &str,
    parent: Option<DepartmentId>,
) -> Result<DepartmentId, DbError> {
    tx.insert(
        &DEPARTMENT,
        &[("name", name.into()), ("parent_id", parent.into())],
    )
    .map(DepartmentId)
}

/// Renames or moves a department. Answers false where there is none.
pub fn change_department(
    tx: &WriteTx<'_>,
    id: DepartmentId,
    name: &str,
    parent: Option<DepartmentId>,
) -> Result<bool, DbError> {
    let values = [("name", Value::from(name)), ("parent_id", parent.into())];
    tx.update(&DEPARTMENT, RowKey::id(id.0), &values)
}

/// Whether another row than `own` of a kind that is known by its name is called `name`, as people compare names.
pub fn name_is_taken(tx: &Tx<'_>, entity: &Entity, name: &str, own: Option<i64>) -> Result<bool, DbError> {
    let known: Vec<(i64, String)> =
        tx.query(&format!("select id, name from {}", entity.table), &[], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let wanted = fold(name);
    Ok(known
        .iter()
        .any(|(id, other)| Some(*id) != own && fold(other) == wanted))
}

/// Adds a row of a kind that is known by its name: a role, a skill.
pub fn add_named(tx: &WriteTx<'_>, entity: &'static Entity, name: &str) -> Result<i64, DbError> {
    tx.insert(entity, &[("name", name.into())])
}

/// Renames such a row. Answers false where there is none.
pub fn rename(tx: &WriteTx<'_>, entity: &'static Entity, id: i64, name: &str) -> Result<bool, DbError> {
    tx.update(entity, RowKey::id(id), &[("name", name.into())])
}

/// Takes a row away that nothing refers to. Answers false where there is none.
///
/// # Errors
/// `Constraint` where something refers to it.
pub fn remove_row(tx: &WriteTx<'_>, entity: &'static Entity, id: i64) -> Result<bool, DbError> {
    tx.delete(entity, RowKey::id(id))
}

/// Changes what the whole team shares, but for the load bands.
pub fn change_organisation(
    tx: &WriteTx<'_>,
    name: &str,
    week_start: Option<WeekStart>,
    default_week: WorkWeek,
    calendar: Option<CalendarId>,
) -> Result<(), DbError> {
    let mut values: Vec<(&str, Value)> = vec![("name", name.into()), ("calendar_id", calendar.into())];
    if let Some(start) = week_start {
        let word = match start {
            WeekStart::Monday => "monday",
            WeekStart::Sunday => "sunday",
        };
        values.push(("week_starts_on", word.into()));
    }
    values.extend(WEEKDAYS.into_iter().zip(default_week.0.map(Value::from)));
    tx.update(&ORGANISATION, ONLY, &values).map(|_| ())
}

/// Changes where load cells change their colour.
pub fn change_bands(tx: &WriteTx<'_>, bands: &Bands) -> Result<(), DbError> {
    let unit = match bands.unit {
        BandUnit::Percent => "percent",
        BandUnit::Hours => "hours",
    };
    let mut values: Vec<(&str, Value)> = vec![("band_unit", unit.into())];
    let columns = ["band_1", "band_2", "band_3", "band_4"];
    values.extend(columns.into_iter().zip(bands.limits.map(Value::from)));
    tx.update(&ORGANISATION, ONLY, &values).map(|_| ())
}

/// Refuses a write that would leave departments standing below themselves or too deep.
///
/// # Errors
/// `Refused` with the rule that would be broken.
pub fn check_departments(tx: &Tx<'_>) -> Result<(), DbError> {
    let all = departments(tx)?;
    let faulty = all
        .iter()
        .find_map(|one| Some((one, department_fault(&all, Some(one.id), one.parent)?)));
    match faulty {
        Some((one, fault)) => Err(DbError::Refused(format!("the department {} {fault}", one.name))),
        None => Ok(()),
    }
}

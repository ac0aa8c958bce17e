//! Assignments and their hours.

use super::deliverables::remove_deliverable;
use super::{ASSIGNMENT, BOOKING};
use crate::db::{DbError, Image, RowKey, Tx, Value, WriteTx, last_writer, params};
use crate::files::{self, Owner};
use crate::projects::PROJECT;
use crate::units::ids::{AssignmentId, DeliverableId, PersonId, ProjectId, RoleId};
use crate::units::{Minutes, Week};

/// Sets the minutes of an assignment in a week, and answers what they were. Zero is no row.
pub fn set_minutes(
    tx: &WriteTx<'_>,
    assignment: AssignmentId,
    week: Week,
    minutes: Minutes,
) -> Result<Minutes, DbError> {
    let after = (minutes.0 > 0).then(|| Image(vec![minutes.into()]));
    let before = tx.replace(&BOOKING, RowKey::pair(assignment.0, week.0.into()), after)?;
    Ok(minutes_of(before.as_ref()))
}

/// Sets many cells: `set_minutes` for each, in one go.
pub fn set_cells(
    tx: &WriteTx<'_>,
    cells: impl IntoIterator<Item = (AssignmentId, Week, Minutes)>,
) -> Result<(), DbError> {
    tx.replace_all(
        &BOOKING,
        cells.into_iter().map(|(assignment, week, minutes)| {
            let image = (minutes.0 > 0).then(|| Image(vec![minutes.into()]));
            (RowKey::pair(assignment.0, week.0.into()), image)
        }),
    )
}

/// The minutes of an assignment in a week.
pub fn minutes(tx: &Tx<'_>, assignment: AssignmentId, week: Week) -> Result<Minutes, DbError> {
    Ok(minutes_of(
        tx.image(&BOOKING, RowKey::pair(assignment.0, week.0.into()))?
            .as_ref(),
    ))
}

pub(in crate::plan) fn minutes_of(image: Option<&Image>) -> Minutes {
    let minutes = image
        .and_then(|image| image.get(&BOOKING, "minutes"))
        .and_then(Value::as_int);
    Minutes(
        minutes
            .and_then(|minutes| u32::try_from(minutes).ok())
            .unwrap_or(0),
    )
}

/// Who last wrote a cell, for the mark of a conflict.
pub fn writers_of(tx: &Tx<'_>, assignment: AssignmentId, week: Week) -> Result<Option<String>, DbError> {
    last_writer(tx, &BOOKING, RowKey::pair(assignment.0, week.0.into()))
}

/// The booked weeks of an assignment.
pub fn booked_weeks(tx: &Tx<'_>, assignment: AssignmentId) -> Result<Vec<(Week, Minutes)>, DbError> {
    tx.query(
        "select week, minutes from booking where assignment_id = ?1 order by week",
        &params![assignment],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Puts somebody, or a placeholder, on a project.
pub fn add_assignment(
    tx: &WriteTx<'_>,
    project: ProjectId,
    person: Option<PersonId>,
    role: Option<RoleId>,
    note: &str,
) -> Result<AssignmentId, DbError> {
    let values = [
        ("project_id", project.into()),
        ("person_id", person.into()),
        ("role_id", role.into()),
        ("note", Value::from(note)),
    ];
    tx.insert(&ASSIGNMENT, &values).map(AssignmentId)
}

/// Changes who works on an assignment, as what, and its note; its hours stay with it. Answers false where there is none.
pub fn change_assignment(
    tx: &WriteTx<'_>,
    id: AssignmentId,
    person: Option<PersonId>,
    role: Option<RoleId>,
    note: &str,
) -> Result<bool, DbError> {
    let values = [
        ("person_id", person.into()),
        ("role_id", role.into()),
        ("note", Value::from(note)),
    ];
    tx.update(&ASSIGNMENT, RowKey::id(id.0), &values)
}

/// Takes an assignment away with its hours; the change set can bring both back.
pub fn remove_assignment(tx: &WriteTx<'_>, id: AssignmentId) -> Result<bool, DbError> {
    for (week, _) in booked_weeks(tx, id)? {
        set_minutes(tx, id, week, Minutes(0))?;
    }
    crate::plan::estimates::unlink(tx, id)?;
    tx.delete(&ASSIGNMENT, RowKey::id(id.0))
}

/// Frees the weeks of a person from `week` on, and answers how many minutes that were.
pub fn free_the_future(tx: &WriteTx<'_>, person: PersonId, week: Week) -> Result<Minutes, DbError> {
    let cells: Vec<(AssignmentId, Week, Minutes)> = tx.query(
        "select b.assignment_id, b.week, b.minutes from booking b join assignment a on a.id = b.assignment_id \
         where a.person_id = ?1 and b.week >= ?2 order by b.assignment_id, b.week",
        &params![person, week],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (assignment, week, _) in &cells {
        set_minutes(tx, *assignment, *week, Minutes(0))?;
    }
    Ok(cells.into_iter().map(|(_, _, minutes)| minutes).sum())
}

/// Takes a project away with everything under it; the change set can bring it back.
pub fn remove_project(tx: &WriteTx<'_>, id: ProjectId) -> Result<bool, DbError> {
    let assignments: Vec<AssignmentId> = tx.query(
        "select id from assignment where project_id = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    for assignment in assignments {
        remove_assignment(tx, assignment)?;
    }
    let deliverables: Vec<DeliverableId> = tx.query(
        "select id from deliverable where project_id = ?1",
        &params![id],
        |row| row.get(0),
    )?;
    for deliverable in deliverables {
        remove_deliverable(tx, deliverable)?;
    }
    files::remove_all_of(tx, Owner::Project(id))?;
    tx.delete(&PROJECT, RowKey::id(id.0))
}

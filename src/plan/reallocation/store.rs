//! Reallocations as they are kept: cells in one go, and which changes belong together.

use std::collections::HashSet;

use super::rules::{Move, Reallocation};
use crate::book::Book;
use crate::db::{Change, DbError, Recorded, Tx, WriteTx, is_undone, params, recorded};
use crate::edit::Seen;
use crate::plan::store::{ASSIGNMENT, BOOKING, DELIVERABLE, set_cells};
use crate::units::ids::{AssignmentId, ChangeSetId, DeliverableId, Id, ProjectId};
use crate::units::{Day, Minutes, Week};

/// Writes the cells of `reallocation` and notes that they followed `moves`.
pub fn move_hours(tx: &WriteTx<'_>, moves: &[Move], reallocation: &Reallocation) -> Result<(), DbError> {
    let lines = &reallocation.lines;
    if lines.is_empty() {
        return Ok(());
    }
    let first = newest_change(tx)? + 1;
    set_cells(
        tx,
        lines.iter().flat_map(|line| {
            line.cells
                .iter()
                .map(|cell| (line.assignment, cell.week, cell.after))
        }),
    )?;
    let last = newest_change(tx)?;
    let change_set = tx.own_change_set()?;
    for moved in moves {
        tx.execute(
            "insert into reallocation (change_set_id, deliverable_id, from_day, to_day, first_change, last_change) \
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            &params![change_set, moved.deliverable, moved.from, moved.to, first, last],
        )?;
    }
    Ok(())
}

fn newest_change(tx: &Tx<'_>) -> Result<i64, DbError> {
    let newest = tx.first("select coalesce(max(id), 0) from change", &[], |row| row.get(0))?;
    Ok(newest.unwrap_or(0))
}

/// What a move of hours is made in view of: the hours, assignments and dates of its project as `book` has them.
///
/// Of assignments and dates it is all there are, because a new one has no number yet by which it could be watched.
pub fn plan_seen(book: &Book, project: ProjectId) -> Seen {
    let assignments = book.plan.assignments_of_project(project);
    Seen::at(book.revision, &[])
        .and(assignments.iter().map(|one| (&BOOKING, one.id.0)))
        .and_all(&[&ASSIGNMENT, &DELIVERABLE])
}

/// Who has done what since `revision` to the hours, assignments and dates of a project, newest first, to be told.
pub fn changes_since(
    tx: &Tx<'_>,
    book: &Book,
    project: ProjectId,
    revision: i64,
) -> Result<Vec<(String, String)>, DbError> {
    /// How many changed rows are looked through; a preview that is older is stale anyway.
    const MOST: i64 = 20_000;
    let own: HashSet<AssignmentId> = book
        .plan
        .assignments_of_project(project)
        .iter()
        .map(|one| one.id)
        .collect();
    let of_project = |json: Option<String>| {
        let value: Option<serde_json::Value> = json.and_then(|json| serde_json::from_str(&json).ok());
        value.is_some_and(|value| {
            value.get("project_id").and_then(serde_json::Value::as_i64) == Some(project.raw())
        })
    };
    let rows = tx.query(
        "select s.actor, s.label, c.entity, c.entity_id, c.before, c.after from change c \
         join change_set s on s.id = c.change_set_id where c.change_set_id > ?1 order by c.id desc limit ?2",
        &params![revision, MOST],
        |row| {
            let entity: String = row.get(2)?;
            let touches = if entity == BOOKING.table {
                own.contains(&AssignmentId(row.get(3)?))
            } else if entity == ASSIGNMENT.table || entity == DELIVERABLE.table {
                of_project(row.get(4)?) || of_project(row.get(5)?)
            } else {
                false
            };
            Ok(touches.then_some((row.get(0)?, row.get(1)?)))
        },
    )?;
    let mut told: Vec<(String, String)> = rows.into_iter().flatten().collect();
    told.dedup();
    Ok(told)
}

/// A reallocation as it was noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The gesture that it belongs to.
    pub change_set: ChangeSetId,
    /// Where the date was.
    pub from: Day,
    /// Where it went.
    pub to: Day,
    changes: (i64, i64),
}

/// The newest reallocation of a deliverable that has not been taken back, alone or with its whole gesture.
pub fn newest(tx: &Tx<'_>, deliverable: DeliverableId) -> Result<Option<Noted>, DbError> {
    let all = tx.query(
        "select change_set_id, from_day, to_day, first_change, last_change, undone_by from reallocation \
         where deliverable_id = ?1 order by id desc",
        &params![deliverable],
        |row| {
            let noted = Noted {
                change_set: row.get(0)?,
                from: row.get(1)?,
                to: row.get(2)?,
                changes: (row.get(3)?, row.get(4)?),
            };
            Ok((noted, row.get::<Option<ChangeSetId>>(5)?))
        },
    )?;
    for (noted, undone_by) in all {
        let alone = match undone_by {
            Some(by) => !is_undone(tx, by)?,
            None => false,
        };
        if !alone && !is_undone(tx, noted.change_set)? {
            return Ok(Some(noted));
        }
    }
    Ok(None)
}

/// The dates that moved together with these hours: several, where an import moved several of one project.
pub fn moves_of(tx: &Tx<'_>, noted: &Noted) -> Result<Vec<(DeliverableId, Day, Day)>, DbError> {
    tx.query(
        "select deliverable_id, from_day, to_day from reallocation where first_change = ?1 and last_change = ?2 order by id",
        &params![noted.changes.0, noted.changes.1],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// A cell that somebody has changed since its hours moved, and that was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Whose.
    pub assignment: AssignmentId,
    /// Its week.
    pub week: Week,
    /// What the reallocation had made of it.
    pub made: Minutes,
    /// What it holds now.
    pub now: Minutes,
}

/// Gives the cells of a reallocation back what they held, but for those that were changed since; answers how many came
/// back, and those. What moved together comes back together.
pub fn take_hours_back(tx: &WriteTx<'_>, noted: &Noted) -> Result<(usize, Vec<Left>), DbError> {
    let (first, last) = noted.changes;
    let mut cells = recorded(tx, Recorded::Between(first, last), &[&BOOKING])?;
    cells.sort_by_key(|cell| cell.key);
    let mut back = Vec::new();
    let mut left = Vec::new();
    for Change {
        key,
        before,
        after: made,
        ..
    } in cells
    {
        let now = tx.image(&BOOKING, key)?;
        if now == made {
            back.push((key, before));
        } else {
            left.push(Left {
                assignment: AssignmentId(key.id),
                week: Week(i32::try_from(key.part).unwrap_or(i32::MAX)),
                made: crate::plan::store::minutes_of(made.as_ref()),
                now: crate::plan::store::minutes_of(now.as_ref()),
            });
        }
    }
    let count = back.len();
    tx.replace_all(&BOOKING, back)?;
    let change_set = tx.own_change_set()?;
    tx.execute(
        "update reallocation set undone_by = ?3 where first_change = ?1 and last_change = ?2",
        &params![first, last, change_set],
    )?;
    Ok((count, left))
}

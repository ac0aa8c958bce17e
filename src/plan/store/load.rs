//! From the database to the book: all of it at start, what changed after each commit.

use std::sync::Arc;

use super::{BOOKING, DELIVERABLE};
use crate::book::{Assignment, Book, Deliverable, Hours, Parts, Plan};
use crate::db::{Change, Committed, DbError, Tx, Value};
use crate::units::ids::{AssignmentId, DeliverableId, ProjectId};
use crate::units::{Day, Minutes, Week, WeekStart};
use crate::{people, projects};

/// The whole plan, from one snapshot. `week_start` is the environment's, which outranks the kept one.
pub fn load_book(tx: &Tx<'_>, week_start: Option<WeekStart>) -> Result<Book, DbError> {
    let revision = tx
        .first("select coalesce(max(id), 0) from change_set", &[], |row| {
            row.get(0)
        })?
        .unwrap_or(0);
    let mut book = Book::new(revision, load_parts(tx, week_start)?);
    book.fill(load_hours(tx)?);
    Ok(book)
}

fn load_parts(tx: &Tx<'_>, week_start: Option<WeekStart>) -> Result<Parts, DbError> {
    let mut parts = Parts::default();
    people::load_parts(tx, week_start, &mut parts)?;
    projects::load_parts(tx, &mut parts)?;
    parts.deliverables = tx.query(
        "select id, project_id, name, percent, phase, due_day, done from deliverable order by project_id, position, id",
        &[],
        |row| {
            let percent: Option<u16> = row.get(3)?;
            Ok(Deliverable {
                id: row.get(0)?,
                project: row.get(1)?,
                name: row.get(2)?,
                percent: percent.and_then(|percent| u8::try_from(percent).ok()),
                phase: row.get(4)?,
                due: row.get(5)?,
                done: row.get(6)?,
            })
        },
    )?;
    parts.assignments = tx.query(
        "select id, project_id, person_id, role_id, note from assignment",
        &[],
        |row| {
            Ok(Assignment {
                id: row.get(0)?,
                project: row.get(1)?,
                person: row.get(2)?,
                role: row.get(3)?,
                note: row.get(4)?,
            })
        },
    )?;
    Ok(parts)
}

/// A deliverable that is still of its project and at its place in the order, as the change left it.
fn changed_in_place(change: &Change) -> Option<Deliverable> {
    if !std::ptr::eq(change.entity, &raw const DELIVERABLE) {
        return None;
    }
    let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
    let same = |column: &str| before.get(&DELIVERABLE, column) == after.get(&DELIVERABLE, column);
    let int = |column: &str| after.get(&DELIVERABLE, column).and_then(Value::as_int);
    let text = |column: &str| match after.get(&DELIVERABLE, column) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    if !same("project_id") || !same("position") {
        return None;
    }
    Some(Deliverable {
        id: DeliverableId(change.key.id),
        project: ProjectId(int("project_id")?),
        name: text("name")?,
        percent: int("percent").and_then(|percent| u8::try_from(percent).ok()),
        phase: text("phase")?,
        due: int("due_day")
            .and_then(|day| i32::try_from(day).ok())
            .map(Day::from_number),
        done: int("done")? != 0,
    })
}

fn load_hours(tx: &Tx<'_>) -> Result<Hours, DbError> {
    let mut hours = Hours::default();
    tx.query(
        "select assignment_id, week, minutes from booking order by assignment_id, week",
        &[],
        |row| {
            hours.set(row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(())
        },
    )?;
    Ok(hours)
}

/// `book` after `commits`: changed hours are taken over cell by cell, anything else of the plan is read anew.
pub fn next_book(
    book: &Book,
    tx: &Tx<'_>,
    commits: &[Committed],
    week_start: Option<WeekStart>,
) -> Result<Book, DbError> {
    let mut next = book.clone();
    let mut reread = false;
    let mut moved: Vec<Deliverable> = Vec::new();
    for commit in commits {
        let revision = commit.change_set.0;
        next.revision = next.revision.max(revision);
        for change in &commit.changes {
            if std::ptr::eq(change.entity, &raw const BOOKING) {
                let minutes = change
                    .after
                    .as_ref()
                    .and_then(|image| image.get(&BOOKING, "minutes"));
                let minutes = minutes
                    .and_then(crate::db::Value::as_int)
                    .and_then(|minutes| u32::try_from(minutes).ok());
                let week = i32::try_from(change.key.part).unwrap_or(i32::MAX);
                next.set_hours(
                    AssignmentId(change.key.id),
                    Week(week),
                    Minutes(minutes.unwrap_or(0)),
                );
                next.hours_changed(AssignmentId(change.key.id), revision);
            } else if let Some(deliverable) = changed_in_place(change) {
                moved.push(deliverable);
                next.plan_changed(revision);
            } else {
                // Neither accounts nor their feeds and saved views are part of the plan, nor are files and what a story was estimated at.
                if !["accounts", "feeds", "views", "estimates", "files"].contains(&change.entity.topic) {
                    reread = true;
                    next.plan_changed(revision);
                }
            }
        }
    }
    if !reread && !moved.is_empty() {
        // A date that moves is the commonest change but for hours; the rest of the plan is as it was.
        let mut plan = Plan::clone(&next.plan);
        reread = !moved.into_iter().all(|one| plan.replace_deliverable(one));
        next.plan = Arc::new(plan);
    }
    if reread {
        next.replan(Plan::new(load_parts(tx, week_start)?));
    }
    Ok(next)
}

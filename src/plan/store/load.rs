//! From the database to the book: all of it at start, what changed after each commit.

use std::collections::BTreeSet;

use super::{ASSIGNMENT, BOOKING, DELIVERABLE};
use crate::book::{Anew, Assignment, Book, Deliverable, Hours, Parts, Plan};
use crate::db::{Change, Committed, DbError, Select, Tx, Value, Which};
use crate::people::{PERSON, PERSON_SKILL, TIME_OFF, WORK_WEEK};
use crate::projects::PROJECT;
use crate::units::ids::{AssignmentId, Id, PersonId, ProjectId};
use crate::units::{Minutes, Week, WeekStart};
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
    parts.deliverables = load_deliverables(tx, Which::All)?.into();
    parts.assignments = load_assignments(tx, Which::All)?.into();
    Ok(parts)
}

/// Deliverables, all or those of some projects, in the order of their project's list.
fn load_deliverables(tx: &Tx<'_>, of: Which<'_>) -> Result<Vec<Deliverable>, DbError> {
    tx.select(
        &Select {
            rows: "select id, project_id, name, percent, phase, due_day, done from deliverable where true",
            whose: "project_id",
            order: "order by project_id, position, id",
        },
        of,
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
    )
}

fn load_assignments(tx: &Tx<'_>, which: Which<'_>) -> Result<Vec<Assignment>, DbError> {
    tx.select(
        &Select {
            rows: "select id, project_id, person_id, role_id, note from assignment where true",
            whose: "id",
            order: "",
        },
        which,
        |row| {
            Ok(Assignment {
                id: row.get(0)?,
                project: row.get(1)?,
                person: row.get(2)?,
                role: row.get(3)?,
                note: row.get(4)?,
            })
        },
    )
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

/// Where more rows than this have changed, all are read: that takes no longer, and an import is not waited for row by row.
const MANY: usize = 1_000;

/// The rows of the plan other than hours that some commits have changed.
#[derive(Default)]
struct Touched {
    people: BTreeSet<i64>,
    projects: BTreeSet<i64>,
    assignments: BTreeSet<i64>,
    /// The projects whose deliverables they are.
    deliverables_of: BTreeSet<i64>,
    /// Something that much else is made of: departments, roles, statuses, holidays, and the like.
    rest: bool,
}

impl Touched {
    /// Notes a change; answers whether it was one of the plan.
    fn note(&mut self, change: &Change) -> bool {
        if [&PERSON, &PERSON_SKILL, &WORK_WEEK]
            .into_iter()
            .any(|entity| change.is_of(entity))
        {
            self.people.insert(change.key.id);
        } else if change.is_of(&TIME_OFF) {
            self.people.extend(change.ids("person_id").map(PersonId::raw));
        } else if change.is_of(&PROJECT) {
            self.projects.insert(change.key.id);
        } else if change.is_of(&ASSIGNMENT) {
            self.assignments.insert(change.key.id);
        } else if change.is_of(&DELIVERABLE) {
            self.deliverables_of
                .extend(change.ids("project_id").map(ProjectId::raw));
        } else if ["accounts", "feeds", "views", "estimates", "files"].contains(&change.entity.topic) {
            // Neither accounts nor their feeds and saved views are part of the plan, nor are files and what a story was estimated at.
            return false;
        } else {
            self.rest = true;
        }
        true
    }

    /// These rows as they are now; none where it is all that must be read.
    fn read(&self, tx: &Tx<'_>) -> Result<Option<Anew>, DbError> {
        let of = [
            &self.people,
            &self.projects,
            &self.assignments,
            &self.deliverables_of,
        ];
        if self.rest || of.into_iter().map(BTreeSet::len).sum::<usize>() > MANY {
            return Ok(None);
        }
        let [people, projects, assignments, deliverables_of] =
            of.map(|ids| ids.iter().copied().collect::<Vec<i64>>());
        let anew = Anew {
            people: people::load_people(tx, Which::Of(&people))?,
            projects: projects::load_projects(tx, Which::Of(&projects))?,
            ..Anew::default()
        };
        // Much else goes with somebody or something that is gone.
        if anew.people.len() < people.len() || anew.projects.len() < projects.len() {
            return Ok(None);
        }
        Ok(Some(Anew {
            assignments: load_assignments(tx, Which::Of(&assignments))?,
            assignments_of: assignments.into_iter().map(AssignmentId).collect(),
            deliverables: load_deliverables(tx, Which::Of(&deliverables_of))?,
            deliverables_of: deliverables_of.into_iter().map(ProjectId).collect(),
            ..anew
        }))
    }
}

/// Raises the revision of what shows a change of the plan.
fn raise(next: &mut Book, change: &Change, revision: i64) {
    if change.is_of(&TIME_OFF) {
        change
            .ids("person_id")
            .for_each(|person| next.absence_changed(person, revision));
    } else if change.is_of(&DELIVERABLE) {
        change
            .ids("project_id")
            .for_each(|project| next.deliverable_changed(project, revision));
    } else {
        next.plan_changed(revision);
    }
}

/// Takes over one changed cell.
fn take_hours(next: &mut Book, change: &Change, revision: i64) {
    let minutes = change
        .after
        .as_ref()
        .and_then(|image| image.get(&BOOKING, "minutes"));
    let minutes = minutes
        .and_then(Value::as_int)
        .and_then(|minutes| u32::try_from(minutes).ok());
    let week = i32::try_from(change.key.part).unwrap_or(i32::MAX);
    let row = AssignmentId(change.key.id);
    next.set_hours(row, Week(week), Minutes(minutes.unwrap_or(0)));
    next.hours_changed(row, revision);
}

/// `book` after `commits`: hours are taken over cell by cell, and of everything else those rows are read that have changed.
pub fn next_book(
    book: &Book,
    tx: &Tx<'_>,
    commits: &[Committed],
    week_start: Option<WeekStart>,
) -> Result<Book, DbError> {
    let mut next = book.clone();
    let mut touched = Touched::default();
    let mut is_touched = false;
    for commit in commits {
        let revision = commit.change_set.0;
        next.revision = next.revision.max(revision);
        for change in &commit.changes {
            if change.is_of(&BOOKING) {
                take_hours(&mut next, change, revision);
            } else if touched.note(change) {
                is_touched = true;
                raise(&mut next, change, revision);
            }
        }
    }
    if is_touched {
        match touched.read(tx)? {
            Some(anew) => next.take(anew),
            None => next.replan(Plan::new(load_parts(tx, week_start)?)),
        }
    }
    Ok(next)
}

#[cfg(test)]
mod tests;

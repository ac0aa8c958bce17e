//! What happened to the small plan lately: a few recorded changes by named people.

use super::super::{Moment, PLANNER};
use super::work::HELD;
use crate::accounts;
use crate::book::{Book, CountsAs};
use crate::db::{Actor, Db, DbError, Gesture, RowKey, WriteTx, Written};
use crate::error::AppError;
use crate::people;
use crate::plan::{self, CellWrite};
use crate::projects::PROJECT;
use crate::units::ids::{AssignmentId, Id};
use crate::units::{Day, Minutes};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Who acts, and when.
struct Stage<'a> {
    db: &'a Db,
    moment: Moment,
    accounts: Vec<accounts::Account>,
    /// The plan before any of this.
    book: Book,
}

/// Plays it, oldest first.
pub async fn play(db: &Db, moment: Moment) -> Result<(), AppError> {
    let (accounts, book) = db
        .read(|tx| Ok::<_, DbError>((accounts::accounts(tx)?, plan::load_book(tx, None)?)))
        .await?;
    let stage = Stage {
        db,
        moment,
        accounts,
        book,
    };
    stage.hold(HELD, "Hana Sato", 16 * DAY).await?;
    stage.raise("Amara Osei", "Jonas Lindqvist", 2, 9 * DAY).await?;
    stage
        .delay("Harbour Substation", "DD", "Mina Park", 6 * DAY)
        .await?;
    stage
        .open_place("Ferry terminal", "Designer", "Hana Sato", 4 * DAY)
        .await?;
    for (person, quarters) in [("Chloe Martin", 14), ("Luc Moreau", -16), ("Yara Nasser", 6)] {
        stage
            .correct("Hana Sato", person, quarters, 2 * DAY + HOUR)
            .await?;
    }
    stage.raise("Mina Park", "Oskar Nowak", 3, 2 * DAY).await?;
    stage.free_a_day("Viktor Horvat", PLANNER, 26 * HOUR).await?;
    stage.raise(PLANNER, "Priya Raman", 4, 3 * HOUR).await?;
    let mistaken = stage.raise("Amara Osei", "Tomás Rivera", 2, 50 * MINUTE).await?;
    stage.undo(mistaken, "Amara Osei", 48 * MINUTE).await
}

impl Stage<'_> {
    async fn act<T, W>(&self, actor: &str, ago: i64, label: String, work: W) -> Result<Written<T>, AppError>
    where
        T: Send + 'static,
        W: Fn(&WriteTx<'_>) -> Result<T, DbError> + Send + 'static,
    {
        let account = self.accounts.iter().find(|account| account.name == actor);
        let gesture = Gesture {
            actor: Actor {
                account: account.map(|account| account.id),
                name: actor.to_owned(),
            },
            label,
            at: self.moment.now - ago,
        };
        Ok(self.db.write(gesture, work).await?)
    }

    /// Somebody gets two hours more in the first weeks to come of an agreed project.
    async fn raise(
        &self,
        actor: &str,
        person: &str,
        weeks: usize,
        ago: i64,
    ) -> Result<Option<(Written<()>, String)>, AppError> {
        let plan = &self.book.plan;
        let known = plan.people.iter().find(|known| known.name == person);
        let mut cells: Vec<CellWrite> = Vec::new();
        for assignment in known
            .into_iter()
            .flat_map(|known| plan.assignments_of_person(known.id))
        {
            if cells.is_empty() && plan.counts_as(assignment.project) == CountsAs::Confirmed {
                cells = self.cells(assignment.id, weeks);
            }
        }
        if cells.is_empty() {
            return Ok(None);
        }
        let label = plan::describe_cells(plan, &cells);
        let written = self.act(actor, ago, label.clone(), move |tx| {
            for cell in &cells {
                plan::set_minutes(tx, cell.assignment, cell.week, cell.minutes)?;
            }
            Ok(())
        });
        Ok(Some((written.await?, label)))
    }

    /// Somebody's last week was other than planned, by so many quarters of an hour.
    async fn correct(&self, actor: &str, person: &str, quarters: i32, ago: i64) -> Result<(), AppError> {
        let week = self.moment.this_week.plus(-1);
        let plan = &self.book.plan;
        let known = plan.people.iter().find(|known| known.name == person);
        let mut assignments = known
            .into_iter()
            .flat_map(|known| plan.assignments_of_person(known.id));
        let booked = |id: AssignmentId| self.book.hours().get(id, week);
        let Some(assignment) = assignments.find(|one| booked(one.id) > Minutes::from_hours(4)) else {
            return Ok(());
        };
        let seen = booked(assignment.id);
        let cell = CellWrite {
            assignment: assignment.id,
            week,
            minutes: Minutes(seen.0.saturating_add_signed(15 * quarters)),
            seen: Some(seen),
        };
        let label = plan::describe_cells(plan, std::slice::from_ref(&cell));
        self.act(actor, ago, label, move |tx| {
            plan::set_minutes(tx, cell.assignment, cell.week, cell.minutes)
        })
        .await?;
        Ok(())
    }

    /// The next booked weeks of an assignment, each with two hours more; none where there are fewer.
    fn cells(&self, assignment: AssignmentId, weeks: usize) -> Vec<CellWrite> {
        let booked = self.book.hours().booked(assignment);
        let coming = booked.filter(|(week, _)| *week > self.moment.this_week);
        let cells: Vec<CellWrite> = coming
            .take(weeks)
            .map(|(week, minutes)| CellWrite {
                assignment,
                week,
                minutes: minutes + Minutes::from_hours(2),
                seen: Some(minutes),
            })
            .collect();
        if cells.len() == weeks { cells } else { Vec::new() }
    }

    /// A project has to wait.
    async fn hold(&self, project: &str, actor: &str, ago: i64) -> Result<(), AppError> {
        let plan = &self.book.plan;
        let project = plan.projects.iter().find(|one| one.name == project);
        let status = plan.statuses.iter().find(|status| status.label == "On hold");
        let (Some(project), Some(status)) = (project, status.map(|status| status.id)) else {
            return Ok(());
        };
        let (id, notes) = (project.id, "The client waits for a permit.");
        let label = format!("put {} on hold", project.name);
        let work = move |tx: &WriteTx<'_>| {
            let values = [("status_id", status.into()), ("notes", notes.into())];
            tx.update(&PROJECT, RowKey::id(id.raw()), &values)
        };
        self.act(actor, ago, label, work).await?;
        Ok(())
    }

    /// A deliverable of a project is due a week later.
    async fn delay(&self, project: &str, name: &str, actor: &str, ago: i64) -> Result<(), AppError> {
        let plan = &self.book.plan;
        let project = plan.projects.iter().find(|one| one.name == project);
        let found = project.and_then(|project| plan.deliverables_of(project.id).find(|one| one.name == name));
        let (Some(project), Some(found)) = (project, found) else {
            return Ok(());
        };
        let Some(due) = found.due else { return Ok(()) };
        let (id, later) = (found.id, due.plus(7));
        let percent = found
            .percent
            .map_or(String::new(), |percent| format!(" {percent} %"));
        let (from, to) = (due.short(), later.short());
        let label = format!("moved {name}{percent} of {} from {from} to {to}", project.name);
        let work = move |tx: &WriteTx<'_>| {
            tx.update(
                &plan::DELIVERABLE,
                RowKey::id(id.raw()),
                &[("due_day", later.into())],
            )
        };
        self.act(actor, ago, label, work).await?;
        Ok(())
    }

    /// A project needs somebody in a role.
    async fn open_place(&self, project: &str, role: &str, actor: &str, ago: i64) -> Result<(), AppError> {
        let plan = &self.book.plan;
        let project = plan.projects.iter().find(|one| one.name == project);
        let role = plan.roles.iter().find(|one| one.name == role);
        let (Some(project), Some(role)) = (project, role) else {
            return Ok(());
        };
        let label = format!("opened a place for a {} on {}", role.name, project.name);
        let (project, role, first) = (project.id, role.id, self.moment.this_week.plus(2));
        let work = move |tx: &WriteTx<'_>| {
            let assignment = plan::add_assignment(tx, project, None, Some(role), "")?;
            for week in first.span(8) {
                plan::set_minutes(tx, assignment, week, Minutes::from_hours(12))?;
            }
            Ok(())
        };
        self.act(actor, ago, label, work).await?;
        Ok(())
    }

    /// Somebody takes the Friday after next off, and keeps what is booked there.
    async fn free_a_day(&self, person: &str, actor: &str, ago: i64) -> Result<(), AppError> {
        let Some(person) = self.book.plan.people.iter().find(|one| one.name == person) else {
            return Ok(());
        };
        let (id, day): (_, Day) = (person.id, self.moment.day(2, 4));
        let label = format!("entered time off for {}, {}", person.name, day.short());
        let work = move |tx: &WriteTx<'_>| {
            let values = [
                ("person_id", id.into()),
                ("first_day", day.into()),
                ("last_day", day.into()),
                ("half", false.into()),
                ("kind", "holiday".into()),
                ("status", "approved".into()),
                ("note", "".into()),
            ];
            tx.insert(&people::TIME_OFF, &values)
        };
        self.act(actor, ago, label, work).await?;
        Ok(())
    }

    /// Takes back what was just done.
    async fn undo(&self, done: Option<(Written<()>, String)>, actor: &str, ago: i64) -> Result<(), AppError> {
        let Some((written, label)) = done else {
            return Ok(());
        };
        let Some(change_set) = written.change_set else {
            return Ok(());
        };
        let work = move |tx: &WriteTx<'_>| {
            plan::take_back(tx, change_set, (None, crate::accounts::Access::Admin), |_| true)
        };
        self.act(actor, ago, format!("undid: {label}"), work).await?;
        Ok(())
    }
}

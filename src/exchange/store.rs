//! What an import reads and writes.

use std::collections::HashMap;

use super::columns::What;
use super::import::{ImportPlan, Known, PersonStep, ProjectStep, Ref, plan_import};
use super::read::Reading;
use super::table::Progress;
use crate::accounts::{self, Access, Visitor};
use crate::book::Plan;
use crate::db::{DbError, Tx, WriteTx};
use crate::people::Guard;
use crate::units::ids::{AssignmentId, ClientId, DepartmentId, PersonId, ProjectId, RoleId, SkillId};
use crate::units::{Day, WeekStart};
use crate::{people, plan, projects};

/// What of the plan the book does not carry.
pub fn known(tx: &Tx<'_>, today: Day, hours_follow: bool) -> Result<Known, DbError> {
    let mut known = Known {
        today,
        hours_follow,
        guard: None,
        people: HashMap::new(),
        projects: HashMap::new(),
        deliverables: HashMap::new(),
    };
    tx.query(
        "select id, phone, notes from person where phone <> '' or notes <> ''",
        &[],
        |row| {
            known.people.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
            Ok(())
        },
    )?;
    tx.query("select id, notes from project where notes <> ''", &[], |row| {
        known.projects.insert(row.get(0)?, row.get(1)?);
        Ok(())
    })?;
    tx.query(
        "select id, notes from deliverable where notes <> ''",
        &[],
        |row| {
            known.deliverables.insert(row.get(0)?, row.get(1)?);
            Ok(())
        },
    )?;
    Ok(known)
}

/// The same for somebody who imports; none is somebody at the command line, who may do all.
pub fn known_to(
    tx: &Tx<'_>,
    plan: &Plan,
    who: Option<&Visitor>,
    (today, hours_follow): (Day, bool),
) -> Result<Known, DbError> {
    let addresses = accounts::addresses(tx)?;
    Ok(Known {
        guard: who.and_then(|who| Guard::of(plan, who, addresses)),
        ..known(tx, today, hours_follow)?
    })
}

/// The number of the newest change set: the plan's revision.
pub fn revision(tx: &Tx<'_>) -> Result<i64, DbError> {
    let newest = tx.first("select coalesce(max(id), 0) from change_set", &[], |row| {
        row.get(0)
    })?;
    Ok(newest.unwrap_or(0))
}

/// `planned` where nothing has changed since, else the same file compared with the plan as it is in this
/// transaction, so that what is written was never worked out from something older. Whose address an account is may
/// change without the plan, so people are compared again for who is held to that.
pub fn newest(
    tx: &Tx<'_>,
    reading: &Reading,
    planned: &ImportPlan,
    who: Option<&Visitor>,
    (today, hours_follow): (Day, bool),
    week_start: Option<WeekStart>,
) -> Result<Option<ImportPlan>, DbError> {
    let is_held = planned.what == What::People && who.is_some_and(|who| who.access < Access::Admin);
    if revision(tx)? == planned.revision && !is_held {
        return Ok(None);
    }
    let book = plan::load_book(tx, week_start)?;
    Ok(Some(plan_import(
        reading,
        &book,
        &known_to(tx, &book.plan, who, (today, hours_follow))?,
    )))
}

/// Writes everything that a plan asks for. `progress` counts the steps.
pub fn apply(tx: &WriteTx<'_>, planned: &ImportPlan, progress: &Progress) -> Result<(), DbError> {
    let steps = &planned.steps;
    progress.begin(steps.len());
    let made = Made::of(tx, planned)?;
    for step in &steps.people {
        person(tx, step, &made)?;
        progress.step();
    }
    let mut new_projects: Vec<ProjectId> = Vec::new();
    for step in &steps.projects {
        new_projects.extend(project(tx, step, &made)?);
        progress.step();
    }
    for step in &steps.deliverables {
        if let Some(id) = step.id {
            plan::change_deliverable(tx, id, &step.draft)?;
        } else {
            let project = resolve(step.project, &new_projects)?;
            plan::add_deliverable(tx, project, &step.draft)?;
        }
        progress.step();
    }
    for (moves, reallocation) in &steps.reallocations {
        plan::move_hours(tx, moves, reallocation)?;
    }
    let mut new_assignments: Vec<AssignmentId> = Vec::with_capacity(steps.assignments.len());
    for step in &steps.assignments {
        let role = step.role.map(|role| resolve(role, &made.roles)).transpose()?;
        new_assignments.push(plan::add_assignment(
            tx,
            step.project,
            step.person,
            role,
            &step.note,
        )?);
        progress.step();
    }
    for step in &steps.cells {
        let assignment = resolve(step.assignment, &new_assignments)?;
        plan::set_minutes(tx, assignment, step.week, step.minutes)?;
        progress.step();
    }
    Ok(())
}

/// What was made because rows name it, in the order of the steps.
struct Made {
    departments: Vec<DepartmentId>,
    roles: Vec<RoleId>,
    skills: Vec<SkillId>,
    clients: Vec<ClientId>,
}

impl Made {
    fn of(tx: &WriteTx<'_>, planned: &ImportPlan) -> Result<Self, DbError> {
        let steps = &planned.steps;
        let mut departments: Vec<DepartmentId> = Vec::new();
        for (name, above) in &steps.departments {
            let above = above.map(|above| resolve(above, &departments)).transpose()?;
            departments.push(people::find_or_add_department(tx, name, above)?);
        }
        let roles = steps.roles.iter().map(|name| people::find_or_add_role(tx, name));
        let skills = steps
            .skills
            .iter()
            .map(|name| people::find_or_add_skill(tx, name));
        let clients = steps
            .clients
            .iter()
            .filter_map(|name| projects::find_or_add_client(tx, name).transpose());
        Ok(Self {
            departments,
            roles: roles.collect::<Result<_, _>>()?,
            skills: skills.collect::<Result<_, _>>()?,
            clients: clients.collect::<Result<_, _>>()?,
        })
    }
}

fn resolve<T: Copy>(reference: Ref<T>, made: &[T]) -> Result<T, DbError> {
    match reference {
        Ref::Known(id) => Ok(id),
        Ref::New(index) => made.get(index).copied().ok_or_else(|| {
            DbError::Refused("a step of the import refers to one that was not done".to_owned())
        }),
    }
}

fn person(tx: &WriteTx<'_>, step: &PersonStep, made: &Made) -> Result<(), DbError> {
    let mut draft = step.draft.clone();
    draft.role = step.role.map(|role| resolve(role, &made.roles)).transpose()?;
    draft.department = step
        .department
        .map(|department| resolve(department, &made.departments))
        .transpose()?;
    let id: PersonId = match step.id {
        Some(id) => {
            people::change_person(tx, id, &draft)?;
            id
        }
        None => people::add_person(tx, &draft)?,
    };
    if let Some(skills) = &step.skills {
        let skills: Vec<(SkillId, u8)> = skills
            .iter()
            .map(|(skill, level)| Ok((resolve(*skill, &made.skills)?, *level)))
            .collect::<Result<_, DbError>>()?;
        people::set_skills(tx, id, &skills)?;
    }
    if let Some((from, week)) = step.week {
        people::put_work_week(tx, id, from, week)?;
    }
    Ok(())
}

/// Answers the id where the project is new.
fn project(tx: &WriteTx<'_>, step: &ProjectStep, made: &Made) -> Result<Option<ProjectId>, DbError> {
    let mut draft = step.draft.clone();
    draft.client = step
        .client
        .map(|client| resolve(client, &made.clients))
        .transpose()?;
    draft.department = step
        .department
        .map(|department| resolve(department, &made.departments))
        .transpose()?;
    match step.id {
        Some(id) => projects::change_project(tx, id, &draft).map(|_| None),
        None => projects::add_project(tx, &draft).map(Some),
    }
}

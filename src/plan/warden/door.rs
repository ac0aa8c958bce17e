//! What an address says about whose row it would change, before anybody has read a body.

use super::rules::Outside;
use super::store;
use crate::accounts::{Reach, Visitor};
use crate::app::App;
use crate::book::{Assignment, Person, Plan, Project};
use crate::error::AppError;
use crate::units::ids::{AssignmentId, DeliverableId, DepartmentId, PersonId, ProjectId};

/// Refuses somebody at a manager's address whose row is not theirs. What an address does not say, the write decides.
///
/// # Errors
/// `OutOfReach`, with whom to ask.
pub async fn at_the_door(app: &App, visitor: &Visitor, template: &str, path: &str) -> Result<(), AppError> {
    let book = app.book();
    let reach = visitor.reach(&book.plan);
    if !reach.is_limited() {
        return Ok(());
    }
    refuse(app, outside(&reach, &book.plan, template, path)).await
}

/// Refuses who does not plan `person`.
///
/// # Errors
/// `OutOfReach`, with whom to ask.
pub async fn person(app: &App, visitor: &Visitor, person: &Person) -> Result<(), AppError> {
    let is_theirs = visitor.reach(&app.book().plan).person(person);
    refuse(app, (!is_theirs).then_some(Outside::Person(person.id))).await
}

/// Refuses who does not change `project`.
///
/// # Errors
/// `OutOfReach`, with whom to ask.
pub async fn project(app: &App, visitor: &Visitor, project: &Project) -> Result<(), AppError> {
    let is_theirs = visitor.reach(&app.book().plan).project(project);
    refuse(app, (!is_theirs).then_some(Outside::Project(project.id))).await
}

/// Refuses who does not manage `team`.
///
/// # Errors
/// `OutOfReach`, with whom to ask.
pub async fn team(app: &App, visitor: &Visitor, team: DepartmentId) -> Result<(), AppError> {
    let is_theirs = visitor.reach(&app.book().plan).covers(Some(team));
    refuse(app, (!is_theirs).then_some(Outside::Team(team))).await
}

async fn refuse(app: &App, outside: Option<Outside>) -> Result<(), AppError> {
    let Some(outside) = outside else {
        return Ok(());
    };
    let detail = app.db.read(move |tx| store::refusal(tx, outside)).await?;
    Err(AppError::OutOfReach {
        detail,
        errors: Vec::new(),
    })
}

/// Why hours on `assignment` are not somebody's to plan, and whom to ask.
///
/// # Errors
/// Whatever reading answers.
pub async fn why_not(app: &App, assignment: &Assignment) -> Result<String, AppError> {
    let outside = whose(assignment);
    Ok(app.db.read(move |tx| store::refusal(tx, outside)).await?)
}

/// Whose an assignment is: the person's, or the project's where nobody has it.
const fn whose(assignment: &Assignment) -> Outside {
    match assignment.person {
        Some(person) => Outside::Person(person),
        None => Outside::Project(assignment.project),
    }
}

fn outside(reach: &Reach, plan: &Plan, template: &str, path: &str) -> Option<Outside> {
    let template = template.strip_prefix("/api/v1").unwrap_or(template);
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let mut words = template.split('/').skip(1);
    let (room, second) = (words.next()?, words.next());
    // Templates lay hours in every department, and everybody's projects are for the clients.
    if room == "auto-hours" || (room == "clients" && second.is_some()) {
        return Some(Outside::Shared);
    }
    if second != Some("{id}") {
        return None;
    }
    let id: i64 = path.split('/').nth(2)?.parse().ok()?;
    match room {
        "people" => {
            let person = plan.person(PersonId(id))?;
            (!reach.person(person)).then_some(Outside::Person(person.id))
        }
        "projects" => project_outside(reach, plan, ProjectId(id)),
        "deliverables" => {
            let mut all = plan.deliverables.iter();
            let deliverable = all.find(|one| one.id == DeliverableId(id))?;
            project_outside(reach, plan, deliverable.project)
        }
        "assignments" => {
            let assignment = plan.assignment(AssignmentId(id))?;
            let fills = matches!(words.next(), None | Some("edit"));
            if reach.hours(plan, assignment) || (fills && reach.staffs(plan, assignment)) {
                return None;
            }
            Some(whose(assignment))
        }
        _ => None,
    }
}

fn project_outside(reach: &Reach, plan: &Plan, id: ProjectId) -> Option<Outside> {
    let project = plan.project(id)?;
    (!reach.project(project)).then_some(Outside::Project(id))
}

//! When each part of the plan was last changed, so that what is shown of one department outlives what happens in another.

use std::collections::HashMap;

use super::plan::{Person, Project};
use super::{Book, Plan};
use crate::units::ids::{AssignmentId, DepartmentId, PersonId, ProjectId};

/// The newest change set of each part.
#[derive(Clone, Debug, Default)]
pub struct Revisions {
    /// Of what may be seen everywhere: who and what there is, and what they are called.
    plan: i64,
    /// Of anybody's hours or absence, and of any deliverable.
    work: i64,
    /// Of these of a department's people and of the projects that it leads, with those of all departments below it.
    work_of: HashMap<DepartmentId, i64>,
    /// Of the projects that a department's people work on, whoever's hours they are, with those of all departments below it.
    beside: HashMap<DepartmentId, i64>,
    /// Of these of each person, and of each project, by their places in the plan.
    people: Vec<i64>,
    projects: Vec<i64>,
}

impl Revisions {
    pub(super) fn new(revision: i64) -> Self {
        Self {
            plan: revision,
            ..Self::default()
        }
    }
}

impl Book {
    /// The newest change set that the people of `department` and the projects that it leads depend on, with all below it; of the
    /// whole plan where none is named.
    ///
    /// It is less than the book's own revision where something else was changed since: another department's work, or what is
    /// none of the plan. What counts the hours of a project by whoever works on it depends on more.
    #[must_use]
    pub fn revision_of(&self, department: Option<DepartmentId>) -> i64 {
        let work = match department {
            None => self.revisions.work,
            Some(id) => self.revisions.work_of.get(&id).copied().unwrap_or(0),
        };
        self.revisions.plan.max(work)
    }

    /// The newest change set that the overview of `department` depends on: as above, and the hours that others have on projects on which
    /// its people work, since what leads up to a date is everybody's.
    #[must_use]
    pub fn revision_of_overview(&self, department: Option<DepartmentId>) -> i64 {
        let beside = department.and_then(|id| self.revisions.beside.get(&id));
        self.revision_of(department).max(beside.copied().unwrap_or(0))
    }

    /// The newest change set that the load of `person` depends on.
    #[must_use]
    pub fn revision_of_person(&self, person: &Person) -> i64 {
        let place = self.plan.person_place(person.id);
        newest_of(&self.revisions.people, place.into_iter(), self.revisions.plan)
    }

    /// The newest change set that the hours of `projects` depend on.
    #[must_use]
    pub fn revision_of_projects(&self, projects: &[&Project]) -> i64 {
        let places = projects
            .iter()
            .filter_map(|project| self.plan.project_place(project.id));
        newest_of(&self.revisions.projects, places, self.revisions.plan)
    }

    /// Something was changed by the change set `revision` that may be seen everywhere.
    pub fn plan_changed(&mut self, revision: i64) {
        self.revisions.plan = self.revisions.plan.max(revision);
    }

    /// Hours of `assignment` were changed by the change set `revision`.
    pub fn hours_changed(&mut self, assignment: AssignmentId, revision: i64) {
        let Self { plan, revisions, .. } = self;
        // One that is new, or gone, has changed the plan.
        if let Some(row) = plan.assignment(assignment) {
            revisions.touch_person(plan, row.person, revision);
            revisions.touch_project(plan, row.project, revision);
        }
    }

    /// When `person` is away was changed by the change set `revision`.
    pub fn absence_changed(&mut self, person: PersonId, revision: i64) {
        let Self { plan, revisions, .. } = self;
        revisions.touch_person(plan, Some(person), revision);
        for row in plan.assignments_of_person(person) {
            revisions.touch_project(plan, row.project, revision);
        }
    }

    /// A deliverable of `project` was changed by the change set `revision`.
    pub fn deliverable_changed(&mut self, project: ProjectId, revision: i64) {
        let Self { plan, revisions, .. } = self;
        revisions.touch_project(plan, project, revision);
        for row in plan.assignments_of_project(project) {
            revisions.touch_person(plan, row.person, revision);
        }
    }
}

impl Revisions {
    fn touch_person(&mut self, plan: &Plan, id: Option<PersonId>, revision: i64) {
        let person = id.and_then(|id| plan.person(id));
        let place = id.and_then(|id| plan.person_place(id));
        touch(&mut self.people, place, revision);
        self.touch_department(plan, person.and_then(|person| person.department), revision);
    }

    /// Raises a project, the department that leads it, and beside it those of all who work on it: once for each change set, which may
    /// change ten thousand of its cells.
    fn touch_project(&mut self, plan: &Plan, id: ProjectId, revision: i64) {
        let place = plan.project_place(id);
        if place.and_then(|place| self.projects.get(place)) == Some(&revision) {
            return;
        }
        touch(&mut self.projects, place, revision);
        let project = plan.project(id);
        self.touch_department(plan, project.and_then(|project| project.department), revision);
        for row in plan.assignments_of_project(id) {
            let person = row.person.and_then(|id| plan.person(id));
            let department = person.and_then(|person| person.department);
            raise(&mut self.beside, plan, department, revision);
        }
    }

    /// Raises a department and all above it.
    fn touch_department(&mut self, plan: &Plan, id: Option<DepartmentId>, revision: i64) {
        self.work = self.work.max(revision);
        raise(&mut self.work_of, plan, id, revision);
    }
}

/// Raises a department and all above it.
fn raise(all: &mut HashMap<DepartmentId, i64>, plan: &Plan, id: Option<DepartmentId>, revision: i64) {
    let mut next = id;
    while let Some(id) = next {
        if all.insert(id, revision) == Some(revision) {
            // So were those above it, with it.
            return;
        }
        next = plan.department(id).and_then(|department| department.parent);
    }
}

fn newest_of(revisions: &[i64], places: impl Iterator<Item = usize>, least: i64) -> i64 {
    let own = places.filter_map(|place| revisions.get(place));
    own.copied().fold(least, i64::max)
}

fn touch(revisions: &mut Vec<i64>, place: Option<usize>, revision: i64) {
    let Some(place) = place else {
        return;
    };
    if revisions.len() <= place {
        revisions.resize(place + 1, 0);
    }
    if let Some(own) = revisions.get_mut(place) {
        *own = revision;
    }
}

//! When each part of the plan was last changed, so that what is shown of one department outlives what happens in another.

use std::collections::HashMap;

use super::Book;
use super::plan::{Person, Project};
use crate::units::ids::{AssignmentId, DepartmentId};

/// The newest change set of each part.
#[derive(Clone, Debug, Default)]
pub struct Revisions {
    /// Of everything but the hours.
    plan: i64,
    /// Of any hours.
    hours: i64,
    /// Of the hours of a department's people and of the projects that it leads, with those of all departments below it.
    hours_of: HashMap<DepartmentId, i64>,
    /// Of the hours of each person, and of each project, by their places in the plan.
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
    /// It is less than the book's own revision where something else was changed since: another department's hours, or what is
    /// none of the plan. What counts the hours of a project by whoever works on it depends on more.
    #[must_use]
    pub fn revision_of(&self, department: Option<DepartmentId>) -> i64 {
        let hours = match department {
            None => self.revisions.hours,
            Some(id) => self.revisions.hours_of.get(&id).copied().unwrap_or(0),
        };
        self.revisions.plan.max(hours)
    }

    /// The newest change set that the load of `person` depends on.
    #[must_use]
    pub fn revision_of_person(&self, person: &Person) -> i64 {
        self.revision_of_people(&[person])
    }

    /// The newest change set that the load of `people` depends on.
    #[must_use]
    pub fn revision_of_people(&self, people: &[&Person]) -> i64 {
        let places = people
            .iter()
            .filter_map(|person| self.plan.person_place(person.id));
        newest_of(&self.revisions.people, places, self.revisions.plan)
    }

    /// The newest change set that the hours of `projects` depend on.
    #[must_use]
    pub fn revision_of_projects(&self, projects: &[&Project]) -> i64 {
        let places = projects
            .iter()
            .filter_map(|project| self.plan.project_place(project.id));
        newest_of(&self.revisions.projects, places, self.revisions.plan)
    }

    /// Something else than hours was changed by the change set `revision`.
    pub fn plan_changed(&mut self, revision: i64) {
        self.revisions.plan = self.revisions.plan.max(revision);
    }

    /// Hours of `assignment` were changed by the change set `revision`.
    pub fn hours_changed(&mut self, assignment: AssignmentId, revision: i64) {
        let newest = self.revisions.hours.max(revision);
        self.revisions.hours = newest;
        let plan = &self.plan;
        let Some(assignment) = plan.assignment(assignment) else {
            // It is new, or gone, and the plan has changed with it.
            return;
        };
        let place = assignment.person.and_then(|person| plan.person_place(person));
        touch(&mut self.revisions.people, place, newest);
        let place = plan.project_place(assignment.project);
        touch(&mut self.revisions.projects, place, newest);
        let person = assignment.person.and_then(|person| plan.person(person));
        let project = plan.project(assignment.project);
        let own = [
            person.and_then(|person| person.department),
            project.and_then(|project| project.department),
        ];
        for department in own.into_iter().flatten() {
            let mut next = Some(department);
            while let Some(id) = next {
                self.revisions.hours_of.insert(id, newest);
                next = plan.department(id).and_then(|department| department.parent);
            }
        }
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

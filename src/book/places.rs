//! Where the rows of a plan stand: by id, and by whom and what they belong to.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::Plan;
use super::plan::Parts;
use crate::units::fold;
use crate::units::ids::{AssignmentId, PersonId, ProjectId};

/// Looked up in every loop. Ids are numbers of ours, which nobody can choose to meet in one place.
pub type ById<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Places in the lists of a plan. One plan shares with the next what has not moved.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub(super) people: Arc<ById<PersonId, usize>>,
    pub(super) projects: Arc<ById<ProjectId, usize>>,
    pub(super) assignments: Arc<ById<AssignmentId, usize>>,
    pub(super) of_person: Arc<ById<PersonId, Vec<usize>>>,
    /// People by name before placeholders.
    pub(super) of_project: Arc<ById<ProjectId, Vec<usize>>>,
    pub(super) deliverables_of: Arc<ById<ProjectId, Vec<usize>>>,
}

impl Plan {
    /// Sorts the people by name and finds their places; those of assignments depend on them.
    pub(super) fn people_moved(&mut self) {
        let people = self.parts.people.to_mut();
        people.sort_by_cached_key(|person| (fold(&person.name), person.id));
        self.places.people = Arc::new(places(people, |person| person.id));
    }

    /// Sorts the projects by name and finds their places; those of assignments depend on them.
    pub(super) fn projects_moved(&mut self) {
        let projects = self.parts.projects.to_mut();
        projects.sort_by_cached_key(|project| (fold(&project.name), project.id));
        self.places.projects = Arc::new(places(projects, |project| project.id));
    }

    /// Sorts the assignments by project and finds their places.
    pub(super) fn assignments_moved(&mut self) {
        let projects = &self.places.projects;
        let assignments = self.parts.assignments.to_mut();
        assignments.sort_by_cached_key(|row| (projects.get(&row.project).copied(), row.id));
        self.places.assignments = Arc::new(places(assignments, |row| row.id));
        self.places.of_person = Arc::new(grouped(assignments.iter().map(|row| row.person)));
        self.places.of_project = Arc::new(of_project(&self.parts, &self.places.people));
    }

    /// Finds the places of the deliverables, which stand in the order of their projects' lists.
    pub(super) fn deliverables_moved(&mut self) {
        let projects = self.parts.deliverables.iter().map(|one| Some(one.project));
        self.places.deliverables_of = Arc::new(grouped(projects));
    }
}

fn places<T, K: Hash + Eq>(rows: &[T], id: impl Fn(&T) -> K) -> ById<K, usize> {
    rows.iter()
        .enumerate()
        .map(|(place, row)| (id(row), place))
        .collect()
}

/// The rows of each project: people by name before placeholders.
fn of_project(parts: &Parts, people: &ById<PersonId, usize>) -> ById<ProjectId, Vec<usize>> {
    let mut all = grouped(parts.assignments.iter().map(|one| Some(one.project)));
    for rows in all.values_mut() {
        rows.sort_by_key(|place| {
            let assignment = parts.assignments.get(*place);
            let person = assignment.and_then(|one| people.get(&one.person?).copied());
            (person.unwrap_or(usize::MAX), assignment.map(|one| one.id))
        });
    }
    all
}

fn grouped<K: Hash + Eq>(keys: impl Iterator<Item = Option<K>>) -> ById<K, Vec<usize>> {
    let mut groups: ById<K, Vec<usize>> = ById::default();
    for (index, key) in keys.enumerate() {
        if let Some(key) = key {
            groups.entry(key).or_default().push(index);
        }
    }
    groups
}

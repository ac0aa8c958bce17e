//! The next book where a few rows of the plan have changed: these take their places, and what is worked out from them is worked out
//! again.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use super::plan::{sort_people, sort_projects};
use super::{Assignment, Book, Deliverable, Person, Plan, Project};
use crate::units::ids::{AssignmentId, PersonId, ProjectId};

/// Rows of the plan as they are now.
#[derive(Debug, Default)]
pub struct Anew {
    /// People, new or changed.
    pub people: Vec<Person>,
    /// Projects, new or changed.
    pub projects: Vec<Project>,
    /// Assignments, new or changed.
    pub assignments: Vec<Assignment>,
    /// Of which assignments these are all that there are: any other of them is gone.
    pub assignments_of: Vec<AssignmentId>,
    /// Deliverables, each project's in its order.
    pub deliverables: Vec<Deliverable>,
    /// Of which projects these are all that there are.
    pub deliverables_of: Vec<ProjectId>,
}

impl Book {
    /// Puts changed rows of the plan in their places. The hours are those that were taken over before.
    pub fn take(&mut self, anew: Anew) {
        let before = Arc::clone(&self.plan);
        let (rows, projects) = (
            anew.assignments_of.clone(),
            anew.projects.iter().map(|project| project.id).collect::<Vec<_>>(),
        );
        let after = before.with(anew);
        let mut people: HashSet<PersonId> = HashSet::new();
        for plan in [&*before, &after] {
            people.extend(rows.iter().filter_map(|id| plan.assignment(*id)?.person));
        }
        // What their hours count as depends on where the project stands.
        let turned = projects.into_iter().filter(|id| before.counts_as(*id) != after.counts_as(*id));
        for project in turned {
            people.extend(after.assignments_of_project(project).into_iter().filter_map(|row| row.person));
        }
        self.loads = self.loads.moved((&before, &after), &self.hours, &people);
        self.plan = Arc::new(after);
    }
}

impl Plan {
    /// The plan with changed rows in their places.
    fn with(&self, anew: Anew) -> Self {
        let mut parts = (**self).clone();
        if !anew.people.is_empty() {
            put(&mut parts.people, anew.people, |person| person.id);
            sort_people(&mut parts.people);
        }
        if !anew.projects.is_empty() {
            put(&mut parts.projects, anew.projects, |project| project.id);
            sort_projects(&mut parts.projects);
        }
        let gone: HashSet<AssignmentId> = anew.assignments_of.into_iter().collect();
        parts.assignments.retain(|row| !gone.contains(&row.id));
        parts.assignments.extend(anew.assignments);
        let gone: HashSet<ProjectId> = anew.deliverables_of.into_iter().collect();
        parts.deliverables.retain(|one| !gone.contains(&one.project));
        parts.deliverables.extend(anew.deliverables);
        parts.deliverables.sort_by_key(|one| one.project);
        Self::of_sorted(parts)
    }
}

/// Puts `anew` in the place of the rows with the same ids.
fn put<T, K: Eq + Hash>(rows: &mut Vec<T>, anew: Vec<T>, id: impl Fn(&T) -> K) {
    let ids: HashSet<K> = anew.iter().map(&id).collect();
    rows.retain(|row| !ids.contains(&id(row)));
    rows.extend(anew);
}

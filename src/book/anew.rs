//! The next book where a few rows of the plan have changed: these take their places, and what is worked out from them is worked out
//! again.

use std::collections::HashSet;
use std::sync::Arc;

use super::indexed::Texts;
use super::{Assignment, Book, Deliverable, Parts, Person, Plan, Project, Rows};
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
        let turned = projects
            .into_iter()
            .filter(|id| before.counts_as(*id) != after.counts_as(*id));
        for project in turned {
            people.extend(
                after
                    .assignments_of_project(project)
                    .into_iter()
                    .filter_map(|row| row.person),
            );
        }
        self.loads = self.loads.moved((&before, &after), &self.hours, &people);
        self.plan = Arc::new(after);
    }
}

impl Plan {
    /// The plan with changed rows in their places. What has not moved it shares with this one.
    fn with(&self, anew: Anew) -> Self {
        let mut texts = Texts::default();
        if anew.people.is_empty() {
            texts.people = Arc::clone(&self.texts.people);
        }
        if anew.projects.is_empty() {
            texts.projects = Arc::clone(&self.texts.projects);
        }
        let mut next = Self {
            parts: self.parts.clone(),
            places: self.places.clone(),
            texts,
        };
        let (parts, places) = (&mut next.parts, &self.places);
        let people = put(
            &mut parts.people,
            anew.people,
            |one| places.people.get(&one.id).copied(),
            |was, is| was.name == is.name,
        );
        let projects = put(
            &mut parts.projects,
            anew.projects,
            |one| places.projects.get(&one.id).copied(),
            |was, is| was.name == is.name,
        );
        let mut gone: HashSet<AssignmentId> = anew.assignments_of.into_iter().collect();
        gone.retain(|id| places.assignments.contains_key(id));
        for row in &anew.assignments {
            gone.remove(&row.id);
        }
        let rows = put(
            &mut parts.assignments,
            anew.assignments,
            |row| places.assignments.get(&row.id).copied(),
            |was, is| (was.project, was.person) == (is.project, is.person),
        );
        if !gone.is_empty() {
            parts.assignments.to_mut().retain(|row| !gone.contains(&row.id));
        }
        let deliverables = self.put_deliverables(parts, &anew.deliverables_of, anew.deliverables);
        if people {
            next.people_moved();
        }
        if projects {
            next.projects_moved();
        }
        if people || projects || rows || !gone.is_empty() {
            next.assignments_moved();
        }
        if projects || deliverables {
            next.deliverables_moved();
        }
        next
    }

    /// Puts the deliverables of some projects in the place of those that they had; answers whether any has another place now.
    fn put_deliverables(&self, parts: &mut Parts, of: &[ProjectId], anew: Vec<Deliverable>) -> bool {
        let places = of
            .iter()
            .flat_map(|project| self.places.deliverables_of(*project));
        let name = |one: &Deliverable| (one.project, one.id);
        let were = places
            .clone()
            .filter_map(|place| parts.deliverables.get(*place).map(name));
        if were.eq(anew.iter().map(name)) {
            if !anew.is_empty() {
                let rows = parts.deliverables.to_mut();
                for (place, one) in places.zip(anew) {
                    if let Some(own) = rows.get_mut(*place) {
                        *own = one;
                    }
                }
            }
            return false;
        }
        let of: HashSet<ProjectId> = of.iter().copied().collect();
        let rows = parts.deliverables.to_mut();
        rows.retain(|one| !of.contains(&one.project));
        rows.extend(anew);
        rows.sort_by_key(|one| one.project);
        true
    }
}

/// Puts each of `anew` at its `place`, and at the end where it has none; answers whether any does not stand where it did, since it is
/// new or because of what has changed.
fn put<T: Clone>(
    rows: &mut Rows<T>,
    anew: Vec<T>,
    place: impl Fn(&T) -> Option<usize>,
    stays: impl Fn(&T, &T) -> bool,
) -> bool {
    if anew.is_empty() {
        return false;
    }
    let rows = rows.to_mut();
    let mut moved = false;
    for one in anew {
        if let Some(own) = place(&one).and_then(|place| rows.get_mut(place)) {
            moved |= !stays(own, &one);
            *own = one;
        } else {
            rows.push(one);
            moved = true;
        }
    }
    moved
}

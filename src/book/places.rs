//! Where the rows of a plan stand: by id, and by whom and what they belong to.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::Plan;
use super::plan::Assignment;
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
    /// Assignments by the place of whoever works on them.
    of_person: Arc<Groups>,
    /// Assignments by the place of their project: people by name before placeholders.
    of_project: Arc<Groups>,
    /// Deliverables by the place of their project.
    deliverables_of: Arc<Groups>,
}

impl Places {
    /// Where the assignments of a person stand.
    pub(super) fn of_person(&self, id: PersonId) -> &[usize] {
        self.people
            .get(&id)
            .map_or(&[], |place| self.of_person.of(*place))
    }

    /// Where the assignments of a project stand.
    pub(super) fn of_project(&self, id: ProjectId) -> &[usize] {
        self.projects
            .get(&id)
            .map_or(&[], |place| self.of_project.of(*place))
    }

    /// Where the deliverables of a project stand.
    pub(super) fn deliverables_of(&self, id: ProjectId) -> &[usize] {
        self.projects
            .get(&id)
            .map_or(&[], |place| self.deliverables_of.of(*place))
    }
}

/// Places in groups, one group after the other: a plan has tens of thousands of groups, and few places in each.
#[derive(Clone, Debug, Default)]
struct Groups {
    /// Where among the places each group begins, and where the last one ends.
    starts: Vec<usize>,
    places: Vec<usize>,
}

impl Groups {
    /// `count` groups, where `of` says for each place to which it belongs.
    fn new(count: usize, of: impl Iterator<Item = Option<usize>> + Clone) -> Self {
        let mut starts = vec![0; count + 1];
        for group in of.clone().flatten() {
            if let Some(size) = starts.get_mut(group + 1) {
                *size += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let (mut places, mut ends) = (vec![0; sum], starts.clone());
        for (place, group) in of.enumerate() {
            let end = group.and_then(|group| ends.get_mut(group));
            if let Some((end, own)) = end.and_then(|end| places.get_mut(*end).map(|own| (end, own))) {
                *own = place;
                *end += 1;
            }
        }
        Self { starts, places }
    }

    fn of(&self, group: usize) -> &[usize] {
        match self.starts.get(group..group + 2) {
            Some([start, end]) => self.places.get(*start..*end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The same with the places of each group in the order of a `key`.
    fn sorted_by_key<K: Ord>(mut self, key: impl Fn(usize) -> K) -> Self {
        for ends in self.starts.windows(2) {
            if let [start, end] = ends
                && let Some(group) = self.places.get_mut(*start..*end)
            {
                group.sort_by_key(|place| key(*place));
            }
        }
        self
    }
}

impl Plan {
    /// Sorts the people by name and finds their places; those of assignments depend on them.
    pub(super) fn people_moved(&mut self) {
        let people = self.parts.people.to_mut();
        people.sort_by_cached_key(|person| (fold(&person.name), person.id));
        self.places.people = Arc::new(places(people, |person| person.id));
    }

    /// Sorts the projects by name and finds their places; those of assignments and deliverables depend on them.
    pub(super) fn projects_moved(&mut self) {
        let projects = self.parts.projects.to_mut();
        projects.sort_by_cached_key(|project| (fold(&project.name), project.id));
        self.places.projects = Arc::new(places(projects, |project| project.id));
    }

    /// Sorts the assignments by project and finds their places.
    pub(super) fn assignments_moved(&mut self) {
        let Places { people, projects, .. } = &self.places;
        let key = |row: &Assignment| (projects.get(&row.project).copied(), row.id);
        if !self.parts.assignments.is_sorted_by_key(key) {
            self.parts.assignments.to_mut().sort_by_cached_key(key);
        }
        let rows = &self.parts.assignments;
        let of_person: Vec<Option<usize>> =
            rows.iter().map(|row| people.get(&row.person?).copied()).collect();
        let of_project = rows.iter().map(|row| projects.get(&row.project).copied());
        let of_project = Groups::new(projects.len(), of_project);
        let by_person = |place: usize| of_person.get(place).copied().flatten().unwrap_or(usize::MAX);
        let of_project = of_project.sorted_by_key(by_person);
        let of_person = Groups::new(people.len(), of_person.iter().copied());
        self.places.assignments = Arc::new(places(rows, |row| row.id));
        self.places.of_person = Arc::new(of_person);
        self.places.of_project = Arc::new(of_project);
    }

    /// Finds the places of the deliverables, which stand in the order of their projects' lists.
    pub(super) fn deliverables_moved(&mut self) {
        let projects = &self.places.projects;
        let of = self.parts.deliverables.iter();
        let of = of.map(|one| projects.get(&one.project).copied());
        self.places.deliverables_of = Arc::new(Groups::new(projects.len(), of));
    }
}

fn places<T, K: Hash + Eq>(rows: &[T], id: impl Fn(&T) -> K) -> ById<K, usize> {
    rows.iter()
        .enumerate()
        .map(|(place, row)| (id(row), place))
        .collect()
}

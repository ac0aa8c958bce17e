//! The parts of a plan, sorted for showing and indexed for asking.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::Book;
use super::capacity::WorkWeek;
use super::places::Places;
use super::plan::{Assignment, CountsAs, Deliverable, Department, Parts, Person, Project, Status};
use crate::units::ids::{
    AssignmentId, ClientId, DepartmentId, PersonId, ProjectId, RoleId, SkillId, StatusId,
};
use crate::units::{Day, Week, fold};

/// The parts, sorted by name and indexed.
#[derive(Debug, Default)]
pub struct Plan {
    pub(super) parts: Parts,
    pub(super) places: Places,
    pub(super) texts: Texts,
}

/// What a search looks through, folded: made by the first search, and shared by all plans with the same people or projects.
#[derive(Debug, Default)]
pub struct Texts {
    pub(super) people: Arc<OnceLock<Vec<String>>>,
    pub(super) projects: Arc<OnceLock<Vec<String>>>,
}

impl Deref for Plan {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Plan {
    /// Sorts and indexes `parts`.
    #[must_use]
    pub fn new(mut parts: Parts) -> Self {
        parts.departments = in_tree_order(parts.departments);
        parts.roles.sort_by_cached_key(|role| fold(&role.name));
        parts.skills.sort_by_cached_key(|skill| fold(&skill.name));
        parts.clients.sort_by_cached_key(|client| fold(&client.name));
        for days in parts
            .holidays
            .values_mut()
            .chain(parts.half_holidays.values_mut())
        {
            days.sort_unstable();
            days.dedup();
        }
        let mut plan = Self {
            parts,
            ..Self::default()
        };
        plan.people_moved();
        plan.projects_moved();
        plan.deliverables_moved();
        plan.assignments_moved();
        plan
    }

    /// The week that `day` belongs to here: on which day a week begins decides where a Sunday goes.
    #[must_use]
    pub fn week_of(&self, day: Day) -> Week {
        Week::of(day, self.organisation.week_start)
    }

    /// Where a person stands among all.
    pub(super) fn person_place(&self, id: PersonId) -> Option<usize> {
        self.places.people.get(&id).copied()
    }

    /// Where a project stands among all.
    pub(super) fn project_place(&self, id: ProjectId) -> Option<usize> {
        self.places.projects.get(&id).copied()
    }

    /// The person with this id.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.places
            .people
            .get(&id)
            .and_then(|index| self.parts.people.get(*index))
    }

    /// The project with this id.
    #[must_use]
    pub fn project(&self, id: ProjectId) -> Option<&Project> {
        self.places
            .projects
            .get(&id)
            .and_then(|index| self.parts.projects.get(*index))
    }

    /// The assignment with this id.
    #[must_use]
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.places
            .assignments
            .get(&id)
            .and_then(|index| self.parts.assignments.get(*index))
    }

    /// The assignments of a person, by project name.
    pub fn assignments_of_person(&self, id: PersonId) -> impl Iterator<Item = &Assignment> + Clone {
        let places = self.places.of_person(id);
        places
            .iter()
            .filter_map(|index| self.parts.assignments.get(*index))
    }

    /// The assignments of a project, people by name before placeholders.
    #[must_use]
    pub fn assignments_of_project(&self, id: ProjectId) -> Vec<&Assignment> {
        let places = self.places.of_project(id);
        places
            .iter()
            .filter_map(|index| self.parts.assignments.get(*index))
            .collect()
    }

    /// The deliverables of a project, in its order.
    pub fn deliverables_of(&self, id: ProjectId) -> impl Iterator<Item = &Deliverable> + Clone {
        let places = self.places.deliverables_of(id);
        places
            .iter()
            .filter_map(|index| self.parts.deliverables.get(*index))
    }

    /// The department with this id.
    #[must_use]
    pub fn department(&self, id: DepartmentId) -> Option<&Department> {
        self.parts
            .departments
            .iter()
            .find(|department| department.id == id)
    }

    /// A department and all below it; they stand together in the tree's order.
    #[must_use]
    pub fn department_with_children(&self, id: DepartmentId) -> &[Department] {
        let all = &self.parts.departments;
        let Some(first) = all.iter().position(|department| department.id == id) else {
            return &[];
        };
        let (Some(top), rest) = (all.get(first), all.get(first + 1..).unwrap_or_default()) else {
            return &[];
        };
        let below = rest
            .iter()
            .take_while(|department| department.depth > top.depth)
            .count();
        all.get(first..=first + below).unwrap_or_default()
    }

    /// `Delivery / Digital`.
    #[must_use]
    pub fn department_path(&self, id: DepartmentId) -> String {
        let mut names = Vec::new();
        let mut next = self.department(id);
        while let Some(department) = next {
            names.push(department.name.as_str());
            next = department.parent.and_then(|parent| self.department(parent));
        }
        names.reverse();
        names.join(" / ")
    }

    /// The name of a role.
    #[must_use]
    pub fn role_name(&self, id: Option<RoleId>) -> &str {
        id.and_then(|id| self.parts.roles.iter().find(|role| role.id == id))
            .map_or("", |role| &role.name)
    }

    /// The name of a client.
    #[must_use]
    pub fn client_name(&self, id: Option<ClientId>) -> &str {
        id.and_then(|id| self.parts.clients.iter().find(|client| client.id == id))
            .map_or("", |client| &client.name)
    }

    /// The name of a skill.
    #[must_use]
    pub fn skill_name(&self, id: SkillId) -> &str {
        self.parts
            .skills
            .iter()
            .find(|skill| skill.id == id)
            .map_or("", |skill| &skill.name)
    }

    /// The status with this id.
    #[must_use]
    pub fn status(&self, id: StatusId) -> Option<&Status> {
        self.parts.statuses.iter().find(|status| status.id == id)
    }

    /// What the hours of a project count as; those of an unknown one as closed.
    #[must_use]
    pub fn counts_as(&self, project: ProjectId) -> CountsAs {
        self.project(project)
            .and_then(|project| self.status(project.status))
            .map_or(CountsAs::Closed, |status| status.counts_as)
    }

    /// In what role somebody works on an assignment: the assignment's own, else the person's.
    #[must_use]
    pub fn role_on(&self, assignment: &Assignment) -> Option<RoleId> {
        assignment
            .role
            .or_else(|| assignment.person.and_then(|person| self.person(person)?.role))
    }

    /// The working week of `person` that is in force on `day`.
    #[must_use]
    pub fn work_week_on(&self, person: &Person, day: Day) -> WorkWeek {
        let begun = person.work_weeks.iter().rev().find(|(from, _)| *from <= day);
        begun.map_or(self.parts.organisation.default_week, |(_, week)| *week)
    }

    /// Whether `person` is employed on any day of `week`: only then may hours be booked there.
    #[must_use]
    pub fn is_employed(&self, person: &Person, week: Week) -> bool {
        let start = self.parts.organisation.week_start;
        let (first, last) = (week.first_day(start), week.last_day(start));
        person.start.is_none_or(|day| day <= last) && person.last.is_none_or(|day| day >= first)
    }
}

impl Book {
    /// A book with no hours in it yet.
    #[must_use]
    pub fn new(revision: i64, parts: Parts) -> Self {
        let (plan, hours) = (Plan::new(parts), super::Hours::default());
        Self {
            revision,
            loads: super::Loads::new(&plan, &hours),
            plan: Arc::new(plan),
            hours,
            revisions: super::Revisions::new(revision),
        }
    }
}

/// Each department right after the one above it, siblings by name. One whose parent is unknown stands at the top.
fn in_tree_order(departments: Vec<Department>) -> Vec<Department> {
    let known: Vec<DepartmentId> = departments.iter().map(|department| department.id).collect();
    let mut below: HashMap<Option<DepartmentId>, Vec<Department>> = HashMap::new();
    for mut department in departments {
        department.parent = department.parent.filter(|parent| known.contains(parent));
        below.entry(department.parent).or_default().push(department);
    }
    for siblings in below.values_mut() {
        // The last stands on top of the stack below, so the order is turned round.
        siblings.sort_by_cached_key(|department| std::cmp::Reverse(fold(&department.name)));
    }
    let mut ordered = Vec::new();
    let mut stack: Vec<(usize, Department)> = below
        .remove(&None)
        .unwrap_or_default()
        .into_iter()
        .map(|top| (0, top))
        .collect();
    while let Some((depth, mut department)) = stack.pop() {
        let children = below.remove(&Some(department.id)).unwrap_or_default();
        stack.extend(children.into_iter().map(|child| (depth + 1, child)));
        department.depth = depth;
        ordered.push(department);
    }
    ordered
}

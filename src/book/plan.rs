//! Everything of the plan but its hours, sorted for showing and indexed for asking.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::Book;
use super::bands::Bands;
use super::capacity::{Absence, WorkWeek};
use crate::units::ids::{
    AssignmentId, CalendarId, ClientId, DeliverableId, DepartmentId, PersonId, ProjectId, RoleId, SkillId,
    StatusId,
};
use crate::units::{Colour, Day, Minutes, Week, WeekStart, fold};

/// What the whole team shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The first day of its week.
    pub week_start: WeekStart,
    /// Where load cells change colour.
    pub bands: Bands,
    /// The working week of people who have none of their own.
    pub default_week: WorkWeek,
    /// The holidays of people who have no calendar of their own.
    pub calendar: Option<CalendarId>,
}

/// A part of the organisation, at its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its name.
    pub name: String,
    /// The one above.
    pub parent: Option<DepartmentId>,
    /// How many stand above it.
    pub depth: usize,
}

macro_rules! named {
    ($($(#[$doc:meta])* $name:ident: $id:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// Its id.
            pub id: $id,
            /// Its name.
            pub name: String,
        }
    )+};
}
named! {
    /// What somebody does.
    Role: RoleId,
    /// Something somebody is good at.
    Skill: SkillId,
    /// Whom a project is for.
    Client: ClientId,
}

/// What the hours of a project count as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CountsAs {
    /// It may come.
    Tentative,
    /// It is agreed.
    Confirmed,
    /// It is over, or will not come.
    Closed,
}

impl CountsAs {
    /// All three, in the order of a project's life.
    pub const ALL: [Self; 3] = [Self::Tentative, Self::Confirmed, Self::Closed];

    /// As the database, JSON and forms write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tentative => "tentative",
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counts_as| counts_as.as_str() == text)
    }
}

/// Where a project stands, in the team's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: StatusId,
    /// Its label.
    pub label: String,
    /// Its colour.
    pub colour: Colour,
    /// What it counts as.
    pub counts_as: CountsAs,
}

/// Somebody whose weeks are planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their address, or empty.
    pub email: String,
    /// Their place, or empty.
    pub location: String,
    /// Their department.
    pub department: Option<DepartmentId>,
    /// Their role.
    pub role: Option<RoleId>,
    /// Whose holidays they keep; none for the organisation's.
    pub calendar: Option<CalendarId>,
    /// Their first day.
    pub start: Option<Day>,
    /// Their last day.
    pub last: Option<Day>,
    /// Whether they are still planned.
    pub active: bool,
    /// Their skills, with a level from 1 to 3.
    pub skills: Vec<(SkillId, u8)>,
    /// Their working weeks, each from its day on, rising.
    pub work_weeks: Vec<(Day, WorkWeek)>,
    /// Their approved time off, by first day.
    pub absences: Vec<Absence>,
}

/// What hours are booked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is called by on paper, or empty.
    pub code: String,
    /// Whom it is for.
    pub client: Option<ClientId>,
    /// Where it stands.
    pub status: StatusId,
    /// Who leads it.
    pub department: Option<DepartmentId>,
    /// Its colour.
    pub colour: Colour,
    /// Its first day.
    pub start: Option<Day>,
    /// Its last day.
    pub end: Option<Day>,
    /// What it may take.
    pub budget: Option<Minutes>,
}

/// Something a project hands over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deliverable {
    /// Its id.
    pub id: DeliverableId,
    /// Its project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// How much of the project it stands for.
    pub percent: Option<u8>,
    /// The phase it ends, or empty.
    pub phase: String,
    /// When it is due.
    pub due: Option<Day>,
    /// Whether it is handed over.
    pub done: bool,
}

/// A person, or nobody yet, in a role on a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Its project.
    pub project: ProjectId,
    /// Who; none for a placeholder.
    pub person: Option<PersonId>,
    /// As what; none for the person's own role.
    pub role: Option<RoleId>,
    /// A remark, or empty.
    pub note: String,
}

/// The rows a plan is made of, in any order.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// What the whole team shares.
    pub organisation: Organisation,
    /// Holidays by calendar.
    pub holidays: HashMap<CalendarId, Vec<Day>>,
    /// Those that are free from midday on, by calendar.
    pub half_holidays: HashMap<CalendarId, Vec<Day>>,
    /// Departments; their depth is worked out.
    pub departments: Vec<Department>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Skills.
    pub skills: Vec<Skill>,
    /// Clients.
    pub clients: Vec<Client>,
    /// Statuses, in the team's order.
    pub statuses: Vec<Status>,
    /// People.
    pub people: Vec<Person>,
    /// Projects.
    pub projects: Vec<Project>,
    /// Deliverables, in the order of their project's list.
    pub deliverables: Vec<Deliverable>,
    /// Assignments.
    pub assignments: Vec<Assignment>,
}

/// Looked up in every loop. Ids are numbers of ours, which nobody can choose to meet in one place.
type ById<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// The parts, sorted by name and indexed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    parts: Parts,
    people: ById<PersonId, usize>,
    projects: ById<ProjectId, usize>,
    assignments: ById<AssignmentId, usize>,
    of_person: ById<PersonId, Vec<usize>>,
    /// People by name before placeholders.
    of_project: ById<ProjectId, Vec<usize>>,
    deliverables_of: ById<ProjectId, Vec<usize>>,
    /// What a search looks through, folded: made by the first search of this plan.
    pub(super) people_texts: OnceLock<Vec<String>>,
    pub(super) project_texts: OnceLock<Vec<String>>,
}

impl std::ops::Deref for Plan {
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
        sort_people(&mut parts.people);
        sort_projects(&mut parts.projects);
        Self::of_sorted(parts)
    }

    /// Sorts the assignments by their projects and indexes everything. What people and projects are sorted by has not changed since they
    /// were.
    pub(super) fn of_sorted(mut parts: Parts) -> Self {
        let project_order: ById<ProjectId, usize> = parts
            .projects
            .iter()
            .enumerate()
            .map(|(index, project)| (project.id, index))
            .collect();
        parts
            .assignments
            .sort_by_key(|assignment| (project_order.get(&assignment.project).copied(), assignment.id));
        let people: ById<PersonId, usize> = parts
            .people
            .iter()
            .enumerate()
            .map(|(index, person)| (person.id, index))
            .collect();
        Self {
            of_project: of_project(&parts, &people),
            people,
            projects: project_order,
            assignments: parts
                .assignments
                .iter()
                .enumerate()
                .map(|(index, one)| (one.id, index))
                .collect(),
            of_person: grouped(parts.assignments.iter().map(|assignment| assignment.person)),
            deliverables_of: grouped(
                parts
                    .deliverables
                    .iter()
                    .map(|deliverable| Some(deliverable.project)),
            ),
            people_texts: OnceLock::new(),
            project_texts: OnceLock::new(),
            parts,
        }
    }

    /// The week that `day` belongs to here: on which day a week begins decides where a Sunday goes.
    #[must_use]
    pub fn week_of(&self, day: Day) -> Week {
        Week::of(day, self.organisation.week_start)
    }

    /// Where a person stands among all.
    pub(super) fn person_place(&self, id: PersonId) -> Option<usize> {
        self.people.get(&id).copied()
    }

    /// Where a project stands among all.
    pub(super) fn project_place(&self, id: ProjectId) -> Option<usize> {
        self.projects.get(&id).copied()
    }

    /// The person with this id.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people
            .get(&id)
            .and_then(|index| self.parts.people.get(*index))
    }

    /// The project with this id.
    #[must_use]
    pub fn project(&self, id: ProjectId) -> Option<&Project> {
        self.projects
            .get(&id)
            .and_then(|index| self.parts.projects.get(*index))
    }

    /// The assignment with this id.
    #[must_use]
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments
            .get(&id)
            .and_then(|index| self.parts.assignments.get(*index))
    }

    /// The assignments of a person, by project name.
    pub fn assignments_of_person(&self, id: PersonId) -> impl Iterator<Item = &Assignment> + Clone {
        let places = self.of_person.get(&id).map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .filter_map(|index| self.parts.assignments.get(*index))
    }

    /// The assignments of a project, people by name before placeholders.
    #[must_use]
    pub fn assignments_of_project(&self, id: ProjectId) -> Vec<&Assignment> {
        let places = self.of_project.get(&id).map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .filter_map(|index| self.parts.assignments.get(*index))
            .collect()
    }

    /// The deliverables of a project, in its order.
    pub fn deliverables_of(&self, id: ProjectId) -> impl Iterator<Item = &Deliverable> + Clone {
        let places = self.deliverables_of.get(&id).map_or(&[][..], Vec::as_slice);
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

/// People by name.
pub(super) fn sort_people(people: &mut [Person]) {
    people.sort_by_cached_key(|person| (fold(&person.name), person.id));
}

/// Projects by name.
pub(super) fn sort_projects(projects: &mut [Project]) {
    projects.sort_by_cached_key(|project| (fold(&project.name), project.id));
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

fn grouped<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = Option<K>>) -> ById<K, Vec<usize>> {
    let mut groups: ById<K, Vec<usize>> = ById::default();
    for (index, key) in keys.enumerate() {
        if let Some(key) = key {
            groups.entry(key).or_default().push(index);
        }
    }
    groups
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

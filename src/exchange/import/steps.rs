//! What an import writes, in the order in which it is written.

use crate::book::WorkWeek;
use crate::units::ids::{
    AssignmentId, ClientId, DeliverableId, DepartmentId, PersonId, ProjectId, RoleId, SkillId,
};
use crate::units::{Day, Minutes, Week};
use crate::{people, plan, projects};

/// Something that is there, or that this import makes: the number of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ref<T> {
    /// It is there.
    Known(T),
    /// It is the one of this number, from 0, among those that are made.
    New(usize),
}

/// Everything that is to be written. Rows that change nothing have no step.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// New departments: name, and which one stands above. Those above come first.
    pub departments: Vec<(String, Option<Ref<DepartmentId>>)>,
    /// New roles.
    pub roles: Vec<String>,
    /// New skills.
    pub skills: Vec<String>,
    /// New clients.
    pub clients: Vec<String>,
    /// People, new and changed.
    pub people: Vec<PersonStep>,
    /// Projects, new and changed; `Ref::New` counts the new ones alone.
    pub projects: Vec<ProjectStep>,
    /// Deliverables, new and changed.
    pub deliverables: Vec<DeliverableStep>,
    /// The hours that follow the dates of deliverables, a project at a time.
    pub reallocations: Vec<(Vec<plan::Move>, plan::Reallocation)>,
    /// New assignments.
    pub assignments: Vec<NewAssignment>,
    /// Hours.
    pub cells: Vec<CellStep>,
}

impl Steps {
    /// How many rows are to be written. Departments, roles and the like are only made for a row that needs them.
    pub const fn len(&self) -> usize {
        self.people.len()
            + self.projects.len()
            + self.deliverables.len()
            + self.assignments.len()
            + self.cells.len()
    }

    /// Whether there is nothing to do.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A person to be made or changed.
#[derive(Clone, Debug)]
pub struct PersonStep {
    /// Who; none for somebody new.
    pub id: Option<PersonId>,
    /// As they shall be, but for the two below.
    pub draft: people::PersonDraft,
    /// Their role.
    pub role: Option<Ref<RoleId>>,
    /// Their department.
    pub department: Option<Ref<DepartmentId>>,
    /// All their skills with levels, where they change.
    pub skills: Option<Vec<(Ref<SkillId>, u8)>>,
    /// A working week from a day on, where it changes.
    pub week: Option<(Day, WorkWeek)>,
}

/// A project to be made or changed.
#[derive(Clone, Debug)]
pub struct ProjectStep {
    /// Which; none for a new one.
    pub id: Option<ProjectId>,
    /// As it shall be, but for the two below.
    pub draft: projects::ProjectDraft,
    /// Whom it is for.
    pub client: Option<Ref<ClientId>>,
    /// Who leads it.
    pub department: Option<Ref<DepartmentId>>,
}

/// A deliverable to be made or changed.
#[derive(Clone, Debug)]
pub struct DeliverableStep {
    /// Which; none for a new one.
    pub id: Option<DeliverableId>,
    /// Of which project.
    pub project: Ref<ProjectId>,
    /// As it shall be.
    pub draft: plan::DeliverableDraft,
}

/// Somebody, or a placeholder, to be put on a project.
#[derive(Clone, Debug)]
pub struct NewAssignment {
    /// On what.
    pub project: ProjectId,
    /// Who; none for a placeholder.
    pub person: Option<PersonId>,
    /// As what; none for the person's own role.
    pub role: Option<Ref<RoleId>>,
    /// A remark, or blank.
    pub note: String,
}

/// One cell of hours.
#[derive(Clone, Copy, Debug)]
pub struct CellStep {
    /// Whose row.
    pub assignment: Ref<AssignmentId>,
    /// Which week.
    pub week: Week,
    /// What it shall hold.
    pub minutes: Minutes,
}

//! The rows that a plan is made of, but for its hours.

use std::collections::HashMap;

use super::Rows;
use super::bands::Bands;
use super::capacity::{Absence, WorkWeek};
use crate::units::ids::{
    AssignmentId, CalendarId, ClientId, DeliverableId, DepartmentId, PersonId, ProjectId, RoleId, SkillId,
    StatusId,
};
use crate::units::{Colour, Day, Minutes, WeekStart};

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
    pub people: Rows<Person>,
    /// Projects.
    pub projects: Rows<Project>,
    /// Deliverables, in the order of their project's list.
    pub deliverables: Rows<Deliverable>,
    /// Assignments.
    pub assignments: Rows<Assignment>,
}

//! Planned hours, capacity and utilisation over a period, by whom or by what, and who has too much or too little in it.
//!
//! Hours are planned by week. A week counts in the month and the quarter of its Thursday, where most of its days lie, so
//! that every hour stands in one column and columns add up to the whole.

mod balance;
mod phases;

use std::collections::HashMap;

use super::filter::below;
use super::{Assignment, Book, CountsAs, Person, Project};
use crate::units::ids::{ClientId, DepartmentId, PersonId, ProjectId, RoleId, StatusId};
use crate::units::{Minutes, Tenths, Week};

pub use balance::{Balances, PersonBalance};
use phases::Phases;

/// By whom or by what hours are summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// By person; open places in a row of their own.
    Person,
    /// By the person's department, or the one that leads an open place's project.
    #[default]
    Department,
    /// By the person's role, or the one that an open place is for.
    Role,
    /// By whom the project is for.
    Client,
    /// By project.
    Project,
    /// By the phase of the deliverable that comes next.
    Phase,
    /// By where the project stands.
    Status,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Person,
        Self::Department,
        Self::Role,
        Self::Client,
        Self::Project,
        Self::Phase,
        Self::Status,
    ];

    /// As an address and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Department => "department",
            Self::Role => "role",
            Self::Client => "client",
            Self::Project => "project",
            Self::Phase => "phase",
            Self::Status => "status",
        }
    }

    /// Whether its rows are people, who have capacity, and not work.
    #[must_use]
    pub const fn is_of_people(self) -> bool {
        matches!(self, Self::Person | Self::Department | Self::Role)
    }
}

/// Into what the period is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Slices {
    /// Not at all.
    #[default]
    Total,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Quarters.
    Quarter,
}

impl Slices {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Total, Self::Week, Self::Month, Self::Quarter];

    /// As an address and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }
}

/// One column of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slice {
    /// The whole period.
    Total,
    /// A week.
    Week(Week),
    /// A year and a month from 1.
    Month(i32, u32),
    /// A year and a quarter from 1.
    Quarter(i32, u32),
}

impl Slice {
    fn of(week: Week, slices: Slices) -> Self {
        let (year, month, _) = week.monday().plus(3).ymd();
        match slices {
            Slices::Total => Self::Total,
            Slices::Week => Self::Week(week),
            Slices::Month => Self::Month(year, month),
            Slices::Quarter => Self::Quarter(year, month.div_ceil(3)),
        }
    }
}

/// What a report is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The rows.
    pub dimension: Dimension,
    /// The columns.
    pub slices: Slices,
    /// The first week.
    pub from: Week,
    /// How many weeks.
    pub weeks: u16,
    /// People of this department or below; open places on its projects.
    pub department: Option<DepartmentId>,
    /// People in this role, and open places for it.
    pub role: Option<RoleId>,
    /// Hours on projects for this client.
    pub client: Option<ClientId>,
    /// Hours on projects in this status.
    pub status: Option<StatusId>,
    /// Hours on projects that count as this.
    pub counts_as: Option<CountsAs>,
}

/// Whose row it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// The places that nobody fills yet.
    OpenPlaces,
    /// A department, or none.
    Department(Option<DepartmentId>),
    /// A role, or none.
    Role(Option<RoleId>),
    /// A client, or none.
    Client(Option<ClientId>),
    /// A project.
    Project(ProjectId),
    /// A phase as the first deliverable of it calls it, or none.
    Phase(Option<String>),
    /// A status.
    Status(StatusId),
}

/// What stands in one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Hours of people.
    pub booked: Minutes,
    /// Hours of open places.
    pub open: Minutes,
    /// What the people can carry; nothing in rows of work.
    pub capacity: Minutes,
}

impl Figures {
    /// Hours of people and open places.
    #[must_use]
    pub fn planned(&self) -> Minutes {
        self.booked + self.open
    }

    /// Booked of capacity; open places are nobody's load.
    #[must_use]
    pub fn utilisation(&self) -> Option<Tenths> {
        Tenths::of(u64::from(self.booked.0), u64::from(self.capacity.0))
    }

    /// The planned hours as a share of all of them.
    #[must_use]
    pub fn share(&self, all: &Self) -> Option<Tenths> {
        Tenths::of(u64::from(self.planned().0), u64::from(all.planned().0))
    }

    fn add(&mut self, other: &Self) {
        self.booked += other.booked;
        self.open += other.open;
        self.capacity += other.capacity;
    }
}

/// One row of a report.
#[derive(Clone, Debug)]
pub struct ReportRow {
    /// Whose it is.
    pub subject: Subject,
    /// Its cells, one for each slice.
    pub cells: Vec<Figures>,
    /// Their sum.
    pub total: Figures,
}

/// A report.
#[derive(Clone, Debug)]
pub struct Report {
    /// The columns.
    pub slices: Vec<Slice>,
    /// The rows in which anything stands, in the plan's order of people, departments, roles and so on.
    pub rows: Vec<ReportRow>,
    /// The sums of the columns.
    pub totals: Vec<Figures>,
    /// The sum of everything.
    pub total: Figures,
}

/// Rows under way.
struct Sums {
    slices: Vec<Slice>,
    /// In which slice each week of the period stands.
    places: Vec<usize>,
    rows: Vec<(Subject, Vec<Figures>)>,
    /// Where the row of a subject stands.
    known: HashMap<Subject, usize>,
}

impl Sums {
    fn new(query: Query) -> Self {
        let (mut slices, mut places): (Vec<Slice>, Vec<usize>) = Default::default();
        for week in query.from.span(query.weeks) {
            let slice = Slice::of(week, query.slices);
            if slices.last() != Some(&slice) {
                slices.push(slice);
            }
            places.push(slices.len() - 1);
        }
        Self {
            slices,
            places,
            rows: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The row of a subject, a blank one where there is none yet.
    fn row(&mut self, subject: Subject) -> usize {
        *self.known.entry(subject).or_insert_with_key(|subject| {
            let blank = vec![Figures::default(); self.slices.len()];
            self.rows.push((subject.clone(), blank));
            self.rows.len() - 1
        })
    }

    fn add(&mut self, row: usize, week: usize, figures: &Figures) {
        let place = self.places.get(week).copied().unwrap_or(usize::MAX);
        let cells = self.rows.get_mut(row).map(|(_, cells)| cells);
        if let Some(cell) = cells.and_then(|cells| cells.get_mut(place)) {
            cell.add(figures);
        }
    }

    fn finish(self, order: impl Fn(&Subject) -> usize) -> Report {
        let mut totals = vec![Figures::default(); self.slices.len()];
        let mut rows: Vec<ReportRow> = self
            .rows
            .into_iter()
            .map(|(subject, cells)| ReportRow {
                subject,
                total: summed(&cells),
                cells,
            })
            .filter(|row| row.total != Figures::default())
            .collect();
        rows.sort_by_cached_key(|row| (order(&row.subject), row.subject.clone()));
        for row in &rows {
            for (total, cell) in totals.iter_mut().zip(&row.cells) {
                total.add(cell);
            }
        }
        Report {
            slices: self.slices,
            total: summed(&totals),
            rows,
            totals,
        }
    }
}

fn summed(cells: &[Figures]) -> Figures {
    cells.iter().fold(Figures::default(), |mut sum, cell| {
        sum.add(cell);
        sum
    })
}

impl Book {
    /// The report that `query` asks for.
    #[must_use]
    pub fn report(&self, query: Query) -> Report {
        let mut sums = Sums::new(query);
        let mut phases = Phases::new(self);
        let departments = query.department.map(|id| below(&self.plan, id));
        let holds = |department: Option<DepartmentId>, role: Option<RoleId>| {
            departments
                .as_ref()
                .is_none_or(|all| department.is_some_and(|own| all.contains(&own)))
                && query.role.is_none_or(|wanted| role == Some(wanted))
        };
        for person in &self.plan.people {
            if !holds(person.department, person.role) {
                continue;
            }
            if query.dimension.is_of_people() {
                self.add_capacity(&mut sums, query, person);
            }
            for assignment in self.plan.assignments_of_person(person.id) {
                self.add_hours(&mut sums, &mut phases, query, assignment, Some(person));
            }
        }
        for assignment in self.plan.assignments.iter().filter(|one| one.person.is_none()) {
            let project = self.plan.project(assignment.project);
            if holds(project.and_then(|one| one.department), assignment.role) {
                self.add_hours(&mut sums, &mut phases, query, assignment, None);
            }
        }
        sums.finish(|subject| self.place_of(subject))
    }

    /// What `person` can carry in each week. Somebody who is no longer planned counts until their last day, or where that
    /// is not known, until the last week in which they have hours.
    fn capacity_in<'a>(
        &'a self,
        person: &'a Person,
        from: Week,
        weeks: u16,
    ) -> impl Iterator<Item = Minutes> + 'a {
        let last_hours = || {
            let all = self.plan.assignments_of_person(person.id);
            let booked = all.filter_map(|one| self.hours.booked(one.id).last());
            booked.map(|(week, _)| week).max()
        };
        let until = if person.active || person.last.is_some() {
            Some(Week(i32::MAX))
        } else {
            last_hours()
        };
        let capacities = self.plan.capacities(person, from, weeks);
        from.span(weeks)
            .zip(capacities)
            .map(move |(week, (capacity, _))| {
                let counts = until.is_some_and(|until| week <= until);
                if counts { capacity } else { Minutes(0) }
            })
    }

    fn add_capacity(&self, sums: &mut Sums, query: Query, person: &Person) {
        let row = sums.row(subject_of_person(query.dimension, person));
        for (week, capacity) in self.capacity_in(person, query.from, query.weeks).enumerate() {
            let figures = Figures {
                capacity,
                ..Figures::default()
            };
            sums.add(row, week, &figures);
        }
    }

    fn add_hours(
        &self,
        sums: &mut Sums,
        phases: &mut Phases<'_>,
        query: Query,
        assignment: &Assignment,
        person: Option<&Person>,
    ) {
        let Some(project) = self.plan.project(assignment.project) else {
            return;
        };
        let (first, minutes) = self.hours.within(assignment.id, query.from, query.weeks);
        if minutes.is_empty() || !self.is_asked_for(query, project) {
            return;
        }
        let figures = |minutes| match person {
            Some(_) => Figures {
                booked: Minutes(minutes),
                ..Figures::default()
            },
            None => Figures {
                open: Minutes(minutes),
                ..Figures::default()
            },
        };
        if query.dimension == Dimension::Phase {
            let rows = phases.rows_of(sums, query, project.id);
            for ((week, minutes), row) in (first..).zip(minutes).zip(rows.iter().skip(first)) {
                sums.add(*row, week, &figures(u32::from(*minutes)));
            }
            return;
        }
        let row = sums.row(match (query.dimension, person) {
            (Dimension::Person, None) => Subject::OpenPlaces,
            (Dimension::Department, None) => Subject::Department(project.department),
            (Dimension::Role, None) => Subject::Role(assignment.role),
            (of_people, Some(person)) if of_people.is_of_people() => subject_of_person(of_people, person),
            (work, _) => subject_of_work(work, project),
        });
        for (week, minutes) in (first..).zip(minutes) {
            sums.add(row, week, &figures(u32::from(*minutes)));
        }
    }

    fn is_asked_for(&self, query: Query, project: &Project) -> bool {
        query.client.is_none_or(|client| project.client == Some(client))
            && query.status.is_none_or(|status| project.status == status)
            && query
                .counts_as
                .is_none_or(|counts_as| self.plan.counts_as(project.id) == counts_as)
    }

    /// Where a row stands among its like.
    fn place_of(&self, subject: &Subject) -> usize {
        fn place<T>(all: &[T], is: impl Fn(&T) -> bool) -> usize {
            all.iter().position(is).unwrap_or(usize::MAX)
        }
        let plan = &self.plan;
        match subject {
            Subject::Person(id) => place(&plan.people, |one| one.id == *id),
            Subject::Project(id) => place(&plan.projects, |one| one.id == *id),
            Subject::Department(id) => place(&plan.departments, |one| Some(one.id) == *id),
            Subject::Role(id) => place(&plan.roles, |one| Some(one.id) == *id),
            Subject::Client(id) => place(&plan.clients, |one| Some(one.id) == *id),
            Subject::Status(id) => place(&plan.statuses, |one| one.id == *id),
            // Phases stand in the order in which deliverables name them first.
            Subject::Phase(Some(text)) => place(&plan.deliverables, |one| one.phase.trim() == text),
            Subject::OpenPlaces | Subject::Phase(None) => usize::MAX,
        }
    }
}

fn subject_of_person(dimension: Dimension, person: &Person) -> Subject {
    match dimension {
        Dimension::Department => Subject::Department(person.department),
        Dimension::Role => Subject::Role(person.role),
        _ => Subject::Person(person.id),
    }
}

fn subject_of_work(dimension: Dimension, project: &Project) -> Subject {
    match dimension {
        Dimension::Client => Subject::Client(project.client),
        Dimension::Status => Subject::Status(project.status),
        _ => Subject::Project(project.id),
    }
}

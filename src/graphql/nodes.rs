//! People, projects and what stands between them.

#![expect(
    clippy::unused_async,
    reason = "the library takes asynchronous functions only"
)]

use std::sync::Arc;
use std::time::Instant;

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Error, ErrorExtensions as _, ID, Object, OutputType, SimpleObject};

use super::rules::{page_cost, page_size, part, week_count, weeks_cost};
use super::scalars::{Date, Hours};
use crate::book::{self, Book, percent};
use crate::units::ids::{DepartmentId, Id};
use crate::units::{Day, Week};

/// What one request reads: the plan as it stood when it began, so that all of an answer fits together.
pub struct Reading {
    /// The plan.
    pub book: Arc<Book>,
    /// The day it is.
    pub today: Day,
    /// When nothing more is worked out.
    pub until: Instant,
}

impl Reading {
    /// Whether there is time left: what lists things asks it for each.
    pub fn on_time(&self) -> Result<(), Error> {
        if Instant::now() < self.until {
            Ok(())
        } else {
            Err(Error::new("The query takes too long; ask for less at once.")
                .extend_with(|_, more| more.set("code", "TOO_HEAVY")))
        }
    }

    /// The week of a day, or the one it is.
    pub fn week(&self, from: Option<Date>) -> Week {
        self.book.plan.week_of(from.map_or(self.today, |date| date.0))
    }

    /// The first day of a week, as it is told.
    pub fn first_day(&self, week: Week) -> Date {
        Date(week.first_day(self.book.plan.organisation.week_start))
    }
}

/// A page of a list.
pub type PageOf<T> = Connection<String, T>;

/// The id that an argument names.
pub fn id_of<T: Id>(id: &ID) -> Result<T, Error> {
    id.parse()
        .map(T::from_raw)
        .map_err(|_| Error::new("An id is a number."))
}

/// A page of `all`, which stand in order; each cursor is the id of its item.
pub fn page<T, N: OutputType>(
    all: &[T],
    (first, after): (Option<i32>, Option<String>),
    id: impl Fn(&T) -> i64,
    node: impl Fn(&T) -> N,
) -> Result<PageOf<N>, Error> {
    let skip = match after {
        None => 0,
        Some(after) => {
            let place = all.iter().position(|one| id(one).to_string() == after);
            place.ok_or_else(|| {
                Error::new("What `after` names is no longer in this list; begin again without it.")
            })? + 1
        }
    };
    let size = page_size(first);
    let rest = all.get(skip..).unwrap_or_default();
    let mut page = Connection::new(skip > 0, rest.len() > size);
    let edges = rest
        .iter()
        .take(size)
        .map(|one| Edge::new(id(one).to_string(), node(one)));
    page.edges.extend(edges);
    Ok(page)
}

/// A part of the organisation.
#[derive(SimpleObject, Clone)]
pub struct Department {
    /// Its id.
    id: ID,
    /// Its name.
    name: String,
    /// The one above.
    parent_id: Option<ID>,
    /// Its name after those above it: `Delivery / Digital`.
    path: String,
}

impl Department {
    /// The department as it is told.
    pub fn of(book: &Book, id: DepartmentId) -> Option<Self> {
        let department = book.plan.department(id)?;
        Some(Self {
            id: id.0.into(),
            name: department.name.clone(),
            parent_id: department.parent.map(|parent| parent.0.into()),
            path: book.plan.department_path(id),
        })
    }
}

/// Something somebody is good at.
#[derive(SimpleObject)]
struct Skill {
    /// Its name.
    name: String,
    /// From 1 to 3.
    level: i32,
}

/// One person in one week.
#[derive(SimpleObject)]
struct PersonWeek {
    /// The first day of the week.
    week: Date,
    /// Everything booked.
    booked: Hours,
    /// The part of it on projects that may come.
    tentative: Hours,
    /// What they can carry.
    capacity: Hours,
    /// Booked of capacity; none where there is no capacity.
    percent: Option<u32>,
}

/// Hours on one assignment in one week.
#[derive(SimpleObject)]
struct BookedWeek {
    /// The first day of the week.
    week: Date,
    /// What is booked.
    hours: Hours,
}

/// Somebody whose weeks are planned.
pub struct Person {
    reading: Arc<Reading>,
    person: book::Person,
}

impl Person {
    /// The person as they are told.
    pub fn of(reading: &Arc<Reading>, person: &book::Person) -> Self {
        Self {
            person: person.clone(),
            reading: Arc::clone(reading),
        }
    }
}

#[Object]
impl Person {
    /// Their id.
    async fn id(&self) -> ID {
        self.person.id.0.into()
    }

    /// Their name.
    async fn name(&self) -> &str {
        &self.person.name
    }

    /// Their address, or empty.
    async fn email(&self) -> &str {
        &self.person.email
    }

    /// Their place, or empty.
    async fn location(&self) -> &str {
        &self.person.location
    }

    /// Their role, or empty.
    async fn role(&self) -> &str {
        self.reading.book.plan.role_name(self.person.role)
    }

    /// Their department.
    async fn department(&self) -> Option<Department> {
        Department::of(&self.reading.book, self.person.department?)
    }

    /// Whether they are still planned.
    async fn active(&self) -> bool {
        self.person.active
    }

    /// Their first day.
    async fn start(&self) -> Option<Date> {
        self.person.start.map(Date)
    }

    /// Their last day.
    async fn last(&self) -> Option<Date> {
        self.person.last.map(Date)
    }

    /// What they are good at.
    #[graphql(complexity = "5 * child_complexity")]
    async fn skills(&self) -> Vec<Skill> {
        let each = self.person.skills.iter().map(|(id, level)| Skill {
            name: self.reading.book.plan.skill_name(*id).to_owned(),
            level: i32::from(*level),
        });
        each.collect()
    }

    /// Their weeks from that of a day on: 12 of them where it is not said, 104 at most.
    #[graphql(complexity = "weeks_cost(weeks, child_complexity)")]
    async fn weeks(&self, from: Option<Date>, weeks: Option<i32>) -> Result<Vec<PersonWeek>, Error> {
        self.reading.on_time()?;
        let (from, count) = (self.reading.week(from), week_count(weeks));
        let found = self.reading.book.person_weeks(&self.person, from, count);
        let each = from.span(count).zip(found).map(|(week, one)| PersonWeek {
            week: self.reading.first_day(week),
            booked: Hours(one.booked),
            tentative: Hours(one.tentative),
            capacity: Hours(one.capacity),
            percent: percent(one.booked, one.capacity),
        });
        Ok(each.collect())
    }

    /// What they are on, by the name of the project.
    #[graphql(complexity = "page_cost(part(first), child_complexity)")]
    async fn assignments(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PageOf<Assignment>, Error> {
        let all: Vec<&book::Assignment> = self
            .reading
            .book
            .plan
            .assignments_of_person(self.person.id)
            .collect();
        assignments(&self.reading, &all, (part(first), after))
    }
}

/// What hours are booked on.
pub struct Project {
    reading: Arc<Reading>,
    project: book::Project,
}

impl Project {
    /// The project as it is told.
    pub fn of(reading: &Arc<Reading>, project: &book::Project) -> Self {
        Self {
            project: project.clone(),
            reading: Arc::clone(reading),
        }
    }
}

#[Object]
impl Project {
    /// Its id.
    async fn id(&self) -> ID {
        self.project.id.0.into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.project.name
    }

    /// What it is called by on paper, or empty.
    async fn code(&self) -> &str {
        &self.project.code
    }

    /// Whom it is for, or empty.
    async fn client(&self) -> &str {
        self.reading.book.plan.client_name(self.project.client)
    }

    /// Where it stands, in the team's words.
    async fn status(&self) -> &str {
        let status = self.reading.book.plan.status(self.project.status);
        status.map_or("", |status| &status.label)
    }

    /// `tentative`, `confirmed` or `closed`.
    async fn counts_as(&self) -> &str {
        self.reading.book.plan.counts_as(self.project.id).as_str()
    }

    /// Who leads it.
    async fn department(&self) -> Option<Department> {
        Department::of(&self.reading.book, self.project.department?)
    }

    /// Its first day.
    async fn start(&self) -> Option<Date> {
        self.project.start.map(Date)
    }

    /// Its last day.
    async fn end(&self) -> Option<Date> {
        self.project.end.map(Date)
    }

    /// What it may take.
    async fn budget(&self) -> Option<Hours> {
        self.project.budget.map(Hours)
    }

    /// Everything booked on it, in all weeks.
    async fn booked(&self) -> Hours {
        Hours(self.reading.book.project_total(self.project.id))
    }

    /// What is booked on it from the week of a day on: 12 weeks where it is not said, 104 at most.
    #[graphql(complexity = "weeks_cost(weeks, child_complexity)")]
    async fn weeks(&self, from: Option<Date>, weeks: Option<i32>) -> Result<Vec<BookedWeek>, Error> {
        self.reading.on_time()?;
        let (from, count) = (self.reading.week(from), week_count(weeks));
        let found = self.reading.book.project_weeks(self.project.id, from, count);
        let each = from.span(count).zip(found).map(|(week, minutes)| BookedWeek {
            week: self.reading.first_day(week),
            hours: Hours(minutes),
        });
        Ok(each.collect())
    }

    /// Who is on it, people by name before open places.
    #[graphql(complexity = "page_cost(part(first), child_complexity)")]
    async fn assignments(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PageOf<Assignment>, Error> {
        let all = self.reading.book.plan.assignments_of_project(self.project.id);
        assignments(&self.reading, &all, (part(first), after))
    }

    /// What it hands over, in its order.
    #[graphql(complexity = "page_cost(part(first), child_complexity)")]
    async fn deliverables(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PageOf<Deliverable>, Error> {
        let all: Vec<&book::Deliverable> = self.reading.book.plan.deliverables_of(self.project.id).collect();
        deliverables(&self.reading, &all, (part(first), after))
    }
}

/// A person, or nobody yet, in a role on a project.
pub struct Assignment {
    reading: Arc<Reading>,
    assignment: book::Assignment,
}

impl Assignment {
    /// The assignment as it is told.
    pub fn of(reading: &Arc<Reading>, assignment: &book::Assignment) -> Self {
        Self {
            assignment: assignment.clone(),
            reading: Arc::clone(reading),
        }
    }
}

#[Object]
impl Assignment {
    /// Its id.
    async fn id(&self) -> ID {
        self.assignment.id.0.into()
    }

    /// Its project.
    async fn project(&self) -> Option<Project> {
        let found = self.reading.book.plan.project(self.assignment.project);
        found.map(|one| Project::of(&self.reading, one))
    }

    /// Who; none for an open place.
    async fn person(&self) -> Option<Person> {
        let found = self.reading.book.plan.person(self.assignment.person?);
        found.map(|one| Person::of(&self.reading, one))
    }

    /// In what role: the assignment's own, else the person's.
    async fn role(&self) -> &str {
        self.reading
            .book
            .plan
            .role_name(self.reading.book.plan.role_on(&self.assignment))
    }

    /// A remark, or empty.
    async fn note(&self) -> &str {
        &self.assignment.note
    }

    /// Everything booked on it, in all weeks.
    async fn booked(&self) -> Hours {
        Hours(self.reading.book.hours().total(self.assignment.id))
    }

    /// What is booked on it from the week of a day on: 12 weeks where it is not said, 104 at most.
    #[graphql(complexity = "weeks_cost(weeks, child_complexity)")]
    async fn hours(&self, from: Option<Date>, weeks: Option<i32>) -> Result<Vec<BookedWeek>, Error> {
        self.reading.on_time()?;
        let (from, count) = (self.reading.week(from), week_count(weeks));
        let found = self.reading.book.hours().span(self.assignment.id, from, count);
        let each = from.span(count).zip(found).map(|(week, minutes)| BookedWeek {
            week: self.reading.first_day(week),
            hours: Hours(minutes),
        });
        Ok(each.collect())
    }
}

/// A page of assignments.
pub fn assignments(
    reading: &Arc<Reading>,
    all: &[&book::Assignment],
    asked: (Option<i32>, Option<String>),
) -> Result<PageOf<Assignment>, Error> {
    reading.on_time()?;
    page(all, asked, |one| one.id.0, |one| Assignment::of(reading, one))
}

/// Something a project hands over.
pub struct Deliverable {
    reading: Arc<Reading>,
    deliverable: book::Deliverable,
}

#[Object]
impl Deliverable {
    /// Its id.
    async fn id(&self) -> ID {
        self.deliverable.id.0.into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.deliverable.name
    }

    /// The phase it ends, or empty.
    async fn phase(&self) -> &str {
        &self.deliverable.phase
    }

    /// When it is due.
    async fn due(&self) -> Option<Date> {
        self.deliverable.due.map(Date)
    }

    /// Whether it is handed over.
    async fn done(&self) -> bool {
        self.deliverable.done
    }

    /// How much of the project it stands for.
    async fn percent(&self) -> Option<i32> {
        self.deliverable.percent.map(i32::from)
    }

    /// Its project.
    async fn project(&self) -> Option<Project> {
        let found = self.reading.book.plan.project(self.deliverable.project);
        found.map(|one| Project::of(&self.reading, one))
    }
}

/// A page of deliverables.
pub fn deliverables(
    reading: &Arc<Reading>,
    all: &[&book::Deliverable],
    asked: (Option<i32>, Option<String>),
) -> Result<PageOf<Deliverable>, Error> {
    reading.on_time()?;
    let node = |one: &&book::Deliverable| Deliverable {
        reading: Arc::clone(reading),
        deliverable: (*one).clone(),
    };
    page(all, asked, |one| one.id.0, node)
}

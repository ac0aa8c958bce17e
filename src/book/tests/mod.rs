//! Aggregates over small plans that each test writes out.

mod forecast;
mod report;

use super::{
    Assignment, Book, Client, CountsAs, Deliverable, Department, Organisation, Parts, Person, Project, Role,
    Status, WorkWeek,
};
use crate::units::ids::{
    AssignmentId, ClientId, DeliverableId, DepartmentId, PersonId, ProjectId, RoleId, StatusId,
};
use crate::units::{Colour, Day, Minutes, Week, WeekStart};

/// Monday of the week it is.
pub const NOW: &str = "2026-11-16";

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn week(text: &str) -> Week {
    Week::of(day(text), WeekStart::Monday)
}

/// `count` weeks after the one it is.
pub fn ahead(count: i32) -> Week {
    week(NOW).plus(count)
}

pub fn hours(count: u32) -> Minutes {
    Minutes::from_hours(count)
}

/// Somebody with so many hours a week.
pub fn person(id: i64, weekly: u32, department: Option<i64>, role: Option<i64>) -> Person {
    Person {
        id: PersonId(id),
        name: format!("Person {id}"),
        email: String::new(),
        location: String::new(),
        department: department.map(DepartmentId),
        role: role.map(RoleId),
        calendar: None,
        start: None,
        last: None,
        active: true,
        skills: Vec::new(),
        work_weeks: vec![(Day::MIN, WorkWeek::even(hours(weekly)))],
        absences: Vec::new(),
    }
}

/// A project; status 1 is tentative, 2 confirmed, 3 closed.
pub fn project(id: i64, status: i64, client: Option<i64>, department: Option<i64>) -> Project {
    Project {
        id: ProjectId(id),
        name: format!("Project {id}"),
        code: String::new(),
        client: client.map(ClientId),
        status: StatusId(status),
        department: department.map(DepartmentId),
        colour: Colour::default(),
        start: None,
        end: None,
        budget: None,
    }
}

pub fn assignment(id: i64, project: i64, person: Option<i64>, role: Option<i64>) -> Assignment {
    Assignment {
        id: AssignmentId(id),
        project: ProjectId(project),
        person: person.map(PersonId),
        role: role.map(RoleId),
        note: String::new(),
    }
}

pub fn deliverable(id: i64, project: i64, phase: &str, due: Option<&str>) -> Deliverable {
    Deliverable {
        id: DeliverableId(id),
        project: ProjectId(project),
        name: format!("Deliverable {id}"),
        percent: None,
        phase: phase.to_owned(),
        due: due.map(day),
        done: false,
    }
}

/// Departments 1, 2 below it, and 3; roles, clients and statuses 1 to 3.
pub fn parts() -> Parts {
    let department = |id: i64, parent: Option<i64>| Department {
        id: DepartmentId(id),
        name: format!("Department {id}"),
        parent: parent.map(DepartmentId),
        depth: 0,
    };
    Parts {
        organisation: Organisation::default(),
        departments: vec![department(1, None), department(2, Some(1)), department(3, None)],
        roles: (1..=3)
            .map(|id| Role {
                id: RoleId(id),
                name: format!("Role {id}"),
            })
            .collect(),
        clients: (1..=3)
            .map(|id| Client {
                id: ClientId(id),
                name: format!("Client {id}"),
            })
            .collect(),
        statuses: CountsAs::ALL
            .into_iter()
            .zip(1..)
            .map(|(counts_as, id)| Status {
                id: StatusId(id),
                label: format!("Status {id}"),
                colour: Colour::default(),
                counts_as,
            })
            .collect(),
        ..Parts::default()
    }
}

/// A book of `parts` with hours by assignment and weeks from the one it is.
pub fn book(parts: Parts, cells: &[(i64, i32, u32)]) -> Book {
    let mut book = Book::new(1, parts);
    for (assignment, weeks, count) in cells {
        book.set_hours(AssignmentId(*assignment), ahead(*weeks), hours(*count));
    }
    book
}

/// Departments 1 and below have people of 40 and 36 hours, department 3 one of 30; each on a confirmed project of theirs.
pub fn three_people() -> Parts {
    Parts {
        people: vec![
            person(1, 40, Some(1), Some(1)),
            person(2, 36, Some(2), Some(2)),
            person(3, 30, Some(3), None),
        ]
        .into(),
        projects: vec![
            project(1, 2, Some(1), Some(1)),
            project(2, 1, Some(2), Some(2)),
            project(3, 3, None, None),
        ]
        .into(),
        assignments: vec![
            assignment(1, 1, Some(1), None),
            assignment(2, 1, Some(2), None),
            assignment(3, 1, Some(3), Some(1)),
            assignment(4, 2, Some(1), None),
            assignment(5, 1, None, Some(2)),
            assignment(6, 2, None, None),
            assignment(7, 3, Some(1), None),
            assignment(8, 3, None, Some(1)),
        ]
        .into(),
        ..parts()
    }
}

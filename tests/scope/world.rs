//! Two departments that work on each other's projects, and a manager of each.

use ballast::accounts::{self, Access, Scope};
use ballast::db::{Actor, DbError, Gesture, WriteTx};
use ballast::error::AppError;
use ballast::units::ids::{AccountId, AssignmentId, DepartmentId, PersonId, ProjectId, RoleId, StatusId};
use ballast::units::{Colour, Minutes, Week, WeekStart};
use ballast::{people, plan, projects};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House, NOW};

/// Ada is in Electrical, below Engineering; Dan in Delivery; Nia in none. Each has a project, and so have the projects
/// of the one people of the other.
pub struct World {
    pub house: House,
    /// Manages Engineering.
    pub elin: Guest,
    /// Manages Delivery.
    pub otto: Guest,
    /// Manages everything.
    pub manager: Guest,
    pub engineering: i64,
    pub electrical: i64,
    pub delivery: i64,
    pub ada: i64,
    pub dan: i64,
    pub nia: i64,
    pub harbour: i64,
    pub quay: i64,
    pub common: i64,
    pub ada_on_harbour: i64,
    pub ada_on_quay: i64,
    pub dan_on_harbour: i64,
    pub dan_on_quay: i64,
    pub open_on_harbour: i64,
    pub open_on_quay: i64,
    pub handover: i64,
    pub opening: i64,
}

/// The ids of what was made, in the order of the fields of `World`.
struct Made {
    departments: [i64; 3],
    people: [i64; 3],
    projects: [i64; 3],
    places: [i64; 6],
    dates: [i64; 2],
}

pub fn gesture(label: &str) -> Gesture {
    Gesture {
        actor: Actor::program(),
        label: label.to_owned(),
        at: NOW,
    }
}

fn made(tx: &WriteTx<'_>) -> Result<Made, DbError> {
    let engineering = people::find_or_add_department(tx, "Engineering", None)?;
    let electrical = people::find_or_add_department(tx, "Electrical", Some(engineering))?;
    let delivery = people::find_or_add_department(tx, "Delivery", None)?;
    let role = people::find_or_add_role(tx, "Engineer")?;
    let ada = person(tx, "Ada Osei", Some(electrical), role)?;
    let dan = person(tx, "Dan Moreau", Some(delivery), role)?;
    let nia = person(tx, "Nia Petrov", None, role)?;
    let harbour = project(tx, "Harbour", Some(electrical))?;
    let quay = project(tx, "Quay", Some(delivery))?;
    let common = project(tx, "Common", None)?;
    let place = |project: ProjectId, person: Option<PersonId>| {
        let role = person.is_none().then_some(role);
        let id = plan::add_assignment(tx, project, person, role, "")?;
        let week = Week::of("2026-12-07".parse().unwrap(), WeekStart::Monday);
        plan::set_minutes(tx, id, week, Minutes::from_hours(8))?;
        Ok::<_, DbError>(id.0)
    };
    Ok(Made {
        departments: [engineering.0, electrical.0, delivery.0],
        people: [ada.0, dan.0, nia.0],
        projects: [harbour.0, quay.0, common.0],
        places: [
            place(harbour, Some(ada))?,
            place(quay, Some(ada))?,
            place(harbour, Some(dan))?,
            place(quay, Some(dan))?,
            place(harbour, None)?,
            place(quay, None)?,
        ],
        dates: [date(tx, harbour, "Handover")?, date(tx, quay, "Opening")?],
    })
}

fn person(
    tx: &WriteTx<'_>,
    name: &str,
    department: Option<DepartmentId>,
    role: RoleId,
) -> Result<PersonId, DbError> {
    let draft = people::PersonDraft {
        name: name.to_owned(),
        department,
        role: Some(role),
        active: true,
        ..people::PersonDraft::default()
    };
    people::add_person(tx, &draft)
}

fn project(tx: &WriteTx<'_>, name: &str, department: Option<DepartmentId>) -> Result<ProjectId, DbError> {
    let draft = projects::ProjectDraft {
        name: name.to_owned(),
        code: String::new(),
        client: None,
        status: StatusId(2),
        department,
        colour: Colour::default(),
        start: None,
        end: None,
        budget: None,
        notes: String::new(),
    };
    projects::add_project(tx, &draft)
}

fn date(tx: &WriteTx<'_>, project: ProjectId, name: &str) -> Result<i64, DbError> {
    let draft = plan::DeliverableDraft {
        name: name.to_owned(),
        due: "2026-12-11".parse().ok(),
        ..plan::DeliverableDraft::default()
    };
    plan::add_deliverable(tx, project, &draft).map(|id| id.0)
}

impl House {
    /// Somebody who manages some departments.
    pub async fn manager_of(&self, name: &str, departments: &[i64]) -> Guest {
        // The account has to be there to be limited, and a new limit ends its sessions; so they sign in twice.
        let first = self.guest_called(Access::Manager, name).await;
        let id = AccountId(first.json("/api/v1/me").await["id"].as_i64().unwrap());
        let scope = Scope::of(departments.iter().copied().map(DepartmentId));
        self.app
            .db
            .write(gesture("limited a manager"), move |tx| {
                accounts::set_scope(tx, id, &scope)?;
                Ok::<_, AppError>(())
            })
            .await
            .unwrap();
        self.guest_called(Access::Manager, name).await
    }
}

impl World {
    pub async fn open() -> Self {
        let house = House::open().await;
        let made = house.app.db.write(gesture("made two departments"), made);
        let made = made.await.unwrap().value;
        let [engineering, electrical, delivery] = made.departments;
        let [ada, dan, nia] = made.people;
        let [harbour, quay, common] = made.projects;
        let [
            ada_on_harbour,
            ada_on_quay,
            dan_on_harbour,
            dan_on_quay,
            open_on_harbour,
            open_on_quay,
        ] = made.places;
        let [handover, opening] = made.dates;
        Self {
            elin: house.manager_of("Elin", &[engineering]).await,
            otto: house.manager_of("Otto", &[delivery]).await,
            manager: house.manager().await,
            house,
            engineering,
            electrical,
            delivery,
            ada,
            dan,
            nia,
            harbour,
            quay,
            common,
            ada_on_harbour,
            ada_on_quay,
            dan_on_harbour,
            dan_on_quay,
            open_on_harbour,
            open_on_quay,
            handover,
            opening,
        }
    }

    /// What an assignment holds in the week of 7 December, in hours; nothing where there is no such assignment.
    pub fn hours(&self, assignment: i64) -> Option<u32> {
        let book = self.house.app.book();
        let id = AssignmentId(assignment);
        let week = book.plan.week_of("2026-12-07".parse().unwrap());
        book.plan.assignment(id)?;
        Some(book.hours().get(id, week).0 / 60)
    }
}

pub fn cell(assignment: i64, hours: i64) -> Value {
    json!({ "assignment": assignment, "week": "2026-12-07", "hours": hours })
}

impl Guest {
    pub async fn write_cells(&self, cells: &[Value]) -> Response {
        self.post("/api/v1/hours", &json!({ "cells": cells })).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Response {
        self.send(Method::PATCH, path, body).await
    }
}

/// The words of a refusal, which is one for lack of reach.
pub async fn refusal(answer: Response) -> Value {
    let status = answer.status();
    let told: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
    told
}

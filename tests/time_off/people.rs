//! People who are away, and what is asked of them.

use ballast::accounts::Access;
use ballast::app::App;
use ballast::db::{Actor, Gesture};
use ballast::error::AppError;
use ballast::people::{self, PersonDraft};
use ballast::units::ids::DepartmentId;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House, NOW};

/// Somebody of the plan whose account has their address: `Cy Member` has `cy.member@example.org`.
pub async fn linked(house: &House, access: Access, name: &str, department: Option<i64>) -> (Guest, i64) {
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
    let draft = PersonDraft {
        name: name.to_owned(),
        email,
        department: department.map(DepartmentId),
        active: true,
        ..PersonDraft::default()
    };
    let person = write(&house.app, move |tx| people::add_person(tx, &draft)).await;
    (house.guest_called(access, name).await, person.0)
}

pub async fn write<T: Send + 'static>(
    app: &App,
    work: impl Fn(&ballast::db::WriteTx<'_>) -> Result<T, ballast::db::DbError> + Send + 'static,
) -> T {
    let gesture = Gesture {
        actor: Actor::program(),
        label: "prepared a test".to_owned(),
        at: NOW,
    };
    let written = app
        .db
        .write(gesture, move |tx| Ok::<_, AppError>(work(tx)?))
        .await;
    written.unwrap().value
}

pub fn department(house: &House, name: &str) -> i64 {
    let book = house.app.book();
    let found = book.plan.departments.iter().find(|one| one.name == name);
    found.unwrap().id.0
}

pub async fn capacity(guest: &Guest, person: i64, from: &str, weeks: u16) -> Value {
    let answer = guest
        .json(&format!("/api/v1/utilisation?from={from}&weeks={weeks}"))
        .await;
    let people = answer["people"].as_array().unwrap().clone();
    let own = people
        .into_iter()
        .find(|one| one["person"] == person || one["id"] == person);
    own.unwrap()["capacity"].clone()
}

pub async fn ask(guest: &Guest, body: Value) -> i64 {
    let answer = guest.post("/api/v1/time-off", &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "{body}");
    answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
}

pub async fn faults(answer: Response) -> Vec<(String, String)> {
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = answer.json().await.unwrap();
    let errors = problem["errors"].as_array().unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    errors
        .iter()
        .map(|one| (text(one, "field"), text(one, "message")))
        .collect()
}

pub fn vacation() -> Value {
    json!({ "first": "2026-12-16", "last": "2026-12-18", "fromMidday": true, "kind": "holiday", "note": "the sea" })
}

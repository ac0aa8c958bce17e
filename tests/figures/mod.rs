//! A small team that each test fills, and files read back.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::house::Guest;

/// Statuses that every plan begins with.
const PLANNED: i64 = 1;
const ACTIVE: i64 = 2;
const COMPLETED: i64 = 4;

/// Ann, a designer of 40 hours, and Ben, an engineer of 30, in a department, with places on a confirmed and a tentative
/// project of it.
pub struct Team {
    pub designer: i64,
    pub engineer: i64,
    /// Quay, confirmed, for the harbour; Mole is tentative, for nobody yet.
    pub project: i64,
    /// Ann on Quay.
    pub anns: i64,
    /// Ben on Quay.
    pub bens: i64,
    /// An open place for an engineer on Quay.
    pub open: i64,
    /// Ben on Mole.
    pub maybe: i64,
}

async fn made(guest: &Guest, path: &str, body: &Value) -> i64 {
    let answer = guest.post(path, body).await;
    let status = answer.status();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{path} {body}: {answer}");
    answer["id"].as_i64().unwrap()
}

/// Makes the team as a program may; `admin` is an administrator.
pub async fn team(admin: &Guest) -> Team {
    let department = made(admin, "/api/v1/departments", &json!({ "name": "Harbours" })).await;
    let designer = made(admin, "/api/v1/roles", &json!({ "name": "Designer" })).await;
    let engineer = made(admin, "/api/v1/roles", &json!({ "name": "Engineer" })).await;
    let person = |name: &str, hours: u32, role: i64| json!({ "name": name, "hours": hours, "role": role, "department": department });
    let ann = made(admin, "/api/v1/people", &person("Ann", 40, designer)).await;
    let ben = made(admin, "/api/v1/people", &person("Ben", 30, engineer)).await;
    let project = |name: &str, client: &str, status: i64| json!({ "name": name, "client": client, "status": status, "department": department });
    let quay = made(
        admin,
        "/api/v1/projects",
        &project("Quay", "Port of Sundvik", ACTIVE),
    )
    .await;
    let mole = made(admin, "/api/v1/projects", &project("Mole", "", PLANNED)).await;
    let mut team = Team {
        designer,
        engineer,
        project: quay,
        anns: 0,
        bens: 0,
        open: 0,
        maybe: 0,
    };
    team.anns = team.assign(admin, quay, Some(ann), None).await;
    team.bens = team.assign(admin, quay, Some(ben), None).await;
    team.open = team.assign(admin, quay, None, Some(engineer)).await;
    team.maybe = team.assign(admin, mole, Some(ben), None).await;
    team
}

impl Team {
    /// One more person of so many hours a week.
    pub async fn person(
        &self,
        admin: &Guest,
        name: &str,
        hours: u32,
        start: Option<&str>,
        department: Option<i64>,
    ) -> i64 {
        let body = json!({ "name": name, "hours": hours, "start": start, "department": department });
        made(admin, "/api/v1/people", &body).await
    }

    /// One more place.
    pub async fn assign(&self, admin: &Guest, project: i64, person: Option<i64>, role: Option<i64>) -> i64 {
        let body = json!({ "project": project, "person": person, "role": role });
        made(admin, "/api/v1/assignments", &body).await
    }

    /// Hours of assignments in weeks from the one of 16 November 2026.
    pub async fn book(&self, admin: &Guest, cells: &[(i64, i32, f64)]) {
        let first: ballast::units::Day = "2026-11-16".parse().unwrap();
        let cells: Vec<Value> = cells
            .iter()
            .map(|(assignment, weeks, hours)| {
                json!({ "assignment": assignment, "week": first.plus(7 * weeks).to_string(), "hours": hours })
            })
            .collect();
        let answer = admin.post("/api/v1/hours", &json!({ "cells": cells })).await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Gives a project a deliverable.
    pub async fn deliverable(&self, admin: &Guest, project: i64, phase: &str, due: &str) {
        let body = json!({ "name": format!("{phase} issue"), "phase": phase, "due": due });
        made(admin, &format!("/api/v1/projects/{project}/deliverables"), &body).await;
    }

    /// Ends a project.
    pub async fn close(&self, admin: &Guest, project: i64) {
        let place = format!("/api/v1/projects/{project}");
        let answer = admin
            .send(Method::PATCH, &place, &json!({ "status": COMPLETED }))
            .await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}

/// The fields at fault, in the order in which they are told.
pub async fn faults(answer: Response) -> Vec<String> {
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = answer.json().await.unwrap();
    let all = problem["errors"].as_array().unwrap().iter();
    all.map(|fault| fault["field"].as_str().unwrap().to_owned())
        .collect()
}

/// The first sheet of a workbook as a spreadsheet program would show it, numbers in full.
pub fn sheet(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let shown = |cell: &Data| match cell {
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        Data::Empty => String::new(),
        other => other.to_string(),
    };
    range.rows().map(|row| row.iter().map(shown).collect()).collect()
}

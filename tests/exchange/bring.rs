//! Files on their way in and out, and what the plan holds afterwards.

use ballast::book::Book;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::house::{Guest, House};

pub const SAMPLES: [&str; 3] = ["people.csv", "projects.xlsx", "hours-wide.xlsx"];

pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

impl Guest {
    /// Sends a file as a program does: the body is the file.
    pub async fn bring(&self, name: &str, bytes: impl Into<Vec<u8>>, query: &str) -> Response {
        let path = format!("/api/v1/imports?name={name}&{query}");
        self.request(Method::POST, &path)
            .body(bytes.into())
            .send()
            .await
            .unwrap()
    }

    /// Imports a file and answers what it did.
    pub async fn imported(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Value {
        let answer = self.bring(name, bytes, "").await;
        let status = answer.status();
        let told: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{name}: {told}");
        told
    }

    /// Imports a text as this kind of file.
    pub async fn text_imported(&self, what: &str, text: &str) -> Value {
        let answer = self.bring("file.csv", text, &format!("what={what}")).await;
        let status = answer.status();
        let told: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{text}: {told}");
        told
    }

    /// Why a text is refused: `file.csv:LINE: reason` of each problem.
    pub async fn refused(&self, what: &str, text: &str) -> Vec<String> {
        let answer = self.bring("file.csv", text, &format!("what={what}")).await;
        let status = answer.status();
        let told: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}: {told}");
        errors(&told)
    }

    /// Sends the form of the first step.
    pub async fn upload(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Response {
        let file = Part::bytes(bytes.into()).file_name(name.to_owned());
        let form = Form::new()
            .text("csrf", self.form_key.clone())
            .text("what", "")
            .part("file", file);
        self.request(Method::POST, "/import")
            .multipart(form)
            .send()
            .await
            .unwrap()
    }

    /// Sends the form and answers the address of the preview.
    pub async fn uploaded(&self, name: &str, bytes: impl Into<Vec<u8>>) -> String {
        let answer = self.upload(name, bytes).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{name}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// A file of the plan.
    pub async fn exported(&self, file: &str) -> Vec<u8> {
        let answer = self.get(&format!("/api/v1/exports/{file}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{file}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// Takes the last import back.
    pub async fn undo(&self, told: &Value) {
        let path = format!("/api/v1/change-sets/{}/undo", told["changeSet"]);
        let answer = self.post(&path, &Value::Null).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

/// `field: message` of each error of a problem document.
pub fn errors(told: &Value) -> Vec<String> {
    let errors = told["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            format!(
                "{}: {}",
                error["field"].as_str().unwrap(),
                error["message"].as_str().unwrap()
            )
        })
        .collect()
}

/// All booked minutes.
pub fn booked(book: &Book) -> u64 {
    let rows = book.plan.assignments.iter();
    rows.map(|row| u64::from(book.hours().total(row.id).0)).sum()
}

/// New, changed and unchanged of a kind.
pub fn count(told: &Value, kind: &str) -> (u64, u64, u64) {
    let count = &told["counts"][kind];
    let number = |name: &str| count[name].as_u64().unwrap_or(0);
    (number("created"), number("changed"), number("unchanged"))
}

/// Everything of the plan, as the files that can be taken from it.
pub async fn whole(guest: &Guest) -> Vec<String> {
    let mut all = Vec::new();
    for file in [
        "people.csv",
        "projects.csv",
        "deliverables.csv",
        "hours.csv?shape=wide",
        "hours.csv?shape=long",
    ] {
        all.push(String::from_utf8(guest.exported(file).await).unwrap());
    }
    all
}

impl House {
    /// A house with the samples in it.
    pub async fn with_samples() -> (Self, Guest) {
        let house = Self::open().await;
        let manager = house.manager().await;
        for name in SAMPLES {
            manager.imported(name, sample(name)).await;
        }
        (house, manager)
    }
}

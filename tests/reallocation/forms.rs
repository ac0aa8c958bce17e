//! The question that a moved date asks, and the settings that answer it beforehand.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::house::{House, between};
use crate::reallocation::planned::{book, deliverable, hours, patch, planned};

#[tokio::test]
async fn the_form_asks_before_hours_move_and_keeps_what_was_typed() {
    let (_house, seed, manager, dd) = planned().await;
    let edit = [
        ("name", "DD 80 %"),
        ("due", "2026-12-09"),
        ("percent", "80"),
        ("phase", "DD"),
        ("notes", "two lines"),
    ];
    let answer = manager.form(&format!("/deliverables/{dd}"), &edit).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    for text in [
        "Move DD 75 % from 2 December to 9 December?",
        "44 hours of 1 person and 1 open place",
        "Hours since SD",
        "value=\"two lines\"",
        "44 of 40 h (110 %)",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-11-30": 8 }));
    let basis = between(&page, "name=\"preview\" value=\"", "\"").unwrap();
    let mut confirmed = edit.to_vec();
    confirmed.extend([
        ("preview", basis.as_str()),
        ("moveHours", "true"),
        ("window", "leadIn"),
    ]);
    let answer = manager
        .form(&format!("/deliverables/{dd}/move"), &confirmed)
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        place.starts_with(&format!("/projects/{}?done=", seed.project)),
        "{place}"
    );
    let page = manager.text(&place).await;
    assert!(
        page.contains("Moved DD 80 % by +1 week, 44 h followed."),
        "the toast says what happened"
    );
    assert_eq!(hours(&manager, seed.open).await, json!({ "2026-12-07": 8 }));
}

#[tokio::test]
async fn the_date_alone_moves_where_that_is_chosen_and_a_stale_answer_shows_the_question_again() {
    let (_house, seed, manager, dd) = planned().await;
    let page = manager
        .text(&format!("/deliverables/{dd}/move?due=2026-12-09"))
        .await;
    let basis = between(&page, "name=\"preview\" value=\"", "\"").unwrap();
    book(&manager, seed.open, &[("2026-11-23", 3)]).await;
    let answer = manager
        .form(
            &format!("/deliverables/{dd}/move"),
            &[("due", "2026-12-09"), ("preview", &basis), ("moveHours", "true")],
        )
        .await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.unwrap();
    assert!(page.contains("The plan has changed since you looked."), "{page}");
    assert!(page.contains("47 hours"), "{page}");
    let answer = manager
        .form(
            &format!("/deliverables/{dd}/move"),
            &[("due", "2026-12-09"), ("moveHours", "true"), ("only", "date")],
        )
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        hours(&manager, seed.open).await,
        json!({ "2026-11-23": 3, "2026-11-30": 8 })
    );
}

#[tokio::test]
async fn a_setting_decides_whether_programs_and_imports_move_hours_without_a_word() {
    for (setting, expected) in [("true", "2026-12-14"), ("false", "2026-11-30")] {
        let house = House::open_with(&[("AUTO_REALLOCATION", setting)]).await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let dd = deliverable(&manager, &seed, "DD", "2026-12-02").await;
        book(&manager, seed.open, &[("2026-11-30", 8)]).await;
        let csv = "Project,Code,Deliverable,Due\nHarbour Substation,P-1,DD,2026-12-16\n";
        let part = reqwest::multipart::Part::text(csv).file_name("deliverables.csv");
        let form = reqwest::multipart::Form::new()
            .text("what", "projects")
            .part("file", part);
        let answer = manager
            .request(Method::POST, "/api/v1/imports?what=projects")
            .multipart(form)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let told = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{told}");
        assert_eq!(hours(&manager, seed.open).await, json!({ expected: 8 }), "{told}");
        assert_eq!(
            told.contains("8 h of Harbour Substation follow its due dates"),
            setting == "true",
            "{told}"
        );
        let (_, told) = patch(&manager, dd, json!({ "due": "2026-12-23" })).await;
        assert_eq!(told.get("reallocation").is_some(), setting == "true");
    }
}

#[tokio::test]
async fn the_question_leads_nowhere_but_to_pages_of_ours() {
    let (_house, seed, manager, dd) = planned().await;
    let path = format!("/deliverables/{dd}/move?due=2026-12-09&back=https://evil.example/");
    let page = manager.text(&path).await;
    assert!(!page.contains("evil.example"), "{page}");
    let again = format!("/deliverables/{dd}/move/preview");
    let asked = [("due", "2026-12-09"), ("back", "//evil.example/")];
    let page = manager.form(&again, &asked).await.text().await.unwrap();
    assert!(
        page.contains(&format!("href=\"/projects/{}\"", seed.project)),
        "{page}"
    );
}

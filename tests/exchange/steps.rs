//! The three steps in a browser, without its script.

use std::fmt::Write as _;

use reqwest::StatusCode;

use super::bring::{booked, sample};
use crate::house::{Guest, House, between};

async fn page(guest: &Guest, place: &str) -> String {
    let answer = guest.get(place).await;
    assert_eq!(answer.status(), StatusCode::OK, "{place}");
    answer.text().await.unwrap()
}

/// Imports what is looked at.
async fn press(guest: &Guest, place: &str) -> String {
    let answer = guest.form(place, &[]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let next = answer.headers()["location"].to_str().unwrap().to_owned();
    page(guest, &next).await
}

#[tokio::test]
async fn a_file_is_chosen_looked_at_and_imported_and_can_be_taken_back() {
    let house = House::open().await;
    let manager = house.manager().await;
    assert!(
        page(&manager, "/import")
            .await
            .contains("The plan is still empty.")
    );
    let place = manager.uploaded("people.csv", sample("people.csv")).await;
    let preview = page(&manager, &place).await;
    assert!(preview.contains("Ready to import 60 people"), "{preview}");
    assert!(preview.contains(">Import 60 people</button>"), "{preview}");
    assert!(preview.contains("Åsa Sato") && preview.contains("sa.sato@example.org"));
    assert!(
        house.app.book().plan.people.is_empty(),
        "to look at it changes nothing"
    );
    let done = press(&manager, &place).await;
    assert!(done.contains("Imported 60 people from people.csv."), "{done}");
    let change_set = between(&done, "data-change-set=\"", "\"").unwrap();
    assert_eq!(house.app.book().plan.people.len(), 60);
    // Pressed again, it says the same and does nothing.
    let revision = house.app.book().revision;
    press(&manager, &place).await;
    assert_eq!(house.app.book().revision, revision);
    let undone = manager
        .form(&format!("/change-sets/{change_set}/undo"), &[])
        .await;
    assert_eq!(undone.status(), StatusCode::SEE_OTHER);
    assert!(house.app.book().plan.people.is_empty());
    let done = page(&manager, &place).await;
    assert!(
        done.contains("was taken back") && !done.contains("data-change-set"),
        "{done}"
    );
    // Each undo can be undone in turn; the page says what holds now.
    let mut newest = house.app.book().revision;
    for taken_back in [false, true] {
        let path = format!("/change-sets/{newest}/undo");
        assert_eq!(manager.form(&path, &[]).await.status(), StatusCode::SEE_OTHER);
        newest = house.app.book().revision;
        assert_eq!(house.app.book().plan.people.is_empty(), taken_back);
        let done = page(&manager, &place).await;
        assert_eq!(done.contains("was taken back"), taken_back, "{done}");
        assert_eq!(done.contains("data-change-set"), !taken_back, "{done}");
    }
}

#[tokio::test]
async fn refused_rows_are_listed_and_can_be_taken_along() {
    let (house, manager) = House::with_samples().await;
    let revision = house.app.book().revision;
    let place = manager.uploaded("hours-bad.csv", sample("hours-bad.csv")).await;
    let preview = page(&manager, &place).await;
    assert!(preview.contains("9 problems: nothing can be imported yet"));
    assert_eq!(preview.matches("<tr class=\"refused\">").count(), 9);
    assert!(preview.contains("disabled"), "the button waits");
    let again = press(&manager, &place).await;
    assert!(
        again.contains("9 problems"),
        "pressing what is disabled does nothing"
    );
    assert_eq!(house.app.book().revision, revision);
    let table = manager.text(&format!("{place}/refused.csv")).await;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 10);
    assert_eq!(
        lines[1],
        "hours-bad.csv,,2,Person,nobody is called “Nobody Known”"
    );
    // A long list is cut on the page, with how many there are.
    let mut many = String::from("Person,Project,Week,Hours\n");
    for number in 0..300 {
        let _ = writeln!(many, "Nobody {number},P-1000,2026-11-02,8");
    }
    let place = manager.uploaded("many.csv", many).await;
    let preview = page(&manager, &place).await;
    assert!(preview.contains("The first 200 of 300"), "{preview}");
    assert_eq!(preview.matches("<tr class=\"refused\">").count(), 200);
    assert_eq!(
        manager
            .text(&format!("{place}/refused.csv"))
            .await
            .lines()
            .count(),
        301
    );
}

#[tokio::test]
async fn columns_are_put_right_by_hand() {
    let house = House::open().await;
    let manager = house.manager().await;
    let place = manager
        .uploaded("people.csv", "Name,Nickname,Where\nAda Osei,Countess,Oslo\n")
        .await;
    let preview = page(&manager, &place).await;
    assert!(preview.contains("Columns that were not used: “Nickname”, “Where”."));
    assert!(preview.contains("name=\"c-0-1\"") && preview.contains("Countess"));
    let fields = [
        ("what", "people"),
        ("c-0-0", "name"),
        ("c-0-1", ""),
        ("c-0-2", "location"),
    ];
    let answer = manager.form(&format!("{place}/columns"), &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let preview = page(&manager, &place).await;
    assert!(
        preview.contains("Location: ") && preview.contains("Oslo"),
        "{preview}"
    );
    press(&manager, &place).await;
    assert_eq!(house.app.book().plan.people[0].location, "Oslo");
}

#[tokio::test]
async fn a_preview_shows_what_would_change_from_what_to_what() {
    let house = House::open().await;
    let manager = house.manager().await;
    manager
        .text_imported("people", "Name,Location\nAda <b>Osei</b>,Rome\nBo Lind,Rome\n")
        .await;
    let place = manager
        .uploaded(
            "people.csv",
            "Name,Location\nAda <b>Osei</b>,Oslo\nBo Lind,Rome\n",
        )
        .await;
    let preview = page(&manager, &place).await;
    assert!(preview.contains("<del>Rome</del> → <ins>Oslo</ins>"), "{preview}");
    assert!(preview.contains("Ada &lt;b&gt;Osei&lt;/b&gt;") && !preview.contains("<b>Osei"));
    assert!(preview.contains(">Import 1 person</button>"));
    let removed = manager.form(&format!("{place}/remove"), &[]).await;
    assert_eq!(removed.status(), StatusCode::SEE_OTHER);
    assert_eq!(manager.get(&place).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_plan_that_changed_meanwhile_is_compared_again_before_anything_is_written() {
    let (house, manager) = House::with_samples().await;
    let place = manager
        .uploaded("hours.csv", "Person,Project,2026-11-30\nFarid Berg,P-1000,3.25\n")
        .await;
    assert!(page(&manager, &place).await.contains("Import 1 week of hours"));
    let before = booked(&house.app.book());
    manager
        .text_imported("people", "Name,Active\nFarid Berg,no\n")
        .await;
    let freed = booked(&house.app.book());
    assert!(freed <= before);
    let again = press(&manager, &place).await;
    assert!(again.contains("The plan has changed since you looked"), "{again}");
    assert!(again.contains("Farid Berg is no longer active"));
    assert_eq!(booked(&house.app.book()), freed);
    // Given back, the same upload goes through; what it writes is worked out anew.
    manager
        .text_imported("people", "Name,Active\nFarid Berg,yes\n")
        .await;
    let again = page(&manager, &place).await;
    assert!(again.contains("Ready to import 1 week of hours") && !again.contains("The plan has changed"));
    let done = press(&manager, &place).await;
    assert!(
        done.contains("Imported 1 week of hours from hours.csv."),
        "{done}"
    );
}

#[tokio::test]
async fn whoever_waits_is_told_how_far_it_is() {
    let house = House::open().await;
    let manager = house.manager().await;
    let place = manager.uploaded("people.csv", sample("people.csv")).await;
    page(&manager, &place).await;
    let told = manager.json(&format!("{place}/progress")).await;
    let told = (&told["state"], &told["rows"], &told["of"]);
    assert_eq!(told, (&"ready".into(), &60.into(), &60.into()));
}

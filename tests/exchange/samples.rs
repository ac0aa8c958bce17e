//! The samples of a team, and files of the same kinds.

use std::fmt::Write as _;

use serde_json::Value;

use super::bring::{SAMPLES, booked, count, errors, sample, whole};
use crate::house::House;

#[tokio::test]
async fn the_samples_give_sixty_people_twenty_four_projects_and_their_hours_to_the_minute() {
    let (house, _) = House::with_samples().await;
    let book = house.app.book();
    assert_eq!(
        (
            book.plan.people.len(),
            book.plan.projects.len(),
            book.plan.deliverables.len()
        ),
        (60, 24, 83)
    );
    assert_eq!(booked(&book), 14_950 * 60 + 30);
    // Somebody's own role is not written again on what they work on.
    let people = book.plan.assignments.iter().filter(|row| row.person.is_some());
    assert!(people.clone().count() > 100);
    assert!(people.filter(|row| row.role.is_some()).count() == 0);
}

#[tokio::test]
async fn the_long_file_gives_the_same_hours_without_the_placeholders() {
    let house = House::open().await;
    let manager = house.manager().await;
    for name in ["people.csv", "projects.xlsx", "hours-long.csv"] {
        manager.imported(name, sample(name)).await;
    }
    assert_eq!(booked(&house.app.book()), 14_694 * 60 + 30);
    // The wide one then adds the placeholders and nothing else.
    let wide = manager
        .imported("hours-wide.xlsx", sample("hours-wide.xlsx"))
        .await;
    let (new, changed, unchanged) = count(&wide, "hours");
    assert_eq!((new, changed, unchanged), (1_418 - 1_386, 0, 1_386));
    assert_eq!(booked(&house.app.book()), 14_950 * 60 + 30);
}

#[tokio::test]
async fn every_row_of_the_bad_file_is_reported_with_its_own_reason_and_nothing_is_imported() {
    let (house, manager) = House::with_samples().await;
    let before = whole(&manager).await;
    let revision = house.app.book().revision;
    let answer = manager.bring("hours-bad.csv", sample("hours-bad.csv"), "").await;
    assert_eq!(answer.status(), 422);
    let told: Value = answer.json().await.unwrap();
    assert_eq!(
        errors(&told),
        [
            "hours-bad.csv:2: Person: nobody is called “Nobody Known”",
            "hours-bad.csv:3: Person: names nobody; give a person, or the role that is to be filled",
            "hours-bad.csv:4: Project number: there is no project “P-9999”",
            "hours-bad.csv:5: Week: “not a date” is not a date; write it like 2026-11-16 or 2026-W47",
            "hours-bad.csv:6: Hours: hours cannot be below 0",
            "hours-bad.csv:7: Hours: 168 hours at most fit here",
            "hours-bad.csv:8: Hours: “eight” is not a number of hours; write 7, 7.5 or 7:30",
            "hours-bad.csv:9: Hours: “NaN” is not a number of hours; write 7, 7.5 or 7:30",
            "hours-bad.csv:10: Person: “=HYPERLINK(\"http://x\")” looks like a formula; write the text itself",
        ]
    );
    assert_eq!(whole(&manager).await, before);
    assert_eq!(house.app.book().revision, revision);
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let (house, manager) = House::with_samples().await;
    let revision = house.app.book().revision;
    for name in SAMPLES.into_iter().chain(["hours-long.csv"]) {
        let told = manager.imported(name, sample(name)).await;
        assert_eq!(told["changeSet"], Value::Null, "{name}: {told}");
        for (kind, count) in told["counts"].as_object().unwrap() {
            assert_eq!(
                (&count["created"], &count["changed"]),
                (&0.into(), &0.into()),
                "{name}: {kind}"
            );
        }
    }
    assert_eq!(house.app.book().revision, revision);
}

#[tokio::test]
async fn undo_takes_an_import_back_completely() {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut states = vec![];
    let mut done = vec![];
    for name in SAMPLES {
        states.push(whole(&manager).await);
        done.push(manager.imported(name, sample(name)).await);
    }
    while let (Some(told), Some(before)) = (done.pop(), states.pop()) {
        manager.undo(&told).await;
        assert_eq!(whole(&manager).await, before);
    }
    let book = house.app.book();
    let plan = &book.plan;
    let left = [
        plan.people.len(),
        plan.projects.len(),
        plan.assignments.len(),
        plan.departments.len(),
        plan.roles.len(),
        plan.clients.len(),
    ];
    assert_eq!(left, [0; 6]);
}

#[tokio::test]
async fn other_files_of_the_same_kinds_work_as_well() {
    let house = House::open().await;
    let manager = house.manager().await;
    let mut people =
        String::from("Vorname\tNachname\tE-Mail\tAbteilung\tWochenstunden\tEintritt\tStandort\r\n");
    for number in 0..220 {
        // Names come again; addresses do not.
        let _ = write!(
            people,
            "Ana\tNr {}\tp{number}@example.org\tBau / Team {}\t37,5\t01.0{}.2020\tKöln\r\n",
            number % 100,
            number % 7,
            number % 9 + 1
        );
    }
    let told = manager.imported("leute.txt", people.clone()).await;
    assert_eq!(count(&told, "people"), (220, 0, 0));
    assert_eq!(
        count(&manager.imported("leute.txt", people).await, "people"),
        (0, 0, 220)
    );
    let told = manager
        .imported("p.csv", "Name,Code\nBridge,B-1\nTunnel,B-2\n")
        .await;
    assert_eq!(count(&told, "projects"), (2, 0, 0));
    // Forty weeks that begin on Sundays: each means the week of the Monday after it.
    let first = "2026-11-01".parse::<ballast::units::Day>().unwrap();
    let mut hours = String::from("E-mail|Job code");
    for week in 0..40 {
        let _ = write!(hours, "|{}", first.plus(7 * week));
    }
    for number in 0..220 {
        let _ = write!(
            hours,
            "\np{number}@example.org|B-{}{}",
            number % 2 + 1,
            "|7,25".repeat(40)
        );
    }
    manager.imported("stunden.csv", hours).await;
    let book = house.app.book();
    assert_eq!(booked(&book), 220 * 40 * 435);
    let row = book.plan.assignments[0].id;
    let weeks: Vec<String> = book
        .hours()
        .booked(row)
        .take(1)
        .map(|(week, _)| week.to_string())
        .collect();
    assert_eq!(weeks, ["2026-11-02"]);
}

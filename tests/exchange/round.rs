//! What is exported comes back without a difference.

use serde_json::Value;

use super::bring::{count, whole};
use crate::house::{Guest, House};

/// A plan with everything that is hard to write down.
async fn hard_plan(manager: &Guest) {
    let people = "Name;E-mail;Phone;Role;Department;Weekly hours;Start date;Last day;Location;Skills;Notes;Active\n\
        Ada Osei;ada@example.org;+49 30 1;Engineer;Works / Civil;36;2020-01-01;;Oslo;Bridges, Steel;\"Two\nlines; and a semicolon\";yes\n\
        Ada Osei;ada2@example.org;;Engineer;Works;40;;2027-06-30;;\"Steel, hot;\";;yes\n\
        '=SUM(A1);;;Designer;Works / Civil / R/D;7,35;;;'-Lyon;;'+1;yes\n\
        Gone Berg;gone@example.org;;;;40;2019-01-01;2026-10-30;;;;no\n";
    manager.text_imported("people", people).await;
    let projects = "Project;Number;Client;Status;Department;Start;End;Budget hours;Notes\n\
        Harbour;P-1;Nordlys;Active;Works;2026-01-01;2027-01-01;1000,5;\n\
        Harbour;P-2;'@Home;On hold;;;;;'=1+1\n\
        P-1 annex;;;Planned;;;;0;\n";
    manager.text_imported("projects", projects).await;
    let deliverables = "Project;Deliverable;Percent;Phase;Due;Done;Notes\n\
        P-1;Review;35;Design;2026-12-01;yes;\nP-1;Review;;;2027-01-08;no;later\nP-2;Handover;100;;;;\n";
    manager.text_imported("projects", deliverables).await;
    let hours = "E-mail,Person,Project,Role,Notes,Placeholder,2026-11-02,2026-11-09,2026-11-16\n\
        ada@example.org,,P-1,,,,8,,7.33\n\
        ada@example.org,,P-1,,,2,1,2,\n\
        ada@example.org,,P-1,Reviewer,,,,,4\n\
        ada@example.org,,P-1,,north,,,4,\n\
        ada2@example.org,,P-1,,,,0.5,,\n\
        ,'=SUM(A1),P-1 annex,Designer,,,,,40\n\
        ,,P-2,Engineer,,,10,,\n\
        ,,P-2,Engineer,,,,,12\n\
        ,,P-2,Pilot,,,168,,\n";
    let told = manager.text_imported("hours", hours).await;
    assert_eq!(count(&told, "assignments"), (9, 0, 0));
}

const FILES: [&str; 14] = [
    "people.csv",
    "people.csv?separator=semicolon",
    "people.csv?separator=tab",
    "people.xlsx",
    "projects.csv",
    "projects.xlsx",
    "deliverables.csv",
    "deliverables.xlsx",
    "hours.csv",
    "hours.csv?separator=semicolon",
    "hours.csv?shape=long",
    "hours.xlsx",
    "hours.xlsx?shape=long",
    "hours.xlsx?shape=wide&from=2026-11-09&weeks=1",
];

async fn bring_back(house: &House, manager: &Guest) {
    let revision = house.app.book().revision;
    for file in FILES {
        let bytes = manager.exported(file).await;
        let name = file.split('?').next().unwrap();
        let told = manager.imported(name, bytes).await;
        for (kind, count) in told["counts"].as_object().unwrap() {
            let (new, changed) = (&count["created"], &count["changed"]);
            assert_eq!((new, changed), (&0.into(), &0.into()), "{file}: {kind}: {told}");
        }
        assert_eq!(told["changeSet"], Value::Null, "{file}");
    }
    assert_eq!(house.app.book().revision, revision);
}

#[tokio::test]
async fn the_samples_come_back_without_a_difference() {
    let (house, manager) = House::with_samples().await;
    bring_back(&house, &manager).await;
}

#[tokio::test]
async fn what_is_hard_to_write_comes_back_without_a_difference() {
    let house = House::open().await;
    let manager = house.manager().await;
    hard_plan(&manager).await;
    bring_back(&house, &manager).await;
}

#[tokio::test]
async fn an_exported_plan_makes_the_same_plan_elsewhere() {
    let house = House::open().await;
    let manager = house.manager().await;
    hard_plan(&manager).await;
    for hours in ["hours.xlsx", "hours.csv?shape=long"] {
        let other = House::open().await;
        let there = other.manager().await;
        for file in ["people.csv", "projects.xlsx", hours] {
            let name = file.split('?').next().unwrap();
            there.imported(name, manager.exported(file).await).await;
        }
        assert_eq!(whole(&there).await, whole(&manager).await);
    }
}

#[tokio::test]
async fn an_uneven_working_week_is_left_alone_while_its_hours_are_the_same() {
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let ada = ballast::units::ids::PersonId(seed.ada);
    let uneven = ballast::book::WorkWeek([600, 600, 0, 0, 0, 0, 0]);
    house
        .app
        .db
        .write(house.app.own_gesture("set a week"), move |tx| {
            ballast::people::put_work_week(tx, ada, ballast::units::Day::MIN, uneven)
        })
        .await
        .unwrap();
    bring_back(&house, &manager).await;
    manager
        .text_imported("people", "Name,Weekly hours\nAda Osei,24")
        .await;
    let book = house.app.book();
    let person = book.plan.person(ada).unwrap();
    let week = book.plan.work_week_on(person, "2026-11-18".parse().unwrap());
    assert_eq!(
        week,
        ballast::book::WorkWeek::even(ballast::units::Minutes::from_hours(24))
    );
}

#[tokio::test]
async fn an_export_is_a_file_with_a_name_and_without_formulas() {
    let house = House::open().await;
    let manager = house.manager().await;
    hard_plan(&manager).await;
    let answer = manager.get("/export/people.csv").await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"people-2026-11-18.csv\""
    );
    let text = answer.text().await.unwrap();
    assert!(text.contains("\n'=SUM(A1),") && text.contains(",'+1,"), "{text}");
    let wide = String::from_utf8(manager.exported("hours.csv?from=2026-11-12&weeks=2").await).unwrap();
    let heads = wide.lines().next().unwrap();
    assert!(
        heads.ends_with(",2026-11-09,2026-11-16"),
        "the week of the day first: {heads}"
    );
    let from_a_form = manager
        .get("/export/hours?shape=long&format=csv&from=&weeks=")
        .await;
    assert_eq!(
        from_a_form.headers()["content-disposition"],
        "attachment; filename=\"hours-2026-11-18.csv\""
    );
    for (path, status) in [
        ("/export/secrets.csv", 404),
        ("/export/people.pdf", 404),
        ("/export/hours.csv?shape=round", 404),
        ("/export/hours.csv?from=soon", 422),
        ("/export/hours.csv?weeks=3", 422),
        ("/export/hours.csv?from=2026-11-16&weeks=9999", 422),
    ] {
        assert_eq!(manager.get(path).await.status().as_u16(), status, "{path}");
    }
}

//! How rows meet what is in the plan.

use ballast::units::{Day, Minutes, Week, WeekStart};
use serde_json::Value;

use super::bring::{booked, count};
use crate::house::{Guest, House};

async fn team(manager: &Guest) {
    manager
        .text_imported(
            "people",
            "Name,E-mail,Role,Location,Start date,Last day\nAda Osei,ada@example.org,Engineer,Oslo,2026-11-18,2027-01-29\nBo Lind,,Designer,Rome,,\n",
        )
        .await;
    manager
        .text_imported(
            "projects",
            "Project,Number,Client,Budget hours\nHarbour,P-1,Nordlys,100\nTunnel,P-2,,\n",
        )
        .await;
}

async fn house_with_team() -> (House, Guest) {
    let house = House::open().await;
    let manager = house.manager().await;
    team(&manager).await;
    (house, manager)
}

fn week(day: &str) -> Week {
    Week::of(day.parse().unwrap(), WeekStart::Monday)
}

#[tokio::test]
async fn a_blank_clears_and_a_column_that_is_not_there_leaves_alone() {
    let (house, manager) = house_with_team().await;
    let told = manager
        .text_imported(
            "people",
            "E-mail,Name,Location,Last day\nADA@example.org,Ada Osei-Berg,,\n",
        )
        .await;
    assert_eq!(count(&told, "people"), (0, 1, 0));
    let book = house.app.book();
    let ada = book
        .plan
        .people
        .iter()
        .find(|one| one.email == "ada@example.org")
        .unwrap();
    assert_eq!((ada.name.as_str(), ada.location.as_str()), ("Ada Osei-Berg", ""));
    assert_eq!((ada.start, ada.last), (Some("2026-11-18".parse().unwrap()), None));
    assert_eq!(book.plan.role_name(ada.role), "Engineer");
    manager
        .text_imported("projects", "Number,Project,Client,Budget hours\nP-1,Harbour,,\n")
        .await;
    let book = house.app.book();
    let harbour = book.plan.projects.iter().find(|one| one.code == "P-1").unwrap();
    assert_eq!((harbour.client, harbour.budget), (None, None));
}

#[tokio::test]
async fn a_zero_clears_a_cell_and_a_blank_leaves_it_alone() {
    let (house, manager) = house_with_team().await;
    manager
        .text_imported(
            "hours",
            "Person,Project,2026-11-16,2026-11-23\nAda Osei,P-1,8,8\n",
        )
        .await;
    let told = manager
        .text_imported(
            "hours",
            "Person,Project,2026-11-16,2026-11-23\nAda Osei,Harbour,0,\nBo Lind,P-1,0,\n",
        )
        .await;
    assert_eq!(
        (count(&told, "hours"), count(&told, "assignments")),
        ((0, 1, 1), (0, 1, 0))
    );
    let book = house.app.book();
    let row = book.plan.assignments[0].id;
    assert_eq!(book.plan.assignments.len(), 1, "no hours make no assignment");
    assert_eq!(book.hours().get(row, week("2026-11-16")), Minutes(0));
    assert_eq!(book.hours().get(row, week("2026-11-23")), Minutes(480));
}

#[tokio::test]
async fn hours_outside_the_employment_are_refused_row_by_row_with_its_dates() {
    let (house, manager) = house_with_team().await;
    let told = manager
        .refused(
            "hours",
            "Person,Project,2026-11-09,2026-11-16,2027-01-25,2027-02-01\nAda Osei,P-1,8,8,8,8\nBo Lind,P-1,8,8,8,8\n",
        )
        .await;
    assert_eq!(
        told,
        [
            "file.csv:2: Person: Ada Osei is employed from 2026-11-18 to 2027-01-29, so no hours can stand in the weeks of \
             2026-11-09, 2027-02-01"
        ]
    );
    assert_eq!(booked(&house.app.book()), 0);
    // Emptying a week is always allowed.
    let told = manager
        .text_imported("hours", "Person,Project,2026-11-09\nAda Osei,P-1,0\n")
        .await;
    assert_eq!(told["changeSet"], Value::Null);
}

#[tokio::test]
async fn what_nobody_knows_is_refused_with_the_name_that_was_meant() {
    let (_house, manager) = house_with_team().await;
    assert_eq!(
        manager
            .refused(
                "hours",
                "Person,Project,Week,Hours\nAda Osie,Harbor,2026-11-23,8\n"
            )
            .await,
        [
            "file.csv:2: Person: nobody is called “Ada Osie”; did you mean “Ada Osei”?",
            "file.csv:2: Project: there is no project “Harbor”; did you mean “Harbour”?",
        ]
    );
    assert_eq!(
        manager
            .refused("projects", "Project,Status\nBridge,Begun\n")
            .await,
        [
            "file.csv:2: Status: there is no status “Begun”; the statuses are “Planned”, “Active”, “On hold”, “Completed”, \
             “Cancelled”"
        ]
    );
    assert_eq!(
        manager
            .refused("projects", "Project,Deliverable\nP-7,Review\n")
            .await,
        ["file.csv:2: Project: there is no project “P-7”"]
    );
}

#[tokio::test]
async fn people_who_share_a_name_are_told_apart_by_their_address() {
    let (house, manager) = house_with_team().await;
    manager
        .text_imported(
            "people",
            "Name,E-mail\nAda Osei,ada@example.org\nAda Osei,ada2@example.org\n",
        )
        .await;
    assert_eq!(house.app.book().plan.people.len(), 3);
    let told = manager.refused("people", "Name,Location\nAda Osei,Oslo\n").await;
    assert_eq!(
        told,
        [
            "file.csv:2: Name: there are 2 people called “Ada Osei”; give the e-mail address of the one that is meant"
        ]
    );
    let told = manager
        .refused("hours", "Person,Project,2026-11-23\nada osei,P-1,8\n")
        .await;
    assert!(
        told[0].contains("there are 2 people called “ada osei”"),
        "{told:?}"
    );
    manager
        .text_imported(
            "hours",
            "Person,E-mail,Project,2026-11-23\nada osei,ada2@example.org,P-1,8\n",
        )
        .await;
    let book = house.app.book();
    let person = book
        .plan
        .person(book.plan.assignments[0].person.unwrap())
        .unwrap();
    assert_eq!(person.email, "ada2@example.org");
}

#[tokio::test]
async fn a_role_equal_to_the_persons_own_makes_no_second_assignment() {
    let (house, manager) = house_with_team().await;
    for text in [
        "Person,Project,2026-11-23\nAda Osei,P-1,8\n",
        "Person,Project,Role,2026-11-23\nAda Osei,P-1,engineer,8\n",
        "Person,Project,Role,2026-11-23\nAda Osei,P-1,,8\n",
    ] {
        manager.text_imported("hours", text).await;
        assert_eq!(house.app.book().plan.assignments.len(), 1, "{text}");
    }
    manager
        .text_imported(
            "hours",
            "Person,Project,Role,2026-11-23\nAda Osei,P-1,Reviewer,2\n",
        )
        .await;
    assert_eq!(house.app.book().plan.assignments.len(), 2);
    // A row that leaves the role open means the one in the person's own.
    let told = manager
        .text_imported("hours", "Person,Project,2026-11-23\nAda Osei,P-1,9\n")
        .await;
    assert_eq!(
        (count(&told, "hours"), count(&told, "assignments")),
        ((0, 1, 0), (0, 1, 0))
    );
}

#[tokio::test]
async fn a_row_that_could_mean_two_assignments_is_refused() {
    let (_house, manager) = house_with_team().await;
    manager
        .text_imported(
            "hours",
            "Person,Project,Role,2026-11-23\nAda Osei,P-1,Reviewer,1\nAda Osei,P-1,Checker,1\n",
        )
        .await;
    assert_eq!(
        manager
            .refused("hours", "Person,Project,2026-11-23\nAda Osei,P-1,9\n")
            .await,
        [
            "file.csv:2: Person: Ada Osei is on “Harbour” more than once; say by role or note which one is meant"
        ]
    );
    let twice = manager
        .refused(
            "hours",
            "Person,Project,Role,Week,Hours\nBo Lind,P-1,,2026-11-23,8\nbo lind,Harbour,Designer,2026-11-25,7\n",
        )
        .await;
    assert_eq!(
        twice,
        ["file.csv:3: is the same assignment and week (of 2026-11-23) as line 2"]
    );
}

#[tokio::test]
async fn placeholders_of_one_kind_keep_their_order() {
    let (house, manager) = house_with_team().await;
    let text = "Project,Role,2026-11-23,2026-11-30\nP-1,Pilot,8,\nP-1,Pilot,,6\nP-1,Pilot,4,\n";
    let told = manager.text_imported("hours", text).await;
    assert_eq!(count(&told, "assignments"), (3, 0, 0));
    let told = manager
        .text_imported("hours", &text.replace("Pilot,4", "Pilot,5"))
        .await;
    assert_eq!(count(&told, "hours"), (0, 1, 2));
    assert_eq!(house.app.book().plan.assignments.len(), 3);
    assert_eq!(booked(&house.app.book()), (8 + 6 + 5) * 60);
}

/// Somebody's working weeks: from which day on, and how many hours.
fn terms(house: &House, name: &str) -> Vec<(String, u32)> {
    let book = house.app.book();
    let person = book.plan.people.iter().find(|one| one.name == name).unwrap();
    let weeks = person.work_weeks.iter();
    weeks
        .map(|(from, week)| (from.to_string(), week.total().0 / 60))
        .collect()
}

fn weekly(hours: &str) -> String {
    format!("Name,Weekly hours\nAda Osei,{hours}\nBo Lind,{hours}\n")
}

#[tokio::test]
async fn hours_a_week_count_from_the_first_day_unless_they_are_in_force_already() {
    let (house, manager) = house_with_team().await;
    let told = manager.text_imported("people", &weekly("40")).await;
    assert_eq!(
        count(&told, "people"),
        (0, 0, 2),
        "forty hours are the team's own week"
    );
    manager.text_imported("people", &weekly("36")).await;
    assert_eq!(terms(&house, "Ada Osei"), [("2026-11-18".to_owned(), 36)]);
    assert_eq!(terms(&house, "Bo Lind"), [("1900-01-01".to_owned(), 36)]);
    assert_eq!(
        manager
            .refused("people", "Name,Weekly hours\nAda Osei,168\n")
            .await,
        ["file.csv:2: Weekly hours: 120 hours at most fit into five days"]
    );
}

#[tokio::test]
async fn where_the_week_has_changed_before_new_hours_count_from_today() {
    let (house, manager) = house_with_team().await;
    manager.text_imported("people", &weekly("36")).await;
    let before: Day = "2026-11-01".parse().unwrap();
    let book = house.app.book();
    let bo = book
        .plan
        .people
        .iter()
        .find(|one| one.name == "Bo Lind")
        .unwrap()
        .id;
    let week = ballast::book::WorkWeek::even(Minutes::from_hours(30));
    let written = house
        .app
        .db
        .write(house.app.own_gesture("set a week"), move |tx| {
            ballast::people::put_work_week(tx, bo, before, week)
        });
    written.await.unwrap();
    manager.text_imported("people", &weekly("20")).await;
    assert_eq!(
        terms(&house, "Bo Lind"),
        [
            ("1900-01-01".to_owned(), 36),
            ("2026-11-01".to_owned(), 30),
            ("2026-11-18".to_owned(), 20)
        ]
    );
    let told = manager.text_imported("people", &weekly("20")).await;
    assert_eq!(told["changeSet"], Value::Null);
}

#[tokio::test]
async fn somebody_taken_out_of_the_plan_is_free_from_next_week_on() {
    let (house, manager) = house_with_team().await;
    manager
        .text_imported(
            "hours",
            "Person,Project,2026-11-16,2026-11-23,2026-11-30\nBo Lind,P-1,8,8,7.5\n",
        )
        .await;
    let told = manager.text_imported("people", "Name,Active\nBo Lind,no\n").await;
    assert_eq!(
        told["notes"][0],
        "Bo Lind is taken out of the plan, which frees 15.5 h from next week on."
    );
    assert_eq!(booked(&house.app.book()), 480);
    let refused = manager
        .refused("hours", "Person,Project,2026-11-23\nBo Lind,P-1,8\n")
        .await;
    assert!(refused[0].contains("Bo Lind is no longer active"), "{refused:?}");
    manager.undo(&told).await;
    assert_eq!(booked(&house.app.book()), 23 * 60 + 30);
}

#[tokio::test]
async fn departments_are_found_by_their_path_or_by_an_end_that_is_the_only_one() {
    let house = House::open().await;
    let manager = house.manager().await;
    let text = "Name,Department\nA,Works / Civil\nB,works/civil\nC,Civil\nD,Works / Road\nE,Rail / Civil\n";
    manager.text_imported("people", text).await;
    let paths = |house: &House| {
        let book = house.app.book();
        let of = |name: &str| {
            let person = book.plan.people.iter().find(|one| one.name == name).unwrap();
            book.plan.department_path(person.department.unwrap())
        };
        ["A", "B", "C", "D", "E"].map(of)
    };
    assert_eq!(
        paths(&house),
        [
            "Works / Civil",
            "works/civil",
            "Civil",
            "Works / Road",
            "Rail / Civil"
        ]
    );
    manager
        .text_imported("people", "Name,Department\nA,Road\nB,\nC,road\n")
        .await;
    let book = house.app.book();
    let one = book.plan.people.iter().find(|one| one.name == "A").unwrap();
    assert_eq!(book.plan.department_path(one.department.unwrap()), "Works / Road");
    let deep = ["x"; 10].join(" / ");
    let told = manager
        .refused("people", &format!("Name,Department\nZ,{deep} / y\n"))
        .await;
    assert!(
        told[0].starts_with("file.csv:2: Department: ") && told[0].contains("10"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_dry_run_says_everything_and_does_nothing() {
    let (house, manager) = house_with_team().await;
    let revision = house.app.book().revision;
    let good = "Person,Project,2026-11-23\nAda Osei,P-1,8.25\nBo Lind,P-2,1\n";
    let answer = manager.bring("h.csv", good, "dryRun=true").await;
    let told: Value = answer.json().await.unwrap();
    assert_eq!(
        (&told["dryRun"], &told["what"], &told["hours"]),
        (&true.into(), &"hours".into(), &9.25.into())
    );
    assert_eq!(
        (count(&told, "hours"), count(&told, "assignments")),
        ((2, 0, 0), (2, 0, 0))
    );
    let answer = manager
        .bring("h.csv", good.replace("8.25", "-8"), "dryRun=true")
        .await;
    assert_eq!(answer.status(), 200);
    let told: Value = answer.json().await.unwrap();
    assert_eq!(
        (&told["problemCount"], &told["problems"][0]["line"]),
        (&1.into(), &2.into())
    );
    assert_eq!(told["problems"][0]["column"], "2026-11-23");
    assert_eq!(house.app.book().revision, revision);
}

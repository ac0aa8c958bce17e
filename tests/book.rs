//! The plan in memory follows the database, whatever is done in whichever order, and no finished answer outlives what it says.

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use ballast::book::{Assignment, Book, Plan};
    use ballast::error::AppError;
    use ballast::plan;
    use ballast::units::Day;
    use ballast::units::ids::DepartmentId;
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::house::{Guest, House};

    /// The week in which the tests are.
    const MONDAY: &str = "2026-11-16";

    /// What somebody does. Numbers choose among what there is, whatever there is.
    #[derive(Clone, Debug)]
    enum Act {
        Book(usize, i32, u32),
        Assign(usize, usize),
        TakeAway(usize),
        MoveDue(usize, i32),
        Transfer(usize, usize),
        Leave(usize),
        ComeBack(usize),
        BeAway(usize, i32),
        Lead(usize, usize),
        Import(usize, usize, u32),
        Join(usize),
        Rename(usize, usize),
        Learn(usize, usize),
        WorkLess(usize, usize),
        Found(usize),
        Stand(usize, usize),
        RenameProject(usize, usize),
        HandOver(usize, usize),
        Promise(usize, i32),
        Strike(usize),
        Undo,
        /// Something that is refused, by the rules or in the middle of a write.
        Fail(usize),
        BreakOff(usize, u32),
    }

    fn act() -> impl Strategy<Value = Act> {
        let any = || 0_usize..1_000;
        prop_oneof![
            4 => (any(), -2_i32..14, 0_u32..80).prop_map(|(row, week, hours)| Act::Book(row, week, hours)),
            1 => (any(), any()).prop_map(|(project, person)| Act::Assign(project, person)),
            1 => any().prop_map(Act::TakeAway),
            2 => (any(), -40_i32..60).prop_map(|(one, days)| Act::MoveDue(one, days)),
            1 => (any(), any()).prop_map(|(person, department)| Act::Transfer(person, department)),
            1 => any().prop_map(Act::Leave),
            1 => any().prop_map(Act::ComeBack),
            1 => (any(), 0_i32..40).prop_map(|(person, days)| Act::BeAway(person, days)),
            1 => (any(), any()).prop_map(|(project, department)| Act::Lead(project, department)),
            1 => (any(), any(), 1_u32..40).prop_map(|(person, project, hours)| Act::Import(person, project, hours)),
            1 => any().prop_map(Act::Join),
            1 => (any(), any()).prop_map(|(person, name)| Act::Rename(person, name)),
            1 => (any(), any()).prop_map(|(person, skill)| Act::Learn(person, skill)),
            1 => (any(), any()).prop_map(|(person, hours)| Act::WorkLess(person, hours)),
            1 => any().prop_map(Act::Found),
            2 => (any(), any()).prop_map(|(project, status)| Act::Stand(project, status)),
            1 => (any(), any()).prop_map(|(project, name)| Act::RenameProject(project, name)),
            2 => (any(), any()).prop_map(|(row, person)| Act::HandOver(row, person)),
            1 => (any(), -40_i32..60).prop_map(|(project, days)| Act::Promise(project, days)),
            1 => any().prop_map(Act::Strike),
            3 => Just(Act::Undo),
            1 => any().prop_map(Act::Fail),
            1 => (any(), 1_u32..80).prop_map(|(row, hours)| Act::BreakOff(row, hours)),
        ]
    }

    fn chosen<T>(all: &[T], number: usize) -> Option<&T> {
        all.get(number.checked_rem(all.len())?)
    }

    /// A house with a team of forty, and its administrator.
    async fn team() -> (House, Guest) {
        let house = House::of_forty().await;
        let admin = house.admin().await;
        (house, admin)
    }

    /// A name that stands anywhere in the alphabet.
    fn called(number: usize) -> String {
        let first = char::from(b'A' + u8::try_from(number % 26).unwrap());
        format!("{first}lex {number}")
    }

    /// Does it, as a program would, where there is something to do it to.
    #[expect(clippy::too_many_lines, reason = "one line for each kind of act")]
    async fn done(house: &House, admin: &Guest, act: &Act, last: Option<i64>) -> Option<()> {
        let book = house.app.book();
        let plan = &book.plan;
        let monday: Day = MONDAY.parse().unwrap();
        let (method, path, body) = match *act {
            Act::Book(row, week, hours) => {
                let row = chosen(&plan.assignments, row)?.id.0;
                let cell =
                    json!({ "assignment": row, "week": monday.plus(7 * week).to_string(), "hours": hours });
                (
                    Method::POST,
                    "/api/v1/hours".to_owned(),
                    json!({ "cells": [cell] }),
                )
            }
            Act::Assign(project, person) => {
                let (project, person) = (
                    chosen(&plan.projects, project)?.id.0,
                    chosen(&plan.people, person)?.id.0,
                );
                let body = json!({ "project": project, "person": person });
                (Method::POST, "/api/v1/assignments".to_owned(), body)
            }
            Act::TakeAway(row) => {
                let row = chosen(&plan.assignments, row)?.id.0;
                (Method::DELETE, format!("/api/v1/assignments/{row}"), json!({}))
            }
            Act::MoveDue(one, days) => {
                let one = chosen(&plan.deliverables, one)?;
                let due = one.due.unwrap_or(monday).plus(days).to_string();
                (
                    Method::PATCH,
                    format!("/api/v1/deliverables/{}", one.id.0),
                    json!({ "due": due }),
                )
            }
            Act::Transfer(person, department) => {
                let person = chosen(&plan.people, person)?.id.0;
                let department = chosen(&plan.departments, department)?.id.0;
                (
                    Method::PATCH,
                    format!("/api/v1/people/{person}"),
                    json!({ "department": department }),
                )
            }
            Act::Leave(person) => {
                let person = chosen(&plan.people, person)?.id.0;
                let body = json!({ "last": MONDAY });
                (Method::POST, format!("/api/v1/people/{person}/deactivate"), body)
            }
            Act::ComeBack(person) => {
                let person = chosen(&plan.people, person)?.id.0;
                (
                    Method::POST,
                    format!("/api/v1/people/{person}/reactivate"),
                    json!({}),
                )
            }
            Act::BeAway(person, days) => {
                let person = chosen(&plan.people, person)?.id.0;
                let first = monday.plus(days);
                let body = json!({ "first": first.to_string(), "last": first.plus(3).to_string(), "kind": "holiday" });
                (Method::POST, format!("/api/v1/people/{person}/time-off"), body)
            }
            Act::Lead(project, department) => {
                let project = chosen(&plan.projects, project)?.id.0;
                let department = chosen(&plan.departments, department)?.id.0;
                (
                    Method::PATCH,
                    format!("/api/v1/projects/{project}"),
                    json!({ "department": department }),
                )
            }
            Act::Import(person, project, hours) => {
                let (person, project) = (chosen(&plan.people, person)?, chosen(&plan.projects, project)?);
                let file = format!(
                    "Person,Project,Week,Hours\n{},{},{MONDAY},{hours}\n",
                    person.name, project.name
                );
                let answer = admin.bring("hours.csv", file, "what=hours").await;
                assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
                return Some(());
            }
            Act::Join(name) => {
                let body = json!({ "name": called(name), "hours": 40 });
                (Method::POST, "/api/v1/people".to_owned(), body)
            }
            Act::Rename(person, name) => {
                let person = chosen(&plan.people, person)?.id.0;
                let body = json!({ "name": called(name) });
                (Method::PATCH, format!("/api/v1/people/{person}"), body)
            }
            Act::Learn(person, skill) => {
                let person = chosen(&plan.people, person)?.id.0;
                let skill = chosen(&plan.skills, skill)?.id.0;
                let body = json!({ "skills": [{ "skill": skill, "level": 2 }] });
                (Method::PUT, format!("/api/v1/people/{person}/skills"), body)
            }
            Act::WorkLess(person, hours) => {
                let person = chosen(&plan.people, person)?.id.0;
                let path = format!("/api/v1/people/{person}/work-weeks/{MONDAY}");
                (Method::PUT, path, json!({ "hours": 5 * (hours % 9) }))
            }
            Act::Found(name) => {
                let body = json!({ "name": called(name) });
                (Method::POST, "/api/v1/projects".to_owned(), body)
            }
            Act::Stand(project, status) => {
                let project = chosen(&plan.projects, project)?.id.0;
                let status = chosen(&plan.statuses, status)?.id.0;
                (
                    Method::PATCH,
                    format!("/api/v1/projects/{project}"),
                    json!({ "status": status }),
                )
            }
            Act::RenameProject(project, name) => {
                let project = chosen(&plan.projects, project)?.id.0;
                let body = json!({ "name": called(name) });
                (Method::PATCH, format!("/api/v1/projects/{project}"), body)
            }
            Act::HandOver(row, person) => {
                let row = chosen(&plan.assignments, row)?.id.0;
                let person = chosen(&plan.people, person)?.id.0;
                let body = json!({ "person": person });
                (Method::PATCH, format!("/api/v1/assignments/{row}"), body)
            }
            Act::Promise(project, days) => {
                let project = chosen(&plan.projects, project)?.id.0;
                let body = json!({ "name": "Handed over", "due": monday.plus(days).to_string() });
                (
                    Method::POST,
                    format!("/api/v1/projects/{project}/deliverables"),
                    body,
                )
            }
            Act::Strike(one) => {
                let one = chosen(&plan.deliverables, one)?.id.0;
                (Method::DELETE, format!("/api/v1/deliverables/{one}"), json!({}))
            }
            Act::Undo => (
                Method::POST,
                format!("/api/v1/change-sets/{}/undo", last?),
                json!({}),
            ),
            Act::Fail(row) => {
                let row = chosen(&plan.assignments, row)?.id.0;
                let good = json!({ "assignment": row, "week": MONDAY, "hours": 7 });
                let bad = json!({ "assignment": row, "week": MONDAY, "hours": 169 });
                (
                    Method::POST,
                    "/api/v1/hours".to_owned(),
                    json!({ "cells": [good, bad] }),
                )
            }
            Act::BreakOff(row, hours) => {
                let row = chosen(&plan.assignments, row)?.id;
                let week = plan.week_of(monday);
                let gesture = house.app.own_gesture("break off");
                let broken = house.app.db.write(gesture, move |tx| {
                    plan::set_minutes(tx, row, week, ballast::units::Minutes(60 * hours))?;
                    Err::<(), AppError>(AppError::NotFound)
                });
                assert!(broken.await.is_err());
                return None;
            }
        };
        let answer = admin.send(method, &path, &body).await;
        assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        Some(())
    }

    /// Every hour of a book, by assignment and week.
    fn hours(book: &Book) -> HashMap<(i64, i32), u32> {
        let rows = book.plan.assignments.iter();
        let cells = rows.flat_map(|row| {
            book.hours()
                .booked(row.id)
                .map(|(week, minutes)| ((row.id.0, week.0), minutes.0))
        });
        cells.collect()
    }

    /// What the plan says of everybody and of each department, through what may be kept of earlier answers.
    async fn told(house: &House, guest: &Guest) -> Vec<(String, Value)> {
        let departments: Vec<i64> = house
            .app
            .book()
            .plan
            .departments
            .iter()
            .map(|one| one.id.0)
            .collect();
        let narrowed = |base: &str| {
            let one = departments
                .iter()
                .map(|id| format!("{base}&department={id}"))
                .collect::<Vec<_>>();
            [vec![base.to_owned()], one].concat()
        };
        let mut answers = Vec::new();
        for path in [
            "/api/v1/utilisation?weeks=12",
            "/api/v1/overview?weeks=12",
            "/api/v1/forecast?weeks=12&by=role",
        ]
        .into_iter()
        .flat_map(narrowed)
        {
            let mut answer = guest.json(&path).await;
            answer.as_object_mut().unwrap().remove("revision");
            answers.push((path, answer));
        }
        for path in ["/schedule?weeks=8", "/schedule?weeks=8&view=projects"]
            .into_iter()
            .flat_map(narrowed)
        {
            let page = guest.text(&path).await;
            let grid = crate::house::between(&page, "<tbody", "</table>").unwrap_or(page);
            answers.push((path, Value::String(grid)));
        }
        answers
    }

    #[test]
    fn after_whatever_is_done_the_book_is_the_one_that_a_new_process_would_read() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let cases = proptest::collection::vec(act(), 1..40);
        TestRunner::new(Config::with_cases(6))
            .run(&cases, |acts| {
                runtime.block_on(async {
                    let (house, admin) = team().await;
                    told(&house, &admin).await;
                    let mut last = None;
                    for act in &acts {
                        let before = house.app.book().revision;
                        done(&house, &admin, act, last).await;
                        let after = house.app.book().revision;
                        if after > before && !matches!(act, Act::Undo) {
                            last = Some(after);
                        }
                        told(&house, &admin).await;
                        let read = |tx: &ballast::db::Tx<'_>| plan::load_book(tx, None);
                        let fresh = house.app.db.read(read).await.unwrap();
                        let book = house.app.book();
                        prop_assert_eq!(hours(&book), hours(&fresh), "{:?}", act);
                        prop_assert_eq!(&book.plan.people, &fresh.plan.people, "{:?}", act);
                        prop_assert_eq!(&book.plan.projects, &fresh.plan.projects, "{:?}", act);
                        prop_assert_eq!(&book.plan.assignments, &fresh.plan.assignments, "{:?}", act);
                        prop_assert_eq!(&book.plan.deliverables, &fresh.plan.deliverables, "{:?}", act);
                        prop_assert_eq!(book.revision, fresh.revision, "{:?}", act);
                        let from = book.plan.week_of(MONDAY.parse().unwrap()).plus(-10);
                        for person in &book.plan.people {
                            let loads = book.person_weeks(person, from, 60);
                            prop_assert_eq!(loads, fresh.person_weeks(person, from, 60), "{:?}", act);
                        }
                    }
                    let shown = told(&house, &admin).await;
                    let second = House::open_in(house.copy(), &[]).await;
                    let newcomer = second.admin().await;
                    prop_assert_eq!(shown, told(&second, &newcomer).await);
                    Ok(())
                })
            })
            .unwrap();
    }

    /// These departments and all above them.
    fn with_those_above(
        plan: &Plan,
        own: impl IntoIterator<Item = Option<DepartmentId>>,
    ) -> HashSet<DepartmentId> {
        let mut all = HashSet::new();
        for mut next in own {
            while let Some(id) = next {
                all.insert(id);
                next = plan.department(id).and_then(|one| one.parent);
            }
        }
        all
    }

    /// What somebody does, their absence, and what a project owes: what is kept of departments that have nothing to do with it stays
    /// what it was.
    #[tokio::test]
    async fn a_department_keeps_its_answers_while_work_changes_in_another() {
        let (house, admin) = team().await;
        let book = house.app.book();
        let plan = &book.plan;
        let row = &plan.assignments[0];
        let person = row.person.expect("the first row is somebody's");
        let leads = |row: &Assignment| plan.project(row.project).and_then(|project| project.department);
        let of = |row: &Assignment| plan.person(row.person?)?.department;
        let due = &plan.deliverables[0];
        let on_project = plan.assignments_of_project(due.project);
        let cases = [
            (
                Method::POST,
                "/api/v1/hours".to_owned(),
                json!({ "cells": [{ "assignment": row.id.0, "week": MONDAY, "hours": 77 }] }),
                with_those_above(plan, [of(row), leads(row)]),
            ),
            (
                Method::POST,
                format!("/api/v1/people/{person}/time-off"),
                json!({ "first": "2027-03-01", "last": "2027-03-02", "kind": "holiday" }),
                with_those_above(
                    plan,
                    plan.assignments_of_person(person).map(leads).chain([of(row)]),
                ),
            ),
            (
                Method::PATCH,
                format!("/api/v1/deliverables/{}", due.id.0),
                json!({ "due": "2027-03-01" }),
                with_those_above(plan, on_project.iter().flat_map(|row| [of(row), leads(row)])),
            ),
        ];
        for (method, path, body, concerned) in cases {
            assert!(
                concerned.len() < plan.departments.len(),
                "{path} concerns everybody"
            );
            let before = house.app.book();
            let answer = admin.send(method, &path, &body).await;
            assert!(answer.status().is_success(), "{path}");
            let after = house.app.book();
            assert!(after.revision > before.revision, "{path}");
            assert_eq!(after.revision_of(None), after.revision, "{path}");
            for one in &plan.departments {
                let is_raised = after.revision_of(Some(one.id)) > before.revision_of(Some(one.id));
                assert_eq!(is_raised, concerned.contains(&one.id), "{path} {}", one.name);
            }
        }
        // A new account is none of the plan.
        let before = house.app.book();
        house.guest_called(ballast::accounts::Access::Viewer, "Vi").await;
        let after = house.app.book();
        assert!(after.revision > before.revision);
        assert_eq!(after.revision_of(None), before.revision);
    }

    /// What leads up to a date is everybody's, also on the overview of a department that has a few of these hours.
    #[tokio::test]
    async fn an_overview_of_a_department_knows_what_others_do_on_its_projects() {
        let (house, admin) = team().await;
        let before = house.app.book();
        let plan = &before.plan;
        let of = |row: &Assignment| plan.person(row.person?)?.department;
        let apart = |row: &Assignment| {
            let leads = plan.project(row.project)?.department;
            let concerned = with_those_above(plan, [of(row), leads]);
            let rows = plan.assignments_of_project(row.project);
            let mut beside = rows.iter().filter_map(|other| of(other));
            beside.find(|department| !concerned.contains(department))
        };
        let found = plan
            .assignments
            .iter()
            .find_map(|row| Some((row.id, apart(row)?)));
        let (row, beside) = found.expect("departments work together");
        let cells = json!({ "cells": [{ "assignment": row.0, "week": MONDAY, "hours": 77 }] });
        assert_eq!(admin.post("/api/v1/hours", &cells).await.status(), StatusCode::OK);
        let after = house.app.book();
        assert_eq!(after.revision_of(Some(beside)), before.revision_of(Some(beside)));
        assert_eq!(after.revision_of_overview(Some(beside)), after.revision);
    }

    /// Who stands in no department is nobody's part of the plan, and whether somebody stands there at all may depend on their hours.
    #[tokio::test]
    async fn who_does_not_fit_a_search_any_more_is_not_shown_in_no_department_either() {
        let (house, admin) = team().await;
        let made = async |path: &str, body: Value| {
            let answer = admin.post(path, &body).await;
            assert_eq!(answer.status(), StatusCode::CREATED, "{path}");
            answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
        };
        let project = house.app.book().plan.projects[0].id.0;
        let mut rows = Vec::new();
        for name in ["Ona Tide", "Bo Fathom"] {
            let person = made("/api/v1/people", json!({ "name": name, "hours": 40 })).await;
            let row = json!({ "project": project, "person": person });
            rows.push(made("/api/v1/assignments", row).await);
        }
        let book = async |row: i64, hours: u32| {
            let cells = json!({ "cells": [{ "assignment": row, "week": MONDAY, "hours": hours }] });
            assert_eq!(admin.post("/api/v1/hours", &cells).await.status(), StatusCode::OK);
        };
        let shown = async || {
            let page = admin.text("/schedule?q=overloaded").await;
            ["Ona Tide", "Bo Fathom"].map(|name| page.contains(name))
        };
        book(rows[0], 60).await;
        book(rows[1], 60).await;
        assert_eq!(shown().await, [true, true]);
        book(rows[0], 8).await;
        assert_eq!(shown().await, [false, true]);
    }
}

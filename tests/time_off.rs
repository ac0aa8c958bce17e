//! Leave from asking to approving, what it does to the plan, and who is told what of it.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod leave {
    use crate::house::{Guest, House, NOW, Seed};
    use ballast::accounts::Access;
    use ballast::app::App;
    use ballast::db::{Actor, Gesture};
    use ballast::error::AppError;
    use ballast::people::{self, PersonDraft};
    use ballast::units::ids::{DepartmentId, PersonId};
    use reqwest::{Method, Response, StatusCode};
    use serde_json::{Value, json};

    /// Somebody of the plan whose account has their address: `Cy Member` has `cy.member@example.org`.
    async fn linked(house: &House, access: Access, name: &str, department: Option<i64>) -> (Guest, i64) {
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

    async fn write<T: Send + 'static>(
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

    fn department(house: &House, name: &str) -> i64 {
        let book = house.app.book();
        let found = book.plan.departments.iter().find(|one| one.name == name);
        found.unwrap().id.0
    }

    async fn capacity(guest: &Guest, person: i64, from: &str, weeks: u16) -> Value {
        let answer = guest
            .json(&format!("/api/v1/utilisation?from={from}&weeks={weeks}"))
            .await;
        let people = answer["people"].as_array().unwrap().clone();
        let own = people
            .into_iter()
            .find(|one| one["person"] == person || one["id"] == person);
        own.unwrap()["capacity"].clone()
    }

    async fn ask(guest: &Guest, body: Value) -> i64 {
        let answer = guest.post("/api/v1/time-off", &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{body}");
        answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
    }

    async fn faults(answer: Response) -> Vec<(String, String)> {
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Value = answer.json().await.unwrap();
        let errors = problem["errors"].as_array().unwrap();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        errors
            .iter()
            .map(|one| (text(one, "field"), text(one, "message")))
            .collect()
    }

    fn vacation() -> Value {
        json!({ "first": "2026-12-16", "last": "2026-12-18", "fromMidday": true, "kind": "holiday", "note": "the sea" })
    }

    #[tokio::test]
    async fn asking_leaves_the_plan_as_it_is_and_approving_lowers_capacity_at_once() {
        let house = House::open().await;
        house.seed().await;
        let electrical = department(&house, "Electrical");
        let (member, person) = linked(&house, Access::Member, "Cy Member", Some(electrical)).await;
        let manager = house.manager().await;
        let asked = member
            .form(
                "/time-off",
                &[
                    ("first", "2026-12-16"),
                    ("last", "2026-12-18"),
                    ("fromMidday", "on"),
                    ("kind", "holiday"),
                ],
            )
            .await;
        assert_eq!(asked.status(), StatusCode::SEE_OTHER);
        assert_eq!(capacity(&manager, person, "2026-12-14", 1).await, json!([40]));
        let page = member.text(asked.headers()["location"].to_str().unwrap()).await;
        assert!(page.contains("16 Dec (from midday) to 18 Dec 2026") && page.contains("2.5 days"));
        assert!(
            page.contains("Asked to be away from 16 Dec"),
            "the page says what was done"
        );
        assert!(
            !page.contains("data-change-set"),
            "and offers no Undo that is not theirs"
        );

        let waiting = manager.text("/time-off").await;
        assert!(
            waiting.contains("Waiting for you") && waiting.contains("Cy Member") && waiting.contains("40 → ")
        );
        let id = manager.json("/api/v1/time-off?status=requested").await["items"][0]["id"].clone();
        let approved = manager.form(&format!("/time-off/{id}/approve"), &[]).await;
        assert_eq!(approved.status(), StatusCode::SEE_OTHER);
        assert_eq!(capacity(&manager, person, "2026-12-14", 1).await, json!([20]));
        let again = manager
            .post(&format!("/api/v1/time-off/{id}/approve"), &json!({}))
            .await;
        assert_eq!(again.status(), StatusCode::CONFLICT);
        assert!(
            again
                .text()
                .await
                .unwrap()
                .contains("approved by manager already")
        );

        let done = approved.headers()["location"].to_str().unwrap().to_owned();
        let change_set = done.rsplit('=').next().unwrap();
        let undone = manager
            .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
            .await;
        assert_eq!(undone.status(), StatusCode::OK);
        assert_eq!(capacity(&manager, person, "2026-12-14", 1).await, json!([40]));
        let back = manager.json("/api/v1/time-off?status=requested").await;
        assert_eq!(back["items"][0]["id"], id);
    }

    #[tokio::test]
    async fn declining_needs_a_reason_and_withdrawing_is_for_who_asked() {
        let house = House::open().await;
        let (member, _) = linked(&house, Access::Member, "Cy Member", None).await;
        let (other, _) = linked(&house, Access::Member, "Di Member", None).await;
        let manager = house.manager().await;
        let id = ask(&member, vacation()).await;
        let place = format!("/api/v1/time-off/{id}");
        assert_eq!(
            faults(manager.post(&format!("{place}/decline"), &json!({})).await).await[0].0,
            "reason"
        );
        let form = manager
            .form(&format!("/time-off/{id}/decline"), &[("reason", " ")])
            .await;
        assert_eq!(form.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            other
                .post(&format!("{place}/withdraw"), &json!({}))
                .await
                .status(),
            StatusCode::NOT_FOUND
        );
        let reason = json!({ "reason": "the harbour goes live then" });
        let declined = manager.post(&format!("{place}/decline"), &reason).await;
        assert_eq!(declined.json::<Value>().await.unwrap()["status"], "declined");
        let page = member.text("/time-off").await;
        assert!(page.contains("the harbour goes live then") && page.contains("manager: "));
        assert_eq!(
            member
                .post(&format!("{place}/withdraw"), &json!({}))
                .await
                .status(),
            StatusCode::CONFLICT
        );
        // What was declined holds no days.
        let second = ask(&member, vacation()).await;
        let withdrawn = member.form(&format!("/time-off/{second}/withdraw"), &[]).await;
        assert_eq!(withdrawn.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            manager
                .post(&format!("/api/v1/time-off/{second}/approve"), &json!({}))
                .await
                .status(),
            StatusCode::CONFLICT
        );
    }

    #[tokio::test]
    async fn leave_that_lies_on_other_leave_is_refused_with_which() {
        let house = House::open().await;
        let (member, person) = linked(&house, Access::Member, "Cy Member", None).await;
        let manager = house.manager().await;
        ask(&member, vacation()).await;
        let refused = async |body: Value| faults(member.post("/api/v1/time-off", &body).await).await;
        let told = refused(json!({ "first": "2026-12-18", "last": "2027-01-04" })).await;
        assert_eq!(told[0].0, "first");
        assert_eq!(
            told[0].1,
            "overlaps the leave from 16 Dec (from midday) to 18 Dec 2026 (vacation), which is already asked for"
        );
        // The morning before its midday is free, the afternoon is not.
        let afternoon = json!({ "first": "2026-12-16", "fromMidday": true });
        assert_eq!(refused(afternoon).await[0].0, "first");
        ask(
            &member,
            json!({ "first": "2026-12-16", "untilMidday": true, "kind": "training" }),
        )
        .await;
        // A manager who enters leave is told the same.
        let entered = manager
            .post(
                &format!("/api/v1/people/{person}/time-off"),
                &json!({ "first": "2026-12-14", "last": "2026-12-16" }),
            )
            .await;
        assert!(
            faults(entered).await[0]
                .1
                .contains("from 16 Dec (from midday) to 18 Dec 2026")
        );
        let form = member
            .form("/time-off", &[("first", "2026-12-17"), ("note", "kept as typed")])
            .await;
        assert_eq!(form.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = form.text().await.unwrap();
        assert!(page.contains("overlaps the leave") && page.contains("kept as typed"));
    }

    #[tokio::test]
    async fn an_undo_does_not_bring_leave_back_onto_other_leave() {
        let house = House::open().await;
        let (member, _) = linked(&house, Access::Member, "Cy Member", None).await;
        let manager = house.manager().await;
        let id = ask(&member, vacation()).await;
        let body = json!({ "reason": "no" });
        let declined = manager
            .post(&format!("/api/v1/time-off/{id}/decline"), &body)
            .await;
        let change_set = declined.json::<Value>().await.unwrap()["changeSet"].clone();
        ask(&member, vacation()).await;
        let undone = manager
            .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
            .await;
        assert_eq!(undone.status(), StatusCode::CONFLICT);
        assert!(undone.text().await.unwrap().contains("would lie on the leave"));
    }

    #[tokio::test]
    async fn managers_decide_for_their_own_department_and_not_about_themselves() {
        let house = House::open().await;
        house.seed().await;
        let electrical = department(&house, "Electrical");
        let lighting = write(&house.app, move |tx| {
            people::find_or_add_department(tx, "Lighting", Some(DepartmentId(electrical)))
        })
        .await;
        let delivery = write(&house.app, |tx| {
            people::find_or_add_department(tx, "Delivery", None)
        })
        .await;
        let (below, below_id) = linked(&house, Access::Member, "Bea Low", Some(lighting.0)).await;
        let (elsewhere, elsewhere_id) = linked(&house, Access::Member, "Eli Else", Some(delivery.0)).await;
        let (manager, own) = linked(&house, Access::Manager, "Mo Lead", Some(electrical)).await;
        let ids = [
            ask(&below, vacation()).await,
            ask(&elsewhere, vacation()).await,
            ask(&manager, vacation()).await,
        ];
        let approve = async |guest: &Guest, id: i64| {
            guest
                .post(&format!("/api/v1/time-off/{id}/approve"), &json!({}))
                .await
                .status()
        };
        assert_eq!(approve(&below, ids[0]).await, StatusCode::FORBIDDEN);
        assert_eq!(approve(&manager, ids[0]).await, StatusCode::OK);
        assert_eq!(approve(&manager, ids[1]).await, StatusCode::FORBIDDEN);
        assert_eq!(approve(&manager, ids[2]).await, StatusCode::FORBIDDEN);
        let waiting = manager.text("/time-off").await;
        assert!(
            !waiting.contains("Eli Else"),
            "what is somebody else's to answer is not shown"
        );
        // What they may not approve they may not enter, remove or undo either.
        for person in [own, elsewhere_id] {
            let entered = manager
                .post(
                    &format!("/api/v1/people/{person}/time-off"),
                    &json!({ "first": "2027-02-01" }),
                )
                .await;
            assert_eq!(entered.status(), StatusCode::FORBIDDEN);
        }
        let entered = manager
            .post(
                &format!("/api/v1/people/{below_id}/time-off"),
                &json!({ "first": "2027-02-01" }),
            )
            .await;
        assert_eq!(entered.status(), StatusCode::CREATED);
        let admin = house.admin().await;
        let answer = admin
            .post(&format!("/api/v1/time-off/{}/approve", ids[2]), &json!({}))
            .await;
        let change_set = answer.json::<Value>().await.unwrap()["changeSet"].clone();
        let undo = format!("/api/v1/change-sets/{change_set}/undo");
        assert_eq!(
            manager.post(&undo, &json!({})).await.status(),
            StatusCode::CONFLICT
        );
        assert_eq!(admin.post(&undo, &json!({})).await.status(), StatusCode::OK);
    }

    /// A manager of Electrical, somebody there, and somebody of Delivery with an account who asks for leave; ids of the
    /// three, of the two departments and of the request.
    async fn two_departments(house: &House) -> (Guest, [i64; 3], [i64; 2], i64) {
        house.seed().await;
        let electrical = department(house, "Electrical");
        let delivery = write(&house.app, |tx| {
            people::find_or_add_department(tx, "Delivery", None)
        })
        .await
        .0;
        let (_, own_colleague) = linked(house, Access::Member, "Bea Low", Some(electrical)).await;
        let (elsewhere, other) = linked(house, Access::Member, "Eli Else", Some(delivery)).await;
        let (manager, own) = linked(house, Access::Manager, "Mo Lead", Some(electrical)).await;
        let asked = ask(&elsewhere, vacation()).await;
        (
            manager,
            [own, own_colleague, other],
            [electrical, delivery],
            asked,
        )
    }

    /// Nothing of the other department is theirs to read or to answer, nor is their own leave.
    async fn is_bounded(manager: &Guest, own: i64, asked: i64) {
        let waiting = manager.text("/time-off").await;
        assert!(!waiting.contains("Eli Else") && !waiting.contains("the sea"));
        let approved = manager
            .post(&format!("/api/v1/time-off/{asked}/approve"), &json!({}))
            .await;
        assert_eq!(approved.status(), StatusCode::FORBIDDEN);
        let entered = manager
            .post(
                &format!("/api/v1/people/{own}/time-off"),
                &json!({ "first": "2027-02-01" }),
            )
            .await;
        assert_eq!(entered.status(), StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn managers_do_not_get_round_their_department_by_changing_people() {
        let house = House::open().await;
        let (manager, [own, colleague, other], [electrical, delivery], asked) = two_departments(&house).await;
        let delivery_person = write(&house.app, move |tx| {
            let draft = PersonDraft {
                name: "Fay Free".to_owned(),
                department: Some(DepartmentId(delivery)),
                active: true,
                ..PersonDraft::default()
            };
            people::add_person(tx, &draft)
        })
        .await
        .0;
        for (person, body, field) in [
            (own, json!({ "department": null }), "department"),
            (own, json!({ "department": delivery }), "department"),
            (own, json!({ "email": "" }), "email"),
            (own, json!({ "email": "somebody.new@example.org" }), "email"),
            (other, json!({ "department": electrical }), "department"),
            (delivery_person, json!({ "department": electrical }), "department"),
            (colleague, json!({ "department": delivery }), "department"),
            (colleague, json!({ "department": null }), "department"),
            (other, json!({ "email": "other@example.org" }), "email"),
            (
                delivery_person,
                json!({ "email": "Mo.Lead@Example.org" }),
                "email",
            ),
        ] {
            let path = format!("/api/v1/people/{person}");
            let refused = faults(manager.send(Method::PATCH, &path, &body).await).await;
            assert_eq!(refused[0].0, field, "{body}");
            is_bounded(&manager, own, asked).await;
        }
        let form = [("name", "Mo Lead"), ("email", ""), ("department", "")];
        let refused = manager.form(&format!("/people/{own}"), &form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        house.guest_called(Access::Member, "Nobody Yet").await;
        let taken = json!({ "name": "A double", "email": "nobody.yet@example.org" });
        assert_eq!(
            faults(manager.post("/api/v1/people", &taken).await).await[0].0,
            "email"
        );
        // What says nothing about whose they are is a manager's as before.
        let path = format!("/api/v1/people/{own}");
        let plain = json!({ "location": "Oslo", "name": "Mo Leader" });
        assert_eq!(
            manager.send(Method::PATCH, &path, &plain).await.status(),
            StatusCode::OK
        );
        let admin = house.admin().await;
        let moved = admin
            .send(Method::PATCH, &path, &json!({ "department": delivery }))
            .await;
        assert_eq!(moved.status(), StatusCode::OK, "an administrator may");
    }

    #[tokio::test]
    async fn managers_do_not_get_round_their_department_by_a_file_either() {
        let house = House::open().await;
        let (manager, [own, _, _], _, asked) = two_departments(&house).await;
        let bring = async |guest: &Guest, text: &str| {
            guest
                .request(Method::POST, "/api/v1/imports?name=people.csv&what=people")
                .header("Content-Type", "text/csv")
                .body(text.to_owned())
                .send()
                .await
                .unwrap()
        };
        for text in [
            "Name,Department\nMo Lead,Delivery\n",
            "Name,Department\nEli Else,Electrical\n",
            "Name,Department\nBea Low,Somewhere new\n",
            "Name,Email\nBea Low,mo.lead.too@example.org\n",
            "Name,Email\nEli Else,another@example.org\n",
        ] {
            let refused = bring(&manager, text).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{text}");
            assert!(
                refused.text().await.unwrap().contains("administrator"),
                "it is told who may: {text}"
            );
            is_bounded(&manager, own, asked).await;
        }
        let below = "Name,Department,Location\nBea Low,Electrical / Lighting,Oslo\nMo Lead,Electrical,Oslo\n";
        assert_eq!(bring(&manager, below).await.status(), StatusCode::OK);
        let admin = house.admin().await;
        let moved = bring(&admin, "Name,Department\nMo Lead,Delivery\n").await;
        assert_eq!(moved.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn managers_without_a_department_of_their_own_move_people() {
        let house = House::open().await;
        let (_, [_, colleague, other], [electrical, delivery], _) = two_departments(&house).await;
        let manager = house.manager().await;
        for (person, to) in [(other, electrical), (colleague, delivery)] {
            let path = format!("/api/v1/people/{person}");
            let moved = manager
                .send(Method::PATCH, &path, &json!({ "department": to }))
                .await;
            assert_eq!(moved.status(), StatusCode::OK);
        }
        let path = format!("/api/v1/people/{other}");
        let refused = manager.send(Method::PATCH, &path, &json!({ "email": "" })).await;
        assert_eq!(faults(refused).await[0].0, "email");
    }

    #[tokio::test]
    async fn managers_do_not_undo_what_an_administrator_made_of_their_department() {
        let house = House::open().await;
        let (manager, [own, _, _], [electrical, _], asked) = two_departments(&house).await;
        let path = format!("/api/v1/people/{own}");
        let admin = house.admin().await;
        for department in [json!(null), json!(electrical)] {
            let moved = admin
                .send(Method::PATCH, &path, &json!({ "department": department }))
                .await;
            assert_eq!(moved.status(), StatusCode::OK);
        }
        let newest = house.app.book().revision;
        let undo = format!("/api/v1/change-sets/{newest}/undo");
        assert_eq!(
            manager.post(&undo, &json!({})).await.status(),
            StatusCode::CONFLICT
        );
        is_bounded(&manager, own, asked).await;
        assert_eq!(admin.post(&undo, &json!({})).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn why_somebody_is_away_is_told_to_nobody_else() {
        let house = House::open().await;
        house.seed().await;
        let electrical = department(&house, "Electrical");
        let delivery = write(&house.app, |tx| {
            people::find_or_add_department(tx, "Delivery", None)
        })
        .await;
        let (member, person) = linked(&house, Access::Member, "Cy Member", Some(electrical)).await;
        let (other, _) = linked(&house, Access::Member, "Di Member", Some(electrical)).await;
        let (elsewhere, _) = linked(&house, Access::Manager, "Mo Lead", Some(delivery.0)).await;
        let viewer = house.guest(Access::Viewer).await;
        let admin = house.admin().await;
        let sick =
            json!({ "first": "2026-12-01", "last": "2026-12-04", "kind": "sick", "note": "knee operation" });
        let id = ask(&member, sick).await;
        let places = [
            format!("/people/{person}"),
            "/time-off".to_owned(),
            format!("/api/v1/people/{person}/time-off"),
            "/api/v1/time-off".to_owned(),
            format!("/api/v1/people/{person}/history"),
        ];
        for guest in [&other, &elsewhere, &viewer] {
            for place in &places {
                let text = guest.text(place).await;
                for secret in [
                    "knee operation",
                    "Sick leave",
                    "\"sick\"",
                    "1 Dec to 4 Dec",
                    "2026-12-01",
                ] {
                    assert!(
                        !text.contains(secret),
                        "a request is nobody else's business: {secret} in {place}"
                    );
                }
            }
        }
        let approved = admin
            .post(&format!("/api/v1/time-off/{id}/approve"), &json!({}))
            .await;
        assert_eq!(approved.status(), StatusCode::OK);
        for guest in [&other, &elsewhere, &viewer] {
            for place in &places {
                let text = guest.text(place).await;
                for secret in ["knee operation", "Sick leave", "\"sick\"", "askedAt"] {
                    assert!(!text.contains(secret), "{secret} in {place}");
                }
            }
            assert!(
                guest.text("/time-off").await.contains("1 Dec to 4 Dec 2026"),
                "that they are away is seen"
            );
            let told = guest.json("/api/v1/time-off").await;
            assert_eq!(
                (&told["items"][0]["first"], &told["items"][0]["kind"]),
                (&json!("2026-12-01"), &Value::Null)
            );
        }
        for guest in [&member, &admin] {
            let told = guest.json(&format!("/api/v1/people/{person}/time-off")).await;
            assert_eq!(
                (&told[0]["kind"], &told[0]["note"]),
                (&json!("sick"), &json!("knee operation"))
            );
            assert!(
                guest
                    .text(&format!("/people/{person}"))
                    .await
                    .contains("knee operation")
            );
        }
    }

    #[tokio::test]
    async fn somebody_without_a_person_is_told_what_to_do() {
        let house = House::open().await;
        let member = house.guest(Access::Member).await;
        let page = member.text("/time-off").await;
        assert!(page.contains("not linked to a person") && page.contains("e-mail address of your account"));
        let told = faults(member.post("/api/v1/time-off", &vacation()).await).await;
        assert!(told[0].1.contains("not linked to a person"), "{told:?}");
        let viewer = house.guest(Access::Viewer).await;
        assert_eq!(
            viewer.post("/api/v1/time-off", &vacation()).await.status(),
            StatusCode::FORBIDDEN
        );
    }

    #[tokio::test]
    async fn the_list_filters_and_goes_on_page_by_page() {
        let house = House::open().await;
        let (member, person) = linked(&house, Access::Member, "Cy Member", None).await;
        for month in ["02", "03", "04"] {
            ask(
                &member,
                json!({ "first": format!("2027-{month}-01"), "last": format!("2027-{month}-03") }),
            )
            .await;
        }
        let count = async |query: &str| {
            let answer = member.json(&format!("/api/v1/time-off?{query}")).await;
            answer["items"].as_array().unwrap().len()
        };
        assert_eq!(count("").await, 3);
        assert_eq!(count("status=approved").await, 0);
        assert_eq!(count(&format!("status=requested&person={person}")).await, 3);
        assert_eq!(count("from=2027-03-03&to=2027-03-31").await, 1);
        assert_eq!(count("from=2027-03-04&to=2027-03-31").await, 0);
        let first = member.json("/api/v1/time-off?limit=2").await;
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        let rest = member
            .json(&format!("/api/v1/time-off?limit=2&after={}", first["next"]))
            .await;
        assert_eq!(
            (rest["items"].as_array().unwrap().len(), &rest["next"]),
            (1, &Value::Null)
        );
        assert_eq!(
            faults(member.get("/api/v1/time-off?status=maybe").await).await[0].0,
            "status"
        );
    }

    /// Ada is booked with 40 hours in the week of 7 December and 16 in each of the two after it.
    async fn booked(manager: &Guest, seed: &Seed) {
        let cell = |week: &str, hours: u32| json!({ "assignment": seed.adas, "week": week, "hours": hours });
        let cells =
            json!({ "cells": [cell("2026-12-07", 40), cell("2026-12-14", 16), cell("2026-12-21", 16)] });
        assert_eq!(
            manager.post("/api/v1/hours", &cells).await.status(),
            StatusCode::OK
        );
    }

    async fn away(manager: &Guest, seed: &Seed, first: &str, last: &str) -> i64 {
        let place = format!("/api/v1/people/{}/time-off", seed.ada);
        let answer = manager
            .post(&place, &json!({ "first": first, "last": last }))
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
    }

    fn hours(house: &House, assignment: i64, weeks: &[&str]) -> Vec<u32> {
        let book = house.app.book();
        let of = |week: &&str| {
            let day = week.parse().unwrap();
            let week = ballast::units::Week::of(day, book.plan.organisation.week_start);
            book.hours()
                .get(ballast::units::ids::AssignmentId(assignment), week)
                .0
                / 60
        };
        weeks.iter().map(of).collect()
    }

    const WEEKS: [&str; 4] = ["2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"];

    #[tokio::test]
    async fn hours_that_leave_has_no_room_for_go_to_the_next_free_weeks_and_come_back_by_undo() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        booked(&manager, &seed).await;
        let id = away(&manager, &seed, "2026-12-08", "2026-12-11").await;
        for place in ["/time-off".to_owned(), format!("/people/{}", seed.ada)] {
            let page = manager.text(&place).await;
            assert!(
                page.contains("32 h too much") && page.contains(" in the week of 7 Dec: "),
                "{place}"
            );
            assert!(page.contains("32 h of Harbour Substation"), "{place}");
        }
        let place = format!("/api/v1/time-off/{id}/push");
        let preview = manager.json(&place).await;
        assert_eq!(preview["hours"], 32);
        let moves = preview["moves"].as_array().unwrap();
        let moves: Vec<_> = moves
            .iter()
            .map(|one| (one["from"].as_str(), one["to"].as_str(), one["hours"].clone()))
            .collect();
        assert_eq!(
            moves,
            [
                (Some("2026-12-07"), Some("2026-12-14"), json!(24)),
                (Some("2026-12-07"), Some("2026-12-21"), json!(8)),
            ]
        );
        assert_eq!(
            hours(&house, seed.adas, &WEEKS),
            [40, 16, 16, 0],
            "a preview changes nothing"
        );
        let page = manager.text(&format!("/time-off/{id}/push")).await;
        assert!(page.contains("Push 32 h") && page.contains("Harbour Substation"));
        let shown = crate::house::between(&page, "name=\"seen\" value=\"", "\"").unwrap();
        let pushed = manager
            .form(
                &format!("/time-off/{id}/push"),
                &[("seen", &shown), ("back", "/time-off?done=3")],
            )
            .await;
        let location = pushed.headers()["location"].to_str().unwrap().to_owned();
        assert!(
            location.starts_with("/time-off?done=") && location.matches("done").count() == 1,
            "{location}"
        );
        assert_eq!(hours(&house, seed.adas, &WEEKS), [8, 40, 24, 0]);
        let told = manager.text(&location).await;
        assert!(told.contains("Pushed 32 h of Ada Osei") && told.contains("data-change-set"));
        let change_set = location.rsplit('=').next().unwrap();
        manager
            .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
            .await;
        assert_eq!(hours(&house, seed.adas, &WEEKS), [40, 16, 16, 0]);
    }

    #[tokio::test]
    async fn a_preview_that_is_no_longer_true_is_refused_with_what_changed() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        booked(&manager, &seed).await;
        let id = away(&manager, &seed, "2026-12-08", "2026-12-11").await;
        let place = format!("/api/v1/time-off/{id}/push");
        let shown = manager.json(&place).await["seen"].clone();
        let cells = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-12-14", "hours": 30 }] });
        manager.post("/api/v1/hours", &cells).await;
        let refused = manager.post(&place, &json!({ "seen": shown })).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT);
        let told: Value = refused.json().await.unwrap();
        let changed = &told["changed"][0];
        assert_eq!(
            (
                &changed["week"],
                &changed["seen"],
                &changed["now"],
                &changed["project"]
            ),
            (
                &json!("2026-12-14"),
                &json!(16),
                &json!(30),
                &json!("Harbour Substation")
            )
        );
        let form = manager
            .form(
                &format!("/time-off/{id}/push"),
                &[("seen", shown.as_str().unwrap())],
            )
            .await;
        assert_eq!(form.status(), StatusCode::CONFLICT);
        let page = form.text().await.unwrap();
        assert!(page.contains("The plan has changed since you looked") && page.contains("16 h, now 30 h"));
        assert_eq!(
            hours(&house, seed.adas, &WEEKS),
            [40, 30, 16, 0],
            "nothing was moved"
        );
        assert_eq!(
            faults(manager.post(&place, &json!({ "seen": "nonsense" })).await).await[0].0,
            "seen"
        );
        // A changed capacity is a changed plan too.
        let shown = manager.json(&place).await["seen"].clone();
        away(&manager, &seed, "2026-12-15", "2026-12-15").await;
        assert_eq!(
            manager.post(&place, &json!({ "seen": shown })).await.status(),
            StatusCode::CONFLICT
        );
    }

    #[tokio::test]
    async fn past_weeks_stay_and_what_finds_no_room_is_told() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let cell = |week: &str, hours: u32| json!({ "assignment": seed.adas, "week": week, "hours": hours });
        let cells =
            json!({ "cells": [cell("2026-11-09", 40), cell("2026-11-16", 40), cell("2026-11-23", 40)] });
        manager.post("/api/v1/hours", &cells).await;
        let last = json!({ "last": "2026-12-01" });
        let path = format!("/api/v1/people/{}", seed.ada);
        assert_eq!(
            manager.send(Method::PATCH, &path, &last).await.status(),
            StatusCode::OK
        );
        // Last week, this week and the next one; then they have two days left.
        let id = away(&manager, &seed, "2026-11-09", "2026-11-27").await;
        let place = format!("/api/v1/time-off/{id}/push");
        let preview = manager.json(&place).await;
        assert_eq!(
            (&preview["hours"], &preview["moves"][0]["to"]),
            (&json!(16), &json!("2026-11-30"))
        );
        let left: Vec<_> = preview["left"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["week"].clone(), one["hours"].clone()))
            .collect();
        assert_eq!(
            left,
            [(json!("2026-11-16"), json!(24)), (json!("2026-11-23"), json!(40))]
        );
        let page = manager.text(&format!("/time-off/{id}/push")).await;
        assert!(page.contains("64 h find no room"));
        let done = manager.post(&place, &json!({ "seen": preview["seen"] })).await;
        assert_eq!(done.status(), StatusCode::OK);
        let weeks = ["2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"];
        assert_eq!(hours(&house, seed.adas, &weeks), [40, 24, 40, 16]);
    }

    #[tokio::test]
    async fn leave_that_does_not_count_has_nothing_to_push() {
        let house = House::open().await;
        let (member, person) = linked(&house, Access::Member, "Cy Member", None).await;
        let manager = house.manager().await;
        let id = ask(&member, vacation()).await;
        let place = format!("/api/v1/time-off/{id}/push");
        assert_eq!(manager.get(&place).await.status(), StatusCode::NOT_FOUND);
        manager
            .post(&format!("/api/v1/time-off/{id}/approve"), &json!({}))
            .await;
        let preview = manager.json(&place).await;
        assert_eq!((&preview["hours"], &preview["moves"]), (&json!(0), &json!([])));
        assert!(
            manager
                .text(&format!("/time-off/{id}/push"))
                .await
                .contains("nothing has to move")
        );
        assert!(house.app.book().plan.person(PersonId(person)).is_some());
    }

    async fn calendar(admin: &Guest, body: &Value) -> i64 {
        let answer = admin.post("/api/v1/calendars", body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<Value>().await.unwrap()["id"].as_i64().unwrap()
    }

    #[tokio::test]
    async fn a_countrys_holidays_come_again_each_year_and_take_capacity() {
        let house = House::open().await;
        let seed = house.seed().await;
        let admin = house.admin().await;
        let id = calendar(&admin, &json!({ "name": "Oslo", "country": "NO" })).await;
        let own = json!({ "calendar": id });
        admin
            .send(Method::PATCH, &format!("/api/v1/people/{}", seed.ada), &own)
            .await;
        // 17 May is a Monday in 2027, and Whit Monday with it; in 2028 it is a Wednesday.
        assert_eq!(capacity(&admin, seed.ada, "2027-05-17", 1).await, json!([32]));
        assert_eq!(capacity(&admin, seed.ada, "2028-05-15", 1).await, json!([32]));
        let days = admin
            .json(&format!(
                "/api/v1/calendars/{id}/days?from=2027-05-01&to=2027-05-31"
            ))
            .await;
        assert_eq!(days.as_array().unwrap().len(), 4, "{days}");
        let place = format!("/settings/calendars/{id}");
        let twice = admin.form(&format!("{place}/rules"), &[("country", "NO")]).await;
        assert_eq!(twice.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let eve = [("day", "2026-12-24"), ("name", "Christmas Eve"), ("half", "on")];
        assert_eq!(
            admin.form(&format!("{place}/rules"), &eve).await.status(),
            StatusCode::SEE_OTHER
        );
        // Half of Thursday the 24th, and the 25th.
        assert_eq!(capacity(&admin, seed.ada, "2026-12-21", 1).await, json!([28]));
        let page = admin.text(&place).await;
        assert!(page.contains("Constitution Day") && page.contains("from midday"));
        let all = admin.json("/api/v1/calendars").await;
        let rules = all[0]["rules"].as_array().unwrap();
        let rule = rules.iter().find(|rule| rule["name"] == "Christmas Eve").unwrap();
        let removed = admin
            .form(&format!("{place}/rules/{}/remove", rule["id"]), &[])
            .await;
        assert_eq!(removed.status(), StatusCode::SEE_OTHER);
        assert_eq!(capacity(&admin, seed.ada, "2026-12-21", 1).await, json!([32]));
        // Taken away with the calendar, its rules come back with it.
        let nobodys = calendar(&admin, &json!({ "name": "", "country": "AT" })).await;
        let gone = admin
            .form(&format!("/settings/calendars/{nobodys}/remove"), &[])
            .await;
        let change_set = gone.headers()["location"]
            .to_str()
            .unwrap()
            .rsplit('=')
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(admin.json("/api/v1/calendars").await.as_array().unwrap().len(), 1);
        admin
            .post(&format!("/api/v1/change-sets/{change_set}/undo"), &json!({}))
            .await;
        let back = admin.json("/api/v1/calendars").await;
        let austria = back
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "Austria")
            .unwrap();
        assert_eq!(austria["rules"].as_array().unwrap().len(), 13);
        assert_eq!(
            faults(
                admin
                    .post(
                        &format!("/api/v1/calendars/{id}/rules"),
                        &json!({ "country": "XX" })
                    )
                    .await
            )
            .await[0]
                .0,
            "country"
        );
    }

    const ICS: &str = "\u{feff}BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261231\r\n\
    DTEND;VALUE=DATE:20270102\r\nSUMMARY:Turn of the ye\r\n ar\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
    DTSTART;VALUE=DATE:20200619\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Harbour day\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
    DTSTART:20261218T160000Z\r\nSUMMARY:Party\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[tokio::test]
    async fn an_icalendar_file_is_shown_before_it_is_brought() {
        let house = House::open().await;
        let admin = house.admin().await;
        let id = calendar(&admin, &json!({ "name": "Oslo" })).await;
        let day = json!({ "day": "2027-01-01", "name": "New Year" });
        admin
            .post(&format!("/api/v1/calendars/{id}/holidays"), &day)
            .await;
        let upload = async |text: &str| {
            let part = reqwest::multipart::Part::text(text.to_owned()).file_name("days.ics");
            let form = reqwest::multipart::Form::new()
                .text("csrf", admin.form_key.clone())
                .part("file", part);
            let request = admin.request(Method::POST, &format!("/settings/calendars/{id}/ics"));
            request.multipart(form).send().await.unwrap()
        };
        let shown = upload(ICS).await;
        assert_eq!(shown.status(), StatusCode::OK);
        let page = shown.text().await.unwrap();
        for text in [
            "Turn of the year",
            "31 December 2026",
            "Harbour day",
            "line 15",
            "time of day",
            "1 known already",
            "Add 2 holidays",
        ] {
            assert!(page.contains(text), "{text} in {page}");
        }
        assert_eq!(
            admin.json("/api/v1/calendars").await[0]["holidays"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let brought = admin
            .form(&format!("/settings/calendars/{id}/ics/confirm"), &[("ics", ICS)])
            .await;
        assert_eq!(brought.status(), StatusCode::SEE_OTHER);
        let days = admin
            .json(&format!(
                "/api/v1/calendars/{id}/days?from=2026-12-01&to=2027-06-30"
            ))
            .await;
        let days: Vec<_> = days
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["day"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(days, ["2026-12-31", "2027-01-01", "2027-06-19"]);
        let again = admin
            .post(
                &format!("/api/v1/calendars/{id}/ics"),
                &json!({ "ics": ICS, "dryRun": true }),
            )
            .await;
        let again: Value = again.json().await.unwrap();
        assert_eq!(
            (again["days"].clone(), again["rules"].clone()),
            (json!([]), json!([]))
        );
        assert_eq!(again["known"].as_array().unwrap().len(), 3);
        let bad = upload("name,day\r\n").await;
        assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            bad.text()
                .await
                .unwrap()
                .contains("line 1: this is not an iCalendar file")
        );
    }
}

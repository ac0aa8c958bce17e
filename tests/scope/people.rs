//! People, their leave, and what files and undo make of them.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::world::{World, refusal};

#[tokio::test]
async fn a_manager_changes_the_people_of_their_departments_and_no_others() {
    let world = World::open().await;
    let path = |id: i64| format!("/api/v1/people/{id}");
    let place = json!({ "location": "Bergen" });
    assert!(
        world
            .elin
            .patch(&path(world.ada), &place)
            .await
            .status()
            .is_success()
    );
    for id in [world.dan, world.nia] {
        refusal(world.elin.patch(&path(id), &place).await).await;
        refusal(
            world
                .elin
                .send(
                    Method::PUT,
                    &format!("{}/skills", path(id)),
                    &json!({ "skills": [] }),
                )
                .await,
        )
        .await;
        refusal(
            world
                .elin
                .post(&format!("{}/deactivate", path(id)), &json!({}))
                .await,
        )
        .await;
        let page = world.elin.text(&format!("/people/{id}")).await;
        assert!(
            !page.contains(&format!("/people/{id}/edit")),
            "no button that would be refused"
        );
        assert_eq!(
            world.elin.get(&format!("/people/{id}/edit")).await.status(),
            StatusCode::FORBIDDEN
        );
    }
    let own = world.elin.text(&format!("/people/{}", world.ada)).await;
    assert!(own.contains(&format!("/people/{}/edit", world.ada)));
}

#[tokio::test]
async fn nobody_is_moved_out_of_a_department_or_into_one_that_is_not_theirs() {
    let world = World::open().await;
    let path = |id: i64| format!("/api/v1/people/{id}");
    let to = |department: serde_json::Value| json!({ "department": department });
    for (person, department) in [
        (world.ada, json!(world.delivery)),
        (world.ada, json!(null)),
        (world.dan, json!(world.electrical)),
        (world.nia, json!(world.electrical)),
    ] {
        let answer = world.elin.patch(&path(person), &to(department.clone())).await;
        let status = answer.status();
        assert!(
            [StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY].contains(&status),
            "{person} to {department}: {status}"
        );
    }
    // Both are below Engineering.
    let within = world
        .elin
        .patch(&path(world.ada), &to(json!(world.engineering)))
        .await;
    assert!(within.status().is_success(), "{}", within.status());
    let book = world.house.app.book();
    let of = |id: i64| {
        let person = book.plan.person(ballast::units::ids::PersonId(id)).unwrap();
        person.department.map(|id| id.0)
    };
    assert_eq!(
        [of(world.ada), of(world.dan), of(world.nia)],
        [Some(world.engineering), Some(world.delivery), None]
    );
}

#[tokio::test]
async fn somebody_new_belongs_to_a_department_of_theirs() {
    let world = World::open().await;
    for (department, status) in [
        (json!(world.electrical), StatusCode::CREATED),
        (json!(world.delivery), StatusCode::UNPROCESSABLE_ENTITY),
        (json!(null), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let body = json!({ "name": "Kim Sato", "department": department });
        let answer = world.elin.post("/api/v1/people", &body).await;
        assert_eq!(answer.status(), status, "{department}");
        if status == StatusCode::UNPROCESSABLE_ENTITY {
            let told: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(told["errors"][0]["field"], "department", "{told}");
        }
    }
    let form = world.elin.text("/people/new").await;
    assert!(
        form.contains("Engineering / Electrical") && !form.contains(">Delivery<"),
        "{form}"
    );
}

#[tokio::test]
async fn leave_is_decided_in_the_departments_that_they_manage() {
    let world = World::open().await;
    let leave = json!({ "first": "2026-12-21", "last": "2026-12-23" });
    let path = |id: i64| format!("/api/v1/people/{id}/time-off");
    assert_eq!(
        world.elin.post(&path(world.ada), &leave).await.status(),
        StatusCode::CREATED
    );
    refusal(world.elin.post(&path(world.dan), &leave).await).await;
    // Otto is told that Ada is away, not why; what he cannot decide he cannot remove.
    let told = world.otto.json(&path(world.ada)).await.to_string();
    assert!(told.contains("2026-12-21") && !told.contains("holiday"), "{told}");
}

#[tokio::test]
async fn a_file_is_refused_by_its_rows_that_are_not_theirs() {
    let world = World::open().await;
    let bring = |what: &str, text: String| {
        let path = format!("/api/v1/imports?name=file.csv&what={what}");
        world.elin.request(Method::POST, &path).body(text).send()
    };
    for (what, text, words) in [
        (
            "people",
            "Name,Department\nAda Osei,Engineering\nDan Moreau,Electrical\n",
            "Dan Moreau",
        ),
        ("people", "Name,Department\nKim Sato,Delivery\n", "Kim Sato"),
        ("projects", "Name,Notes\nHarbour,ours\nQuay,theirs\n", "Quay"),
        (
            "hours",
            "Person,Project,Week,Hours\nAda Osei,Quay,2026-12-07,12\nDan Moreau,Harbour,2026-12-07,12\n",
            "Dan Moreau",
        ),
    ] {
        let before = world.house.app.book().revision;
        let answer = bring(what, text.to_owned()).await.unwrap();
        let status = answer.status();
        let told = answer.text().await.unwrap();
        assert!(
            [StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY].contains(&status),
            "{what}: {status} {told}"
        );
        assert!(
            told.contains("manage") || told.contains("yours"),
            "{what} ({words}): {told}"
        );
        assert_eq!(
            world.house.app.book().revision,
            before,
            "{what}: nothing was written"
        );
    }
    let fine = "Person,Project,Week,Hours\nAda Osei,Quay,2026-12-07,12\n";
    let answer = bring("hours", fine.to_owned()).await.unwrap();
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "{}",
        answer.text().await.unwrap()
    );
    assert_eq!(world.hours(world.ada_on_quay), Some(12));
}

#[tokio::test]
async fn an_undo_is_held_to_the_same_as_what_it_takes_back() {
    let world = World::open().await;
    let mut sets = Vec::new();
    for assignment in [world.ada_on_harbour, world.dan_on_harbour] {
        let answer = world
            .manager
            .write_cells(&[super::world::cell(assignment, 30)])
            .await;
        let told: serde_json::Value = answer.json().await.unwrap();
        sets.push(told["changeSet"].as_i64().unwrap());
    }
    // The project is Elin's, so that its page offers what she may take back, and only that.
    let place = format!("/projects/{}", world.harbour);
    let form = |id: i64| format!("action=\"/change-sets/{id}/undo\"");
    let page = world.elin.text(&place).await;
    assert!(page.contains(&form(sets[0])), "{page}");
    assert!(!page.contains(&form(sets[1])), "{page}");
    assert!(page.contains("not yours to undo"), "{page}");
    let all = world.manager.text(&place).await;
    assert!(
        all.contains(&form(sets[0])) && all.contains(&form(sets[1])),
        "{all}"
    );
    let undo = |id: i64| format!("/api/v1/change-sets/{id}/undo");
    let theirs = world.elin.post(&undo(sets[1]), &json!({})).await;
    refusal(theirs).await;
    assert_eq!(world.hours(world.dan_on_harbour), Some(30));
    let own = world.elin.post(&undo(sets[0]), &json!({})).await;
    assert_eq!(own.status(), StatusCode::OK);
    assert_eq!(world.hours(world.ada_on_harbour), Some(8));
    let form = world
        .elin
        .form(&format!("/change-sets/{}/undo", sets[1]), &[])
        .await;
    assert_eq!(form.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_new_name_is_taken_back_by_who_made_it_and_by_no_other_limited_manager() {
    let world = World::open().await;
    for (mine, expected) in [(true, StatusCode::OK), (false, StatusCode::FORBIDDEN)] {
        let maker = if mine { &world.elin } else { &world.manager };
        let name = format!("Port Authority {mine}");
        let made = maker
            .post("/api/v1/clients", &serde_json::json!({ "name": name }))
            .await;
        assert!(made.status().is_success(), "{}", made.text().await.unwrap());
        let undo = format!("/api/v1/change-sets/{}/undo", world.house.app.book().revision);
        let answer = world.elin.post(&undo, &serde_json::json!({})).await;
        assert_eq!(answer.status(), expected, "made by themselves: {mine}");
    }
}

//! Whose leave a manager decides, and that nothing gets them round it.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use ballast::people::{self, PersonDraft};
use ballast::units::ids::DepartmentId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House};
use crate::time_off::people::{ask, department, faults, linked, vacation, write};

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

//! Leave from asking to approving or declining.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use ballast::people;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::house::House;
use crate::time_off::people::{ask, capacity, department, faults, linked, vacation, write};

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

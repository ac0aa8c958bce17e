//! Agreed stories on the schedule: previewed, booked in one go, and taken back.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, between};
use crate::poker_hours::planned::{manager_elsewhere, planned_room, query, set, totals};
use crate::poker_hours::world::number;

#[tokio::test]
async fn stories_are_laid_into_what_remains_and_booked_in_one_change_set_that_undo_takes_back_to_the_minute()
{
    let house = House::open().await;
    let (seed, manager, room, [five, three, _]) = planned_room(&house).await;
    set(&manager, seed.adas, "2026-11-16", 28.0).await;
    let before = totals(&house).await;
    let page = manager.text(&room.at("/plan")).await;
    assert!(
        page.contains("Charge overnight") && page.contains("14–30 h"),
        "{page}"
    );
    assert!(!page.contains("Not agreed yet"), "only what was agreed: {page}");
    let ask = query(&seed, &format!("person-{}", seed.ada), "");
    let page = manager.text(&format!("{}{ask}", room.at("/plan"))).await;
    // 32 h: 12 in the first week, which fills it, and 20 in the second.
    assert!(
        page.contains("Book 32 h") && page.contains("40 / 40") && page.contains("20 / 40"),
        "{page}"
    );
    assert!(!page.contains("do not fit"), "{page}");
    let form = between(&page, "Then, of what fits", "</form>").unwrap();
    let mut fields: Vec<(String, String)> = Vec::new();
    for tag in form.split("<input").skip(1) {
        let tag = tag.split('>').next().unwrap();
        fields.push((
            between(tag, "name=\"", "\"").unwrap(),
            between(tag, "value=\"", "\"").unwrap(),
        ));
    }
    let sent: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "csrf")
        .collect();
    let answer = manager.form(&room.at("/plan"), &sent).await;
    assert_eq!(
        answer.status(),
        StatusCode::SEE_OTHER,
        "{}",
        answer.text().await.unwrap()
    );
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    let page = manager.text(&place).await;
    assert!(
        page.contains("planned 2 stories of “Sprint 14” on Harbour Substation for Ada Osei: 32 h")
            || page.contains("Planned 2 stories of “Sprint 14” on Harbour Substation for Ada Osei: 32 h"),
        "{page}"
    );
    assert!(
        page.contains("Ada Osei</a> <small class=\"faint\">Harbour Substation, 20 h"),
        "{page}"
    );
    let all = manager
        .json(&format!("/api/v1/assignments?person={}", seed.ada))
        .await;
    let made = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] != seed.adas)
        .unwrap();
    assert_eq!(made["hours"], json!({ "2026-11-16": 12, "2026-11-23": 20 }));
    assert_eq!(made["note"], "Poker: Sprint 14");
    let kept = house.app.db.read(|tx| {
        tx.query(
            "select story_id, minutes from story_hours order by story_id",
            &[],
            |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
        )
    });
    assert_eq!(kept.await.unwrap(), [(five, 1_200), (three, 720)]);
    let history = manager.text(&format!("/projects/{}", seed.project)).await;
    assert!(history.contains("Sprint 14"), "the history tells of it");
    let done = place.split("done=").nth(1).unwrap();
    let undone = manager
        .post(&format!("/api/v1/change-sets/{done}/undo"), &json!({}))
        .await;
    assert_eq!(undone.status(), StatusCode::OK);
    assert_eq!(totals(&house).await, before, "every hour is where it was");
    let page = manager.text(&room.at("/plan")).await;
    assert!(
        page.contains("2 can be planned"),
        "and the stories can be planned again: {page}"
    );
}

#[tokio::test]
async fn what_does_not_fit_is_told_and_lies_on_top() {
    let house = House::open().await;
    let (seed, manager, room, _) = planned_room(&house).await;
    set(&manager, seed.adas, "2026-11-16", 38.0).await;
    set(&manager, seed.adas, "2026-11-23", 30.0).await;
    let api = format!("/api/v1{}", room.at("/plan"));
    let ask = query(&seed, &format!("person-{}", seed.ada), "&point=p85");
    let told = manager.json(&format!("{api}{ask}")).await;
    // 48 h at P85 of 4 h a point and 50 % more; 2 and 10 remain, and 36 lie on top, 18 on each.
    assert_eq!((&told["hours"], &told["over"]), (&json!(48), &json!(36)));
    assert_eq!(told["weeks"][0]["laid"], 20);
    assert_eq!(told["weeks"][1]["over"], 18);
    let page = manager.text(&format!("{}{ask}", room.at("/plan"))).await;
    assert!(page.contains("36 h do not fit"), "{page}");
}

#[tokio::test]
async fn an_open_place_takes_its_hours_evenly_and_programs_book_it_too() {
    let house = House::open().await;
    let (seed, manager, room, [five, ..]) = planned_room(&house).await;
    let role = number(&house, "select id from role order by id limit 1").await;
    let api = format!("/api/v1{}", room.at("/plan"));
    let told = manager
        .json(&format!(
            "{api}{}&stories={five}",
            query(&seed, &format!("role-{role}"), "")
        ))
        .await;
    assert_eq!(told["weeks"][0]["laid"], 10);
    assert_eq!(told["weeks"][0]["capacity"], Value::Null);
    let mut body = json!({
        "stories": [five], "project": seed.project, "who": format!("role-{role}"),
        "from": "2026-11-16", "to": "2026-11-23",
    });
    let answer = manager.post(&api, &body).await;
    assert_eq!(
        answer.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "nobody books what they have not seen"
    );
    body["seen"] = told["seen"].clone();
    let answer = manager.post(&api, &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let booked: Value = answer.json().await.unwrap();
    assert_eq!((&booked["hours"], &booked["stories"]), (&json!(20), &json!(1)));
    let again = manager.post(&api, &body).await;
    assert_eq!(
        again.status(),
        StatusCode::CONFLICT,
        "the story is planned already"
    );
    assert_eq!(totals(&house).await.2, 1);
}

#[tokio::test]
async fn a_preview_that_is_no_longer_true_books_nothing() {
    let house = House::open().await;
    let (seed, manager, room, _) = planned_room(&house).await;
    let who = format!("person-{}", seed.ada);
    let page = manager
        .text(&format!("{}{}", room.at("/plan"), query(&seed, &who, "")))
        .await;
    let digest = between(&page, "name=\"seen\" value=\"", "\"").unwrap();
    set(&manager, seed.adas, "2026-11-16", 8.0).await;
    let before = totals(&house).await;
    let project = seed.project.to_string();
    let fields = [
        ("project", project.as_str()),
        ("who", &who),
        ("from", "2026-11-16"),
        ("to", "2026-11-23"),
        ("seen", &digest),
    ];
    let answer = manager.form(&room.at("/plan"), &fields).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("The plan has changed since you saw this") && page.contains("Book 32 h"),
        "{page}"
    );
    assert_eq!(totals(&house).await, before);
}

#[tokio::test]
async fn a_wish_that_cannot_be_meant_names_its_field() {
    let house = House::open().await;
    let (seed, manager, room, [five, _, third]) = planned_room(&house).await;
    let closed = number(
        &house,
        "select id from project_status where counts_as = 'closed' order by id limit 1",
    )
    .await;
    let api = format!("/api/v1{}", room.at("/plan"));
    let usual = |field: &str, value: &str| {
        let mut all = vec![
            ("project", seed.project.to_string()),
            ("who", format!("person-{}", seed.ada)),
            ("from", "2026-11-16".to_owned()),
            ("to", "2026-11-23".to_owned()),
            ("stories", five.to_string()),
        ];
        all.retain(|(own, _)| *own != field);
        all.push((field, value.to_owned()));
        let all: Vec<String> = all
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        all.join("&")
    };
    for (field, value) in [
        ("to", "2026-11-09"),
        ("to", "2027-12-01"),
        ("to", "9999-12-31"),
        ("from", "2026-11-09"),
        ("from", "9999-12-31"),
        ("from", "2026-02-30"),
        ("who", "person-987654"),
        ("who", "somebody"),
        ("project", "987654"),
        ("point", "p99"),
        ("stories", "987654"),
    ] {
        let answer = manager.get(&format!("{api}?{}", usual(field, value))).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}={value}"
        );
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["field"], field, "{field}={value}: {problem}");
        let page = manager
            .get(&format!("{}?{}", room.at("/plan"), usual(field, value)))
            .await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
    }
    let third = third.to_string();
    let answer = manager.get(&format!("{api}?{}", usual("stories", &third))).await;
    assert_eq!(
        answer.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "nothing was agreed of it"
    );
    // Bo starts on 2 December: no week of the window is theirs.
    let answer = manager
        .get(&format!("{api}?{}", usual("who", &format!("person-{}", seed.bo))))
        .await;
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(
        problem["errors"][0]["message"],
        "Bo Lindqvist works in none of these weeks; choose others"
    );
    let path = format!("/api/v1/projects/{}", seed.project);
    let changed = manager
        .send(Method::PATCH, &path, &json!({ "status": closed }))
        .await;
    assert_eq!(changed.status(), StatusCode::OK);
    let answer = manager.get(&format!("{api}?{}", usual("to", "2026-11-23"))).await;
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["errors"][0]["message"], "is closed; choose another one");
}

#[tokio::test]
async fn members_see_what_planning_would_do_and_cannot_do_it() {
    let house = House::open().await;
    let (seed, _, room, _) = planned_room(&house).await;
    let member = house.guest(Access::Member).await;
    let away = member.get(&room.at("/plan")).await;
    assert_eq!(
        away.status(),
        StatusCode::SEE_OTHER,
        "who is not in the room comes in first"
    );
    let _room = member.get(&room.at("")).await;
    let ask = query(&seed, &format!("person-{}", seed.ada), "");
    let page = member.text(&format!("{}{ask}", room.at("/plan"))).await;
    assert!(
        page.contains("Managers book hours") && !page.contains("Book 32 h"),
        "{page}"
    );
    let refused = member.form(&room.at("/plan"), &[("seen", "x")]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let stranger = house.stranger();
    assert!(stranger.get(&room.at("/plan")).await.status().is_redirection());
    let team = format!("/poker/pace/{}", room.team);
    assert_eq!(
        member.form(&team, &[("hours", "5")]).await.status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_manager_of_another_department_books_nothing_and_sets_no_pace() {
    let house = House::open().await;
    let (seed, _, room, _) = planned_room(&house).await;
    let limited = manager_elsewhere(&house).await;
    let _room = limited.get(&room.at("")).await;
    let api = format!("/api/v1{}", room.at("/plan"));
    let ask = query(&seed, &format!("person-{}", seed.ada), "");
    let told = limited.json(&format!("{api}{ask}")).await;
    let before = totals(&house).await;
    let body = json!({
        "project": seed.project, "who": format!("person-{}", seed.ada),
        "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
    });
    let answer = limited.post(&api, &body).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(totals(&house).await, before);
    let team = format!("/api/v1/poker/pace/{}", room.team);
    let answer = limited.send(Method::PUT, &team, &json!({ "hours": 1 })).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let told: Value = answer.json().await.unwrap();
    assert!(
        told["detail"]
            .as_str()
            .unwrap()
            .contains("What a point takes Electrical"),
        "{told}"
    );
    let page = limited.text(&room.at("/plan")).await;
    assert!(
        !page.contains("person-"),
        "they see none of others’ people to choose: {page}"
    );
}

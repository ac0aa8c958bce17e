//! Stories that are finished, and what they took.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;
use crate::poker_hours::planned::{planned_room, query, set, totals};
use crate::poker_hours::world::number;

#[tokio::test]
async fn a_story_is_finished_with_hours_or_with_what_was_booked_for_it() {
    let house = House::open().await;
    let (seed, manager, room, [five, three, third]) = planned_room(&house).await;
    let (five_id, three_id, third) = (five.to_string(), three.to_string(), third.to_string());
    let finished = room.at("/finished");
    for (fields, field) in [
        (vec![("story", five_id.as_str())], "hours"),
        (vec![("story", &five_id), ("hours", "0")], "hours"),
        (vec![("story", &five_id), ("hours", "lots")], "hours"),
        (vec![("story", &third), ("hours", "4")], "story"),
        (vec![("story", "987654"), ("hours", "4")], "story"),
    ] {
        let answer = manager.form(&finished, &fields).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?} {field}"
        );
    }
    let typed = manager
        .form(&finished, &[("story", &three_id), ("hours", "17:30")])
        .await;
    assert_eq!(typed.status(), StatusCode::SEE_OTHER);
    let api = format!("/api/v1{}", room.at("/plan"));
    let ask = query(&seed, &format!("person-{}", seed.ada), "");
    let told = manager.json(&format!("{api}{ask}")).await;
    assert_eq!(
        told["stories"],
        json!([{ "story": five, "hours": 20 }]),
        "what is finished is not planned"
    );
    let body = json!({
        "project": seed.project, "who": format!("person-{}", seed.ada),
        "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
    });
    let booked: Value = manager.post(&api, &body).await.json().await.unwrap();
    let done = manager.form(&finished, &[("story", &five_id)]).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let pace = format!("/api/v1/poker/pace/{}", room.team);
    let took = async || {
        let told = manager.json(&pace).await;
        let all = told["finished"].as_array().unwrap().clone();
        let own = all.iter().find(|one| one["story"] == five).unwrap();
        (own["hours"].clone(), own["typed"].clone())
    };
    assert_eq!(took().await, (json!(20), json!(false)));
    // The hours turned out to be more, and somebody put that into the plan.
    set(
        &manager,
        booked["assignment"].as_i64().unwrap(),
        "2026-11-23",
        10.0,
    )
    .await;
    assert_eq!(took().await, (json!(30), json!(false)));
    let back = manager
        .form(&room.at("/unfinished"), &[("story", &five_id)])
        .await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    let told = manager.json(&pace).await;
    assert_eq!(told["finished"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_planned_place_that_is_removed_frees_its_stories_and_undo_ties_them_again() {
    let house = House::open().await;
    let (seed, manager, room, _) = planned_room(&house).await;
    let api = format!("/api/v1{}", room.at("/plan"));
    let who = format!("person-{}", seed.ada);
    let told = manager.json(&format!("{api}{}", query(&seed, &who, ""))).await;
    let body = json!({
        "project": seed.project, "who": who, "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
    });
    let booked: Value = manager.post(&api, &body).await.json().await.unwrap();
    let before = totals(&house).await;
    let path = format!("/api/v1/assignments/{}", booked["assignment"]);
    let removed = manager.send(Method::DELETE, &path, &json!({})).await;
    assert!(removed.status().is_success(), "{}", removed.status());
    let removed: Value = removed.json().await.unwrap();
    assert_eq!(totals(&house).await.2, 0);
    let undo = format!("/api/v1/change-sets/{}/undo", removed["changeSet"]);
    assert_eq!(manager.post(&undo, &json!({})).await.status(), StatusCode::OK);
    assert_eq!(totals(&house).await, before);
}

#[tokio::test]
async fn r1_nothing_of_hours_is_told_of_a_story_that_is_voted_on_again() {
    let house = House::open().await;
    let (_, manager, room, [five, ..]) = planned_room(&house).await;
    let page = manager.text(&room.at("/plan")).await;
    assert!(page.contains("14–30 h"), "{page}");
    let view = manager.json(&room.at("/view")).await;
    let round = view["round"]["roundId"].to_string();
    let story = five.to_string();
    let chosen = manager
        .form(&room.at("/story"), &[("storyId", &story), ("roundId", &round)])
        .await;
    assert!(chosen.status().is_redirection(), "{}", chosen.status());
    let page = manager.text(&room.at("/plan")).await;
    assert!(
        page.contains("voted on again") && !page.contains("14–30 h"),
        "{page}"
    );
    let answer = manager
        .get(&format!("/api/v1{}?stories={five}&who=role-1", room.at("/plan")))
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_story_is_finished_after_its_room_has_ended() {
    let house = House::open().await;
    let (_, manager, room, [five, ..]) = planned_room(&house).await;
    let ended = manager.form(&room.at("/end"), &[]).await;
    assert!(ended.status().is_redirection(), "{}", ended.status());
    let page = manager.text(&room.at("/plan")).await;
    assert!(page.contains("/finished\""), "{page}");
    let story = five.to_string();
    let done = manager
        .form(&room.at("/finished"), &[("story", &story), ("hours", "20")])
        .await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let measured = format!("/api/v1/poker/pace/{}", room.team);
    assert_eq!(manager.json(&measured).await["stories"], 1);
    let back = manager.form(&room.at("/unfinished"), &[("story", &story)]).await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    assert_eq!(manager.json(&measured).await["stories"], 0);
    let refused = manager
        .post(&room.at("/settings"), &json!({ "name": "Anew" }))
        .await;
    assert_eq!(
        refused.status(),
        StatusCode::CONFLICT,
        "nothing else in it changes"
    );
}

#[tokio::test]
async fn a_story_that_was_planned_or_finished_is_skipped_where_another_would_be_removed() {
    let house = House::open().await;
    let (seed, manager, room, [five, three, third]) = planned_room(&house).await;
    let api = format!("/api/v1{}", room.at("/plan"));
    let ask = query(
        &seed,
        &format!("person-{}", seed.ada),
        &format!("&stories={five}"),
    );
    let told = manager.json(&format!("{api}{ask}")).await;
    let body = json!({
        "stories": [five], "project": seed.project, "who": format!("person-{}", seed.ada),
        "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
    });
    let booked: Value = manager.post(&api, &body).await.json().await.unwrap();
    let story = three.to_string();
    let done = manager
        .form(&room.at("/finished"), &[("story", &story), ("hours", "4")])
        .await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let before = totals(&house).await;
    for story in [five, three, third] {
        let removed = manager
            .form(&room.at(&format!("/stories/{story}/remove")), &[])
            .await;
        assert!(removed.status().is_redirection(), "{}", removed.status());
    }
    let view = manager.json(&room.at("/view")).await;
    let left: Vec<(&Value, &Value)> = view["stories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["id"], &one["skipped"]))
        .collect();
    assert_eq!(
        left,
        [(&json!(five), &json!(true)), (&json!(three), &json!(true))]
    );
    assert_eq!(totals(&house).await, before);
    assert_eq!(number(&house, "select count(*) from poker_finished").await, 1);
    // What was planned once can be planned again by undo, so the story waits for that.
    let undo = format!("/api/v1/change-sets/{}/undo", booked["changeSet"]);
    let undone: Value = manager.post(&undo, &json!({})).await.json().await.unwrap();
    assert_eq!(totals(&house).await.2, 0);
    let _kept = manager
        .form(&room.at(&format!("/stories/{five}/remove")), &[])
        .await;
    let redo = format!("/api/v1/change-sets/{}/undo", undone["changeSet"]);
    assert_eq!(manager.post(&redo, &json!({})).await.status(), StatusCode::OK);
    assert_eq!(totals(&house).await, before);
}

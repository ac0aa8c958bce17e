//! The pace of a team, and who says what its stories took.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::house::House;
use crate::poker_hours::planned::{manager_elsewhere, planned_room};
use crate::poker_hours::world::{number, opened, room, sql};

#[tokio::test]
async fn eight_finished_stories_calibrate_a_team_and_before_that_its_factor_counts() {
    let house = House::open().await;
    let (_, manager, room) = opened(&house).await;
    let path = format!("/poker/pace/{}", room.team);
    let api = format!("/api/v1{path}");
    assert_eq!(manager.json(&api).await["basis"], "none");
    assert!(manager.text(&path).await.contains("Not calibrated"));
    let saved = manager
        .form(&path, &[("hours", "4"), ("less", ""), ("more", "100")])
        .await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let place = saved.headers()["location"].to_str().unwrap().to_owned();
    let page = manager.text(&place).await;
    assert!(
        page.contains("4 h a point were typed, from 30 % less to 100 % more"),
        "{page}"
    );
    assert!(page.contains("5 points ≈ <b>14–40 h</b>"), "{page}");
    assert!(
        page.contains("8 finished stories more, and it is measured"),
        "{page}"
    );
    room.calibrate(&house).await;
    let told = manager.json(&api).await;
    assert_eq!(
        (&told["basis"], &told["stories"]),
        (&json!("measured"), &json!(8))
    );
    // By points: 4, 4, 5, 5, 5, 5, 6, 6 h; 32 points in all, 15 % of them lie at 4, 85 % at 6.
    assert_eq!(told["perPoint"], json!({ "low": 4, "middle": 5, "high": 6 }));
    let page = manager.text(&path).await;
    assert!(
        page.contains("5 points ≈ <b>20–30 h</b>") && page.contains("calibrated"),
        "{page}"
    );
    assert!(page.contains("20, 25, 30 h"), "real hours by size: {page}");
    let list = manager.text("/poker/pace").await;
    assert!(list.contains("4–6 h") && list.contains("Electrical"), "{list}");
    let gone = manager.form(&path, &[("hours", "")]).await;
    assert_eq!(gone.status(), StatusCode::SEE_OTHER);
    assert_eq!(manager.json(&api).await["factor"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_a_pace_is_refused_and_stays_typed() {
    let house = House::open().await;
    let (_, manager, room) = opened(&house).await;
    let path = format!("/poker/pace/{}", room.team);
    for (field, value) in [
        ("hours", "0"),
        ("hours", "many"),
        ("hours", "-4"),
        ("hours", "1001"),
        ("less", "96"),
        ("more", "901"),
        ("more", "-1"),
    ] {
        let mut fields = vec![("hours", "4"), ("less", "30"), ("more", "50")];
        fields.retain(|(own, _)| *own != field);
        fields.push((field, value));
        let answer = manager.form(&path, &fields).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}={value}"
        );
        let page = answer.text().await.unwrap();
        assert!(
            page.contains("Please check") && page.contains(&format!("value=\"{value}\"")),
            "{page}"
        );
    }
    let sizes = format!("{path}/sizes");
    for (card, from, to) in [
        ("", "4", "8"),
        ("M", "8", "4"),
        ("M", "x", "4"),
        ("Far too long a card", "1", "2"),
    ] {
        let answer = manager
            .form(&sizes, &[("card", card), ("from", from), ("to", to)])
            .await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{card} {from} {to}"
        );
    }
    let twice = [
        ("card", "M"),
        ("from", "4"),
        ("to", "8"),
        ("card", "M"),
        ("from", "1"),
        ("to", "2"),
    ];
    let answer = manager.form(&sizes, &twice).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let two = [
        ("card", "M"),
        ("from", "4"),
        ("to", "8"),
        ("card", "XS"),
        ("from", "1"),
        ("to", ""),
    ];
    assert_eq!(manager.form(&sizes, &two).await.status(), StatusCode::SEE_OTHER);
    let told = manager.json(&format!("/api/v1{path}")).await;
    assert_eq!(
        told["sizes"],
        json!([{ "card": "XS", "low": 1, "high": 1 }, { "card": "M", "low": 4, "high": 8 }])
    );
    assert_eq!(
        manager.get("/poker/pace/987654").await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn only_who_manages_a_team_says_what_its_stories_took() {
    let house = House::open().await;
    let (_, manager, room, [five, ..]) = planned_room(&house).await;
    let story = five.to_string();
    let done = [("story", story.as_str()), ("hours", "1")];
    let elsewhere = manager_elsewhere(&house).await;
    for guest in [house.guest(Access::Member).await, elsewhere] {
        let _room = guest.get(&room.at("")).await;
        let refused = guest.form(&room.at("/finished"), &done).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let told = refused.text().await.unwrap();
        assert!(told.contains("What a point takes Electrical"), "{told}");
        let page = guest.text(&room.at("/plan")).await;
        assert!(
            page.contains("Charge overnight") && !page.contains("/finished\""),
            "{page}"
        );
    }
    assert_eq!(number(&house, "select count(*) from poker_finished").await, 0);
    let taken = manager.form(&room.at("/finished"), &done).await;
    assert_eq!(taken.status(), StatusCode::SEE_OTHER);
    let member = house.guest(Access::Member).await;
    let refused = member
        .form(&room.at("/unfinished"), &[("story", story.as_str())])
        .await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(number(&house, "select count(*) from poker_finished").await, 1);
}

#[tokio::test]
async fn only_who_manages_a_team_gives_it_rooms_or_takes_them_away() {
    let house = House::open().await;
    let seed = house.seed().await;
    let member = house.guest(Access::Member).await;
    let given = room(&house, &member, &seed).await;
    let own = room(&house, &member, &seed).await;
    sql(
        &house,
        "update poker_room set department_id = null where id = ?1",
        vec![own.id.into()],
    )
    .await;
    let (team, teams) = (
        own.team.to_string(),
        "select count(*) from poker_room where department_id is not null",
    );
    let refused = member.form("/poker", &[("department", &team)]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let refused = member
        .post(&own.at("/settings"), &json!({ "department": own.team }))
        .await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let refused = member
        .post(&given.at("/settings"), &json!({ "department": "" }))
        .await;
    assert_eq!(
        refused.status(),
        StatusCode::FORBIDDEN,
        "its stories would leave the pace"
    );
    assert_eq!(number(&house, teams).await, 1);
    let page = member.text(&own.at("/settings")).await;
    assert!(
        !page.contains("Electrical"),
        "it is not there to be chosen: {page}"
    );
    let page = member.text(&given.at("/settings")).await;
    assert!(page.contains("Electrical"), "{page}");
    let renamed = member
        .post(
            &given.at("/settings"),
            &json!({ "name": "Sprint 15", "department": given.team }),
        )
        .await;
    assert!(
        renamed.status().is_redirection(),
        "what stays may be sent: {}",
        renamed.status()
    );
    // A room without a team says nothing of anybody's pace.
    let story = own.story(&house, "Of no team", Some(5)).await.to_string();
    let _room = member.get(&own.at("")).await;
    let done = member
        .form(&own.at("/finished"), &[("story", &story), ("hours", "1")])
        .await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let manager = house.manager().await;
    let made = manager.form("/poker", &[("department", &team)]).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    assert_eq!(number(&house, teams).await, 2);
    let told = manager.json(&format!("/api/v1/poker/pace/{team}")).await;
    assert_eq!(told["stories"], 0);
}

#[tokio::test]
async fn stories_of_a_room_with_a_passcode_count_for_the_pace_and_are_not_listed() {
    let house = House::open().await;
    let (_, manager, room) = opened(&house).await;
    room.calibrate(&house).await;
    room.card(&house, "Land there", Some(("Moonbase".to_owned(), None)))
        .await;
    let path = format!("/poker/pace/{}", room.team);
    let page = manager.text(&path).await;
    assert!(
        page.contains("Moonbase") && page.contains("Old 5 in 20"),
        "{page}"
    );
    let open = manager.json(&format!("/api/v1{path}")).await;
    assert_eq!(open["finished"].as_array().unwrap().len(), 8);
    sql(
        &house,
        "update poker_room set passcode_hash = 'x', passcode_number = 1 where id = ?1",
        vec![room.id.into()],
    )
    .await;
    let page = manager.text(&path).await;
    for told in [
        "Moonbase",
        "Old 5 in 20",
        "20, 25, 30 h",
        "Sprint 14",
        room.link.as_str(),
    ] {
        assert!(!page.contains(told), "{told}: {page}");
    }
    assert!(
        page.contains("5 points ≈ <b>20–30 h</b>")
            && page.contains("8 more stories of rooms with a passcode"),
        "{page}"
    );
    let told = manager.json(&format!("/api/v1{path}")).await;
    assert_eq!(told["finished"], json!([]));
    assert_eq!(
        (&told["basis"], &told["perPoint"]),
        (&open["basis"], &open["perPoint"])
    );
}

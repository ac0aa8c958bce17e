//! Rounds over days: everybody votes when they have time, and sees the others' votes once it is over.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::table::{EIGHT, FIVE, Room, THREE};

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn a_room_asks_about_every_open_story_until_a_deadline_and_hides_votes_until_one_has_voted_and_it_is_over()
 {
    let room = Room::open().await;
    let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
    let stories = room.stories(&["Tariffs", "Exports"]).await;
    let view = room
        .done(
            &room.owner,
            "/asynchronous",
            json!({ "until": "2026-11-18T14:00" }),
        )
        .await;
    let rounds = view["asynchronous"].as_array().unwrap();
    assert_eq!(rounds.len(), 2);
    assert_eq!(rounds[0]["deadline"], crate::house::NOW + 2 * HOUR);
    let first = rounds[0]["roundId"].as_i64().unwrap();
    assert_eq!(rounds[0]["story"], stories[0]);
    for (who, card) in [(&room.owner, FIVE), (&bo, EIGHT)] {
        room.done(who, "/vote", json!({ "roundId": first, "card": card }))
            .await;
    }
    let seen = |view: &Value| view["asynchronous"][0].clone();
    let before = seen(&room.view(&bo).await);
    assert_eq!((&before["own"], &before["voted"]), (&json!(EIGHT), &json!(2)));
    assert_eq!(
        before["result"],
        Value::Null,
        "it is not over, though Bo has voted"
    );
    room.later(2 * HOUR).await;
    let bos = seen(&room.view(&bo).await);
    assert_eq!(bos["result"]["median"], "6.5");
    let cleos = seen(&room.view(&cleo).await);
    assert_eq!(cleos["over"], true);
    assert_eq!(cleos["revealed"], false, "Cleo was asked and has not voted");
    assert_eq!(cleos["result"], Value::Null);
    assert!(
        cleos["hands"]
            .as_array()
            .unwrap()
            .iter()
            .all(|hand| hand["card"].is_null())
    );
    let history = cleo
        .json(&room.at(&format!("/rounds?story={}", stories[0])))
        .await;
    assert_eq!(history["items"][0]["result"], Value::Null, "nor by looking back");
    // Nor by a file, nor as somebody who only watches.
    let file = cleo.text(&room.at("/export/stories.json")).await;
    assert!(!file.contains("\"8\"") && !file.contains("6.5"), "{file}");
    room.done(&cleo, "/role", json!({ "role": "spectator" })).await;
    assert_eq!(seen(&room.view(&cleo).await)["result"], Value::Null);
    room.done(&cleo, "/role", json!({ "role": "voter" })).await;
    let (status, _) = room
        .refused(&cleo, "/vote", json!({ "roundId": first, "card": THREE }))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    // The team looks at it together: what was agreed, and from then on how.
    let body = json!({ "roundId": first, "storyId": stories[0], "estimate": "8" });
    room.done(&room.owner, "/accept", body).await;
    let history = cleo
        .json(&room.at(&format!("/rounds?story={}", stories[0])))
        .await;
    assert_eq!(history["items"][0]["result"]["median"], "6.5");
}

#[tokio::test]
async fn who_runs_the_room_asks_until_a_moment_that_is_to_come() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let (status, _) = room
        .refused(&room.owner, "/asynchronous", json!({ "hours": 2 }))
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "there is no story to ask about");
    room.stories(&["Tariffs"]).await;
    let (status, _) = room.refused(&bo, "/asynchronous", json!({ "hours": 2 })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    for wrong in [
        json!({}),
        json!({ "hours": 0 }),
        json!({ "until": "2026-11-18T11:00" }),
        json!({ "until": "tomorrow" }),
    ] {
        let (status, _) = room.refused(&room.owner, "/asynchronous", wrong.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn a_round_over_days_is_voted_on_again_together() {
    let room = Room::open().await;
    let stories = room.stories(&["Tariffs"]).await;
    let view = room
        .done(&room.owner, "/asynchronous", json!({ "hours": 1 }))
        .await;
    let first = view["asynchronous"][0]["roundId"].as_i64().unwrap();
    room.done(&room.owner, "/vote", json!({ "roundId": first, "card": FIVE }))
        .await;
    let view = room
        .done(&room.owner, "/reveal", json!({ "roundId": first }))
        .await;
    assert_eq!(
        view["asynchronous"][0]["result"]["median"], "5",
        "closed before its time"
    );
    let view = room
        .done(&room.owner, "/rounds", json!({ "roundId": first }))
        .await;
    assert_eq!(view["asynchronous"], json!([]));
    assert_eq!(view["round"]["story"], stories[0]);
    assert_eq!(view["round"]["number"], 2);
}

#[tokio::test]
async fn times_run_on_while_the_process_is_away() {
    let room = Room::with(json!({ "timer": 60 })).await;
    room.vote(&room.owner, FIVE).await;
    // The house is opened anew over what stands on the disk.
    let copy = room.house.copy();
    let again = crate::house::House::open_in(copy, &[]).await;
    again.app.clock.set(crate::house::NOW + 61_000);
    let keeper = tokio::spawn(ballast::poker::keep_time(again.app.clone()));
    let revealed = async || {
        let found = again.app.db.read(|tx| {
            tx.first("select revealed_at from poker_round", &[], |row| {
                row.get::<Option<i64>>(0)
            })
        });
        found.await.unwrap().flatten().is_some()
    };
    while !revealed().await {
        tokio::task::yield_now().await;
    }
    keeper.abort();
}

//! Rounds: votes, the reveal by itself, the next round, what was agreed, timers, the end.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::table::{EIGHT, FIVE, Line, ONE, Room, THIRTEEN, THREE};
use crate::house::Guest;

#[tokio::test]
async fn a_room_opens_with_one_click_and_takes_votes_about_nothing_that_is_written_down() {
    let room = Room::open().await;
    let made = room.owner.form("/poker", &[]).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    let at = made.headers()["location"].to_str().unwrap().to_owned();
    let view = room.owner.json(&format!("{at}/view")).await;
    assert_eq!(view["name"], "Olu’s room");
    assert_eq!(view["deck"]["kind"], "fibonacci");
    assert_eq!(view["round"]["story"], Value::Null);
    assert_eq!(view["may"]["vote"], true);
    assert_eq!(view["may"]["facilitate"], true);
}

#[tokio::test]
async fn r5_a_vote_is_taken_from_a_voter_of_the_room_for_a_card_of_the_deck_in_an_open_round() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let round = room.round().await;
    for (card, status) in [
        (json!(12), StatusCode::UNPROCESSABLE_ENTITY),
        (json!(-1), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!("8'); drop table poker_vote; --"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (json!("18446744073709551616"), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (told, text) = room
            .refused(&bo, "/vote", json!({ "roundId": round, "card": card }))
            .await;
        assert_eq!(told, status, "{card}");
        assert!(text.contains("must be a card of this round"), "{text}");
    }
    let gia = room.guest("Gia").await;
    room.done(&gia, "/role", json!({ "role": "spectator" })).await;
    let (status, text) = room
        .refused(&gia, "/vote", json!({ "roundId": round, "card": ONE }))
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(text.contains("You only watch"), "{text}");
    // A participant that is sent along is nobody: a vote is that of who sends it.
    let own = room.own(&bo).await;
    let body = json!({ "roundId": round, "card": ONE, "participant": own, "participantId": own });
    room.done(&room.owner, "/vote", body).await;
    assert_eq!(room.view(&bo).await["round"]["own"], Value::Null);
    // A vote may change until the reveal, and be taken back.
    room.vote(&bo, FIVE).await;
    room.vote(&bo, EIGHT).await;
    assert_eq!(room.view(&bo).await["round"]["own"], EIGHT);
    let view = room
        .done(&bo, "/vote", json!({ "roundId": round, "card": "" }))
        .await;
    assert_eq!(view["round"]["own"], Value::Null);
    assert_eq!(view["round"]["voted"], 1);
}

#[tokio::test]
async fn r6_and_r7_the_server_reveals_once_all_who_are_there_have_voted_and_waits_for_nobody_who_left() {
    let room = Room::open().await;
    let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
    let (_olus, _bos) = (Line::open(&room, &room.owner).await, Line::open(&room, &bo).await);
    let cleos = Line::open(&room, &cleo).await;
    // What a browser says of it counts for nothing.
    let round = room.round().await;
    let body = json!({ "roundId": round, "card": FIVE, "autoReveal": true, "revealed": true });
    room.done(&room.owner, "/vote", body).await;
    room.vote(&bo, THREE).await;
    room.later(10_000).await;
    assert_eq!(
        room.view(&bo).await["round"]["revealed"],
        false,
        "Cleo has not voted"
    );
    room.done(&cleo, "/role", json!({ "role": "spectator" })).await;
    let view = room.view(&bo).await;
    assert_eq!(
        view["round"]["revealsAt"],
        crate::house::NOW + 12_000,
        "two seconds to think again"
    );
    room.done(&cleo, "/role", json!({ "role": "voter" })).await;
    assert_eq!(room.view(&bo).await["round"]["revealsAt"], Value::Null);
    drop(cleos);
    let gone = room.until_gone(&room.owner, "Cleo").await;
    room.later(gone + 2_000).await;
    assert_eq!(room.view(&bo).await["round"]["revealed"], true);
}

#[tokio::test]
async fn r6_a_changed_vote_begins_the_time_to_think_again_anew() {
    let room = Room::open().await;
    let _line = Line::open(&room, &room.owner).await;
    room.vote(&room.owner, THREE).await;
    room.later(1_500).await;
    room.vote(&room.owner, FIVE).await;
    assert_eq!(
        room.view(&room.owner).await["round"]["revealsAt"],
        crate::house::NOW + 3_500
    );
    room.later(3_499).await;
    assert_eq!(room.view(&room.owner).await["round"]["revealed"], false);
    room.later(3_500).await;
    assert_eq!(room.view(&room.owner).await["round"]["revealed"], true);
}

#[tokio::test]
async fn r7_who_is_put_out_is_not_waited_for() {
    let room = Room::open().await;
    let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
    let _lines = (
        Line::open(&room, &room.owner).await,
        Line::open(&room, &bo).await,
        Line::open(&room, &cleo).await,
    );
    room.vote(&room.owner, FIVE).await;
    room.vote(&bo, FIVE).await;
    let who = room.own(&cleo).await;
    room.done(&room.owner, &format!("/people/{who}/out"), json!({}))
        .await;
    room.later(2_000).await;
    assert_eq!(room.view(&bo).await["round"]["revealed"], true);
}

#[tokio::test]
async fn r8_what_a_room_does_not_know_goes_nowhere_and_is_counted() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let before = (
        room.house.app.poker.refused(),
        room.view(&gia).await["seq"].clone(),
    );
    let mut line = Line::open(&room, &room.owner).await;
    for what in ["/plan_finalized", "/reveal_all", "/%7B%22type%22%3A1%7D"] {
        let (status, text) = room.refused(&gia, what, json!({ "value": "finalized" })).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(text.contains("a room does not know this message"), "{text}");
    }
    assert_eq!(room.house.app.poker.refused(), before.0 + 3);
    assert_eq!(room.view(&gia).await["seq"], before.1);
    room.vote(&gia, ONE).await;
    let (name, _) = line.next().await.unwrap();
    assert_eq!(name, "changed", "the next word is that of the vote");
}

#[tokio::test]
async fn r9_ids_of_another_room_name_nothing_here() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let made: Value = room
        .owner
        .post("/api/v1/poker", &json!({}))
        .await
        .json()
        .await
        .unwrap();
    let other = made["link"].as_str().unwrap();
    let elsewhere = room.owner.json(&format!("/poker/{other}/view")).await;
    let round = elsewhere["round"]["roundId"].as_i64().unwrap();
    let (status, _) = room
        .refused(&bo, "/vote", json!({ "roundId": round, "card": ONE }))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _) = room
        .refused(&room.owner, "/reveal", json!({ "roundId": round }))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, _) = room
        .refused(&room.owner, "/timer", json!({ "roundId": round, "seconds": 60 }))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    let who = elsewhere["own"].as_i64().unwrap();
    let (status, _) = room
        .refused(&room.owner, &format!("/people/{}/out", who + 987), json!({}))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let stories = room.stories(&["Tariffs"]).await;
    let body = json!({ "storyId": stories[0], "roundId": round });
    let answer = room.owner.post(&format!("/poker/{other}/story"), &body).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let rounds = room
        .owner
        .json(&format!("/poker/{other}/rounds?story={}", stories[0]))
        .await;
    assert_eq!(rounds["items"], json!([]));
}

#[tokio::test]
async fn r10_who_comes_late_sees_who_voted_and_votes_where_the_room_lets_them() {
    for late in [true, false] {
        let room = Room::with(json!({ "lateVoters": late })).await;
        let bo = room.member("Bo").await;
        room.vote(&room.owner, FIVE).await;
        room.house.app.clock.set(crate::house::NOW + 1_000);
        let gia = room.guest("Gia").await;
        let view = room.view(&gia).await;
        assert_eq!(view["round"]["voted"], 1);
        assert_eq!(view["round"]["result"], Value::Null);
        assert_eq!(view["may"]["vote"], late);
        let body = json!({ "roundId": room.round().await, "card": THREE });
        let answer = room.say(&gia, "/vote", body).await;
        let expected = if late {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status(), expected);
        room.vote(&bo, THREE).await;
        let told = room.reveal().await;
        assert_eq!(told["round"]["result"]["sizes"], 2 + usize::from(late));
    }
}

#[tokio::test]
async fn r17_voting_again_makes_another_round_and_a_click_that_is_stale_is_refused() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let stories = room.stories(&["Tariffs"]).await;
    let first = room.round().await;
    room.done(
        &room.owner,
        "/story",
        json!({ "roundId": first, "storyId": stories[0] }),
    )
    .await;
    room.vote(&bo, THREE).await;
    room.reveal().await;
    let round = room.round().await;
    room.done(&room.owner, "/rounds", json!({ "roundId": round }))
        .await;
    for (what, body) in [
        ("/rounds", json!({ "roundId": round })),
        ("/reveal", json!({ "roundId": round })),
        ("/vote", json!({ "roundId": round, "card": ONE })),
        ("/next", json!({ "roundId": round })),
        ("/skip", json!({ "roundId": round })),
        ("/timer", json!({ "roundId": round, "seconds": 60 })),
        ("/story", json!({ "roundId": round, "storyId": stories[0] })),
        (
            "/accept",
            json!({ "roundId": round, "storyId": stories[0], "estimate": "3" }),
        ),
    ] {
        let (status, text) = room.refused(&room.owner, what, body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{what}: {text}");
        let problem: Value = serde_json::from_str(&text).unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("round") || detail.contains("table"), "{detail}");
    }
    room.vote(&bo, EIGHT).await;
    room.reveal().await;
    let rounds = bo.json(&room.at(&format!("/rounds?story={}", stories[0]))).await;
    let told: Vec<(i64, &str)> = rounds["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|round| {
            (
                round["number"].as_i64().unwrap(),
                round["result"]["median"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [(2, "8"), (1, "3")], "nothing was overwritten");
}

#[tokio::test]
async fn a_story_is_agreed_by_a_card_or_a_number_after_the_reveal_and_the_room_goes_on() {
    let room = Room::open().await;
    let stories = room.stories(&["Tariffs", "Exports", "Alarms"]).await;
    let begun = room.round().await;
    let view = room.done(&room.owner, "/next", json!({ "roundId": begun })).await;
    assert_eq!(view["round"]["story"], stories[0]);
    room.vote(&room.owner, FIVE).await;
    let accept = |round: i64, estimate: &str| json!({ "roundId": round, "storyId": stories[0], "estimate": estimate, "note": "With the new meter." });
    let round = room.round().await;
    let (status, text) = room.refused(&room.owner, "/accept", accept(round, "5")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("Reveal them first"), "{text}");
    assert_eq!(room.view(&room.owner).await["round"]["revealed"], false, "R4");
    room.reveal().await;
    for refused in ["?", "☕", "", "XL", "-3", "99999999"] {
        let (status, _) = room.refused(&room.owner, "/accept", accept(round, refused)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    }
    let view = room.done(&room.owner, "/accept", accept(round, "6,5")).await;
    assert_eq!(view["stories"][0]["estimate"], "6.5");
    assert_eq!(view["stories"][0]["points"], 650);
    assert_eq!(view["stories"][0]["agreedBy"], "Olu");
    let view = room.done(&room.owner, "/next", json!({ "roundId": round })).await;
    assert_eq!(view["round"]["story"], stories[1]);
    let round = room.round().await;
    let view = room.done(&room.owner, "/skip", json!({ "roundId": round })).await;
    assert_eq!(view["stories"][1]["skipped"], true);
    assert_eq!(view["round"]["story"], stories[2]);
    let round = room.round().await;
    let view = room.done(&room.owner, "/next", json!({ "roundId": round })).await;
    assert_eq!(view["round"], Value::Null, "every story is done or passed over");
    let view = room
        .done(&room.owner, "/reopen", json!({ "storyId": stories[0] }))
        .await;
    assert_eq!(view["stories"][0]["estimate"], Value::Null);
}

#[tokio::test]
async fn second_thoughts_are_kept_apart_from_votes_where_the_room_takes_them() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    room.vote(&bo, THREE).await;
    room.reveal().await;
    let round = room.round().await;
    let body = json!({ "roundId": round, "card": THIRTEEN });
    let (status, _) = room.refused(&bo, "/second", body.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    room.done(&room.owner, "/settings", json!({ "openDiscussion": true }))
        .await;
    assert_eq!(room.view(&bo).await["may"]["reconsider"], true);
    let view = room.done(&bo, "/second", body).await;
    assert_eq!(view["round"]["own"], THREE);
    assert_eq!(view["round"]["ownSecond"], THIRTEEN);
    assert_eq!(view["round"]["result"]["median"], "3");
    assert_eq!(view["round"]["secondThoughts"]["median"], "13");
}

/// Everything that is written in a room, each as it would be done if the room were still played in. What is left out is done
/// about its stories afterwards: they are planned, forecast and finished.
async fn writes(room: &Room, (other, story, round): (&Guest, i64, i64)) -> Vec<(String, Value)> {
    let who = room.own(other).await;
    let about = json!({ "roundId": round, "storyId": story });
    let all = [
        ("/vote", json!({ "roundId": round, "card": ONE })),
        ("/second", json!({ "roundId": round, "card": ONE })),
        ("/reveal", about.clone()),
        ("/rounds", about.clone()),
        ("/story", about.clone()),
        ("/next", about.clone()),
        ("/skip", about.clone()),
        (
            "/accept",
            json!({ "roundId": round, "storyId": story, "estimate": "3" }),
        ),
        ("/reopen", about.clone()),
        ("/timer", json!({ "roundId": round, "seconds": 60 })),
        ("/asynchronous", json!({ "hours": 2 })),
        ("/discuss", json!({ "stories": story.to_string() })),
        ("/role", json!({ "role": "spectator" })),
        ("/name", json!({ "name": "Someone" })),
        (&format!("/people/{who}/out"), json!({})),
        (&format!("/people/{who}/back"), json!({})),
        (&format!("/people/{who}/facilitator"), json!({ "on": true })),
        ("/settings", json!({ "name": "Other" })),
        ("/passcode", json!({ "passcode": "opensesame" })),
        ("/end", json!({})),
        ("/stories", json!({ "name": "Late" })),
        ("/stories/import", json!({ "text": "Late" })),
        (&format!("/stories/{story}"), json!({ "name": "Other" })),
        (&format!("/stories/{story}/move"), json!({ "to": "down" })),
        (&format!("/stories/{story}/skip"), json!({})),
        (&format!("/stories/{story}/remove"), json!({})),
    ];
    let all = all.into_iter();
    all.map(|(what, body)| (what.to_owned(), body)).collect()
}

#[tokio::test]
async fn r18_a_room_that_was_ended_is_read_and_nothing_in_it_changes() {
    let room = Room::open().await;
    let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
    let runs = format!("/people/{}/facilitator", room.own(&cleo).await);
    room.done(&room.owner, &runs, json!({ "on": true })).await;
    let story = room.stories(&["Tariffs"]).await[0];
    let round = room.round().await;
    let body = json!({ "roundId": round, "storyId": story });
    room.done(&room.owner, "/story", body).await;
    room.vote(&bo, THREE).await;
    let told = room.reveal().await;
    let round = told["round"]["roundId"].as_i64().unwrap();
    let (status, _) = room.refused(&bo, "/end", json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let view = room.done(&room.owner, "/end", json!({})).await;
    assert_eq!(view["ended"], true);
    assert_eq!(view["may"]["facilitate"], false);
    let before = room.view(&room.owner).await;
    // Two who run it take turns, since nobody may say so much at once.
    let running = [&room.owner, &cleo].into_iter().cycle();
    for ((what, body), who) in writes(&room, (&bo, story, round)).await.into_iter().zip(running) {
        let (status, text) = room.refused(who, &what, body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{what}: {text}");
        assert!(text.contains("This room was ended"), "{what}: {text}");
    }
    for (what, body) in [
        ("/stories", json!({ "name": "Late" })),
        ("/stories/import", json!({ "text": "Late" })),
    ] {
        let path = format!("/api/v1{}", room.at(what));
        let answer = room.owner.post(&path, &body).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT, "{path}");
    }
    // Nobody takes over what is not played in any more.
    let (status, _) = room.refused(&room.owner, "/claim", json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(room.view(&room.owner).await, before, "nothing was changed");
    // It stays findable, and whoever has an account may come and read it.
    let rooms = room.owner.json("/api/v1/poker").await;
    assert!(rooms["items"][0]["endedAt"].is_i64());
    let late = room.member("Dana").await;
    let rounds = late.json(&room.at("/rounds")).await;
    assert_eq!(rounds["items"][0]["result"]["median"], "3");
    let stranger = room.house.stranger();
    let door = stranger.form(&room.at("/join"), &[("name", "Gia")]).await;
    assert_eq!(door.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn r20_a_message_is_short_and_nobody_says_too_many() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let long = json!({ "roundId": 1, "card": "x".repeat(9_000) });
    let (status, text) = room.refused(&gia, "/vote", long).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.contains("8 KiB"), "{text}");
    let (status, _) = room
        .refused(&room.owner, "/settings", json!({ "name": "x".repeat(9_000) }))
        .await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    for what in ["/discuss", "/finished", "/unfinished", "/forecast"] {
        let long = json!({ "stories": "1".repeat(9_000) });
        let (status, _) = room.refused(&room.owner, what, long).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{what}");
    }
    let manager = room.house.manager().await;
    let (status, _) = room
        .refused(&manager, "/plan", json!({ "stories": "1".repeat(9_000) }))
        .await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let round = room.round().await;
    let mut refused = 0;
    let all = (0..200).map(|_| room.say(&gia, "/vote", json!({ "roundId": round, "card": ONE })));
    for answer in futures_util::future::join_all(all).await {
        refused += usize::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 50, "{refused} of 200 at once");
    // What only an account says to a room is counted by the account.
    let bo = room.member("Bo").await;
    let body = json!({ "stories": "1" });
    let all = (0..100).map(|_| room.say(&bo, "/discuss", body.clone()));
    let all = futures_util::future::join_all(all).await;
    let refused = all
        .iter()
        .filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.count() > 30);
    // Another guest from the same address goes on.
    let hal = room.guest("Hal").await;
    room.vote(&hal, ONE).await;
}

#[tokio::test]
async fn r25_the_server_keeps_the_time_of_a_round_and_says_what_time_it_is() {
    let room = Room::with(json!({ "timer": 60, "autoReveal": false })).await;
    let bo = room.member("Bo").await;
    room.vote(&bo, FIVE).await;
    let view = room.view(&bo).await;
    let now = crate::house::NOW;
    assert_eq!(view["now"], now);
    assert_eq!(view["round"]["deadline"], now + 60_000);
    let round = room.round().await;
    let (status, _) = room
        .refused(&bo, "/timer", json!({ "roundId": round, "seconds": 5 }))
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    room.done(&room.owner, "/timer", json!({ "roundId": round, "seconds": 90 }))
        .await;
    room.later(60_000).await;
    assert_eq!(room.view(&bo).await["round"]["revealed"], false);
    room.later(90_000).await;
    let view = room.view(&bo).await;
    assert_eq!(view["round"]["revealed"], true);
    assert_eq!(view["now"], now + 90_000);
}

#[tokio::test]
async fn a_room_plays_with_cards_of_its_own() {
    let room = Room::with(json!({ "deck": "custom", "cards": "tiny=1\nhuge=8\n?" })).await;
    let view = room.view(&room.owner).await;
    let labels: Vec<&str> = view["round"]["cards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["tiny", "huge", "?"]);
    let (status, text) = room
        .refused(
            &room.owner,
            "/settings",
            json!({ "deck": "custom", "cards": "one=1" }),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("needs two cards"), "{text}");
    // A round that nobody has voted in is begun anew with the new cards; one with votes keeps its own.
    let view = room
        .done(&room.owner, "/settings", json!({ "deck": "sizes" }))
        .await;
    assert_eq!(view["round"]["cards"][0]["label"], "XS");
    room.vote(&room.owner, 2).await;
    let view = room
        .done(&room.owner, "/settings", json!({ "deck": "trust" }))
        .await;
    assert_eq!(view["round"]["cards"][0]["label"], "XS");
    assert_eq!(view["deck"]["kind"], "trust");
}

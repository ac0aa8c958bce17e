//! What is kept from whom before the reveal, at every exit.

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::exits::without_chance;
use super::table::{EIGHT, FIVE, ONE, Room, THIRTEEN, THREE, UNSURE};

#[tokio::test]
async fn r1_before_the_reveal_others_learn_that_somebody_voted_and_one_learns_ones_own_card() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    room.vote(&bo, THIRTEEN).await;
    let own = room.view(&bo).await;
    assert_eq!(own["round"]["own"], THIRTEEN);
    let other = room.view(&room.owner).await;
    assert_eq!(other["round"]["own"], Value::Null);
    assert_eq!(other["round"]["result"], Value::Null);
    let hands = other["round"]["hands"].as_array().unwrap();
    let bos = hands.iter().find(|hand| hand["name"] == "Bo").unwrap();
    assert_eq!(bos["voted"], true);
    assert_eq!(bos["card"], Value::Null);
    assert_eq!(bos["outlier"], false);
}

#[tokio::test]
async fn r3_what_is_sent_has_the_same_length_for_each_card_packed_too() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let gia = room.guest("Gia").await;
    let mut seen: Vec<(usize, usize)> = Vec::new();
    for card in [ONE, THIRTEEN, UNSURE] {
        let round = room.round().await;
        room.done(&bo, "/vote", json!({ "roundId": round, "card": card }))
            .await;
        let plain = without_chance(&gia.text(&room.at("/view")).await);
        let packed = gia
            .request(Method::GET, &room.at("/rounds"))
            .header("Accept-Encoding", "gzip");
        let packed = packed.send().await.unwrap().bytes().await.unwrap();
        seen.push((plain.len(), packed.len()));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
}

#[tokio::test]
async fn r2_what_is_put_away_without_a_reveal_stays_hidden_for_ever() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let stories = room.stories(&["Tariffs", "Exports"]).await;
    let round = room.round().await;
    room.done(
        &room.owner,
        "/story",
        json!({ "roundId": round, "storyId": stories[0] }),
    )
    .await;
    room.vote(&bo, EIGHT).await;
    // R4: another story, passing over, and the end of the room lay nothing open.
    let round = room.round().await;
    room.done(&room.owner, "/skip", json!({ "roundId": round })).await;
    room.vote(&bo, EIGHT).await;
    room.done(&room.owner, "/end", json!({})).await;
    for exit in ["/rounds", "/view"] {
        let told = room.owner.json(&room.at(exit)).await.to_string();
        assert!(!told.contains("\"card\":\"8\""), "{exit}: {told}");
        assert!(!told.contains("\"revealed\":true"), "{exit}: {told}");
    }
    let rounds = room.owner.json(&room.at("/rounds")).await;
    let voted: Vec<&Value> = rounds["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|round| &round["voted"])
        .collect();
    assert_eq!(voted, [1, 1, 0], "the votes are kept, and told of as votes");
}

#[tokio::test]
async fn r2_the_history_of_the_plan_and_the_log_tell_of_no_vote() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let before = room.house.app.book().revision;
    room.vote(&bo, THIRTEEN).await;
    assert_eq!(
        room.house.app.book().revision,
        before,
        "a vote is no recorded change"
    );
    let admin = room.house.guest(Access::Admin).await;
    for page in ["/accounts/audit", "/schedule"] {
        assert!(!admin.text(page).await.contains("vote"), "{page}");
    }
}

#[tokio::test]
async fn r4_the_reveal_happens_once() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    room.vote(&bo, FIVE).await;
    let round = room.round().await;
    let body = json!({ "roundId": round });
    let (one, two) = tokio::join!(
        room.say(&room.owner, "/reveal", body.clone()),
        room.say(&room.owner, "/reveal", body.clone())
    );
    let mut seen = [one.status(), two.status()];
    seen.sort();
    assert_eq!(seen, [StatusCode::OK, StatusCode::CONFLICT]);
    let (status, text) = room
        .refused(&bo, "/vote", json!({ "roundId": round, "card": ONE }))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text.contains("The cards lie open already"), "{text}");
    let view = room.view(&bo).await;
    assert_eq!(view["round"]["result"]["median"], "5");
}

#[tokio::test]
async fn r4_a_vote_that_meets_the_reveal_counts_or_is_refused_and_never_comes_after_it() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    // As many as one person may say in a burst.
    for turn in 0..10 {
        room.vote(&room.owner, ONE).await;
        room.vote(&bo, THREE).await;
        let round = room.round().await;
        let reveal = async || {
            room.say(&room.owner, "/reveal", json!({ "roundId": round }))
                .await
        };
        let vote = async || {
            room.say(&bo, "/vote", json!({ "roundId": round, "card": THIRTEEN }))
                .await
        };
        let (revealed, voted) = if turn % 2 == 0 {
            tokio::join!(reveal(), vote())
        } else {
            let (voted, revealed) = tokio::join!(vote(), reveal());
            (revealed, voted)
        };
        assert_eq!(revealed.status(), StatusCode::OK);
        let told: Value = revealed.json().await.unwrap();
        let is_counted = voted.status() == StatusCode::OK;
        assert!(is_counted || voted.status() == StatusCode::CONFLICT);
        // What the first look at the open cards says is what they say from then on.
        let (card, median) = if is_counted { (THIRTEEN, "7") } else { (THREE, "2") };
        assert_eq!(told["round"]["result"]["median"], median);
        let view = room.view(&bo).await;
        assert_eq!(view["round"]["own"], card);
        assert_eq!(view["round"]["result"], told["round"]["result"]);
        room.done(&room.owner, "/rounds", json!({ "roundId": round }))
            .await;
    }
}

#[tokio::test]
async fn r16_an_anonymous_round_tells_no_names_and_of_too_few_votes_nothing() {
    let room = Room::with(json!({ "anonymous": true })).await;
    let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
    room.vote(&bo, THREE).await;
    room.vote(&cleo, EIGHT).await;
    let few = room.reveal().await;
    assert_eq!(few["round"]["revealed"], true);
    assert_eq!(few["round"]["tooFew"], true);
    assert_eq!(few["round"]["result"], Value::Null);
    let round = room.round().await;
    // It is fixed for the round: what is switched now holds for the next one.
    room.done(&room.owner, "/rounds", json!({ "roundId": round }))
        .await;
    for (who, card) in [(&room.owner, ONE), (&bo, THREE), (&cleo, EIGHT)] {
        room.vote(who, card).await;
    }
    room.done(&room.owner, "/settings", json!({ "anonymous": false }))
        .await;
    let told = room.reveal().await;
    assert_eq!(told["options"]["anonymous"], false);
    assert_eq!(told["round"]["anonymous"], true);
    let bars = told["round"]["result"]["bars"].as_array().unwrap();
    assert_eq!(bars.len(), 3);
    for hand in told["round"]["hands"].as_array().unwrap() {
        assert_eq!(hand["card"], Value::Null);
        assert_eq!(hand["outlier"], false);
    }
    let rounds = bo.json(&room.at("/rounds")).await;
    assert!(!rounds.to_string().contains("\"outlier\":true"));
}

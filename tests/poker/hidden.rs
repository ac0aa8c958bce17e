//! What is kept from whom before the reveal, at every exit.

use ballast::accounts::Access;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::house::Guest;
use super::table::{EIGHT, FIVE, Line, ONE, Room, THIRTEEN, THREE, UNSURE};

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

/// Every address that somebody may read who is in the room, and that tells anything of it. Those that take an account are refused
/// to a guest, and the refusal is compared as well.
const EXITS: [&str; 17] = [
    "/poker/{link}",
    "/poker/{link}/view",
    "/poker/{link}/rounds",
    "/poker/{link}/people",
    "/poker/{link}/invite",
    "/poker/{link}/settings",
    "/poker/{link}/stories/{story}",
    "/poker/{link}/export",
    "/poker/{link}/export/stories.csv",
    "/poker/{link}/export/stories.json",
    "/poker/{link}/export/stories.md",
    "/poker",
    "/search?q=Tariffs",
    "/api/v1/poker",
    "/api/v1/poker/{link}",
    "/api/v1/poker/{link}/rounds",
    "/api/v1/poker/{link}/stories",
];

/// What of a body differs with each answer and has nothing to do with votes.
fn without_chance(text: &str) -> String {
    let mut text = text.to_owned();
    for (before, after) in [
        ("\"seq\":", ","),
        ("\"requestId\":\"", "\""),
        ("data-seq=\"", "\""),
        ("faint\">Request ", "<"),
    ] {
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some((head, tail)) = rest.split_once(before) {
            kept.push_str(head);
            kept.push_str(before);
            rest = tail.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            assert!(rest.starts_with(after), "{before}");
        }
        kept.push_str(rest);
        text = kept;
    }
    text
}

/// Everything that `who` may read, and what they are told when they try what they may not.
async fn heard(room: &Room, who: &Guest, story: i64) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for exit in EXITS {
        let path = exit
            .replace("{link}", &room.link)
            .replace("{story}", &story.to_string());
        let answer = who.get(&path).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        all.push((path, format!("{status} {}", without_chance(&text))));
    }
    let round = room.round().await;
    for (what, body) in [
        ("/vote", json!({ "roundId": 987_654, "card": 1 })),
        ("/vote", json!({ "roundId": round, "card": 99 })),
        ("/second", json!({ "roundId": round, "card": 1 })),
        ("/reveal", json!({ "roundId": round - 1 })),
        (
            "/accept",
            json!({ "roundId": round, "storyId": story, "estimate": "5" }),
        ),
        ("/whatever", json!({})),
    ] {
        let (status, text) = room.refused(who, what, body).await;
        all.push((what.to_owned(), format!("{status} {}", without_chance(&text))));
    }
    all
}

#[tokio::test]
async fn r2_and_r3_no_exit_tells_a_vote_before_the_reveal_by_a_word_or_by_its_length() {
    let room = Room::with(json!({ "name": "Harbour" })).await;
    let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
    let gia = room.guest("Gia").await;
    let story = room.stories(&["Tariffs"]).await[0];
    let round = room.round().await;
    room.done(
        &room.owner,
        "/story",
        json!({ "roundId": round, "storyId": story }),
    )
    .await;
    let mut line = Line::open(&room, &cleo).await;
    // A first vote, so that each of those that follow takes the place of one.
    room.vote(&bo, ONE).await;
    line.next().await.unwrap();
    let mut all: Vec<Vec<(String, String)>> = Vec::new();
    // The longest label and the shortest, a size and a card that is none.
    for card in [THREE, THIRTEEN, UNSURE] {
        room.vote(&bo, card).await;
        let (_, event) = line.next().await.unwrap();
        let event = event
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == '}')
            .to_owned();
        let event = event
            .trim_start_matches(|c: char| c.is_ascii_digit() || "id: ".contains(c))
            .to_owned();
        let mut told = vec![("event".to_owned(), event)];
        told.extend(heard(&room, &cleo, story).await);
        told.extend(heard(&room, &gia, story).await);
        all.push(told);
    }
    let (first, others) = all.split_first().unwrap();
    let (mut read, mut refused) = (0, 0);
    for other in others {
        assert_eq!(first.len(), other.len());
        for ((path, one), (_, other)) in first.iter().zip(other) {
            assert_eq!(one, other, "{path}");
            read += usize::from(one.starts_with("200"));
            refused += usize::from(one.starts_with('4'));
        }
    }
    assert!(
        read >= 2 * 25 && refused >= 2 * 12,
        "{read} read, {refused} refused: something was not there"
    );
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

//! What is no move of the game: refused with its reason, counted, and relayed to nobody.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::table::{FIVE, Line, ONE, Room};

const OFF_THE_DECK: &str = "must be a card of this round's deck";
const NO_ROUND: &str = "must be a round of this room";
const NOT_OPEN: &str = "lies open already, or is off the table";
const NO_STORY: &str = "must be a story of this room";
const NO_LINK: &str = "must be an address that begins with https:// or http://";

/// A room beside the first one: its round and its story.
async fn elsewhere(room: &Room) -> (i64, i64) {
    let made: Value = room
        .owner
        .post("/api/v1/poker", &json!({}))
        .await
        .json()
        .await
        .unwrap();
    let link = format!("/poker/{}", made["link"].as_str().unwrap());
    room.owner
        .form(&format!("{link}/stories"), &[("name", "Not of this room")])
        .await;
    let view = room.owner.json(&format!("{link}/view")).await;
    let number = |value: &Value| value.as_i64().unwrap();
    (
        number(&view["round"]["roundId"]),
        number(&view["stories"][0]["id"]),
    )
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one case after the other")]
async fn what_is_no_move_is_refused_with_its_reason_counted_and_relayed_to_nobody() {
    let room = Room::open().await;
    let (bo, gia) = (room.member("Bo").await, room.guest("Gia").await);
    let (other_round, other_story) = elsewhere(&room).await;
    room.done(&gia, "/role", json!({ "role": "spectator" })).await;
    room.vote(&bo, FIVE).await;
    let round = room.round().await;
    let seen = |view: &Value| (view["seq"].clone(), view["round"]["voted"].clone());
    let before = seen(&room.view(&room.owner).await);
    let mut line = Line::open(&room, &room.owner).await;
    let vote = |round: Value, card: Value| json!({ "roundId": round, "card": card });
    let script = json!({ "name": "x", "link": "javascript:alert(1)" });
    let story = json!({ "roundId": round, "storyId": other_story });
    let cases = [
        (&bo, "/vote", vote(json!(round), json!(12)), 422, OFF_THE_DECK),
        (
            &bo,
            "/vote",
            vote(json!(round), json!("5; drop")),
            422,
            OFF_THE_DECK,
        ),
        (&bo, "/vote", vote(json!(other_round), json!(ONE)), 422, NO_ROUND),
        (&bo, "/vote", vote(json!(987_654), json!(ONE)), 422, NO_ROUND),
        (&bo, "/vote", vote(json!("x"), json!(ONE)), 422, NO_ROUND),
        (&bo, "/vote", json!({ "card": ONE }), 422, NO_ROUND),
        (
            &gia,
            "/vote",
            vote(json!(round), json!(ONE)),
            403,
            "You only watch",
        ),
        (
            &gia,
            "/reveal",
            json!({ "roundId": round }),
            403,
            "Only a facilitator does that",
        ),
        (
            &room.owner,
            "/reveal",
            json!({ "roundId": other_round }),
            409,
            NOT_OPEN,
        ),
        (&room.owner, "/story", story, 422, NO_STORY),
        (
            &room.owner,
            "/people/987654/out",
            json!({}),
            404,
            "There is nothing at this address",
        ),
        (&room.owner, "/stories", script, 422, NO_LINK),
        (
            &bo,
            "/plan_finalized",
            json!({ "value": 1 }),
            400,
            "does not know this message",
        ),
    ];
    for (who, what, body, status, reason) in cases {
        let counted = room.house.app.poker.refused();
        let (told, text) = room.refused(who, what, body.clone()).await;
        assert_eq!(told.as_u16(), status, "{what} {body}: {text}");
        assert!(text.contains(reason), "{what} {body}: {text}");
        assert_eq!(room.house.app.poker.refused(), counted + 1, "{what} {body}");
    }
    assert_eq!(seen(&room.view(&room.owner).await), before, "nothing has changed");
    room.reveal().await;
    let (name, _) = line.next().await.unwrap();
    assert_eq!(name, "changed", "the next word is that of the reveal");
    let (told, text) = room.refused(&bo, "/vote", vote(json!(round), json!(ONE))).await;
    assert_eq!(told, StatusCode::CONFLICT);
    assert!(text.contains("The cards lie open already"), "{text}");
    let view = room.view(&bo).await;
    assert_eq!(view["round"]["own"], FIVE, "no vote was lost");
}

#[tokio::test]
async fn a_wrong_passcode_is_looked_at_five_times_a_minute_and_the_sixth_is_told_to_wait() {
    let room = Room::open().await;
    room.done(&room.owner, "/passcode", json!({ "passcode": "opensesame" }))
        .await;
    let hal = room.house.stranger();
    let mut told = Vec::new();
    for attempt in 1..=6 {
        let counted = room.house.app.poker.refused();
        let guess = format!("wrong-{attempt}");
        let answer = hal
            .form(&room.at("/join"), &[("name", "Hal"), ("passcode", &guess)])
            .await;
        let wait = answer.headers().contains_key("retry-after");
        told.push((answer.status().as_u16(), wait));
        let page = answer.text().await.unwrap();
        let reason = if attempt < 6 {
            "is not the passcode of this room"
        } else {
            "Too many requests"
        };
        assert!(
            page.contains(reason) && !page.contains(&guess),
            "{attempt}: {page}"
        );
        assert_eq!(room.house.app.poker.refused(), counted + 1, "{attempt}");
    }
    let mut expected = vec![(422, false); 5];
    expected.push((429, true));
    assert_eq!(told, expected);
    assert_eq!(
        room.view(&room.owner).await["people"].as_array().unwrap().len(),
        1
    );
}

/// The squares of the picture on a page: whether the one at a place is dark.
fn squares(page: &str) -> (usize, Vec<(usize, usize)>) {
    let side = crate::house::between(page, "class=\"qr\" viewBox=\"0 0 ", " ").unwrap();
    let path = page.split("class=\"qr-ink\" d=\"").nth(1).unwrap();
    let path = path.split('"').next().unwrap();
    let squares = path.split('M').skip(1).map(|square| {
        let (x, rest) = square.split_once(' ').unwrap();
        let (y, shape) = rest.split_once('h').unwrap();
        assert_eq!(shape, "1v1h-1z");
        (x.parse().unwrap(), y.parse().unwrap())
    });
    (side.parse().unwrap(), squares.collect())
}

#[tokio::test]
async fn the_picture_of_an_invitation_is_read_as_the_address_of_the_room() {
    const QUIET: usize = 4;
    let room = Room::open().await;
    let page = room.owner.text(&room.at("/invite")).await;
    let (side, dark) = squares(&page);
    assert!(
        dark.iter()
            .all(|(x, y)| (QUIET..side - QUIET).contains(x) && (QUIET..side - QUIET).contains(y)),
        "a reader needs an empty border"
    );
    let grid = rqrr::SimpleGrid::from_func(side - 2 * QUIET, |x, y| dark.contains(&(x + QUIET, y + QUIET)));
    let (_, read) = rqrr::Grid::new(grid).decode().unwrap();
    assert_eq!(
        read,
        format!("{}{}", room.house.app.config.public_url, room.at(""))
    );
    let shown = crate::house::between(&page, "id=\"f-link\" readonly value=\"", "\"");
    assert_eq!(shown.as_deref(), Some(read.as_str()), "and stands beside it");
}

#[tokio::test]
async fn a_long_list_of_rooms_is_told_a_page_at_a_time() {
    let room = Room::open().await;
    for number in 1..=4 {
        let name = format!("Quay {number}");
        room.owner.post("/api/v1/poker", &json!({ "name": name })).await;
    }
    let listed = |page: &str| {
        let names = page.split("<h3><a href=\"/poker/").skip(1);
        let name = |rest: &str| crate::house::between(rest, "\">", "<").unwrap();
        names.map(name).collect::<Vec<_>>()
    };
    let mut path = "/poker?q=quay&limit=3".to_owned();
    let first = room.owner.text(&path).await;
    assert_eq!(listed(&first), ["Quay 4", "Quay 3", "Quay 2"]);
    assert!(!first.contains("The newest rooms"));
    let more = crate::house::between(&first, "href=\"/poker?q=quay&amp;after=", "\"").unwrap();
    path = format!("/poker?q=quay&limit=3&after={more}");
    let second = room.owner.text(&path).await;
    assert_eq!(listed(&second), ["Quay 1"]);
    assert!(second.contains("The newest rooms") && !second.contains("More rooms</a>"));
    let page = room.owner.json("/api/v1/poker?limit=2").await;
    let next = page["next"].as_i64().unwrap();
    let page = room
        .owner
        .json(&format!("/api/v1/poker?limit=5&after={next}"))
        .await;
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    assert_eq!(page["next"], Value::Null);
}

//! Large rooms, and what keeps a room within bounds.

use ballast::accounts::Access;
use ballast::db::{Actor, DbError, Gesture};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::exits::without_chance;
use super::table::{FIVE, ONE, Room, THIRTEEN};
use crate::house::{Guest, NOW};

const VOTERS: usize = 24;

/// What a page asks for at a word of its line.
async fn inside(room: &Room, who: &Guest, packing: &str) -> String {
    let request = who.request(Method::GET, &room.at(""));
    let request = request
        .header("X-Fragment", "room")
        .header("Accept-Encoding", packing);
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn in_a_large_room_everybody_gets_the_same_seats_with_their_own_as_theirs() {
    let room = Room::open().await;
    let mut voters = Vec::new();
    for number in 0..VOTERS {
        let guest = room.guest(&format!("Voter {number}")).await;
        room.vote(&guest, if number % 2 == 0 { FIVE } else { THIRTEEN })
            .await;
        voters.push(guest);
    }
    let before = inside(&room, &voters[0], "identity").await;
    assert!(!before.contains("pc face"), "no card lies open");
    room.reveal().await;
    for number in [0, 7, VOTERS - 1] {
        let who = &voters[number];
        let page = inside(&room, who, "identity").await;
        assert_eq!(page.matches("role=\"listitem\"").count(), VOTERS);
        assert_eq!(page.matches("pc face").count(), VOTERS);
        assert!(!page.contains("<!--"), "what is put in afterwards is there");
        let own = format!("id=\"p{}\"", room.own(who).await);
        let seat = page
            .split("<div class=\"seat")
            .find(|seat| seat.contains(&own))
            .unwrap();
        assert!(seat.split('>').next().unwrap().contains("own"), "{seat}");
        assert_eq!(page.matches(" (you)").count(), 1);
        let packed = inside(&room, who, "gzip").await;
        assert_eq!(without_chance(&packed), without_chance(&page));
    }
}

#[tokio::test]
async fn who_was_put_out_for_good_stands_in_a_list_and_is_let_in_again() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let out = format!("/people/{}/out", room.own(&bo).await);
    let cleo = room.member("Cleo").await;
    room.done(&room.owner, &out, json!({ "ban": true })).await;
    assert_eq!(bo.get(&room.at("")).await.status(), StatusCode::FORBIDDEN);
    let list = room.owner.text(&room.at("/people")).await;
    assert!(
        list.contains("Put out for good") && list.contains("Let in again"),
        "{list}"
    );
    assert!(!cleo.text(&room.at("/people")).await.contains("Let in again"));
    let back = crate::house::between(&list, "id=\"banned\"", "</ul>").unwrap();
    let back = crate::house::between(&back, "action=\"", "\"").unwrap();
    let back = back.trim_start_matches(&room.at("")).to_owned();
    room.done(&room.owner, &back, json!({})).await;
    bo.form(&room.at("/join"), &[]).await;
    room.vote(&bo, ONE).await;
    assert!(
        !room
            .owner
            .text(&room.at("/people"))
            .await
            .contains("Let in again")
    );
}

#[tokio::test]
async fn a_room_keeps_so_many_rounds_and_says_so_when_it_is_full() {
    let room = Room::open().await;
    let gesture = Gesture {
        actor: Actor::program(),
        label: "filled a room for a test".to_owned(),
        at: NOW,
    };
    let filled = room.house.app.db.write(gesture, |tx| {
        tx.execute(
            "with recursive n (i) as (select 2 union all select i + 1 from n where i < 5000) \
             insert into poker_round (room_id, number, deck, anonymous, late_voters, asynchronous, opened_at, closed_at) \
             select r.id, n.i, '{}', 0, 1, 0, 1, 1 from n, poker_room r",
            &[],
        )?;
        Ok::<_, DbError>(())
    });
    filled.await.unwrap();
    let round = room.round().await;
    let (status, words) = room
        .refused(&room.owner, "/rounds", json!({ "roundId": round }))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(words.contains("5,000 rounds"), "{words}");
    // What lies on the table stays there.
    room.vote(&room.owner, FIVE).await;
}

#[tokio::test]
async fn what_leaves_a_room_as_a_file_is_written_down_without_what_opens_the_room() {
    let room = Room::open().await;
    room.stories(&["Tariffs"]).await;
    assert_eq!(
        room.owner.get(&room.at("/export/stories.csv")).await.status(),
        StatusCode::OK
    );
    let admin = room.house.guest(Access::Admin).await;
    let audit = admin.text("/accounts/audit").await;
    assert!(audit.contains("stories.csv of the poker room"), "{audit}");
    assert!(!audit.contains(&room.link));
}

#[tokio::test]
async fn one_story_after_the_other_is_added_in_the_same_dialog() {
    let room = Room::open().await;
    let request = room.owner.request(Method::POST, &room.at("/stories"));
    let request = request
        .header("X-Fragment", "dialog")
        .header("X-CSRF-Token", &room.owner.form_key);
    let added = request
        .form(&[("name", "Tariffs"), ("another", "yes")])
        .send()
        .await
        .unwrap();
    assert_eq!(added.status(), StatusCode::OK);
    let form = added.text().await.unwrap();
    assert!(
        form.contains("Add a story") && !form.contains("Tariffs"),
        "{form}"
    );
    let view = room.view(&room.owner).await;
    assert_eq!(view["stories"][0]["name"], "Tariffs");
    // A vote does not read the stories again, and does not lose what was said of them either.
    room.vote(&room.owner, FIVE).await;
    let at = format!("/stories/{}", view["stories"][0]["id"]);
    let changed = room
        .owner
        .form(&room.at(&at), &[("name", "Tariffs of next year")])
        .await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    let view = room.vote(&room.owner, ONE).await;
    assert_eq!(view["stories"][0]["name"], "Tariffs of next year");
}

#[tokio::test]
async fn the_mark_to_talk_about_a_story_again_goes_when_it_is_agreed_on() {
    let room = Room::open().await;
    let fields = [("name", "Tariffs"), ("tags", "money, discuss again, law")];
    room.owner.form(&room.at("/stories"), &fields).await;
    let story = room.view(&room.owner).await["stories"][0]["id"].clone();
    let round = room.round().await;
    room.done(
        &room.owner,
        "/story",
        json!({ "roundId": round, "storyId": story }),
    )
    .await;
    room.vote(&room.owner, FIVE).await;
    let view = room.reveal().await;
    assert_eq!(
        view["stories"][0]["tags"],
        json!(["money", "discuss again", "law"])
    );
    let round = room.round().await;
    let agreed = json!({ "roundId": round, "storyId": story, "estimate": "5" });
    let view = room.done(&room.owner, "/accept", agreed).await;
    assert_eq!(view["stories"][0]["tags"], json!(["money", "law"]));
}

//! Who is in a room: several tabs, who runs it, who is put out, who takes over.

use ballast::accounts::Access;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::table::{FIVE, Line, ONE, Room, THREE};

fn one<'a>(view: &'a Value, name: &str) -> &'a Value {
    let mut people = view["people"].as_array().unwrap().iter();
    people.find(|one| one["name"] == name).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn r11_whoever_comes_back_has_their_vote_and_their_role() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    room.vote(&gia, THREE).await;
    drop(Line::open(&room, &gia).await);
    let again = Line::open(&room, &gia).await;
    assert_eq!(room.view(&gia).await["round"]["own"], THREE);
    room.done(&gia, "/role", json!({ "role": "spectator" })).await;
    drop(again);
    let page = gia.text(&room.at("")).await;
    assert!(page.contains("Olu’s room"));
    assert_eq!(one(&room.view(&gia).await, "Gia")["spectator"], true);
    assert_eq!(
        room.view(&room.owner).await["people"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn r12_several_tabs_are_one_person_and_none_of_them_is_refused() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let (first, mut second) = (Line::open(&room, &bo).await, Line::open(&room, &bo).await);
    let view = room.view(&room.owner).await;
    assert_eq!(view["people"].as_array().unwrap().len(), 2);
    assert_eq!(one(&view, "Bo")["present"], true);
    drop(first);
    room.later(60_000).await;
    assert_eq!(one(&room.view(&room.owner).await, "Bo")["present"], true);
    room.vote(&bo, ONE).await;
    assert_eq!(second.next().await.unwrap().0, "changed");
}

#[tokio::test]
async fn two_tabs_that_open_a_room_at_once_are_one_person() {
    let room = Room::open().await;
    let bo = room.house.guest_called(Access::Member, "Bo").await;
    let at = room.at("");
    let (one, two, three) = tokio::join!(bo.get(&at), bo.get(&at), bo.get(&at));
    for answer in [one, two, three] {
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(
        room.view(&room.owner).await["people"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn r15_the_room_goes_on_without_its_facilitator_and_is_taken_over_by_who_is_there_longest() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
    let olus = Line::open(&room, &room.owner).await;
    let _gias = Line::open(&room, &gia).await;
    let _bos = Line::open(&room, &bo).await;
    room.house.app.clock.set(crate::house::NOW + 1_000);
    let _cleos = Line::open(&room, &cleo).await;
    let (status, _) = room.refused(&bo, "/claim", json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    drop(olus);
    let left = room.until_gone(&bo, "Olu").await;
    room.later(left + 59_999).await;
    assert_eq!(room.view(&bo).await["may"]["claim"], false);
    room.later(left + 60_000).await;
    assert_eq!(room.view(&bo).await["may"]["claim"], true);
    for other in [&cleo, &gia] {
        assert_eq!(room.view(other).await["may"]["claim"], false);
        let (status, _) = room.refused(other, "/claim", json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "longest of those with an account");
    }
    let view = room.done(&bo, "/claim", json!({})).await;
    assert_eq!(view["may"]["facilitate"], true);
    assert!(
        room.house
            .witness
            .text()
            .contains("a poker room without a facilitator was taken over"),
        "it stands in the log"
    );
    // Whose room it is runs it when they come back, and nobody takes that away.
    let view = room.view(&room.owner).await;
    assert_eq!(view["may"]["facilitate"], true);
    let who = room.own(&room.owner).await;
    for (what, body) in [
        ("facilitator", json!({ "on": false })),
        ("out", json!({ "ban": true })),
    ] {
        let (status, _) = room.refused(&bo, &format!("/people/{who}/{what}"), body).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    assert_eq!(room.view(&room.owner).await["may"]["facilitate"], true);
}

#[tokio::test]
async fn several_run_a_room_and_never_nobody() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let (status, text) = room
        .refused(&bo, "/next", json!({ "roundId": room.round().await }))
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(
        text.contains("Only a facilitator does that in this room."),
        "{text}"
    );
    let who = room.own(&bo).await;
    let at = format!("/people/{who}/facilitator");
    let (status, _) = room.refused(&bo, &at, json!({ "on": true })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    room.done(&room.owner, &at, json!({ "on": true })).await;
    room.done(&bo, "/next", json!({ "roundId": room.round().await }))
        .await;
    room.done(&bo, &at, json!({ "on": false })).await;
    let (status, _) = room.refused(&bo, "/end", json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    // Where everybody runs the room, a guest does too; the room itself is still the facilitators'.
    room.done(&room.owner, "/settings", json!({ "runs": "everybody" }))
        .await;
    let gia = room.guest("Gia").await;
    room.vote(&gia, FIVE).await;
    room.done(&gia, "/reveal", json!({ "roundId": room.round().await }))
        .await;
    let (status, _) = room.refused(&gia, "/settings", json!({ "name": "Mine" })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_was_put_out_may_come_back_and_who_was_banned_may_not() {
    let room = Room::open().await;
    let (bo, gia) = (room.member("Bo").await, room.guest("Gia").await);
    for (who, name) in [(&bo, "Bo"), (&gia, "Gia")] {
        room.vote(who, ONE).await;
        let id = room.own(who).await;
        let out = format!("/people/{id}/out");
        let line = Line::open(&room, who).await;
        room.done(&room.owner, &out, json!({})).await;
        let words = line.rest().await;
        assert_eq!(words.last().map(String::as_str), Some("bye"), "{name}: {words:?}");
        assert_eq!(who.get(&room.at("/view")).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(room.view(&room.owner).await["round"]["voted"], 0);
        let back = who.form(&room.at("/join"), &[("name", name)]).await;
        assert_eq!(back.status(), StatusCode::SEE_OTHER);
        assert_eq!(room.own(who).await, id, "they are who they were");
        room.done(&room.owner, &out, json!({ "ban": true })).await;
        for _ in 0..2 {
            let back = who.form(&room.at("/join"), &[("name", name)]).await;
            assert_eq!(back.status(), StatusCode::FORBIDDEN);
            assert!(
                back.text()
                    .await
                    .unwrap()
                    .contains("put out of this room for good")
            );
        }
        assert_eq!(who.get(&room.at("")).await.status(), StatusCode::FORBIDDEN);
        room.done(&room.owner, &format!("/people/{id}/back"), json!({}))
            .await;
        let back = who.form(&room.at("/join"), &[("name", name)]).await;
        assert_eq!(back.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn an_administrator_who_sees_through_somebodys_eyes_sees_no_vote_of_theirs_and_does_nothing_as_them() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    room.vote(&bo, THREE).await;
    let mut admin = room.house.admin().await;
    let accounts = admin.json("/api/v1/accounts").await;
    let bos = accounts["items"]
        .as_array()
        .unwrap_or_else(|| accounts.as_array().unwrap());
    let id = bos.iter().find(|one| one["name"] == "Bo").unwrap()["id"].clone();
    let begun = admin.form(&format!("/accounts/{id}/impersonate"), &[]).await;
    assert_eq!(begun.status(), StatusCode::SEE_OTHER);
    admin.keep_cookie(&begun);
    let view = room.view(&admin).await;
    assert_eq!(view["own"], Value::Null);
    assert_eq!(view["round"]["own"], Value::Null);
    assert_eq!(view["may"]["vote"], false);
    let round = view["round"]["roundId"].clone();
    for (what, body) in [
        ("/vote", json!({ "roundId": round, "card": ONE })),
        ("/role", json!({ "role": "spectator" })),
        ("/claim", json!({})),
    ] {
        let (status, text) = room.refused(&admin, what, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(text.contains("belongs to the person alone"), "{text}");
    }
    let _line = Line::open(&room, &admin).await;
    assert_eq!(one(&room.view(&room.owner).await, "Bo")["present"], false);
}

#[tokio::test]
async fn who_only_reads_the_plan_watches_until_they_say_otherwise() {
    let room = Room::open().await;
    let viewer = room.house.guest_called(Access::Viewer, "Vic").await;
    viewer.get(&room.at("")).await;
    let view = room.view(&viewer).await;
    assert_eq!(one(&view, "Vic")["spectator"], true);
    room.done(&viewer, "/role", json!({ "role": "voter" })).await;
    room.vote(&viewer, ONE).await;
    let view = room
        .done(&viewer, "/name", json!({ "name": "  Vic of sales " }))
        .await;
    assert_eq!(one(&view, "Vic of sales")["id"], view["own"]);
}

#[tokio::test]
async fn a_guest_who_runs_the_room_keeps_its_project_and_its_team() {
    let room = Room::open().await;
    let seed = room.house.seed().await;
    room.done(&room.owner, "/settings", json!({ "project": seed.project }))
        .await;
    let gia = room.guest("Gia").await;
    let gias = room.own(&gia).await;
    room.done(
        &room.owner,
        &format!("/people/{gias}/facilitator"),
        json!({ "on": true }),
    )
    .await;
    room.done(&gia, "/settings", json!({ "name": "Gia’s room", "project": 0 }))
        .await;
    let all = room.owner.json("/api/v1/poker").await;
    assert_eq!(all["items"][0]["name"], "Gia’s room");
    let link = &room.link;
    let view = room.owner.json(&format!("/api/v1/poker/{link}")).await;
    assert_eq!(view["project"], seed.project, "{view}");
}

#[tokio::test]
async fn a_guest_who_only_watches_runs_no_room_that_everybody_runs() {
    let room = Room::with(json!({ "runs": "everybody" })).await;
    let gia = room.guest("Gia").await;
    assert_eq!(room.view(&gia).await["may"]["run"], true);
    room.done(&gia, "/role", json!({ "role": "spectator" })).await;
    assert_eq!(room.view(&gia).await["may"]["run"], false);
    let round = room.round().await;
    let (status, _) = room.refused(&gia, "/reveal", json!({ "roundId": round })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

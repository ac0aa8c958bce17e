//! Doors: guests, passcodes, and who is not in a room.

use ballast::accounts::Access;
use ballast::db::{Actor, Gesture, Value as Cell};
use ballast::error::AppError;
use reqwest::StatusCode;
use serde_json::json;

use super::table::{Line, ONE, Room};
use crate::house::NOW;

#[tokio::test]
async fn who_is_not_in_a_room_learns_nothing_of_it() {
    let room = Room::open().await;
    let outside = room.house.guest_called(Access::Member, "Dana").await;
    let stranger = room.house.stranger();
    for who in [&outside, &stranger] {
        for rest in ["/view", "/events", "/rounds"] {
            assert_eq!(
                who.get(&room.at(rest)).await.status(),
                StatusCode::FORBIDDEN,
                "{rest}"
            );
        }
        let (status, text) = room
            .refused(who, "/vote", json!({ "roundId": 1, "card": 1 }))
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(text.contains("You are not in this room"), "{text}");
    }
    let nowhere = "/poker/AAAAAAAAAAAAAAAAAAAAAA";
    for who in [&outside, &stranger] {
        assert_eq!(who.get(nowhere).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_guests_cookie_is_good_for_its_room_alone_and_nobody_makes_one() {
    let room = Room::open().await;
    let mut gia = room.guest("Gia").await;
    let own = room.own(&gia).await;
    let made: serde_json::Value = room
        .owner
        .post("/api/v1/poker", &json!({}))
        .await
        .json()
        .await
        .unwrap();
    let other = format!("/poker/{}/view", made["link"].as_str().unwrap());
    assert_eq!(gia.get(&other).await.status(), StatusCode::FORBIDDEN);
    let cookie = gia.cookie.clone().unwrap();
    let tag = cookie.split_once('.').unwrap().1.to_owned();
    for forged in [
        format!("__Secure-ballast-seat={}.{tag}", own - 1),
        format!("__Secure-ballast-seat={own}."),
        format!("__Secure-ballast-seat={own}"),
        "__Secure-ballast-seat=".to_owned(),
        format!("{cookie}; {cookie}"),
    ] {
        gia.cookie = Some(forged.clone());
        assert_eq!(
            gia.get(&room.at("/view")).await.status(),
            StatusCode::FORBIDDEN,
            "{forged}"
        );
    }
    // It is sent along below the room only, and no script reads it.
    let joined = room
        .house
        .stranger()
        .form(&room.at("/join"), &[("name", "Hal")])
        .await;
    let set = joined.headers()["set-cookie"].to_str().unwrap();
    for part in [
        format!("Path={}", room.at("")).as_str(),
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
    ] {
        assert!(set.contains(part), "{set}");
    }
}

#[tokio::test]
async fn a_room_without_guests_lets_none_in_and_those_who_were_go() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let line = Line::open(&room, &gia).await;
    room.done(&room.owner, "/settings", json!({ "guests": false }))
        .await;
    assert_eq!(line.rest().await.last().map(String::as_str), Some("bye"));
    assert_eq!(gia.get(&room.at("/view")).await.status(), StatusCode::FORBIDDEN);
    let stranger = room.house.stranger();
    let refused = stranger.form(&room.at("/join"), &[("name", "Hal")]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(refused.text().await.unwrap().contains("takes no guests"));
}

#[tokio::test]
async fn r19_a_passcode_is_hashed_tried_five_times_a_minute_and_told_to_nobody() {
    let room = Room::open().await;
    let (bo, gia) = (room.member("Bo").await, room.guest("Gia").await);
    let gias = Line::open(&room, &gia).await;
    room.vote(&gia, ONE).await;
    let view = room
        .done(&room.owner, "/passcode", json!({ "passcode": "opensesame" }))
        .await;
    assert_eq!(view["options"]["passcode"], true);
    assert!(!view.to_string().contains("opensesame") && !view.to_string().contains("argon2"));
    assert_eq!(
        gias.rest().await.last().map(String::as_str),
        Some("bye"),
        "rotation drops guests"
    );
    for who in [&bo, &gia] {
        assert_eq!(who.get(&room.at("/view")).await.status(), StatusCode::FORBIDDEN);
        let door = who.text(&room.at("")).await;
        assert!(door.contains("passcode") && !door.contains("opensesame"));
    }
    assert_eq!(room.owner.get(&room.at("/view")).await.status(), StatusCode::OK);
    let kept: String = room
        .house
        .app
        .db
        .read(|tx| {
            tx.first("select passcode_hash from poker_room", &[], |row| {
                row.get::<String>(0)
            })
        })
        .await
        .unwrap()
        .unwrap();
    assert!(kept.starts_with("$argon2id$"), "{kept}");
    let right = gia
        .form(&room.at("/join"), &[("name", "Gia"), ("passcode", "opensesame")])
        .await;
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        room.view(&gia).await["round"]["own"],
        ONE,
        "R11: the vote was not lost"
    );
    let stranger = room.house.stranger();
    for guess in ["wrong1", "wrong2", "wrong3", "wrong4"] {
        let refused = stranger
            .form(&room.at("/join"), &[("name", "Hal"), ("passcode", guess)])
            .await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let door = refused.text().await.unwrap();
        assert!(
            door.contains("is not the passcode of this room") && !door.contains(guess),
            "{door}"
        );
        assert!(door.contains("value=\"Hal\""), "what was typed is kept");
    }
    // Five in a minute, right or wrong; then not even the right one is looked at.
    let late = bo.form(&room.at("/join"), &[("passcode", "opensesame")]).await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(room.house.app.poker.refused() >= 4);
}

#[tokio::test]
async fn r19_who_knows_an_earlier_passcode_is_asked_for_the_new_one() {
    let room = Room::open().await;
    room.done(&room.owner, "/passcode", json!({ "passcode": "the first" }))
        .await;
    let bo = room.house.guest_called(Access::Member, "Bo").await;
    let join = async |code: &str| bo.form(&room.at("/join"), &[("passcode", code)]).await.status();
    assert_eq!(join("the first").await, StatusCode::SEE_OTHER);
    assert_eq!(bo.get(&room.at("/view")).await.status(), StatusCode::OK);
    room.done(&room.owner, "/passcode", json!({ "passcode": "the second" }))
        .await;
    assert_eq!(bo.get(&room.at("/view")).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(join("the first").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(join("the second").await, StatusCode::SEE_OTHER);
    room.done(&room.owner, "/passcode", json!({ "passcode": "" }))
        .await;
    assert_eq!(bo.get(&room.at("/view")).await.status(), StatusCode::OK);
    for short in ["abc", &"x".repeat(65)] {
        let (status, _) = room
            .refused(&room.owner, "/passcode", json!({ "passcode": short }))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn r22_what_people_type_is_shown_as_text() {
    let room = Room::with(json!({ "name": "<script>alert(1)</script>" })).await;
    let gia = room.guest("<img src=x onerror=alert(2)>").await;
    for page in [gia.text(&room.at("")).await, room.owner.text("/poker").await] {
        assert!(
            !page.contains("<script>alert(1)") && !page.contains("<img src=x"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn r21_what_comes_with_a_cookie_and_not_from_our_pages_is_refused() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let round = room.round().await;
    for who in [&gia, &room.owner] {
        for said in [
            None,
            Some(("Origin", "https://evil.example")),
            Some(("Origin", "null")),
            Some(("Sec-Fetch-Site", "cross-site")),
        ] {
            let mut request = reqwest::Client::new()
                .post(format!("{}{}", room.house.address, room.at("/vote")))
                .header("Cookie", who.cookie.as_deref().unwrap())
                .json(&json!({ "roundId": round, "card": ONE }));
            if let Some((name, value)) = said {
                request = request.header(name, value);
            }
            assert_eq!(
                request.send().await.unwrap().status(),
                StatusCode::FORBIDDEN,
                "{said:?}"
            );
        }
        // Nor is a form taken without the key of its page.
        let mut keyless = vec![("roundId", round.to_string()), ("card", ONE.to_string())];
        keyless.push(("csrf", "somebody-elses".to_owned()));
        let answer = who
            .request(reqwest::Method::POST, &room.at("/vote"))
            .form(&keyless)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(room.view(&room.owner).await["round"]["voted"], 0);
}

/// Puts so many guests into a room, or where `put_out` says so lets them have been there.
async fn crowd(room: &Room, (from, to): (i64, i64), put_out: Option<&'static str>) {
    let gesture = Gesture {
        actor: Actor::program(),
        label: "filled a room for a test".to_owned(),
        at: NOW,
    };
    let put_out = put_out.map_or(Cell::Null, |how| how.to_owned().into());
    let done = room.house.app.db.write(gesture, move |tx| {
        for number in from..to {
            tx.execute(
                "insert into poker_participant (room_id, name, spectator, facilitator, put_out, passcode_number, joined_at) \
                 select id, ?1, 1, 0, ?2, passcode_number, ?3 from poker_room",
                &[format!("Guest {number}").into(), put_out.clone(), NOW.into()],
            )?;
        }
        Ok::<_, AppError>(())
    });
    done.await.unwrap();
}

#[tokio::test]
async fn r20_a_room_takes_six_hundred_of_whom_a_hundred_have_an_account() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    crowd(&room, (2, 501), None).await;
    let late = room.house.stranger();
    let refused = late.form(&room.at("/join"), &[("name", "Hal")]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let words = refused.text().await.unwrap();
    assert!(words.contains("This room takes no more guests."), "{words}");
    // Who is in it goes on, and colleagues come in all the same.
    room.vote(&gia, ONE).await;
    let bo = room.member("Bo").await;
    room.vote(&bo, ONE).await;
    crowd(&room, (501, 599), None).await;
    let dana = room.house.guest_called(Access::Member, "Dana").await;
    let refused = dana.get(&room.at("")).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(refused.text().await.unwrap().contains("This room is full."));
    // One who is put out makes room for somebody else, and comes back only where there is a place.
    let who = room.own(&bo).await;
    room.done(&room.owner, &format!("/people/{who}/out"), json!({}))
        .await;
    assert_eq!(dana.get(&room.at("")).await.status(), StatusCode::OK);
    let back = bo.form(&room.at("/join"), &[]).await;
    assert_eq!(back.status(), StatusCode::CONFLICT);
    room.done(
        &room.owner,
        &format!("/people/{}/out", room.own(&dana).await),
        json!({}),
    )
    .await;
    let back = bo.form(&room.at("/join"), &[]).await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn r20_guests_who_come_and_go_under_ever_new_names_end_somewhere_and_lock_out_no_account() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let out = format!("/people/{}/out", room.own(&gia).await);
    room.done(&room.owner, &out, json!({})).await;
    crowd(&room, (1, 2_400), Some("kicked")).await;
    let late = room.house.stranger();
    let refused = late.form(&room.at("/join"), &[("name", "Hal")]).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let back = gia.form(&room.at("/join"), &[("name", "Gia")]).await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER, "she is nobody new");
    let bo = room.member("Bo").await;
    room.vote(&bo, ONE).await;
}

#[tokio::test]
async fn r20_from_one_address_a_hundred_guests_come_into_a_room_within_an_hour() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let stranger = room.house.stranger();
    // Who did not say a name did not come in.
    let nameless = stranger.form(&room.at("/join"), &[("name", "")]).await;
    assert_eq!(nameless.status(), StatusCode::UNPROCESSABLE_ENTITY);
    for number in 2..=100 {
        let name = format!("Guest {number}");
        let joined = stranger.form(&room.at("/join"), &[("name", &name)]).await;
        assert_eq!(joined.status(), StatusCode::SEE_OTHER, "{name}");
    }
    let seq = room.view(&room.owner).await["seq"].clone();
    let late = stranger.form(&room.at("/join"), &[("name", "Hal")]).await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(room.view(&room.owner).await["seq"], seq, "nobody is woken by it");
    // Another address, another room, an account, and who was there before are not held up.
    let elsewhere = room.house.stranger_at([127, 0, 0, 2]);
    let joined = elsewhere.form(&room.at("/join"), &[("name", "Ida")]).await;
    assert_eq!(joined.status(), StatusCode::SEE_OTHER);
    let back = gia.form(&room.at("/join"), &[("name", "Gia")]).await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    room.member("Bo").await;
    let made = room.owner.post("/api/v1/poker", &json!({})).await;
    let made: serde_json::Value = made.json().await.unwrap();
    let other = format!("/poker/{}/join", made["link"].as_str().unwrap());
    let joined = stranger.form(&other, &[("name", "Hal")]).await;
    assert_eq!(joined.status(), StatusCode::SEE_OTHER);
    // Nor does who is there say again and again that they come.
    let at = room.at("/join");
    let again = (0..100).map(|_| gia.form(&at, &[("name", "Gia")]));
    let again = futures_util::future::join_all(again).await;
    let refused = again
        .iter()
        .filter(|one| one.status() == StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.count() > 30);
}

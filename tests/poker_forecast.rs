//! When stories are done, from all votes: made, kept, repeated, held against what happened.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod tests {
    use ballast::accounts::Access;
    use ballast::db::Value as Cell;
    use ballast::units::ids::AccountId;
    use reqwest::StatusCode;
    use serde_json::{Value, json};

    use crate::house::{Guest, House, NOW, Seed};
    use crate::poker_hours::world::{DAY, Room, number, opened, room, sql};

    /// A revealed round about a story, with these cards: places in the Fibonacci deck 0 1 2 3 5 8 13 21 34 ? ∞ ☕.
    async fn voted(house: &House, room: &Room, story: i64, cards: &[i64], anonymous: bool) {
        sql(
            house,
            "insert into poker_round (room_id, story_id, number, deck, anonymous, late_voters, asynchronous, opened_at, revealed_at, closed_at) \
             select ?1, ?2, 1 + (select count(*) from poker_round where story_id = ?2), deck, ?3, 1, 0, ?4, ?4, ?4 from poker_room where id = ?1",
            vec![room.id.into(), story.into(), anonymous.into(), (NOW - DAY).into()],
        )
        .await;
        let round = number(house, "select max(id) from poker_round").await;
        for (place, card) in (0_i64..).zip(cards) {
            let name = format!("Voter {place}");
            sql(
                house,
                "insert into poker_participant (room_id, name, spectator, facilitator, passcode_number, joined_at) \
                 select ?1, ?2, 0, 0, 0, ?3 where not exists (select 1 from poker_participant where room_id = ?1 and name = ?2)",
                vec![room.id.into(), Cell::from(&name), NOW.into()],
            )
            .await;
            sql(
                house,
                "insert into poker_vote (round_id, participant_id, card) \
                 select ?1, id, ?3 from poker_participant where room_id = ?4 and name = ?2",
                vec![round.into(), Cell::from(&name), (*card).into(), room.id.into()],
            )
            .await;
        }
    }

    /// A calibrated team with a story on which all agree, one that is split, and one without a vote.
    async fn voted_room(house: &House) -> (Seed, Guest, Room, [i64; 3]) {
        let (seed, manager, room) = opened(house).await;
        room.calibrate(house).await;
        let stories = [
            room.story(house, "All agree", Some(5)).await,
            room.story(house, "Minds apart", None).await,
            room.story(house, "Nobody voted", None).await,
        ];
        voted(house, &room, stories[0], &[4, 4, 4], false).await;
        // The earlier round was wider; the last one counts.
        voted(house, &room, stories[1], &[1, 8, 8], false).await;
        voted(house, &room, stories[1], &[3, 4, 7], true).await;
        (seed, manager, room, stories)
    }

    async fn made(guest: &Guest, room: &Room, body: &Value) -> Value {
        let answer = guest
            .post(&format!("/api/v1{}", room.at("/forecast")), body)
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.unwrap()
    }

    #[tokio::test]
    async fn a_forecast_is_kept_and_its_seed_repeats_it_bit_for_bit() {
        let house = House::open().await;
        let (_, manager, room, [agreed, split, _]) = voted_room(&house).await;
        let path = room.at("/forecast");
        let api = format!("/api/v1{path}");
        let before = manager.json(&api).await;
        assert_eq!(
            (&before["forecast"], &before["obstacle"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(
            before["apart"],
            json!([{ "name": "Nobody voted", "why": "noVote" }])
        );
        let first = made(&manager, &room, &json!({ "seed": 7 })).await;
        assert_eq!(
            (&first["runs"], &first["stories"], &first["measured"]),
            (&json!(10_000), &json!(2), &json!(8))
        );
        let again = made(&manager, &room, &json!({ "seed": 7 })).await;
        assert_eq!(first, again, "the same is kept once");
        let other = made(&manager, &room, &json!({ "seed": 8 })).await;
        assert_ne!(other["weeks"], first["weeks"]);
        let repeated = made(&manager, &room, &json!({ "seed": 7 })).await;
        for field in ["p50", "p85", "p50Hours", "p85Hours", "weeks", "causes", "beyond"] {
            assert_eq!(repeated[field], first[field], "{field}");
        }
        assert_ne!(repeated["id"], first["id"]);
        // 5 points on which all agree, and 3, 5 or 21, at 4 to 6 h a point.
        let hours = |field: &str| first[field].as_f64().unwrap();
        assert!(
            hours("p50Hours") >= 32.0 && hours("p85Hours") > hours("p50Hours"),
            "{first}"
        );
        assert!(hours("p85Hours") <= 156.0, "{first}");
        assert_eq!(first["causes"][0]["story"], split);
        assert_eq!(first["causes"][0]["split"], true);
        assert!(first["causes"][0]["percent"].as_i64().unwrap() > 80, "{first}");
        assert!(
            first["causes"]
                .as_array()
                .unwrap()
                .iter()
                .all(|one| one["story"] != agreed || one["split"] == false)
        );
        let page = manager.text(&format!("{path}?id={}", first["id"])).await;
        assert!(
            page.contains("<b>85 %: </b>done by") && page.contains("Minds apart"),
            "{page}"
        );
        assert!(
            page.contains("<svg class=\"runs-chart\"") && page.contains("Done by then"),
            "{page}"
        );
        assert!(
            page.contains("The plain sum") && page.contains("no vote yet"),
            "{page}"
        );
        assert!(!page.contains("have changed since"), "{page}");
        assert_eq!(
            manager.get(&format!("{path}?id=987654")).await.status(),
            StatusCode::NOT_FOUND
        );
        let sent = manager.form(&path, &[("seed", ""), ("share", "50")]).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let now = manager.json(&api).await;
        assert_eq!(
            (&now["forecast"]["share"], &now["changed"]),
            (&json!(50), &json!(false))
        );
        assert!(
            now["forecast"]["p85"].as_str() >= first["p85"].as_str(),
            "half the hours are no sooner"
        );
    }

    #[tokio::test]
    async fn hours_that_are_booked_for_the_stories_do_not_stand_in_their_way() {
        let house = House::open().await;
        let (seed, manager, room, [agreed, ..]) = voted_room(&house).await;
        let before = made(&manager, &room, &json!({ "seed": 7 })).await;
        let ask = format!(
            "?stories={agreed}&who=person-{}&from=2026-11-16&to=2026-11-30",
            seed.ada
        );
        let plan = format!("/api/v1{}", room.at("/plan"));
        let told = manager.json(&format!("{plan}{ask}")).await;
        let body = json!({
            "stories": [agreed], "who": format!("person-{}", seed.ada), "from": "2026-11-16", "to": "2026-11-30", "seen": told["seen"],
        });
        assert_eq!(manager.post(&plan, &body).await.status(), StatusCode::CREATED);
        let after = made(&manager, &room, &json!({ "seed": 7 })).await;
        assert_eq!(after["p85"], before["p85"]);
        // Other work does.
        let cells: Vec<Value> = ["2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"]
            .iter()
            .map(|week| json!({ "assignment": seed.adas, "week": week, "hours": 40 }))
            .collect();
        assert_eq!(
            manager
                .post("/api/v1/hours", &json!({ "cells": cells }))
                .await
                .status(),
            StatusCode::OK
        );
        let now = manager.json(&format!("/api/v1{}", room.at("/forecast"))).await;
        assert_eq!(now["changed"], true);
        let page = manager.text(&room.at("/forecast")).await;
        assert!(page.contains("have changed since"), "{page}");
        let later = made(&manager, &room, &json!({ "seed": 7 })).await;
        assert!(later["p85"].as_str() > before["p85"].as_str(), "{later}");
    }

    #[tokio::test]
    async fn dates_that_were_told_are_held_against_when_the_stories_were_done() {
        let house = House::open().await;
        let (_, manager, room, [agreed, split, _]) = voted_room(&house).await;
        let told = made(&manager, &room, &json!({ "seed": 7 })).await;
        let page = manager.text(&room.at("/forecast")).await;
        assert!(page.contains("None of this team’s forecasts"), "{page}");
        let accept = [("storyId", split.to_string()), ("estimate", "5".to_owned())];
        let accept: Vec<(&str, &str)> = accept
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let accepted = manager.form(&room.at("/accept"), &accept).await;
        assert!(
            accepted.status().is_redirection(),
            "{}: {}",
            accepted.status(),
            accepted.text().await.unwrap()
        );
        for story in [agreed, split] {
            let done = manager
                .form(
                    &room.at("/finished"),
                    &[("story", &story.to_string()), ("hours", "20")],
                )
                .await;
            assert_eq!(done.status(), StatusCode::SEE_OTHER);
        }
        let now = manager.json(&format!("/api/v1{}", room.at("/forecast"))).await;
        assert_eq!(
            now["backTest"],
            json!({ "p85Dates": 1, "p85Held": 1, "p50Dates": 1, "p50Held": 1 }),
            "{told}"
        );
        assert!(
            now["obstacle"].as_str().unwrap().contains("no open story"),
            "{now}"
        );
        let page = manager.text(&room.at("/forecast")).await;
        assert!(
            page.contains("Of <b>1 past P85 date</b>, <b>1</b> held"),
            "{page}"
        );
    }

    #[tokio::test]
    async fn stories_that_cause_the_spread_are_put_back_on_the_table() {
        let house = House::open().await;
        let (_, manager, room, [agreed, split, _]) = voted_room(&house).await;
        made(&manager, &room, &json!({ "seed": 7 })).await;
        let page = manager.text(&room.at("/forecast")).await;
        assert!(page.contains("Discuss these again"), "{page}");
        let story = split.to_string();
        let member = house.guest(Access::Member).await;
        let _room = member.get(&room.at("")).await;
        let page = member.text(&room.at("/forecast")).await;
        assert!(
            !page.contains("Discuss these again"),
            "only who runs the room: {page}"
        );
        let refused = member.form(&room.at("/discuss"), &[("stories", &story)]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        for bad in ["", "987654"] {
            let answer = manager.form(&room.at("/discuss"), &[("stories", bad)]).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        let done = manager.form(&room.at("/discuss"), &[("stories", &story)]).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        let view = manager.json(&room.at("/view")).await;
        assert_eq!(
            (&view["round"]["story"], &view["round"]["revealed"]),
            (&json!(split), &json!(false))
        );
        let told = view["stories"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == split)
            .unwrap();
        assert_eq!(told["tags"], json!(["discuss again"]));
        assert!(
            view["stories"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["id"] == agreed && one["tags"] == json!([]))
        );
    }

    #[tokio::test]
    async fn a_project_is_foretold_from_its_open_rooms_and_never_from_one_with_a_passcode() {
        let house = House::open().await;
        let (seed, manager, open, _) = voted_room(&house).await;
        let secret = room(&house, &manager, &seed).await;
        secret.story(&house, "Secret story", Some(8)).await;
        sql(
            &house,
            "update poker_room set passcode_hash = 'x', passcode_number = 1 where id = ?1",
            vec![secret.id.into()],
        )
        .await;
        let path = format!("/projects/{}/forecast", seed.project);
        let project = manager.text(&format!("/projects/{}", seed.project)).await;
        assert!(project.contains(&format!("href=\"{path}\"")), "{project}");
        let viewer = house.guest(Access::Viewer).await;
        let page = viewer.text(&path).await;
        assert!(
            page.contains("No forecast yet") && !page.contains("Secret story"),
            "{page}"
        );
        assert_eq!(viewer.form(&path, &[]).await.status(), StatusCode::FORBIDDEN);
        let answer = manager
            .post(&format!("/api/v1{path}"), &json!({ "seed": 7 }))
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["stories"], 2);
        let own = made(&manager, &open, &json!({ "seed": 7 })).await;
        assert_eq!(told["p85"], own["p85"], "the same stories, the same dates");
        let page = viewer.text(&path).await;
        assert!(
            page.contains("Minds apart") && !page.contains("Secret story"),
            "{page}"
        );
        let answer = manager.get(&format!("/api/v1{path}?team=987654")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            manager.get("/projects/987654/forecast").await.status(),
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn what_cannot_be_foretold_says_why_and_a_bad_wish_names_its_field() {
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let empty = room(&house, &manager, &seed).await;
        let post = async |room: &Room, body: Value| {
            let answer = manager
                .post(&format!("/api/v1{}", room.at("/forecast")), &body)
                .await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            let told: Value = answer.json().await.unwrap();
            (
                told["errors"][0]["field"].as_str().unwrap().to_owned(),
                told["errors"][0]["message"].as_str().unwrap().to_owned(),
            )
        };
        assert!(post(&empty, json!({})).await.1.contains("no open story"));
        let page = manager.text(&empty.at("/forecast")).await;
        assert!(page.contains("There is no open story"), "{page}");
        let unpaced = room(&house, &manager, &seed).await;
        unpaced.story(&house, "Five", Some(5)).await;
        assert!(post(&unpaced, json!({})).await.1.contains("what a point takes"));
        for (field, value) in [
            ("seed", json!("x")),
            ("seed", json!(-1)),
            ("seed", json!("9007199254740992")),
            ("share", json!(0)),
            ("share", json!(101)),
        ] {
            assert_eq!(post(&unpaced, json!({ field: value })).await.0, field);
        }
        let page = manager.form(&unpaced.at("/forecast"), &[("seed", "many")]).await;
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let teamless = room(&house, &manager, &seed).await;
        sql(
            &house,
            "update poker_room set department_id = null where id = ?1",
            vec![teamless.id.into()],
        )
        .await;
        assert_eq!(post(&teamless, json!({})).await.0, "team");
        let page = manager.text(&teamless.at("/forecast")).await;
        assert!(page.contains("This room has no team"), "{page}");
        // Nobody of the team is there any more.
        let path = format!("/api/v1/poker/pace/{}", unpaced.team);
        manager
            .send(reqwest::Method::PUT, &path, &json!({ "hours": 4 }))
            .await;
        sql(
            &house,
            "update person set active = 0 where id > ?1",
            vec![0_i64.into()],
        )
        .await;
        manager
            .post(
                "/api/v1/roles",
                &json!({ "name": "So that the plan is read anew" }),
            )
            .await;
        house
            .admin()
            .await
            .post("/api/v1/roles", &json!({ "name": "Designer" }))
            .await;
        assert!(post(&unpaced, json!({})).await.1.contains("no hours left"));
    }

    #[tokio::test]
    async fn cards_of_a_round_that_nobody_has_seen_have_no_part_in_a_forecast() {
        let house = House::open().await;
        let (_, manager, room, [_, _, third]) = voted_room(&house).await;
        let before = manager.json(&format!("/api/v1{}", room.at("/forecast"))).await;
        let view = manager.json(&room.at("/view")).await;
        let round = view["round"]["roundId"].to_string();
        let story = third.to_string();
        let chosen = manager
            .form(&room.at("/story"), &[("storyId", &story), ("roundId", &round)])
            .await;
        assert!(chosen.status().is_redirection(), "{}", chosen.status());
        let view = manager.json(&room.at("/view")).await;
        let round = view["round"]["roundId"].to_string();
        let vote = manager
            .form(&room.at("/vote"), &[("roundId", &round), ("card", "8")])
            .await;
        assert!(vote.status().is_redirection(), "{}", vote.status());
        let now = manager.json(&format!("/api/v1{}", room.at("/forecast"))).await;
        assert_eq!(now, before, "a hidden card changes nothing that can be read");
    }

    #[tokio::test]
    async fn a_forecast_of_a_project_forgets_the_names_of_a_room_that_asks_for_a_passcode_now() {
        let house = House::open().await;
        let (seed, manager, own, _) = voted_room(&house).await;
        let path = format!("/projects/{}/forecast", seed.project);
        let answer = manager
            .post(&format!("/api/v1{path}"), &json!({ "seed": 7 }))
            .await;
        let told: Value = answer.json().await.unwrap();
        let kept = format!("{path}?id={}", told["id"]);
        let viewer = house.guest(Access::Viewer).await;
        let page = viewer.text(&kept).await;
        assert!(page.contains("Minds apart") && page.contains(&own.link), "{page}");
        let in_room = made(&manager, &own, &json!({ "seed": 7 })).await;
        sql(
            &house,
            "update poker_room set passcode_hash = 'x', passcode_number = 1 where id = ?1",
            vec![own.id.into()],
        )
        .await;
        for page in [viewer.text(&kept).await, viewer.text(&path).await] {
            assert!(
                !page.contains("Minds apart") && !page.contains(&own.link),
                "{page}"
            );
        }
        let page = manager
            .text(&format!("{}?id={}", own.at("/forecast"), in_room["id"]))
            .await;
        assert!(
            page.contains("Minds apart"),
            "who is in the room reads it: {page}"
        );
    }

    #[tokio::test]
    async fn one_forecast_of_an_account_is_made_at_a_time() {
        let house = House::open().await;
        let (_, manager, room, _) = voted_room(&house).await;
        let account = number(&house, "select owner_id from poker_room").await;
        let making = house.app.forecasts.enter(AccountId(account)).await.unwrap();
        let api = format!("/api/v1{}", room.at("/forecast"));
        let refused = manager.post(&api, &json!({ "seed": 7 })).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(number(&house, "select count(*) from poker_forecast").await, 0);
        drop(making);
        made(&manager, &room, &json!({ "seed": 7 })).await;
        made(&manager, &room, &json!({ "seed": 8 })).await;
    }

    #[tokio::test]
    async fn a_day_of_seeds_leaves_twenty_forecasts_and_pushes_out_none_of_earlier_days() {
        let house = House::open().await;
        let (_, manager, room, _) = voted_room(&house).await;
        let link = manager.form("/poker", &[]).await;
        assert_eq!(link.status(), StatusCode::SEE_OTHER);
        let other = number(&house, "select max(id) from poker_room").await;
        made(&manager, &room, &json!({ "seed": 7 })).await;
        for (count, at) in [(30_i64, NOW - 3 * DAY), (25, NOW - 1_000)] {
            for _ in 0..count {
                sql(
                    &house,
                    "insert into poker_forecast (room_id, department_id, made_at, made_by, seed, question, answer, p50_day, p85_day) \
                     select room_id, department_id, ?1, made_by, 1, question, answer, p50_day, p85_day from poker_forecast \
                     where id = (select min(id) from poker_forecast where room_id = ?2)",
                    vec![at.into(), room.id.into()],
                )
                .await;
            }
        }
        sql(
            &house,
            "insert into poker_forecast (room_id, department_id, made_at, made_by, seed, question, answer, p50_day, p85_day) \
             select ?1, department_id, 0, made_by, 1, question, answer, p50_day, p85_day from poker_forecast limit 1",
            vec![other.into()],
        )
        .await;
        let newest = made(&manager, &room, &json!({ "seed": 8 })).await;
        let older = "select count(*) from poker_forecast where made_at < 1 + (select min(made_at) from poker_forecast where made_at > 0)";
        assert_eq!(
            number(&house, older).await,
            31,
            "earlier days, and the other room's"
        );
        assert_eq!(number(&house, "select count(*) from poker_forecast").await, 51);
        let told = manager
            .json(&format!("/api/v1{}?id={}", room.at("/forecast"), newest["id"]))
            .await;
        assert_eq!(told["forecast"]["seed"], 8);
        let loose = "select count(*) from poker_forecast_story where forecast_id not in (select id from poker_forecast)";
        assert_eq!(number(&house, loose).await, 0);
    }
}

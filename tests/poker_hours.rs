//! From points to hours: the pace of a team, agreed stories on the schedule, and what they took in the end.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
pub(crate) mod world;

#[cfg(test)]
mod tests {
    use ballast::accounts::Access;
    use reqwest::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::house::{Guest, House, Seed, between};
    use crate::poker_hours::world::{Room, number, opened, room, sql};

    async fn set(guest: &Guest, assignment: i64, week: &str, hours: f64) {
        let cells = json!([{ "assignment": assignment, "week": week, "hours": hours }]);
        let answer = guest.post("/api/v1/hours", &json!({ "cells": cells })).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }

    /// Every hour of everybody by week, and everything that is booked.
    async fn totals(house: &House) -> (i64, i64, i64) {
        (
            number(
                house,
                "select coalesce(sum(minutes * (week + 7) * assignment_id), 0) from booking",
            )
            .await,
            number(house, "select count(*) from assignment").await,
            number(house, "select count(*) from story_hours").await,
        )
    }

    /// A manager with a room of two agreed stories (5 and 3 points) and one that nobody agreed on, at 4 h a point.
    async fn planned_room(house: &House) -> (Seed, Guest, Room, [i64; 3]) {
        let (seed, manager, room) = opened(house).await;
        let stories = [
            room.story(house, "Charge overnight", Some(5)).await,
            room.story(house, "Show the tariff", Some(3)).await,
            room.story(house, "Not agreed yet", None).await,
        ];
        let path = format!("/api/v1/poker/pace/{}", room.team);
        let answer = manager.send(Method::PUT, &path, &json!({ "hours": 4 })).await;
        assert_eq!(answer.status(), StatusCode::OK);
        (seed, manager, room, stories)
    }

    fn query(seed: &Seed, who: &str, more: &str) -> String {
        format!(
            "?project={}&who={who}&from=2026-11-16&to=2026-11-23{more}",
            seed.project
        )
    }

    /// A manager of another department than the first.
    async fn manager_elsewhere(house: &House) -> Guest {
        let admin = house.admin().await;
        let other = admin
            .post("/api/v1/departments", &json!({ "name": "Delivery" }))
            .await;
        let other: Value = other.json().await.unwrap();
        house
            .add_account(Access::Manager, "Otto", "otto@example.org")
            .await;
        let account = number(house, "select id from account where name = 'Otto'").await;
        let given = json!({ "departments": [other["id"]] });
        let path = format!("/api/v1/accounts/{account}/departments");
        assert!(admin.send(Method::PUT, &path, &given).await.status().is_success());
        house.guest_called(Access::Manager, "Otto").await
    }

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
    async fn stories_are_laid_into_what_remains_and_booked_in_one_change_set_that_undo_takes_back_to_the_minute()
     {
        let house = House::open().await;
        let (seed, manager, room, [five, three, _]) = planned_room(&house).await;
        set(&manager, seed.adas, "2026-11-16", 28.0).await;
        let before = totals(&house).await;
        let page = manager.text(&room.at("/plan")).await;
        assert!(
            page.contains("Charge overnight") && page.contains("14–30 h"),
            "{page}"
        );
        assert!(!page.contains("Not agreed yet"), "only what was agreed: {page}");
        let ask = query(&seed, &format!("person-{}", seed.ada), "");
        let page = manager.text(&format!("{}{ask}", room.at("/plan"))).await;
        // 32 h: 12 in the first week, which fills it, and 20 in the second.
        assert!(
            page.contains("Book 32 h") && page.contains("40 / 40") && page.contains("20 / 40"),
            "{page}"
        );
        assert!(!page.contains("do not fit"), "{page}");
        let form = between(&page, "Then, of what fits", "</form>").unwrap();
        let mut fields: Vec<(String, String)> = Vec::new();
        for tag in form.split("<input").skip(1) {
            let tag = tag.split('>').next().unwrap();
            fields.push((
                between(tag, "name=\"", "\"").unwrap(),
                between(tag, "value=\"", "\"").unwrap(),
            ));
        }
        let sent: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| *name != "csrf")
            .collect();
        let answer = manager.form(&room.at("/plan"), &sent).await;
        assert_eq!(
            answer.status(),
            StatusCode::SEE_OTHER,
            "{}",
            answer.text().await.unwrap()
        );
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        let page = manager.text(&place).await;
        assert!(
            page.contains("planned 2 stories of “Sprint 14” on Harbour Substation for Ada Osei: 32 h")
                || page.contains("Planned 2 stories of “Sprint 14” on Harbour Substation for Ada Osei: 32 h"),
            "{page}"
        );
        assert!(
            page.contains("Ada Osei</a> <small class=\"faint\">Harbour Substation, 20 h"),
            "{page}"
        );
        let all = manager
            .json(&format!("/api/v1/assignments?person={}", seed.ada))
            .await;
        let made = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] != seed.adas)
            .unwrap();
        assert_eq!(made["hours"], json!({ "2026-11-16": 12, "2026-11-23": 20 }));
        assert_eq!(made["note"], "Poker: Sprint 14");
        let kept = house.app.db.read(|tx| {
            tx.query(
                "select story_id, minutes from story_hours order by story_id",
                &[],
                |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
            )
        });
        assert_eq!(kept.await.unwrap(), [(five, 1_200), (three, 720)]);
        let history = manager.text(&format!("/projects/{}", seed.project)).await;
        assert!(history.contains("Sprint 14"), "the history tells of it");
        let done = place.split("done=").nth(1).unwrap();
        let undone = manager
            .post(&format!("/api/v1/change-sets/{done}/undo"), &json!({}))
            .await;
        assert_eq!(undone.status(), StatusCode::OK);
        assert_eq!(totals(&house).await, before, "every hour is where it was");
        let page = manager.text(&room.at("/plan")).await;
        assert!(
            page.contains("2 can be planned"),
            "and the stories can be planned again: {page}"
        );
    }

    #[tokio::test]
    async fn what_does_not_fit_is_told_and_lies_on_top() {
        let house = House::open().await;
        let (seed, manager, room, _) = planned_room(&house).await;
        set(&manager, seed.adas, "2026-11-16", 38.0).await;
        set(&manager, seed.adas, "2026-11-23", 30.0).await;
        let api = format!("/api/v1{}", room.at("/plan"));
        let ask = query(&seed, &format!("person-{}", seed.ada), "&point=p85");
        let told = manager.json(&format!("{api}{ask}")).await;
        // 48 h at P85 of 4 h a point and 50 % more; 2 and 10 remain, and 36 lie on top, 18 on each.
        assert_eq!((&told["hours"], &told["over"]), (&json!(48), &json!(36)));
        assert_eq!(told["weeks"][0]["laid"], 20);
        assert_eq!(told["weeks"][1]["over"], 18);
        let page = manager.text(&format!("{}{ask}", room.at("/plan"))).await;
        assert!(page.contains("36 h do not fit"), "{page}");
    }

    #[tokio::test]
    async fn an_open_place_takes_its_hours_evenly_and_programs_book_it_too() {
        let house = House::open().await;
        let (seed, manager, room, [five, ..]) = planned_room(&house).await;
        let role = number(&house, "select id from role order by id limit 1").await;
        let api = format!("/api/v1{}", room.at("/plan"));
        let told = manager
            .json(&format!(
                "{api}{}&stories={five}",
                query(&seed, &format!("role-{role}"), "")
            ))
            .await;
        assert_eq!(told["weeks"][0]["laid"], 10);
        assert_eq!(told["weeks"][0]["capacity"], Value::Null);
        let mut body = json!({
            "stories": [five], "project": seed.project, "who": format!("role-{role}"),
            "from": "2026-11-16", "to": "2026-11-23",
        });
        let answer = manager.post(&api, &body).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "nobody books what they have not seen"
        );
        body["seen"] = told["seen"].clone();
        let answer = manager.post(&api, &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let booked: Value = answer.json().await.unwrap();
        assert_eq!((&booked["hours"], &booked["stories"]), (&json!(20), &json!(1)));
        let again = manager.post(&api, &body).await;
        assert_eq!(
            again.status(),
            StatusCode::CONFLICT,
            "the story is planned already"
        );
        assert_eq!(totals(&house).await.2, 1);
    }

    #[tokio::test]
    async fn a_preview_that_is_no_longer_true_books_nothing() {
        let house = House::open().await;
        let (seed, manager, room, _) = planned_room(&house).await;
        let who = format!("person-{}", seed.ada);
        let page = manager
            .text(&format!("{}{}", room.at("/plan"), query(&seed, &who, "")))
            .await;
        let digest = between(&page, "name=\"seen\" value=\"", "\"").unwrap();
        set(&manager, seed.adas, "2026-11-16", 8.0).await;
        let before = totals(&house).await;
        let project = seed.project.to_string();
        let fields = [
            ("project", project.as_str()),
            ("who", &who),
            ("from", "2026-11-16"),
            ("to", "2026-11-23"),
            ("seen", &digest),
        ];
        let answer = manager.form(&room.at("/plan"), &fields).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let page = answer.text().await.unwrap();
        assert!(
            page.contains("The plan has changed since you saw this") && page.contains("Book 32 h"),
            "{page}"
        );
        assert_eq!(totals(&house).await, before);
    }

    #[tokio::test]
    async fn a_wish_that_cannot_be_meant_names_its_field() {
        let house = House::open().await;
        let (seed, manager, room, [five, _, third]) = planned_room(&house).await;
        let closed = number(
            &house,
            "select id from project_status where counts_as = 'closed' order by id limit 1",
        )
        .await;
        let api = format!("/api/v1{}", room.at("/plan"));
        let usual = |field: &str, value: &str| {
            let mut all = vec![
                ("project", seed.project.to_string()),
                ("who", format!("person-{}", seed.ada)),
                ("from", "2026-11-16".to_owned()),
                ("to", "2026-11-23".to_owned()),
                ("stories", five.to_string()),
            ];
            all.retain(|(own, _)| *own != field);
            all.push((field, value.to_owned()));
            let all: Vec<String> = all
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            all.join("&")
        };
        for (field, value) in [
            ("to", "2026-11-09"),
            ("to", "2027-12-01"),
            ("to", "9999-12-31"),
            ("from", "2026-11-09"),
            ("from", "9999-12-31"),
            ("from", "2026-02-30"),
            ("who", "person-987654"),
            ("who", "somebody"),
            ("project", "987654"),
            ("point", "p99"),
            ("stories", "987654"),
        ] {
            let answer = manager.get(&format!("{api}?{}", usual(field, value))).await;
            assert_eq!(
                answer.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{field}={value}"
            );
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["errors"][0]["field"], field, "{field}={value}: {problem}");
            let page = manager
                .get(&format!("{}?{}", room.at("/plan"), usual(field, value)))
                .await;
            assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        }
        let third = third.to_string();
        let answer = manager.get(&format!("{api}?{}", usual("stories", &third))).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "nothing was agreed of it"
        );
        // Bo starts on 2 December: no week of the window is theirs.
        let answer = manager
            .get(&format!("{api}?{}", usual("who", &format!("person-{}", seed.bo))))
            .await;
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(
            problem["errors"][0]["message"],
            "Bo Lindqvist works in none of these weeks; choose others"
        );
        let path = format!("/api/v1/projects/{}", seed.project);
        let changed = manager
            .send(Method::PATCH, &path, &json!({ "status": closed }))
            .await;
        assert_eq!(changed.status(), StatusCode::OK);
        let answer = manager.get(&format!("{api}?{}", usual("to", "2026-11-23"))).await;
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["message"], "is closed; choose another one");
    }

    #[tokio::test]
    async fn members_see_what_planning_would_do_and_cannot_do_it() {
        let house = House::open().await;
        let (seed, _, room, _) = planned_room(&house).await;
        let member = house.guest(Access::Member).await;
        let away = member.get(&room.at("/plan")).await;
        assert_eq!(
            away.status(),
            StatusCode::SEE_OTHER,
            "who is not in the room comes in first"
        );
        let _room = member.get(&room.at("")).await;
        let ask = query(&seed, &format!("person-{}", seed.ada), "");
        let page = member.text(&format!("{}{ask}", room.at("/plan"))).await;
        assert!(
            page.contains("Managers book hours") && !page.contains("Book 32 h"),
            "{page}"
        );
        let refused = member.form(&room.at("/plan"), &[("seen", "x")]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let stranger = house.stranger();
        assert!(stranger.get(&room.at("/plan")).await.status().is_redirection());
        let team = format!("/poker/pace/{}", room.team);
        assert_eq!(
            member.form(&team, &[("hours", "5")]).await.status(),
            StatusCode::FORBIDDEN
        );
    }

    #[tokio::test]
    async fn a_manager_of_another_department_books_nothing_and_sets_no_pace() {
        let house = House::open().await;
        let (seed, _, room, _) = planned_room(&house).await;
        let limited = manager_elsewhere(&house).await;
        let _room = limited.get(&room.at("")).await;
        let api = format!("/api/v1{}", room.at("/plan"));
        let ask = query(&seed, &format!("person-{}", seed.ada), "");
        let told = limited.json(&format!("{api}{ask}")).await;
        let before = totals(&house).await;
        let body = json!({
            "project": seed.project, "who": format!("person-{}", seed.ada),
            "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
        });
        let answer = limited.post(&api, &body).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(totals(&house).await, before);
        let team = format!("/api/v1/poker/pace/{}", room.team);
        let answer = limited.send(Method::PUT, &team, &json!({ "hours": 1 })).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let told: Value = answer.json().await.unwrap();
        assert!(
            told["detail"]
                .as_str()
                .unwrap()
                .contains("What a point takes Electrical"),
            "{told}"
        );
        let page = limited.text(&room.at("/plan")).await;
        assert!(
            !page.contains("person-"),
            "they see none of others’ people to choose: {page}"
        );
    }

    #[tokio::test]
    async fn a_story_is_finished_with_hours_or_with_what_was_booked_for_it() {
        let house = House::open().await;
        let (seed, manager, room, [five, three, third]) = planned_room(&house).await;
        let (five_id, three_id, third) = (five.to_string(), three.to_string(), third.to_string());
        let finished = room.at("/finished");
        for (fields, field) in [
            (vec![("story", five_id.as_str())], "hours"),
            (vec![("story", &five_id), ("hours", "0")], "hours"),
            (vec![("story", &five_id), ("hours", "lots")], "hours"),
            (vec![("story", &third), ("hours", "4")], "story"),
            (vec![("story", "987654"), ("hours", "4")], "story"),
        ] {
            let answer = manager.form(&finished, &fields).await;
            assert_eq!(
                answer.status(),
                StatusCode::UNPROCESSABLE_ENTITY,
                "{fields:?} {field}"
            );
        }
        let typed = manager
            .form(&finished, &[("story", &three_id), ("hours", "17:30")])
            .await;
        assert_eq!(typed.status(), StatusCode::SEE_OTHER);
        let api = format!("/api/v1{}", room.at("/plan"));
        let ask = query(&seed, &format!("person-{}", seed.ada), "");
        let told = manager.json(&format!("{api}{ask}")).await;
        assert_eq!(
            told["stories"],
            json!([{ "story": five, "hours": 20 }]),
            "what is finished is not planned"
        );
        let body = json!({
            "project": seed.project, "who": format!("person-{}", seed.ada),
            "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
        });
        let booked: Value = manager.post(&api, &body).await.json().await.unwrap();
        let done = manager.form(&finished, &[("story", &five_id)]).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        let pace = format!("/api/v1/poker/pace/{}", room.team);
        let took = async || {
            let told = manager.json(&pace).await;
            let all = told["finished"].as_array().unwrap().clone();
            let own = all.iter().find(|one| one["story"] == five).unwrap();
            (own["hours"].clone(), own["typed"].clone())
        };
        assert_eq!(took().await, (json!(20), json!(false)));
        // The hours turned out to be more, and somebody put that into the plan.
        set(
            &manager,
            booked["assignment"].as_i64().unwrap(),
            "2026-11-23",
            10.0,
        )
        .await;
        assert_eq!(took().await, (json!(30), json!(false)));
        let back = manager
            .form(&room.at("/unfinished"), &[("story", &five_id)])
            .await;
        assert_eq!(back.status(), StatusCode::SEE_OTHER);
        let told = manager.json(&pace).await;
        assert_eq!(told["finished"].as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_planned_place_that_is_removed_frees_its_stories_and_undo_ties_them_again() {
        let house = House::open().await;
        let (seed, manager, room, _) = planned_room(&house).await;
        let api = format!("/api/v1{}", room.at("/plan"));
        let who = format!("person-{}", seed.ada);
        let told = manager.json(&format!("{api}{}", query(&seed, &who, ""))).await;
        let body = json!({
            "project": seed.project, "who": who, "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
        });
        let booked: Value = manager.post(&api, &body).await.json().await.unwrap();
        let before = totals(&house).await;
        let path = format!("/api/v1/assignments/{}", booked["assignment"]);
        let removed = manager.send(Method::DELETE, &path, &json!({})).await;
        assert!(removed.status().is_success(), "{}", removed.status());
        let removed: Value = removed.json().await.unwrap();
        assert_eq!(totals(&house).await.2, 0);
        let undo = format!("/api/v1/change-sets/{}/undo", removed["changeSet"]);
        assert_eq!(manager.post(&undo, &json!({})).await.status(), StatusCode::OK);
        assert_eq!(totals(&house).await, before);
    }

    #[tokio::test]
    async fn r1_nothing_of_hours_is_told_of_a_story_that_is_voted_on_again() {
        let house = House::open().await;
        let (_, manager, room, [five, ..]) = planned_room(&house).await;
        let page = manager.text(&room.at("/plan")).await;
        assert!(page.contains("14–30 h"), "{page}");
        let view = manager.json(&room.at("/view")).await;
        let round = view["round"]["roundId"].to_string();
        let story = five.to_string();
        let chosen = manager
            .form(&room.at("/story"), &[("storyId", &story), ("roundId", &round)])
            .await;
        assert!(chosen.status().is_redirection(), "{}", chosen.status());
        let page = manager.text(&room.at("/plan")).await;
        assert!(
            page.contains("voted on again") && !page.contains("14–30 h"),
            "{page}"
        );
        let answer = manager
            .get(&format!("/api/v1{}?stories={five}&who=role-1", room.at("/plan")))
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
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
    async fn a_story_is_finished_after_its_room_has_ended() {
        let house = House::open().await;
        let (_, manager, room, [five, ..]) = planned_room(&house).await;
        let ended = manager.form(&room.at("/end"), &[]).await;
        assert!(ended.status().is_redirection(), "{}", ended.status());
        let page = manager.text(&room.at("/plan")).await;
        assert!(page.contains("/finished\""), "{page}");
        let story = five.to_string();
        let done = manager
            .form(&room.at("/finished"), &[("story", &story), ("hours", "20")])
            .await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        let measured = format!("/api/v1/poker/pace/{}", room.team);
        assert_eq!(manager.json(&measured).await["stories"], 1);
        let back = manager.form(&room.at("/unfinished"), &[("story", &story)]).await;
        assert_eq!(back.status(), StatusCode::SEE_OTHER);
        assert_eq!(manager.json(&measured).await["stories"], 0);
        let refused = manager
            .post(&room.at("/settings"), &json!({ "name": "Anew" }))
            .await;
        assert_eq!(
            refused.status(),
            StatusCode::CONFLICT,
            "nothing else in it changes"
        );
    }

    #[tokio::test]
    async fn a_story_that_was_planned_or_finished_is_skipped_where_another_would_be_removed() {
        let house = House::open().await;
        let (seed, manager, room, [five, three, third]) = planned_room(&house).await;
        let api = format!("/api/v1{}", room.at("/plan"));
        let ask = query(
            &seed,
            &format!("person-{}", seed.ada),
            &format!("&stories={five}"),
        );
        let told = manager.json(&format!("{api}{ask}")).await;
        let body = json!({
            "stories": [five], "project": seed.project, "who": format!("person-{}", seed.ada),
            "from": "2026-11-16", "to": "2026-11-23", "seen": told["seen"],
        });
        let booked: Value = manager.post(&api, &body).await.json().await.unwrap();
        let story = three.to_string();
        let done = manager
            .form(&room.at("/finished"), &[("story", &story), ("hours", "4")])
            .await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        let before = totals(&house).await;
        for story in [five, three, third] {
            let removed = manager
                .form(&room.at(&format!("/stories/{story}/remove")), &[])
                .await;
            assert!(removed.status().is_redirection(), "{}", removed.status());
        }
        let view = manager.json(&room.at("/view")).await;
        let left: Vec<(&Value, &Value)> = view["stories"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (&one["id"], &one["skipped"]))
            .collect();
        assert_eq!(
            left,
            [(&json!(five), &json!(true)), (&json!(three), &json!(true))]
        );
        assert_eq!(totals(&house).await, before);
        assert_eq!(number(&house, "select count(*) from poker_finished").await, 1);
        // What was planned once can be planned again by undo, so the story waits for that.
        let undo = format!("/api/v1/change-sets/{}/undo", booked["changeSet"]);
        let undone: Value = manager.post(&undo, &json!({})).await.json().await.unwrap();
        assert_eq!(totals(&house).await.2, 0);
        let _kept = manager
            .form(&room.at(&format!("/stories/{five}/remove")), &[])
            .await;
        let redo = format!("/api/v1/change-sets/{}/undo", undone["changeSet"]);
        assert_eq!(manager.post(&redo, &json!({})).await.status(), StatusCode::OK);
        assert_eq!(totals(&house).await, before);
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
}

//! From an agreed estimate to hours in the schedule, and back, as people see it.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
#[expect(dead_code, reason = "these stories need a part of what the driver can")]
#[path = "browser/driver.rs"]
mod driver;
#[cfg(test)]
mod house;
#[cfg(test)]
#[path = "poker_hours/world.rs"]
mod world;

#[cfg(test)]
mod hours {
    use ballast::accounts::Access;
    use fantoccini::{Client, Locator};
    use reqwest::Method;
    use serde_json::{Value, json};

    use super::driver::{Browser, Scheme};
    use super::house::{House, PASSWORD};
    use super::world::room;

    async fn sign_in(house: &House, page: &Client, email: &str) {
        page.goto(&format!("{}/auth/login", house.address)).await.unwrap();
        for (field, text) in [("[name=email]", email), ("[name=password]", PASSWORD)] {
            let field = page.find(Locator::Css(field)).await.unwrap();
            field.send_keys(text).await.unwrap();
        }
        click(page, "button[type=submit]").await;
        until(page, "document.querySelector('.rail')").await;
    }

    async fn click(page: &Client, selector: &str) {
        let found = page.find(Locator::Css(selector)).await.unwrap();
        found.click().await.unwrap();
    }

    /// Waits, frame by frame, until an expression of the page's script is true.
    async fn until(page: &Client, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; const begun = performance.now();\
             (function look() {{ if ({condition}) done('yes'); \
             else if (performance.now() - begun > 10000) done('no'); else requestAnimationFrame(look); }})();"
        );
        for _ in 0..20 {
            if let Ok(answer) = page.execute_async(&script, vec![]).await {
                assert_eq!(answer, "yes", "waited in vain for: {condition}");
                return;
            }
        }
        panic!("no page stayed to answer: {condition}");
    }

    async fn text(page: &Client) -> String {
        let told = page
            .execute("return document.querySelector('main').innerText", vec![])
            .await;
        told.unwrap().as_str().unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn an_agreed_story_gets_its_hours_lands_in_the_schedule_and_comes_back() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let room = room(&house, &manager, &seed).await;
        room.calibrate(&house).await;
        let story = room.story(&house, "Charge overnight", None).await;
        let page = &browser.client;
        sign_in(&house, page, "manager@example.org").await;
        let at = |rest: &str| format!("{}{}", house.address, room.at(rest));
        let view = manager.json(&room.at("/view")).await;
        let round = view["round"]["roundId"].to_string();
        let chosen = manager
            .form(
                &room.at("/story"),
                &[("storyId", &story.to_string()), ("roundId", &round)],
            )
            .await;
        assert!(!chosen.status().is_server_error());
        page.goto(&at("")).await.unwrap();
        until(
            page,
            "document.querySelector('.mid')?.innerText.includes('Charge overnight')",
        )
        .await;
        assert!(!text(page).await.contains('≈'), "no hour before the reveal");
        let view = manager.json(&room.at("/view")).await;
        let round = view["round"]["roundId"].to_string();
        manager
            .form(&room.at("/vote"), &[("roundId", &round), ("card", "4")])
            .await;
        manager.form(&room.at("/reveal"), &[("roundId", &round)]).await;
        until(page, "document.querySelector('#accept')").await;
        assert!(
            !text(page).await.contains('≈'),
            "no hour before anything is agreed"
        );
        click(page, "#accept").await;
        until(
            page,
            "document.querySelector('.pace-line')?.innerText.includes('5 points ≈ 20–30 h')",
        )
        .await;

        page.goto(&at("/plan")).await.unwrap();
        let who = page.find(Locator::Css("#f-who")).await.unwrap();
        who.select_by_value(&format!("person-{}", seed.ada))
            .await
            .unwrap();
        click(page, "#plan-form button[type=submit]").await;
        until(page, "document.querySelector('.laid-weeks')").await;
        assert_eq!(browser.axe().await, Vec::<String>::new(), "the preview");
        click(page, "form[method=post] button.primary").await;
        until(
            page,
            "document.querySelector('#status')?.innerText.includes('lanned 1 story')",
        )
        .await;
        let here = page.window().await.unwrap();
        let booked = |all: &Value| -> Vec<Value> {
            let own = all["items"].as_array().unwrap().iter();
            own.filter(|one| one["id"] != seed.adas)
                .map(|one| one["hours"].clone())
                .collect()
        };
        let path = format!("/api/v1/assignments?person={}", seed.ada);
        assert_eq!(booked(&manager.json(&path).await), [json!({ "2026-11-16": 25 })]);
        let other = format!("{}/schedule?open={}", house.address, seed.ada);
        let beside = page.new_window(true).await.unwrap();
        page.switch_to_window(beside.handle).await.unwrap();
        page.goto(&other).await.unwrap();
        until(page, "document.querySelector('main').innerText.includes('Poker: Sprint 14') || [...document.querySelectorAll('main td')].some((cell) => cell.innerText.trim() === '25')").await;

        page.switch_to_window(here).await.unwrap();
        until(page, "document.querySelector('#status button')").await;
        // The line goes away by itself after a while; its button does what it says all the same.
        page.execute("document.querySelector('#status button').click()", vec![])
            .await
            .unwrap();
        until(
            page,
            "document.querySelector('.planned-stories')?.innerText.includes('Ada Osei') === false",
        )
        .await;
        page.goto(&at("/plan")).await.unwrap();
        until(
            page,
            "document.querySelector('main').innerText.includes('1 can be planned')",
        )
        .await;
        assert_eq!(booked(&manager.json(&path).await), Vec::<Value>::new());
    }

    #[tokio::test]
    async fn the_pages_of_hours_are_for_everybody_who_reads() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open().await;
        let seed = house.seed().await;
        let manager = house.manager().await;
        let filled = room(&house, &manager, &seed).await;
        filled.calibrate(&house).await;
        filled.story(&house, "Charge overnight", Some(5)).await;
        filled.story(&house, "Nobody voted", None).await;
        let empty = room(&house, &manager, &seed).await;
        let path = format!("/api/v1{}", filled.at("/forecast"));
        assert!(
            manager
                .send(Method::POST, &path, &json!({ "seed": 7 }))
                .await
                .status()
                .is_success()
        );
        drop(house.guest(Access::Viewer).await);
        let page = &browser.client;
        sign_in(&house, page, "manager@example.org").await;
        let of_team = format!("/poker/pace/{}", filled.team);
        let preview = format!("{}?who=person-{}", filled.at("/plan"), seed.ada);
        let project = format!("/projects/{}/forecast", seed.project);
        for path in [
            "/poker/pace",
            &of_team,
            &preview,
            &empty.at("/plan"),
            &filled.at("/forecast"),
            &empty.at("/forecast"),
            &project,
        ] {
            for (width, scheme) in [(1440, Scheme::Light), (390, Scheme::Dark)] {
                browser.size(width, 844).await;
                browser.scheme(scheme).await;
                page.goto(&format!("{}{path}", house.address)).await.unwrap();
                assert_eq!(browser.axe().await, Vec::<String>::new(), "{path} at {width}");
                let wider = page
                    .execute(
                        "return document.documentElement.scrollWidth > innerWidth + 1",
                        vec![],
                    )
                    .await;
                assert_eq!(
                    wider.unwrap(),
                    json!(false),
                    "{path} at {width} is wider than the window"
                );
            }
        }
    }
}

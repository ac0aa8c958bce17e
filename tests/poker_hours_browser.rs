//! A story from its first vote to its hours in the schedule, and back, as people see it.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod hours {
    use ballast::accounts::Access;
    use fantoccini::Locator;
    use reqwest::Method;
    use serde_json::{Value, json};

    use crate::browser::driver::{Browser, Scheme};
    use crate::browser::hand::{choose, click, quiet, run, says, sign_in, text, until};
    use crate::browser::poker_room::Play;
    use crate::house::{House, Seed};
    use crate::poker_hours::world::{opened, room};

    /// What axe finds once nothing moves any more.
    async fn clean(browser: &Browser, what: &str) {
        until(
            &browser.client,
            "document.getAnimations().every((one) => one.playState !== 'running')",
        )
        .await;
        assert_eq!(browser.axe().await, Vec::<String>::new(), "{what}");
    }

    #[tokio::test]
    async fn three_windows_and_a_guest_on_a_phone_estimate_a_story_and_its_hours_reach_the_schedule_and_come_back()
     {
        let (Some(mina), Some(hana), Some(ada), Some(wren)) = (
            Browser::start().await,
            Browser::start().await,
            Browser::start().await,
            Browser::start().await,
        ) else {
            return;
        };
        let house = House::open().await;
        let seed = house.seed().await;
        let owner = house.guest_called(Access::Manager, "Mina Park").await;
        let room = room(&house, &owner, &seed).await;
        room.calibrate(&house).await;
        let play = Play::of(house, owner, room.at(""));
        let own = [("name", "Cable schedule export"), ("reference", "BAL-124")];
        play.post("stories", &own).await;

        // They come in: three with an account, and one by the link on a phone.
        for (browser, name) in [(&mina, "Mina Park"), (&hana, "Hana Sato"), (&ada, "Ada Osei")] {
            sign_in(&play.house, browser, name).await;
            play.enter(&browser.client).await;
        }
        wren.size(390, 844).await;
        wren.client.goto(&play.address()).await.unwrap();
        clean(&wren, "the door").await;
        let name = wren.client.find(Locator::Css("[name=name]")).await.unwrap();
        name.send_keys("Wren").await.unwrap();
        click(&wren.client, "button[type=submit]").await;
        until(&wren.client, "document.documentElement.dataset.live === 'on'").await;
        assert_eq!(
            run(&wren.client, "return document.querySelector('.rail') === null").await,
            json!(true)
        );
        says(&mina.client, "#here", "4 here").await;

        // The story is put on the table, and everybody sees it there.
        click(&mina.client, ".story form.estimate button[name=storyId]").await;
        for browser in [&mina, &hana, &ada, &wren] {
            says(&browser.client, ".mid .topic", "Cable schedule export").await;
        }
        for (browser, card) in [(&mina, "5"), (&hana, "13"), (&ada, "2"), (&wren, "3")] {
            choose(&browser.client, card).await;
        }
        // Ada thinks again; nobody sees from what to what.
        choose(&ada.client, "5").await;
        for browser in [&mina, &hana, &ada, &wren] {
            says(&browser.client, ".mid .big", "4 of 4").await;
            let shown = run(
                &browser.client,
                "return document.querySelectorAll('.pc.face').length",
            )
            .await;
            assert_eq!(shown, json!(0), "no card lies open before the reveal");
        }
        assert_eq!(
            run(&hana.client, "return document.querySelector('#reveal') === null").await,
            json!(true),
            "only who runs the room reveals"
        );
        click(&mina.client, "#reveal:enabled").await;
        for browser in [&mina, &hana, &ada, &wren] {
            says(
                &browser.client,
                ".spread",
                "Spread 3 to 13: Hana Sato and Wren, tell us why",
            )
            .await;
            assert_eq!(text(&browser.client, ".mid .big").await, "5");
            let open = run(
                &browser.client,
                "return document.querySelectorAll('.pc.face').length",
            )
            .await;
            assert_eq!(open, json!(4));
            let apart = run(
                &browser.client,
                "return document.querySelectorAll('.pc.hi').length",
            )
            .await;
            assert_eq!(apart, json!(2));
        }
        clean(&mina, "the cards lie open").await;
        clean(&wren, "the cards lie open on a phone").await;
        until(
            &wren.client,
            "document.querySelector('#said').textContent === 'Cards are open: median 5, spread 3 to 13.'",
        )
        .await;

        // They talk, vote again, and agree.
        click(&mina.client, "#again").await;
        for browser in [&mina, &hana, &ada, &wren] {
            says(&browser.client, ".facts-line", "Round 2").await;
            choose(&browser.client, "8").await;
        }
        says(&mina.client, ".soon", "Everybody has voted").await;
        play.a_moment_later().await;
        says(&wren.client, ".mid .big", "8").await;
        click(&mina.client, "#accept").await;
        for browser in [&hana, &wren] {
            says(&browser.client, ".agreed", "Agreed: 8").await;
        }
        // At the team's pace of 4 to 6 h a point that is so many hours, which nobody was told before.
        for browser in [&mina, &hana] {
            says(&browser.client, ".pace-line", "8 points ≈ 32–48 h").await;
        }
        clean(&mina, "the story is agreed").await;
        clean(&wren, "the story is agreed on a phone").await;

        // Mina plans it for Ada, and looks first.
        let page = &mina.client;
        click(page, ".story-panel a.plan").await;
        until(page, "document.querySelector('#f-who')").await;
        let who = page.find(Locator::Css("#f-who")).await.unwrap();
        who.select_by_value(&format!("person-{}", seed.ada))
            .await
            .unwrap();
        click(page, "#plan-form button[type=submit]").await;
        until(page, "document.querySelector('.laid-weeks')").await;
        clean(&mina, "the preview").await;
        assert_eq!(
            booked(&play, &seed).await,
            Vec::<Value>::new(),
            "looking books nothing"
        );
        click(page, "form[method=post] button.primary").await;
        until(
            page,
            "document.querySelector('#status')?.innerText.includes('lanned 1 story')",
        )
        .await;
        assert_eq!(booked(&play, &seed).await, [json!({ "2026-11-16": 40 })]);

        // Hana sees the hours in the schedule, and sees them go when Mina takes them back.
        let schedule = format!("{}/schedule?open={}", play.house.address, seed.ada);
        hana.client.goto(&schedule).await.unwrap();
        let hours = "document.querySelector('tr.assign td[data-minutes=\"2400\"]')";
        until(&hana.client, hours).await;
        clean(&hana, "the schedule").await;
        until(&mina.client, "document.querySelector('#status button')").await;
        // The line goes away by itself after a while; its button does what it says all the same.
        run(page, "document.querySelector('#status button').click()").await;
        until(
            page,
            "document.querySelector('main').innerText.includes('1 can be planned')",
        )
        .await;
        assert_eq!(booked(&play, &seed).await, Vec::<Value>::new());
        until(&hana.client, &format!("!{hours}")).await;
        for (browser, name) in [(&mina, "Mina"), (&hana, "Hana"), (&ada, "Ada"), (&wren, "Wren")] {
            quiet(browser, name, &[]).await;
        }
    }

    /// The hours of Ada's places beside the one that she had, week by week.
    async fn booked(play: &Play, seed: &Seed) -> Vec<Value> {
        let all = play
            .read(&format!("/api/v1/assignments?person={}", seed.ada))
            .await;
        let own = all["items"].as_array().unwrap().iter();
        own.filter(|one| one["id"] != seed.adas)
            .map(|one| one["hours"].clone())
            .collect()
    }

    #[tokio::test]
    async fn the_pages_of_hours_are_for_everybody_who_reads() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open().await;
        let (seed, manager, filled) = opened(&house).await;
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
        sign_in(&house, &browser, "manager").await;
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

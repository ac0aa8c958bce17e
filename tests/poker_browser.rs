//! Planning poker as people play it: several windows, a guest on a phone, and the keyboard alone.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
#[expect(dead_code, reason = "these stories need a part of what the driver can")]
#[path = "browser/driver.rs"]
mod driver;
#[cfg(test)]
mod house;
#[cfg(test)]
#[path = "browser/poker_look.rs"]
mod look;
#[cfg(test)]
#[path = "browser/poker_room.rs"]
mod room;

#[cfg(test)]
mod play {
    use super::driver::Browser;
    use super::room::{Play, click, press, run, sign_in, text, until};
    use fantoccini::key::Key;
    use fantoccini::{Client, Locator};
    use serde_json::json;

    async fn choose(page: &Client, label: &str) {
        click(page, &format!("#deck [data-label='{label}']")).await;
        let pressed =
            format!("document.querySelector('#deck [aria-pressed=true]')?.dataset.label === '{label}'");
        until(page, &pressed).await;
    }

    async fn says(page: &Client, selector: &str, words: &str) {
        let condition = format!("document.querySelector(\"{selector}\")?.textContent.includes('{words}')");
        until(page, &condition).await;
    }

    #[tokio::test]
    async fn three_windows_and_a_guest_on_a_phone_play_a_story_to_its_end() {
        let play = Play::open().await;
        let (Some(mina), Some(hana), Some(ada), Some(wren)) = (
            Browser::start().await,
            Browser::start().await,
            Browser::start().await,
            Browser::start().await,
        ) else {
            return;
        };
        play.post(
            "stories",
            &[("name", "Cable schedule export"), ("reference", "BAL-124")],
        )
        .await;
        for (browser, name) in [(&mina, "Mina Park"), (&hana, "Hana Sato"), (&ada, "Ada Osei")] {
            sign_in(&play.house, browser, name).await;
            play.enter(&browser.client).await;
        }
        wren.size(390, 844).await;
        wren.client.goto(&play.address()).await.unwrap();
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
        click(&mina.client, ".story button[name=storyId]").await;
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
            let seen = run(
                &browser.client,
                "return document.querySelectorAll('.pc.face').length",
            )
            .await;
            assert_eq!(seen, json!(0), "no card lies open before the reveal");
        }
        assert_eq!(
            run(&hana.client, "return document.querySelector('#reveal') === null").await,
            json!(true),
            "only who runs the room reveals"
        );
        click(&mina.client, "#reveal").await;
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
            says(&browser.client, ".story .estimate", "8").await;
        }
        for (browser, name) in [(&mina, "Mina"), (&hana, "Hana"), (&ada, "Ada"), (&wren, "Wren")] {
            assert_eq!(
                browser.console().await,
                Vec::<String>::new(),
                "{name}’s console stays quiet"
            );
        }
    }

    #[tokio::test]
    async fn a_round_is_played_by_keys_alone() {
        let play = Play::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        play.post("stories", &[("name", "Earthing study")]).await;
        sign_in(&play.house, &browser, "Mina Park").await;
        play.enter(page).await;
        let (enter, escape) = (
            char::from(Key::Enter).to_string(),
            char::from(Key::Escape).to_string(),
        );
        let pressed = |label: &str| {
            format!("document.querySelector('#deck [aria-pressed=true]')?.dataset.label === '{label}'")
        };
        press(page, &["1", "3"]).await;
        until(page, &pressed("13")).await;
        says(page, ".mid .big", "1 of 1").await;
        // A key that may be the beginning of another is taken once nothing follows.
        press(page, &["1"]).await;
        until(page, &pressed("1")).await;
        press(page, &["?"]).await;
        until(page, &pressed("?")).await;
        press(page, &[&escape]).await;
        until(page, "!document.querySelector('#deck [aria-pressed=true]')").await;
        says(page, ".mid .big", "0 of 1").await;
        press(page, &["5"]).await;
        says(page, ".mid .big", "1 of 1").await;
        press(page, &[&enter]).await;
        until(page, "document.querySelector('.hist')").await;
        // In a field, what is typed is typed.
        click(page, ".room-menu summary").await;
        click(page, ".room-menu [data-keys]").await;
        until(page, "document.querySelector('dialog[open] .keys')").await;
        press(page, &[&escape]).await;
        until(page, "!document.querySelector('dialog')").await;
    }

    #[tokio::test]
    async fn a_line_that_breaks_is_a_quiet_word_and_comes_back_with_what_was_missed() {
        let play = Play::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        sign_in(&play.house, &browser, "Hana Sato").await;
        // Without a network nothing new comes, and an open line is cut by hand.
        let kept = "window.lines = []; const Source = EventSource; \
            window.EventSource = class extends Source { constructor(...all) { super(...all); lines.push(this); } };";
        browser
            .devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": kept }))
            .await;
        play.enter(page).await;
        choose(page, "8").await;
        says(page, ".mid .big", "1 of 1").await;
        let network = |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        browser.devtools("Network.enable", json!({})).await;
        browser
            .devtools("Network.emulateNetworkConditions", network(true))
            .await;
        run(page, "lines.at(-1).dispatchEvent(new Event('error'))").await;
        // A card that is pressed meanwhile does not stay as if it had been taken.
        click(page, "#deck [data-label='5']").await;
        until(
            page,
            "document.querySelector('#status:not([hidden])')?.textContent.includes('cannot be reached')",
        )
        .await;
        until(
            page,
            "document.querySelector('.line-state')?.textContent === 'Reconnecting…'",
        )
        .await;
        let blocked = run(page, "return document.querySelector('dialog[open]') !== null").await;
        assert_eq!(blocked, json!(false));
        let round = play.view().await["round"]["roundId"].to_string();
        play.post("vote", &[("roundId", &round), ("card", "3")]).await;
        browser
            .devtools("Network.emulateNetworkConditions", network(false))
            .await;
        says(page, ".mid .big", "2 of 2").await;
        until(
            page,
            "document.querySelector('#deck [aria-pressed=true]')?.dataset.label === '8'",
        )
        .await;
    }

    #[tokio::test]
    async fn a_card_that_comes_too_late_is_put_back_and_told() {
        let play = Play::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        sign_in(&play.house, &browser, "Hana Sato").await;
        play.enter(page).await;
        choose(page, "3").await;
        says(page, ".mid .big", "1 of 1").await;
        // The room goes on before the page hears of it.
        run(
            page,
            "window.before = document.querySelector('#deck').dataset.round",
        )
        .await;
        let round = play.view().await["round"]["roundId"].to_string();
        play.post("rounds", &[("roundId", &round)]).await;
        until(
            page,
            "document.querySelector('#deck').dataset.round !== window.before",
        )
        .await;
        run(
            page,
            "document.querySelector('#deck').dataset.round = window.before",
        )
        .await;
        click(page, "#deck [data-label='8']").await;
        until(
            page,
            "document.querySelector('#status:not([hidden])')?.textContent.includes('round')",
        )
        .await;
        until(page, "!document.querySelector('#deck [aria-pressed=true]')").await;
    }

    #[tokio::test]
    async fn without_a_script_cards_and_reveal_are_buttons_of_forms() {
        let play = Play::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        sign_in(&play.house, &browser, "Mina Park").await;
        browser
            .devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }))
            .await;
        page.goto(&play.address()).await.unwrap();
        for (press, seen) in [
            (
                "#deck [data-label='8']",
                "#deck [data-label='8'][aria-pressed=true]",
            ),
            ("#deck [data-label='8']", "#reveal:disabled"),
            (
                "#deck [data-label='5']",
                "#deck [data-label='5'][aria-pressed=true]",
            ),
            ("#reveal", ".hist"),
            ("#again", "#deck [data-label='5'][aria-pressed=false]"),
        ] {
            page.find(Locator::Css(press))
                .await
                .unwrap()
                .click()
                .await
                .unwrap();
            page.wait().for_element(Locator::Css(seen)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_is_put_out_sees_the_door() {
        let play = Play::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        page.goto(&play.address()).await.unwrap();
        let name = page.find(Locator::Css("[name=name]")).await.unwrap();
        name.send_keys("Wren").await.unwrap();
        click(page, "button[type=submit]").await;
        until(page, "document.documentElement.dataset.live === 'on'").await;
        let people = play.view().await["people"].as_array().unwrap().clone();
        let wren = people.iter().find(|one| one["name"] == "Wren").unwrap()["id"].to_string();
        play.post(&format!("people/{wren}/out"), &[]).await;
        until(
            page,
            "document.querySelector('.card .note')?.textContent.includes('put out')",
        )
        .await;
    }
}

//! Planning poker as people play it: by keys alone, without a script, without a network, without movement and sound.

#[cfg(test)]
mod play {
    use crate::browser::driver::Browser;
    use crate::browser::hand::{choose, click, press, run, says, sign_in, until};
    use crate::browser::poker_room::Play;
    use fantoccini::Locator;
    use fantoccini::key::Key;
    use serde_json::json;

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

    #[tokio::test]
    async fn no_sound_is_made_until_somebody_wants_it() {
        let play = Play::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        sign_in(&play.house, &browser, "Mina Park").await;
        let counted = "window.contexts = 0; window.notes = 0; const Real = AudioContext; window.AudioContext = class extends Real { \
            constructor() { super(); contexts += 1; } createOscillator() { notes += 1; return super.createOscillator(); } };";
        browser
            .devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": counted }),
            )
            .await;
        let heard = "return [contexts, notes]";
        let open = "document.querySelector('.pc.face') !== null";
        play.enter(page).await;
        choose(page, "5").await;
        click(page, "#reveal:enabled").await;
        until(page, open).await;
        assert_eq!(run(page, heard).await, json!([0, 0]), "off by itself");
        click(page, ".room-menu summary").await;
        says(page, "[data-sound]", "Sound is off").await;
        click(page, "[data-sound]").await;
        says(page, "[data-sound]", "Sound is on").await;
        assert_eq!(
            run(page, heard).await,
            json!([1, 2]),
            "it is heard what it is like"
        );
        // What was chosen holds in the next round, and after the page was opened anew.
        click(page, "#again").await;
        until(page, "document.querySelector('.pc.face') === null").await;
        choose(page, "5").await;
        click(page, "#reveal:enabled").await;
        until(page, open).await;
        assert_eq!(run(page, heard).await, json!([1, 4]));
        play.enter(page).await;
        click(page, ".room-menu summary").await;
        says(page, "[data-sound]", "Sound is on").await;
        assert_eq!(
            run(page, heard).await,
            json!([0, 0]),
            "nothing was revealed just now"
        );
        click(page, "[data-sound]").await;
        says(page, "[data-sound]", "Sound is off").await;
        assert_eq!(run(page, heard).await, json!([0, 0]));
    }

    #[tokio::test]
    async fn cards_turn_over_where_movement_is_wanted_and_lie_open_at_once_where_it_is_not() {
        let play = Play::open().await;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let page = &browser.client;
        sign_in(&play.house, &browser, "Mina Park").await;
        for (wanted, name, moving) in [("no-preference", "turn", true), ("reduce", "none", false)] {
            let media = json!({ "features": [{ "name": "prefers-reduced-motion", "value": wanted }] });
            browser.devtools("Emulation.setEmulatedMedia", media).await;
            play.enter(page).await;
            choose(page, "5").await;
            // From the moment on at which the card lies open, all that moves is written down.
            run(
                page,
                "window.moved = []; addEventListener('animationstart', (event) => moved.push(event.animationName), true);",
            )
            .await;
            click(page, "#reveal:enabled").await;
            until(page, "document.querySelector('.pc.face') !== null").await;
            let style = "const style = getComputedStyle(document.querySelector('.pc.face')); return style.animationName";
            assert_eq!(run(page, style).await, json!(name), "{wanted}");
            if moving {
                until(page, "moved.includes('turn')").await;
            }
            let long = "return [...document.querySelectorAll('.room *')].filter((one) => { \
                const style = getComputedStyle(one); const longest = (times) => Math.max(...times.split(',').map(parseFloat)); \
                return (style.animationName !== 'none' && longest(style.animationDuration) > 0.01) \
                || longest(style.transitionDuration) > 0.01; }).map((one) => one.className).slice(0, 5)";
            if !moving {
                assert_eq!(run(page, long).await, json!([]), "nothing of the room moves");
                assert_eq!(run(page, "return moved").await, json!([]));
            }
            click(page, "#again").await;
            until(page, "document.querySelector('.pc.face') === null").await;
        }
    }
}

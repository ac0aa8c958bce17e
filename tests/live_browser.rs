//! What scripts add to every page: the work of others as it happens, who else is here, the search, and saved views.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod pages {
    use crate::browser::driver::{Browser, Scheme};
    use crate::browser::hand::{run, sign_in, until};
    use crate::house::{House, Seed};
    use ballast::accounts::Access;
    use fantoccini::{Client, Locator};
    use serde_json::json;

    /// What is done in one window is painted in the other within this, in milliseconds.
    const WITHIN: i64 = 1_000;

    /// Two browsers, signed in as Mina Park and Hana Sato; nothing where there is no browser.
    async fn two(house: &House) -> Option<(Browser, Browser)> {
        let (mina, hana) = (Browser::start().await?, Browser::start().await?);
        sign_in(house, &mina, "Mina Park").await;
        sign_in(house, &hana, "Hana Sato").await;
        Some((mina, hana))
    }

    /// Notes in the page when an expression first holds in a painted frame, by the clock that both windows share.
    async fn note_when(page: &Client, condition: &str) {
        let script = format!(
            "window.noted = 0; (function look() {{ if ({condition}) window.noted = Date.now(); \
             else requestAnimationFrame(look); }})();"
        );
        run(page, &script).await;
    }

    fn cell(assignment: i64, column: usize) -> String {
        format!("document.querySelector('#a{assignment}').cells[{}]", column + 1)
    }

    /// Opens the schedule and waits until its line stands.
    async fn open_schedule(house: &House, page: &Client, seed: &Seed) {
        let path = format!("{}/schedule?open={},{}", house.address, seed.ada, seed.bo);
        page.goto(&path).await.unwrap();
        until(page, "document.documentElement.dataset.live === 'on'").await;
    }

    /// Types hours in a cell with the page's own events, as fast as the page takes them.
    async fn type_hours(page: &Client, assignment: i64, column: usize, text: &str) {
        let click = format!("return {}", cell(assignment, column));
        let element = run(page, &click).await;
        let id: std::collections::HashMap<String, String> = serde_json::from_value(element).unwrap();
        let id = id.into_values().next().unwrap();
        let element = fantoccini::elements::Element::from_element_id(page.clone(), id.into());
        element.click().await.unwrap();
        let focused = page.active_element().await.unwrap();
        focused.send_keys(text).await.unwrap();
    }

    #[tokio::test]
    async fn a_cell_changed_in_one_window_is_painted_in_the_other_within_a_second() {
        let house = House::open().await;
        let seed = house.seed().await;
        let Some((mina, hana)) = two(&house).await else {
            return;
        };
        let (mina, hana) = (&mina.client, &hana.client);
        open_schedule(&house, mina, &seed).await;
        open_schedule(&house, hana, &seed).await;
        // Hana has chosen two cells and types in the second; Mina changes another one.
        type_hours(hana, seed.adas, 1, "12").await;
        until(hana, "document.querySelector('input.edit.open')?.value === '12'").await;
        let open = "return document.querySelector('.cursor')?.cellIndex + ' ' + document.activeElement.value";
        let before = run(hana, open).await;
        note_when(
            hana,
            &format!("{}.textContent.trim() === '7.5'", cell(seed.adas, 0)),
        )
        .await;
        type_hours(mina, seed.adas, 0, "7.5").await;
        let sent = run(
            mina,
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })); return Date.now()",
        )
        .await;
        until(hana, "window.noted").await;
        let painted = run(hana, "return window.noted").await;
        let took = painted.as_i64().unwrap() - sent.as_i64().unwrap();
        assert!(took < WITHIN, "painted after {took} ms");
        assert_eq!(
            run(hana, open).await,
            before,
            "the open cell keeps its place and its typing"
        );

        // Now the very cell that Hana is typing in: her typing stays, and she is told.
        let body = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-23", "hours": 30 }] });
        let other = house.guest_called(Access::Manager, "Ada Osei").await;
        assert!(other.post("/api/v1/hours", &body).await.status().is_success());
        until(
            hana,
            &format!("{}.classList.contains('conflict')", cell(seed.adas, 1)),
        )
        .await;
        assert_eq!(run(hana, open).await, before);
        let said = run(hana, "return document.querySelector('.gridstatus').textContent").await;
        assert!(said.as_str().unwrap().contains("30"), "{said}");
    }

    #[tokio::test]
    async fn a_changed_project_and_deliverable_are_painted_while_a_form_keeps_its_typing() {
        let house = House::open().await;
        let seed = house.seed().await;
        let Some((mina, hana)) = two(&house).await else {
            return;
        };
        let (mina, hana) = (&mina.client, &hana.client);
        mina.goto(&format!("{}/projects/{}", house.address, seed.project))
            .await
            .unwrap();
        hana.goto(&format!("{}/projects", house.address)).await.unwrap();
        for page in [mina, hana] {
            until(page, "document.documentElement.dataset.live === 'on'").await;
        }
        // Hana has begun to write in the list's search; a name changes meanwhile.
        let search = hana.find(Locator::Css("input[type=search]")).await.unwrap();
        search.send_keys("harb").await.unwrap();
        note_when(
            hana,
            "document.querySelector('main table').textContent.includes('Harbour West')",
        )
        .await;
        note_when(
            mina,
            "document.querySelector('main').textContent.includes('Tender drawings')",
        )
        .await;
        let other = house.guest_called(Access::Manager, "Ada Osei").await;
        let project = format!("/api/v1/projects/{}", seed.project);
        let begun = run(hana, "return Date.now()").await.as_i64().unwrap();
        let renamed = other
            .send(
                reqwest::Method::PATCH,
                &project,
                &json!({ "name": "Harbour West" }),
            )
            .await;
        assert!(renamed.status().is_success(), "{}", renamed.text().await.unwrap());
        until(hana, "window.noted").await;
        let took = run(hana, "return window.noted").await.as_i64().unwrap() - begun;
        assert!(took < WITHIN, "the project was painted after {took} ms");
        let typed = run(hana, "return document.activeElement.value").await;
        assert_eq!(
            typed,
            json!("harb"),
            "the search keeps its typing and the keyboard"
        );

        until(
            mina,
            "document.querySelector('h1').textContent.includes('Harbour West')",
        )
        .await;
        let begun = run(mina, "return Date.now()").await.as_i64().unwrap();
        let due = json!({ "name": "Tender drawings", "due": "2026-12-18" });
        let added = other.post(&format!("{project}/deliverables"), &due).await;
        assert!(added.status().is_success(), "{}", added.text().await.unwrap());
        until(mina, "window.noted").await;
        let took = run(mina, "return window.noted").await.as_i64().unwrap() - begun;
        assert!(took < 2 * WITHIN, "the deliverable was painted after {took} ms");
    }

    #[tokio::test]
    async fn those_on_the_page_are_shown_and_a_lost_server_is_a_quiet_line() {
        let house = House::open().await;
        let seed = house.seed().await;
        let Some((mina, hana)) = two(&house).await else {
            return;
        };
        open_schedule(&house, &mina.client, &seed).await;
        open_schedule(&house, &hana.client, &seed).await;
        until(
            &mina.client,
            "document.querySelector('details.here')?.textContent.includes('1 other here')",
        )
        .await;
        let names = run(
            &mina.client,
            "return document.querySelector('.here summary').title",
        )
        .await;
        assert_eq!(names, json!("Hana Sato"));
        let network = |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        mina.devtools("Network.enable", json!({})).await;
        mina.devtools("Network.emulateNetworkConditions", network(true))
            .await;
        house.app.feed.close();
        until(
            &mina.client,
            "document.querySelector('.line-state')?.textContent === 'Reconnecting…'",
        )
        .await;
        let blocked = run(
            &mina.client,
            "return document.querySelector('dialog[open]') !== null",
        )
        .await;
        assert_eq!(blocked, json!(false));
    }

    /// Presses keys where the keyboard is, one after the other; the letters of one entry are held together.
    async fn press(page: &Client, chords: &[&str]) {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        for chord in chords {
            let mut actions = KeyActions::new("keyboard".to_owned());
            for key in chord.chars() {
                actions = actions.then(KeyAction::Down { value: key });
            }
            for key in chord.chars().rev() {
                actions = actions.then(KeyAction::Up { value: key });
            }
            page.perform_actions(actions).await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_search_opens_anywhere_by_its_keys_and_leads_to_what_is_found() {
        use fantoccini::key::Key;
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open().await;
        let seed = house.seed().await;
        sign_in(&house, &browser, "Mina Park").await;
        let page = &browser.client;
        let (enter, escape, down) = [Key::Enter, Key::Escape, Key::Down]
            .map(|key| char::from(key).to_string())
            .into();
        page.goto(&format!("{}/projects", house.address)).await.unwrap();
        until(page, "document.documentElement.dataset.live === 'on'").await;
        press(page, &["/"]).await;
        until(page, "document.querySelector('dialog.palette [role=option]')").await;
        press(page, &[&escape]).await;
        until(page, "!document.querySelector('dialog')").await;
        press(page, &[&format!("{}k", char::from(Key::Control))]).await;
        until(page, "document.activeElement.role === 'combobox'").await;
        press(page, &["o", "s", "e", "i"]).await;
        until(
            page,
            "document.querySelector('[role=option][aria-selected=true]')?.textContent.includes('Ada Osei')",
        )
        .await;
        press(page, &[&enter]).await;
        until(page, &format!("location.pathname === '/people/{}'", seed.ada)).await;

        // In a field the stroke is a letter like others.
        page.goto(&format!("{}/people", house.address)).await.unwrap();
        let field = page.find(Locator::Css("main input[type=search]")).await.unwrap();
        field.send_keys("a/b").await.unwrap();
        assert_eq!(
            run(page, "return document.activeElement.value").await,
            json!("a/b")
        );

        // A list as it is set is saved, and found again by its name.
        page.goto(&format!("{}/people?q=%3C30&sort=-load", house.address))
            .await
            .unwrap();
        until(page, "document.documentElement.dataset.live === 'on'").await;
        for press in ["details.views summary", "details.views a[data-dialog]"] {
            page.find(Locator::Css(press))
                .await
                .unwrap()
                .click()
                .await
                .unwrap();
        }
        until(page, "document.querySelector('dialog input[name=name]')").await;
        let name = page.find(Locator::Css("dialog input[name=name]")).await.unwrap();
        name.send_keys("Free hands").await.unwrap();
        press(page, &[&enter]).await;
        until(
            page,
            "document.querySelector('#status:not([hidden])')?.textContent.includes('Free hands')",
        )
        .await;
        page.goto(&format!("{}/schedule", house.address)).await.unwrap();
        until(page, "document.documentElement.dataset.live === 'on'").await;
        press(page, &["/"]).await;
        until(
            page,
            "document.querySelector('[role=option][aria-selected=true]')?.textContent.includes('Free hands')",
        )
        .await;
        press(page, &[&down, &char::from(Key::Up).to_string(), &enter]).await;
        until(
            page,
            "location.pathname + location.search === '/people?q=%3C30&sort=%2Dload'",
        )
        .await;
        assert_eq!(
            browser.console().await,
            Vec::<String>::new(),
            "the console stays quiet"
        );
        // Only now, since axe itself does what the page's policy forbids, and the console says so.
        press(page, &["/"]).await;
        until(page, "document.querySelector('dialog.palette [role=option]')").await;
        assert_eq!(browser.axe().await, Vec::<String>::new(), "the open search");
        for path in [
            "/search?q=ada",
            "/search?q=zzz",
            "/search",
            "/views",
            "/views/new",
            "/people?gone=role",
        ] {
            for (width, scheme) in [(1440, Scheme::Light), (390, Scheme::Dark)] {
                browser.size(width, 844).await;
                browser.scheme(scheme).await;
                page.goto(&format!("{}{path}", house.address)).await.unwrap();
                assert_eq!(browser.axe().await, Vec::<String>::new(), "{path} at {width}");
                let wider = run(
                    page,
                    "return document.documentElement.scrollWidth > innerWidth + 1",
                )
                .await;
                assert_eq!(wider, json!(false), "{path} at {width} is wider than the window");
            }
        }
    }
}

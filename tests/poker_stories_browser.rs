//! Stories of a poker room in a browser: pasted, put in order by hand, by touch and by keys, chosen, looked back at, taken away.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
mod pages {
    use crate::browser::driver::{Browser, Scheme};
    use crate::browser::hand::{click, quiet, run, sign_in, until};
    use crate::house::House;
    use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
    use fantoccini::{Client, Locator};
    use serde_json::json;

    /// A form was refused, as it had to be.
    const REFUSED: &[&str] = &["status of 422"];

    /// A browser, signed in, in a new room of its own; nothing where there is no browser.
    async fn in_a_room(house: &House) -> Option<Browser> {
        let browser = Browser::start().await?;
        sign_in(house, &browser, "Mina Park").await;
        let page = &browser.client;
        page.goto(&format!("{}/poker", house.address)).await.unwrap();
        click(page, "form[action='/poker'][method=post] button").await;
        until(page, "document.querySelector('#stories')").await;
        Some(browser)
    }

    /// The names of the stories as the page shows them.
    async fn order(page: &Client) -> String {
        let names = "return [...document.querySelectorAll('.story .what')].map((what) => what.lastChild.textContent.trim()).join(' ')";
        run(page, names).await.as_str().unwrap().to_owned()
    }

    /// The names as the server has them.
    async fn kept(page: &Client) -> String {
        let script = "const done = arguments[0]; fetch(location.pathname + '/view').then((answer) => answer.json()) \
                      .then((view) => done(view.stories.map((story) => story.name).join(' ')));";
        let names = page.execute_async(script, vec![]).await.unwrap();
        names.as_str().unwrap().to_owned()
    }

    /// Waits until the server has the order that the page shows.
    async fn kept_as(page: &Client, names: &str) {
        for _ in 0..200 {
            if kept(page).await == names {
                assert_eq!(order(page).await, names);
                return;
            }
        }
        panic!("{names} was wanted, {} is kept", kept(page).await);
    }

    /// The middle of an element in the window.
    async fn middle(page: &Client, css: &str) -> (f64, f64) {
        let script = format!(
            "const box = document.querySelector('{css}').getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]"
        );
        let place = run(page, &script).await;
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }

    async fn clean(browser: &Browser, what: &str) {
        for (scheme, name) in [(Scheme::Dark, "dark"), (Scheme::Light, "light")] {
            browser.scheme(scheme).await;
            // Colours fade into one another, and what is half way is not looked at.
            let settled = format!(
                "matchMedia('(prefers-color-scheme: {name})').matches && \
                 document.getAnimations().every((one) => one.playState !== 'running')"
            );
            until(&browser.client, &settled).await;
            assert_eq!(browser.axe().await, Vec::<String>::new(), "{what}, {scheme:?}");
        }
    }

    #[tokio::test]
    async fn stories_are_pasted_ordered_by_hand_by_touch_and_by_keys_chosen_and_exported() {
        let house = House::open().await;
        let Some(browser) = in_a_room(&house).await else {
            return;
        };
        let page = &browser.client;
        assert_eq!(browser.console().await, Vec::<String>::new());
        clean(&browser, "an empty list").await;

        // Pasting, with the room's address kept to come back to.
        let room = page.current_url().await.unwrap().to_string();
        click(page, "#stories a[href$='/stories/import']").await;
        until(page, "document.querySelector('[data-bring]')").await;
        clean(&browser, "pasting").await;
        let text = page.find(Locator::Css("#f-text")).await.unwrap();
        text.send_keys("BAL-118 Alpha\nBAL-121 Beta\nGamma\n")
            .await
            .unwrap();
        until(
            page,
            "document.querySelector('[data-count]').textContent === '3 lines'",
        )
        .await;
        click(page, ".bring .btn.primary").await;
        until(page, "document.querySelectorAll('.story').length === 3").await;
        assert_eq!(order(page).await, "Alpha Beta Gamma");

        // One more through the dialog, which is refused first and keeps what was typed.
        click(page, "#stories a[href$='/stories/new']").await;
        until(page, "document.querySelector('dialog[open] #f-name')").await;
        let link = page.find(Locator::Css("dialog #f-link")).await.unwrap();
        link.send_keys("https://x.example/<b>").await.unwrap();
        let name = page.find(Locator::Css("dialog #f-name")).await.unwrap();
        name.send_keys("Delta").await.unwrap();
        click(page, "dialog .btn.primary").await;
        until(page, "document.querySelector('dialog[open] .errors')").await;
        assert_eq!(
            run(page, "return document.querySelector('dialog #f-name').value").await,
            "Delta"
        );
        clean(&browser, "a refused form").await;
        run(page, "document.querySelector('dialog #f-link').value = ''").await;
        click(page, "dialog .btn.primary").await;
        until(page, "document.querySelectorAll('.story').length === 4").await;
        until(page, "!document.querySelector('dialog[open]')").await;

        // By keys.
        run(page, "document.querySelectorAll('.story .what')[3].focus()").await;
        let up = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true, bubbles: true, cancelable: true }))";
        run(page, up).await;
        run(page, up).await;
        kept_as(page, "Alpha Delta Beta Gamma").await;
        assert_eq!(
            run(page, "return document.activeElement.textContent.trim()").await,
            "Delta"
        );
        assert_eq!(
            run(page, "return document.getElementById('story-moved').textContent").await,
            "Delta: 2 of 4"
        );

        // By the mouse: the first one to the end.
        let (x, y) = middle(page, ".story:first-child .grip").await;
        let (_, last) = middle(page, ".story:last-child .grip").await;
        let to = |y: f64| PointerAction::MoveTo { duration: None, x, y };
        let moves = MouseActions::new("mouse".to_owned())
            .then(to(y))
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            .then(to(y + 30.0))
            .then(to(f64::midpoint(y, last)))
            .then(to(last + 12.0))
            .then(PointerAction::Up {
                button: MOUSE_BUTTON_LEFT,
            });
        page.perform_actions(moves).await.unwrap();
        kept_as(page, "Delta Beta Gamma Alpha").await;

        // By touch: the last one to the head. And Escape puts back what is held.
        let (x, y) = middle(page, ".story:last-child .grip").await;
        let (_, first) = middle(page, ".story:first-child .grip").await;
        let touch = async |kind: &str, y: f64| {
            let points = if kind == "touchEnd" {
                json!([])
            } else {
                json!([{ "x": x, "y": y }])
            };
            browser
                .devtools(
                    "Input.dispatchTouchEvent",
                    json!({ "type": kind, "touchPoints": points }),
                )
                .await;
        };
        touch("touchStart", y).await;
        touch("touchMove", y - 30.0).await;
        touch("touchMove", first - 12.0).await;
        until(page, "document.querySelector('.story.dragged')").await;
        run(
            page,
            "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))",
        )
        .await;
        touch("touchEnd", first).await;
        assert_eq!(order(page).await, "Delta Beta Gamma Alpha");
        touch("touchStart", y).await;
        touch("touchMove", y - 30.0).await;
        touch("touchMove", first - 12.0).await;
        touch("touchEnd", first).await;
        kept_as(page, "Alpha Delta Beta Gamma").await;

        // Chosen for voting, and looked at.
        click(page, ".story:nth-child(2) .estimate button").await;
        until(
            page,
            "document.querySelector('.story[aria-current]')?.textContent.includes('Delta')",
        )
        .await;
        clean(&browser, "a list with a story on the table").await;
        click(page, ".story:nth-child(2) .what").await;
        until(page, "document.querySelector('dialog[open] .rounds')").await;
        clean(&browser, "a story").await;
        click(page, "dialog > .btn.close").await;

        // Taken away: the table is on the clipboard.
        let rights = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": house.address });
        browser.devtools("Browser.grantPermissions", rights).await;
        click(page, "#stories a[href$='/export']").await;
        until(page, "document.querySelector('dialog[open] [data-copy-text]')").await;
        clean(&browser, "the export").await;
        click(page, "dialog [data-copy-text]").await;
        until(
            page,
            "document.getElementById('status')?.textContent.includes('clipboard')",
        )
        .await;
        let read = "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)));";
        let copied = page.execute_async(read, vec![]).await.unwrap();
        let copied = copied.as_str().unwrap();
        assert!(
            copied.contains("| BAL-118 Alpha |") && copied.contains("| --- |"),
            "{copied}"
        );

        // On a phone, without the page going sideways.
        browser.size(390, 844).await;
        for path in [room.clone(), format!("{room}/stories/import")] {
            page.goto(&path).await.unwrap();
            until(page, "document.readyState === 'complete'").await;
            let wide = "return document.documentElement.scrollWidth > innerWidth";
            assert_eq!(run(page, wide).await, false, "{path}");
            clean(&browser, "on a phone").await;
        }
        quiet(&browser, "at the end", REFUSED).await;
    }

    #[tokio::test]
    async fn a_jira_file_is_looked_at_before_it_comes_in() {
        let house = House::open().await;
        let Some(browser) = in_a_room(&house).await else {
            return;
        };
        let page = &browser.client;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("Jira.csv");
        let csv = "\u{feff}Summary,Issue key,Labels,Labels,Description,Custom field (Story Points)\n\
                   Relay,BAL-1,a,b,\"two\nlines\",5.0\n,BAL-2,,,,\nRelay again,BAL-1,,,,\n";
        std::fs::write(&file, csv).unwrap();
        click(page, "#stories a[href$='/stories/import']").await;
        let input = page.find(Locator::Css("#f-file")).await.unwrap();
        input.send_keys(file.to_str().unwrap()).await.unwrap();
        click(page, ".bring .btn.primary").await;
        until(page, "document.querySelector('table.preview')").await;
        clean(&browser, "a preview").await;
        let rows = "return [...document.querySelectorAll('table.preview tbody tr')].map((row) => [...row.cells].slice(0, 3).map((cell) => cell.textContent).join(' ')).join('; ')";
        assert_eq!(
            run(page, rows).await,
            "2 comes in BAL-1; 4 faulty BAL-2; 5 there already BAL-1"
        );
        click(page, ".bring .btn.primary").await;
        until(page, "document.querySelectorAll('.story').length === 1").await;
        assert!(
            run(
                page,
                "return document.querySelector('#stories header').textContent"
            )
            .await
            .as_str()
            .unwrap()
            .contains("5 points so far")
        );
    }
}

//! The pages as people use them, in a headless Chromium.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

#[cfg(test)]
#[path = "browser/driver.rs"]
mod driver;
#[cfg(test)]
#[path = "browser/driver_tests.rs"]
mod driver_tests;
#[cfg(test)]
mod house;
#[cfg(test)]
#[path = "browser/leave_tests.rs"]
mod leave_tests;

#[cfg(test)]
mod pages {
    use super::driver::{Browser, Scheme};
    use super::house::{House, PASSWORD, Seed};
    use ballast::accounts::Access;
    use fantoccini::key::Key;
    use fantoccini::{Client, Locator};
    use serde_json::{Value, json};

    /// Signs in as a manager called Mina Park through the form.
    async fn sign_in(house: &House, browser: &Browser, access: Access) {
        let guest = house.guest_called(access, "Mina Park").await;
        drop(guest);
        let page = &browser.client;
        page.goto(&format!("{}/auth/login", house.address)).await.unwrap();
        page.find(Locator::Css("[name=email]"))
            .await
            .unwrap()
            .send_keys("mina.park@example.org")
            .await
            .unwrap();
        page.find(Locator::Css("[name=password]"))
            .await
            .unwrap()
            .send_keys(PASSWORD)
            .await
            .unwrap();
        page.find(Locator::Css("button[type=submit]"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        until(page, "document.querySelector('.rail')").await;
    }

    /// Waits, frame by frame, until an expression of the page's script is true.
    pub(super) async fn until(page: &Client, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; const begun = performance.now();\
             (function look() {{ if ({condition}) done('yes'); \
             else if (performance.now() - begun > 10000) done('no'); else requestAnimationFrame(look); }})();"
        );
        // A script that runs while the page gives way to the next one ends without an answer; the next page is asked anew.
        for _ in 0..20 {
            if let Ok(answer) = page.execute_async(&script, vec![]).await {
                assert_eq!(answer, "yes", "waited in vain for: {condition}");
                return;
            }
        }
        panic!("no page stayed to answer: {condition}");
    }

    async fn open_schedule(house: &House, page: &Client, seed: &Seed) {
        page.goto(&format!(
            "{}/schedule?open={},{}",
            house.address, seed.ada, seed.bo
        ))
        .await
        .unwrap();
        until(
            page,
            "document.querySelector('td[tabindex=\"0\"], th[tabindex=\"0\"]')",
        )
        .await;
    }

    fn cell(assignment: i64, column: usize) -> String {
        format!("document.querySelector('#a{assignment}').cells[{}]", column + 1)
    }

    async fn text(page: &Client, assignment: i64, column: usize) -> String {
        let script = format!("return {}.textContent.trim()", cell(assignment, column));
        page.execute(&script, vec![])
            .await
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn click(page: &Client, assignment: i64, column: usize) {
        let script = format!("return {}", cell(assignment, column));
        let centred = format!(
            "{}.scrollIntoView({{ block: 'center' }})",
            cell(assignment, column)
        );
        page.execute(&centred, vec![]).await.unwrap();
        let element = page.execute(&script, vec![]).await.unwrap();
        let element = fantoccini::elements::Element::from_element_id(
            page.clone(),
            serde_json::from_value::<std::collections::HashMap<String, String>>(element)
                .unwrap()
                .into_values()
                .next()
                .unwrap()
                .into(),
        );
        element.click().await.unwrap();
    }

    /// Presses keys where the focus is, as a person does.
    async fn press(page: &Client, keys: &[&str]) {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        for chord in keys {
            let mut actions = KeyActions::new("keyboard".to_owned());
            let held: Vec<char> = chord.chars().collect();
            for key in &held {
                actions = actions.then(KeyAction::Down { value: *key });
            }
            for key in held.iter().rev() {
                actions = actions.then(KeyAction::Up { value: *key });
            }
            page.perform_actions(actions).await.unwrap();
        }
    }

    fn ctrl(key: char) -> String {
        format!("{}{key}", char::from(Key::Control))
    }

    async fn type_text(page: &Client, text: &str) {
        for letter in text.chars() {
            press(page, &[&letter.to_string()]).await;
        }
    }

    async fn paste(page: &Client, text: &str) {
        let script = "const data = new DataTransfer(); data.setData('text/plain', arguments[0]);\
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));";
        page.execute(script, vec![json!(text)]).await.unwrap();
    }

    async fn saved(page: &Client) {
        until(page, "!document.querySelector('.saving, .failed, .conflict')").await;
    }

    /// Brings a sample file through the three steps of the import.
    async fn import(house: &House, page: &Client, file: &str) {
        let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
        page.goto(&format!("{}/import", house.address)).await.unwrap();
        page.find(Locator::Css("input[type=file]"))
            .await
            .unwrap()
            .send_keys(&path)
            .await
            .unwrap();
        page.find(Locator::Css("form[enctype] button[type=submit]"))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        let ready = "form[action^='/import/'] button.primary:not([disabled])";
        until(page, &format!("document.querySelector(\"{ready}\")")).await;
        page.find(Locator::Css(ready))
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
        until(page, "document.querySelector(\"main form[action$='/undo']\")").await;
    }

    /// Somebody's id and the first two of their assignments, in the order of their rows.
    fn row_pair(house: &House, name: &str) -> (i64, i64, i64) {
        let book = house.app.book();
        let person = book
            .plan
            .people
            .iter()
            .find(|person| person.name == name)
            .unwrap();
        let rows: Vec<i64> = book
            .plan
            .assignments_of_person(person.id)
            .map(|row| row.id.0)
            .take(2)
            .collect();
        (person.id.0, rows[0], rows[1])
    }

    async fn texts(page: &Client, assignment: i64) -> Vec<String> {
        let mut row = Vec::new();
        for column in 0..3 {
            row.push(text(page, assignment, column).await);
        }
        row
    }

    #[tokio::test]
    async fn a_planner_imports_types_pastes_undoes_and_finds_the_numbers_after_a_reload() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open().await;
        sign_in(&house, &browser, Access::Manager).await;
        let page = &browser.client;
        for file in ["people.csv", "projects.xlsx", "hours-wide.xlsx"] {
            import(&house, page, file).await;
        }
        let (person, first, second) = row_pair(&house, "Åsa Sato");
        page.goto(&format!("{}/schedule?open={person}", house.address))
            .await
            .unwrap();
        until(
            page,
            "document.querySelector('td[tabindex=\"0\"], th[tabindex=\"0\"]')",
        )
        .await;

        click(page, first, 0).await;
        type_text(page, "7,5").await;
        press(page, &[&char::from(Key::Enter).to_string()]).await;
        until(page, &format!("{}.textContent.trim() === '7.5'", cell(first, 0))).await;
        saved(page).await;
        let before = (texts(page, first).await, texts(page, second).await);

        click(page, first, 0).await;
        paste(page, "1\t2,5\t3\r\n4\t\t6:30").await;
        until(page, &format!("{}.textContent.trim() === '6.5'", cell(second, 2))).await;
        saved(page).await;
        let pasted = (texts(page, first).await, texts(page, second).await);
        assert_eq!(pasted.0, ["1", "2.5", "3"]);
        assert_eq!(
            pasted.1,
            ["4", before.1[1].as_str(), "6.5"],
            "a blank leaves its cell alone"
        );

        press(page, &[&ctrl('z')]).await;
        until(page, &format!("{}.textContent.trim() === '7.5'", cell(first, 0))).await;
        saved(page).await;
        assert_eq!((texts(page, first).await, texts(page, second).await), before);
        press(page, &[&ctrl('y')]).await;
        until(page, &format!("{}.textContent.trim() === '6.5'", cell(second, 2))).await;
        saved(page).await;

        page.refresh().await.unwrap();
        until(
            page,
            "document.querySelector('td[tabindex=\"0\"], th[tabindex=\"0\"]')",
        )
        .await;
        assert_eq!((texts(page, first).await, texts(page, second).await), pasted);
        let kept = hours(&house, &[first]).await.remove(0);
        assert_eq!(
            (&kept["2026-11-16"], &kept["2026-11-23"], &kept["2026-11-30"]),
            (&json!(1), &json!(2.5), &json!(3))
        );
        assert_eq!(
            browser.console().await,
            Vec::<String>::new(),
            "the console stays quiet"
        );
    }

    async fn hours(house: &House, assignments: &[i64]) -> Vec<Value> {
        let viewer = house.guest(Access::Viewer).await;
        let mut all = Vec::new();
        for assignment in assignments {
            all.push(viewer.json(&format!("/api/v1/assignments/{assignment}")).await["hours"].clone());
        }
        all
    }

    #[tokio::test]
    async fn a_cell_that_somebody_else_changed_shows_both_values() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open().await;
        let seed = house.seed().await;
        sign_in(&house, &browser, Access::Manager).await;
        let page = &browser.client;
        open_schedule(&house, page, &seed).await;
        // The news of the other's change is slow to come: the browser learns of it by the answer to its own write.
        let deaf =
            "window.addEventListener('ballast:changed', (event) => event.stopImmediatePropagation(), true)";
        page.execute(deaf, vec![]).await.unwrap();
        // Begins to type; meanwhile somebody else sets the same cell; then the typing ends.
        click(page, seed.adas, 0).await;
        type_text(page, "14").await;
        let hana = house.guest_called(Access::Manager, "Hana Sato").await;
        let body = json!({ "cells": [{ "assignment": seed.adas, "week": "2026-11-16", "hours": 16 }] });
        assert!(hana.post("/api/v1/hours", &body).await.status().is_success());
        press(page, &[&char::from(Key::Enter).to_string()]).await;
        until(
            page,
            &format!("{}.classList.contains('conflict')", cell(seed.adas, 0)),
        )
        .await;
        let title = page
            .execute(&format!("return {}.title", cell(seed.adas, 0)), vec![])
            .await
            .unwrap();
        let title = title.as_str().unwrap();
        assert!(
            title.contains("14") && title.contains("16") && title.contains("Hana Sato"),
            "{title}"
        );
        assert_eq!(hours(&house, &[seed.adas]).await[0], json!({ "2026-11-16": 16 }));
    }

    #[tokio::test]
    async fn axe_finds_nothing_on_any_page_light_or_dark_wide_or_narrow() {
        let Some(browser) = Browser::start().await else {
            return;
        };
        let house = House::open().await;
        let seed = house.seed().await;
        let mut found = Vec::new();
        let stranger = [
            "/auth/login".to_owned(),
            house.setup_link().await.unwrap_or_default(),
            "/nowhere".to_owned(),
        ];
        look_at(
            &house,
            &browser,
            &stranger
                .iter()
                .filter(|path| !path.is_empty())
                .cloned()
                .collect::<Vec<_>>(),
            &mut found,
        )
        .await;
        sign_in(&house, &browser, Access::Admin).await;
        let mut paths = vec![
            format!("/schedule?open={}", seed.ada),
            format!("/schedule?view=projects&open={}", seed.project),
            "/schedule?q=nobody-of-that-name".to_owned(),
            format!("/assignments/{}/hours", seed.adas),
            format!("/assignments/{}/edit", seed.adas),
        ];
        for route in ballast::routes::table() {
            let is_page = route.method == reqwest::Method::GET
                && ![
                    "/api/",
                    "/assets/",
                    "/health",
                    "/setup/",
                    "/events",
                    "/livez",
                    "/readyz",
                    "/favicon",
                    "/schedule/rows",
                    "/export",
                    "/import/{",
                ]
                .iter()
                .any(|prefix| route.path.starts_with(prefix));
            if !is_page {
                continue;
            }
            let path = if route.path.starts_with("/people/") {
                route.path.replace("{id}", &seed.ada.to_string())
            } else if route.path.starts_with("/projects/") {
                route.path.replace("{id}", &seed.project.to_string())
            } else {
                route.path.to_owned()
            };
            if !path.contains('{') && path != "/deliverables/new" {
                paths.push(path);
            }
        }
        paths.push(format!("/deliverables/new?project={}", seed.project));
        for section in [
            "load",
            "departments",
            "lists/roles",
            "lists/skills",
            "lists/clients",
            "statuses",
            "calendars",
            "history",
        ] {
            paths.push(format!("/settings/{section}"));
        }
        paths.sort();
        paths.dedup();
        look_at(&house, &browser, &paths, &mut found).await;
        assert!(
            found.is_empty(),
            "{} findings:\n{}",
            found.len(),
            found.join("\n")
        );
    }

    async fn look_at(house: &House, browser: &Browser, paths: &[String], found: &mut Vec<String>) {
        for (width, height) in [(1440, 900), (390, 844)] {
            browser.size(width, height).await;
            for scheme in [Scheme::Light, Scheme::Dark] {
                browser.scheme(scheme).await;
                for path in paths {
                    browser
                        .client
                        .goto(&format!("{}{path}", house.address))
                        .await
                        .unwrap();
                    for violation in browser.axe().await {
                        found.push(format!("{path} at {width}, {scheme:?}: {violation}"));
                    }
                    let wider = "return document.documentElement.scrollWidth > window.innerWidth + 1";
                    if browser.client.execute(wider, vec![]).await.unwrap() == json!(true) {
                        found.push(format!("{path} at {width}: the page is wider than the window"));
                    }
                }
            }
        }
    }
}

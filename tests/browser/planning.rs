//! A planner at work: typing, pasting, dragging, assigning, looking ahead.

#![expect(clippy::too_many_lines, reason = "a story is told in one go")]

use ballast::accounts::Access;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::browser::driver::{Browser, Scheme};
use crate::browser::hand::until;
use crate::browser::sheet::sign_in;
use crate::house::{House, Seed};

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

/// Takes what lies `inside` the box of an element, counted from its left top, and lets it go `by` pixels to the right.
#[expect(clippy::float_arithmetic, reason = "a browser counts pixels in fractions")]
async fn drag(page: &Client, element: &str, inside: (f64, f64), by: f64) {
    use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
    let script = format!(
        "const box = {element}.getBoundingClientRect(); return [box.x, box.y, box.width, box.height];"
    );
    let place = page.execute(&script, vec![]).await.unwrap();
    let at = |index: usize| place[index].as_f64().unwrap();
    // A negative place counts from the right.
    let x = at(0)
        + if inside.0 < 0.0 {
            at(2) + inside.0
        } else {
            inside.0
        };
    let y = at(1) + inside.1;
    let to = |x: f64, y: f64| PointerAction::MoveTo { duration: None, x, y };
    let moves = MouseActions::new("mouse".to_owned())
        .then(to(x, y))
        .then(PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        })
        .then(to(x + by / 2.0, y + 4.0))
        .then(to(x + by, y + 4.0))
        .then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
    page.perform_actions(moves).await.unwrap();
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
    // Last, because what looks for faults tries inline styles itself, which the page refuses and the console tells.
    for scheme in [Scheme::Light, Scheme::Dark] {
        browser.scheme(scheme).await;
        page.goto(&format!("{}/forecast?by=role", house.address))
            .await
            .unwrap();
        let cell = page.find(Locator::Css(".heat td.load a")).await.unwrap();
        cell.click().await.unwrap();
        until(page, "document.querySelector('dialog[open] h1')").await;
        until(page, "document.getAnimations().length === 0").await;
        assert_eq!(browser.axe().await, Vec::<String>::new(), "{scheme:?}");
    }
}

#[tokio::test]
async fn a_number_of_the_forecast_opens_who_and_what_and_the_picture_can_be_kept() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let cells: Vec<Value> = ["2026-11-16", "2026-11-23"]
        .iter()
        .flat_map(|week| {
            [seed.adas, seed.open].map(|row| json!({ "assignment": row, "week": week, "hours": 44 }))
        })
        .collect();
    let booked = manager.post("/api/v1/hours", &json!({ "cells": cells })).await;
    assert!(booked.status().is_success());
    sign_in(&house, &browser, Access::Viewer).await;
    let page = &browser.client;
    for scheme in [Scheme::Light, Scheme::Dark] {
        browser.scheme(scheme).await;
        page.goto(&format!("{}/forecast?by=role", house.address))
            .await
            .unwrap();
        let cell = page.find(Locator::Css(".heat td.load a")).await.unwrap();
        assert_eq!(cell.text().await.unwrap(), "−48");
        cell.click().await.unwrap();
        until(page, "document.querySelector('dialog[open] h1')").await;
        until(page, "document.getAnimations().length === 0").await;
        let told = "return document.querySelector('dialog[open]').textContent";
        let told = page.execute(told, vec![]).await.unwrap();
        for text in [
            "Engineer, week of 16 Nov",
            "Ada Osei",
            "Harbour Substation 44 h",
            "48 h",
        ] {
            assert!(told.as_str().unwrap().contains(text), "{text}: {told}");
        }
        press(page, &[&char::from(Key::Escape).to_string()]).await;
        until(page, "!document.querySelector('dialog')").await;
    }
    page.goto(&format!("{}/reports?by=person", house.address))
        .await
        .unwrap();
    // What the menu does with the picture, without the clipboard that a machine without a screen may not have.
    let drawn = "const done = arguments[arguments.length - 1]; const image = new Image();\
        image.onload = () => { const canvas = document.createElement('canvas'); canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;\
        canvas.getContext('2d').drawImage(image, 0, 0); canvas.toBlob((blob) => done([canvas.width, canvas.height, blob.type, blob.size > 10000]), 'image/png'); };\
        image.onerror = () => done('nothing came'); image.src = document.querySelector('details.share').dataset.share;";
    assert_eq!(
        page.execute_async(drawn, vec![]).await.unwrap(),
        json!([1200, 675, "image/png", true])
    );
    page.find(Locator::Css("details.share summary"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    page.find(Locator::Css("details.share [data-png]"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    until(page, "!document.querySelector('details.share').open").await;
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
async fn a_dragged_flag_asks_first_and_then_the_hours_follow() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let deliverables = format!("/api/v1/projects/{}/deliverables", seed.project);
    let due = json!({ "name": "DD 75 %", "due": "2026-12-02" });
    manager.post(&deliverables, &due).await;
    let cells = json!([{ "assignment": seed.adas, "week": "2026-11-30", "hours": 12 }]);
    manager.post("/api/v1/hours", &json!({ "cells": cells })).await;
    sign_in(&house, &browser, Access::Manager).await;
    let page = &browser.client;
    let schedule = format!("{}/schedule?view=projects&open={}", house.address, seed.project);
    page.goto(&schedule).await.unwrap();
    until(page, "document.querySelector('tr.project td[data-due]')").await;
    let flag = "document.querySelector('tr.project td[data-due]')";
    let width = format!("return {flag}.getBoundingClientRect().width");
    let width = page.execute(&width, vec![]).await.unwrap().as_f64().unwrap();
    drag(page, flag, (-4.0, 4.0), width + width).await;
    until(page, "document.querySelector('dialog .reallocation')").await;
    let told = "return document.querySelector('dialog').textContent";
    let told = page.execute(told, vec![]).await.unwrap();
    assert!(
        told.as_str()
            .unwrap()
            .contains("Move DD 75 % from 2 December to 16 December?"),
        "{told}"
    );
    assert_eq!(hours(&house, &[seed.adas]).await[0], json!({ "2026-11-30": 12 }));
    let yes = Locator::Css("dialog .btn.primary");
    page.find(yes).await.unwrap().click().await.unwrap();
    until(
        page,
        &format!("{}.textContent.trim() === '12'", cell(seed.adas, 4)),
    )
    .await;
    assert_eq!(hours(&house, &[seed.adas]).await[0], json!({ "2026-12-14": 12 }));
    let undo = Locator::Css("#status button");
    page.find(undo).await.unwrap().click().await.unwrap();
    until(
        page,
        &format!("{}.textContent.trim() === '12'", cell(seed.adas, 2)),
    )
    .await;
    assert_eq!(hours(&house, &[seed.adas]).await[0], json!({ "2026-11-30": 12 }));
    let project = format!("{}/projects/{}", house.address, seed.project);
    page.goto(&project).await.unwrap();
    until(page, "document.querySelector('g[data-flag]')").await;
    drag(
        page,
        "document.querySelector('g[data-flag] .flag-box')",
        (8.0, 8.0),
        90.0,
    )
    .await;
    until(page, "document.querySelector('dialog .reallocation')").await;
    let only = Locator::Css("dialog button[name=only]");
    page.find(only).await.unwrap().click().await.unwrap();
    until(
        page,
        "!document.querySelector('dialog') && document.querySelector('#status button')",
    )
    .await;
    assert_eq!(hours(&house, &[seed.adas]).await[0], json!({ "2026-11-30": 12 }));
    assert_ne!(manager.json(&deliverables).await[0]["due"], "2026-12-02");
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_left_follows_what_is_typed_while_somebody_is_assigned() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let house = House::open().await;
    let seed = house.seed().await;
    let manager = house.manager().await;
    let cells = json!([{ "assignment": seed.adas, "week": "2026-11-16", "hours": 28 }]);
    manager.post("/api/v1/hours", &json!({ "cells": cells })).await;
    sign_in(&house, &browser, Access::Manager).await;
    let page = &browser.client;
    let question = "/finder?from=2026-11-16&to=2026-11-23&hours=30";
    page.goto(&format!("{}{question}", house.address)).await.unwrap();
    let assign = Locator::Css("a[aria-label='Assign Ada Osei']");
    page.find(assign).await.unwrap().click().await.unwrap();
    until(page, "document.querySelector('dialog form[data-remaining]')").await;
    let left = "[...document.querySelectorAll('dialog [data-left]')].map((one) => one.textContent).join()";
    until(page, &format!("{left} === '0 h left,22 h left'")).await;
    let first = page
        .find(Locator::Css("dialog [name='week-2026-11-16']"))
        .await
        .unwrap();
    first.clear().await.unwrap();
    first.send_keys("14:30").await.unwrap();
    until(page, &format!("{left} === '2.5 h over,22 h left'")).await;
    let sum = "document.querySelector('dialog .sum').innerText";
    until(
        page,
        &format!("{sum} === '52 h free, 32.5 h asked, 22 h left; 2.5 h too much'"),
    )
    .await;
    let project = format!("dialog [name=project] option[value='{}']", seed.project);
    page.find(Locator::Css(&project))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    assert_eq!(browser.console().await, Vec::<String>::new());
    assert!(browser.axe().await.is_empty(), "{:?}", browser.axe().await);
    page.find(Locator::Css("dialog button.primary"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    let said = "document.querySelector('#status:not([hidden])')?.textContent ?? ''";
    until(page, &format!("({said}).includes('with 32.5 h')")).await;
    until(
        page,
        "location.pathname === '/finder' && location.search.includes('hours=30')",
    )
    .await;
    page.find(Locator::Css("#status button"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    until(page, &format!("({said}).includes('Undone')")).await;
    let list = manager
        .json(&format!("/api/v1/assignments?person={}", seed.ada))
        .await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    page.goto(&format!("{}/assignments/new", house.address))
        .await
        .unwrap();
    let ada = format!("[name=person] option[value='{}']", seed.ada);
    page.find(Locator::Css(&ada))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    until(
        page,
        "document.querySelector('[data-free]').textContent.includes('292 h free')",
    )
    .await;
}

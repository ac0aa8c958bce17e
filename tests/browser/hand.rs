//! What one does in a window.

use super::driver::Browser;
use crate::house::{House, PASSWORD};
use ballast::accounts::Access;
use fantoccini::{Client, Locator};
use serde_json::Value;

/// Signs in a manager, who gets an account where there is none of that name.
pub async fn sign_in(house: &House, browser: &Browser, name: &str) {
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
    house.add_account(Access::Manager, name, &email).await;
    let page = &browser.client;
    page.goto(&format!("{}/auth/login", house.address)).await.unwrap();
    for (field, text) in [("[name=email]", email.as_str()), ("[name=password]", PASSWORD)] {
        let field = page.find(Locator::Css(field)).await.unwrap();
        field.send_keys(text).await.unwrap();
    }
    click(page, "button[type=submit]").await;
    until(page, "document.querySelector('.rail')").await;
}

/// Waits, frame by frame, until an expression of the page's script is true.
pub async fn until(page: &Client, condition: &str) {
    let script = format!(
        "const done = arguments[arguments.length - 1]; const begun = performance.now();\
         (function look() {{ if ({condition}) done('yes'); \
         else if (performance.now() - begun > 10000) done('no'); else requestAnimationFrame(look); }})();"
    );
    // A script that runs while the page gives way to the next one ends without an answer; the next page is asked anew.
    for _ in 0..20 {
        if let Ok(answer) = page.execute_async(&script, vec![]).await {
            if answer == "yes" {
                return;
            }
            let shown = run(page, "return document.body.innerText").await;
            panic!("waited in vain for: {condition}\n{shown}");
        }
    }
    panic!("no page stayed to answer: {condition}");
}

pub async fn run(page: &Client, script: &str) -> Value {
    page.execute(script, vec![]).await.unwrap()
}

pub async fn text(page: &Client, selector: &str) -> String {
    page.find(Locator::Css(selector))
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
}

pub async fn click(page: &Client, selector: &str) {
    until(page, &format!("document.querySelector(\"{selector}\")")).await;
    page.find(Locator::Css(selector))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
}

/// Presses keys where the keyboard is, one after the other.
pub async fn press(page: &Client, keys: &[&str]) {
    use fantoccini::actions::{InputSource, KeyAction, KeyActions};
    for key in keys.iter().flat_map(|keys| keys.chars()) {
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        page.perform_actions(actions).await.unwrap();
    }
}

/// Chooses a card, and waits until it is pressed.
pub async fn choose(page: &Client, label: &str) {
    click(page, &format!("#deck [data-label='{label}']")).await;
    let pressed = format!("document.querySelector('#deck [aria-pressed=true]')?.dataset.label === '{label}'");
    until(page, &pressed).await;
}

/// Waits until what is found first holds these words.
pub async fn says(page: &Client, selector: &str, words: &str) {
    let condition = format!("document.querySelector(\"{selector}\")?.textContent.includes('{words}')");
    until(page, &condition).await;
}

/// Nothing was said in the console but what is `expected`, and what axe says of itself.
pub async fn quiet(browser: &Browser, what: &str, expected: &[&str]) {
    let own = ["Applying inline style", "preload assets"];
    let mut heard = browser.console().await;
    heard.retain(|line| !own.iter().chain(expected).any(|words| line.contains(words)));
    assert_eq!(heard, Vec::<String>::new(), "{what}");
}

//! A room to play in, and what one does in a window.

use super::driver::Browser;
use super::house::{Guest, House, NOW, PASSWORD, between};
use ballast::accounts::Access;
use fantoccini::{Client, Locator};
use reqwest::Response;
use serde_json::Value;

/// A room that Mina Park has made.
pub struct Play {
    pub house: House,
    mina: Guest,
    link: String,
}

impl Play {
    pub async fn open() -> Self {
        let house = House::open().await;
        let mina = house.guest_called(Access::Manager, "Mina Park").await;
        let made = mina.form("/poker", &[]).await;
        let link = made.headers()["location"].to_str().unwrap().to_owned();
        Self { house, mina, link }
    }

    pub fn address(&self) -> String {
        format!("{}{}", self.house.address, self.link)
    }

    /// What Mina does in her room.
    pub async fn post(&self, act: &str, fields: &[(&str, &str)]) {
        let answer = self.mina.form(&format!("{}/{act}", self.link), fields).await;
        done(act, &answer);
    }

    pub async fn view(&self) -> Value {
        self.mina.json(&format!("{}/view", self.link)).await
    }

    /// Opens the room in a window, and waits until its line stands.
    pub async fn enter(&self, page: &Client) {
        page.goto(&self.address()).await.unwrap();
        until(page, "document.documentElement.dataset.live === 'on'").await;
    }

    /// Opens the room after it was ended: nothing in it changes, so it has no line.
    pub async fn enter_ended(&self, page: &Client) {
        page.goto(&self.address()).await.unwrap();
        until(page, "document.querySelector('.room.ended')").await;
    }

    /// What happens by itself in the next few seconds has happened.
    pub async fn a_moment_later(&self) {
        self.house.app.clock.set(NOW + 3_000);
        ballast::poker::tick(&self.house.app).await;
    }

    /// Somebody without an account and without a window.
    pub async fn guest(&self, name: &str) -> Guest {
        let mut guest = self.house.stranger();
        let answer = guest
            .form(&format!("{}/join", self.link), &[("name", name)])
            .await;
        done("join", &answer);
        guest.keep_cookie(&answer);
        let page = guest.text(&self.link).await;
        guest.form_key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap();
        guest
    }

    pub async fn vote(&self, guest: &Guest, round: &str, card: &str) {
        let answer = guest
            .form(
                &format!("{}/vote", self.link),
                &[("roundId", round), ("card", card)],
            )
            .await;
        done("vote", &answer);
    }
}

fn done(act: &str, answer: &Response) {
    assert!(answer.status().is_redirection(), "{act}: {}", answer.status());
}

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
    for _ in 0..20 {
        if let Ok(answer) = page.execute_async(&script, vec![]).await {
            assert_eq!(answer, "yes", "waited in vain for: {condition}");
            return;
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

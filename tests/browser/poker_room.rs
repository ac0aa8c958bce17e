//! A room to play in.

use super::hand::until;
use crate::house::{Guest, House, NOW, between};
use ballast::accounts::Access;
use fantoccini::Client;
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
        Self::of(house, mina, link)
    }

    /// A room that is there: `link` is its path.
    pub const fn of(house: House, mina: Guest, link: String) -> Self {
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
        self.read(&format!("{}/view", self.link)).await
    }

    /// What Mina is told at an address.
    pub async fn read(&self, path: &str) -> Value {
        self.mina.json(path).await
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

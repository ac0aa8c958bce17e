//! A browser that goes from Ballast to a provider and back, one step at a time.

use reqwest::{Client, Response, StatusCode, redirect};

use crate::house::{House, between};

/// How people reach the house of these tests, as the provider knows it.
pub const PUBLIC: &str = "http://ballast.test";

/// Keeps the cookies of both sides and goes nowhere by itself.
pub struct Wanderer {
    client: Client,
    house: String,
}

impl Wanderer {
    pub fn at(house: &House) -> Self {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(redirect::Policy::none());
        Self {
            client: client.build().unwrap(),
            house: house.address.clone(),
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        let path = path.strip_prefix(PUBLIC).unwrap_or(path);
        let url = format!("{}{path}", self.house);
        self.client.get(url).send().await.unwrap()
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.unwrap()
    }

    /// Sends a form of a page of ours, with the key that the page `from` carries.
    pub async fn form(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.text(from).await;
        let key = between(&page, "<meta name=\"csrf\" content=\"", "\"").unwrap_or_default();
        let mut all = fields.to_vec();
        all.push(("csrf", &key));
        let request = self.client.post(format!("{}{path}", self.house));
        let request = request.header("Sec-Fetch-Site", "same-origin");
        request.form(&all).send().await.unwrap()
    }

    /// Where the house sends the browser for this path.
    pub async fn sent(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        led(&answer)
    }

    /// Goes to the provider at `url` and signs in there as `login`, until it sends the browser back to us.
    pub async fn through(&self, url: &str, login: &str) -> String {
        let mut at = reqwest::Url::parse(url).unwrap();
        for _ in 0..20 {
            let mut answer = self.client.get(at.clone()).send().await.unwrap();
            if answer.status() == StatusCode::OK {
                let page = answer.text().await.unwrap();
                let action = between(&page, "action=\"", "\"").unwrap_or_else(|| panic!("no form: {page}"));
                let prompt = between(&page, "name=\"prompt\" value=\"", "\"").unwrap();
                let fields = [("prompt", prompt.as_str()), ("login", login), ("password", "any")];
                let action = at.join(&action).unwrap();
                answer = self.client.post(action).form(&fields).send().await.unwrap();
            }
            at = at.join(&led(&answer)).unwrap();
            if at.as_str().starts_with(PUBLIC) {
                return at.as_str()[PUBLIC.len()..].to_owned();
            }
        }
        panic!("the provider leads nowhere: {at}");
    }

    /// Signs in from the door to the end, and answers what the house says to the browser that comes back.
    pub async fn sign_in(&self, start: &str, login: &str) -> Response {
        let url = self.sent(start).await;
        let back = self.through(&url, login).await;
        self.get(&back).await
    }

    /// Who the house takes this browser for: address and access.
    pub async fn who(&self) -> Option<(String, String)> {
        let answer = self.get("/api/v1/me").await;
        if answer.status() != StatusCode::OK {
            return None;
        }
        let me: serde_json::Value = answer.json().await.unwrap();
        let text = |name: &str| me[name].as_str().unwrap_or_default().to_owned();
        Some((text("email"), text("access")))
    }
}

/// Where an answer leads.
pub fn led(answer: &Response) -> String {
    let to = answer.headers().get("location");
    to.unwrap_or_else(|| panic!("{} leads nowhere", answer.status()))
        .to_str()
        .unwrap()
        .to_owned()
}

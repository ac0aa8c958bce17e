//! An authenticator, and a browser that has shown its first proof.

use reqwest::{Response, StatusCode};
use totp_rs::{Builder, Secret, Totp};

use crate::house::{Guest, House, PASSWORD, between};

pub const MINUTE: i64 = 60_000;

pub const STEP: i64 = 30_000;

/// What somebody's phone holds.
pub struct Phone(pub Totp);

impl Phone {
    /// Reads the key off a page, as somebody types it.
    pub fn of(page: &str) -> Self {
        let key = between(page, "<p class=\"mono key\">", "</p>")
            .unwrap()
            .replace(' ', "");
        let key = Secret::try_from_base32(key).unwrap();
        Self(Builder::new().with_secret(key).build().unwrap())
    }

    /// What it shows at a moment in milliseconds.
    pub fn code(&self, at: i64) -> String {
        self.0.generate(u64::try_from(at / 1_000).unwrap()).to_string()
    }
}

pub fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

pub fn recovery_codes(page: &str) -> Vec<String> {
    let list = between(page, "<ul class=\"recovery mono\" id=\"recovery\">", "</ul>").unwrap();
    list.split("<li>")
        .skip(1)
        .map(|item| item.replace("</li>", ""))
        .collect()
}

/// Takes up an authenticator on the own account; gives the phone and the recovery codes.
pub async fn take_up(house: &House, guest: &Guest) -> (Phone, Vec<String>) {
    let begun = guest.form("/account/second-step", &[]).await;
    assert_eq!(location(&begun), "/account/second-step");
    let phone = Phone::of(&guest.text("/account/second-step").await);
    let code = phone.code(house.app.clock.now());
    let done = guest
        .form("/account/second-step/confirm", &[("code", &code)])
        .await;
    assert_eq!(done.status(), StatusCode::OK);
    let codes = recovery_codes(&done.text().await.unwrap());
    assert_eq!(codes.len(), 10);
    (phone, codes)
}

/// The first proof, by somebody who owes a second: a browser with the key of the step.
pub async fn half_in(house: &House, email: &str) -> Guest {
    let mut browser = house.stranger();
    let fields = [("email", email), ("password", PASSWORD), ("next", "/people")];
    let answer = browser.form("/auth/login", &fields).await;
    assert_eq!(location(&answer), "/auth/second");
    browser.keep_cookie(&answer);
    browser
}

/// The answer to a code. A refusal leads to a page that says so, and stands here for itself.
pub async fn second(browser: &Guest, code: &str) -> Response {
    let answer = browser.form("/auth/second", &[("code", code)]).await;
    let place = answer
        .headers()
        .get("location")
        .map(|place| place.to_str().unwrap());
    let Some(place) = place.filter(|place| place.starts_with("/auth/second?was=")) else {
        return answer;
    };
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = browser.text(place).await;
    assert!(page.contains("role=\"alert\""), "{page}");
    let refused = http::Response::builder().status(StatusCode::UNPROCESSABLE_ENTITY);
    refused.body(page).unwrap().into()
}

pub fn later(house: &House, milliseconds: i64) {
    house.app.clock.set(house.app.clock.now() + milliseconds);
}

/// The first proof from elsewhere, by somebody who knows the password.
pub async fn half_in_at(house: &House, place: u8) -> Guest {
    let mut browser = house.stranger_at([127, 0, 0, place]);
    let fields = [("email", "bo@example.org"), ("password", PASSWORD)];
    let answer = browser.form("/auth/login", &fields).await;
    assert_eq!(location(&answer), "/auth/second");
    browser.keep_cookie(&answer);
    browser
}

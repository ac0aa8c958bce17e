//! A browser at an address of its own, and what it is sent by mail.

use std::collections::BTreeMap;

use ballast::accounts::Access;
use reqwest::{Client, Method, Response, StatusCode, redirect};

use crate::house::House;

pub const CODES: (&str, &str) = ("SIGN_IN_METHODS", "code,password");

/// A browser that keeps its cookies, at an address of its own.
pub struct Browser {
    pub client: Client,
    pub house: String,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn at(house: &House, address: [u8; 4]) -> Self {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .local_address(std::net::IpAddr::from(address))
            .build()
            .unwrap();
        Self {
            client,
            house: house.address.clone(),
            cookies: BTreeMap::new(),
        }
    }

    pub fn new(house: &House) -> Self {
        Self::at(house, [127, 0, 0, 1])
    }

    pub async fn ask(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Response {
        let answer = self.asked(&method, path, fields).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// How many of a hundred tries of a code at once are let in.
    pub async fn let_in_of_a_hundred(&self, code: &str) -> usize {
        let fields = [("code", code)];
        let tries = (0..100).map(|_| self.asked(&Method::POST, "/auth/login/code", &fields).send());
        let answers = futures_util::future::join_all(tries).await;
        let let_in = answers
            .into_iter()
            .filter(|answer| answer.as_ref().unwrap().headers()["location"] == "/");
        let_in.count()
    }

    pub fn asked(&self, method: &Method, path: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .client
            .request(method.clone(), format!("{}{path}", self.house))
            .header("Sec-Fetch-Site", "same-origin")
            .header("Cookie", cookies.join("; "));
        if method == Method::POST {
            request.form(fields)
        } else {
            request
        }
    }

    pub async fn get(&mut self, path: &str) -> Response {
        self.ask(Method::GET, path, &[]).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.ask(Method::POST, path, fields).await
    }

    /// Types an address and goes on to the page for the digits.
    pub async fn type_address(&mut self, email: &str) {
        let answer = self.post("/auth/login", &[("email", email)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{email}");
        assert_eq!(answer.headers()["location"], "/auth/login/code");
    }

    /// What became of digits: a refusal leads back to their page, so that loading it again sends nothing again.
    pub async fn type_digits(&mut self, digits: &str) -> StatusCode {
        let answer = self.post("/auth/login/code", &[("code", digits)]).await;
        let place = answer
            .headers()
            .get("location")
            .map(|place| place.to_str().unwrap());
        match place {
            Some("/auth/login/code?was=wrong" | "/auth/login/code?was=short") => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => answer.status(),
        }
    }

    /// The page for the digits, after these were typed.
    pub async fn after_digits(&mut self, digits: &str) -> String {
        let answer = self.post("/auth/login/code", &[("code", digits)]).await;
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        self.get(&place).await.text().await.unwrap()
    }

    pub async fn type_password(&mut self, email: &str, password: &str) -> Response {
        self.post("/auth/login", &[("email", email), ("password", password)])
            .await
    }

    pub async fn is_in(&mut self) -> bool {
        self.get("/api/v1/me").await.status() == StatusCode::OK
    }
}

/// The digits of the newest letter, which must be to `email`.
pub fn digits(house: &House, email: &str) -> String {
    let letters = house.app.mail.captured();
    let letter = letters.last().expect("a letter");
    assert_eq!(letter.to, email);
    assert!(!letter.subject.contains(char::is_numeric));
    letter.text.expose().chars().take(6).collect()
}

pub fn letters(house: &House) -> usize {
    house.app.mail.captured().len()
}

pub fn later(house: &House, seconds: i64) {
    house.app.clock.set(house.app.clock.now() + seconds * 1_000);
}

pub async fn house_with_mina(settings: &[(&str, &str)]) -> House {
    let mut all = vec![CODES];
    all.extend(settings);
    let house = House::open_with(&all).await;
    house.guest_called(Access::Viewer, "Mina").await;
    house
}

pub const MINA: &str = "mina@example.org";

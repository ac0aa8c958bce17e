//! Something that is no browser, and what it is given to come in with.

use ballast::accounts::Access;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House, PASSWORD};

/// How often a program may ask is another test's matter.
pub const UNHURRIED: [(&str, &str); 1] = [("RATE_LIMIT_API_BURST", "10000")];

/// Something that is no browser: it sends what it is told to, and nothing by itself.
pub struct Program {
    pub client: Client,
    pub address: String,
}

/// What signing in gave.
pub struct Opened {
    pub access: String,
    pub cookie: String,
}

impl Program {
    pub fn at(house: &House) -> Self {
        Self {
            client: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            address: house.address.clone(),
        }
    }

    pub fn ask(&self, method: Method, path: &str, bearer: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.address))
            .header("Authorization", format!("Bearer {bearer}"))
    }

    pub async fn status(&self, path: &str, bearer: &str) -> StatusCode {
        self.ask(Method::GET, path, bearer).send().await.unwrap().status()
    }

    pub async fn knock(&self, email: &str, password: &str) -> Response {
        let body = json!({ "email": email, "password": password });
        self.client
            .post(format!("{}/api/v1/token", self.address))
            .json(&body)
            .send()
            .await
            .unwrap()
    }

    pub async fn sign_in(&self, email: &str) -> Opened {
        opened(self.knock(email, PASSWORD).await).await
    }

    pub async fn renew(&self, cookie: &str) -> Response {
        self.client
            .post(format!("{}/api/v1/token/refresh", self.address))
            .header("Cookie", cookie)
            .header("Origin", &self.address)
            .send()
            .await
            .unwrap()
    }
}

pub fn set_cookie(answer: &Response) -> String {
    answer.headers()["set-cookie"].to_str().unwrap().to_owned()
}

pub async fn opened(answer: Response) -> Opened {
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = set_cookie(&answer).split(';').next().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    Opened {
        access: body["accessToken"].as_str().unwrap().to_owned(),
        cookie,
    }
}

/// A house with this account in it, and a program.
pub async fn with(access: Access) -> (House, Guest, Program) {
    let house = House::open_with(&UNHURRIED).await;
    let guest = house.guest(access).await;
    let program = Program::at(&house);
    (house, guest, program)
}

pub async fn key(guest: &Guest, scope: &str) -> String {
    let body = json!({ "name": "Nightly report", "scope": scope, "days": 90 });
    let answer = guest.post("/api/v1/tokens", &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "{scope}");
    answer.json::<Value>().await.unwrap()["token"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub async fn problem(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("www-authenticate"));
    let body: Value = answer.json().await.unwrap();
    let kind = body["type"].as_str().unwrap();
    kind.strip_prefix("urn:ballast:problem:")
        .unwrap_or(kind)
        .to_owned()
}

//! A room with a moderator and stories.

use ballast::accounts::Access;
use reqwest::{Method, Response, StatusCode, multipart};
use serde_json::Value;

use crate::house::{Guest, House};

/// A room, and the guest who made it.
pub struct Play {
    pub house: House,
    pub mina: Guest,
    pub link: String,
}

impl Play {
    pub async fn open() -> Self {
        let house = House::open().await;
        let mina = house.guest_called(Access::Member, "Mina Park").await;
        let made = mina.form("/poker", &[]).await;
        let link = made.headers()["location"].to_str().unwrap().to_owned();
        Self { house, mina, link }
    }

    pub fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.link)
    }

    pub async fn post(&self, rest: &str, fields: &[(&str, &str)]) -> Response {
        self.mina.form(&self.at(rest), fields).await
    }

    pub async fn view(&self) -> Value {
        self.mina.json(&self.at("view")).await
    }

    /// The names of the stories in their order.
    pub async fn names(&self) -> Vec<String> {
        let view = self.view().await;
        let stories = view["stories"].as_array().unwrap();
        let name = |story: &Value| story["name"].as_str().unwrap().to_owned();
        stories.iter().map(name).collect()
    }

    pub async fn id(&self, name: &str) -> i64 {
        let view = self.view().await;
        let mut stories = view["stories"].as_array().unwrap().iter();
        let story = stories.find(|story| story["name"] == name).unwrap();
        story["id"].as_i64().unwrap()
    }

    pub async fn add(&self, names: &[&str]) {
        for name in names {
            let added = self.post("stories", &[("name", name)]).await;
            assert_eq!(added.status(), StatusCode::SEE_OTHER, "{name}");
        }
    }

    /// Sends what the form for many stories sends.
    pub async fn bring(&self, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Response {
        bring(&self.mina, &self.at("stories/import"), fields, file).await
    }

    pub async fn sql(&self, sql: &'static str) {
        let gesture = ballast::db::Gesture {
            actor: ballast::db::Actor::program(),
            label: "set a scene".to_owned(),
            at: crate::house::NOW,
        };
        let done = self.house.app.db.write(gesture, move |tx| {
            tx.execute(sql, &[])?;
            Ok::<_, ballast::error::AppError>(())
        });
        done.await.unwrap();
    }

    /// Votes in the round that is played now.
    pub async fn vote(&self, who: &Guest, card: usize) {
        let view = self.view().await;
        let round = view["round"]["roundId"].to_string();
        let voted = who
            .form(
                &self.at("vote"),
                &[("roundId", &round), ("card", &card.to_string())],
            )
            .await;
        assert!(voted.status().is_redirection(), "{}", voted.status());
    }

    pub async fn reveal(&self) {
        let view = self.view().await;
        let round = view["round"]["roundId"].to_string();
        let revealed = self.post("reveal", &[("roundId", &round)]).await;
        assert!(revealed.status().is_redirection(), "{}", revealed.status());
    }
}

pub async fn bring(
    who: &Guest,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, Vec<u8>)>,
) -> Response {
    let mut form = multipart::Form::new().text("csrf", who.form_key.clone());
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    if let Some((name, bytes)) = file {
        form = form.part("file", multipart::Part::bytes(bytes).file_name(name.to_owned()));
    }
    who.request(Method::POST, path)
        .multipart(form)
        .send()
        .await
        .unwrap()
}

//! A room of the tests: who sits in it, and what they say and see.

use ballast::accounts::Access;
use ballast::db::{Actor, DbError, Gesture};
use ballast::poker;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::house::{Guest, House, NOW};

/// The places of Fibonacci cards in their deck.
pub const ONE: usize = 1;
pub const THREE: usize = 3;
pub const FIVE: usize = 4;
pub const EIGHT: usize = 5;
pub const THIRTEEN: usize = 6;
pub const UNSURE: usize = 9;

/// A room with whoever made it.
pub struct Room {
    pub house: House,
    pub link: String,
    pub owner: Guest,
}

impl Room {
    /// A room as one click makes it.
    pub async fn open() -> Self {
        Self::with(json!({})).await
    }

    /// A room with these settings.
    pub async fn with(settings: Value) -> Self {
        let house = House::open().await;
        let owner = house.guest_called(Access::Member, "Olu").await;
        let made = owner.post("/api/v1/poker", &settings).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let made: Value = made.json().await.unwrap();
        Self {
            link: made["link"].as_str().unwrap().to_owned(),
            house,
            owner,
        }
    }

    pub fn at(&self, rest: &str) -> String {
        format!("/poker/{}{rest}", self.link)
    }

    /// A colleague who has opened the link.
    pub async fn member(&self, name: &str) -> Guest {
        let member = self.house.guest_called(Access::Member, name).await;
        assert_eq!(member.get(&self.at("")).await.status(), StatusCode::OK);
        member
    }

    /// Somebody without an account who has said their name.
    pub async fn guest(&self, name: &str) -> Guest {
        let mut guest = self.house.stranger();
        let joined = guest.form(&self.at("/join"), &[("name", name)]).await;
        assert_eq!(joined.status(), StatusCode::SEE_OTHER);
        guest.keep_cookie(&joined);
        guest
    }

    /// What somebody sees.
    pub async fn view(&self, who: &Guest) -> Value {
        who.json(&self.at("/view")).await
    }

    /// Says something to the room as a script does.
    pub async fn say(&self, who: &Guest, what: &str, body: Value) -> Response {
        let request = who.request(Method::POST, &self.at(what));
        let request = request.header("Accept", "application/json").json(&body);
        request.send().await.unwrap()
    }

    /// The same, where it must be done; answers what they see then.
    pub async fn done(&self, who: &Guest, what: &str, body: Value) -> Value {
        let answer = self.say(who, what, body).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{what}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The same, where it must be refused; answers why.
    pub async fn refused(&self, who: &Guest, what: &str, body: Value) -> (StatusCode, String) {
        let answer = self.say(who, what, body).await;
        let status = answer.status();
        assert!(status.is_client_error(), "{what}: {status}");
        (status, answer.text().await.unwrap())
    }

    /// The live round.
    pub async fn round(&self) -> i64 {
        self.view(&self.owner).await["round"]["roundId"].as_i64().unwrap()
    }

    pub async fn vote(&self, who: &Guest, card: usize) -> Value {
        let round = self.round().await;
        self.done(who, "/vote", json!({ "roundId": round, "card": card }))
            .await
    }

    pub async fn reveal(&self) -> Value {
        let round = self.round().await;
        self.done(&self.owner, "/reveal", json!({ "roundId": round }))
            .await
    }

    /// Puts stories in, however they are written down, and answers their ids.
    pub async fn stories(&self, names: &[&str]) -> Vec<i64> {
        let (link, names): (String, Vec<String>) = (
            self.link.clone(),
            names.iter().map(|name| (*name).to_owned()).collect(),
        );
        let gesture = Gesture {
            actor: Actor::program(),
            label: "wrote stories down".to_owned(),
            at: NOW,
        };
        let written = self.house.app.db.write(gesture, move |tx| {
            for (place, name) in (1_i64..).zip(&names) {
                tx.execute(
                    "insert into poker_story (room_id, position, name, reference, link, description, acceptance, tags, skipped, \
                     note) select id, ?2, ?3, '', '', '', '', '', 0, '' from poker_room where link = ?1",
                    &[link.as_str().into(), place.into(), name.as_str().into()],
                )?;
            }
            Ok::<_, DbError>(())
        });
        written.await.unwrap();
        let view = self.done(&self.owner, "/name", json!({ "name": "Olu" })).await;
        let stories = view["stories"].as_array().unwrap();
        stories
            .iter()
            .map(|story| story["id"].as_i64().unwrap())
            .collect()
    }

    /// So many milliseconds after noon.
    pub async fn later(&self, milliseconds: i64) {
        self.house.app.clock.set(NOW + milliseconds);
        poker::tick(&self.house.app).await;
    }

    /// Lets time go by until somebody whose lines have ended does not count as present any more; `who` looks. Answers how many
    /// milliseconds after noon that is.
    pub async fn until_gone(&self, who: &Guest, name: &str) -> i64 {
        // That a line has ended is noticed at some moment; from then on its grace runs.
        for step in 1..1_000 {
            let after = step * 25_000;
            self.later(after).await;
            let view = self.view(who).await;
            let mut people = view["people"].as_array().unwrap().iter();
            if people.any(|one| one["name"] == name && one["present"] == false) {
                return after;
            }
        }
        panic!("{name} is still here");
    }

    /// Who somebody is in the room.
    pub async fn own(&self, who: &Guest) -> i64 {
        self.view(who).await["own"].as_i64().unwrap()
    }
}

/// An open line, read event by event.
pub struct Line {
    answer: Response,
    read: String,
}

impl Line {
    pub async fn open(room: &Room, who: &Guest) -> Self {
        Self::asking(room, who, "").await
    }

    /// One that tells what `query` asks for.
    pub async fn asking(room: &Room, who: &Guest, query: &str) -> Self {
        let answer = who.get(&room.at(&format!("/events{query}"))).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let mut line = Self {
            answer,
            read: String::new(),
        };
        assert_eq!(line.next().await.unwrap().0, "hello");
        line
    }

    pub fn headers(&self) -> &reqwest::header::HeaderMap {
        self.answer.headers()
    }

    /// The name and the whole text of the next event; none where the line has ended.
    pub async fn next(&mut self) -> Option<(String, String)> {
        while !self.read.contains("\n\n") {
            let more = self.answer.chunk().await.ok()??;
            self.read.push_str(std::str::from_utf8(&more).unwrap());
        }
        let (event, rest) = self.read.split_once("\n\n").unwrap();
        let event = event.to_owned();
        self.read = rest.to_owned();
        let name = event.lines().find_map(|line| line.strip_prefix("event: "));
        Some((name.unwrap_or_default().to_owned(), event))
    }

    /// What the line still says before it ends.
    pub async fn rest(mut self) -> Vec<String> {
        let mut names = Vec::new();
        while let Some((name, _)) = self.next().await {
            names.push(name);
        }
        names
    }
}

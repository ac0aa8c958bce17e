//! The line of events: what it says, when it ends, and how people are back after the process was killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ballast::accounts::{self, Access, AccountDraft};
use ballast::db::{Actor, Db, DbError, Gesture, Migrate};
use reqwest::{Client, StatusCode, redirect};
use serde_json::{Value, json};

use super::table::{FIVE, Line, ONE, Room, THREE};

#[tokio::test]
async fn r13_the_line_says_that_something_changed_and_where_to_go_on() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let mut line = Line::open(&room, &bo).await;
    room.vote(&room.owner, FIVE).await;
    let (name, event) = line.next().await.unwrap();
    let seq = room.view(&bo).await["seq"].as_i64().unwrap();
    assert_eq!(name, "changed");
    assert_eq!(
        event,
        format!("id: {seq}\nevent: changed\ndata: {{\"seq\":{seq}}}")
    );
}

/// What an event carries.
fn carried(event: &str) -> String {
    let lines: Vec<&str> = event
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_line_tells_what_there_is_to_see_from_the_beginning_on_to_whoever_wants_it_so() {
    let room = Room::open().await;
    let (bo, gia) = (room.member("Bo").await, room.guest("Gia").await);
    for who in [&bo, &gia] {
        let mut pages = Line::asking(&room, who, "?with=page").await;
        let mut views = Line::asking(&room, who, "?with=view").await;
        for turn in 0..2 {
            let ((page, html), (view, json)) = (pages.next().await.unwrap(), views.next().await.unwrap());
            assert_eq!((page.as_str(), view.as_str()), ("room", "room"));
            let json: Value = serde_json::from_str(&carried(&json)).unwrap();
            let asked = room.view(who).await;
            for field in ["seq", "people", "round", "own", "may"] {
                assert_eq!(json[field], asked[field], "{field}");
            }
            let asked = who
                .request(reqwest::Method::GET, &room.at(""))
                .header("x-fragment", "room");
            let fragment = asked.send().await.unwrap().text().await.unwrap();
            assert_eq!(carried(&html).trim(), fragment.trim());
            if turn == 0 {
                room.vote(who, THREE).await;
            }
        }
    }
}

#[tokio::test]
async fn a_line_tells_nothing_that_is_known_nor_what_nobody_can_mean() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let seq = room.view(&bo).await["seq"].as_i64().unwrap();
    let mut line = Line::asking(&room, &bo, &format!("?with=view&after={seq}")).await;
    room.vote(&bo, THREE).await;
    let (name, event) = line.next().await.unwrap();
    let told: Value = serde_json::from_str(&carried(&event)).unwrap();
    assert_eq!((name.as_str(), &told["round"]["own"]), ("room", &json!(THREE)));
    for query in ["?with=everything", "?with=page&after=soon"] {
        let answer = bo.get(&room.at(&format!("/events{query}"))).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

#[tokio::test]
async fn what_is_long_is_asked_for() {
    let room = Room::open().await;
    let names: Vec<String> = (0..400)
        .map(|number| format!("Story {number} {}", "x".repeat(150)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    room.stories(&names).await;
    for with in ["page", "view"] {
        let mut line = Line::asking(&room, &room.owner, &format!("?with={with}")).await;
        assert_eq!(line.next().await.unwrap().0, "changed", "{with}");
    }
}

#[tokio::test]
async fn r14_no_proxy_keeps_the_line_back() {
    let room = Room::open().await;
    let line = Line::open(&room, &room.owner).await;
    let headers = line.headers();
    assert_eq!(headers["x-accel-buffering"], "no");
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
    assert!(!headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn the_line_of_an_account_ends_with_its_session_and_with_the_account() {
    let room = Room::open().await;
    let bo = room.member("Bo").await;
    let line = Line::open(&room, &bo).await;
    assert_eq!(bo.form("/auth/logout", &[]).await.status(), StatusCode::SEE_OTHER);
    line.rest().await;
    assert_eq!(bo.get(&room.at("/events")).await.status(), StatusCode::FORBIDDEN);
    let cleo = room.member("Cleo").await;
    let line = Line::open(&room, &cleo).await;
    let admin = room.house.admin().await;
    let all = admin.json("/api/v1/accounts").await;
    let all = all["items"].as_array().unwrap_or_else(|| all.as_array().unwrap());
    let id = all.iter().find(|one| one["name"] == "Cleo").unwrap()["id"].clone();
    let answer = admin
        .send(
            reqwest::Method::PATCH,
            &format!("/api/v1/accounts/{id}"),
            &json!({ "access": "member", "active": false }),
        )
        .await;
    assert!(answer.status().is_success());
    line.rest().await;
}

#[tokio::test]
async fn the_lines_of_guests_end_when_the_server_stops() {
    let room = Room::open().await;
    let gia = room.guest("Gia").await;
    let line = Line::open(&room, &gia).await;
    room.house.app.feed.close();
    line.rest().await;
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(directory: &Path, address: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ballast"))
            .args(["--data-dir"])
            .arg(directory)
            .args(["serve", "--http-addr", address])
            .env("LOG_LEVEL", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().trim_start_matches("Ballast is at ").to_owned();
        assert!(address.starts_with("http://"), "{line}");
        Self { child, address }
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PASSWORD: &str = "correct horse battery";

async fn prepare(directory: &Path) {
    let db = Db::open(directory, Migrate::Auto).unwrap();
    let hash = accounts::hash_password(PASSWORD.to_owned()).await.unwrap();
    let gesture = Gesture {
        actor: Actor::program(),
        label: "prepared".to_owned(),
        at: 0,
    };
    let made = db.write(gesture, move |tx| {
        let draft = AccountDraft {
            email: "olu@example.org".into(),
            name: "Olu".into(),
            access: Access::Member,
        };
        let account = accounts::make_account(tx, &draft)?.ok_or(DbError::Closed)?;
        accounts::set_password(tx, account, &hash)
    });
    made.await.unwrap();
}

/// Somebody whose browser keeps its cookie over the restart.
struct Browser {
    client: Client,
    cookie: String,
}

impl Browser {
    async fn new(address: &str, path: &str, fields: &[(&str, &str)]) -> Self {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        let answer = client
            .post(format!("{address}{path}"))
            .header("Sec-Fetch-Site", "same-origin")
            .form(fields)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { client, cookie }
    }

    async fn get(&self, address: &str) -> reqwest::Response {
        self.client
            .get(address)
            .header("Cookie", &self.cookie)
            .send()
            .await
            .unwrap()
    }

    async fn post(&self, address: &str, body: &Value) -> reqwest::Response {
        let request = self.client.post(address).header("Cookie", &self.cookie);
        let request = request
            .header("Sec-Fetch-Site", "same-origin")
            .header("Accept", "application/json");
        request.json(body).send().await.unwrap()
    }
}

#[tokio::test]
async fn r11_after_the_process_is_killed_in_the_middle_of_a_round_the_votes_are_there_and_so_are_the_people()
{
    let directory = tempfile::tempdir().unwrap();
    prepare(directory.path()).await;
    let mut server = Server::start(directory.path(), "127.0.0.1:0");
    let address = server.address.clone();
    let olu = Browser::new(
        &address,
        "/auth/login",
        &[("email", "olu@example.org"), ("password", PASSWORD)],
    )
    .await;
    let made: Value = olu
        .post(&format!("{address}/api/v1/poker"), &json!({}))
        .await
        .json()
        .await
        .unwrap();
    let link = made["link"].as_str().unwrap().to_owned();
    let at = |rest: &str| format!("{address}/poker/{link}{rest}");
    let gia = Browser::new(&address, &format!("/poker/{link}/join"), &[("name", "Gia")]).await;
    let view: Value = gia.get(&at("/view")).await.json().await.unwrap();
    let round = view["round"]["roundId"].clone();
    let mut events = gia.get(&at("/events")).await;
    events.chunk().await.unwrap();
    for (who, card) in [(&olu, THREE), (&gia, ONE), (&gia, FIVE)] {
        let told = who
            .post(&at("/vote"), &json!({ "roundId": round, "card": card }))
            .await;
        assert_eq!(told.status(), StatusCode::OK);
    }
    server.kill();
    while events.chunk().await.is_ok_and(|more| more.is_some()) {}
    // The same address, so that the open pages find it again.
    let bound = address.trim_start_matches("http://").to_owned();
    let _server = Server::start(directory.path(), &bound);
    for (who, card) in [(&olu, THREE), (&gia, FIVE)] {
        let mut events = who.get(&at("/events")).await;
        assert_eq!(events.status(), StatusCode::OK, "back without a reload");
        let hello = events.chunk().await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&hello).contains("event: hello"));
        let view: Value = who.get(&at("/view")).await.json().await.unwrap();
        assert_eq!(view["round"]["own"], card);
        assert_eq!(view["round"]["voted"], 2);
        assert_eq!(
            view["round"]["revealed"], false,
            "nobody is taken by surprise while others are on their way"
        );
    }
    let told = olu.post(&at("/reveal"), &json!({ "roundId": round })).await;
    let told: Value = told.json().await.unwrap();
    assert_eq!(told["round"]["result"]["median"], "4");
}

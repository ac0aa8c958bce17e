//! What every address tells of cards that do not lie open, told by a word, a number or a length.

use ballast::accounts::Access;
use ballast::db::{Actor, Gesture, Value as Cell};
use ballast::error::AppError;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::table::{EIGHT, FIVE, Line, ONE, Room, THIRTEEN, THREE, UNSURE};
use crate::house::{Guest, NOW};

const HOUR: i64 = 3_600_000;

/// Every address that somebody may read who is in the room, and that tells anything of it. Those that take an account are
/// refused to a guest, and the refusal is compared as well.
const EXITS: [&str; 32] = [
    "/poker/{link}",
    "/poker/{link}/view",
    "/poker/{link}/rounds",
    "/poker/{link}/rounds?story={story}",
    "/poker/{link}/people",
    "/poker/{link}/invite",
    "/poker/{link}/days",
    "/poker/{link}/settings",
    "/poker/{link}/stories/new",
    "/poker/{link}/stories/import",
    "/poker/{link}/stories/{story}",
    "/poker/{link}/stories/{story}/edit",
    "/poker/{link}/export",
    "/poker/{link}/export/stories.csv",
    "/poker/{link}/export/stories.json",
    "/poker/{link}/export/stories.md",
    "/poker/{link}/plan",
    "/poker/{link}/plan?{ask}",
    "/poker/{link}/forecast",
    "/poker/pace",
    "/poker/pace/{team}",
    "/projects/{project}/forecast?team={team}",
    "/poker",
    "/search?q=Tariffs",
    "/api/v1/poker",
    "/api/v1/poker/{link}",
    "/api/v1/poker/{link}/rounds",
    "/api/v1/poker/{link}/stories",
    "/api/v1/poker/{link}/plan?{ask}",
    "/api/v1/poker/{link}/forecast",
    "/api/v1/poker/pace/{team}",
    "/api/v1/projects/{project}/forecast?team={team}",
];

/// What of a body differs with each answer and has nothing to do with votes.
pub fn without_chance(text: &str) -> String {
    let mut text = text.to_owned();
    for (before, after) in [
        ("\"seq\":", ","),
        ("\"requestId\":\"", "\""),
        ("data-seq=\"", "\""),
        ("faint\">Request ", "<"),
    ] {
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some((head, tail)) = rest.split_once(before) {
            kept.push_str(head);
            kept.push_str(before);
            rest = tail.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            assert!(rest.starts_with(after), "{before}");
        }
        kept.push_str(rest);
        text = kept;
    }
    text
}

/// A room of a team with a pace, so that what is agreed can be planned and forecast, and its people.
struct World {
    room: Room,
    project: i64,
    team: i64,
    /// What is voted about.
    story: i64,
    /// A question about planning what was agreed on.
    ask: String,
    bo: Guest,
    cleo: Guest,
    gia: Guest,
}

impl World {
    async fn open(settings: Value) -> Self {
        let room = Room::with(settings).await;
        let (bo, cleo) = (room.member("Bo").await, room.member("Cleo").await);
        let gia = room.guest("Gia").await;
        let seed = room.house.seed().await;
        let project = seed.project;
        let read = room.house.app.db.read(|tx| {
            let team = tx.first("select min(id) from department", &[], |row| row.get::<i64>(0))?;
            Ok::<_, AppError>(team.unwrap_or(0))
        });
        let team = read.await.unwrap();
        let mut names = vec!["Old"; 8];
        names.extend(["Agreed", "Tariffs"]);
        let stories = room.stories(&names).await;
        let (agreed, story) = (stories[8], stories[9]);
        let ask = format!(
            "stories={agreed}&project={project}&who=person-{}&from=2026-11-16&to=2026-11-23",
            seed.ada
        );
        let world = Self {
            room,
            project,
            team,
            story,
            ask,
            bo,
            cleo,
            gia,
        };
        world
            .sql(
                "update poker_room set department_id = ?1, project_id = ?2",
                vec![team.into(), project.into()],
            )
            .await;
        world
            .sql(
                "update poker_story set estimate = '5', points = 500, accepted_by = 'Mo', accepted_at = ?1 \
                 where name <> 'Tariffs'",
                vec![NOW.into()],
            )
            .await;
        world
            .sql(
                "insert into poker_finished (story_id, finished_at, finished_by, spent) \
                 select id, ?1, 'Mo', 1200 + 30 * position from poker_story where name = 'Old'",
                vec![(NOW - 24 * HOUR).into()],
            )
            .await;
        world
    }

    /// Runs a statement, and lets the room be read anew.
    async fn sql(&self, text: &'static str, values: Vec<Cell>) {
        let gesture = Gesture {
            actor: Actor::program(),
            label: "changed a room for a test".to_owned(),
            at: NOW,
        };
        let done = self.room.house.app.db.write(gesture, move |tx| {
            tx.execute(text, &values)?;
            Ok::<_, AppError>(())
        });
        done.await.unwrap();
        self.room
            .done(&self.room.owner, "/name", json!({ "name": "Olu" }))
            .await;
    }

    /// Puts the story on the table, and answers the round.
    async fn begin(&self) -> i64 {
        let round = self.room.round().await;
        let body = json!({ "roundId": round, "storyId": self.story });
        self.room.done(&self.room.owner, "/story", body).await;
        self.room.round().await
    }

    async fn vote(&self, round: i64, who: &Guest, card: usize) {
        let body = json!({ "roundId": round, "card": card });
        self.room.done(who, "/vote", body).await;
    }

    /// Changes what somebody has voted, whatever the room would say of it.
    async fn revote(&self, round: i64, name: &str, card: usize) {
        let card = i64::try_from(card).unwrap();
        self.sql(
            "update poker_vote set card = ?2 where round_id = ?1 \
             and participant_id = (select id from poker_participant where name = ?3)",
            vec![round.into(), card.into(), name.to_owned().into()],
        )
        .await;
    }

    /// Everything that `who` may read.
    async fn read(&self, who: &Guest) -> Vec<(String, String)> {
        let room = &self.room;
        let mut all = Vec::new();
        for exit in EXITS {
            let path = exit
                .replace("{link}", &room.link)
                .replace("{story}", &self.story.to_string())
                .replace("{project}", &self.project.to_string())
                .replace("{team}", &self.team.to_string())
                .replace("{ask}", &self.ask);
            let answer = who.get(&path).await;
            let status = answer.status();
            let text = answer.text().await.unwrap();
            all.push((path, format!("{status} {}", without_chance(&text))));
        }
        all
    }

    /// The same, and what they are told when they try what they may not.
    async fn heard(&self, who: &Guest, round: i64) -> Vec<(String, String)> {
        let room = &self.room;
        let mut all = self.read(who).await;
        for (what, body) in [
            ("/vote", json!({ "roundId": 987_654, "card": 1 })),
            ("/vote", json!({ "roundId": round, "card": 99 })),
            ("/second", json!({ "roundId": round, "card": 1 })),
            ("/reveal", json!({ "roundId": round - 1 })),
            (
                "/accept",
                json!({ "roundId": round, "storyId": self.story, "estimate": "5" }),
            ),
            ("/whatever", json!({})),
        ] {
            let (status, text) = room.refused(who, what, body).await;
            all.push((what.to_owned(), format!("{status} {}", without_chance(&text))));
        }
        all
    }

    /// What a forecast says that somebody makes now.
    async fn forecast(&self) -> (String, String) {
        let path = format!("/api/v1{}", self.room.at("/forecast"));
        let answer = self.cleo.post(&path, &json!({ "seed": 7 })).await;
        let status = answer.status();
        let mut told: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{told}");
        // Each is kept beside the others, under a number of its own.
        told["id"] = Value::Null;
        self.sql("delete from poker_forecast", Vec::new()).await;
        (path, told.to_string())
    }
}

/// How many of the exits tell something to a member and to a guest together.
const READ: usize = 43;
/// The same with whoever runs the room, to whom all of them do.
const ALL_READ: usize = READ + EXITS.len();
/// How much is refused to a member and to a guest together.
const REFUSED: usize = 25;

/// Compares what was heard while different cards lay there: nothing may differ. Each time as many addresses must have told
/// something, so that no silence passes for secrecy.
fn assert_alike(all: &[Vec<(String, String)>], least: (usize, usize)) {
    let (first, others) = all.split_first().unwrap();
    for other in others {
        assert_eq!(first.len(), other.len());
        for ((path, one), (_, other)) in first.iter().zip(other) {
            assert_eq!(one, other, "{path}");
        }
    }
    let told = |begin: &str| {
        let all = first.iter().filter(|(_, one)| one.starts_with(begin));
        all.map(|(path, _)| path.as_str()).collect::<Vec<_>>()
    };
    let (read, refused) = (told("200"), told("4"));
    assert!(
        read.len() >= least.0 && refused.len() >= least.1,
        "{} were read, and these {} refused: {refused:?}",
        read.len(),
        refused.len()
    );
}

#[tokio::test]
async fn r2_and_r3_no_exit_tells_a_vote_before_the_reveal_by_a_word_or_by_its_length() {
    for settings in [json!({ "name": "Harbour" }), json!({ "anonymous": true })] {
        let world = World::open(settings).await;
        let round = world.begin().await;
        let mut lines = Vec::new();
        for query in ["", "?with=page", "?with=view"] {
            let mut line = Line::asking(&world.room, &world.cleo, query).await;
            if !query.is_empty() {
                assert_eq!(line.next().await.unwrap().0, "room");
            }
            lines.push((query, line));
        }
        // A first vote, so that each of those that follow takes the place of one.
        world.vote(round, &world.bo, ONE).await;
        for (_, line) in &mut lines {
            line.next().await.unwrap();
        }
        let mut all = Vec::new();
        // The longest label and the shortest, a size and a card that is none.
        for card in [THREE, THIRTEEN, UNSURE] {
            world.vote(round, &world.bo, card).await;
            let mut told = Vec::new();
            for (query, line) in &mut lines {
                let (name, event) = line.next().await.unwrap();
                assert_eq!(name, if query.is_empty() { "changed" } else { "room" });
                let (number, event) = event.split_once('\n').unwrap();
                assert!(number.starts_with("id: "));
                told.push((
                    format!("events{query}"),
                    without_chance(&event.replace('}', ",}")),
                ));
            }
            told.extend(world.heard(&world.cleo, round).await);
            told.extend(world.heard(&world.gia, round).await);
            told.extend(world.read(&world.room.owner).await);
            told.push(world.forecast().await);
            for (_, line) in &mut lines {
                line.next().await.unwrap();
            }
            all.push(told);
        }
        assert_alike(&all, (ALL_READ, REFUSED));
    }
}

#[tokio::test]
async fn r2_and_r3_no_exit_tells_the_cards_of_a_round_over_days_while_it_lasts() {
    let world = World::open(json!({})).await;
    let body = json!({ "hours": 2 });
    let view = world.room.done(&world.room.owner, "/asynchronous", body).await;
    let round = view["asynchronous"][0]["roundId"].as_i64().unwrap();
    world.vote(round, &world.cleo, FIVE).await;
    world.vote(round, &world.bo, ONE).await;
    let mut all = Vec::new();
    for card in [THREE, THIRTEEN, UNSURE] {
        world.vote(round, &world.bo, card).await;
        // One's own vote opens nothing before it is over.
        let mut told = world.heard(&world.cleo, round).await;
        told.extend(world.heard(&world.gia, round).await);
        told.extend(world.read(&world.room.owner).await);
        told.push(world.forecast().await);
        all.push(told);
    }
    assert_alike(&all, (ALL_READ, REFUSED));
}

#[tokio::test]
async fn r2_and_r3_no_exit_tells_the_cards_of_a_round_over_days_to_who_gave_none_until_it_is_looked_at() {
    let world = World::open(json!({})).await;
    let watcher = world.room.member("Dana").await;
    let body = json!({ "hours": 2 });
    let view = world.room.done(&world.room.owner, "/asynchronous", body).await;
    let round = view["asynchronous"][0]["roundId"].as_i64().unwrap();
    world.vote(round, &world.room.owner, FIVE).await;
    world.vote(round, &world.bo, EIGHT).await;
    world.room.later(2 * HOUR).await;
    let open = world.room.view(&world.bo).await;
    assert_eq!(open["asynchronous"][0]["result"]["median"], "6.5");
    // Whoever only watches from now on was asked all the same.
    let body = json!({ "role": "spectator" });
    world.room.done(&watcher, "/role", body).await;
    let through = through_the_eyes_of(&world.room, "Bo").await;
    let mut all = Vec::new();
    for card in [THREE, THIRTEEN, UNSURE] {
        world.revote(round, "Bo", card).await;
        let mut told = Vec::new();
        for who in [&world.cleo, &world.gia, &watcher] {
            told.extend(world.heard(who, round).await);
        }
        for exit in ["/view", "/rounds", "/export/stories.csv", "/export/stories.json"] {
            let path = world.room.at(exit);
            let answer = through.get(&path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            told.push((path, without_chance(&answer.text().await.unwrap())));
        }
        told.push(world.forecast().await);
        all.push(told);
    }
    assert_alike(&all, (70, 35));
}

/// An administrator who looks at Ballast as somebody else sees it.
async fn through_the_eyes_of(room: &Room, name: &str) -> Guest {
    let mut admin = room.house.guest(Access::Admin).await;
    let accounts = admin.json("/api/v1/accounts").await;
    let all = accounts["items"].as_array();
    let all = all.unwrap_or_else(|| accounts.as_array().unwrap());
    let id = all.iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    let begun = admin.form(&format!("/accounts/{id}/impersonate"), &[]).await;
    assert_eq!(begun.status(), StatusCode::SEE_OTHER);
    admin.keep_cookie(&begun);
    admin
}

#[tokio::test]
async fn r16_no_exit_tells_who_gave_which_card_of_an_anonymous_round_nor_anything_of_too_few() {
    let world = World::open(json!({ "anonymous": true })).await;
    let round = world.begin().await;
    world.vote(round, &world.room.owner, ONE).await;
    world.vote(round, &world.bo, EIGHT).await;
    world.room.reveal().await;
    // Two are too few: of their cards nothing is told, whatever they are.
    let mut all = Vec::new();
    for card in [THREE, THIRTEEN, UNSURE] {
        world.revote(round, "Bo", card).await;
        let mut told = world.heard(&world.cleo, round).await;
        told.extend(world.heard(&world.gia, round).await);
        told.extend(world.read(&world.room.owner).await);
        all.push(told);
    }
    assert_alike(&all, (ALL_READ, REFUSED));
    // Three are enough for what they say together; whose card is whose is told nowhere.
    let body = json!({ "roundId": round });
    world.room.done(&world.room.owner, "/rounds", body).await;
    let round = world.room.round().await;
    for (who, card) in [
        (&world.room.owner, ONE),
        (&world.bo, THIRTEEN),
        (&world.cleo, FIVE),
    ] {
        world.vote(round, who, card).await;
    }
    let told = world.room.reveal().await;
    assert_eq!(told["round"]["result"]["sizes"], 3);
    let mut all = Vec::new();
    for (olu, bo) in [(ONE, THIRTEEN), (THIRTEEN, ONE)] {
        world.revote(round, "Olu", olu).await;
        world.revote(round, "Bo", bo).await;
        let mut told = world.heard(&world.cleo, round).await;
        told.extend(world.heard(&world.gia, round).await);
        all.push(told);
    }
    assert_alike(&all, (READ, REFUSED));
}

#[tokio::test]
async fn r2_the_log_tells_no_card_at_any_level() {
    // Labels that nothing else says, in a log that every test of this process writes.
    let room = Room::with(json!({ "deck": "custom", "cards": "wombat=8\nquokka=13\n?" })).await;
    let bo = room.member("Bo").await;
    let gia = room.guest("Gia").await;
    let line = Line::open(&room, &gia).await;
    room.vote(&bo, 0).await;
    room.vote(&gia, 1).await;
    let round = room.round().await;
    room.refused(&bo, "/vote", json!({ "roundId": round, "card": "wombat" }))
        .await;
    room.refused(&bo, "/second", json!({ "roundId": round, "card": 1 }))
        .await;
    for exit in ["", "/view", "/rounds", "/export/stories.json"] {
        gia.text(&room.at(exit)).await;
    }
    room.reveal().await;
    drop(line);
    let log = room.house.witness.text();
    assert!(log.contains("TRACE"), "it is read as finely as it goes");
    for told in ["wombat", "quokka", "\"card\"", "card=", "card:", "poker_vote"] {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(told)).collect();
        assert!(lines.is_empty(), "{told}: {lines:?}");
    }
}

//! A room with stories, some agreed and some voted, for a team whose plan is the small one of the house.

use ballast::db::{Actor, Gesture, Value as Cell};
use ballast::error::AppError;
use reqwest::StatusCode;

use crate::house::{Guest, House, NOW, Seed};

/// Thursday, a day after the house's today, at noon.
pub const DAY: i64 = 86_400_000;

pub struct Room {
    pub link: String,
    pub id: i64,
    pub team: i64,
}

fn gesture() -> Gesture {
    Gesture {
        actor: Actor::program(),
        label: "made a room for a test".to_owned(),
        at: NOW,
    }
}

/// Runs a statement that has no page of its own here, before anybody has opened the room.
pub async fn sql(house: &House, text: &'static str, values: Vec<Cell>) {
    let done = house.app.db.write(gesture(), move |tx| {
        tx.execute(text, &values)?;
        Ok::<_, AppError>(())
    });
    done.await.unwrap();
}

/// One number from the database.
pub async fn number(house: &House, text: &'static str) -> i64 {
    let read = house.app.db.read(move |tx| {
        let found = tx.first(text, &[], |row| row.get::<i64>(0))?;
        Ok::<_, AppError>(found.unwrap_or(0))
    });
    read.await.unwrap()
}

/// A room of `owner`'s team and project. What is put into it by SQL must be there before anybody opens it.
pub async fn room(house: &House, owner: &Guest, seed: &Seed) -> Room {
    let made = owner.form("/poker", &[]).await;
    assert_eq!(
        made.status(),
        StatusCode::SEE_OTHER,
        "{}",
        made.text().await.unwrap_or_default()
    );
    let place = made.headers()["location"].to_str().unwrap().to_owned();
    let link = place
        .trim_start_matches("/poker/")
        .split(['?', '#'])
        .next()
        .unwrap()
        .to_owned();
    let team = number(house, "select id from department order by id limit 1").await;
    let id = number(house, "select max(id) from poker_room").await;
    sql(
        house,
        "update poker_room set department_id = ?2, project_id = ?3, name = 'Sprint 14' where id = ?1",
        vec![id.into(), team.into(), seed.project.into()],
    )
    .await;
    Room { link, id, team }
}

/// The small plan, a manager, and a room of theirs.
pub async fn opened(house: &House) -> (Seed, Guest, Room) {
    let seed = house.seed().await;
    let manager = house.manager().await;
    let room = room(house, &manager, &seed).await;
    (seed, manager, room)
}

impl Room {
    /// A story, agreed at `points` where there are any. Answers its id.
    pub async fn story(&self, house: &House, name: &str, points: Option<i32>) -> i64 {
        self.card(
            house,
            name,
            points.map(|points| (points.to_string(), Some(points * 100))),
        )
        .await
    }

    /// A story that was agreed by a card, with its hundredths of points.
    pub async fn card(&self, house: &House, name: &str, agreed: Option<(String, Option<i32>)>) -> i64 {
        let at = agreed.as_ref().map(|_| NOW - DAY);
        let (label, points) = agreed.map_or((None, None), |(label, points)| (Some(label), points));
        sql(
            house,
            "insert into poker_story (room_id, position, name, reference, link, description, acceptance, tags, skipped, estimate, points, note, accepted_by, accepted_at) \
             select ?1, count(*), ?2, '', '', '', '', '', 0, ?3, ?4, '', 'Mo', ?5 from poker_story where room_id = ?1",
            vec![self.id.into(), name.to_owned().into(), label.into(), points.into(), at.into()],
        )
        .await;
        number(house, "select max(id) from poker_story").await
    }

    /// A story that was finished `days` ago after so many hours.
    pub async fn finished(&self, house: &House, (points, hours): (i32, i64), days: i64) -> i64 {
        let story = self
            .story(house, &format!("Old {points} in {hours}"), Some(points))
            .await;
        sql(
            house,
            "insert into poker_finished (story_id, finished_at, finished_by, spent) values (?1, ?2, 'Mo', ?3)",
            vec![story.into(), (NOW - days * DAY).into(), (hours * 60).into()],
        )
        .await;
        story
    }

    /// Eight finished stories: a point takes 4 to 6 h.
    pub async fn calibrate(&self, house: &House) {
        for (day, one) in (1..).zip([
            (5, 20),
            (5, 25),
            (3, 15),
            (5, 30),
            (2, 8),
            (3, 18),
            (8, 40),
            (1, 5),
        ]) {
            self.finished(house, one, day).await;
        }
    }

    pub fn at(&self, rest: &str) -> String {
        format!("/poker/{}{rest}", self.link)
    }
}

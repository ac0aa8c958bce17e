//! What forecasts are made from, and forecasts as they are kept.

use std::collections::HashMap;

use super::rules::Answer;
use super::rules_gather::{Inputs, OwnHours, Undone};
use crate::db::{DbError, Row, Tx, Value, WriteTx, params};
use crate::error::AppError;
use crate::poker::pace::Estimate;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::points::Points;
use crate::units::Day;
use crate::units::ids::{AssignmentId, DepartmentId, ProjectId, RoomId, RoundId, StoryId};

/// Whose stories a forecast is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of a room.
    Room(RoomId),
    /// Those of all rooms of a project that ask for no passcode: whoever sees the project is not in the others.
    Project(ProjectId),
}

/// How many stories a forecast takes.
const MOST: i64 = 2_000;

impl Scope {
    const fn ids(self) -> (Option<RoomId>, Option<ProjectId>) {
        match self {
            Self::Room(id) => (Some(id), None),
            Self::Project(id) => (None, Some(id)),
        }
    }
}

/// The teams whose rooms belong to a project, those with most stories first.
pub fn teams(tx: &Tx<'_>, project: ProjectId) -> Result<Vec<DepartmentId>, DbError> {
    tx.query(
        "select r.department_id from poker_room r left join poker_story s on s.room_id = r.id \
         where r.project_id = ?1 and r.department_id is not null and r.passcode_hash is null \
         group by r.department_id order by count(s.id) desc, r.department_id",
        &params![project],
        |row| row.get(0),
    )
}

/// The stories that are not done, with what was voted in the last round of each that everybody has seen.
pub fn undone(tx: &Tx<'_>, scope: Scope, team: DepartmentId) -> Result<Vec<Undone>, DbError> {
    let (room, project) = scope.ids();
    let mut rounds = last_rounds(tx, scope)?;
    tx.query(
        "select s.id, s.name, s.estimate, s.points, r.deck from poker_story s join poker_room r on r.id = s.room_id \
         left join poker_finished f on f.story_id = s.id \
         where (r.id = ?1 or (r.project_id = ?2 and r.department_id = ?3 and r.passcode_hash is null)) \
         and s.skipped = 0 and f.story_id is null order by r.id, s.position, s.id limit ?4",
        &params![room, project, team, MOST],
        |row| {
            let story: StoryId = row.get(0)?;
            let (label, points): (Option<String>, Option<i32>) = (row.get(2)?, row.get(3)?);
            let deck: String = row.get(4)?;
            let round = rounds.remove(&story);
            let deck = round.as_ref().map_or_else(|| read_deck(&deck), |(deck, ..)| deck.clone());
            Ok(Undone {
                story,
                name: row.get(1)?,
                agreed: label.map(|label| Estimate {
                    deck: deck.kind,
                    label,
                    points: points.map(Points::hundredths),
                }),
                round,
            })
        },
    )
}

fn read_deck(text: &str) -> Deck {
    serde_json::from_str(text).unwrap_or_default()
}

type LastRound = (Deck, bool, Vec<usize>);

/// The last revealed round of each story. One over days counts once it is put away, or its story was agreed on: before, who
/// has not voted in it does not see it either.
fn last_rounds(tx: &Tx<'_>, scope: Scope) -> Result<HashMap<StoryId, LastRound>, DbError> {
    let (room, project) = scope.ids();
    let rounds: Vec<(StoryId, RoundId, String, bool)> = tx.query(
        "select d.story_id, d.id, d.deck, d.anonymous from poker_round d join poker_room r on r.id = d.room_id \
         join poker_story s on s.id = d.story_id \
         where (r.id = ?1 or r.project_id = ?2) and d.revealed_at is not null \
         and (d.asynchronous = 0 or d.closed_at is not null or s.estimate is not null) order by d.number",
        &params![room, project],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let mut last: HashMap<StoryId, (RoundId, String, bool)> = HashMap::new();
    for (story, round, deck, anonymous) in rounds {
        last.insert(story, (round, deck, anonymous));
    }
    let mut found = HashMap::new();
    for (story, (round, deck, anonymous)) in last {
        let votes: Vec<i64> = tx.query(
            "select card from poker_vote where round_id = ?1 order by card",
            &params![round],
            |row| row.get(0),
        )?;
        let votes = votes.into_iter().filter_map(|card| usize::try_from(card).ok());
        found.insert(story, (read_deck(&deck), anonymous, votes.collect()));
    }
    Ok(found)
}

/// The hours of assignments that are there for `stories`.
pub fn own_hours(tx: &Tx<'_>, stories: &[StoryId]) -> Result<OwnHours, DbError> {
    let links: Vec<(AssignmentId, StoryId, i64)> = tx.query(
        "select assignment_id, story_id, minutes from story_hours",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut own = OwnHours::new();
    for (assignment, story, minutes) in links {
        let (part, all) = own.entry(assignment).or_default();
        *all += minutes;
        if stories.contains(&story) {
            *part += minutes;
        }
    }
    own.retain(|_, (part, _)| *part > 0);
    Ok(own)
}

/// A forecast as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its id.
    pub id: i64,
    /// Whose pace and hours.
    pub team: DepartmentId,
    /// When it was made, in milliseconds, and by whom.
    pub made: (i64, String),
    /// What it was made from.
    pub inputs: Inputs,
    /// What came out.
    pub answer: Answer,
}

fn kept(row: &Row<'_>) -> Result<Option<Kept>, DbError> {
    let (question, answer): (String, String) = (row.get(4)?, row.get(5)?);
    let read = serde_json::from_str(&question)
        .ok()
        .zip(serde_json::from_str(&answer).ok());
    // What was kept by a later Ballast, in words that this one does not know, is as good as not kept.
    let Some((inputs, answer)) = read else {
        return Ok(None);
    };
    Ok(Some(Kept {
        id: row.get(0)?,
        team: row.get(1)?,
        made: (row.get(2)?, row.get(3)?),
        inputs,
        answer,
    }))
}

/// A forecast: the one with this id, or the newest.
pub fn forecast(tx: &Tx<'_>, scope: Scope, id: Option<i64>) -> Result<Option<Kept>, DbError> {
    let (room, project) = scope.ids();
    let found = tx.first(
        "select id, department_id, made_at, made_by, question, answer from poker_forecast \
         where (room_id = ?1 or project_id = ?2) and (?3 is null or id = ?3) order by id desc limit 1",
        &params![room, project, id],
        kept,
    )?;
    Ok(found.flatten())
}

/// How many forecasts of a room or a project are kept that were made within a day. Each seed makes another one, and whoever
/// tries many of them must neither fill the disk nor push out those of earlier weeks, which tell how good forecasts are.
const A_DAY: i64 = 20;
/// How many are kept in all.
const KEPT: i64 = 400;
const DAY: i64 = 86_400_000;

/// Lets go of the oldest forecasts of a room or a project, so that there is a place for another one.
fn make_place(tx: &WriteTx<'_>, scope: Scope) -> Result<(), DbError> {
    let (room, project) = scope.ids();
    for (most, since) in [(A_DAY, tx.now() - DAY), (KEPT, i64::MIN)] {
        tx.execute(
            "delete from poker_forecast where id in (select id from poker_forecast \
             where (room_id = ?1 or project_id = ?2) and made_at > ?3 order by id desc limit ?4 offset ?5)",
            &params![room, project, since, i64::MAX, most - 1],
        )?;
    }
    Ok(())
}

/// Keeps a forecast; one that is the same as the newest is that one. Answers its id.
pub fn keep(
    tx: &WriteTx<'_>,
    (scope, team): (Scope, DepartmentId),
    by: &str,
    (inputs, answer): (&Inputs, &Answer),
) -> Result<i64, AppError> {
    if let Some(newest) = forecast(tx, scope, None)?
        && newest.inputs == *inputs
        && newest.team == team
    {
        return Ok(newest.id);
    }
    make_place(tx, scope)?;
    let text = |error: serde_json::Error| AppError::Internal(error.to_string());
    let (room, project) = scope.ids();
    let seed = i64::try_from(inputs.question.seed).unwrap_or(0);
    let id: Option<i64> = tx.first(
        "insert into poker_forecast (room_id, project_id, department_id, made_at, made_by, seed, question, answer, p50_day, p85_day) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) returning id",
        &params![
            room,
            project,
            team,
            tx.now(),
            by,
            seed,
            serde_json::to_string(inputs).map_err(text)?,
            serde_json::to_string(answer).map_err(text)?,
            answer.p50,
            answer.p85,
        ],
        |row| row.get(0),
    )?;
    let id = id.ok_or_else(|| AppError::Internal("a forecast was kept and has no id".to_owned()))?;
    for story in &inputs.question.stories {
        tx.execute(
            "insert into poker_forecast_story (forecast_id, story_id) values (?1, ?2)",
            &params![id, story.id],
        )?;
    }
    Ok(id)
}

/// The dates of a forecast, P50 and P85, and when the last of its stories was done.
pub type Told = (Option<Day>, Option<Day>, i64);

/// The forecasts of a team whose stories are all done: the two dates, and when the last story was, in milliseconds.
pub fn past(tx: &Tx<'_>, team: DepartmentId) -> Result<Vec<Told>, DbError> {
    tx.query(
        "select f.p50_day, f.p85_day, max(x.finished_at) from poker_forecast f \
         join poker_forecast_story s on s.forecast_id = f.id left join poker_finished x on x.story_id = s.story_id \
         where f.department_id = ?1 group by f.id, f.p50_day, f.p85_day having count(*) = count(x.story_id) order by f.id desc",
        &params![team],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// What the stories of a forecast are called, with the links of their rooms. Of a project's they are those whose rooms ask for
/// no passcode now, whatever they asked for when it was made.
pub fn names(
    tx: &Tx<'_>,
    scope: Scope,
    forecast: i64,
) -> Result<HashMap<StoryId, (String, String)>, DbError> {
    let (room, _) = scope.ids();
    let all: Vec<(StoryId, (String, String))> = tx.query(
        "select s.id, s.name, r.link from poker_forecast_story f join poker_story s on s.id = f.story_id \
         join poker_room r on r.id = s.room_id where f.forecast_id = ?1 and (r.id = ?2 or r.passcode_hash is null)",
        &params![forecast, room],
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
    )?;
    Ok(all.into_iter().collect())
}

/// Puts a mark on stories of a room, so that its list shows which to talk about again. Answers how many.
pub fn mark(tx: &WriteTx<'_>, room: RoomId, stories: &[StoryId], tag: &str) -> Result<usize, DbError> {
    let mut marked = 0;
    for story in stories {
        let tags: Option<String> = tx.first(
            "select tags from poker_story where id = ?2 and room_id = ?1",
            &params![room, *story],
            |row| row.get(0),
        )?;
        let Some(tags) = tags else { continue };
        marked += 1;
        if tags.split(',').any(|own| own == tag) {
            continue;
        }
        let all: Vec<&str> = tags
            .split(',')
            .filter(|own| !own.is_empty())
            .chain([tag])
            .collect();
        tx.execute(
            "update poker_story set tags = ?2 where id = ?1",
            &[Value::from(*story), Value::from(all.join(","))],
        )?;
    }
    Ok(marked)
}

//! What finished stories took, and marking them as finished.

use std::collections::HashMap;

use super::rules::{Estimate, Finished, Pace};
use crate::book::Book;
use crate::db::{DbError, Tx, WriteTx, params};
use crate::plan::estimates;
use crate::poker::rules::cards::{Deck, DeckKind};
use crate::poker::rules::points::Points;
use crate::units::Minutes;
use crate::units::ids::{AssignmentId, DepartmentId, RoomId, StoryId};

/// How many finished stories are looked at: more than a pace takes, since some of them have no points.
const LOOKED_AT: i64 = 200;

/// The hours of assignments that are there for a story, by story, as the book holds them now.
pub fn hours_of_links(tx: &Tx<'_>, book: &Book) -> Result<HashMap<StoryId, Minutes>, DbError> {
    let links: Vec<(AssignmentId, StoryId, Minutes)> = tx.query(
        "select assignment_id, story_id, minutes from story_hours order by assignment_id, story_id",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut of_assignment: HashMap<AssignmentId, Minutes> = HashMap::new();
    for (assignment, _, minutes) in &links {
        *of_assignment.entry(*assignment).or_default() += *minutes;
    }
    let mut of_story: HashMap<StoryId, Minutes> = HashMap::new();
    for (assignment, story, own) in links {
        let all = of_assignment.get(&assignment).copied().unwrap_or_default();
        *of_story.entry(story).or_default() += estimates::share(book, assignment, own, all);
    }
    Ok(of_story)
}

/// What a team's points and cards take it.
pub fn pace(tx: &Tx<'_>, book: &Book, team: DepartmentId) -> Result<Pace, DbError> {
    let booked = hours_of_links(tx, book)?;
    let finished = tx.query(
        "select s.id, s.name, s.estimate, s.points, f.finished_at, f.spent, r.link, r.name, \
         coalesce((select d.deck from poker_round d where d.story_id = s.id and d.revealed_at is not null \
         order by d.number desc limit 1), r.deck), r.passcode_hash is not null \
         from poker_finished f join poker_story s on s.id = f.story_id join poker_room r on r.id = s.room_id \
         where r.department_id = ?1 and s.estimate is not null order by f.finished_at desc, s.id desc limit ?2",
        &params![team, LOOKED_AT],
        |row| {
            let (story, points): (StoryId, Option<i32>) = (row.get(0)?, row.get(3)?);
            let spent: Option<Minutes> = row.get(5)?;
            let deck: String = row.get(8)?;
            Ok(Finished {
                story,
                // Who is not in a room with a passcode learns of its stories what they do to the pace, and no more.
                room: if row.get(9)? { None } else { Some((row.get(6)?, row.get(7)?)) },
                name: row.get(1)?,
                estimate: Estimate {
                    deck: kind(&deck),
                    label: row.get(2)?,
                    points: points.map(Points::hundredths),
                },
                took: spent.or_else(|| booked.get(&story).copied().filter(|minutes| minutes.0 > 0)),
                typed: spent.is_some(),
                at: row.get(4)?,
            })
        },
    )?;
    Ok(Pace {
        finished,
        factor: estimates::factor(tx, team)?,
        sizes: estimates::sizes(tx, team)?,
    })
}

fn kind(deck: &str) -> DeckKind {
    serde_json::from_str(deck).map_or_else(|_| DeckKind::default(), |deck: Deck| deck.kind)
}

/// Marks an agreed story of a room as done, or says anew what it took. Answers false where there is no such story.
pub fn finish(
    tx: &WriteTx<'_>,
    room: RoomId,
    story: StoryId,
    by: &str,
    spent: Option<Minutes>,
) -> Result<bool, DbError> {
    let changed = tx.execute(
        "insert into poker_finished (story_id, finished_at, finished_by, spent) \
         select id, ?3, ?4, ?5 from poker_story where id = ?2 and room_id = ?1 and estimate is not null \
         on conflict (story_id) do update set spent = excluded.spent, finished_by = excluded.finished_by",
        &params![room, story, tx.now(), by, spent],
    )?;
    Ok(changed == 1)
}

/// Takes back that a story of a room is done.
pub fn unfinish(tx: &WriteTx<'_>, room: RoomId, story: StoryId) -> Result<bool, DbError> {
    let changed = tx.execute(
        "delete from poker_finished where story_id = (select id from poker_story where id = ?2 and room_id = ?1)",
        &params![room, story],
    )?;
    Ok(changed == 1)
}

/// How many stories of each team are finished.
pub fn finished_by_team(tx: &Tx<'_>) -> Result<HashMap<DepartmentId, i64>, DbError> {
    let all: Vec<(DepartmentId, i64)> = tx.query(
        "select r.department_id, count(*) from poker_finished f join poker_story s on s.id = f.story_id \
         join poker_room r on r.id = s.room_id where r.department_id is not null group by r.department_id",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(all.into_iter().collect())
}

/// The labels of cards without a number that stories of the team were agreed at, in rooms that ask for no passcode.
pub fn labels(tx: &Tx<'_>, team: DepartmentId) -> Result<Vec<String>, DbError> {
    tx.query(
        "select distinct s.estimate from poker_story s join poker_room r on r.id = s.room_id \
         where r.department_id = ?1 and s.estimate is not null and s.points is null \
         and r.passcode_hash is null order by s.estimate limit 30",
        &params![team],
        |row| row.get(0),
    )
}

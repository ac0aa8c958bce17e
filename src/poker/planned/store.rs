//! What is kept of agreed stories beside their rooms.

use super::rules::Kept;
use crate::db::{DbError, Tx, params};
use crate::error::AppError;
use crate::poker::rules::cards::Deck;
use crate::units::Minutes;
use crate::units::ids::{DepartmentId, RoomId, StoryId};

/// What is kept of the stories of a room.
pub fn kept(tx: &Tx<'_>, room: RoomId) -> Result<Kept, DbError> {
    let decks: Vec<(StoryId, String)> = tx.query(
        "select story_id, deck from poker_round where room_id = ?1 and story_id is not null and revealed_at is not null \
         order by number",
        &params![room],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    // A later round takes the place of an earlier one.
    let decks = decks.into_iter().filter_map(|(story, deck)| {
        let deck: Deck = serde_json::from_str(&deck).ok()?;
        Some((story, deck))
    });
    let booked = tx.query(
        "select h.story_id, h.assignment_id, h.minutes from story_hours h join poker_story s on s.id = h.story_id \
         where s.room_id = ?1 order by h.story_id, h.assignment_id",
        &params![room],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let finished: Vec<(StoryId, (Option<Minutes>, i64))> = tx.query(
        "select f.story_id, f.spent, f.finished_at from poker_finished f join poker_story s on s.id = f.story_id \
         where s.room_id = ?1",
        &params![room],
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
    )?;
    Ok(Kept {
        decks: decks.collect(),
        booked,
        finished: finished.into_iter().collect(),
    })
}

/// Whether a story of a room is still agreed at `estimate`, and neither planned nor finished.
pub fn is_open(tx: &Tx<'_>, room: RoomId, story: StoryId, estimate: &str) -> Result<bool, DbError> {
    let found = tx.first(
        "select s.id from poker_story s where s.id = ?2 and s.room_id = ?1 and s.estimate = ?3 \
         and not exists (select 1 from story_hours h where h.story_id = s.id) \
         and not exists (select 1 from poker_finished f where f.story_id = s.id) \
         and not exists (select 1 from poker_round r where r.story_id = s.id and r.revealed_at is null and r.closed_at is null)",
        &params![room, story, estimate],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

/// Lets a write go on that was allowed for a room of `team`.
///
/// # Errors
/// `Moved` where it belongs to another one by now.
pub fn must_belong(tx: &Tx<'_>, room: RoomId, team: Option<DepartmentId>) -> Result<(), AppError> {
    let now = tx.first(
        "select department_id from poker_room where id = ?1",
        &params![room],
        |row| row.get::<Option<DepartmentId>>(0),
    )?;
    if now == Some(team) {
        Ok(())
    } else {
        Err(AppError::Moved)
    }
}

/// Whether hours were booked for a story.
pub fn is_booked(tx: &Tx<'_>, story: StoryId) -> Result<bool, DbError> {
    let found = tx.first(
        "select 1 from story_hours where story_id = ?1",
        &params![story],
        |row| row.get::<i64>(0),
    )?;
    Ok(found.is_some())
}

//! From one story to the next: what is on the table, what was agreed, what is passed over. None of it lays cards open.

use super::load::load;
use super::rounds::{Begin, begin_round, close_live, close_round, open_round};
use crate::db::{WriteTx, params};
use crate::error::AppError;
use crate::poker::rules::points::Points;
use crate::poker::rules::room::{Room, Round, Story};
use crate::units::ids::{RoomId, RoundId, StoryId};

/// So many stories are asked about over days at once.
const MOST_AT_ONCE: usize = 50;

const STALE: &str =
    "The room has gone on since you looked: another round is on the table. Look at it, then decide again.";

/// The room as it is inside of the write, where `expected` is still its live round; with none expected, where it has none.
pub fn room_at(tx: &WriteTx<'_>, room: RoomId, expected: Option<RoundId>) -> Result<Room, AppError> {
    let room = load(tx, room)?.ok_or(AppError::NotFound)?;
    if room.live_round().map(|round| round.id) == expected {
        Ok(room)
    } else {
        Err(AppError::conflict(STALE))
    }
}

/// Puts a story on the table, or nothing that is written down. What lay there is put away as it is.
pub fn choose(tx: &WriteTx<'_>, room: &Room, story: Option<StoryId>) -> Result<RoundId, AppError> {
    if let Some(id) = story {
        room.story(id)
            .ok_or_else(|| AppError::field("storyId", "must be a story of this room"))?;
        // Talked about now, it is not asked about over days any more.
        let over_days = room
            .rounds
            .iter()
            .filter(|round| round.asynchronous && round.story == story);
        for round in over_days {
            close_round(tx, room.id, round.id)?;
        }
        tx.execute(
            "update poker_story set skipped = 0 where id = ?2 and room_id = ?1",
            &params![room.id, id],
        )?;
    }
    close_live(tx, room.id)?;
    open_round(tx, room, story)
}

/// The story that comes after the one on the table: the next one without an estimate that was not passed over, from the
/// beginning where there is none behind it.
fn following(room: &Room) -> Option<StoryId> {
    let current = room.live_round().and_then(|round| round.story);
    let place = room.stories.iter().position(|story| Some(story.id) == current);
    let after = place.map_or(0, |place| place + 1);
    let waits = |story: &&Story| story.agreed.is_none() && !story.skipped && Some(story.id) != current;
    let behind = room.stories.iter().skip(after).find(waits);
    let before = room.stories.iter().take(after).find(waits);
    behind.or(before).map(|story| story.id)
}

/// Goes on to the next story; a room without stories votes about the next thing, and where every story is done the table is
/// cleared.
pub fn next(tx: &WriteTx<'_>, room: &Room) -> Result<(), AppError> {
    match following(room) {
        Some(story) => choose(tx, room, Some(story)).map(|_| ()),
        None if room.stories.is_empty() => choose(tx, room, None).map(|_| ()),
        None => Ok(close_live(tx, room.id)?),
    }
}

/// Passes over the story on the table, and goes on.
pub fn skip(tx: &WriteTx<'_>, room: &Room) -> Result<(), AppError> {
    let story = room.live_round().and_then(|round| round.story);
    let story = story.ok_or_else(|| AppError::conflict("There is no story on the table to pass over."))?;
    tx.execute(
        "update poker_story set skipped = 1 where id = ?2 and room_id = ?1",
        &params![room.id, story],
    )?;
    next(tx, room)
}

/// What a team agreed on.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The label of a card, or a number.
    pub estimate: String,
    /// Its points, where it has any.
    pub points: Option<Points>,
    /// Why.
    pub note: String,
    /// Who accepts.
    pub by: String,
}

/// The round about a story that is on the table.
pub fn round_about(room: &Room, story: StoryId) -> Option<&Round> {
    room.rounds.iter().rev().find(|round| round.story == Some(story))
}

/// Marks, as a tag, a story that is to be talked about again; agreeing on it takes the mark away.
pub const AGAIN: &str = "discuss again";

/// Keeps what was agreed about a story. Where it is being voted about, `expected` is that round, and its cards lie open: an
/// agreement lays none open.
pub fn accept(
    tx: &WriteTx<'_>,
    room: &Room,
    (story, expected): (StoryId, Option<RoundId>),
    agreed: &Agreement,
) -> Result<(), AppError> {
    let round = round_about(room, story);
    if round.map(|round| round.id) != expected {
        return Err(AppError::conflict(STALE));
    }
    if round.is_some_and(|round| round.revealed_at.is_none()) {
        return Err(AppError::conflict(
            "Votes about this story are still being taken. Reveal them first.",
        ));
    }
    tx.execute(
        "update poker_story set estimate = ?3, points = ?4, note = ?5, accepted_by = ?6, accepted_at = ?7, skipped = 0, \
         tags = trim(replace(',' || tags || ',', ',' || ?8 || ',', ','), ',') where id = ?2 and room_id = ?1",
        &params![
            room.id,
            story,
            agreed.estimate.as_str(),
            agreed.points.map(Points::as_hundredths),
            agreed.note.as_str(),
            agreed.by.as_str(),
            tx.now(),
            AGAIN,
        ],
    )?;
    if let Some(round) = round.filter(|round| round.asynchronous) {
        close_round(tx, room.id, round.id)?;
    }
    Ok(())
}

/// Takes back what was agreed about a story, or that it was passed over. Its rounds stay.
pub fn reopen(tx: &WriteTx<'_>, room: RoomId, story: StoryId) -> Result<(), AppError> {
    let changed = tx.execute(
        "update poker_story set estimate = null, points = null, note = '', accepted_by = null, accepted_at = null, skipped = 0 \
         where id = ?2 and room_id = ?1",
        &params![room, story],
    )?;
    if changed == 0 {
        Err(AppError::NotFound)
    } else {
        Ok(())
    }
}

/// Asks about every story over days that has no estimate, was not passed over and is not on the table. Answers about how many.
pub fn ask_over_days(tx: &WriteTx<'_>, room: &Room, until: i64) -> Result<usize, AppError> {
    let waiting: Vec<StoryId> = room
        .stories
        .iter()
        .filter(|story| story.agreed.is_none() && !story.skipped && round_about(room, story.id).is_none())
        .map(|story| story.id)
        .collect();
    let open = room.rounds.iter().filter(|round| round.asynchronous).count();
    if waiting.is_empty() {
        return Err(AppError::conflict("There is no story left to ask about."));
    }
    if open + waiting.len() > MOST_AT_ONCE {
        return Err(AppError::conflict(
            "A room asks about 50 stories over days at once. Pass over some of them for now.",
        ));
    }
    for story in &waiting {
        begin_round(tx, room, Some(*story), Begin::Until(until))?;
    }
    Ok(waiting.len())
}

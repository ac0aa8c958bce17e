//! Stories as they are kept. Whether they may be changed is decided here, in the write itself: the room may have been ended,
//! or who asks may run it no longer, since they saw it.

use super::rules::StoryDraft;
use super::rules::order::{To, moved};
use crate::db::{DbError, Tx, WriteTx, params};
use crate::error::AppError;
use crate::plan::estimates;
use crate::poker::store::{must_play, must_run};
use crate::units::fold;
use crate::units::ids::{AccountId, ParticipantId, RoomId, StoryId};

/// Lets a write go on that somebody makes who runs the room, while it is played in.
///
/// # Errors
/// `Conflict` where the room was ended, `Forbidden` where they do not run it.
pub fn must_change(tx: &Tx<'_>, room: RoomId, who: ParticipantId) -> Result<(), AppError> {
    must_play(tx, room)?;
    must_run(tx, room, who)
}

/// The stories of a room in their order.
fn order(tx: &Tx<'_>, room: RoomId) -> Result<Vec<StoryId>, DbError> {
    tx.query(
        "select id from poker_story where room_id = ?1 order by position, id",
        &params![room],
        |row| row.get(0),
    )
}

fn must_be_here(tx: &Tx<'_>, room: RoomId, story: StoryId) -> Result<(), AppError> {
    let found = tx.first(
        "select id from poker_story where id = ?2 and room_id = ?1",
        &params![room, story],
        |row| row.get::<StoryId>(0),
    )?;
    found.map(|_| ()).ok_or(AppError::NotFound)
}

/// The references of the stories of a room, folded; a blank one for each that has none.
pub fn references(tx: &Tx<'_>, room: RoomId) -> Result<Vec<String>, DbError> {
    tx.query(
        "select reference from poker_story where room_id = ?1",
        &params![room],
        |row| Ok(fold(&row.get::<String>(0)?)),
    )
}

/// Adds stories at the end of the list, all of them or none. `by` is who answers for the estimates that they bring along.
///
/// # Errors
/// `Conflict` where the room has no place for them.
pub fn add_stories(
    tx: &WriteTx<'_>,
    room: RoomId,
    drafts: &[StoryDraft],
    by: &str,
) -> Result<Vec<StoryId>, AppError> {
    let last: Option<(i64, usize)> = tx.first(
        "select coalesce(max(position), 0), count(*) from poker_story where room_id = ?1",
        &params![room],
        |row| {
            let count: i64 = row.get(1)?;
            Ok((row.get(0)?, usize::try_from(count).unwrap_or(usize::MAX)))
        },
    )?;
    let (mut position, count) = last.unwrap_or_default();
    if let Some(refusal) = super::rules::too_many(count, drafts.len()) {
        return Err(AppError::conflict(refusal));
    }
    let mut added = Vec::with_capacity(drafts.len());
    for draft in drafts {
        position += 1;
        added.push(insert(tx, (room, position), draft, by)?);
    }
    Ok(added)
}

fn insert(
    tx: &WriteTx<'_>,
    (room, position): (RoomId, i64),
    draft: &StoryDraft,
    by: &str,
) -> Result<StoryId, AppError> {
    let agreed = draft.points.map(|_| (by, tx.now()));
    let id = tx.first(
        "insert into poker_story (room_id, position, name, reference, link, description, acceptance, tags, skipped, estimate, \
         points, note, accepted_by, accepted_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, '', ?11, ?12) returning id",
        &params![
            room,
            position,
            draft.name.as_str(),
            draft.reference.as_str(),
            draft.link.as_str(),
            draft.description.as_str(),
            draft.acceptance.as_str(),
            draft.tags.join(","),
            draft.points.map(crate::poker::rules::points::Points::label),
            draft.points.map(crate::poker::rules::points::Points::as_hundredths),
            agreed.map(|(by, _)| by),
            agreed.map(|(_, at)| at),
        ],
        |row| row.get(0),
    )?;
    id.ok_or_else(|| AppError::Internal("a story was added and has no id".to_owned()))
}

/// Makes a story say what `draft` says. What was agreed of it stays.
pub fn change_story(
    tx: &WriteTx<'_>,
    room: RoomId,
    story: StoryId,
    draft: &StoryDraft,
) -> Result<(), AppError> {
    let changed = tx.execute(
        "update poker_story set name = ?3, reference = ?4, link = ?5, description = ?6, acceptance = ?7, tags = ?8 \
         where id = ?2 and room_id = ?1",
        &params![
            room,
            story,
            draft.name.as_str(),
            draft.reference.as_str(),
            draft.link.as_str(),
            draft.description.as_str(),
            draft.acceptance.as_str(),
            draft.tags.join(","),
        ],
    )?;
    (changed == 1).then_some(()).ok_or(AppError::NotFound)
}

/// Takes a story off the list that nobody has voted on. One with rounds stays, because they are kept; so does one that was
/// planned, since its hours name it, and one that is finished, since the team's pace counts it. They are passed over instead.
/// Answers whether it is gone.
pub fn remove_story(tx: &WriteTx<'_>, room: RoomId, story: StoryId) -> Result<bool, AppError> {
    let removed = if estimates::was_planned(tx, story)? {
        0
    } else {
        tx.execute(
            "delete from poker_story where id = ?2 and room_id = ?1 \
             and not exists (select 1 from poker_round r where r.story_id = ?2) \
             and not exists (select 1 from poker_finished f where f.story_id = ?2)",
            &params![room, story],
        )?
    };
    if removed == 0 {
        skip_story(tx, room, story, true)?;
    }
    Ok(removed > 0)
}

/// Passes over a story, or puts it back on the list.
pub fn skip_story(tx: &WriteTx<'_>, room: RoomId, story: StoryId, skipped: bool) -> Result<(), AppError> {
    let changed = tx.execute(
        "update poker_story set skipped = ?3 where id = ?2 and room_id = ?1",
        &params![room, story, skipped],
    )?;
    (changed == 1).then_some(()).ok_or(AppError::NotFound)
}

/// Moves a story in the list. All positions are written anew, so they stay whole and without gaps.
pub fn move_story(tx: &WriteTx<'_>, room: RoomId, story: StoryId, to: To) -> Result<(), AppError> {
    must_be_here(tx, room, story)?;
    if let To::Before(other) = to {
        must_be_here(tx, room, other)?;
    }
    let before = order(tx, room)?;
    for (position, id) in (1_i64..).zip(moved(&before, story, to)) {
        tx.execute(
            "update poker_story set position = ?3 where id = ?2 and room_id = ?1 and position <> ?3",
            &params![room, id, position],
        )?;
    }
    Ok(())
}

/// How many rooms, and how many stories, a search looks at, the newest first.
const SEARCHED: i64 = 2_000;

/// A room that a search may find.
pub struct FoundRoom {
    /// What stands in its address.
    pub link: String,
    /// What it is called.
    pub name: String,
    /// Whether it was ended.
    pub ended: bool,
}

/// A story that a search may find.
pub struct FoundStory {
    /// Its id.
    pub id: StoryId,
    /// What stands in the address of its room.
    pub link: String,
    /// What its room is called.
    pub room: String,
    /// Its number elsewhere, or empty.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// What was agreed.
    pub estimate: Option<String>,
}

/// `part` as a pattern that holds it literally.
fn holding(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// The rooms whose names hold `part`, which is in small letters.
pub fn rooms_with(tx: &Tx<'_>, part: &str) -> Result<Vec<FoundRoom>, DbError> {
    tx.query(
        "select link, name, ended_at is not null from poker_room where lower(name || ' poker room') like ?1 escape '\\' \
         order by ended_at is not null, made_at desc, id desc limit ?2",
        &params![holding(part), SEARCHED],
        |row| {
            Ok(FoundRoom {
                link: row.get(0)?,
                name: row.get(1)?,
                ended: row.get(2)?,
            })
        },
    )
}

/// The stories that hold `part`, of rooms that this account may come into: those without a passcode, its own, and those whose
/// passcode it has shown. Of rooms that have put it out it learns nothing.
pub fn stories_with(tx: &Tx<'_>, account: AccountId, part: &str) -> Result<Vec<FoundStory>, DbError> {
    tx.query(
        "select s.id, r.link, r.name, s.reference, s.name, s.estimate from poker_story s join poker_room r on r.id = s.room_id \
         left join poker_participant p on p.room_id = r.id and p.account_id = ?1 \
         where lower(s.reference || ' ' || s.name) like ?2 escape '\\' and p.put_out is null \
         and (r.passcode_hash is null or r.owner_id = ?1 or p.passcode_number = r.passcode_number) \
         order by r.ended_at is not null, s.id desc limit ?3",
        &params![account, holding(part), SEARCHED],
        |row| {
            Ok(FoundStory {
                id: row.get(0)?,
                link: row.get(1)?,
                room: row.get(2)?,
                reference: row.get(3)?,
                name: row.get(4)?,
                estimate: row.get(5)?,
            })
        },
    )
}

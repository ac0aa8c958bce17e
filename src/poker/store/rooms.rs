//! Writing rooms and who is in them.

use crate::db::{DbError, Tx, WriteTx, params};
use crate::error::AppError;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::Options;
use crate::units::ids::{AccountId, DepartmentId, ParticipantId, ProjectId, RoomId};

/// A room that is about to be made.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// What stands in its address.
    pub link: String,
    /// What it is called.
    pub name: String,
    /// Who makes it.
    pub owner: AccountId,
    /// Its cards.
    pub deck: Deck,
    /// The team whose pace turns points into hours.
    pub department: Option<DepartmentId>,
    /// Where its stories are planned.
    pub project: Option<ProjectId>,
    /// How it plays.
    pub options: Options,
}

/// A deck as text.
pub(super) fn written(deck: &Deck) -> Result<String, AppError> {
    serde_json::to_string(deck).map_err(|error| AppError::Internal(error.to_string()))
}

/// Makes a room.
pub fn add_room(tx: &WriteTx<'_>, room: &NewRoom) -> Result<RoomId, AppError> {
    let options = &room.options;
    let id = tx.first(
        "insert into poker_room (link, name, seq, owner_id, deck, who_reveals, auto_reveal, anonymous, late_voters, open_discussion, \
         guests, timer_seconds, passcode_number, made_at, department_id, project_id) \
         values (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12, ?13, ?14) returning id",
        &params![
            room.link.as_str(),
            room.name.as_str(),
            room.owner,
            written(&room.deck)?,
            options.runs.as_str(),
            options.auto_reveal,
            options.anonymous,
            options.late_voters,
            options.open_discussion,
            options.guests,
            options.timer,
            tx.now(),
            room.department,
            room.project,
        ],
        |row| row.get(0),
    )?;
    id.ok_or_else(|| AppError::Internal("a room was made and has no id".to_owned()))
}

/// The room behind a link.
pub fn room_by_link(tx: &Tx<'_>, link: &str) -> Result<Option<RoomId>, DbError> {
    tx.first(
        "select id from poker_room where link = ?1",
        &params![link],
        |row| row.get(0),
    )
}

/// How often a room was changed.
pub fn seq(tx: &Tx<'_>, room: RoomId) -> Result<Option<i64>, DbError> {
    tx.first(
        "select seq from poker_room where id = ?1",
        &params![room],
        |row| row.get(0),
    )
}

/// Counts a change of a room, and answers its number.
pub fn touch(tx: &WriteTx<'_>, room: RoomId) -> Result<i64, DbError> {
    let seq = tx.first(
        "update poker_room set seq = seq + 1 where id = ?1 returning seq",
        &params![room],
        |row| row.get(0),
    )?;
    Ok(seq.unwrap_or(0))
}

/// What stands in a room's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it is called.
    pub name: String,
    /// Its cards.
    pub deck: Deck,
    /// The team whose pace turns points into hours.
    pub department: Option<DepartmentId>,
    /// Where its stories are planned.
    pub project: Option<ProjectId>,
    /// How it plays.
    pub options: Options,
}

/// Changes a room. Rounds on the table stay as they began.
pub fn change_room(tx: &WriteTx<'_>, room: RoomId, settings: &Settings) -> Result<(), AppError> {
    let options = &settings.options;
    tx.execute(
        "update poker_room set name = ?2, deck = ?3, department_id = ?4, project_id = ?5, who_reveals = ?6, auto_reveal = ?7, \
         anonymous = ?8, late_voters = ?9, open_discussion = ?10, guests = ?11, timer_seconds = ?12 where id = ?1",
        &params![
            room,
            settings.name.as_str(),
            written(&settings.deck)?,
            settings.department,
            settings.project,
            options.runs.as_str(),
            options.auto_reveal,
            options.anonymous,
            options.late_voters,
            options.open_discussion,
            options.guests,
            options.timer,
        ],
    )?;
    Ok(())
}

/// Gives a room another passcode, or none. Whoever was let in by an earlier one is asked for the new one, but for `by`.
pub fn set_passcode(
    tx: &WriteTx<'_>,
    room: RoomId,
    hash: Option<&str>,
    by: ParticipantId,
) -> Result<(), DbError> {
    tx.execute(
        "update poker_room set passcode_hash = ?2, passcode_number = passcode_number + 1 where id = ?1",
        &params![room, hash],
    )?;
    tx.execute(
        "update poker_participant set passcode_number = (select passcode_number from poker_room where id = ?1) \
         where id = ?2 and room_id = ?1",
        &params![room, by],
    )?;
    Ok(())
}

/// What a passcode is held against, and its number; none where the room asks for none.
pub fn passcode(tx: &Tx<'_>, room: RoomId) -> Result<Option<(String, i64)>, DbError> {
    let found = tx.first(
        "select passcode_hash, passcode_number from poker_room where id = ?1",
        &params![room],
        |row| Ok((row.get::<Option<String>>(0)?, row.get(1)?)),
    )?;
    Ok(found.and_then(|(hash, number)| Some((hash?, number))))
}

/// Ends a room: what lies on its table is put away as it is, and nothing is laid open by that.
pub fn end_room(tx: &WriteTx<'_>, room: RoomId) -> Result<(), DbError> {
    tx.execute(
        "update poker_round set closed_at = ?2 where room_id = ?1 and closed_at is null",
        &params![room, tx.now()],
    )?;
    tx.execute(
        "update poker_room set ended_at = ?2 where id = ?1",
        &params![room, tx.now()],
    )?;
    Ok(())
}

/// Refuses where a room was ended.
pub fn must_play(tx: &Tx<'_>, room: RoomId) -> Result<(), AppError> {
    let ended = tx.first(
        "select ended_at is not null from poker_room where id = ?1",
        &params![room],
        |row| row.get::<bool>(0),
    )?;
    match ended {
        None => Err(AppError::NotFound),
        Some(true) => Err(AppError::conflict(
            "This room was ended. It can be read, and nothing in it changes any more.",
        )),
        Some(false) => Ok(()),
    }
}

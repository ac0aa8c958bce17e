//! Writing rooms and who is in them.

use crate::db::{DbError, Tx, WriteTx, params};
use crate::error::AppError;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::Options;
use crate::units::ids::{AccountId, ParticipantId, RoomId};

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
         guests, timer_seconds, passcode_number, made_at) values (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12) returning id",
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

/// Counts a change of a room, and answers its number.
pub fn touch(tx: &WriteTx<'_>, room: RoomId) -> Result<i64, DbError> {
    let seq = tx.first(
        "update poker_room set seq = seq + 1 where id = ?1 returning seq",
        &params![room],
        |row| row.get(0),
    )?;
    Ok(seq.unwrap_or(0))
}

/// Somebody who comes in for the first time.
pub fn add_participant(
    tx: &WriteTx<'_>,
    room: RoomId,
    account: Option<AccountId>,
    (name, spectator, facilitator): (&str, bool, bool),
) -> Result<ParticipantId, AppError> {
    let id = tx.first(
        "insert into poker_participant (room_id, account_id, name, spectator, facilitator, passcode_number, joined_at) \
         select id, ?2, ?3, ?4, ?5, passcode_number, ?6 from poker_room where id = ?1 returning id",
        &params![room, account, name, spectator, facilitator, tx.now()],
        |row| row.get(0),
    )?;
    id.ok_or(AppError::NotFound)
}

/// Lets somebody back in who was there before and was not banned, with the passcode that holds now.
pub fn put_in(tx: &WriteTx<'_>, room: RoomId, participant: ParticipantId) -> Result<bool, DbError> {
    let changed = tx.execute(
        "update poker_participant set put_out = null, \
         passcode_number = (select passcode_number from poker_room where id = ?1) \
         where id = ?2 and room_id = ?1 and (put_out is null or put_out <> 'banned')",
        &params![room, participant],
    )?;
    Ok(changed > 0)
}

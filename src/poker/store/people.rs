//! Writing who is in a room, and whether they may do what they ask for.

use crate::db::{DbError, Tx, WriteTx, params};
use crate::error::AppError;
use crate::poker::rules::room::PutOut;
use crate::units::ids::{AccountId, ParticipantId, RoomId};

/// How many people one room takes.
const MOST_PEOPLE: i64 = 600;
/// How many of them are guests at most: a link that went further than it should keeps no colleague out.
const MOST_GUESTS: i64 = 500;
/// How many guests ever came, those who were put out among them: who comes again and again under new names is stopped somewhere.
/// Accounts come once each, so they need no such end.
const MOST_GUESTS_EVER: i64 = 2_400;

/// Refuses who finds no place: in the room now, and, where they come for the first time, among all the guests there were.
fn must_find_place(tx: &Tx<'_>, room: RoomId, (is_guest, is_new): (bool, bool)) -> Result<(), AppError> {
    let counted = tx.first(
        "select coalesce(sum(case when put_out is null then 1 else 0 end), 0), \
         coalesce(sum(case when put_out is null and account_id is null then 1 else 0 end), 0), \
         coalesce(sum(case when account_id is null then 1 else 0 end), 0) \
         from poker_participant where room_id = ?1",
        &params![room],
        |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)),
    )?;
    let (here, guests, ever) = counted.unwrap_or_default();
    if here >= MOST_PEOPLE {
        return Err(AppError::conflict("This room is full."));
    }
    if is_guest && (guests >= MOST_GUESTS || is_new && ever >= MOST_GUESTS_EVER) {
        return Err(AppError::conflict(
            "This room takes no more guests. Sign in to come in with your account.",
        ));
    }
    Ok(())
}

/// Somebody who comes in for the first time.
pub fn add_participant(
    tx: &WriteTx<'_>,
    room: RoomId,
    account: Option<AccountId>,
    (name, spectator, facilitator): (&str, bool, bool),
) -> Result<ParticipantId, AppError> {
    must_find_place(tx, room, (account.is_none(), true))?;
    let id = tx.first(
        "insert into poker_participant (room_id, account_id, name, spectator, facilitator, passcode_number, joined_at) \
         select id, ?2, ?3, ?4, ?5, passcode_number, ?6 from poker_room where id = ?1 returning id",
        &params![room, account, name, spectator, facilitator, tx.now()],
        |row| row.get(0),
    )?;
    id.ok_or(AppError::NotFound)
}

/// Lets somebody back in who was there before and was not banned, with the passcode that holds now.
pub fn put_in(tx: &WriteTx<'_>, room: RoomId, participant: ParticipantId) -> Result<bool, AppError> {
    let is_guest = tx.first(
        "select account_id is null from poker_participant where id = ?2 and room_id = ?1 and put_out = 'kicked'",
        &params![room, participant],
        |row| row.get::<bool>(0),
    )?;
    if let Some(is_guest) = is_guest {
        must_find_place(tx, room, (is_guest, false))?;
    }
    let changed = tx.execute(
        "update poker_participant set put_out = null, \
         passcode_number = (select passcode_number from poker_room where id = ?1) \
         where id = ?2 and room_id = ?1 and (put_out is null or put_out <> 'banned')",
        &params![room, participant],
    )?;
    Ok(changed > 0)
}

/// Puts somebody out, with what they had voted in rounds that are not revealed yet. Whose room it is stays.
pub fn put_out(
    tx: &WriteTx<'_>,
    room: RoomId,
    participant: ParticipantId,
    how: PutOut,
) -> Result<(), AppError> {
    if is_owner(tx, room, participant)? {
        return Err(AppError::Forbidden(
            "It is their room; nobody puts them out of it.",
        ));
    }
    let changed = tx.execute(
        "update poker_participant set put_out = ?3, facilitator = 0 where id = ?2 and room_id = ?1",
        &params![room, participant, how.as_str()],
    )?;
    if changed == 0 {
        return Err(AppError::NotFound);
    }
    Ok(forget_open_votes(tx, room, participant)?)
}

/// Lets somebody come back who was put out.
pub fn forgive(tx: &WriteTx<'_>, room: RoomId, participant: ParticipantId) -> Result<(), AppError> {
    let changed = tx.execute(
        "update poker_participant set put_out = 'kicked' where id = ?2 and room_id = ?1 and put_out is not null",
        &params![room, participant],
    )?;
    if changed == 0 {
        Err(AppError::NotFound)
    } else {
        Ok(())
    }
}

/// Says whether somebody runs the room. Whose room it is always does, so somebody always runs it.
pub fn set_facilitator(
    tx: &WriteTx<'_>,
    room: RoomId,
    participant: ParticipantId,
    facilitates: bool,
) -> Result<(), AppError> {
    if !facilitates && is_owner(tx, room, participant)? {
        return Err(AppError::Forbidden("It is their room, so they always run it."));
    }
    let changed = tx.execute(
        "update poker_participant set facilitator = ?3 where id = ?2 and room_id = ?1 and put_out is null",
        &params![room, participant, facilitates],
    )?;
    if changed == 0 {
        Err(AppError::NotFound)
    } else {
        Ok(())
    }
}

/// Says whether somebody votes or watches. Who watches has no vote in what is not revealed yet.
pub fn set_spectator(
    tx: &WriteTx<'_>,
    room: RoomId,
    participant: ParticipantId,
    watches: bool,
) -> Result<(), DbError> {
    tx.execute(
        "update poker_participant set spectator = ?3 where id = ?2 and room_id = ?1",
        &params![room, participant, watches],
    )?;
    if watches {
        forget_open_votes(tx, room, participant)?;
    }
    Ok(())
}

/// Changes under which name others see somebody.
pub fn rename(tx: &WriteTx<'_>, room: RoomId, participant: ParticipantId, name: &str) -> Result<(), DbError> {
    tx.execute(
        "update poker_participant set name = ?3 where id = ?2 and room_id = ?1",
        &params![room, participant, name],
    )?;
    Ok(())
}

fn forget_open_votes(tx: &WriteTx<'_>, room: RoomId, participant: ParticipantId) -> Result<(), DbError> {
    tx.execute(
        "delete from poker_vote where participant_id = ?2 and round_id in \
         (select id from poker_round where room_id = ?1 and revealed_at is null and closed_at is null)",
        &params![room, participant],
    )?;
    Ok(())
}

fn is_owner(tx: &Tx<'_>, room: RoomId, participant: ParticipantId) -> Result<bool, DbError> {
    let owner = tx.first(
        "select 1 from poker_room r join poker_participant p on p.room_id = r.id and p.account_id = r.owner_id \
         where r.id = ?1 and p.id = ?2",
        &params![room, participant],
        |row| row.get::<i64>(0),
    )?;
    Ok(owner.is_some())
}

/// What somebody may do at the moment of a write.
fn standing(tx: &Tx<'_>, room: RoomId, participant: ParticipantId) -> Result<(bool, bool), AppError> {
    let found = tx.first(
        "select p.facilitator, r.who_reveals = 'everybody' and (p.account_id is not null or p.spectator = 0), p.put_out is not null from poker_participant p \
         join poker_room r on r.id = p.room_id where r.id = ?1 and p.id = ?2",
        &params![room, participant],
        |row| Ok((row.get::<bool>(0)?, row.get::<bool>(1)?, row.get::<bool>(2)?)),
    )?;
    match found {
        Some((facilitates, everybody, false)) => Ok((facilitates, facilitates || everybody)),
        _ => Err(AppError::Forbidden("You are not in this room any more.")),
    }
}

/// Refuses who may not reveal, vote again, accept or change stories.
pub fn must_run(tx: &Tx<'_>, room: RoomId, participant: ParticipantId) -> Result<(), AppError> {
    match standing(tx, room, participant)? {
        (_, true) => Ok(()),
        (_, false) => Err(AppError::Forbidden("Only a facilitator does that in this room.")),
    }
}

/// Refuses who may not change the room or put people out.
pub fn must_facilitate(tx: &Tx<'_>, room: RoomId, participant: ParticipantId) -> Result<(), AppError> {
    match standing(tx, room, participant)? {
        (true, _) => Ok(()),
        (false, _) => Err(AppError::Forbidden("Only a facilitator does that.")),
    }
}

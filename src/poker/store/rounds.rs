//! Writing rounds and votes. Whether a vote may be given is decided here, in the write itself: what was true when it was sent
//! need not be true when it comes.

use super::rooms::written;
use crate::db::{DbError, Tx, WriteTx, params};
use crate::error::AppError;
use crate::poker::rules::cards::Deck;
use crate::poker::rules::room::Room;
use crate::units::ids::{ParticipantId, RoomId, RoundId, StoryId};

/// Puts away what is on the table of the live round.
pub fn close_live(tx: &WriteTx<'_>, room: RoomId) -> Result<(), DbError> {
    tx.execute(
        "update poker_round set closed_at = ?2 where room_id = ?1 and asynchronous = 0 and closed_at is null",
        &params![room, tx.now()],
    )?;
    Ok(())
}

/// How many rounds a room keeps; each is kept with all its votes.
const ROUNDS: i64 = 5_000;
const FULL: &str = "This room has seen 5,000 rounds, and none is ever thrown away. Make a new room to go on.";

/// How a round is begun.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    /// For everybody who is there, until somebody reveals it or the room's time is up.
    Live,
    /// Over days, until this moment.
    Until(i64),
}

/// Begins a round about a story of the room, or about nothing that is written down, as the room plays now.
pub fn open_round(tx: &WriteTx<'_>, room: &Room, story: Option<StoryId>) -> Result<RoundId, AppError> {
    begin_round(tx, room, story, Begin::Live)
}

/// The same, for everybody who is there or over days.
pub fn begin_round(
    tx: &WriteTx<'_>,
    room: &Room,
    story: Option<StoryId>,
    begin: Begin,
) -> Result<RoundId, AppError> {
    let held: Option<i64> = tx.first(
        "select count(*) from poker_round where room_id = ?1",
        &params![room.id],
        |row| row.get(0),
    )?;
    if held.is_some_and(|held| held >= ROUNDS) {
        return Err(AppError::conflict(FULL));
    }
    let number: Option<i64> = tx.first(
        "select coalesce(max(number), 0) + 1 from poker_round where room_id = ?1 and story_id is ?2",
        &params![room.id, story],
        |row| row.get(0),
    )?;
    let timer = room.options.timer;
    let deadline = match begin {
        Begin::Live => timer.map(|seconds| tx.now() + i64::from(seconds) * 1_000),
        Begin::Until(deadline) => Some(deadline),
    };
    let id = tx.first(
        "insert into poker_round (room_id, story_id, number, deck, anonymous, late_voters, asynchronous, opened_at, deadline) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) returning id",
        &params![
            room.id,
            story,
            number.unwrap_or(1),
            written(&room.deck)?,
            room.options.anonymous,
            room.options.late_voters || matches!(begin, Begin::Until(_)),
            matches!(begin, Begin::Until(_)),
            tx.now(),
            deadline,
        ],
        |row| row.get(0),
    )?;
    id.ok_or_else(|| AppError::Internal("a round was begun and has no id".to_owned()))
}

/// Puts one round away as it is.
pub fn close_round(tx: &WriteTx<'_>, room: RoomId, round: RoundId) -> Result<(), DbError> {
    tx.execute(
        "update poker_round set closed_at = ?3 where id = ?2 and room_id = ?1 and closed_at is null",
        &params![room, round, tx.now()],
    )?;
    Ok(())
}

/// Sets when the time of a round is up, or that it has as long as it needs. Answers false where it is over.
pub fn set_deadline(
    tx: &WriteTx<'_>,
    room: RoomId,
    round: RoundId,
    deadline: Option<i64>,
) -> Result<bool, DbError> {
    let changed = tx.execute(
        "update poker_round set deadline = ?3 where id = ?2 and room_id = ?1 and revealed_at is null and closed_at is null",
        &params![room, round, deadline],
    )?;
    Ok(changed == 1)
}

/// Lays the cards of a round open, once. Answers false where it lies open already, or is off the table.
pub fn reveal(tx: &WriteTx<'_>, room: RoomId, round: RoundId) -> Result<bool, DbError> {
    let changed = tx.execute(
        "update poker_round set revealed_at = ?3 where id = ?2 and room_id = ?1 and revealed_at is null and closed_at is null",
        &params![room, round, tx.now()],
    )?;
    Ok(changed == 1)
}

/// A round as a vote meets it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a reason of its own to refuse, told in its own words"
)]
struct Ballot {
    cards: usize,
    revealed: bool,
    closed: bool,
    in_time: bool,
    spectator: bool,
    put_out: bool,
    discussion: bool,
    ended: bool,
}

fn ballot(tx: &Tx<'_>, room: RoomId, round: RoundId, participant: ParticipantId) -> Result<Ballot, AppError> {
    let found = tx.first(
        "select r.deck, r.revealed_at is not null, r.closed_at is not null, r.late_voters = 1 or p.joined_at <= r.opened_at, \
         p.spectator, p.put_out is not null, o.open_discussion, o.ended_at is not null \
         from poker_round r join poker_room o on o.id = r.room_id join poker_participant p on p.room_id = o.id \
         where r.id = ?2 and o.id = ?1 and p.id = ?3",
        &params![room, round, participant],
        |row| {
            let deck: String = row.get(0)?;
            let deck: Deck = serde_json::from_str(&deck).unwrap_or_default();
            Ok(Ballot {
                cards: deck.cards.len(),
                revealed: row.get(1)?,
                closed: row.get(2)?,
                in_time: row.get(3)?,
                spectator: row.get(4)?,
                put_out: row.get(5)?,
                discussion: row.get(6)?,
                ended: row.get(7)?,
            })
        },
    )?;
    found.ok_or_else(|| AppError::field("roundId", "must be a round of this room"))
}

impl Ballot {
    fn check(&self, card: Option<usize>) -> Result<(), AppError> {
        if self.ended {
            return Err(AppError::conflict(
                "This room was ended. It can be read, and nothing in it changes any more.",
            ));
        }
        if self.closed {
            return Err(AppError::conflict(
                "This round is over. The room has gone on to another one; look at it and vote there.",
            ));
        }
        if self.put_out {
            return Err(AppError::Forbidden("You are not in this room any more."));
        }
        if self.spectator {
            return Err(AppError::Forbidden("You only watch. Become a voter to vote."));
        }
        if !self.in_time {
            return Err(AppError::Forbidden(
                "This round began before you came, and takes no late votes. You vote in the next one.",
            ));
        }
        match card {
            Some(card) if card >= self.cards => {
                Err(AppError::field("card", "must be a card of this round's deck"))
            }
            _ => Ok(()),
        }
    }
}

/// Takes a vote in an open round, in place of the one that was there.
pub fn set_vote(
    tx: &WriteTx<'_>,
    room: RoomId,
    round: RoundId,
    participant: ParticipantId,
    card: usize,
) -> Result<(), AppError> {
    let ballot = ballot(tx, room, round, participant)?;
    ballot.check(Some(card))?;
    if ballot.revealed {
        return Err(AppError::conflict(
            "The cards lie open already, so your vote stays what it was.",
        ));
    }
    keep(tx, "poker_vote", round, participant, card)
}

/// Takes a vote back in an open round.
pub fn retract(
    tx: &WriteTx<'_>,
    room: RoomId,
    round: RoundId,
    participant: ParticipantId,
) -> Result<(), AppError> {
    let ballot = ballot(tx, room, round, participant)?;
    ballot.check(None)?;
    if ballot.revealed {
        return Err(AppError::conflict(
            "The cards lie open already, so your vote stays what it was.",
        ));
    }
    tx.execute(
        "delete from poker_vote where round_id = ?1 and participant_id = ?2",
        &params![round, participant],
    )?;
    Ok(())
}

/// Takes what somebody would say after the reveal, where the room allows it.
pub fn second_thought(
    tx: &WriteTx<'_>,
    room: RoomId,
    round: RoundId,
    participant: ParticipantId,
    card: usize,
) -> Result<(), AppError> {
    let ballot = ballot(tx, room, round, participant)?;
    ballot.check(Some(card))?;
    if !ballot.revealed || !ballot.discussion {
        return Err(AppError::conflict(
            "This room keeps votes as they were at the reveal.",
        ));
    }
    keep(tx, "poker_second_thought", round, participant, card)
}

/// Takes back what somebody said after the reveal.
pub fn forget_second_thought(
    tx: &WriteTx<'_>,
    room: RoomId,
    round: RoundId,
    participant: ParticipantId,
) -> Result<(), AppError> {
    ballot(tx, room, round, participant)?.check(None)?;
    tx.execute(
        "delete from poker_second_thought where round_id = ?1 and participant_id = ?2",
        &params![round, participant],
    )?;
    Ok(())
}

fn keep(
    tx: &WriteTx<'_>,
    table: &'static str,
    round: RoundId,
    participant: ParticipantId,
    card: usize,
) -> Result<(), AppError> {
    tx.execute(
        &format!(
            "insert into {table} (round_id, participant_id, card) values (?1, ?2, ?3) \
             on conflict (round_id, participant_id) do update set card = excluded.card"
        ),
        &params![round, participant, i64::try_from(card).unwrap_or(i64::MAX)],
    )?;
    Ok(())
}

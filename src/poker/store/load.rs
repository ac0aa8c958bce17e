//! Reading rooms.

use std::sync::Arc;

use crate::db::{DbError, Row, Tx, Value, params};
use crate::poker::rules::cards::Deck;
use crate::poker::rules::points::Points;
use crate::poker::rules::room::{Agreed, Options, Participant, PutOut, Room, Round, Runs, Story, Vote};
use crate::units::ids::{AccountId, RoomId, RoundId, StoryId};

/// A room with everything that is on its table; none where there is no such room.
pub fn load(tx: &Tx<'_>, id: RoomId) -> Result<Option<Room>, DbError> {
    load_with(tx, id, None)
}

/// The same where `stories` are known to be as they were.
pub fn load_with(tx: &Tx<'_>, id: RoomId, known: Option<Arc<Vec<Story>>>) -> Result<Option<Room>, DbError> {
    let room = tx.first(
        "select id, link, name, seq, owner_id, department_id, project_id, deck, who_reveals, auto_reveal, anonymous, late_voters, \
         open_discussion, guests, timer_seconds, passcode_hash is not null, passcode_number, made_at, ended_at \
         from poker_room where id = ?1",
        &params![id],
        room,
    )?;
    let Some(mut room) = room else { return Ok(None) };
    room.people = people(tx, id)?;
    room.stories = match known {
        Some(stories) => stories,
        None => Arc::new(stories(tx, id)?),
    };
    room.rounds = rounds(tx, id)?;
    Ok(Some(room))
}

fn room(row: &Row<'_>) -> Result<Room, DbError> {
    let deck: String = row.get(7)?;
    let runs: String = row.get(8)?;
    Ok(Room {
        id: row.get(0)?,
        link: row.get(1)?,
        name: row.get(2)?,
        seq: row.get(3)?,
        owner: row.get(4)?,
        department: row.get(5)?,
        project: row.get(6)?,
        deck: read_deck(&deck),
        options: Options {
            runs: Runs::parse(&runs).unwrap_or_default(),
            auto_reveal: row.get(9)?,
            anonymous: row.get(10)?,
            late_voters: row.get(11)?,
            open_discussion: row.get(12)?,
            guests: row.get(13)?,
            timer: row.get(14)?,
        },
        has_passcode: row.get(15)?,
        passcode: row.get(16)?,
        made_at: row.get(17)?,
        ended_at: row.get(18)?,
        people: Vec::new(),
        stories: Arc::default(),
        rounds: Vec::new(),
    })
}

/// A deck that cannot be read is one that we did not write.
fn read_deck(text: &str) -> Deck {
    serde_json::from_str(text).unwrap_or_default()
}

fn people(tx: &Tx<'_>, room: RoomId) -> Result<Vec<Participant>, DbError> {
    tx.query(
        "select p.id, p.account_id, p.name, p.spectator, p.facilitator, p.put_out, p.passcode_number, p.joined_at, \
         coalesce(a.active = 1 and a.access <> 'viewer', 0) \
         from poker_participant p left join account a on a.id = p.account_id where p.room_id = ?1 order by p.joined_at, p.id",
        &params![room],
        |row| {
            let put_out: Option<String> = row.get(5)?;
            Ok(Participant {
                id: row.get(0)?,
                account: row.get(1)?,
                name: row.get(2)?,
                spectator: row.get(3)?,
                facilitator: row.get(4)?,
                put_out: put_out.as_deref().and_then(PutOut::parse),
                passcode: row.get(6)?,
                joined_at: row.get(7)?,
                may_take_over: row.get(8)?,
            })
        },
    )
}

fn stories(tx: &Tx<'_>, room: RoomId) -> Result<Vec<Story>, DbError> {
    tx.query(
        "select id, name, reference, link, description, acceptance, tags, skipped, estimate, points, note, accepted_by, accepted_at \
         from poker_story where room_id = ?1 order by position, id",
        &params![room],
        |row| {
            let tags: String = row.get(6)?;
            let estimate: Option<String> = row.get(8)?;
            let points: Option<i32> = row.get(9)?;
            let note: String = row.get(10)?;
            let (by, at): (Option<String>, Option<i64>) = (row.get(11)?, row.get(12)?);
            Ok(Story {
                id: row.get(0)?,
                name: row.get(1)?,
                reference: row.get(2)?,
                link: row.get(3)?,
                description: row.get(4)?,
                acceptance: row.get(5)?,
                tags: tags.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
                skipped: row.get(7)?,
                agreed: estimate.map(|estimate| Agreed {
                    estimate,
                    points: points.map(Points::hundredths),
                    note,
                    by: by.unwrap_or_default(),
                    at: at.unwrap_or_default(),
                }),
            })
        },
    )
}

const ROUND: &str = "id, story_id, number, deck, anonymous, late_voters, asynchronous, opened_at, deadline, revealed_at, closed_at";

fn round(row: &Row<'_>) -> Result<Round, DbError> {
    let deck: String = row.get(3)?;
    Ok(Round {
        id: row.get(0)?,
        story: row.get(1)?,
        number: row.get(2)?,
        deck: read_deck(&deck),
        anonymous: row.get(4)?,
        late_voters: row.get(5)?,
        asynchronous: row.get(6)?,
        opened_at: row.get(7)?,
        deadline: row.get(8)?,
        revealed_at: row.get(9)?,
        closed_at: row.get(10)?,
        votes: Vec::new(),
        second_thoughts: Vec::new(),
    })
}

fn rounds(tx: &Tx<'_>, room: RoomId) -> Result<Vec<Round>, DbError> {
    let mut rounds: Vec<Round> = tx.query(
        &format!("select {ROUND} from poker_round where room_id = ?1 and closed_at is null order by id"),
        &params![room],
        round,
    )?;
    fill(
        tx,
        &mut rounds,
        "select id from poker_round where room_id = ?1 and closed_at is null",
        &params![room],
    )?;
    Ok(rounds)
}

/// Which rounds of a room are looked back at.
#[derive(Clone, Copy, Debug)]
pub struct Past {
    /// Those about this story; all where there is none.
    pub story: Option<StoryId>,
    /// Those that began before this one.
    pub before: Option<RoundId>,
    /// How many at most.
    pub most: i64,
}

/// Rounds of a room with their votes, those on the table among them, the newest first. They are shown through
/// [`crate::poker::rules::view::past`] and in no other way.
pub fn past_rounds(tx: &Tx<'_>, room: RoomId, past: Past) -> Result<Vec<Round>, DbError> {
    let which = "from poker_round where room_id = ?1 and (?2 is null or story_id = ?2) and (?3 is null or id < ?3) \
                 order by id desc limit ?4";
    let asked = params![room, past.story, past.before, past.most];
    let mut rounds: Vec<Round> = tx.query(&format!("select {ROUND} {which}"), &asked, round)?;
    fill(tx, &mut rounds, &format!("select id {which}"), &asked)?;
    Ok(rounds)
}

/// Puts the votes into rounds, which `which` selects once more. They come in no order that tells who voted when.
fn fill(tx: &Tx<'_>, rounds: &mut [Round], which: &str, asked: &[Value]) -> Result<(), DbError> {
    let votes =
        |table: &str| {
            tx.query(
            &format!(
                "select v.round_id, v.participant_id, v.card from {table} v where v.round_id in ({which}) \
                 order by v.round_id, v.participant_id"
            ),
            asked,
            |row| {
                let card: i64 = row.get(2)?;
                let card = usize::try_from(card).unwrap_or(usize::MAX);
                Ok((row.get::<RoundId>(0)?, Vote { participant: row.get(1)?, card }))
            },
        )
        };
    let (given, second) = (votes("poker_vote")?, votes("poker_second_thought")?);
    let of = |all: &[(RoundId, Vote)], id: RoundId| -> Vec<Vote> {
        let own = all.iter().filter(|(round, _)| *round == id);
        own.map(|(_, vote)| *vote).collect()
    };
    for round in rounds {
        round.votes = of(&given, round.id);
        if round.revealed_at.is_some() {
            round.second_thoughts = of(&second, round.id);
        }
    }
    Ok(())
}

/// The rooms in which a time runs, by what stands in their addresses.
pub fn timed(tx: &Tx<'_>) -> Result<Vec<String>, DbError> {
    tx.query(
        "select distinct r.link from poker_room r join poker_round o on o.room_id = r.id where r.ended_at is null \
         and o.deadline is not null and o.revealed_at is null and o.closed_at is null order by r.link",
        &[],
        |row| row.get(0),
    )
}

/// A room in the list of all.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What stands in its address.
    pub link: String,
    /// What it is called.
    pub name: String,
    /// Who made it.
    pub owner: String,
    /// Whose it is.
    pub owner_id: AccountId,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it was ended; none while it is played in.
    pub ended_at: Option<i64>,
    /// How many stories it has.
    pub stories: i64,
    /// For how many of them something was agreed.
    pub agreed: i64,
}

/// A room by its name: enough to find it, and to say which others come after it.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its id.
    pub id: RoomId,
    /// What it is called.
    pub name: String,
}

/// The names of all rooms, those that are played in first, the newest first.
pub fn names(tx: &Tx<'_>) -> Result<Vec<Named>, DbError> {
    tx.query(
        "select id, name from poker_room order by ended_at is not null, made_at desc, id desc",
        &[],
        |row| {
            Ok(Named {
                id: row.get(0)?,
                name: row.get(1)?,
            })
        },
    )
}

/// What lists tell of these rooms, in their order: a page of them, since stories are counted for each.
pub fn summaries(tx: &Tx<'_>, rooms: &[RoomId]) -> Result<Vec<Summary>, DbError> {
    let mut found = Vec::new();
    for room in rooms {
        found.extend(tx.first(
            "select r.link, r.name, a.name, r.owner_id, r.made_at, r.ended_at, \
             (select count(*) from poker_story s where s.room_id = r.id), \
             (select count(*) from poker_story s where s.room_id = r.id and s.estimate is not null) \
             from poker_room r join account a on a.id = r.owner_id where r.id = ?1",
            &params![*room],
            summary,
        )?);
    }
    Ok(found)
}

fn summary(row: &Row<'_>) -> Result<Summary, DbError> {
    Ok(Summary {
        link: row.get(0)?,
        name: row.get(1)?,
        owner: row.get(2)?,
        owner_id: row.get(3)?,
        made_at: row.get(4)?,
        ended_at: row.get(5)?,
        stories: row.get(6)?,
        agreed: row.get(7)?,
    })
}

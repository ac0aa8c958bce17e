//! Poker rooms as they would stand in the database after they were played.

use crate::db::{DbError, WriteTx, params};
use crate::units::ids::{AccountId, DepartmentId, ProjectId};

/// A room that is invented.
pub struct Room<'a> {
    /// What stands in its address. A demonstration is there for who sits before it, so nobody has to be kept from guessing.
    pub link: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// Who made it.
    pub owner: AccountId,
    /// Whose pace counts.
    pub team: DepartmentId,
    /// Where its stories are planned.
    pub project: ProjectId,
    /// The cards, as JSON.
    pub deck: &'a str,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it was ended.
    pub ended_at: Option<i64>,
}

fn id(found: Option<i64>) -> Result<i64, DbError> {
    found.ok_or(DbError::Closed)
}

/// Adds a room with these people in it, the first of whom runs it. Answers its id and theirs.
pub fn add_room(
    tx: &WriteTx<'_>,
    room: &Room<'_>,
    people: &[(Option<AccountId>, String)],
) -> Result<(i64, Vec<i64>), DbError> {
    let made = tx.first(
        "insert into poker_room (link, name, seq, owner_id, department_id, project_id, deck, who_reveals, auto_reveal, anonymous, \
         late_voters, open_discussion, guests, passcode_number, made_at, ended_at) \
         values (?1, ?2, 1, ?3, ?4, ?5, ?6, 'facilitators', 1, 0, 1, 0, 1, 0, ?7, ?8) returning id",
        &params![room.link, room.name, room.owner, room.team, room.project, room.deck, room.made_at, room.ended_at],
        |row| row.get(0),
    )?;
    let made = id(made)?;
    let mut all = Vec::new();
    for (place, (account, name)) in people.iter().enumerate() {
        let one = tx.first(
            "insert into poker_participant (room_id, account_id, name, spectator, facilitator, passcode_number, joined_at) \
             values (?1, ?2, ?3, 0, ?4, 0, ?5) returning id",
            &params![made, *account, name, place == 0, room.made_at],
            |row| row.get(0),
        )?;
        all.push(id(one)?);
    }
    Ok((made, all))
}

/// Adds a story to a room, agreed at so many whole points where there are any, and answers its id.
pub fn add_story(
    tx: &WriteTx<'_>,
    room: i64,
    (reference, name): (&str, &str),
    points: Option<i32>,
    at: i64,
) -> Result<i64, DbError> {
    let story = tx.first(
        "insert into poker_story (room_id, position, name, reference, link, description, acceptance, tags, skipped, estimate, \
         points, note, accepted_by, accepted_at) \
         select ?1, count(*), ?2, ?3, '', '', '', '', 0, ?4, ?5, '', ?6, ?7 from poker_story where room_id = ?1 returning id",
        &params![
            room,
            name,
            reference,
            points.map(|points| points.to_string()),
            points.map(|points| points * 100),
            points.map(|_| "Demo Planner"),
            points.map(|_| at),
        ],
        |row| row.get(0),
    )?;
    id(story)
}

/// Adds a round about a story that was revealed and put away, with a card of everybody: its place in the deck.
pub fn add_round(
    tx: &WriteTx<'_>,
    (room, story): (i64, i64),
    deck: &str,
    votes: impl IntoIterator<Item = (i64, i64)>,
    at: i64,
) -> Result<(), DbError> {
    let round = tx.first(
        "insert into poker_round (room_id, story_id, number, deck, anonymous, late_voters, asynchronous, opened_at, revealed_at, closed_at) \
         values (?1, ?2, 1, ?3, 0, 1, 0, ?4, ?4, ?4) returning id",
        &params![room, story, deck, at],
        |row| row.get(0),
    )?;
    let round = id(round)?;
    for (participant, card) in votes {
        tx.execute(
            "insert into poker_vote (round_id, participant_id, card) values (?1, ?2, ?3)",
            &params![round, participant, card],
        )?;
    }
    Ok(())
}

/// Marks a story as done after so many minutes.
pub fn finish(tx: &WriteTx<'_>, story: i64, minutes: i64, at: i64) -> Result<(), DbError> {
    tx.execute(
        "insert into poker_finished (story_id, finished_at, finished_by, spent) values (?1, ?2, 'Demo Planner', ?3)",
        &params![story, at, minutes],
    )?;
    Ok(())
}

//! What a point takes a team, and which hours were booked for which story.

use super::rules::{Asked, Laid, Taker};
use crate::db::{self, DbError, Entity, Key, RowKey, Tx, Value, WriteTx, params};
use crate::plan::store::{add_assignment, set_cells};
use crate::units::Minutes;
use crate::units::ids::{AssignmentId, DepartmentId, StoryId};

/// What a point takes a team, as it was typed.
pub static TEAM_PACE: Entity = Entity {
    table: "team_pace",
    topic: "estimates",
    key: Key::Id,
    columns: &["department_id", "minutes", "less", "more"],
};

/// What a card without a number takes a team.
pub static TEAM_SIZE: Entity = Entity {
    table: "team_size",
    topic: "estimates",
    key: Key::Id,
    columns: &["department_id", "label", "low", "high"],
};

/// Minutes of an assignment that are there for a story.
pub static STORY_HOURS: Entity = Entity {
    table: "story_hours",
    topic: "estimates",
    key: Key::Pair("assignment_id", "story_id"),
    columns: &["minutes"],
};

/// What can be taken back here.
pub static ENTITIES: [&Entity; 3] = [&TEAM_PACE, &TEAM_SIZE, &STORY_HOURS];

/// What a point takes a team, as somebody typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    /// One point.
    pub minutes: u32,
    /// How many percent less it may be.
    pub less: u16,
    /// How many percent more.
    pub more: u16,
}

/// What a card without a number takes a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeHours {
    /// What stands on the card.
    pub label: String,
    /// At least.
    pub low: Minutes,
    /// At most.
    pub high: Minutes,
}

/// What a point takes a team, if somebody typed it.
pub fn factor(tx: &Tx<'_>, team: DepartmentId) -> Result<Option<Factor>, DbError> {
    tx.first(
        "select minutes, less, more from team_pace where department_id = ?1",
        &params![team],
        |row| {
            Ok(Factor {
                minutes: row.get(0)?,
                less: row.get(1)?,
                more: row.get(2)?,
            })
        },
    )
}

/// Sets what a point takes a team, or forgets it.
pub fn set_factor(tx: &WriteTx<'_>, team: DepartmentId, factor: Option<Factor>) -> Result<(), DbError> {
    let kept: Option<i64> = tx.first(
        "select id from team_pace where department_id = ?1",
        &params![team],
        |row| row.get(0),
    )?;
    let Some(factor) = factor else {
        if let Some(id) = kept {
            tx.delete(&TEAM_PACE, RowKey::id(id))?;
        }
        return Ok(());
    };
    let values = [
        ("department_id", team.into()),
        ("minutes", factor.minutes.into()),
        ("less", factor.less.into()),
        ("more", factor.more.into()),
    ];
    match kept {
        Some(id) => tx.update(&TEAM_PACE, RowKey::id(id), &values).map(|_| ()),
        None => tx.insert(&TEAM_PACE, &values).map(|_| ()),
    }
}

/// The team's table of cards without a number, the smallest first.
pub fn sizes(tx: &Tx<'_>, team: DepartmentId) -> Result<Vec<SizeHours>, DbError> {
    tx.query(
        "select label, low, high from team_size where department_id = ?1 order by low, high, label",
        &params![team],
        |row| {
            Ok(SizeHours {
                label: row.get(0)?,
                low: row.get(1)?,
                high: row.get(2)?,
            })
        },
    )
}

/// Makes the team's table be `wanted`, and nothing else.
pub fn set_sizes(tx: &WriteTx<'_>, team: DepartmentId, wanted: &[SizeHours]) -> Result<(), DbError> {
    let kept: Vec<(i64, String)> = tx.query(
        "select id, label from team_size where department_id = ?1",
        &params![team],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (id, _) in kept
        .iter()
        .filter(|(_, label)| !wanted.iter().any(|one| one.label == *label))
    {
        tx.delete(&TEAM_SIZE, RowKey::id(*id))?;
    }
    for one in wanted {
        let values = [
            ("department_id", team.into()),
            ("label", Value::from(&one.label)),
            ("low", one.low.into()),
            ("high", one.high.into()),
        ];
        match kept.iter().find(|(_, label)| *label == one.label) {
            Some((id, _)) => {
                tx.update(&TEAM_SIZE, RowKey::id(*id), &values)?;
            }
            None => {
                tx.insert(&TEAM_SIZE, &values)?;
            }
        }
    }
    Ok(())
}

/// Whether `laid` was made in view of what the person has booked now, on whatever assignment.
pub fn booked_as_seen(tx: &Tx<'_>, asked: &Asked, laid: &Laid) -> Result<bool, DbError> {
    let Taker::Person(person) = asked.taker else {
        return Ok(true);
    };
    let (Some(first), Some(last)) = (laid.weeks.first(), laid.weeks.last()) else {
        return Ok(true);
    };
    let now = crate::plan::finder::booked(tx, person, first.week, last.week)?;
    let booked = |week| {
        let own = now.iter().find(|(own, _)| *own == week);
        own.map_or(Minutes(0), |(_, minutes)| *minutes)
    };
    Ok(laid.weeks.iter().all(|week| week.booked == booked(week.week)))
}

/// Books the stories as they were laid: one assignment, its hours, and which of them are for which story.
pub fn book_stories(
    tx: &WriteTx<'_>,
    asked: &Asked,
    laid: &Laid,
    note: &str,
) -> Result<AssignmentId, DbError> {
    let (person, role) = match asked.taker {
        Taker::Person(id) => (Some(id), None),
        Taker::Role(id) => (None, Some(id)),
    };
    let assignment = add_assignment(tx, asked.project, person, role, note)?;
    let cells = laid.weeks.iter().map(|one| (assignment, one.week, one.minutes));
    set_cells(tx, cells)?;
    for (story, minutes) in &asked.stories {
        let value = [("minutes", Value::from(*minutes))];
        tx.put(&STORY_HOURS, RowKey::pair(assignment.0, story.0), &value)?;
    }
    Ok(assignment)
}

/// Whether hours are booked for a story, or were once: undo may book them again, and then the story must be there.
pub fn was_planned(tx: &Tx<'_>, story: StoryId) -> Result<bool, DbError> {
    let booked = tx.first(
        "select 1 from story_hours where story_id = ?1",
        &params![story],
        |row| row.get::<i64>(0),
    )?;
    Ok(booked.is_some() || db::tells_of_part(tx, &STORY_HOURS, story.0)?)
}

/// Forgets which hours of an assignment are for which story; its stories are not planned there any more.
pub fn unlink(tx: &WriteTx<'_>, assignment: AssignmentId) -> Result<(), DbError> {
    let stories: Vec<StoryId> = tx.query(
        "select story_id from story_hours where assignment_id = ?1 order by story_id",
        &params![assignment],
        |row| row.get(0),
    )?;
    for story in stories {
        tx.delete(&STORY_HOURS, RowKey::pair(assignment.0, story.0))?;
    }
    Ok(())
}

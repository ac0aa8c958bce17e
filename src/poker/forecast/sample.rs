//! Forecasts of an invented team, made as any other but on a day that is past.

use super::rules::{Answer, forecast};
use super::rules_gather::{Inputs, free, gather};
use super::store::{self, Scope};
use crate::book::Book;
use crate::db::{Tx, WriteTx};
use crate::error::AppError;
use crate::poker::pace;
use crate::units::Day;
use crate::units::ids::{DepartmentId, RoomId, StoryId};

/// A forecast that is not kept yet.
pub struct Drawn {
    team: DepartmentId,
    inputs: Inputs,
    answer: Answer,
}

/// Foretells the open stories of a room from what is known, as on the day `today`. None where nothing can be foretold, or the
/// team has not measured its pace.
///
/// # Errors
/// Whatever reading answers.
pub fn draw(
    tx: &Tx<'_>,
    book: &Book,
    (room, team): (RoomId, DepartmentId),
    today: Day,
    seed: u64,
) -> Result<Option<Drawn>, AppError> {
    let pace = pace::pace(tx, book, team)?;
    let undone = store::undone(tx, Scope::Room(room), team)?;
    let ids: Vec<StoryId> = undone.iter().map(|one| one.story).collect();
    let own = store::own_hours(tx, &ids)?;
    let free = free(book, team, today, &own, 100);
    let mut inputs = Inputs::of(&gather(&undone, &pace), &pace, free, today, 100);
    if inputs.measured.is_none() || inputs.obstacle().is_some() {
        return Ok(None);
    }
    inputs.question.seed = seed;
    let answer = forecast(&inputs.question);
    Ok(Some(Drawn { team, inputs, answer }))
}

impl Drawn {
    /// Keeps it as made by `by` at the moment of the write.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub fn keep(&self, tx: &WriteTx<'_>, room: RoomId, by: &str) -> Result<i64, AppError> {
        let scope = Scope::Room(room);
        store::keep(tx, (scope, self.team), by, (&self.inputs, &self.answer))
    }
}

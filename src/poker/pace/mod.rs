//! A team's pace: how many hours a point takes it, measured from what its finished stories took.
//!
//! A pace belongs to a team, never to a person: who finished a story has no part in it. Nothing of it is shown of a story
//! before the team has agreed on it, or it would decide the vote.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

use maud::Markup;

use super::rules::room::Room;
use super::rules::view::View;
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::plan::warden;
use crate::units::ids::DepartmentId;

pub use rules::{Basis, Estimate, Hours, Pace, Took, range_words};
pub use store::{finish, pace, unfinish};

/// Refuses who would give a room to a team, or take it from one, without managing that team: the room's finished stories
/// come to its pace, or go from it.
///
/// # Errors
/// `OutOfReach`, with whom to ask.
pub async fn must_give(
    app: &App,
    visitor: Option<&Visitor>,
    teams: (Option<DepartmentId>, Option<DepartmentId>),
) -> Result<(), AppError> {
    let (before, wanted) = teams;
    if before == wanted {
        return Ok(());
    }
    let visitor = visitor.ok_or(AppError::Forbidden("Guests choose no team."))?;
    for team in before.into_iter().chain(wanted) {
        warden::team(app, visitor, team).await?;
    }
    Ok(())
}

/// The pace of a team as of now.
///
/// # Errors
/// Whatever reading answers.
pub async fn of_team(app: &App, team: DepartmentId) -> Result<Pace, AppError> {
    let book = app.book();
    Ok(app.db.read(move |tx| store::pace(tx, &book, team)).await?)
}

/// What the room says of the story that was just agreed on: “5 points ≈ 14–22 h”. Nothing while anything is still voted on,
/// where nothing was agreed, and in a room without a team.
///
/// # Errors
/// Whatever reading answers.
pub async fn line(app: &App, room: &Room, view: &View) -> Result<Option<Markup>, AppError> {
    let Some((team, estimate)) = room.department.zip(rules::agreed_now(room, view)) else {
        return Ok(None);
    };
    let pace = of_team(app, team).await?;
    Ok(pages::line(&pace, &estimate))
}

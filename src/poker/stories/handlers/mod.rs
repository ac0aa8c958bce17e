//! What is asked of the stories of a room.

mod change;
mod import;
mod read;

pub(super) use change::{add, drafted};
pub(crate) use change::{
    add_story, change_story, edit_story, move_story, new_story, remove_story, skip_story,
};
pub(super) use import::{add_new, plan_for};
pub(crate) use import::{import, show_import};
pub(super) use read::report;
pub(crate) use read::{export, show_export, show_story};

use axum::response::{IntoResponse as _, Redirect, Response};

use crate::error::AppError;
use crate::poker::rules::room::{Room, Story};
use crate::poker::seat::Seat;
use crate::units::ids::StoryId;

/// Lets who runs a room that is played in see a form of it. The write asks again.
pub(super) fn must_run(seat: &Seat) -> Result<(), AppError> {
    let room = seat.table.room();
    if room.ended_at.is_some() {
        return Err(AppError::conflict(
            "This room was ended. It can be read and exported, and nothing in it changes any more.",
        ));
    }
    if room.participant(seat.own).is_some_and(|own| room.may_run(own)) {
        return Ok(());
    }
    Err(AppError::Forbidden(
        "Only a facilitator changes stories in this room.",
    ))
}

fn find(room: &Room, id: StoryId) -> Result<&Story, AppError> {
    room.story(id).ok_or(AppError::NotFound)
}

/// Back to the room, at a story where there is one to look at.
fn back(link: &str, story: Option<StoryId>) -> Response {
    let place = story.map_or_else(|| "#stories".to_owned(), |id| format!("#s{id}"));
    Redirect::to(&format!("/poker/{link}{place}")).into_response()
}

//! What is asked of rooms: by pages, and by the scripts on them.

mod beside;
mod join;
mod people;
mod play;
pub(super) mod rooms;
mod settings;
mod steps;

pub(crate) use beside::{show_days, show_invite, show_people, show_settings};
pub(crate) use join::{join, show_room};
pub(crate) use people::{claim, forgive, put_out, rename, set_facilitator, set_role};
pub(crate) use play::{
    RoundsJson, hear, list_rounds, listen, reconsider, reveal, rounds, set_timer, show_view, vote,
};
pub(crate) use rooms::{add_room, list_rooms};
pub(crate) use settings::{end_room, save_settings, set_passcode};
pub(crate) use steps::{accept, ask_over_days, choose_story, next_story, reopen, skip_story, vote_again};

use crate::error::AppError;
use crate::web::Path;

/// `POST /poker/{link}/{action}`: whatever a room does not know. It goes nowhere; the guard counts it.
pub(crate) async fn unknown(Path((_, action)): Path<(String, String)>) -> AppError {
    tracing::debug!(action = %action.escape_debug(), "a room does not know this message");
    AppError::BadRequest("a room does not know this message; reload the page, and try again".to_owned())
}

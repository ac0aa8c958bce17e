//! What is asked of rooms: by pages, and by the scripts on them.

mod beside;
mod join;
mod play;
mod rooms;

pub(crate) use beside::{show_invite, show_people, show_settings};
pub(crate) use join::{join, show_room};
pub(crate) use play::{listen, next_round, reveal, show_view, vote};
pub(crate) use rooms::{add_room, list_rooms};

//! Rooms as they are kept. Votes and rounds are no recorded changes: a history that tells of a vote before its reveal would be
//! one more way to see it, and nothing of a room is undone by undoing.

mod load;
mod rooms;
mod rounds;

pub use load::{Summary, load, summaries};
pub use rooms::{NewRoom, add_participant, add_room, put_in, room_by_link, touch};
pub use rounds::{close_live, open_round, retract, reveal, second_thought, set_vote};

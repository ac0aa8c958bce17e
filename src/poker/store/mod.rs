//! Rooms as they are kept. Votes and rounds are no recorded changes: a history that tells of a vote before its reveal would be
//! one more way to see it, and nothing of a room is undone by undoing.

mod load;
mod people;
mod rooms;
mod rounds;
mod steps;

pub use load::{Past, Summary, load, load_with, names, past_rounds, summaries, timed};
pub use people::{
    add_participant, forgive, must_facilitate, must_run, put_in, put_out, rename, set_facilitator,
    set_spectator,
};
pub use rooms::{
    NewRoom, Settings, add_room, change_room, end_room, must_play, passcode, room_by_link, seq, set_passcode,
    touch,
};
pub use rounds::{
    forget_second_thought, open_round, retract, reveal, second_thought, set_deadline, set_vote,
};
pub use steps::{AGAIN, Agreement, accept, ask_over_days, choose, next, reopen, room_at, round_about, skip};

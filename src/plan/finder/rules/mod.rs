//! What is asked of the finder, how its answer reads in words, and what an assignment made from it must hold.

mod assign;
mod question;
mod words;

pub use assign::{Draft, Moved, Seen};
pub use question::{MOST_SKILLS, Per, Question, View};
pub use words::{day, obstacle_words, reason_words, room_words, week_words};

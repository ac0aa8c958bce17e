//! Hours for estimated stories: laying them into what somebody has left, and keeping which hours were booked for which story.
//!
//! What a story is, poker knows; here it is an id with its minutes. Everything that is written is recorded, so that taking
//! the hours back takes back that the stories are planned.

mod rules;
mod store;

pub use rules::{Asked, Laid, LaidWeek, MOST_WEEKS, Refusal, Taker, lay, share};
pub use store::{
    ENTITIES, Factor, STORY_HOURS, SizeHours, TEAM_PACE, TEAM_SIZE, book_stories, booked_as_seen, factor,
    set_factor, set_sizes, sizes, unlink, was_planned,
};

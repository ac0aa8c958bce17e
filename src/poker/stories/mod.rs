//! What a room estimates: a list of stories that people type, paste or bring as a file, put in order, vote on several times,
//! and take away again as CSV, JSON or Markdown.
//!
//! What is shown or exported of a story's rounds is made by [`super::rules::view`], as everything else of a room is.

pub(crate) mod api;
mod found;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use found::find;
pub use pages::{LINES, lines, panel};
pub use rules::StoryDraft;
pub use store::add_stories;

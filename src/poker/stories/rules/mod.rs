//! What is true of lists of stories: what a story takes, what pasted lines and files mean, and how an order changes. No I/O.

mod draft;
mod lines;
mod link;
pub mod order;

pub use draft::{StoryDraft, read_draft, too_many};
pub use lines::{read_line, read_lines};

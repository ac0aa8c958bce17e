//! What is true of lists of stories: what a story takes, what pasted lines and files mean, and how an order changes. No I/O.

mod columns;
mod draft;
mod import;
mod lines;
mod link;
pub mod order;
mod report;

pub use columns::{Columns, Field};
pub use draft::{StoryDraft, read_draft, too_many};
pub use import::{Line, Planned, Verdict, plan, plan_table};
pub use report::{Report, RoundReport};

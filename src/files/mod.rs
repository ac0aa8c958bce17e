//! Files that people put to projects, deliverables and other people.
//!
//! The bytes lie below `private/` in the data directory under random names, and leave it only through [`serve`], after
//! the look at who asks. The row that says whose a file is is recorded as every other, so that removing one can be undone.

pub(crate) mod api;
pub(crate) mod handlers;
mod link;
mod pages;
mod rules;
mod serve;
mod shelf;
mod store;

pub use handlers::may_see;
pub use pages::{Panel, panel};
pub use rules::{MOST_FILES, Owner};
pub use shelf::{FOLDER, sweep as sweep_folder};
pub use store::{ATTACHMENT, Attachment, ENTITIES, files_of_person, files_of_project, remove_all_of, sweep};

/// How many files may be on their way in at a time; whoever comes then is asked to wait a moment.
const ARRIVING: usize = 8;

/// The places of files on their way in. Cloning shares them.
#[derive(Clone)]
pub struct Arrivals(std::sync::Arc<tokio::sync::Semaphore>);

impl Default for Arrivals {
    fn default() -> Self {
        Self(std::sync::Arc::new(tokio::sync::Semaphore::new(ARRIVING)))
    }
}

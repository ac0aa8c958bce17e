//! What is shown of rooms.

mod door;
mod list;
mod room;

pub use door::{Entry, door};
pub use list::list;
pub use room::room;

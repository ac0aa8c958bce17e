//! Asking somebody in: a letter with a link that is good once, for a week. Who opens it chooses a name, and a password
//! where there are any, and is in.
//!
//! The link holds 128 random bits and is kept as a hash; where no letters leave, whoever invites is shown it once.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use handlers::{Asked, Sent, again, ask};
pub use store::{arrive, of_address, pending, remove};

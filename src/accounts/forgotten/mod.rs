//! A forgotten password: a letter with a link that is good once, for half an hour, and that replaces the password. It signs
//! nobody in, so that a second step stays one.
//!
//! Whoever asks is told the same at once, whether there is such an account or not; everything else happens afterwards.

pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use handlers::new_link;
pub use store::keep_link;

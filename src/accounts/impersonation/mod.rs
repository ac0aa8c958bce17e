//! Seeing Ballast through somebody else's eyes: an administrator gets a session of another account for a while, to see what
//! they see. Every page says so, everything done is written down under both names, and what belongs to a person alone stays
//! closed.

pub(crate) mod handlers;
mod rules;
mod store;

pub use rules::LASTS;

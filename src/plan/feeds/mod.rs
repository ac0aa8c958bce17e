//! Calendar feeds: links under which a calendar program fetches what is due and who is away, without signing in.
//!
//! Whoever has such a link sees what it holds, so it is named by 128 random bits, shown once, kept as a hash, and can be
//! taken back at any time. It tells that somebody is away and never why.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

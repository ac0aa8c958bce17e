//! The settings: what the whole team shares. Everybody may read them, administrators change them.

pub(crate) mod api;
pub(crate) mod handlers;
pub(crate) mod jobs;
mod pages;
mod rules;
mod store;

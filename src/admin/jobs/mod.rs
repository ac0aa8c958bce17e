//! The work in the background, as an administrator sees and steers it.

pub(crate) mod api;
pub(crate) mod command;
pub(crate) mod handlers;
mod pages;

//! When a due date moves, the hours that lead up to it move along: previewed, in one gesture, and taken back in one.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use rules::{Move, Reallocation, Terms, reallocate, warnings, who};
pub use store::{Left, move_hours, moves_of, newest, take_hours_back};

//! Agreed stories on the schedule: what they take at the team's pace, laid into somebody's weeks and booked in one gesture, and
//! what they took in the end.
//!
//! The preview and the write are one function of the book; the write is done only if it would do what was seen. How hours are
//! laid and kept, [`crate::plan::estimates`] knows.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

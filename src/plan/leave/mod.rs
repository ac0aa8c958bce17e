//! Hours that are booked where somebody is on leave, pushed to the next weeks in which they have room.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;

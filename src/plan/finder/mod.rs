//! Who is free: people for hours that are asked for, people for places that nobody fills yet, and putting them there.
//!
//! The figures come from the book; this room reads the question, shows the answer with its reasons, and writes the
//! assignment together with its hours as one gesture.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub(super) use pages::free_weeks;
pub(super) use store::booked;

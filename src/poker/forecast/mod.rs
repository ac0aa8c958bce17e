//! When the stories of a room or a project are done, from all votes that were given.
//!
//! A forecast is kept with its seed, with all that it was made from and with what came out, so that it can be made again bit
//! for bit, and held against what happened once its stories are done.

pub(crate) mod api;
mod chart;
mod gate;
pub(crate) mod handlers;
mod pages;
mod rules;
mod rules_gather;
mod sample;
mod store;

pub use gate::Gate;
pub use sample::draw;

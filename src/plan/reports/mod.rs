//! Reports: planned hours, capacity and utilisation over a period, by whom or by what, for reading, for other programs
//! and for slides.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod period;
mod rules;
mod table;
mod words;

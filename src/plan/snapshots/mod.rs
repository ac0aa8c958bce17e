//! Weekly snapshots: what was planned in a week once it is past, kept once and never changed; and what was planned ahead
//! when a week began. So “planned then, and now” can be asked, and who worked on what for which client.

pub(crate) mod api;
pub(crate) mod handlers;
mod keeper;
mod pages;
mod rules;
mod store;

pub use keeper::{Kept, take};

//! Saved views: an address with a name, for oneself or for everybody.
//!
//! A view is kept as the text of its address, so it outlives what it names: one that names a deleted department still opens,
//! without that department, and says so.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub(super) use handlers::visible;
pub use rules::ViewDraft;
pub use store::add_view;
pub(super) use store::{ENTITIES, SAVED_VIEW, check_numbers, may_go_back};

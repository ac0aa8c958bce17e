//! Leave: people ask for it, managers of their department answer, and what is approved lowers capacity at once.
//!
//! Why somebody is away is told to themselves and to those who decide about it; everybody else sees that they are.

pub(crate) mod api;
pub(crate) mod handlers;
pub(super) mod pages;
pub(super) mod rules;
pub(super) mod store;

pub use rules::{Decider, Status, TimeOffDraft, TimeOffKind, days_text, part_text};
pub use store::{TIME_OFF, TimeOff, add_approved, check_clashes, request, time_off_of, time_off_row};

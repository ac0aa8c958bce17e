//! The second step: a code from an authenticator, or one of ten recovery codes.
//!
//! It stands between the first proof and the session. What is pending in between is no session and opens nothing else.

pub(crate) mod handlers;
mod pages;
mod proof;
pub mod rules;
pub(crate) mod step;
mod store;

pub(super) use proof::{Verdict, check};
pub use rules::Demand;
pub use step::is_asked;
pub(super) use handlers::{change_demand, own, reset_in};
pub(super) use pages::own_card;
pub(super) use step::{fault, interpose, is_fresh_enough, is_left_without};
pub(super) use store::{count_try, forget_tries, means, note_second, second};

//! The second step: a code from an authenticator, or one of ten recovery codes.
//!
//! It stands between the first proof and the session. What is pending in between is no session and opens nothing else.

pub(crate) mod handlers;
mod pages;
mod proof;
pub mod rules;
pub(crate) mod step;
mod store;

pub(super) use handlers::own;
pub use handlers::{change_demand, reset, reset_in};
pub(super) use pages::{code_field, own_card, recovery_form};
pub(super) use proof::{Verdict, check};
pub use rules::Demand;
pub use step::is_asked;
pub(super) use step::{Was, fault, interpose, is_fresh_enough, is_left_without, take_code, was};
pub use store::{Holder, demand, holders};
pub(super) use store::{Kind, Try, count_try, end_all_pending, forget_tries, means, note_second};

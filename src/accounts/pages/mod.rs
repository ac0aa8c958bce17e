//! Sign-in, set-up, and the list of accounts.

mod accounts;
pub(in crate::accounts) mod sign_in;

pub(in crate::accounts) use accounts::accounts;
pub(in crate::accounts) use sign_in::{Ways, setup};

//! How far a manager's reach goes: the whole plan, or the people and projects of some departments.
//!
//! [`Scope`] is what an administrator gives an account, [`Reach`] is what follows from it and from the tree of
//! departments as it is. `docs/access.md` says in whole sentences what is decided here.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use pages::{scope_link, scope_words};
pub use rules::{Reach, Scope};
pub use store::{
    ACCOUNT_DEPARTMENT, Standing, managers_by_department, scope_of, scopes, set_scope, standing,
};

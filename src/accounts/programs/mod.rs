//! Programs: how they sign in, and the keys that people make for them.
//!
//! A program that signs in with an address and a password gets an access, a signed text that is good for minutes, and a
//! cookie that renews it. A key is made by hand, for a program that runs on its own; it may do no more than its scope
//! says, and never more than the account it belongs to. Either comes as `Authorization: Bearer …`, which browsers never
//! send by themselves, so that such a request needs no origin and no form key.

mod access;
pub(crate) mod api;
pub(crate) mod families;
pub(crate) mod handlers;
mod pages;
mod recognise;
mod rules;
pub(in crate::accounts) mod store;

pub(in crate::accounts) use recognise::{recognised, shown};
pub use rules::By;

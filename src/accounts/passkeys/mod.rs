//! Passkeys: something one has that asks for something one knows or is, so that it stands for both steps.
//!
//! What a browser is asked to sign is kept here for five minutes, for that browser, and once.

pub(crate) mod api;
mod ceremony;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use ceremony::Ceremonies;
pub(super) use ceremony::possible;
pub(super) use handlers::own;
pub(super) use pages::{own_card, sign_in_button, sign_in_link};
pub(super) use store::drop_all;

//! The page of one's own account: the words one signs in with, the second step, passkeys, and where one is signed in.

pub(crate) mod api;
mod confirm;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub(super) use confirm::{
    address as confirm_address, ask_again, is_fresh, note_confirmed, refuse_other_eyes,
};
pub(crate) use confirm::{confirm, show_confirm};
pub(super) use handlers::hang_up;
pub(super) use store::end_others;

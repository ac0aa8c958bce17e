//! HTTP machinery without product words: cookies, forms, headers, errors, assets, and the edge around them.

mod access;
pub mod assets;
mod attachment;
mod client;
pub mod cookie;
pub mod csrf;
mod done;

pub mod edge;
pub mod embedded;
mod encoding;
pub mod events;
pub mod form;
mod form_key;
pub mod health;
mod intake;
pub mod json;
mod near;
mod order;
pub mod outermost;
mod packing;
mod page;
pub mod params;
pub mod pieces;
mod random;

pub use crate::units::hex;
pub use attachment::attachment;
pub use client::{Client, Peer, REQUEST_ID, RequestId, is_fragment, know};
pub use cookie::Cookie;
pub use done::done_at;
pub use encoding::{Encoding, Taker, is_held};
pub use form::{Fields, Reader};
pub use form_key::{FORM_KEY, OUT_OF_DATE, is_key, key_in, must_be_keyed};
pub use intake::{Intake, Times};
pub use json::{Json, Versioned, if_match, is_json, tag_of, weak_tag_of};
pub use near::serve_near;
pub use order::OrderInput;
pub use packing::packed;
pub use page::{Page, PageOf};
pub use params::{Path, Query};

//! Planning poker: rooms in which a team estimates together.
//!
//! A room is read whole, changed by one write at a time, and shown through one function, `rules::view::view`, which alone
//! decides what somebody may see of it.

mod answer;
pub(crate) mod api;
mod drawn;
pub(crate) mod forecast;
pub(crate) mod handlers;
mod live;
pub(crate) mod pace;
mod pages;
pub(crate) mod planned;
mod rules;
mod sample;
mod seat;
mod store;
pub(crate) mod stories;

pub(crate) use rules::cards::Deck;

pub use forecast::Gate as ForecastGate;
pub use live::{Tables, keep_time, tick};
pub use sample::{Team as SampleTeam, lay as lay_sample};
pub use seat::{MESSAGE, Seat, guest_in, link_in, seat};
pub use stories::find;

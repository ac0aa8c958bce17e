//! The edge: who asks and through whom, under which name, from which page, how often, and what every answer carries.
//!
//! What the settings say of it is read once into [`Proxies`], [`Hosts`], [`Origins`], [`Headers`] and [`Limits`]; none of
//! them knows a product word.

mod doors;
mod headers;
mod limits;
mod names;
mod proxies;
mod reports;

pub use doors::{cors, know_host, may_share};
pub use headers::{Allows, Frames, Headers, Policy};
pub use limits::{Bucket, Limiter, Limits, Rate, Whose};
pub use names::{Hosts, Origin, Origins, Pattern, Unusable, host_of};
pub use proxies::{Proxies, Written};
pub use reports::take_report;

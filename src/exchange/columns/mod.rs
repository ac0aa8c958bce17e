//! Which column means what: recognised by many names, shown for correction, corrected by hand.

mod fields;
mod mapping;
mod names;

pub use fields::{Field, Kind, What};
pub use mapping::{Mapping, Meaning};

pub(super) use names::without_accents;

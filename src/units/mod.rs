//! Words that all features share. Each is parsed once, at the edge, and is right from then on; no I/O.

pub mod colour;
pub mod day;
mod digest;
pub mod domain;
pub mod ids;
pub mod minutes;
pub mod tenths;
pub mod text;
pub mod week;

pub use colour::Colour;
pub use day::{Day, DayError};
pub use digest::hex;
pub use domain::folded_domain;
pub use minutes::{HoursError, Minutes, grouped};
pub use tenths::Tenths;
pub use text::{Name, TextError, fold, initials, without_words};
pub use week::{Week, WeekStart};

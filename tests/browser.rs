//! The pages as people use them, in a headless Chromium.

#[cfg(test)]
mod accessible;
#[cfg(test)]
pub(crate) mod driver;
#[cfg(test)]
mod driver_tests;
#[cfg(test)]
pub(crate) mod hand;
#[cfg(test)]
mod leave_tests;
#[cfg(test)]
mod planning;
#[cfg(test)]
pub(crate) mod poker_look;
#[cfg(test)]
pub(crate) mod poker_room;
#[cfg(test)]
mod sheet;

//! What is true of planning poker: cards, rounds, who may do what, and what somebody may see. No I/O.

pub mod agree;
pub mod cards;
pub mod points;
pub mod room;
pub mod statistics;
pub mod view;

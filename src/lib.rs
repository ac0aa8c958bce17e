//! Ballast.
pub mod units;
pub mod book;
pub mod db;

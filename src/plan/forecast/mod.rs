//! The forecast: capacity against what is asked of it, weeks ahead, with its gaps and idle hours in numbers, and who
//! and what stands behind each of them.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod table;

pub(super) use pages::{department_choice, role_choice};
pub(super) use rules::{period_words, read_department, read_role};

//! One search over everything: people, projects, clients, roles, departments, dates, and the pages themselves.
//!
//! What is typed is read by [`crate::book::SearchQuery`], here as in the lists, so that a search means the same everywhere.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;

//! Auto-hours: templates that say how the hours before a deliverable usually lie, and laying them on a project.
//!
//! A template has lines: a role, a phase, and percent of a full week for each of the weeks before the date. One formula
//! (`rules::hours_of`) turns a percent into minutes, for the preview, for what is written, for pages and for programs.
//! Nothing that somebody is booked for is written over unless that very cell was ticked.

pub(crate) mod api;
pub(crate) mod handlers;
mod pages;
mod rules;
mod store;

pub use rules::LineDraft;
pub use store::{ENTITIES, add_line, add_template, lines_for};

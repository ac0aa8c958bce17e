//! The list of projects, one project, and its form.

mod form;
mod list;
mod project;
mod team;
mod timeline;

pub use form::project_form;
pub use list::projects;
pub use project::{ProjectView, project};

//! What is shown of the plan.

mod forms;
mod grid;

mod project_grid;

pub use forms::{assignment_form, deliverable_form, hours_form};

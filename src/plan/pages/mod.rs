//! What is shown of the plan.

mod forms;
mod grid;
mod overview;
mod people;
mod project_grid;
mod schedule;

pub use forms::{assignment_form, deliverable_form, hours_form};
pub use overview::{more, overview, overview_page};
pub use people::deactivate_form;
pub use schedule::{Part, rows_fragment, schedule, schedule_page};

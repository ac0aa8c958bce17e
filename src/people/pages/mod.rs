//! What is shown of people.

mod forms;
mod list;
mod parts;
mod person;

pub use forms::{day_hours, person_form, skills_form, work_week_form};
pub use list::people;
pub use parts::{department_choices, department_options, history, indented, weekday_fields};
pub use person::{PersonView, newest, person};

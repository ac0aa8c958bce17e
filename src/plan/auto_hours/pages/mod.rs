//! What auto-hours shows.

mod grid;
mod lay;
mod templates;

pub use lay::{LayView, lay_page};
pub use templates::{line_form, template_form, templates};

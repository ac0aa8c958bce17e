//! What is asked of auto-hours.

mod lay;
mod templates;

pub(super) use lay::{Applied, apply, lay_of};
pub(crate) use lay::{lay_by_form, show_lay};
pub(crate) use templates::{
    add_line, add_template, change_line, change_template, edit_line, edit_template, new_line, new_template,
    remove_line, remove_template, show_templates,
};
pub(super) use templates::{
    all, change_line_of, line_fields, line_of, remove_line_of, remove_template_of, save_line, save_template,
    template_of,
};

//! What is asked of the plan.

mod assignments;
pub(super) mod back;
mod deliverables;
pub(crate) mod hours;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod projects;
mod schedule;

pub(crate) mod undo;

pub(super) use assignments::{
    add as add_assignment_from, change as change_assignment_from, remove as remove_assignment_by_id,
};
pub(crate) use assignments::{
    add_assignment, change_assignment, edit_assignment, new_assignment, remove_assignment,
};
pub(super) use back::{back_or, page_before};
pub(super) use deliverables::{
    add as add_deliverable_from, find as find_deliverable, order as order_deliverables_of,
    own_fields as deliverable_fields, refused_form, remove as remove_deliverable_by_id,
};
pub(crate) use deliverables::{
    add_deliverable, change_deliverable, edit_deliverable, new_deliverable, order_deliverables,
    remove_deliverable,
};
pub(crate) use hours::{edit_hours, set_hours_by_form, write_hours};

pub(crate) use overview::{show_more, show_overview};
pub(crate) use people::{
    ask_to_deactivate, deactivate_by_api, deactivate_person, reactivate_by_api, reactivate_person,
};
pub(crate) use projects::{delete_project, mark_deliverable, remove_project};
pub(crate) use schedule::{show_rows, show_schedule};
pub(crate) use undo::{undo_by_form, undo_change_set};

//! What is asked of the settings.

mod calendars;
mod departments;
mod ics;
mod lists;
mod organisation;
mod sign_in;
mod statuses;

pub(crate) use calendars::{
    add_calendar, add_holidays, add_rules, change_calendar, edit_calendar, new_calendar, remove_calendar,
    remove_holiday, remove_rule, show_calendar, show_calendars,
};
pub(super) use calendars::{
    add_days, add_yearly, remove as remove_calendar_by_id, remove_day, remove_yearly, save as save_calendar,
};
pub(crate) use departments::{
    add_department, change_department, edit_department, new_department, remove_department, show_departments,
};
pub(super) use departments::{remove as remove_department_by_id, save as save_department};
pub(super) use ics::{compared, import as import_ics};
pub(crate) use ics::{confirm_ics, upload_ics};
pub(crate) use lists::{add_name, change_name, edit_name, new_name, remove_name, show_list};
pub(super) use lists::{remove as remove_named, save as save_named};
pub(super) use organisation::{Parts, organisation_fields, save_organisation};
pub(crate) use organisation::{
    change_bands, change_organisation, show_bands, show_history, show_organisation,
};
pub(crate) use sign_in::{change_sign_in, reset_second_step, show_sign_in};
pub(crate) use statuses::{
    add_status, change_status, edit_status, move_status, new_status, remove_status, show_statuses,
};
pub(super) use statuses::{remove as remove_status_by_id, save as save_status};

use crate::db::DbError;
use crate::error::AppError;

/// Refuses to remove what is used, and says by what.
fn unused(what: &str, uses: &str) -> Result<(), AppError> {
    if uses.is_empty() {
        return Ok(());
    }
    Err(AppError::conflict(format!(
        "{what} is still used: {uses}. Change those first; nothing was removed."
    )))
}

/// Something began to use it between the look at the book and the write.
fn used_meanwhile(error: DbError) -> AppError {
    match error {
        DbError::Constraint(_) => {
            AppError::conflict("Something has just begun to use this, so it was not removed.")
        }
        other => other.into(),
    }
}

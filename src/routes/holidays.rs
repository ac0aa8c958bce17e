//! Calendars of holidays: single days, those that come again, and those that iCalendar files bring.

use super::{ADMIN, Route, VIEWER, noted_changes, takes_a_file};
use crate::admin::{api as admin_api, handlers as admin};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    noted_changes(
        vec![
            get!("/settings/calendars", VIEWER, admin::show_calendars),
            post!("/settings/calendars", ADMIN, admin::add_calendar),
            get!("/settings/calendars/new", ADMIN, admin::new_calendar),
            get!("/settings/calendars/{id}", VIEWER, admin::show_calendar),
            post!("/settings/calendars/{id}", ADMIN, admin::change_calendar),
            get!("/settings/calendars/{id}/edit", ADMIN, admin::edit_calendar),
            post!("/settings/calendars/{id}/remove", ADMIN, admin::remove_calendar),
            post!("/settings/calendars/{id}/days", ADMIN, admin::add_holidays),
            post!(
                "/settings/calendars/{id}/days/remove",
                ADMIN,
                admin::remove_holiday
            ),
            get!("/api/v1/calendars", VIEWER, admin_api::list_calendars),
            post!("/api/v1/calendars", ADMIN, admin_api::add_calendar),
            patch!("/api/v1/calendars/{id}", ADMIN, admin_api::change_calendar),
            delete!("/api/v1/calendars/{id}", ADMIN, admin_api::remove_calendar),
            post!("/api/v1/calendars/{id}/holidays", ADMIN, admin_api::add_holidays),
            delete!(
                "/api/v1/calendars/{id}/holidays/{day}",
                ADMIN,
                admin_api::remove_holiday
            ),
            post!("/settings/calendars/{id}/rules", ADMIN, admin::add_rules),
            post!(
                "/settings/calendars/{id}/rules/{rule}/remove",
                ADMIN,
                admin::remove_rule
            ),
            takes_a_file(post!("/settings/calendars/{id}/ics", ADMIN, admin::upload_ics)),
            post!("/settings/calendars/{id}/ics/confirm", ADMIN, admin::confirm_ics),
            get!("/api/v1/calendars/{id}/days", VIEWER, admin_api::list_days),
            post!("/api/v1/calendars/{id}/rules", ADMIN, admin_api::add_rules),
            delete!(
                "/api/v1/calendars/{id}/rules/{rule}",
                ADMIN,
                admin_api::remove_rule
            ),
            post!("/api/v1/calendars/{id}/ics", ADMIN, admin_api::import_ics),
            get!("/api/v1/countries", VIEWER, admin_api::list_countries),
        ]
        .into_iter(),
    )
}

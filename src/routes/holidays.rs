//! Holidays that come again, and those that iCalendar files bring.

use super::{ADMIN, Route, VIEWER, takes_a_file};
use crate::admin::{api as admin_api, handlers as admin};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
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
}

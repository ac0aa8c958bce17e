//! The calendar, its feeds, and the weeks that are past.

use super::{Route, VIEWER, Who, in_person};
use crate::plan::{calendar, feeds, snapshots};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/calendar", VIEWER, calendar::handlers::show_calendar),
        get!("/api/v1/calendar", VIEWER, calendar::api::show_calendar),
        get!("/feeds/{key}", Who::Anybody, feeds::handlers::show_feed),
        get!("/calendar/feeds", VIEWER, feeds::handlers::list_feeds),
        // Their links open without signing in, and outlive whoever looked through somebody's eyes.
        in_person(post!("/calendar/feeds", VIEWER, feeds::handlers::add_feed)),
        post!(
            "/calendar/feeds/{id}/remove",
            VIEWER,
            feeds::handlers::remove_feed
        ),
        in_person(post!(
            "/calendar/feeds/{id}/renew",
            VIEWER,
            feeds::handlers::renew_feed
        )),
        get!("/api/v1/feeds", VIEWER, feeds::api::list_feeds),
        in_person(post!("/api/v1/feeds", VIEWER, feeds::api::add_feed)),
        delete!("/api/v1/feeds/{id}", VIEWER, feeds::api::remove_feed),
        get!("/past", VIEWER, snapshots::handlers::show_past),
        get!("/past/experience", VIEWER, snapshots::handlers::show_experience),
        get!("/api/v1/snapshots/weeks", VIEWER, snapshots::api::list_weeks),
        get!("/api/v1/snapshots/compare", VIEWER, snapshots::api::compare),
        get!("/api/v1/experience", VIEWER, snapshots::api::show_experience),
    ]
}

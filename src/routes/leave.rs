//! Leave: asked for, answered, entered, and the hours that have to make room for it.

use super::{MANAGER, MEMBER, Route, VIEWER};
use crate::people::handlers as people;
use crate::people::time_off::{api as leave_api, handlers as leave};
use crate::plan::leave::{api as push_api, handlers as push};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/time-off", VIEWER, leave::show_time_off),
        post!("/time-off", MEMBER, leave::ask_by_form),
        get!("/time-off/new", MEMBER, leave::new_request),
        post!("/time-off/{id}/approve", MANAGER, leave::approve_by_form),
        get!("/time-off/{id}/decline", MANAGER, leave::ask_why_declined),
        post!("/time-off/{id}/decline", MANAGER, leave::decline_by_form),
        post!("/time-off/{id}/withdraw", MEMBER, leave::withdraw_by_form),
        get!("/time-off/{id}/push", MANAGER, push::show_push),
        post!("/time-off/{id}/push", MANAGER, push::push_by_form),
        get!("/people/{id}/time-off/new", MANAGER, people::new_time_off),
        post!("/people/{id}/time-off", MANAGER, people::add_time_off_by_form),
        post!(
            "/people/{id}/time-off/{time_off}/remove",
            MANAGER,
            people::remove_time_off
        ),
        get!(
            "/api/v1/people/{id}/time-off",
            VIEWER,
            leave_api::list_time_off_of
        ),
        post!("/api/v1/people/{id}/time-off", MANAGER, leave_api::add_time_off),
        delete!(
            "/api/v1/people/{id}/time-off/{time_off}",
            MANAGER,
            leave_api::remove_time_off
        ),
        get!("/api/v1/time-off", VIEWER, leave_api::list_time_off),
        post!("/api/v1/time-off", MEMBER, leave_api::ask),
        post!("/api/v1/time-off/{id}/approve", MANAGER, leave_api::approve),
        post!("/api/v1/time-off/{id}/decline", MANAGER, leave_api::decline),
        post!("/api/v1/time-off/{id}/withdraw", MEMBER, leave_api::withdraw),
        get!("/api/v1/time-off/{id}/push", MANAGER, push_api::preview),
        post!("/api/v1/time-off/{id}/push", MANAGER, push_api::push),
    ]
}

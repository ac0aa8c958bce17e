//! People.

use super::{MANAGER, MEMBER, Route, VIEWER};
use crate::people::time_off::{api as leave_api, handlers as leave};
use crate::people::{api as people_api, handlers as people};
use crate::plan::handlers as plan;

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/people", VIEWER, people::list_people),
        post!("/people", MANAGER, people::add_person),
        get!("/people/new", MANAGER, people::new_person),
        get!("/people/{id}", VIEWER, people::show_person),
        post!("/people/{id}", MANAGER, people::change_person),
        get!("/people/{id}/edit", MANAGER, people::edit_person),
        get!("/people/{id}/skills", MANAGER, people::edit_skills),
        post!("/people/{id}/skills", MANAGER, people::set_skills),
        get!("/people/{id}/work-weeks/new", MANAGER, people::new_work_week),
        post!("/people/{id}/work-weeks", MANAGER, people::add_work_week),
        post!(
            "/people/{id}/work-weeks/remove",
            MANAGER,
            people::remove_work_week
        ),
        get!("/people/{id}/time-off/new", MANAGER, people::new_time_off),
        post!("/people/{id}/time-off", MANAGER, people::add_time_off_by_form),
        post!(
            "/people/{id}/time-off/{time_off}/remove",
            MANAGER,
            people::remove_time_off
        ),
        get!("/people/{id}/deactivate", MANAGER, plan::ask_to_deactivate),
        post!("/people/{id}/deactivate", MANAGER, plan::deactivate_person),
        post!("/people/{id}/reactivate", MANAGER, plan::reactivate_person),
        get!("/api/v1/people", VIEWER, people_api::list_people),
        post!("/api/v1/people", MANAGER, people_api::add_person),
        get!("/api/v1/people/{id}", VIEWER, people_api::show_person),
        patch!("/api/v1/people/{id}", MANAGER, people_api::change_person),
        post!("/api/v1/people/{id}/deactivate", MANAGER, plan::deactivate_by_api),
        post!("/api/v1/people/{id}/reactivate", MANAGER, plan::reactivate_by_api),
        get!(
            "/api/v1/people/{id}/work-weeks",
            VIEWER,
            people_api::list_work_weeks
        ),
        put!(
            "/api/v1/people/{id}/work-weeks/{from}",
            MANAGER,
            people_api::put_work_week
        ),
        delete!(
            "/api/v1/people/{id}/work-weeks/{from}",
            MANAGER,
            people_api::remove_work_week
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
        put!("/api/v1/people/{id}/skills", MANAGER, people_api::set_skills),
        get!(
            "/api/v1/people/{id}/history",
            VIEWER,
            people_api::history::person_history
        ),
        get!("/time-off", VIEWER, leave::show_time_off),
        post!("/time-off", MEMBER, leave::ask_by_form),
        get!("/time-off/new", MEMBER, leave::new_request),
        post!("/time-off/{id}/approve", MANAGER, leave::approve_by_form),
        get!("/time-off/{id}/decline", MANAGER, leave::ask_why_declined),
        post!("/time-off/{id}/decline", MANAGER, leave::decline_by_form),
        post!("/time-off/{id}/withdraw", MEMBER, leave::withdraw_by_form),
        get!("/api/v1/time-off", VIEWER, leave_api::list_time_off),
        post!("/api/v1/time-off", MEMBER, leave_api::ask),
        post!("/api/v1/time-off/{id}/approve", MANAGER, leave_api::approve),
        post!("/api/v1/time-off/{id}/decline", MANAGER, leave_api::decline),
        post!("/api/v1/time-off/{id}/withdraw", MEMBER, leave_api::withdraw),
    ]
}

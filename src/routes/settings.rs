//! The settings: everybody reads them, administrators change them.

use super::{ADMIN, ADMINISTRATION, Route, VIEWER, noted_changes};
use crate::admin::{api as admin_api, handlers as admin, jobs};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    noted_changes([pages(), jobs(), programs()].into_iter().flatten())
}

/// Pages and forms.
fn pages() -> Vec<Route> {
    vec![
        get!("/settings", VIEWER, admin::show_organisation),
        post!("/settings/organisation", ADMIN, admin::change_organisation),
        get!("/settings/load", VIEWER, admin::show_bands),
        post!("/settings/load", ADMIN, admin::change_bands),
        get!("/settings/departments", VIEWER, admin::show_departments),
        post!("/settings/departments", ADMIN, admin::add_department),
        get!("/settings/departments/new", ADMIN, admin::new_department),
        post!("/settings/departments/{id}", ADMIN, admin::change_department),
        get!("/settings/departments/{id}/edit", ADMIN, admin::edit_department),
        post!(
            "/settings/departments/{id}/remove",
            ADMIN,
            admin::remove_department
        ),
        get!("/settings/lists/{list}", VIEWER, admin::show_list),
        post!("/settings/lists/{list}", ADMIN, admin::add_name),
        get!("/settings/lists/{list}/new", ADMIN, admin::new_name),
        post!("/settings/lists/{list}/{id}", ADMIN, admin::change_name),
        get!("/settings/lists/{list}/{id}/edit", ADMIN, admin::edit_name),
        post!("/settings/lists/{list}/{id}/remove", ADMIN, admin::remove_name),
        get!("/settings/statuses", VIEWER, admin::show_statuses),
        post!("/settings/statuses", ADMIN, admin::add_status),
        get!("/settings/statuses/new", ADMIN, admin::new_status),
        post!("/settings/statuses/{id}", ADMIN, admin::change_status),
        get!("/settings/statuses/{id}/edit", ADMIN, admin::edit_status),
        post!("/settings/statuses/{id}/move", ADMIN, admin::move_status),
        post!("/settings/statuses/{id}/remove", ADMIN, admin::remove_status),
        get!("/settings/sign-in", ADMINISTRATION, admin::show_sign_in),
        post!("/settings/sign-in", ADMINISTRATION, admin::change_sign_in),
        post!(
            "/settings/sign-in/{id}/reset",
            ADMINISTRATION,
            admin::reset_second_step
        ),
        get!("/settings/history", VIEWER, admin::show_history),
    ]
}

/// Work in the background.
fn jobs() -> Vec<Route> {
    vec![
        get!("/settings/jobs", ADMINISTRATION, jobs::handlers::show_jobs),
        get!(
            "/settings/jobs/schedules/{name}/edit",
            ADMINISTRATION,
            jobs::handlers::edit_schedule
        ),
        post!(
            "/settings/jobs/schedules/{name}",
            ADMINISTRATION,
            jobs::handlers::change_schedule
        ),
        post!(
            "/settings/jobs/schedules/{name}/run",
            ADMINISTRATION,
            jobs::handlers::run_now
        ),
        post!(
            "/settings/jobs/{id}/again",
            ADMINISTRATION,
            jobs::handlers::try_again
        ),
        post!(
            "/settings/jobs/{id}/forget",
            ADMINISTRATION,
            jobs::handlers::forget
        ),
        get!("/api/v1/jobs", ADMINISTRATION, jobs::api::list_jobs),
    ]
}

/// JSON.
fn programs() -> Vec<Route> {
    vec![
        get!("/api/v1/organisation", VIEWER, admin_api::show_organisation),
        patch!("/api/v1/organisation", ADMIN, admin_api::change_organisation),
        get!("/api/v1/departments", VIEWER, admin_api::list_departments),
        post!("/api/v1/departments", ADMIN, admin_api::add_department),
        patch!("/api/v1/departments/{id}", ADMIN, admin_api::change_department),
        delete!("/api/v1/departments/{id}", ADMIN, admin_api::remove_department),
        get!("/api/v1/roles", VIEWER, admin_api::list_roles),
        post!("/api/v1/roles", ADMIN, admin_api::add_role),
        patch!("/api/v1/roles/{id}", ADMIN, admin_api::change_role),
        delete!("/api/v1/roles/{id}", ADMIN, admin_api::remove_role),
        get!("/api/v1/skills", VIEWER, admin_api::list_skills),
        post!("/api/v1/skills", ADMIN, admin_api::add_skill),
        patch!("/api/v1/skills/{id}", ADMIN, admin_api::change_skill),
        delete!("/api/v1/skills/{id}", ADMIN, admin_api::remove_skill),
        get!("/api/v1/statuses", VIEWER, admin_api::list_statuses),
        post!("/api/v1/statuses", ADMIN, admin_api::add_status),
        patch!("/api/v1/statuses/{id}", ADMIN, admin_api::change_status),
        delete!("/api/v1/statuses/{id}", ADMIN, admin_api::remove_status),
        put!("/api/v1/statuses/order", ADMIN, admin_api::order_statuses),
    ]
}

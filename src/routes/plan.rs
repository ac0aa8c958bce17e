//! The plan: overview, schedule, assignments, hours, deliverables, undo.

use super::{MANAGER, Route, VIEWER};
use crate::plan::reallocation::{api as reallocation_api, handlers as reallocation};
use crate::plan::{api as plan_api, handlers as plan};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/schedule", VIEWER, plan::show_schedule),
        get!("/schedule/rows", VIEWER, plan::show_rows),
        get!("/", VIEWER, plan::show_overview),
        get!("/more", VIEWER, plan::show_more),
        post!("/projects/{id}/remove", MANAGER, plan::remove_project),
        post!("/deliverables/{id}/done", MANAGER, plan::mark_deliverable),
        get!("/assignments/new", MANAGER, plan::new_assignment),
        post!("/assignments", MANAGER, plan::add_assignment),
        get!("/assignments/{id}/edit", MANAGER, plan::edit_assignment),
        post!("/assignments/{id}", MANAGER, plan::change_assignment),
        post!("/assignments/{id}/remove", MANAGER, plan::remove_assignment),
        get!("/assignments/{id}/hours", MANAGER, plan::edit_hours),
        post!("/assignments/{id}/hours", MANAGER, plan::set_hours_by_form),
        get!("/deliverables/new", MANAGER, plan::new_deliverable),
        post!("/deliverables", MANAGER, plan::add_deliverable),
        get!("/deliverables/{id}/edit", MANAGER, plan::edit_deliverable),
        post!("/deliverables/{id}", MANAGER, plan::change_deliverable),
        get!("/deliverables/{id}/move", MANAGER, reallocation::ask_to_move),
        post!("/deliverables/{id}/move", MANAGER, reallocation::move_date),
        post!(
            "/deliverables/{id}/move/preview",
            MANAGER,
            reallocation::ask_again
        ),
        get!(
            "/api/v1/deliverables/{id}/reallocation",
            MANAGER,
            reallocation_api::preview_reallocation
        ),
        post!("/deliverables/{id}/remove", MANAGER, plan::remove_deliverable),
        post!(
            "/projects/{id}/deliverables/order",
            MANAGER,
            plan::order_deliverables
        ),
        post!("/change-sets/{id}/undo", MANAGER, plan::undo_by_form),
        post!("/api/v1/hours", MANAGER, plan_api::write_hours),
        post!(
            "/api/v1/change-sets/{id}/undo",
            MANAGER,
            plan_api::undo_change_set
        ),
        get!("/api/v1/assignments", VIEWER, plan_api::list_assignments),
        post!("/api/v1/assignments", MANAGER, plan_api::add_assignment),
        get!("/api/v1/assignments/{id}", VIEWER, plan_api::show_assignment),
        patch!("/api/v1/assignments/{id}", MANAGER, plan_api::change_assignment),
        delete!("/api/v1/assignments/{id}", MANAGER, plan_api::remove_assignment),
        get!(
            "/api/v1/projects/{id}/deliverables",
            VIEWER,
            plan_api::list_deliverables
        ),
        post!(
            "/api/v1/projects/{id}/deliverables",
            MANAGER,
            plan_api::add_deliverable
        ),
        delete!("/api/v1/deliverables/{id}", MANAGER, plan_api::remove_deliverable),
        put!(
            "/api/v1/projects/{id}/deliverables/order",
            MANAGER,
            plan_api::order_deliverables
        ),
        patch!("/api/v1/deliverables/{id}", MANAGER, plan_api::change_deliverable),
        delete!("/api/v1/projects/{id}", MANAGER, plan::delete_project),
        get!("/api/v1/overview", VIEWER, plan::overview::json::show_overview),
        get!("/api/v1/utilisation", VIEWER, plan_api::show_utilisation),
    ]
}

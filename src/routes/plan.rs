//! The plan: overview, schedule, assignments, hours, deliverables, undo.

use super::{MANAGER, Route, VIEWER};
use crate::plan::auto_hours::{api as auto_api, handlers as auto_hours};
use crate::plan::finder::{api as finder_api, handlers as finder};
use crate::plan::reallocation::{api as reallocation_api, handlers as reallocation};
use crate::plan::{api as plan_api, handlers as plan};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    [pages(), programs(), finder_routes(), auto_hours_routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// Pages and forms.
fn pages() -> Vec<Route> {
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
        post!("/deliverables/{id}/remove", MANAGER, plan::remove_deliverable),
        post!(
            "/projects/{id}/deliverables/order",
            MANAGER,
            plan::order_deliverables
        ),
        post!("/change-sets/{id}/undo", MANAGER, plan::undo_by_form),
    ]
}

/// JSON.
fn programs() -> Vec<Route> {
    vec![
        get!(
            "/api/v1/deliverables/{id}/reallocation",
            MANAGER,
            reallocation_api::preview_reallocation
        ),
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
        get!(
            "/api/v1/utilisation",
            VIEWER,
            plan_api::utilisation::show_utilisation
        ),
    ]
}

/// Who is free, and open places.
fn finder_routes() -> Vec<Route> {
    vec![
        get!("/finder", VIEWER, finder::show_finder),
        get!("/finder/free", VIEWER, finder::show_free),
        get!("/finder/assign", MANAGER, finder::new_assignment),
        post!("/finder/assign", MANAGER, finder::assign),
        get!("/api/v1/availability", VIEWER, finder_api::list_availability),
        get!("/api/v1/placeholders", VIEWER, finder_api::list_placeholders),
    ]
}

/// Hours from templates.
fn auto_hours_routes() -> Vec<Route> {
    vec![
        get!("/auto-hours", VIEWER, auto_hours::show_templates),
        post!("/auto-hours", MANAGER, auto_hours::add_template),
        get!("/auto-hours/new", MANAGER, auto_hours::new_template),
        get!("/auto-hours/{id}/edit", MANAGER, auto_hours::edit_template),
        post!("/auto-hours/{id}", MANAGER, auto_hours::change_template),
        post!("/auto-hours/{id}/remove", MANAGER, auto_hours::remove_template),
        get!("/auto-hours/{id}/lines/new", MANAGER, auto_hours::new_line),
        post!("/auto-hours/{id}/lines", MANAGER, auto_hours::add_line),
        get!("/auto-hours/lines/{id}/edit", MANAGER, auto_hours::edit_line),
        post!("/auto-hours/lines/{id}", MANAGER, auto_hours::change_line),
        post!("/auto-hours/lines/{id}/remove", MANAGER, auto_hours::remove_line),
        get!("/projects/{id}/auto-hours", MANAGER, auto_hours::show_lay),
        post!("/projects/{id}/auto-hours", MANAGER, auto_hours::lay_by_form),
        get!("/api/v1/auto-hours/templates", VIEWER, auto_api::list_templates),
        post!("/api/v1/auto-hours/templates", MANAGER, auto_api::add_template),
        get!(
            "/api/v1/auto-hours/templates/{id}",
            VIEWER,
            auto_api::show_template
        ),
        patch!(
            "/api/v1/auto-hours/templates/{id}",
            MANAGER,
            auto_api::change_template
        ),
        delete!(
            "/api/v1/auto-hours/templates/{id}",
            MANAGER,
            auto_api::remove_template
        ),
        post!(
            "/api/v1/auto-hours/templates/{id}/lines",
            MANAGER,
            auto_api::add_line
        ),
        patch!("/api/v1/auto-hours/lines/{id}", MANAGER, auto_api::change_line),
        delete!("/api/v1/auto-hours/lines/{id}", MANAGER, auto_api::remove_line),
        post!(
            "/api/v1/projects/{id}/auto-hours/preview",
            MANAGER,
            auto_api::preview
        ),
        post!(
            "/api/v1/projects/{id}/auto-hours/apply",
            MANAGER,
            auto_api::apply_preview
        ),
    ]
}

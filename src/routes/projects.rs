//! Projects and clients.

use super::{MANAGER, Route, VIEWER};
use crate::projects::{api as project_api, handlers as project};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    [pages(), programs()].into_iter().flatten().collect()
}

/// Pages and forms.
fn pages() -> Vec<Route> {
    vec![
        get!("/projects", VIEWER, project::list_projects),
        post!("/projects", MANAGER, project::add_project),
        get!("/projects/new", MANAGER, project::new_project),
        get!("/projects/{id}", VIEWER, project::show_project),
        post!("/projects/{id}", MANAGER, project::change_project),
        get!("/projects/{id}/edit", MANAGER, project::edit_project),
        post!("/projects/{id}/close", MANAGER, project::close_project),
    ]
}

/// JSON.
fn programs() -> Vec<Route> {
    vec![
        get!(
            "/api/v1/projects/{id}/history",
            VIEWER,
            project_api::project_history
        ),
        get!("/api/v1/projects", VIEWER, project_api::list_projects),
        post!("/api/v1/projects", MANAGER, project_api::add_project),
        get!("/api/v1/projects/{id}", VIEWER, project_api::show_project),
        patch!("/api/v1/projects/{id}", MANAGER, project_api::change_project),
        get!("/api/v1/clients", VIEWER, project_api::list_clients),
        post!("/api/v1/clients", MANAGER, project_api::add_client),
        patch!("/api/v1/clients/{id}", MANAGER, project_api::change_client),
    ]
}

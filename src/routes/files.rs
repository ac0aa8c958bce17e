//! Files of projects, deliverables and people.

use super::{MANAGER, Route, VIEWER, Who, stores_a_file};
use crate::files::{api as file_api, handlers as files};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/projects/{id}/files/new", MANAGER, files::new_project_file),
        stores_a_file(post!("/projects/{id}/files", MANAGER, files::add_to_project)),
        get!("/people/{id}/files/new", MANAGER, files::new_person_file),
        stores_a_file(post!("/people/{id}/files", MANAGER, files::add_to_person)),
        get!("/files/{id}", VIEWER, files::show_file),
        get!("/files/{id}/remove", MANAGER, files::ask_remove_file),
        post!("/files/{id}/remove", MANAGER, files::remove_file),
        get!("/shared-files/{key}", Who::Anybody, files::show_shared_file),
        get!(
            "/api/v1/projects/{id}/files",
            VIEWER,
            file_api::list_project_files
        ),
        stores_a_file(post!(
            "/api/v1/projects/{id}/files",
            MANAGER,
            file_api::add_project_file
        )),
        get!("/api/v1/people/{id}/files", VIEWER, file_api::list_person_files),
        stores_a_file(post!(
            "/api/v1/people/{id}/files",
            MANAGER,
            file_api::add_person_file
        )),
        get!("/api/v1/files/{id}", VIEWER, file_api::show_file),
        get!("/api/v1/files/{id}/content", VIEWER, file_api::show_content),
        post!("/api/v1/files/{id}/link", VIEWER, file_api::make_link),
        delete!("/api/v1/files/{id}", MANAGER, file_api::remove_file),
    ]
}

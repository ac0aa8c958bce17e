//! Backups and maintenance: for administrators who have just proven that it is them.

use super::{ADMINISTRATION, Route, in_person, noted, stores_a_file};
use crate::accounts::audit::What;
use crate::upkeep::{api, handlers};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/settings/backups", ADMINISTRATION, handlers::show_backups),
        noted(
            What::BackupMade,
            in_person(post!("/settings/backups", ADMINISTRATION, handlers::make)),
        ),
        noted(
            What::BackupsChanged,
            in_person(stores_a_file(post!(
                "/settings/backups/upload",
                ADMINISTRATION,
                handlers::upload
            ))),
        ),
        in_person(get!(
            "/settings/backups/{name}/file",
            ADMINISTRATION,
            handlers::download
        )),
        in_person(get!(
            "/settings/backups/{name}/restore",
            ADMINISTRATION,
            handlers::ask_restore
        )),
        in_person(post!(
            "/settings/backups/{name}/restore",
            ADMINISTRATION,
            handlers::restore
        )),
        post!("/settings/backups/{name}/check", ADMINISTRATION, handlers::check),
        noted(
            What::BackupsChanged,
            in_person(post!(
                "/settings/backups/{name}/remove",
                ADMINISTRATION,
                handlers::remove
            )),
        ),
        in_person(post!("/settings/maintenance", ADMINISTRATION, handlers::close)),
        in_person(post!("/settings/maintenance/end", ADMINISTRATION, handlers::open)),
        get!("/api/v1/backups", ADMINISTRATION, api::list_backups),
    ]
}

//! Files in and out.

use super::{MANAGER, Route, exported, takes_a_file};
use crate::exchange::{api as files_api, handlers as files};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/import", MANAGER, files::show_start),
        takes_a_file(post!("/import", MANAGER, files::upload)),
        get!("/import/{key}", MANAGER, files::show_upload),
        post!("/import/{key}", MANAGER, files::import),
        get!("/import/{key}/progress", MANAGER, files::show_progress),
        post!("/import/{key}/columns", MANAGER, files::choose_columns),
        get!("/import/{key}/refused.csv", MANAGER, files::show_refused),
        post!("/import/{key}/remove", MANAGER, files::remove_upload),
        exported(get!("/export/{file}", MANAGER, files::export)),
        takes_a_file(post!("/api/v1/imports", MANAGER, files_api::import)),
        exported(get!("/api/v1/exports/{file}", MANAGER, files_api::export)),
    ]
}

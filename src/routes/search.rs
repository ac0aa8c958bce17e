//! The search over everything, and saved views.

use super::{Route, VIEWER};
use crate::plan::{search, views};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/search", VIEWER, search::handlers::show_search),
        get!("/api/v1/search", VIEWER, search::api::search),
        get!("/views", VIEWER, views::handlers::list_views),
        get!("/views/new", VIEWER, views::handlers::new_view),
        post!("/views", VIEWER, views::handlers::add_view),
        get!("/views/{id}", VIEWER, views::handlers::open_view),
        get!("/views/{id}/edit", VIEWER, views::handlers::edit_view),
        post!("/views/{id}", VIEWER, views::handlers::change_view),
        post!("/views/{id}/remove", VIEWER, views::handlers::remove_view),
        get!("/api/v1/views", VIEWER, views::api::list_views),
        post!("/api/v1/views", VIEWER, views::api::add_view),
        get!("/api/v1/views/{id}", VIEWER, views::api::show_view),
        patch!("/api/v1/views/{id}", VIEWER, views::api::change_view),
        delete!("/api/v1/views/{id}", VIEWER, views::api::remove_view),
    ]
}

//! Identity providers: the ways through them, and their settings.

use super::{ADMIN, Route, VIEWER, Who};
use crate::accounts::oidc;

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/auth/oidc/{id}/start", Who::Anybody, oidc::start),
        get!("/auth/oidc/{id}/callback", Who::Anybody, oidc::come_back),
        post!("/auth/oidc/{id}/link", VIEWER, oidc::link),
        post!("/auth/oidc/{id}/unlink", VIEWER, oidc::unlink),
        get!("/settings/providers", ADMIN, oidc::list_providers),
        post!("/settings/providers", ADMIN, oidc::add_provider),
        get!("/settings/providers/new", ADMIN, oidc::new_provider),
        get!("/settings/providers/{id}", ADMIN, oidc::show_provider),
        post!("/settings/providers/{id}", ADMIN, oidc::change_provider),
        post!("/settings/providers/{id}/test", ADMIN, oidc::test_provider),
        post!("/settings/providers/{id}/switch", ADMIN, oidc::switch_provider),
        post!("/settings/providers/{id}/remove", ADMIN, oidc::remove_provider),
    ]
}

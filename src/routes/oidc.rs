//! Identity providers: the ways through them, and their settings.

use super::{ADMINISTRATION, Route, VIEWER, Who, in_person};
use crate::accounts::oidc;

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/auth/oidc/{id}/start", Who::Anybody, oidc::start),
        get!("/auth/oidc/{id}/callback", Who::Anybody, oidc::come_back),
        in_person(post!("/auth/oidc/{id}/link", VIEWER, oidc::link)),
        in_person(post!("/auth/oidc/{id}/unlink", VIEWER, oidc::unlink)),
        get!("/api/v1/providers", ADMINISTRATION, oidc::api::list_providers),
        get!("/settings/providers", ADMINISTRATION, oidc::list_providers),
        post!("/settings/providers", ADMINISTRATION, oidc::add_provider),
        get!("/settings/providers/new", ADMINISTRATION, oidc::new_provider),
        get!("/settings/providers/{id}", ADMINISTRATION, oidc::show_provider),
        post!("/settings/providers/{id}", ADMINISTRATION, oidc::change_provider),
        post!(
            "/settings/providers/{id}/test",
            ADMINISTRATION,
            oidc::test_provider
        ),
        post!(
            "/settings/providers/{id}/switch",
            ADMINISTRATION,
            oidc::switch_provider
        ),
        post!(
            "/settings/providers/{id}/remove",
            ADMINISTRATION,
            oidc::remove_provider
        ),
    ]
}

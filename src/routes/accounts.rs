//! Administration: who may come in, who was asked to, what happened, and seeing through somebody else's eyes.

use super::{ADMINISTRATION, Route, VIEWER, Who};
use crate::accounts::audit::handlers as audit;
use crate::accounts::forgotten::handlers as forgotten;
use crate::accounts::impersonation::handlers as impersonation;
use crate::accounts::invitations::{api as invitations_api, handlers as invitations};
use crate::accounts::{api, handlers as account, scope};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    [pages(), programs()].into_iter().flatten().collect()
}

/// Pages and forms.
fn pages() -> Vec<Route> {
    vec![
        get!("/accounts", ADMINISTRATION, account::list_accounts),
        post!("/accounts", ADMINISTRATION, account::add_account),
        get!("/accounts/new", ADMINISTRATION, account::new_account),
        get!("/accounts/audit", ADMINISTRATION, audit::show_audit),
        get!("/accounts/audit.csv", ADMINISTRATION, audit::export_audit),
        get!("/accounts/invitations", ADMINISTRATION, invitations::list),
        post!("/accounts/invitations", ADMINISTRATION, invitations::invite),
        post!(
            "/accounts/invitations/{id}/send",
            ADMINISTRATION,
            invitations::send_again
        ),
        post!(
            "/accounts/invitations/{id}/withdraw",
            ADMINISTRATION,
            invitations::withdraw
        ),
        get!("/accounts/{id}", ADMINISTRATION, account::show_account),
        post!("/accounts/{id}", ADMINISTRATION, account::change_account),
        post!(
            "/accounts/{id}/end-sessions",
            ADMINISTRATION,
            account::end_sessions
        ),
        post!("/accounts/{id}/impersonate", ADMINISTRATION, impersonation::begin),
        get!(
            "/accounts/{id}/departments",
            ADMINISTRATION,
            scope::handlers::edit_scope
        ),
        post!(
            "/accounts/{id}/departments",
            ADMINISTRATION,
            scope::handlers::change_scope
        ),
        post!("/accounts/{id}/reset-link", ADMINISTRATION, forgotten::send_to),
        post!(
            "/accounts/{id}/reset-second-step",
            ADMINISTRATION,
            account::reset_second_step
        ),
        get!("/invitation/{key}", Who::Anybody, invitations::show),
        post!("/invitation/{key}", Who::Anybody, invitations::accept),
        get!("/auth/forgotten", Who::Anybody, forgotten::show),
        post!("/auth/forgotten", Who::Anybody, forgotten::ask),
        get!("/auth/reset/{key}", Who::Anybody, forgotten::show_choice),
        post!("/auth/reset/{key}", Who::Anybody, forgotten::choose),
        post!("/impersonation/stop", VIEWER, impersonation::stop),
    ]
}

/// JSON.
fn programs() -> Vec<Route> {
    vec![
        get!("/api/v1/accounts", ADMINISTRATION, api::list_accounts),
        post!("/api/v1/accounts", ADMINISTRATION, api::add_account),
        get!("/api/v1/accounts/{id}", ADMINISTRATION, api::show_account),
        patch!("/api/v1/accounts/{id}", ADMINISTRATION, api::change_account),
        get!(
            "/api/v1/accounts/{id}/departments",
            ADMINISTRATION,
            scope::api::show_scope
        ),
        put!(
            "/api/v1/accounts/{id}/departments",
            ADMINISTRATION,
            scope::api::set_scope
        ),
        get!(
            "/api/v1/invitations",
            ADMINISTRATION,
            invitations_api::list_invitations
        ),
        post!("/api/v1/invitations", ADMINISTRATION, invitations_api::invite),
        post!(
            "/api/v1/invitations/{id}/send",
            ADMINISTRATION,
            invitations_api::send_again
        ),
        delete!(
            "/api/v1/invitations/{id}",
            ADMINISTRATION,
            invitations_api::withdraw
        ),
    ]
}

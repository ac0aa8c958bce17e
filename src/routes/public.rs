//! What belongs to no feature: health, assets, sign-in, accounts, the line of events.

use super::{ADMIN, Route, VIEWER, Who};
use crate::accounts::programs::{api as programs_api, handlers as programs};
use crate::accounts::{api as accounts_api, handlers as account, line};
use crate::web::{assets, health};
use crate::{graphql, openapi};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    [rest(), programs()].into_iter().flatten().collect()
}

/// How programs come in, and what their owners see of them.
fn programs() -> Vec<Route> {
    vec![
        post!("/api/v1/token", Who::Anybody, programs_api::sign_in),
        delete!("/api/v1/token", Who::Anybody, programs_api::leave),
        post!("/api/v1/token/refresh", Who::Anybody, programs_api::renew),
        get!("/api/v1/tokens", VIEWER, programs_api::list_keys),
        post!("/api/v1/tokens", VIEWER, programs_api::add_key),
        delete!("/api/v1/tokens/{id}", VIEWER, programs_api::remove_key),
        get!("/account/programs", VIEWER, programs::show_programs),
        post!("/account/programs", VIEWER, programs::add_key),
        post!("/account/programs/{id}/remove", VIEWER, programs::remove_key),
        post!(
            "/account/programs/signed-in/{key}/end",
            VIEWER,
            programs::end_family
        ),
        post!("/graphql", Who::Anybody, graphql::handlers::answer),
    ]
}

fn rest() -> Vec<Route> {
    vec![
        get!("/health", Who::Anybody, health::show_health),
        get!("/health/", Who::Anybody, health::show_health),
        get!("/readyz", Who::Anybody, health::show_health),
        get!("/api/health", Who::Anybody, health::show_api_health),
        get!("/api/health/", Who::Anybody, health::show_api_health),
        get!("/healthz", Who::Anybody, health::show_plain_health),
        get!("/livez", Who::Anybody, health::show_life),
        get!("/assets/{tree}/{*name}", Who::Anybody, assets::show_asset),
        get!("/favicon.ico", Who::Anybody, assets::show_favicon),
        get!("/auth/login", Who::Anybody, account::show_sign_in),
        post!("/auth/login", Who::Anybody, account::sign_in),
        post!("/demo/sign-in", Who::Anybody, account::sign_in_to_demo),
        get!("/setup/{key}", Who::Anybody, account::show_setup),
        post!("/setup/{key}", Who::Anybody, account::set_up),
        get!("/events", VIEWER, line::listen),
        post!("/auth/logout", VIEWER, account::sign_out),
        get!("/accounts", ADMIN, account::list_accounts),
        post!("/accounts", ADMIN, account::add_account),
        post!("/accounts/{id}", ADMIN, account::change_account),
        get!("/api/v1/openapi.json", VIEWER, openapi::show_document),
        get!("/api/v1/me", VIEWER, accounts_api::show_me),
        get!("/api/v1/accounts", ADMIN, accounts_api::list_accounts),
        post!("/api/v1/accounts", ADMIN, accounts_api::add_account),
        patch!("/api/v1/accounts/{id}", ADMIN, accounts_api::change_account),
    ]
}

//! What belongs to no feature: health, assets, sign-in, the line of events.

use super::{Route, VIEWER, Who};
use crate::accounts::{api as accounts_api, handlers as account, line};
use crate::openapi;
use crate::tls;
use crate::web::{assets, edge, health};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/health", Who::Anybody, health::show_health),
        get!("/health/", Who::Anybody, health::show_health),
        get!("/readyz", Who::Anybody, health::show_health),
        get!("/readiness", Who::Anybody, health::show_health),
        get!("/api/health", Who::Anybody, health::show_api_health),
        get!("/api/health/", Who::Anybody, health::show_api_health),
        get!("/healthz", Who::Anybody, health::show_plain_health),
        get!("/livez", Who::Anybody, health::show_life),
        get!(
            "/.well-known/acme-challenge/{name}",
            Who::Anybody,
            tls::show_challenge
        ),
        get!("/assets/{tree}/{*name}", Who::Anybody, assets::show_asset),
        get!("/favicon.ico", Who::Anybody, assets::show_favicon),
        get!("/robots.txt", Who::Anybody, assets::show_robots),
        post!("/csp-report/", Who::Anybody, edge::take_report),
        get!("/auth/login", Who::Anybody, account::show_sign_in),
        post!("/auth/login", Who::Anybody, account::sign_in),
        get!("/auth/login/phrase", Who::Anybody, account::show_password),
        get!("/auth/login/code", Who::Anybody, account::show_code),
        post!("/auth/login/code", Who::Anybody, account::take_code),
        post!("/auth/login/code/again", Who::Anybody, account::send_again),
        get!("/admin/login", Who::Anybody, account::show_sign_in),
        post!("/admin/login", Who::Anybody, account::sign_in),
        get!("/admin/login/phrase", Who::Anybody, account::show_password),
        get!("/admin/login/code", Who::Anybody, account::show_code),
        post!("/admin/login/code", Who::Anybody, account::take_code),
        post!("/admin/login/code/again", Who::Anybody, account::send_again),
        post!("/demo/sign-in", Who::Anybody, account::sign_in_to_demo),
        get!("/setup/{key}", Who::Anybody, account::show_setup),
        post!("/setup/{key}", Who::Anybody, account::set_up),
        get!("/events", VIEWER, line::listen),
        post!("/auth/logout", VIEWER, account::sign_out),
        get!("/api/v1/openapi.json", VIEWER, openapi::show_document),
        get!("/api/v1/me", VIEWER, accounts_api::show_me),
    ]
}

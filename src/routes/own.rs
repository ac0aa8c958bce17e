//! The own account, the second step, and passkeys.

use super::{Route, VIEWER, Who, in_person};
use crate::accounts::own;
use crate::accounts::own::api as own_api;
use crate::accounts::own::handlers as account;
use crate::accounts::passkeys::api as passkeys_api;
use crate::accounts::passkeys::handlers as passkeys;
use crate::accounts::second_factor::{handlers as second, step};

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get!("/auth/second", Who::Anybody, step::show_second),
        post!("/auth/second", Who::Anybody, step::send_second),
        post!("/auth/passkey/begin", Who::Anybody, passkeys::begin_sign_in),
        post!("/auth/passkey/finish", Who::Anybody, passkeys::finish_sign_in),
        post!("/admin/passkey/begin", Who::Anybody, passkeys::begin_sign_in),
        post!("/admin/passkey/finish", Who::Anybody, passkeys::finish_sign_in),
        get!("/account", VIEWER, account::show_account),
        in_person(post!("/account/credentials", VIEWER, account::change_password)),
        in_person(post!("/account/sessions/{key}/end", VIEWER, account::end_session)),
        in_person(post!(
            "/account/sessions/end-others",
            VIEWER,
            account::end_other_sessions
        )),
        get!("/api/v1/account/sessions", VIEWER, own_api::list_sessions),
        in_person(delete!(
            "/api/v1/account/sessions/{key}",
            VIEWER,
            own_api::end_session
        )),
        get!("/api/v1/account/passkeys", VIEWER, passkeys_api::list_passkeys),
        in_person(delete!(
            "/api/v1/account/passkeys/{id}",
            VIEWER,
            passkeys_api::remove_passkey
        )),
        in_person(get!("/account/confirm", VIEWER, own::show_confirm)),
        in_person(post!("/account/confirm", VIEWER, own::confirm)),
        in_person(post!("/account/confirm/begin", VIEWER, passkeys::begin_confirm)),
        in_person(post!("/account/confirm/finish", VIEWER, passkeys::finish_confirm)),
        in_person(get!("/account/second-step", VIEWER, second::show)),
        in_person(post!("/account/second-step", VIEWER, second::begin)),
        in_person(post!("/account/second-step/confirm", VIEWER, second::confirm)),
        in_person(post!("/account/second-step/remove", VIEWER, second::remove)),
        in_person(post!("/account/recovery-codes", VIEWER, second::renew_recovery)),
        in_person(post!("/account/passkeys/begin", VIEWER, passkeys::begin_new)),
        in_person(post!("/account/passkeys/finish", VIEWER, passkeys::finish_new)),
        in_person(post!("/account/passkeys/{id}/remove", VIEWER, passkeys::remove)),
    ]
}

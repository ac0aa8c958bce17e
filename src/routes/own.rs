//! The own account, the second step, and passkeys.

use super::{Route, VIEWER, Who};
use crate::accounts::own;
use crate::accounts::own::handlers as account;
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
        post!("/account/credentials", VIEWER, account::change_password),
        post!("/account/sessions/{key}/end", VIEWER, account::end_session),
        post!(
            "/account/sessions/end-others",
            VIEWER,
            account::end_other_sessions
        ),
        get!("/account/confirm", VIEWER, own::show_confirm),
        post!("/account/confirm", VIEWER, own::confirm),
        post!("/account/confirm/begin", VIEWER, passkeys::begin_confirm),
        post!("/account/confirm/finish", VIEWER, passkeys::finish_confirm),
        get!("/account/second-step", VIEWER, second::show),
        post!("/account/second-step", VIEWER, second::begin),
        post!("/account/second-step/confirm", VIEWER, second::confirm),
        post!("/account/second-step/remove", VIEWER, second::remove),
        post!("/account/recovery-codes", VIEWER, second::renew_recovery),
        post!("/account/passkeys/begin", VIEWER, passkeys::begin_new),
        post!("/account/passkeys/finish", VIEWER, passkeys::finish_new),
        post!("/account/passkeys/{id}/remove", VIEWER, passkeys::remove),
    ]
}

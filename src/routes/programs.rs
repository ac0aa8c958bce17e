//! How programs come in, what their owners see of them, and the address for queries.

use super::{Route, VIEWER, Who, in_person};
use crate::accounts::programs::{api, handlers as programs};
use crate::graphql;

/// The lines of the table.
pub(super) fn routes() -> Vec<Route> {
    vec![
        post!("/api/v1/token", Who::Anybody, api::sign_in),
        delete!("/api/v1/token", Who::Anybody, api::leave),
        post!("/api/v1/token/refresh", Who::Anybody, api::renew),
        get!("/api/v1/tokens", VIEWER, api::list_keys),
        in_person(post!("/api/v1/tokens", VIEWER, api::add_key)),
        in_person(delete!("/api/v1/tokens/{id}", VIEWER, api::remove_key)),
        get!("/account/programs", VIEWER, programs::show_programs),
        in_person(post!("/account/programs", VIEWER, programs::add_key)),
        in_person(post!(
            "/account/programs/{id}/remove",
            VIEWER,
            programs::remove_key
        )),
        in_person(post!(
            "/account/programs/signed-in/{key}/end",
            VIEWER,
            programs::end_family
        )),
        post!("/graphql", Who::Anybody, graphql::handlers::answer),
    ]
}

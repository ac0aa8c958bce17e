//! The line of events to one open page of somebody who is signed in.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::Visitor;
use crate::app::App;
use crate::feed::Listener;
use crate::web::Query;
use crate::web::events::{self, Wanted};

/// `GET /events`: says that something changed, as `changed` with a revision and a topic; the browser fetches what it shows.
/// `at` is the page that is looked at, `after` the revision that it shows.
pub(crate) async fn listen(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let seen = match &visitor.behind {
        // Whoever looks through somebody's eyes is at the page in that one's place: nobody meets themselves there.
        Some((account, name)) => (*account, name.clone()),
        None => (visitor.account, visitor.name.clone()),
    };
    let who = Listener {
        account: visitor.account,
        seen,
        session: visitor.key_hash.clone(),
    };
    let after = wanted.after(&headers);
    events::answer(app.feed.open(&who, wanted.page(), after))
}

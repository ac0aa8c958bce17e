//! Writes down what a route of the table has done, so that no handler can forget it.

use axum::extract::Request;
use axum::response::Response;

use super::{Note, What, keep};
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::db::Deeds;
use crate::web::Client;

/// Runs the handler and writes down that `what` happened, where it did.
pub async fn witness<F>(app: &App, what: What, request: Request, run: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let visitor = request.extensions().get::<Visitor>().cloned();
    let client = request.extensions().get::<Client>().copied();
    let asked: String = request
        .uri()
        .path_and_query()
        .map_or("", http::uri::PathAndQuery::as_str)
        .chars()
        .take(200)
        .collect();
    let deeds = Deeds::default();
    let response = deeds.scope(run(request)).await;
    let (Some(visitor), Some(client)) = (visitor, client) else {
        return response;
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        return response;
    }
    if what == What::SettingsChanged {
        for label in deeds.labels() {
            keep(app, Note::of(what, &visitor, client).about(label)).await;
        }
    } else {
        keep(app, Note::of(what, &visitor, client).about(asked)).await;
    }
    response
}

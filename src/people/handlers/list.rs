//! The list of people.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use super::Done;
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::people::pages;
use crate::people::rules::PeopleQuery;
use crate::web::{Fields, Query};

/// `GET /people`: everybody for whom the address holds, in its order.
pub(crate) async fn list_people(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let query = PeopleQuery::read(&fields);
    let rows = query.rows(&book, app.clock.today());
    let frame = done.frame(&app, &visitor).await?;
    Ok(pages::people(&frame, &book, &query, &rows).into_response())
}

//! Feeds for programs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::units::Day;
use crate::units::ids::FeedLinkId;
use crate::web::{Json, Path};

/// A link under which a calendar is fetched. Its address is told once, when it is made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeedJson {
    id: i64,
    /// `person`, `project` or `team`.
    about: &'static str,
    /// The person or project; of a team its department, or none for everybody.
    subject: Option<i64>,
    /// The account that made it.
    account: i64,
    #[schema(value_type = String)]
    made: Day,
    /// The day on which it was last fetched.
    #[schema(value_type = Option<String>)]
    used: Option<Day>,
    /// Whether it opens anything: its account may sign in, and what it is of is still there.
    works: bool,
}

/// What somebody sends to make a link.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct FeedInput {
    /// `own`, `person`, `project` or `team`.
    about: String,
    person: Option<i64>,
    project: Option<i64>,
    /// Of a team: one department with all below it.
    department: Option<i64>,
}

/// A link that was just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewFeedJson {
    id: i64,
    /// Where the feed is; it is not told again.
    path: String,
}

/// One's own links; all of them for an administrator.
#[utoipa::path(get, path = "/api/v1/feeds", tag = "calendar", responses((status = 200, body = [FeedJson])))]
pub(crate) async fn list_feeds(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Json<Vec<FeedJson>>, AppError> {
    let book = app.book();
    let links = handlers::visible(&app, &visitor).await?;
    let json = links.iter().map(|link| FeedJson {
        id: link.id.0,
        about: link.subject.kind(),
        subject: link.subject.id(),
        account: link.account.0,
        made: app.clock.day_of(link.made_at),
        used: link.used,
        works: link.active && link.subject.name(&book.plan).is_some(),
    });
    Ok(Json(json.collect()))
}

/// Makes a link.
#[utoipa::path(
    post, path = "/api/v1/feeds", tag = "calendar", request_body = FeedInput,
    responses((status = 201, body = NewFeedJson), (status = 422))
)]
pub(crate) async fn add_feed(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let (id, _, key) = handlers::make(&app, &visitor, &fields).await?;
    let json = NewFeedJson {
        id: id.0,
        path: handlers::path(&key),
    };
    Ok((StatusCode::CREATED, Json(json)).into_response())
}

/// Takes a link back; it opens nothing from then on.
#[utoipa::path(
    delete, path = "/api/v1/feeds/{id}", tag = "calendar", params(("id" = i64, Path)),
    responses((status = 204), (status = 404))
)]
pub(crate) async fn remove_feed(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FeedLinkId>,
) -> Result<StatusCode, AppError> {
    handlers::remove(&app, &visitor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

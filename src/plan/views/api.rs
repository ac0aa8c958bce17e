//! Saved views for programs, and for the menus of the pages.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::handlers;
use super::rules::View;
use crate::accounts::{Access, KeyedForm, Visitor};
use crate::app::App;
use crate::edit;
use crate::error::AppError;
use crate::units::ids::ViewId;
use crate::web::{Json, Path, Query, Versioned, if_match};

/// An address with a name.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ViewJson {
    id: i64,
    name: String,
    /// The path of its page.
    page: String,
    /// The page and its parameters, as they were saved.
    address: String,
    /// Opens it without what it named and is gone.
    href: String,
    /// Whether everybody sees it.
    shared: bool,
    /// Whose it is.
    owner: String,
    /// Whether you may change it.
    own: bool,
}

impl ViewJson {
    fn of(view: &View, visitor: &Visitor) -> Self {
        Self {
            id: view.id.0,
            name: view.name.clone(),
            page: view.page.clone(),
            address: view.address(),
            href: format!("/views/{}", view.id),
            shared: view.shared,
            owner: view.owner.clone(),
            own: view.account == visitor.account || visitor.access == Access::Admin,
        }
    }
}

/// What somebody sends to save or change a view.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct ViewInput {
    /// From 1 to 80 characters, and no other view of yours has it.
    name: Option<String>,
    /// A page of this server with its parameters: `/schedule?weeks=26`.
    address: Option<String>,
    /// Whether everybody sees it; only managers may say so.
    shared: Option<bool>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ViewParams {
    /// Only those of this page: `/schedule`.
    page: Option<String>,
}

/// Your views and those that others share, yours first.
#[utoipa::path(get, path = "/api/v1/views", tag = "plan", params(ViewParams), responses((status = 200, body = Vec<ViewJson>)))]
pub(crate) async fn list_views(
    State(app): State<App>,
    visitor: Visitor,
    Query(params): Query<ViewParams>,
) -> Result<Json<Vec<ViewJson>>, AppError> {
    let views = handlers::visible(&app, &visitor).await?;
    let wanted = views
        .iter()
        .filter(|view| params.page.as_ref().is_none_or(|page| view.page == *page));
    Ok(Json(wanted.map(|view| ViewJson::of(view, &visitor)).collect()))
}

/// One view.
#[utoipa::path(get, path = "/api/v1/views/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 200, body = ViewJson), (status = 404)))]
pub(crate) async fn show_view(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ViewId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let view = handlers::find(&app, &visitor, id).await?;
    Versioned(ViewJson::of(&view, &visitor)).answer(&headers)
}

/// Saves a view.
#[utoipa::path(post, path = "/api/v1/views", tag = "plan", request_body = ViewInput, responses((status = 201, body = ViewJson), (status = 422)))]
pub(crate) async fn add_view(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let (_, written) = handlers::add(&app, &visitor, &fields).await?;
    let view = handlers::find(&app, &visitor, written.value).await?;
    let place = format!("/api/v1/views/{}", view.id);
    let body = Json(ViewJson::of(&view, &visitor));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], body).into_response())
}

/// Changes a view; fields that are not sent stay.
#[utoipa::path(patch, path = "/api/v1/views/{id}", tag = "plan", params(("id" = i64, Path)), request_body = ViewInput, responses((status = 200, body = ViewJson), (status = 403), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_view(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ViewId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    edit::retry(|| async {
        let seen = handlers::as_of(app.book().revision, id);
        let view = handlers::find_own(&app, &visitor, id).await?;
        if_match(&headers, &ViewJson::of(&view, &visitor))?;
        let kept = [
            ("name", view.name.clone()),
            ("address", view.address()),
            ("shared", view.shared.to_string()),
        ];
        handlers::change(&app, &visitor, &view, &edit::merged(&fields, kept), seen).await
    })
    .await?;
    let view = handlers::find(&app, &visitor, id).await?;
    Versioned(ViewJson::of(&view, &visitor)).answer(&HeaderMap::new())
}

/// Removes a view.
#[utoipa::path(delete, path = "/api/v1/views/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 204), (status = 403), (status = 404), (status = 412)))]
pub(crate) async fn remove_view(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ViewId>,
    headers: HeaderMap,
) -> Result<StatusCode, AppError> {
    edit::retry(|| async {
        let seen = handlers::as_of(app.book().revision, id);
        let view = handlers::find_own(&app, &visitor, id).await?;
        if_match(&headers, &ViewJson::of(&view, &visitor))?;
        handlers::remove(&app, &visitor, &view, seen).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Invitations for programs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{self, Sent};
use super::store::{self, Invitation};
use crate::accounts::KeyedForm;
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::units::ids::InvitationId;
use crate::web::{Client, Json, Path};

/// Somebody who was asked to come in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationJson {
    id: i64,
    email: String,
    name: String,
    /// `viewer`, `member`, `manager` or `admin`.
    access: &'static str,
    /// The id of the person whose weeks will be theirs.
    person: Option<i64>,
    /// The departments that they will manage; none for the whole plan.
    departments: Vec<i64>,
    invited_by: String,
    /// Whether the link left as a letter.
    mailed: bool,
    /// Milliseconds since 1970-01-01 UTC.
    sent_at: i64,
    /// Milliseconds since 1970-01-01 UTC.
    expires_at: i64,
}

impl From<&Invitation> for InvitationJson {
    fn from(one: &Invitation) -> Self {
        Self {
            id: one.id.0,
            email: one.draft.email.clone(),
            name: one.draft.name.clone(),
            access: one.draft.access.as_str(),
            person: one.person.map(|id| id.0),
            departments: one.scope.departments().map(|id| id.0).collect(),
            invited_by: one.by.clone(),
            mailed: one.mailed,
            sent_at: one.sent_at,
            expires_at: one.expires_at,
        }
    }
}

/// What somebody sends to ask somebody in.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct InvitationInput {
    email: String,
    name: Option<String>,
    /// `viewer`, `member`, `manager` or `admin`.
    access: String,
    /// The id of the person whose weeks will be theirs.
    person: Option<i64>,
    /// The departments that they will manage; none for the whole plan.
    departments: Option<Vec<i64>>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub struct SentJson {
    id: i64,
    /// The link, this once, where no letter took it there.
    link: Option<String>,
}

impl From<&Sent> for SentJson {
    fn from(sent: &Sent) -> Self {
        Self {
            id: sent.id.0,
            link: sent.link.as_ref().map(|link| link.expose().to_owned()),
        }
    }
}

/// Everybody who was asked and has not come.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "accounts", responses((status = 200, body = Vec<InvitationJson>)))]
pub(crate) async fn list_invitations(State(app): State<App>) -> Result<Json<Vec<InvitationJson>>, AppError> {
    let all = app.db.read(store::pending).await?;
    Ok(Json(all.iter().map(InvitationJson::from).collect()))
}

/// Asks somebody in by a letter; where no letters leave, the answer holds the link.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "accounts", request_body = InvitationInput, responses((status = 201, body = SentJson), (status = 422)))]
pub(crate) async fn invite(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let sent = handlers::ask(&app, handlers::by(&app, &visitor, client), &fields).await?;
    let place = format!("/api/v1/invitations/{}", sent.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(SentJson::from(&sent)),
    )
        .into_response())
}

/// Sends it again with another link; the one before opens nothing any more.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/send", tag = "accounts", params(("id" = i64, Path)), responses((status = 200, body = SentJson), (status = 404)))]
pub(crate) async fn send_again(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<InvitationId>,
    _form: KeyedForm,
) -> Result<Json<SentJson>, AppError> {
    let sent = handlers::again(&app, handlers::by(&app, &visitor, client), id).await?;
    Ok(Json(SentJson::from(&sent)))
}

/// Takes it back.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", tag = "accounts", params(("id" = i64, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<InvitationId>,
) -> Result<StatusCode, AppError> {
    handlers::take_back(&app, &visitor, client, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

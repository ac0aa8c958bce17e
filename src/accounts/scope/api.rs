//! What a manager manages, for programs.

use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers;
use super::rules::Scope;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::units::ids::AccountId;
use crate::web::{Client, Json, Path};

/// How far a manager reaches.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScopeJson {
    /// The departments that they manage, each with everything below it; none for the whole plan.
    departments: Vec<i64>,
}

impl From<&Scope> for ScopeJson {
    fn from(scope: &Scope) -> Self {
        Self {
            departments: scope.departments().map(|id| id.0).collect(),
        }
    }
}

/// What somebody sends to change it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct ScopeInput {
    /// All that they manage; none for the whole plan.
    departments: Vec<i64>,
}

/// The departments that an account manages.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/departments", tag = "accounts", params(("id" = i64, Path)), responses((status = 200, body = ScopeJson), (status = 404)))]
pub(crate) async fn show_scope(
    State(app): State<App>,
    Path(id): Path<AccountId>,
) -> Result<Json<ScopeJson>, AppError> {
    let (_, scope) = handlers::find(&app, id).await?;
    Ok(Json(ScopeJson::from(&scope)))
}

/// Makes these be all the departments that an account manages. Another answer than before ends its sessions.
#[utoipa::path(put, path = "/api/v1/accounts/{id}/departments", tag = "accounts", params(("id" = i64, Path)), request_body = ScopeInput, responses((status = 204), (status = 404), (status = 422)))]
pub(crate) async fn set_scope(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    KeyedForm(fields): KeyedForm,
) -> Result<StatusCode, AppError> {
    if !fields.has("departments") {
        let message = "say which departments they manage; an empty list is the whole plan";
        return Err(AppError::field("departments", message));
    }
    handlers::change(&app, (&visitor, client), id, &fields).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Accounts for programs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{self, KeyedForm};
use super::store::{self, Account};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::units::ids::AccountId;
use crate::web::{Client, Json, Path, Versioned};

/// Somebody who may sign in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountJson {
    id: i64,
    email: String,
    name: String,
    /// `viewer`, `member`, `manager` or `admin`.
    access: &'static str,
    active: bool,
    /// The id of the person whose weeks are theirs, where one was named.
    person: Option<i64>,
}

impl From<&Account> for AccountJson {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.0,
            email: account.email.clone(),
            name: account.name.clone(),
            access: account.access.as_str(),
            active: account.active,
            person: account.person.map(|id| id.0),
        }
    }
}

/// Somebody who may sign in, and when they last were here, which is no part of the account's version.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedAccountJson {
    #[serde(flatten)]
    account: AccountJson,
    /// Milliseconds since 1970-01-01 UTC; none where they never came in.
    last_seen_at: Option<i64>,
}

/// What somebody sends to make an account.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct AccountInput {
    email: String,
    name: Option<String>,
    /// `viewer`, `member`, `manager` or `admin`.
    access: String,
    /// From 12 to 256 characters.
    #[schema(rename = "new-password")]
    new_password: String,
    /// The id of the person whose weeks are theirs.
    person: Option<i64>,
}

/// What somebody sends to change an account; fields that are not sent stay.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct AccountChangeInput {
    /// No other account has it; upper and lower case are the same.
    email: Option<String>,
    name: Option<String>,
    /// `viewer`, `member`, `manager` or `admin`. Another level ends the sessions of the account.
    access: Option<String>,
    /// From 12 to 256 characters. A new one ends the sessions of the account.
    #[schema(rename = "new-password")]
    new_password: Option<String>,
    /// Whether they may sign in. One administrator remains who may.
    active: Option<bool>,
    /// The id of the person whose weeks are theirs; null for whoever has the same address.
    person: Option<i64>,
}

/// The signed-in account.
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses((status = 200, body = AccountJson)))]
pub(crate) async fn show_me(State(app): State<App>, visitor: Visitor) -> Result<Json<AccountJson>, AppError> {
    let id = visitor.account;
    let account = app
        .db
        .read(move |tx| store::account_by_id(tx, id))
        .await?
        .ok_or(AppError::NotFound)?;
    Ok(Json(AccountJson::from(&account)))
}

/// Every account.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", responses((status = 200, body = Vec<ListedAccountJson>)))]
pub(crate) async fn list_accounts(State(app): State<App>) -> Result<Json<Vec<ListedAccountJson>>, AppError> {
    let (all, seen) = app
        .db
        .read(|tx| Ok::<_, AppError>((store::accounts(tx)?, store::last_seen(tx)?)))
        .await?;
    let listed = |account: &Account| ListedAccountJson {
        account: AccountJson::from(account),
        last_seen_at: seen.get(&account.id).copied(),
    };
    Ok(Json(all.iter().map(listed).collect()))
}

/// One account, with its version.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "accounts", params(("id" = i64, Path)), responses((status = 200, body = AccountJson), (status = 404)))]
pub(crate) async fn show_account(
    State(app): State<App>,
    Path(id): Path<AccountId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let account = handlers::find(&app, id).await?;
    Versioned(AccountJson::from(&account)).answer(&headers)
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = AccountInput, responses((status = 201)))]
pub(crate) async fn add_account(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let id = handlers::make(&app, &visitor, client, &fields).await?;
    let place = format!("/api/v1/accounts/{id}");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(serde_json::json!({ "id": id })),
    )
        .into_response())
}

/// Changes an account; fields that are not sent stay. `If-Match` with another version than the current one is refused.
#[utoipa::path(patch, path = "/api/v1/accounts/{id}", tag = "accounts", params(("id" = i64, Path)), request_body = AccountChangeInput, responses((status = 204), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_account(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let changed = handlers::change(&app, &visitor, client, id, (&fields, &headers)).await?;
    let tag = Versioned(AccountJson::from(&changed)).tag()?;
    Ok((StatusCode::NO_CONTENT, [(header::ETAG, tag)]).into_response())
}

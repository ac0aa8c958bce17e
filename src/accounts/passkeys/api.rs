//! One's own passkeys, for programs of ours in the browser. They are made in the browser that signs.

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers;
use super::store::{self, Kept};
use crate::accounts::{Visitor, own};
use crate::app::App;
use crate::error::AppError;
use crate::web::{Client, Json, Path};

/// A passkey.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyJson {
    id: i64,
    /// What its owner calls it.
    name: String,
    made_at: String,
    used_at: Option<String>,
}

impl From<Kept> for PasskeyJson {
    fn from(kept: Kept) -> Self {
        let moment = |at| Timestamp::from_millisecond(at).unwrap_or_default().to_string();
        Self {
            id: kept.id,
            name: kept.name,
            made_at: moment(kept.made_at),
            used_at: kept.used_at.map(moment),
        }
    }
}

/// One's own passkeys.
#[utoipa::path(get, path = "/api/v1/account/passkeys", tag = "account", responses((status = 200, body = [PasskeyJson])))]
pub(crate) async fn list_passkeys(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Json<Vec<PasskeyJson>>, AppError> {
    let account = visitor.account;
    let kept = app.db.read(move |tx| store::passkeys(tx, account)).await?;
    Ok(Json(kept.into_iter().map(PasskeyJson::from).collect()))
}

/// Removes one, by somebody who proved themselves within the last ten minutes.
#[utoipa::path(
    delete, path = "/api/v1/account/passkeys/{id}", tag = "account", params(("id" = i64, Path)),
    responses(
        (status = 204),
        (status = 403, description = "Prove at `/account/confirm` that it is you, and ask again"),
        (status = 404),
        (status = 409, description = "It is the only second step of somebody who owes one")
    )
)]
pub(crate) async fn remove_passkey(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<i64>,
) -> Result<StatusCode, AppError> {
    own::refuse_other_eyes(&visitor)?;
    if !own::is_fresh(&app, &visitor).await? {
        return Err(AppError::Forbidden(
            "Prove at /account/confirm that it is you, and ask again.",
        ));
    }
    handlers::remove_one(&app, &visitor, client, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

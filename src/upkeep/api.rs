//! Backups, for programs.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::shelf;
use crate::app::App;
use crate::error::AppError;
use crate::web::Json;

/// An archive on the shelf.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackupOutput {
    name: String,
    bytes: u64,
    /// When it was made, in milliseconds since 1970.
    made_at: i64,
    /// When it was last read through, in milliseconds since 1970.
    verified_at: Option<i64>,
    /// Whether it was brought from elsewhere.
    uploaded: bool,
}

/// All of them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackupsOutput {
    /// The newest first.
    backups: Vec<BackupOutput>,
}

/// `GET /api/v1/backups`
#[utoipa::path(get, path = "/api/v1/backups", tag = "settings", responses((status = 200, body = BackupsOutput)))]
pub(crate) async fn list_backups(State(app): State<App>) -> Result<Json<BackupsOutput>, AppError> {
    let backups = shelf(&app).await?.into_iter().map(|one| BackupOutput {
        name: one.name,
        bytes: one.bytes,
        made_at: one.made_at,
        verified_at: one.verified_at,
        uploaded: one.foreign,
    });
    Ok(Json(BackupsOutput {
        backups: backups.collect(),
    }))
}

//! One's own sessions, for programs of ours in the browser.

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{self, handle, own_sessions};
use super::rules;
use super::store::Session;
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::web::{Client, Json, Path};

/// Where somebody is signed in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionJson {
    /// By which it is ended.
    id: String,
    /// In words: `Firefox on Linux`.
    browser: String,
    /// From where it began.
    address: String,
    /// How its owner proved who they are.
    proof: String,
    /// What came after it; none where nothing had to.
    second: Option<String>,
    started_at: String,
    /// To the minute.
    used_at: String,
    /// Whether it is the one that asks.
    own: bool,
    /// The administrator who looks through these eyes.
    behind: Option<String>,
}

impl SessionJson {
    fn of(session: Session, visitor: &Visitor) -> Self {
        let moment = |at| Timestamp::from_millisecond(at).unwrap_or_default().to_string();
        Self {
            id: handle(&session.key_hash),
            browser: rules::browser_words(&session.agent),
            own: session.key_hash == visitor.key_hash,
            address: session.address,
            proof: session.proof,
            second: Some(session.second).filter(|second| !second.is_empty()),
            started_at: moment(session.started_at),
            used_at: moment(session.seen_at),
            behind: session.behind,
        }
    }
}

/// Where one is signed in, the session used last first.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "account", responses((status = 200, body = [SessionJson])))]
pub(crate) async fn list_sessions(
    State(app): State<App>,
    visitor: Visitor,
) -> Result<Json<Vec<SessionJson>>, AppError> {
    let sessions = own_sessions(&app, &visitor).await?;
    let told = sessions.into_iter().map(|one| SessionJson::of(one, &visitor));
    Ok(Json(told.collect()))
}

/// Ends one session of one's own, with its open pages.
#[utoipa::path(
    delete, path = "/api/v1/account/sessions/{key}", tag = "account",
    params(("key" = String, Path, description = "The `id` of the session")),
    responses((status = 204), (status = 404))
)]
pub(crate) async fn end_session(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(wanted): Path<String>,
) -> Result<StatusCode, AppError> {
    handlers::end_one(&app, &visitor, client, wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! Who changed what, for programs.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::people::store;
use crate::people::{Decider, HistoryLine};
use crate::units::ids::PersonId;
use crate::web::{Json, Path};

/// One gesture.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryJson {
    /// By which it can be undone.
    change_set: i64,
    /// When, in milliseconds since 1970-01-01 UTC.
    at: i64,
    /// Who.
    actor: String,
    /// What they did, in words.
    label: String,
    /// Whether it has been taken back since.
    taken_back: bool,
}

impl From<HistoryLine> for HistoryJson {
    fn from(line: HistoryLine) -> Self {
        Self {
            change_set: line.change_set.0,
            at: line.at,
            actor: line.actor,
            label: line.label,
            taken_back: line.taken_back,
        }
    }
}

/// The newest gestures that changed something about a person.
#[utoipa::path(get, path = "/api/v1/people/{id}/history", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = Vec<HistoryJson>), (status = 404)))]
pub(crate) async fn person_history(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<HistoryJson>>, AppError> {
    let book = app.book();
    let person = book.plan.person(id).ok_or(AppError::NotFound)?;
    let told = Decider::of(&book.plan, &visitor).may_know(person);
    let lines = app.db.read(move |tx| store::person_history(tx, id, told)).await?;
    Ok(Json(lines.into_iter().map(HistoryJson::from).collect()))
}

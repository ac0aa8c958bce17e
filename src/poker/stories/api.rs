//! Stories for programs: who is in a room reads them, who runs it adds to them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{add, drafted, must_run, plan_for, report};
use super::rules::{Line, Planned, Report, Verdict};
use crate::app::App;
use crate::error::AppError;
use crate::poker::seat::{Seat, SeatForm};
use crate::units::ids::StoryId;
use crate::web::Json;

/// The stories of a room in their order, with what was agreed and every round that lies open.
#[utoipa::path(
    get,
    path = "/api/v1/poker/{link}/stories",
    params(("link" = String, Path)),
    responses((status = 200, body = Report), (status = 403), (status = 404))
)]
pub(crate) async fn list_stories(State(app): State<App>, seat: Seat) -> Result<Json<Report>, AppError> {
    report(&app, &seat).await.map(Json)
}

/// A story that was added.
#[derive(Serialize, ToSchema)]
pub struct AddedStoryJson {
    #[schema(value_type = i64)]
    id: StoryId,
}

/// Adds a story at the end: `name`, `reference`, `link` (http or https), `description`, `acceptance`, `tags`.
#[utoipa::path(
    post,
    path = "/api/v1/poker/{link}/stories",
    params(("link" = String, Path)),
    request_body = Object,
    responses((status = 201, body = AddedStoryJson), (status = 403), (status = 404), (status = 409), (status = 422))
)]
pub(crate) async fn add_story(
    State(app): State<App>,
    seat: Seat,
    SeatForm(fields): SeatForm,
) -> Result<Response, AppError> {
    must_run(&seat)?;
    let draft = drafted(&fields).map_err(AppError::Invalid)?;
    let added = add(&app, &seat, "add a story", vec![draft]).await?;
    // One that has the same reference as another is added all the same: somebody has asked for this very one.
    let id = added
        .first()
        .copied()
        .ok_or_else(|| AppError::Internal("a story was added and has no id".to_owned()))?;
    Ok((StatusCode::CREATED, Json(AddedStoryJson { id })).into_response())
}

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoryImportJson {
    /// Whether the stories were added.
    imported: bool,
    /// How many come in.
    new: usize,
    /// How many are in the room already, by their references.
    there: usize,
    /// How many cannot come in.
    faulty: usize,
    /// The rows, in their order.
    rows: Vec<StoryRowJson>,
}

/// One row of an import.
#[derive(Serialize, ToSchema)]
pub struct StoryRowJson {
    /// On which line it begins.
    line: usize,
    reference: String,
    name: String,
    /// `new`, `there` or `faulty`.
    verdict: &'static str,
    /// Why, or what should be known of how it was read.
    details: String,
}

/// Adds many stories in one write. `text` holds lines such as `BAL-118 Relay cabinet layout`, or a CSV with heads, such as an
/// export of Jira. With `dryRun` it says what would be done. Rows that are there already or faulty are left out, and told.
#[utoipa::path(
    post,
    path = "/api/v1/poker/{link}/stories/import",
    params(("link" = String, Path)),
    request_body = Object,
    responses((status = 200, body = StoryImportJson), (status = 403), (status = 404), (status = 409), (status = 422))
)]
pub(crate) async fn import(
    State(app): State<App>,
    seat: Seat,
    SeatForm(fields): SeatForm,
) -> Result<Json<StoryImportJson>, AppError> {
    must_run(&seat)?;
    let planned = plan_for(&seat, fields.text("text").to_owned(), false, Vec::new()).await?;
    let planned = planned.map_err(|reason| AppError::field("text", reason))?;
    let is_dry = matches!(fields.text("dryRun"), "true" | "yes" | "on" | "1");
    let imports = !is_dry && planned.counts().0 > 0;
    if imports {
        super::handlers::add_new(&app, &seat, &planned).await?;
    }
    Ok(Json(told(&planned, imports)))
}

fn told(planned: &Planned, imported: bool) -> StoryImportJson {
    let (new, there, faulty) = planned.counts();
    StoryImportJson {
        imported,
        new,
        there,
        faulty,
        rows: planned.lines.iter().map(row).collect(),
    }
}

fn row(line: &Line) -> StoryRowJson {
    let (verdict, details) = match &line.verdict {
        Verdict::New(_, notes) => ("new", notes.join("; ")),
        Verdict::There(reason) => ("there", reason.clone()),
        Verdict::Faulty(reason) => ("faulty", reason.clone()),
    };
    StoryRowJson {
        line: line.number,
        reference: line.reference.clone(),
        name: line.name.clone(),
        verdict,
        details,
    }
}

//! Pushing hours past leave, for programs.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{self, Outcome};
use super::rules::{Changed, Preview, seen_text};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::Book;
use crate::error::AppError;
use crate::units::ids::{AssignmentId, TimeOffId};
use crate::units::{Day, Minutes};
use crate::web::{Json, Path};

/// What pushing the hours that leave has no room for would do, or did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PushJson {
    /// All that moves.
    #[schema(value_type = f64)]
    hours: Minutes,
    moves: Vec<MoveJson>,
    /// What finds no room within 52 weeks, and stays.
    left: Vec<LeftJson>,
    /// What it was worked out from. Send it back to have it done.
    seen: String,
    /// By which it can be undone; none where nothing was moved.
    change_set: Option<i64>,
}

/// Hours that go to a later week.
#[derive(Serialize, ToSchema)]
pub struct MoveJson {
    assignment: i64,
    project: String,
    /// The first day of the week they come from.
    #[schema(value_type = String)]
    from: Day,
    /// The first day of the week they go to.
    #[schema(value_type = String)]
    to: Day,
    #[schema(value_type = f64)]
    hours: Minutes,
}

/// Hours that stay.
#[derive(Serialize, ToSchema)]
pub struct LeftJson {
    assignment: i64,
    project: String,
    /// The first day of their week.
    #[schema(value_type = String)]
    week: Day,
    #[schema(value_type = f64)]
    hours: Minutes,
}

/// What somebody sends to have it done.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the field, which forms and JSON share and one reader reads"
)]
pub struct PushInput {
    /// The `seen` of the preview.
    seen: String,
}

fn project(book: &Book, assignment: AssignmentId) -> String {
    let plan = &book.plan;
    let one = plan.assignment(assignment);
    one.and_then(|one| plan.project(one.project))
        .map_or_else(String::new, |project| project.name.clone())
}

fn answer(book: &Book, preview: &Preview, change_set: Option<i64>) -> Json<PushJson> {
    let start = book.plan.organisation.week_start;
    let pushed = &preview.pushed;
    let moves = pushed.moves.iter().map(|one| MoveJson {
        assignment: one.assignment.0,
        project: project(book, one.assignment),
        from: one.from.first_day(start),
        to: one.to.first_day(start),
        hours: one.minutes,
    });
    let left = pushed.left.iter().map(|cell| LeftJson {
        assignment: cell.assignment.0,
        project: project(book, cell.assignment),
        week: cell.week.first_day(start),
        hours: cell.minutes,
    });
    Json(PushJson {
        hours: pushed.total(),
        moves: moves.collect(),
        left: left.collect(),
        seen: seen_text(&preview.seen),
        change_set,
    })
}

/// What pushing the hours that approved leave has no room for to the next free weeks would do.
#[utoipa::path(get, path = "/api/v1/time-off/{id}/push", tag = "plan", params(("id" = i64, Path)), responses((status = 200, body = PushJson), (status = 404)))]
pub(crate) async fn preview(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
) -> Result<Json<PushJson>, AppError> {
    let row = handlers::find(&app, &visitor, id).await?;
    let book = app.book();
    let preview = handlers::preview(&app, &book, &row)?;
    Ok(answer(&book, &preview, None))
}

/// Pushes them, as one change set. Where the plan has changed since the preview, nothing is moved, and the answer says what.
#[utoipa::path(post, path = "/api/v1/time-off/{id}/push", tag = "plan", params(("id" = i64, Path)), request_body = PushInput, responses((status = 200, body = PushJson), (status = 404), (status = 409, description = "the plan has changed since the preview"), (status = 422)))]
pub(crate) async fn push(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Json<PushJson>, AppError> {
    match handlers::push(&app, &visitor, id, &fields).await? {
        Outcome::Done(change_set, preview) => Ok(answer(&app.book(), &preview, change_set.map(|id| id.0))),
        Outcome::Stale(changed) => Err(AppError::Conflict {
            detail: "The plan has changed since the preview. Nothing was moved; look again.".to_owned(),
            extra: serde_json::json!({ "changed": told(&app.book(), &changed) }),
        }),
    }
}

fn told(book: &Book, changed: &[Changed]) -> Vec<serde_json::Value> {
    let start = book.plan.organisation.week_start;
    let all = changed.iter().map(|one| {
        serde_json::json!({
            "week": one.week.first_day(start),
            "assignment": one.assignment,
            "project": one.assignment.map(|id| project(book, id)),
            "seen": one.seen,
            "now": one.now,
        })
    });
    all.collect()
}

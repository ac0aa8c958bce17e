//! Planning agreed stories for programs.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{OUTSIDE, Outcome, apply, room_of, worked_out};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::units::{Day, Minutes};
use crate::web::{Fields, Json, Path};

/// One week of the window.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LaidWeekJson {
    /// Its first day.
    #[schema(value_type = String)]
    week: Day,
    /// What is booked already; 0 for a role.
    #[schema(value_type = f64)]
    booked: Minutes,
    /// What they can carry; none for a role.
    #[schema(value_type = Option<f64>)]
    capacity: Option<Minutes>,
    /// What would be laid here.
    #[schema(value_type = f64)]
    laid: Minutes,
    /// How much of that is too much.
    #[schema(value_type = f64)]
    over: Minutes,
}

/// A story and what would be booked for it.
#[derive(Serialize, ToSchema)]
pub struct StoryHoursJson {
    story: i64,
    #[schema(value_type = f64)]
    hours: Minutes,
}

/// What planning would do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanPreviewJson {
    revision: i64,
    stories: Vec<StoryHoursJson>,
    weeks: Vec<LaidWeekJson>,
    #[schema(value_type = f64)]
    hours: Minutes,
    /// What does not fit, and would lie on top of what the person can carry.
    #[schema(value_type = f64)]
    over: Minutes,
    /// Send it back to book exactly this.
    seen: String,
}

/// Where the hours of a room's agreed stories would lie. Whoever asks is in the room.
#[utoipa::path(
    get, path = "/api/v1/poker/{link}/plan", tag = "poker",
    params(
        ("link" = String, Path),
        ("stories" = Option<Vec<i64>>, Query, description = "all that can be planned where it is not given"),
        ("project" = Option<i64>, Query, description = "the room’s where it is not given"),
        ("who" = String, Query, description = "`person-3`, or `role-2` for an open place"),
        ("from" = Option<String>, Query, description = "any day of the first week; this week where it is not given"),
        ("to" = Option<String>, Query, description = "any day of the last week; four weeks where it is not given"),
        ("point" = Option<String>, Query, description = "`p50` (usual) or `p85`")
    ),
    responses((status = 200, body = PlanPreviewJson), (status = 403), (status = 404), (status = 422))
)]
pub(crate) async fn preview(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let table = room_of(&app, &link, &visitor).await?;
    let table = table.ok_or(AppError::Forbidden(OUTSIDE))?;
    let fields = Fields::from_query(query.as_deref());
    let (book, _, asked, laid) = worked_out(&app, &visitor, &table, &fields).await?;
    let start = book.plan.organisation.week_start;
    let stories = asked.stories.iter().map(|(story, hours)| StoryHoursJson {
        story: story.0,
        hours: *hours,
    });
    let weeks = laid.weeks.iter().map(|one| LaidWeekJson {
        week: one.week.first_day(start),
        booked: one.booked,
        capacity: one.capacity,
        laid: one.minutes,
        over: one.over(),
    });
    Ok(Json(PlanPreviewJson {
        revision: book.revision,
        stories: stories.collect(),
        weeks: weeks.collect(),
        hours: laid.total(),
        over: laid.over(),
        seen: laid.digest(&asked),
    })
    .into_response())
}

/// What was booked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedJson {
    assignment: i64,
    stories: usize,
    #[schema(value_type = f64)]
    hours: Minutes,
    change_set: Option<i64>,
}

/// Books agreed stories as the preview showed it: one assignment with its hours, in one change set. The body holds what the
/// preview was asked, and its `seen`; where it would do something else by now, nothing is written.
#[utoipa::path(
    post, path = "/api/v1/poker/{link}/plan", tag = "poker",
    params(("link" = String, Path)),
    request_body(content = Object, example = json!({ "stories": [4, 5], "project": 2, "who": "person-3", "from": "2026-11-16", "to": "2026-12-07", "point": "p50", "seen": "…" })),
    responses((status = 201, body = PlannedJson), (status = 403), (status = 404), (status = 409), (status = 422))
)]
pub(crate) async fn book(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    fields: Fields,
) -> Result<Response, AppError> {
    let table = room_of(&app, &link, &visitor).await?;
    let table = table.ok_or(AppError::Forbidden(OUTSIDE))?;
    let written = apply(&app, &visitor, &table, &fields).await?;
    let Outcome::Done {
        assignment,
        hours,
        stories,
    } = written.value
    else {
        return Err(AppError::conflict(
            "The plan or the stories have changed since the preview. Nothing was written; ask for it once more.",
        ));
    };
    let told = PlannedJson {
        assignment: assignment.0,
        stories,
        hours,
        change_set: written.change_set.map(|id| id.0),
    };
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

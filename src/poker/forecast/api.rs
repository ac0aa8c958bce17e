//! Forecasts for programs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{Wanted, make, now, of_project, of_room, read_asked};
use super::rules_gather::{Apart, BackTest};
use super::store::Kept;
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::poker::planned::handlers::{OUTSIDE, room_of};
use crate::units::ids::{DepartmentId, ProjectId};
use crate::units::{Day, Minutes};
use crate::web::{Fields, Json, Path, Query, Reader, Versioned};

/// How many runs end in a week.
#[derive(Serialize, ToSchema)]
pub struct WeekRunsJson {
    /// Its first day.
    #[schema(value_type = String)]
    week: Day,
    runs: usize,
}

/// A story that causes a part of the spread.
#[derive(Serialize, ToSchema)]
pub struct CauseJson {
    story: i64,
    /// Of the whole spread.
    percent: i64,
    /// Whether its voters were of different minds.
    split: bool,
}

/// A story that has no part in the forecast.
#[derive(Serialize, ToSchema)]
pub struct ApartJson {
    name: String,
    /// `noVote` or `noHours`.
    why: &'static str,
}

/// How earlier forecasts of the team came out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackTestJson {
    p85_dates: usize,
    p85_held: usize,
    p50_dates: usize,
    p50_held: usize,
}

/// A forecast as it was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForecastOfVotesJson {
    id: i64,
    department: i64,
    /// In milliseconds since 1970.
    made_at: i64,
    made_by: String,
    /// The same seed over the same votes, pace and hours gives the same forecast.
    seed: u64,
    runs: usize,
    share: u16,
    /// From how many finished stories the pace was measured; none where it was typed.
    measured: Option<usize>,
    stories: usize,
    /// None where the next two years do not hold it.
    #[schema(value_type = Option<String>)]
    p50: Option<Day>,
    #[schema(value_type = Option<String>)]
    p85: Option<Day>,
    #[schema(value_type = f64)]
    p50_hours: Minutes,
    #[schema(value_type = f64)]
    p85_hours: Minutes,
    /// What the same list takes where all means come true.
    #[schema(value_type = f64)]
    plain_hours: Minutes,
    /// From the first week in which a run ends to the last.
    weeks: Vec<WeekRunsJson>,
    /// How many runs end in none of the weeks.
    beyond: usize,
    causes: Vec<CauseJson>,
}

fn minutes(count: i64) -> Minutes {
    Minutes(u32::try_from(count).unwrap_or(u32::MAX))
}

impl ForecastOfVotesJson {
    fn of(app: &App, kept: Kept) -> Self {
        let start = app.book().plan.organisation.week_start;
        let (inputs, answer) = (kept.inputs, kept.answer);
        let runs = inputs.question.runs;
        let weeks = super::chart::columns(&answer.by_week, runs);
        Self {
            id: kept.id,
            department: kept.team.0,
            made_at: kept.made.0,
            made_by: kept.made.1,
            seed: inputs.question.seed,
            runs,
            share: inputs.share,
            measured: inputs.measured,
            stories: inputs.question.stories.len(),
            p50: answer.p50,
            p85: answer.p85,
            p50_hours: minutes(answer.p50_minutes),
            p85_hours: minutes(answer.p85_minutes),
            plain_hours: minutes(inputs.plain),
            weeks: weeks
                .iter()
                .map(|one| WeekRunsJson {
                    week: one.week.first_day(start),
                    runs: one.runs,
                })
                .collect(),
            beyond: answer.beyond,
            causes: answer
                .causes
                .iter()
                .map(|one| CauseJson {
                    story: one.id.0,
                    percent: one.percent,
                    split: one.split,
                })
                .collect(),
        }
    }
}

/// The newest forecast with what stands beside it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForecastNowJson {
    /// None where none was made.
    forecast: Option<ForecastOfVotesJson>,
    /// Whether it would be made from something else by now.
    changed: bool,
    /// Why none can be made; none where one can.
    obstacle: Option<&'static str>,
    apart: Vec<ApartJson>,
    back_test: BackTestJson,
}

async fn shown(
    app: &App,
    subject: &super::handlers::Subject,
    id: Option<i64>,
    headers: &HeaderMap,
) -> Result<Response, AppError> {
    let kept = super::handlers::kept(app, subject.scope, id).await?;
    let team = kept.as_ref().map(|kept| kept.team).or(subject.team);
    let share = kept.as_ref().map_or(100, |kept| kept.inputs.share);
    let now = match team {
        Some(team) => Some(now(app, subject, team, share).await?),
        None => None,
    };
    let back = now.as_ref().map_or_else(BackTest::default, |now| now.back);
    let apart = now.iter().flat_map(|now| &now.gathered.apart);
    let told = ForecastNowJson {
        changed: now
            .as_ref()
            .zip(kept.as_ref())
            .is_some_and(|(now, kept)| !now.inputs.same_as(&kept.inputs)),
        obstacle: match &now {
            Some(now) => now.inputs.obstacle(),
            None => Some("No team: choose it in the settings of the room."),
        },
        apart: apart
            .map(|(name, why)| ApartJson {
                name: name.clone(),
                why: match why {
                    Apart::NoVote => "noVote",
                    Apart::NoHours => "noHours",
                },
            })
            .collect(),
        back_test: BackTestJson {
            p85_dates: back.told,
            p85_held: back.held,
            p50_dates: back.told_half,
            p50_held: back.held_half,
        },
        forecast: kept.map(|kept| ForecastOfVotesJson::of(app, kept)),
    };
    Versioned(told).answer(headers)
}

/// The newest forecast of a room's open stories, or the one named `id`.
#[utoipa::path(
    get, path = "/api/v1/poker/{link}/forecast", tag = "poker",
    params(("link" = String, Path), ("id" = Option<i64>, Query)),
    responses((status = 200, body = ForecastNowJson), (status = 304), (status = 403), (status = 404))
)]
pub(crate) async fn show_room(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let table = room_of(&app, &link, &visitor).await?;
    let table = table.ok_or(AppError::Forbidden(OUTSIDE))?;
    shown(&app, &of_room(&table), wanted.id, &headers).await
}

/// Plays a room's open stories through ten thousand times, and keeps what came out. `seed` repeats an earlier one.
#[utoipa::path(
    post, path = "/api/v1/poker/{link}/forecast", tag = "poker",
    params(("link" = String, Path)),
    request_body(content = Object, example = json!({ "seed": 7, "share": 80 })),
    responses((status = 201, body = ForecastOfVotesJson), (status = 403), (status = 404), (status = 422))
)]
pub(crate) async fn make_room(
    State(app): State<App>,
    visitor: Visitor,
    Path(link): Path<String>,
    fields: Fields,
) -> Result<Response, AppError> {
    let table = room_of(&app, &link, &visitor).await?;
    let table = table.ok_or(AppError::Forbidden(OUTSIDE))?;
    let asked = read_asked(&app, &fields)?;
    let kept = make(&app, &visitor, &of_room(&table), &asked).await?;
    Ok((StatusCode::CREATED, Json(ForecastOfVotesJson::of(&app, kept))).into_response())
}

/// The newest forecast of the open stories of a project's rooms, for one `team` of them.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}/forecast", tag = "poker",
    params(("id" = i64, Path), ("team" = Option<i64>, Query)),
    responses((status = 200, body = ForecastNowJson), (status = 304), (status = 404), (status = 422))
)]
pub(crate) async fn show_project(
    State(app): State<App>,
    _visitor: Visitor,
    Path(id): Path<ProjectId>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let subject = of_project(&app, id, wanted.team).await?;
    shown(&app, &subject, wanted.id, &headers).await
}

/// Plays the open stories of a project's rooms through, for one `team` of them, and keeps what came out.
#[utoipa::path(
    post, path = "/api/v1/projects/{id}/forecast", tag = "poker",
    params(("id" = i64, Path)),
    request_body(content = Object, example = json!({ "team": 2, "seed": 7 })),
    responses((status = 201, body = ForecastOfVotesJson), (status = 404), (status = 422))
)]
pub(crate) async fn make_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    fields: Fields,
) -> Result<Response, AppError> {
    let mut reader = Reader::new(&fields);
    let team: Option<DepartmentId> = reader.id("team");
    reader.finish(()).map_err(AppError::Invalid)?;
    let subject = of_project(&app, id, team).await?;
    let asked = read_asked(&app, &fields)?;
    let kept = make(&app, &visitor, &subject, &asked).await?;
    Ok((StatusCode::CREATED, Json(ForecastOfVotesJson::of(&app, kept))).into_response())
}

//! The work in the background, for programs.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::all;
use crate::app::App;
use crate::error::AppError;
use crate::web::Json;

/// A job.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobOutput {
    id: i64,
    /// What kind of work it is.
    kind: String,
    /// `waiting`, `running`, `done` or `failed`.
    state: String,
    /// Not before, in milliseconds since 1970.
    run_at: i64,
    /// How often it was begun.
    attempts: u32,
    /// When it ended, in milliseconds since 1970.
    ended_at: Option<i64>,
    /// Why the last attempt came to nothing, or empty.
    fault: String,
}

/// When regular work is done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduleOutput {
    /// What kind of work it is.
    kind: String,
    /// Five fields of cron.
    cron: String,
    /// The time zone of those.
    zone: String,
    /// What becomes of missed moments: `once` or `skip`.
    misfire: &'static str,
    paused: bool,
    /// The next moment, in milliseconds since 1970.
    next_at: i64,
}

/// All of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobsOutput {
    schedules: Vec<ScheduleOutput>,
    /// The newest two hundred, those that were given up first.
    jobs: Vec<JobOutput>,
}

/// `GET /api/v1/jobs`
#[utoipa::path(get, path = "/api/v1/jobs", tag = "settings", responses((status = 200, body = JobsOutput)))]
pub(crate) async fn list_jobs(State(app): State<App>) -> Result<Json<JobsOutput>, AppError> {
    let (schedules, jobs) = all(&app).await?;
    let schedules = schedules.into_iter().map(|one| ScheduleOutput {
        kind: one.name,
        cron: one.cron,
        zone: one.zone,
        misfire: one.misfire.as_str(),
        paused: one.paused,
        next_at: one.next_at,
    });
    let jobs = jobs.into_iter().map(|one| JobOutput {
        id: one.id,
        kind: one.kind,
        state: one.state,
        run_at: one.run_at,
        attempts: one.attempts,
        ended_at: one.ended_at,
        fault: one.fault,
    });
    Ok(Json(JobsOutput {
        schedules: schedules.collect(),
        jobs: jobs.collect(),
    }))
}

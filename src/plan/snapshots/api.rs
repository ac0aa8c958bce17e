//! Looking back, for programs.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{self, Of};
use super::rules::{Asked, Experience, Tally};
use super::store;
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::units::{Day, Minutes, Week, WeekStart};
use crate::web::{Fields, Json, Reader, Versioned};

/// How many of the kept weeks are listed.
const MOST: u32 = 520;

/// A past week that was kept.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptWeekJson {
    /// The first day of the week.
    #[schema(value_type = String)]
    week: Day,
    /// The day on which it was kept.
    #[schema(value_type = String)]
    taken: Day,
    /// Kept more than a day after its end, from the state of that later day.
    late: bool,
    /// How many assignments had hours.
    assignments: i64,
    #[schema(value_type = f64)]
    hours: Minutes,
}

/// The past weeks that were kept, the newest first, ten years at most.
#[utoipa::path(get, path = "/api/v1/snapshots/weeks", tag = "snapshots", responses((status = 200, body = [KeptWeekJson])))]
pub(crate) async fn list_weeks(
    State(app): State<App>,
    _visitor: Visitor,
) -> Result<Json<Vec<KeptWeekJson>>, AppError> {
    let start = app.book().plan.organisation.week_start;
    let weeks = app.db.read(|tx| store::weeks(tx, MOST)).await?;
    let json = weeks.iter().map(|one| KeptWeekJson {
        week: one.week.first_day(start),
        taken: app.clock.day_of(one.taken_at),
        late: one.late,
        assignments: one.rows,
        hours: one.minutes,
    });
    Ok(Json(json.collect()))
}

/// An assignment whose hours are not what they were.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedJson {
    assignment: i64,
    /// Empty for a place that nobody fills.
    person: String,
    project: String,
    #[schema(value_type = f64)]
    then: Minutes,
    #[schema(value_type = f64)]
    now: Minutes,
}

/// A week then and now, in hours.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WeekComparedJson {
    /// The first day of the week.
    #[schema(value_type = String)]
    week: Day,
    /// None where the week was not kept.
    #[schema(value_type = Option<f64>)]
    then: Option<Minutes>,
    #[schema(value_type = f64)]
    now: Minutes,
    /// What the people asked for could carry then; only of weeks that were kept as they ended.
    #[schema(value_type = Option<f64>)]
    capacity_then: Option<Minutes>,
    changes: Vec<ChangedJson>,
}

/// Planned then, and now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComparisonJson {
    revision: i64,
    /// As planned when the week of this day began; none for each week as it ended.
    #[schema(value_type = Option<String>)]
    as_of: Option<Day>,
    weeks: Vec<WeekComparedJson>,
}

/// Planned then, and now, for a project, person, client or department.
#[utoipa::path(
    get, path = "/api/v1/snapshots/compare", tag = "snapshots",
    params(
        ("project" = Option<i64>, Query), ("person" = Option<i64>, Query), ("client" = Option<i64>, Query),
        ("department" = Option<i64>, Query),
        ("from" = Option<String>, Query, description = "A day of the first week; else 12 weeks are told"),
        ("to" = Option<String>, Query, description = "A day of the last week; else the week before this one. 53 weeks at most"),
        ("asOf" = Option<String>, Query, description = "A day of the week with whose beginning the plan is compared, for it and the 11 after it")
    ),
    responses((status = 200, body = ComparisonJson), (status = 304), (status = 422))
)]
pub(crate) async fn compare(
    State(app): State<App>,
    _visitor: Visitor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let start = book.plan.organisation.week_start;
    let fields = Fields::from_query(query.as_deref());
    let mut reader = Reader::new(&fields);
    let asked = Asked::read(&mut reader, &book.plan, handlers::this_week(&app, &book));
    let asked = reader.finish(asked).map_err(AppError::Invalid)?;
    let comparison = handlers::compared(&app, &book, asked).await?;
    let weeks = comparison.weeks.into_iter().map(|one| WeekComparedJson {
        week: one.week.first_day(start),
        then: one.then,
        now: one.now,
        capacity_then: comparison.capacities.get(&one.week).copied(),
        changes: one
            .changes
            .into_iter()
            .map(|change| ChangedJson {
                assignment: change.assignment.0,
                person: change.person,
                project: change.project,
                then: change.then,
                now: change.now,
            })
            .collect(),
    });
    let json = ComparisonJson {
        revision: book.revision,
        as_of: asked.as_of.map(|week| week.first_day(start)),
        weeks: weeks.collect(),
    };
    Versioned(json).answer(&headers)
}

/// Weeks without a gap.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockJson {
    /// The first day of the first week.
    #[schema(value_type = String)]
    from: Day,
    /// The last day of the last week.
    #[schema(value_type = String)]
    to: Day,
}

/// How much somebody did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TallyJson {
    /// Different weeks: one with two roles, or on two projects, counts once.
    weeks: usize,
    #[schema(value_type = f64)]
    hours: Minutes,
    roles: Vec<String>,
    blocks: Vec<BlockJson>,
}

/// How much on one project.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectExperienceJson {
    project: i64,
    name: String,
    #[serde(flatten)]
    tally: TallyJson,
}

/// A person who worked for a client, or a client for whom a person worked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExperienceJson {
    /// The person or client; none for projects without a client.
    id: Option<i64>,
    name: String,
    #[serde(flatten)]
    tally: TallyJson,
    projects: Vec<ProjectExperienceJson>,
}

fn tally(tally: &Tally, start: WeekStart) -> TallyJson {
    let day = |week: Week| week.first_day(start);
    TallyJson {
        weeks: tally.weeks(),
        hours: tally.minutes,
        roles: tally.roles.iter().cloned().collect(),
        blocks: tally
            .blocks()
            .iter()
            .map(|block| BlockJson {
                from: day(block.first),
                to: block.last.last_day(start),
            })
            .collect(),
    }
}

fn experience(one: &Experience, start: WeekStart) -> ExperienceJson {
    let projects = one.projects.iter();
    ExperienceJson {
        id: one.id,
        name: one.name.clone(),
        tally: tally(&one.tally, start),
        projects: projects
            .map(|(id, name, of_project)| ProjectExperienceJson {
                project: *id,
                name: name.clone(),
                tally: tally(of_project, start),
            })
            .collect(),
    }
}

/// Who worked for a client, or for which clients a person worked, from all weeks that were kept.
#[utoipa::path(
    get, path = "/api/v1/experience", tag = "snapshots",
    params(("client" = Option<i64>, Query), ("person" = Option<i64>, Query)),
    responses((status = 200, body = [ExperienceJson]), (status = 422))
)]
pub(crate) async fn show_experience(
    State(app): State<App>,
    _visitor: Visitor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let fields = Fields::from_query(query.as_deref());
    let mut reader = Reader::new(&fields);
    let of = Of::read(&mut reader, &book.plan);
    let of = reader.finish(of).map_err(AppError::Invalid)?;
    let of = of.ok_or_else(|| AppError::field("client", "name a client, or a person"))?;
    let found = handlers::experience(&app, of).await?;
    let start = book.plan.organisation.week_start;
    let json: Vec<ExperienceJson> = found.iter().map(|one| experience(one, start)).collect();
    Versioned(json).answer(&headers)
}

//! Paces for programs.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::put_factor;
use super::rules::{Basis, Finished, NEWEST, Pace};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::poker::rules::points::Points;
use crate::units::ids::DepartmentId;
use crate::units::{Day, Minutes};
use crate::web::{Fields, Path, Versioned};

/// From so many to so many hours.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HoursJson {
    /// P15, or the least.
    #[schema(value_type = f64)]
    low: Minutes,
    /// P50.
    #[schema(value_type = f64)]
    middle: Minutes,
    /// P85, or the most.
    #[schema(value_type = f64)]
    high: Minutes,
}

impl HoursJson {
    /// As it is worked out.
    pub(in crate::poker) const fn of(hours: &super::Hours) -> Self {
        Self {
            low: hours.low,
            middle: hours.middle,
            high: hours.high,
        }
    }
}

/// What a point takes a team, as it was typed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FactorJson {
    #[schema(value_type = f64)]
    hours: Minutes,
    less_percent: u16,
    more_percent: u16,
}

/// What a card without a number takes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SizeJson {
    card: String,
    #[schema(value_type = f64)]
    low: Minutes,
    #[schema(value_type = f64)]
    high: Minutes,
}

/// A finished story.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FinishedJson {
    story: i64,
    name: String,
    /// The link of its room.
    room: Option<String>,
    estimate: String,
    /// In hundredths.
    points: Option<i32>,
    /// What it took; none where nothing was typed and nothing is booked any more.
    #[schema(value_type = Option<f64>)]
    hours: Option<Minutes>,
    /// Whether the hours were typed, and not taken from what was booked.
    typed: bool,
    /// When it was done.
    #[schema(value_type = String)]
    day: Day,
}

/// A team's pace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaceJson {
    department: i64,
    name: String,
    /// `measured`, `typed` (not calibrated) or `none`.
    basis: &'static str,
    /// How many finished stories speak of it: from eight on it is measured.
    stories: usize,
    /// What one point takes.
    per_point: Option<HoursJson>,
    factor: Option<FactorJson>,
    sizes: Vec<SizeJson>,
    /// The newest forty of rooms that ask for no passcode.
    finished: Vec<FinishedJson>,
}

fn json(app: &App, team: DepartmentId, name: String, pace: &Pace) -> PaceJson {
    let finished = |one: &Finished| FinishedJson {
        story: one.story.0,
        name: one.name.clone(),
        room: one.room.as_ref().map(|(link, _)| link.clone()),
        estimate: one.estimate.label.clone(),
        points: one.estimate.points.map(Points::as_hundredths),
        hours: one.took,
        typed: one.typed,
        day: app.clock.day_of(one.at),
    };
    PaceJson {
        department: team.0,
        name,
        basis: match pace.basis() {
            Some(Basis::Measured(_)) => "measured",
            Some(Basis::Typed(_)) => "typed",
            None => "none",
        },
        stories: pace.samples().len(),
        per_point: pace.of_points(Points::whole(1)).as_ref().map(HoursJson::of),
        factor: pace.factor.map(|own| FactorJson {
            hours: Minutes(own.minutes),
            less_percent: own.less,
            more_percent: own.more,
        }),
        sizes: pace
            .sizes
            .iter()
            .map(|one| SizeJson {
                card: one.label.clone(),
                low: one.low,
                high: one.high,
            })
            .collect(),
        finished: pace.open().take(NEWEST).map(finished).collect(),
    }
}

/// What a team's points take it, measured from its finished stories, with these.
#[utoipa::path(
    get, path = "/api/v1/poker/pace/{department}", tag = "poker",
    params(("department" = i64, Path)),
    responses((status = 200, body = PaceJson), (status = 304), (status = 404))
)]
pub(crate) async fn show_pace(
    State(app): State<App>,
    _visitor: Visitor,
    Path(team): Path<DepartmentId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    if book.plan.department(team).is_none() {
        return Err(AppError::NotFound);
    }
    let pace = super::of_team(&app, team).await?;
    Versioned(json(&app, team, book.plan.department_path(team), &pace)).answer(&headers)
}

/// Says what a point takes a team until it is measured: `hours`, `less` and `more` in percent. Blank hours forget it.
#[utoipa::path(
    put, path = "/api/v1/poker/pace/{department}", tag = "poker",
    params(("department" = i64, Path)),
    request_body(content = Object, example = json!({ "hours": 4, "less": 30, "more": 50 })),
    responses((status = 200, body = Object), (status = 403), (status = 404), (status = 422))
)]
pub(crate) async fn set_factor(
    State(app): State<App>,
    visitor: Visitor,
    Path(team): Path<DepartmentId>,
    fields: Fields,
) -> Result<crate::web::Json<serde_json::Value>, AppError> {
    let written = put_factor(&app, &visitor, team, &fields).await?;
    Ok(crate::web::Json(
        serde_json::json!({ "changeSet": written.change_set }),
    ))
}

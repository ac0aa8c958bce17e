//! Public holidays for programs.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{NameInput, created};
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::handlers;
use crate::app::App;
use crate::error::AppError;
use crate::people;
use crate::units::Day;
use crate::units::ids::CalendarId;
use crate::web::{Path, Versioned};

/// A list of public holidays.
#[derive(Serialize, ToSchema)]
pub struct CalendarJson {
    id: i64,
    name: String,
    holidays: Vec<HolidayJson>,
}

/// One public holiday.
#[derive(Serialize, ToSchema)]
pub struct HolidayJson {
    #[schema(value_type = String)]
    day: Day,
    name: String,
}

/// One holiday, or many as lines; each replaces what its day was called before.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct HolidayInput {
    /// As `2026-12-25`.
    day: Option<String>,
    name: Option<String>,
    /// In place of the two: a day and a name on each line.
    lines: Option<String>,
}

/// Every calendar with its days.
#[utoipa::path(get, path = "/api/v1/calendars", tag = "settings", responses((status = 200, body = Vec<CalendarJson>)))]
pub(crate) async fn list_calendars(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
    let all = app.db.read(people::calendars).await?;
    let all = all.into_iter().map(|calendar| CalendarJson {
        id: calendar.id.0,
        name: calendar.name,
        holidays: calendar
            .holidays
            .into_iter()
            .map(|holiday| HolidayJson {
                day: holiday.day,
                name: holiday.name,
            })
            .collect(),
    });
    Versioned(all.collect::<Vec<_>>()).answer(&headers)
}

/// Adds a calendar without days.
#[utoipa::path(post, path = "/api/v1/calendars", tag = "settings", request_body = NameInput, responses((status = 201), (status = 422)))]
pub(crate) async fn add_calendar(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let made = handlers::save_calendar(&app, &visitor, None, &fields).await?;
    Ok(created("/api/v1/calendars", made.value.0))
}

/// Renames a calendar.
#[utoipa::path(patch, path = "/api/v1/calendars/{id}", tag = "settings", params(("id" = i64, Path)), request_body = NameInput, responses((status = 204), (status = 404), (status = 422)))]
pub(crate) async fn change_calendar(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<StatusCode, AppError> {
    handlers::save_calendar(&app, &visitor, Some(id), &fields).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a calendar that nobody keeps, with its days.
#[utoipa::path(delete, path = "/api/v1/calendars/{id}", tag = "settings", params(("id" = i64, Path)), responses((status = 204), (status = 404), (status = 409, description = "somebody keeps it")))]
pub(crate) async fn remove_calendar(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
) -> Result<StatusCode, AppError> {
    handlers::remove_calendar_by_id(&app, &visitor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds holidays to a calendar.
#[utoipa::path(post, path = "/api/v1/calendars/{id}/holidays", tag = "settings", params(("id" = i64, Path)), request_body = HolidayInput, responses((status = 204), (status = 404), (status = 422)))]
pub(crate) async fn add_holidays(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<StatusCode, AppError> {
    handlers::add_days(&app, &visitor, id, &fields).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes the holiday on a day.
#[utoipa::path(delete, path = "/api/v1/calendars/{id}/holidays/{day}", tag = "settings", params(("id" = i64, Path), ("day" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn remove_holiday(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, day)): Path<(CalendarId, Day)>,
) -> Result<StatusCode, AppError> {
    handlers::remove_day(&app, &visitor, id, day).await?;
    Ok(StatusCode::NO_CONTENT)
}

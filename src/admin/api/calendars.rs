//! Public holidays for programs.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NameInput, created};
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::handlers;
use crate::app::App;
use crate::error::AppError;
use crate::people::{self, Holiday, HolidayRule};
use crate::units::Day;
use crate::units::ids::CalendarId;
use crate::web::{Json, Path, Query, Versioned};

/// A list of public holidays.
#[derive(Serialize, ToSchema)]
pub struct CalendarJson {
    id: i64,
    name: String,
    /// Its single days.
    holidays: Vec<HolidayJson>,
    /// The days that come again.
    rules: Vec<RuleJson>,
}

/// A holiday that comes again.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleJson {
    id: i64,
    name: String,
    /// `12-25`, `easter-2`, `mon>=05-25` (the first Monday from then on); `sat+2 sun+1` are days in place of a weekend.
    rule: String,
    /// Only from midday on.
    half: bool,
    first_year: Option<i32>,
    last_year: Option<i32>,
}

impl From<HolidayRule> for RuleJson {
    fn from(rule: HolidayRule) -> Self {
        Self {
            id: rule.id,
            name: rule.draft.name,
            rule: rule.draft.rule.to_string(),
            half: rule.draft.half,
            first_year: rule.draft.first_year,
            last_year: rule.draft.last_year,
        }
    }
}

/// One public holiday.
#[derive(Serialize, ToSchema)]
pub struct HolidayJson {
    #[schema(value_type = String)]
    day: Day,
    name: String,
    /// Only from midday on; left out where it is the whole day.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    half: bool,
}

impl From<Holiday> for HolidayJson {
    fn from(holiday: Holiday) -> Self {
        Self {
            day: holiday.day,
            name: holiday.name,
            half: holiday.half,
        }
    }
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
    /// Only from midday on.
    half: Option<bool>,
    /// In place of the three: a day and a name on each line.
    lines: Option<String>,
}

/// Every calendar with its days.
#[utoipa::path(get, path = "/api/v1/calendars", tag = "settings", responses((status = 200, body = Vec<CalendarJson>)))]
pub(crate) async fn list_calendars(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
    let all = app.db.read(people::calendars).await?;
    let all = all.into_iter().map(|calendar| CalendarJson {
        id: calendar.id.0,
        name: calendar.name,
        holidays: calendar.holidays.into_iter().map(HolidayJson::from).collect(),
        rules: calendar.rules.into_iter().map(RuleJson::from).collect(),
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

#[derive(Deserialize)]
pub(crate) struct Between {
    from: Option<Day>,
    to: Option<Day>,
}

/// The days of a calendar, single ones and those that come again: of a year from today on where nothing else is asked.
#[utoipa::path(get, path = "/api/v1/calendars/{id}/days", tag = "settings", params(("id" = i64, Path), ("from" = Option<String>, Query), ("to" = Option<String>, Query)), responses((status = 200, body = Vec<HolidayJson>), (status = 404)))]
pub(crate) async fn list_days(
    State(app): State<App>,
    Path(id): Path<CalendarId>,
    Query(asked): Query<Between>,
) -> Result<Json<Vec<HolidayJson>>, AppError> {
    let all = app.db.read(people::calendars).await?;
    let calendar = all
        .into_iter()
        .find(|one| one.id == id)
        .ok_or(AppError::NotFound)?;
    let from = asked.from.unwrap_or_else(|| app.clock.today());
    let days = calendar.days_between(from, asked.to.unwrap_or_else(|| from.plus(365)));
    Ok(Json(days.into_iter().map(HolidayJson::from).collect()))
}

/// A country's holidays, or a day that comes each year.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct RuleInput {
    /// A code of `/api/v1/countries`; then nothing else is needed.
    country: Option<String>,
    /// A day of any year, as `2026-12-24`.
    day: Option<String>,
    name: Option<String>,
    /// Only from midday on.
    half: Option<bool>,
}

/// Adds holidays that come again; those that the calendar has stay as they are.
#[utoipa::path(post, path = "/api/v1/calendars/{id}/rules", tag = "settings", params(("id" = i64, Path)), request_body = RuleInput, responses((status = 204), (status = 404), (status = 422)))]
pub(crate) async fn add_rules(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    KeyedForm(fields): KeyedForm,
) -> Result<StatusCode, AppError> {
    handlers::add_yearly(&app, &visitor, id, &fields).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a holiday that comes again.
#[utoipa::path(delete, path = "/api/v1/calendars/{id}/rules/{rule}", tag = "settings", params(("id" = i64, Path), ("rule" = i64, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn remove_rule(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, rule)): Path<(CalendarId, i64)>,
) -> Result<StatusCode, AppError> {
    handlers::remove_yearly(&app, &visitor, id, rule).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A country whose holidays are built in.
#[derive(Serialize, ToSchema)]
pub struct CountryJson {
    code: &'static str,
    name: &'static str,
}

/// The countries, and parts of them, whose holidays are built in.
#[utoipa::path(get, path = "/api/v1/countries", tag = "settings", responses((status = 200, body = Vec<CountryJson>)))]
pub(crate) async fn list_countries() -> Json<Vec<CountryJson>> {
    let all = people::countries().iter().map(|one| CountryJson {
        code: one.code,
        name: one.name,
    });
    Json(all.collect())
}

/// An iCalendar file.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IcsInput {
    /// Its content, 512 KiB at most.
    ics: String,
    /// Only tell what it would bring.
    #[serde(default)]
    dry_run: bool,
}

/// What an iCalendar file brings to a calendar.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IcsJson {
    /// Single days that are new.
    days: Vec<HolidayJson>,
    /// Days each year that are new.
    rules: Vec<RuleTextJson>,
    /// What the calendar has already.
    known: Vec<String>,
    /// Lines that were not understood; their events are left out.
    faults: Vec<LineJson>,
    /// By which it can be undone; none where nothing was brought.
    change_set: Option<i64>,
}

/// A day each year.
#[derive(Serialize, ToSchema)]
pub struct RuleTextJson {
    name: String,
    rule: String,
}

/// A line that was not understood.
#[derive(Serialize, ToSchema)]
pub struct LineJson {
    line: usize,
    text: String,
}

/// Brings the whole days of an iCalendar file into a calendar, or tells what it would bring.
#[utoipa::path(post, path = "/api/v1/calendars/{id}/ics", tag = "settings", params(("id" = i64, Path)), request_body = IcsInput, responses((status = 200, body = IcsJson), (status = 404), (status = 422)))]
pub(crate) async fn import_ics(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<CalendarId>,
    Json(input): Json<IcsInput>,
) -> Result<Json<IcsJson>, AppError> {
    let (change_set, compared) = if input.dry_run {
        let all = app.db.read(people::calendars).await?;
        let calendar = all.iter().find(|one| one.id == id).ok_or(AppError::NotFound)?;
        let compared = handlers::compared(calendar, &input.ics);
        (None, compared.map_err(|reason| AppError::field("ics", reason))?)
    } else {
        handlers::import_ics(&app, &visitor, id, &input.ics).await?
    };
    let day = |one: people::ics::IcsDay| HolidayJson {
        day: one.day,
        name: one.name,
        half: false,
    };
    let rule = |one: people::RuleDraft| RuleTextJson {
        rule: one.rule.to_string(),
        name: one.name,
    };
    let line = |one: people::ics::LineFault| LineJson {
        line: one.line,
        text: one.text,
    };
    Ok(Json(IcsJson {
        days: compared.days.into_iter().map(day).collect(),
        rules: compared.rules.into_iter().map(rule).collect(),
        known: compared.known,
        faults: compared.faults.into_iter().map(line).collect(),
        change_set: change_set.map(|id| id.0),
    }))
}

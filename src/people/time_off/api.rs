//! Leave for programs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::handlers;
use super::rules::{Decider, Status};
use super::store::{self, TimeOff};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, Person};
use crate::error::AppError;
use crate::units::ids::{PersonId, TimeOffId};
use crate::units::{Day, Minutes, Week};
use crate::web::{Json, Page, PageOf, Path, Query, Versioned};

/// Days on which somebody is away, or wants to be.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeOffJson {
    id: i64,
    /// Whose.
    person: i64,
    name: String,
    #[schema(value_type = String)]
    first: Day,
    #[schema(value_type = String)]
    last: Day,
    /// The first day begins at midday.
    from_midday: bool,
    /// The last day ends at midday.
    until_midday: bool,
    /// Only half of each day.
    half: bool,
    /// How many half working days it takes; holidays and days off are not counted.
    half_days: u32,
    /// `approved` counts; `requested`, `declined` and `withdrawn` do not, and are told only where the kind is.
    status: &'static str,
    /// `holiday` (vacation), `sick`, `family`, `training` or `other`; told to the person and to those who decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    /// Told where the kind is.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// When it was asked for, in milliseconds since 1970-01-01 UTC; told where the kind is.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_at: Option<i64>,
    /// Who answered; told where the kind is.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<String>,
    /// Why it was declined; told where the kind is.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl TimeOffJson {
    /// What the visitor may know of it; nothing where it is none of their business.
    fn of(book: &Book, decider: &Decider, row: TimeOff) -> Option<Self> {
        let person = book.plan.person(row.person)?;
        let told = decider.may_know(person);
        if !told && row.status != Status::Approved {
            return None;
        }
        let absence = row.absence;
        Some(Self {
            id: row.id.0,
            person: person.id.0,
            name: person.name.clone(),
            first: absence.first,
            last: absence.last,
            from_midday: absence.from_midday,
            until_midday: absence.until_midday,
            half: absence.half,
            half_days: book.plan.half_days_of(person, &absence, Day::MIN, Day::MAX),
            status: row.status.as_str(),
            kind: told.then(|| row.kind.as_str()),
            note: told.then_some(row.note),
            asked_at: row.asked_at.filter(|_| told),
            answered_by: row.answered_by.filter(|_| told),
            reason: Some(row.answer).filter(|answer| told && !answer.is_empty()),
        })
    }
}

/// What somebody sends to ask for leave, or to enter it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct TimeOffInput {
    /// As `2026-12-24`.
    first: String,
    /// The first day where it is not given.
    last: Option<String>,
    /// The first day begins at midday.
    from_midday: Option<bool>,
    /// The last day ends at midday.
    until_midday: Option<bool>,
    /// Half of each day; not together with the two above.
    half: Option<bool>,
    /// `holiday` where it is not given.
    kind: Option<String>,
    note: Option<String>,
}

/// The time off of a person, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/time-off", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = Vec<TimeOffJson>), (status = 404)))]
pub(crate) async fn list_time_off_of(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    book.plan.person(id).ok_or(AppError::NotFound)?;
    let decider = Decider::of(&book.plan, &visitor);
    let all = app.db.read(move |tx| store::time_off_of(tx, id)).await?;
    let all = all
        .into_iter()
        .filter_map(|row| TimeOffJson::of(&book, &decider, row));
    Versioned(all.collect::<Vec<_>>()).answer(&headers)
}

/// Adds time off that counts at once: for those who decide about it.
#[utoipa::path(post, path = "/api/v1/people/{id}/time-off", tag = "people", params(("id" = i64, Path)), request_body = TimeOffInput, responses((status = 201), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn add_time_off(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let made = handlers::enter(&app, &visitor, id, &fields).await?;
    Ok(created(
        &format!("/api/v1/people/{id}/time-off/{}", made.value),
        &made,
    ))
}

fn created(place: &str, made: &crate::db::Written<TimeOffId>) -> Response {
    let body = serde_json::json!({ "id": made.value, "changeSet": made.change_set });
    (
        StatusCode::CREATED,
        [(header::LOCATION, place.to_owned())],
        Json(body),
    )
        .into_response()
}

/// Takes time off away.
#[utoipa::path(delete, path = "/api/v1/people/{id}/time-off/{time_off}", tag = "people", params(("id" = i64, Path), ("time_off" = i64, Path)), responses((status = 204), (status = 403), (status = 404)))]
pub(crate) async fn remove_time_off(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, time_off)): Path<(PersonId, TimeOffId)>,
) -> Result<StatusCode, AppError> {
    handlers::remove(&app, &visitor, id, time_off).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    status: Option<String>,
    person: Option<PersonId>,
    from: Option<Day>,
    to: Option<Day>,
}

/// Leave by id: what is approved, and what is asked for where the visitor may know of it.
#[utoipa::path(
    get, path = "/api/v1/time-off", tag = "people",
    params(
        ("status" = Option<String>, Query, description = "requested, approved, declined or withdrawn"),
        ("person" = Option<i64>, Query),
        ("from" = Option<String>, Query, description = "leave that ends on this day or later"),
        ("to" = Option<String>, Query, description = "leave that begins on this day or earlier"),
        ("after" = Option<i64>, Query),
        ("limit" = Option<usize>, Query, description = "1 to 500; 100 where it is not given")
    ),
    responses((status = 200, body = Page<TimeOffJson>), (status = 422))
)]
pub(crate) async fn list_time_off(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<ListQuery>,
    page: PageOf,
) -> Result<Json<Page<TimeOffJson>>, AppError> {
    let book = app.book();
    let decider = Decider::of(&book.plan, &visitor);
    let status = asked.status.as_deref().map(|text| {
        Status::parse(text)
            .ok_or_else(|| AppError::field("status", "must be requested, approved, declined or withdrawn"))
    });
    let status = status.transpose()?;
    let (first, last) = (asked.from.unwrap_or(Day::MIN), asked.to.unwrap_or(Day::MAX));
    let after = TimeOffId(page.after.unwrap_or(0));
    let rows = app
        .db
        .read(move |tx| store::between(tx, first, last, after))
        .await?;
    let found = rows
        .into_iter()
        .filter(|row| status.is_none_or(|status| row.status == status))
        .filter(|row| asked.person.is_none_or(|person| row.person == person))
        .filter_map(|row| TimeOffJson::of(&book, &decider, row));
    Ok(Json(page.first(found, |item| item.id)))
}

/// Asks for leave for oneself. The plan is as before until somebody approves it.
#[utoipa::path(post, path = "/api/v1/time-off", tag = "people", request_body = TimeOffInput, responses((status = 201), (status = 422)))]
pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let made = handlers::ask(&app, &visitor, &fields).await?;
    Ok(created("/api/v1/time-off", &made))
}

/// What an answer to a request did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnsweredJson {
    status: &'static str,
    /// By which it can be undone.
    change_set: Option<i64>,
    /// The coming weeks in which more is booked than the leave leaves.
    over: Vec<OverWeekJson>,
}

/// A week in which more is booked than leave leaves.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverWeekJson {
    /// The first day of the week.
    #[schema(value_type = String)]
    week: Day,
    /// What the leave leaves.
    #[schema(value_type = f64)]
    capacity: Minutes,
    /// What is booked.
    #[schema(value_type = f64)]
    booked: Minutes,
    /// Whose hours are too much.
    rows: Vec<OverRowJson>,
}

/// The part of an assignment's hours that leave has no room for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverRowJson {
    assignment: i64,
    /// All that is booked on it in this week.
    #[schema(value_type = f64)]
    booked: Minutes,
    /// How much of it does not fit.
    #[schema(value_type = f64)]
    excess: Minutes,
}

fn over_weeks(app: &App, person: &Person, row: &TimeOff) -> Vec<OverWeekJson> {
    let book = app.book();
    let start = book.plan.organisation.week_start;
    let this_week = Week::of(app.clock.today(), start);
    let weeks = book.leave_weeks(person, &row.absence, this_week);
    let over = weeks.into_iter().filter(|week| week.excess().0 > 0);
    over.map(|week| OverWeekJson {
        week: week.week.first_day(start),
        capacity: week.capacity,
        booked: week.booked,
        rows: week
            .over
            .iter()
            .map(|row| OverRowJson {
                assignment: row.assignment.0,
                booked: row.booked,
                excess: row.excess,
            })
            .collect(),
    })
    .collect()
}

/// Approves leave: it lowers capacity at once. The answer lists the weeks in which too much is booked now.
#[utoipa::path(post, path = "/api/v1/time-off/{id}/approve", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = AnsweredJson), (status = 403), (status = 404), (status = 409, description = "it has been answered or withdrawn")))]
pub(crate) async fn approve(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
) -> Result<Json<AnsweredJson>, AppError> {
    let change_set = handlers::approve(&app, &visitor, id).await?;
    let row = app.db.read(move |tx| store::time_off_row(tx, id)).await?;
    let book = app.book();
    let over = row.and_then(|row| Some(over_weeks(&app, book.plan.person(row.person)?, &row)));
    Ok(Json(AnsweredJson {
        status: Status::Approved.as_str(),
        change_set: change_set.map(|id| id.0),
        over: over.unwrap_or_default(),
    }))
}

/// Why leave is declined.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the field, which forms and JSON share and one reader reads"
)]
pub struct DeclineInput {
    /// Told to who asked.
    reason: String,
}

/// Declines leave, with a reason.
#[utoipa::path(post, path = "/api/v1/time-off/{id}/decline", tag = "people", params(("id" = i64, Path)), request_body = DeclineInput, responses((status = 200, body = AnsweredJson), (status = 403), (status = 404), (status = 409), (status = 422)))]
pub(crate) async fn decline(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Json<AnsweredJson>, AppError> {
    let change_set = handlers::decline(&app, &visitor, id, &fields).await?;
    Ok(answered(Status::Declined, change_set))
}

/// Withdraws one's own request.
#[utoipa::path(post, path = "/api/v1/time-off/{id}/withdraw", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = AnsweredJson), (status = 404), (status = 409)))]
pub(crate) async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TimeOffId>,
) -> Result<Json<AnsweredJson>, AppError> {
    let change_set = handlers::withdraw(&app, &visitor, id).await?;
    Ok(answered(Status::Withdrawn, change_set))
}

fn answered(status: Status, change_set: Option<crate::units::ids::ChangeSetId>) -> Json<AnsweredJson> {
    Json(AnsweredJson {
        status: status.as_str(),
        change_set: change_set.map(|id| id.0),
        over: Vec::new(),
    })
}

//! The forecast for programs.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{Asked, AskedDetail, group_name};
use super::table::balance_of;
use crate::app::App;
use crate::book::{
    Balance, Book, CountsAs, DetailPart, DetailPerson, Forecast, ForecastDetail, ForecastWeek, Group,
    GroupForecast, percent,
};
use crate::cache::Question;
use crate::error::AppError;
use crate::units::{Day, Minutes, Tenths, Week};
use crate::web::{Fields, Taker, Versioned};

/// Capacity and demand of one week, in hours.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForecastWeekJson {
    /// The first day of the week.
    #[schema(value_type = String)]
    week: Day,
    #[schema(value_type = f64)]
    capacity: Minutes,
    /// Of people, on agreed projects.
    #[schema(value_type = f64)]
    confirmed: Minutes,
    /// Of people, on projects that may come.
    #[schema(value_type = f64)]
    tentative: Minutes,
    /// Of places that nobody fills yet, on agreed projects.
    #[schema(value_type = f64)]
    open_confirmed: Minutes,
    /// Of places that nobody fills yet, on projects that may come.
    #[schema(value_type = f64)]
    open_tentative: Minutes,
    /// Still in the plan for closed projects; no demand.
    #[schema(value_type = f64)]
    closed: Minutes,
    /// What is asked: with what is tentative, unless that was switched off.
    #[schema(value_type = f64)]
    demand: Minutes,
    /// What is asked beyond capacity, summed over the groups.
    #[schema(value_type = f64)]
    gap: Minutes,
    /// The same on agreed projects alone.
    #[schema(value_type = f64)]
    gap_confirmed: Minutes,
    /// Capacity that nothing is asked of, summed over the groups.
    #[schema(value_type = f64)]
    idle: Minutes,
    /// Hours of people over capacity, as a whole percentage; none where there is no capacity.
    percent: Option<u32>,
    /// The same with one decimal.
    #[schema(value_type = Option<f64>)]
    percent_exact: Option<Tenths>,
}

impl ForecastWeekJson {
    fn of(week: Day, one: &ForecastWeek, tentative: bool, balance: Balance, firm: Balance) -> Self {
        Self {
            week,
            capacity: one.capacity,
            confirmed: one.confirmed,
            tentative: one.tentative,
            open_confirmed: one.open_confirmed,
            open_tentative: one.open_tentative,
            closed: one.closed,
            demand: one.demand(tentative),
            gap: balance.gap,
            gap_confirmed: firm.gap,
            idle: balance.idle,
            percent: percent(one.booked(), one.capacity),
            percent_exact: one.utilisation(),
        }
    }

    fn of_one(week: Day, one: &ForecastWeek, tentative: bool) -> Self {
        let alone = |tentative| crate::book::balance([one], tentative);
        Self::of(week, one, tentative, alone(tentative), alone(false))
    }
}

/// One department or role over the weeks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForecastGroupJson {
    /// Of the department or role; none for people without one, and where the forecast is not cut.
    id: Option<i64>,
    name: String,
    people: usize,
    #[schema(value_type = f64)]
    gap: Minutes,
    #[schema(value_type = f64)]
    idle: Minutes,
    weeks: Vec<ForecastWeekJson>,
}

/// Capacity against demand.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForecastJson {
    revision: i64,
    /// `none`, `department` or `role`.
    by: &'static str,
    /// Whether what is tentative counts as demand.
    with_tentative: bool,
    #[schema(value_type = f64)]
    capacity: Minutes,
    /// What people are booked for.
    #[schema(value_type = f64)]
    booked: Minutes,
    /// What places ask for that nobody fills yet.
    #[schema(value_type = f64)]
    open: Minutes,
    /// Summed over groups and weeks: none makes up for another.
    #[schema(value_type = f64)]
    gap: Minutes,
    #[schema(value_type = f64)]
    gap_confirmed: Minutes,
    #[schema(value_type = f64)]
    idle: Minutes,
    /// Booked of capacity as a whole percentage; none where there is no capacity.
    percent: Option<u32>,
    /// The same with one decimal.
    #[schema(value_type = Option<f64>)]
    percent_exact: Option<Tenths>,
    /// The first day of the first week with a gap.
    #[schema(value_type = Option<String>)]
    first_short: Option<Day>,
    weeks: Vec<ForecastWeekJson>,
    groups: Vec<ForecastGroupJson>,
}

impl ForecastJson {
    fn of(book: &Book, asked: &Asked, view: &Forecast) -> Self {
        let start = book.plan.organisation.week_start;
        let tentative = asked.tentative;
        let days = || view.from.span(u16::MAX).map(|week: Week| week.first_day(start));
        let sum = view.total();
        let (gap, idle) = balance_of(view, tentative);
        let balances = view.balances(tentative).into_iter().zip(view.balances(false));
        Self {
            revision: book.revision_of(asked.outlook.department),
            by: asked.outlook.grouping.as_str(),
            with_tentative: tentative,
            capacity: sum.capacity,
            booked: sum.booked(),
            open: sum.open(),
            gap,
            gap_confirmed: balance_of(view, false).0,
            idle,
            percent: percent(sum.booked(), sum.capacity),
            percent_exact: sum.utilisation(),
            first_short: view.first_short(tentative).map(|week| week.first_day(start)),
            weeks: days()
                .zip(&view.weeks)
                .zip(balances)
                .map(|((day, one), (balance, firm))| ForecastWeekJson::of(day, one, tentative, balance, firm))
                .collect(),
            groups: view
                .groups
                .iter()
                .map(|line| group(book, line, tentative, days()))
                .collect(),
        }
    }
}

fn group(
    book: &Book,
    line: &GroupForecast,
    tentative: bool,
    days: impl Iterator<Item = Day>,
) -> ForecastGroupJson {
    let sum = crate::book::balance(&line.weeks, tentative);
    let weeks = days.zip(&line.weeks);
    ForecastGroupJson {
        id: group_id(line.group),
        name: group_name(book, line.group),
        people: line.people,
        gap: sum.gap,
        idle: sum.idle,
        weeks: weeks
            .map(|(day, one)| ForecastWeekJson::of_one(day, one, tentative))
            .collect(),
    }
}

fn group_id(group: Group) -> Option<i64> {
    match group {
        Group::Whole => None,
        Group::Department(id) => id.map(|id| id.0),
        Group::Role(id) => id.map(|id| id.0),
    }
}

/// Capacity against demand, week by week, as a whole and by department or role.
#[utoipa::path(
    get, path = "/api/v1/forecast", tag = "plan",
    params(
        ("from" = Option<String>, Query, description = "a day of the first week; today where it is not given"),
        ("weeks" = Option<u16>, Query, description = "1 to 104; 12 where it is not given"),
        ("by" = Option<String>, Query, description = "none, department or role"),
        ("department" = Option<i64>, Query, description = "with all below it"),
        ("role" = Option<i64>, Query),
        ("tentative" = Option<u8>, Query, description = "0 counts confirmed work only")
    ),
    responses((status = 200, body = ForecastJson), (status = 304), (status = 422))
)]
pub(crate) async fn show_forecast(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let asked = Asked::read(&Fields::from_query(query.as_deref()), &book, app.clock.today())
        .map_err(AppError::Invalid)?;
    let question = Question {
        asked: format!("forecast json|{asked:?}"),
        revision: book.revision_of(asked.outlook.department),
    };
    let make = || ForecastJson::of(&book, &asked, &book.forecast(asked.outlook));
    app.answers.json(question, &taker, make).await
}

/// Hours on one assignment in the week.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DetailPartJson {
    assignment: i64,
    project: i64,
    project_name: String,
    /// Of an open place; none for its person's own role.
    role: Option<i64>,
    #[schema(value_type = f64)]
    hours: Minutes,
    /// `tentative`, `confirmed` or `closed`; hours on closed projects count as no demand.
    counts_as: &'static str,
}

impl DetailPartJson {
    fn of(book: &Book, part: &DetailPart<'_>) -> Self {
        let project = part.assignment.project;
        let counts_as: CountsAs = part.counts_as;
        Self {
            assignment: part.assignment.id.0,
            project: project.0,
            project_name: book
                .plan
                .project(project)
                .map(|one| one.name.clone())
                .unwrap_or_default(),
            role: part.assignment.role.map(|id| id.0),
            hours: part.minutes,
            counts_as: counts_as.as_str(),
        }
    }
}

/// One person in the week.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DetailPersonJson {
    person: i64,
    name: String,
    #[schema(value_type = f64)]
    capacity: Minutes,
    #[schema(value_type = f64)]
    booked: Minutes,
    #[schema(value_type = f64)]
    free: Minutes,
    /// Booked beyond capacity.
    #[schema(value_type = f64)]
    over: Minutes,
    parts: Vec<DetailPartJson>,
}

/// Who and what stands behind one number.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForecastDetailJson {
    revision: i64,
    name: String,
    sum: ForecastWeekJson,
    /// The fullest first.
    people: Vec<DetailPersonJson>,
    /// The places that nobody fills yet, the largest first.
    open: Vec<DetailPartJson>,
}

impl ForecastDetailJson {
    fn of(book: &Book, asked: &AskedDetail, detail: &ForecastDetail<'_>) -> Self {
        let outlook = asked.asked.outlook;
        let day = outlook.from.first_day(book.plan.organisation.week_start);
        let person = |one: &DetailPerson<'_>| DetailPersonJson {
            person: one.person.id.0,
            name: one.person.name.clone(),
            capacity: one.capacity,
            booked: one.booked,
            free: one.capacity.less(one.booked),
            over: one.booked.less(one.capacity),
            parts: one
                .parts
                .iter()
                .map(|part| DetailPartJson::of(book, part))
                .collect(),
        };
        Self {
            revision: book.revision,
            name: group_name(book, asked.group),
            sum: ForecastWeekJson::of_one(day, &detail.sum, asked.asked.tentative),
            people: detail.people.iter().map(person).collect(),
            open: detail
                .open
                .iter()
                .map(|part| DetailPartJson::of(book, part))
                .collect(),
        }
    }
}

/// Who and what stands behind one number of the forecast.
#[utoipa::path(
    get, path = "/api/v1/forecast/detail", tag = "plan",
    params(
        ("week" = Option<String>, Query, description = "a day of the week; today where it is not given"),
        ("by" = Option<String>, Query, description = "none, department or role"),
        ("group" = Option<String>, Query, description = "the id of a department or role, or none for people without one"),
        ("department" = Option<i64>, Query, description = "with all below it"),
        ("role" = Option<i64>, Query),
        ("tentative" = Option<u8>, Query, description = "0 counts confirmed work only")
    ),
    responses((status = 200, body = ForecastDetailJson), (status = 304), (status = 422))
)]
pub(crate) async fn show_detail(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let asked = AskedDetail::read(&Fields::from_query(query.as_deref()), &book, app.clock.today())
        .map_err(AppError::Invalid)?;
    let detail = book.forecast_detail(asked.asked.outlook, asked.group);
    Versioned(ForecastDetailJson::of(&book, &asked, &detail)).answer(&headers)
}

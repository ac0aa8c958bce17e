//! Reports for programs.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{Asked, By};
use super::words;
use crate::app::App;
use crate::book::{Balances, Book, Figures, PersonBalance, Report, ReportRow, Slice, Subject, percent};
use crate::cache::Question;
use crate::error::AppError;
use crate::units::{Day, Minutes, Tenths};
use crate::web::{Fields, Taker};

/// What stands in one cell: all figures, whichever is asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiguresJson {
    /// Hours of people and open places.
    #[schema(value_type = f64)]
    planned: Minutes,
    /// Hours of people.
    #[schema(value_type = f64)]
    booked: Minutes,
    /// Hours of places that nobody fills yet.
    #[schema(value_type = f64)]
    open: Minutes,
    /// What the people can carry; 0 in rows of work, which has no capacity.
    #[schema(value_type = f64)]
    capacity: Minutes,
    /// Booked of capacity as a whole percentage; none where there is no capacity.
    percent: Option<u32>,
    /// The same with one decimal.
    #[schema(value_type = Option<f64>)]
    percent_exact: Option<Tenths>,
    /// The planned hours as a percentage of the column's, with one decimal.
    #[schema(value_type = Option<f64>)]
    share: Option<Tenths>,
}

impl FiguresJson {
    fn of(figures: &Figures, all: &Figures) -> Self {
        Self {
            planned: figures.planned(),
            booked: figures.booked,
            open: figures.open,
            capacity: figures.capacity,
            percent: percent(figures.booked, figures.capacity),
            percent_exact: figures.utilisation(),
            share: figures.share(all),
        }
    }
}

/// One column of the report.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SliceJson {
    /// `16 Nov`, `Nov 2026`, `Q4 2026` or `Total`.
    label: String,
    /// Of a week: its first day.
    #[schema(value_type = Option<String>)]
    week: Option<Day>,
    /// Of a month: `2026-11`.
    month: Option<String>,
    /// Of a quarter: `2026-Q4`.
    quarter: Option<String>,
}

impl SliceJson {
    fn of(book: &Book, slice: Slice) -> Self {
        let (mut week, mut month, mut quarter) = (None, None, None);
        match slice {
            Slice::Total => {}
            Slice::Week(own) => week = Some(own.first_day(book.plan.organisation.week_start)),
            Slice::Month(year, own) => month = Some(format!("{year}-{own:02}")),
            Slice::Quarter(year, own) => quarter = Some(format!("{year}-Q{own}")),
        }
        Self {
            label: words::slice(book, slice),
            week,
            month,
            quarter,
        }
    }
}

/// One row of the report.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportRowJson {
    /// Of the person, department, role, client, project or status; none for what has none.
    id: Option<i64>,
    name: String,
    /// One for each column.
    cells: Vec<FiguresJson>,
    total: FiguresJson,
}

impl ReportRowJson {
    fn of(book: &Book, row: &ReportRow, report: &Report) -> Self {
        let id = match &row.subject {
            Subject::Person(id) => Some(id.0),
            Subject::Project(id) => Some(id.0),
            Subject::Status(id) => Some(id.0),
            Subject::Department(id) => id.map(|id| id.0),
            Subject::Role(id) => id.map(|id| id.0),
            Subject::Client(id) => id.map(|id| id.0),
            Subject::OpenPlaces | Subject::Phase(_) => None,
        };
        let cells = row.cells.iter().zip(&report.totals);
        Self {
            id,
            name: words::subject(book, &row.subject),
            cells: cells.map(|(one, all)| FiguresJson::of(one, all)).collect(),
            total: FiguresJson::of(&row.total, &report.total),
        }
    }
}

/// Somebody who has too much or too little.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonBalanceJson {
    person: i64,
    name: String,
    #[schema(value_type = f64)]
    booked: Minutes,
    #[schema(value_type = f64)]
    capacity: Minutes,
    /// Booked of capacity over the period; none where there is no capacity.
    average_percent: Option<u32>,
    /// The same with one decimal.
    #[schema(value_type = Option<f64>)]
    average_percent_exact: Option<Tenths>,
    weeks_over: usize,
    /// Beyond capacity, summed over the weeks.
    #[schema(value_type = f64)]
    hours_over: Minutes,
    /// What they could still take, summed over the weeks.
    #[schema(value_type = f64)]
    hours_free: Minutes,
    /// The first day of the first of the fullest weeks.
    #[schema(value_type = Option<String>)]
    peak_week: Option<Day>,
    #[schema(value_type = Option<f64>)]
    peak_hours: Option<Minutes>,
    /// None where they could carry nothing in that week.
    #[schema(value_type = Option<f64>)]
    peak_percent_exact: Option<Tenths>,
}

impl PersonBalanceJson {
    fn of(book: &Book, one: &PersonBalance<'_>) -> Self {
        let start = book.plan.organisation.week_start;
        Self {
            person: one.person.id.0,
            name: one.person.name.clone(),
            booked: one.booked,
            capacity: one.capacity,
            average_percent: percent(one.booked, one.capacity),
            average_percent_exact: one.average(),
            weeks_over: one.weeks_over,
            hours_over: one.over,
            hours_free: one.free,
            peak_week: one.peak.map(|(week, _)| week.first_day(start)),
            peak_hours: one.peak.map(|(_, week)| week.booked),
            peak_percent_exact: one.peak_share(),
        }
    }
}

/// Who has too much and who too little.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BalanceJson {
    /// Below this average, in percent, somebody has too little.
    limit: u32,
    /// The most hours over first.
    over: Vec<PersonBalanceJson>,
    /// The most free hours first.
    under: Vec<PersonBalanceJson>,
}

impl BalanceJson {
    fn of(book: &Book, found: &Balances<'_>) -> Self {
        let list =
            |all: &[PersonBalance<'_>]| all.iter().map(|one| PersonBalanceJson::of(book, one)).collect();
        Self {
            limit: found.limit,
            over: list(&found.over),
            under: list(&found.under),
        }
    }
}

/// A report.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportJson {
    revision: i64,
    title: String,
    by: &'static str,
    /// The first day of the first week.
    #[schema(value_type = String)]
    from: Day,
    /// The last day of the last week.
    #[schema(value_type = String)]
    to: Day,
    weeks: u16,
    columns: Vec<SliceJson>,
    rows: Vec<ReportRowJson>,
    /// The sums of the columns.
    totals: Vec<FiguresJson>,
    /// None where `by` is `balance`.
    total: Option<FiguresJson>,
    /// Only where `by` is `balance`.
    balance: Option<BalanceJson>,
}

impl ReportJson {
    fn of(book: &Book, asked: &Asked) -> Self {
        let start = book.plan.organisation.week_start;
        let query = asked.query;
        let blank = Self {
            revision: book.revision_of(None),
            title: words::title(asked),
            by: asked.by.as_str(),
            from: query.from.first_day(start),
            to: query.from.plus(i32::from(query.weeks) - 1).last_day(start),
            weeks: query.weeks,
            columns: Vec::new(),
            rows: Vec::new(),
            totals: Vec::new(),
            total: None,
            balance: None,
        };
        if asked.by == By::Balance {
            return Self {
                balance: Some(BalanceJson::of(book, &book.balances(query))),
                ..blank
            };
        }
        let report = book.report(query);
        let rows = asked.ordered(&report);
        Self {
            columns: report
                .slices
                .iter()
                .map(|slice| SliceJson::of(book, *slice))
                .collect(),
            rows: rows
                .into_iter()
                .map(|row| ReportRowJson::of(book, row, &report))
                .collect(),
            totals: report
                .totals
                .iter()
                .map(|one| FiguresJson::of(one, one))
                .collect(),
            total: Some(FiguresJson::of(&report.total, &report.total)),
            ..blank
        }
    }
}

/// Planned hours, capacity and utilisation over a period, by whom or by what; or the people over and under.
///
/// A week counts in the month and quarter of its Thursday.
#[utoipa::path(
    get, path = "/api/v1/reports", tag = "plan",
    params(
        ("by" = Option<String>, Query, description = "person, department, role, client, project, phase, status or balance; department where it is not given"),
        ("measure" = Option<String>, Query, description = "utilisation, hours or capacity: what rows are ordered by"),
        ("period" = Option<String>, Query, description = "last-12, last-4, this-month, this-quarter, this-year, next-4, next-12 or custom"),
        ("from" = Option<String>, Query, description = "a day of the first week of a custom period"),
        ("to" = Option<String>, Query, description = "a day of its last week; 104 weeks at most"),
        ("columns" = Option<String>, Query, description = "total, week, month or quarter"),
        ("department" = Option<i64>, Query, description = "with all below it"),
        ("role" = Option<i64>, Query),
        ("client" = Option<i64>, Query),
        ("status" = Option<i64>, Query),
        ("countsAs" = Option<String>, Query, description = "tentative, confirmed or closed"),
        ("order" = Option<String>, Query, description = "value, the largest first, or name, in the plan's order")
    ),
    responses((status = 200, body = ReportJson), (status = 304), (status = 422))
)]
pub(crate) async fn show_report(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    taker: Taker,
) -> Result<Response, AppError> {
    let book = app.book();
    let asked = Asked::read(&Fields::from_query(query.as_deref()), &book, app.clock.today())
        .map_err(AppError::Invalid)?;
    let question = Question {
        asked: format!("report json|{asked:?}"),
        revision: book.revision_of(None),
    };
    app.answers
        .json(question, &taker, || ReportJson::of(&book, &asked))
        .await
}

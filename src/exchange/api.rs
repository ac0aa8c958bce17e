//! Import and export for programs.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, Request, State};
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

use super::columns::What;
use super::handlers::answer_export;
use super::import::{Count, ImportPlan};
use super::problem::Problem;
use super::read::Options;
use super::table::Progress;
use super::work::{self, NotImported, NotRead};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::{AppError, FieldError};
use crate::web::{Fields, Json, Path};

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportJson {
    /// Whether nothing was written because that was asked for.
    dry_run: bool,
    /// What the file is about: `people`, `projects` or `hours`.
    what: &'static str,
    /// How much is new, changed and as it was, by kind: `people`, `deliverables`, `hours` (weeks of an assignment).
    counts: BTreeMap<&'static str, Count>,
    /// All hours that the file states.
    hours: f64,
    /// Everything that is wrong with the file; the first thousand. Unless there is none, nothing is imported.
    problems: Vec<ProblemJson>,
    /// How many problems there are.
    problem_count: usize,
    /// What one should know about how the file was read.
    notes: Vec<String>,
    /// By which it can be undone; none where nothing changed.
    change_set: Option<i64>,
    /// The plan's revision.
    revision: i64,
}

/// What is wrong with one row.
#[derive(Serialize, ToSchema)]
pub struct ProblemJson {
    /// The file's name.
    file: String,
    /// The sheet, for a workbook.
    sheet: Option<String>,
    /// The line of the text file or the row of the sheet, from 1.
    line: u32,
    /// The head of the column, where one cell is to blame.
    column: Option<String>,
    /// Why.
    reason: String,
}

/// Imports a file: all of it in one change set, or nothing.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "exchange",
    params(
        ("what" = Option<String>, Query, description = "people, projects or hours; else the columns tell"),
        ("dryRun" = Option<bool>, Query, description = "only say what would be done"),
        ("name" = Option<String>, Query, description = "the file's name, where the body is the file itself")
    ),
    request_body(
        content_type = "multipart/form-data",
        description = "a form with the file, and what and dryRun as fields or in the address; or the file itself as the body"
    ),
    responses((status = 200, body = ImportJson), (status = 413), (status = 422, description = "the file cannot be read, or rows are refused"))
)]
pub(crate) async fn import(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Json<ImportJson>, AppError> {
    let query = Fields::from_query(query.as_deref());
    let (received, place) = work::take_in(&app, request).await?;
    let said = |name: &str| {
        let own = received.fields.text(name).trim().to_owned();
        if own.is_empty() {
            query.text(name).trim().to_owned()
        } else {
            own
        }
    };
    let what = read_what(&said("what"))?;
    let dry_run = matches!(said("dryRun").as_str(), "true" | "1" | "yes" | "on");
    let named = said("name");
    let Some((file, bytes)) = received.file else {
        return Err(AppError::field("file", "send a file"));
    };
    let name = super::file_label(if named.is_empty() { &file } else { &named });
    let options = Options {
        what,
        week_start: app.book().plan.organisation.week_start,
        ..Options::default()
    };
    let (reading, planned, turn) =
        work::read_and_compare(&app, place, name.clone(), bytes, options, Some(visitor.clone()))
            .await
            .map_err(|error| match error {
                NotRead::File(error) => AppError::field("file", error),
                NotRead::Us(error) => error,
            })?;
    if dry_run {
        return Ok(Json(told(&app, &name, &planned, None, true)));
    }
    if !planned.is_sound() {
        return Err(refused(&name, &planned));
    }
    let gesture = app.gesture(&visitor, &planned.label(&name));
    let (planned, progress) = (Arc::new(planned), Progress::default());
    let imported = work::import(
        &app,
        (visitor, gesture),
        reading,
        Arc::clone(&planned),
        progress,
        turn,
    )
    .await
    .map_err(|error| match error {
        NotImported::Refused(planned) => refused(&name, &planned),
        NotImported::Database(error) => error.into(),
    })?;
    let change_set = imported.change_set.map(|id| id.0);
    let mut answer = told(&app, &name, &planned, change_set, false);
    answer.counts = by_kind(&imported.counts);
    Ok(Json(answer))
}

/// What a file is about, where that is said.
fn read_what(text: &str) -> Result<Option<What>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let what = What::from_key(text);
    what.map(Some)
        .ok_or_else(|| AppError::field("what", "must be people, projects or hours"))
}

fn by_kind(counts: &[(super::Noun, Count)]) -> BTreeMap<&'static str, Count> {
    counts.iter().map(|(noun, count)| (noun.key(), *count)).collect()
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "JSON says hours as a decimal; sums of a file stay far below 2^53"
)]
fn told(app: &App, name: &str, planned: &ImportPlan, change_set: Option<i64>, dry_run: bool) -> ImportJson {
    let problem = |problem: &Problem| ProblemJson {
        file: name.to_owned(),
        sheet: problem.sheet.clone(),
        line: problem.line,
        column: problem.column.clone(),
        reason: problem.reason.clone(),
    };
    ImportJson {
        dry_run,
        what: planned.what.key(),
        counts: by_kind(&planned.counts),
        hours: (planned.minutes as f64 / 0.6).round() / 100.0,
        problems: planned.problems.kept().iter().map(problem).collect(),
        problem_count: planned.problems.count(),
        notes: planned.notes.clone(),
        change_set,
        revision: app.book().revision,
    }
}

/// Every refused row by file and line, as on the command line.
fn refused(name: &str, planned: &ImportPlan) -> AppError {
    let problems = planned.problems.kept().iter().map(|problem| {
        let told = problem.to_string();
        let reason = told.split_once(": ").map_or(told.as_str(), |(_, reason)| reason);
        FieldError::new(format!("{name}:{}", problem.line), reason)
    });
    AppError::Invalid(problems.collect())
}

/// A part of the plan as a file: people, projects, deliverables or hours, as .csv or .xlsx.
#[utoipa::path(
    get, path = "/api/v1/exports/{file}", tag = "exchange",
    params(
        ("file" = String, Path, example = "people.csv"),
        ("shape" = Option<String>, Query, description = "of hours: wide or long"),
        ("from" = Option<String>, Query, description = "of hours: any day of the first week; all booked weeks without it"),
        ("weeks" = Option<u16>, Query, description = "of hours: how many weeks"),
        ("separator" = Option<String>, Query, description = "of CSV: comma, semicolon or tab")
    ),
    responses((status = 200, description = "the file"), (status = 404), (status = 422))
)]
pub(crate) async fn export(
    State(app): State<App>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    answer_export(&app, &file, query.as_deref()).await
}

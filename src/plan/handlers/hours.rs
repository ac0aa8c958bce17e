//! Writing hours, cell by cell.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::back;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::Book;
use crate::db::{DbError, WriteTx, Written};
use crate::error::{AppError, FieldError};
use crate::plan::rules::{self, CellWrite, MOST_CELLS};
use crate::plan::{pages, store, warden};
use crate::ui::{FormState, refused};
use crate::units::ids::AssignmentId;
use crate::units::{Day, Minutes, WeekStart};
use crate::web::{Json, Path, done_at};

/// Cells to write: one gesture, one change set.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoursInput {
    /// At most 20,000.
    cells: Vec<CellInput>,
}

/// One cell to write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CellInput {
    /// Whose row.
    assignment: i64,
    /// Any day of the week.
    #[schema(example = "2026-11-16")]
    week: String,
    /// From 0 to 168, as a number or as people type it.
    #[schema(value_type = f64)]
    hours: serde_json::Value,
    /// What the writer saw in the cell. Without it the cell is overwritten whatever it holds.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    seen: serde_json::Value,
}

/// What a write of cells did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HoursWritten {
    /// By which it can be undone; none where nothing changed.
    pub change_set: Option<i64>,
    /// The plan's revision.
    pub revision: i64,
    /// The cells as they are now.
    pub cells: Vec<CellJson>,
    /// The cells that somebody else changed meanwhile, and that were left alone.
    pub conflicts: Vec<ConflictJson>,
}

/// One cell.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CellJson {
    /// Whose row.
    pub assignment: i64,
    /// The first day of its week.
    #[schema(value_type = String)]
    pub week: Day,
    /// What it holds.
    #[schema(value_type = f64)]
    pub hours: Minutes,
}

/// A cell that somebody else changed meanwhile.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConflictJson {
    /// Whose row.
    pub assignment: i64,
    /// The first day of its week.
    #[schema(value_type = String)]
    pub week: Day,
    /// What the writer had seen.
    #[schema(value_type = Option<f64>)]
    pub seen: Option<Minutes>,
    /// What it holds now.
    #[schema(value_type = f64)]
    pub now: Minutes,
    /// What the writer wants it to hold.
    #[schema(value_type = f64)]
    pub yours: Minutes,
    /// Who changed it.
    pub by: Option<String>,
}

/// Writes hours per cell. Cells that somebody else changed since `seen` are left alone and answered as conflicts.
#[utoipa::path(
    post, path = "/api/v1/hours", tag = "plan", request_body = HoursInput,
    responses((status = 200, body = HoursWritten), (status = 409, description = "every cell was in conflict"), (status = 422))
)]
pub(crate) async fn write_hours(
    State(app): State<App>,
    visitor: Visitor,
    Json(input): Json<HoursInput>,
) -> Result<Json<HoursWritten>, AppError> {
    let book = app.book();
    let cells = read_cells(&book, &input)?;
    refuse_others(&app, &visitor, &book, &cells).await?;
    let written = write(&app, &visitor, &book, cells).await?;
    let revision = app.book().revision;
    let (cells, conflicts) = written.value;
    if cells.is_empty() && !conflicts.is_empty() {
        let extra = serde_json::json!({ "revision": revision, "changeSet": null, "cells": [], "conflicts": conflicts });
        let detail =
            "Somebody else has changed these weeks since you saw them. Nothing was overwritten.".to_owned();
        return Err(AppError::Conflict { detail, extra });
    }
    Ok(Json(HoursWritten {
        change_set: written.change_set.map(|id| id.0),
        revision,
        cells,
        conflicts,
    }))
}

fn read_cells(book: &Book, input: &HoursInput) -> Result<Vec<CellWrite>, AppError> {
    if input.cells.len() > MOST_CELLS {
        return Err(AppError::field(
            "cells",
            format!("at most {MOST_CELLS} at a time"),
        ));
    }
    let mut errors = Vec::new();
    let mut cells = Vec::with_capacity(input.cells.len());
    for (index, cell) in input.cells.iter().enumerate() {
        match read_cell(book, cell) {
            Ok(cell) => cells.push(cell),
            Err((field, message)) if errors.len() < 100 => {
                errors.push(FieldError::new(format!("cells[{index}].{field}"), message));
            }
            Err(_) => {}
        }
    }
    if errors.is_empty() {
        Ok(cells)
    } else {
        Err(AppError::Invalid(errors))
    }
}

/// How many cells that are not theirs somebody is told of.
const TOLD: usize = 100;

/// Names the cells that are not the visitor's to write, all of them before anything is written. What the book does not
/// know yet the write decides.
async fn refuse_others(
    app: &App,
    visitor: &Visitor,
    book: &Book,
    cells: &[CellWrite],
) -> Result<(), AppError> {
    let reach = visitor.reach(&book.plan);
    let is_outside = |cell: &CellWrite| {
        let assignment = book.plan.assignment(cell.assignment);
        assignment.is_some_and(|one| !reach.hours(&book.plan, one))
    };
    let errors: Vec<FieldError> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| is_outside(cell))
        .take(TOLD)
        .map(|(index, _)| FieldError::new(format!("cells[{index}].assignment"), "is not yours to plan"))
        .collect();
    let first = cells.iter().find(|cell| is_outside(cell));
    let Some(assignment) = first.and_then(|cell| book.plan.assignment(cell.assignment)) else {
        return Ok(());
    };
    let detail = warden::why_not(app, assignment).await?;
    Err(AppError::OutOfReach { detail, errors })
}

fn read_cell(book: &Book, cell: &CellInput) -> Result<CellWrite, (&'static str, String)> {
    let assignment = AssignmentId(cell.assignment);
    if book.plan.assignment(assignment).is_none() {
        return Err(("assignment", "there is no such assignment".to_owned()));
    }
    let day: Day = cell
        .week
        .parse()
        .map_err(|error: crate::units::DayError| ("week", error.to_string()))?;
    let week = book.plan.week_of(day);
    let minutes = read_hours(&cell.hours).map_err(|message| ("hours", message))?;
    let seen = if cell.seen.is_null() {
        None
    } else {
        Some(read_hours(&cell.seen).map_err(|message| ("seen", message))?)
    };
    if minutes.0 > 0
        && let Some(reason) = rules::refused_week(&book.plan, assignment, week)
    {
        return Err(("week", reason));
    }
    Ok(CellWrite {
        assignment,
        week,
        minutes,
        seen,
    })
}

fn read_hours(value: &serde_json::Value) -> Result<Minutes, String> {
    let read = match value {
        serde_json::Value::Number(number) => {
            Minutes::from_decimal_hours(number.as_f64().unwrap_or(f64::NAN), Minutes::WEEK)
        }
        serde_json::Value::String(text) => Minutes::parse_hours(text, Minutes::WEEK),
        _ => return Err("must be a number of hours from 0 to 168".to_owned()),
    };
    read.map_err(|error| error.to_string())
}

type Outcome = (Vec<CellJson>, Vec<ConflictJson>);

async fn write(
    app: &App,
    visitor: &Visitor,
    book: &Book,
    cells: Vec<CellWrite>,
) -> Result<Written<Outcome>, AppError> {
    let label = rules::describe_cells(&book.plan, &cells);
    let start = book.plan.organisation.week_start;
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            write_cells(tx, &cells, start)
        })
        .await;
    written.map_err(not_written)
}

fn not_written(error: DbError) -> AppError {
    match error {
        // The assignment was removed between the look at the book and the write.
        DbError::Constraint(_) => AppError::field(
            "cells",
            "one of these assignments has just been removed; reload the page",
        ),
        other => other.into(),
    }
}

/// Writes those cells that hold what their writer had seen.
fn write_cells(tx: &WriteTx<'_>, cells: &[CellWrite], start: WeekStart) -> Result<Outcome, DbError> {
    let mut outcome = Outcome::default();
    for cell in cells {
        let week = cell.week.first_day(start);
        match write_cell(tx, cell)? {
            None => outcome.0.push(CellJson {
                assignment: cell.assignment.0,
                week,
                hours: cell.minutes,
            }),
            Some((now, by)) => outcome.1.push(ConflictJson {
                assignment: cell.assignment.0,
                week,
                seen: cell.seen,
                now,
                yours: cell.minutes,
                by,
            }),
        }
    }
    Ok(outcome)
}

/// Why a form was not written.
enum NotAll {
    Conflicts(Vec<ConflictJson>),
    Database(DbError),
}

impl From<DbError> for NotAll {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

/// Writes all of the cells, or none where somebody else has changed one of them: a form that is shown again has saved nothing.
async fn write_all(
    app: &App,
    visitor: &Visitor,
    book: &Book,
    cells: Vec<CellWrite>,
) -> Result<Written<()>, NotAll> {
    let label = rules::describe_cells(&book.plan, &cells);
    let start = book.plan.organisation.week_start;
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            let (_, conflicts) = write_cells(tx, &cells, start)?;
            if conflicts.is_empty() {
                Ok(())
            } else {
                Err(NotAll::Conflicts(conflicts))
            }
        })
        .await
}

/// Writes one cell, or answers what it holds and by whom, where that is neither what was seen nor what is wanted.
fn write_cell(tx: &WriteTx<'_>, cell: &CellWrite) -> Result<Option<(Minutes, Option<String>)>, DbError> {
    if let Some(seen) = cell.seen {
        let now = store::minutes(tx, cell.assignment, cell.week)?;
        if now != seen && now != cell.minutes {
            return Ok(Some((now, store::writers_of(tx, cell.assignment, cell.week)?)));
        }
    }
    store::set_minutes(tx, cell.assignment, cell.week, cell.minutes)?;
    Ok(None)
}

/// How many weeks the form without scripts shows.
const FORM_WEEKS: u16 = 26;

/// `GET /assignments/{id}/hours`: the hours of one assignment as a plain form, for browsers without scripts.
pub(crate) async fn edit_hours(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AssignmentId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let from = book.plan.week_of(app.clock.today());
    let assignment = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    let values: Vec<(String, String)> = from
        .span(FORM_WEEKS)
        .map(|week| (week.to_string(), book.hours().get(id, week)))
        .map(|(week, minutes)| {
            (
                week,
                if minutes.0 == 0 {
                    String::new()
                } else {
                    minutes.to_string()
                },
            )
        })
        .collect();
    let mut state = FormState::default();
    for (week, value) in values {
        state.values.add(format!("seen-{week}"), value.clone());
        state.values.add(format!("week-{week}"), value);
    }
    Ok(pages::hours_form(
        &visitor.frame(&app),
        &book,
        assignment,
        from,
        FORM_WEEKS,
        &state,
    ))
}

/// `POST /assignments/{id}/hours`: the same form, sent. Each changed week is one cell.
pub(crate) async fn set_hours_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AssignmentId>,
    KeyedForm(mut fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let assignment = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    let mut errors = Vec::new();
    let mut cells = Vec::new();
    for name in fields.names().filter(|name| name.starts_with("week-")) {
        let text = name.trim_start_matches("week-");
        let Ok(day) = text.parse::<Day>() else { continue };
        let seen = Minutes::parse_hours(fields.text(&format!("seen-{text}")), Minutes::WEEK).ok();
        match Minutes::parse_hours(fields.text(name), Minutes::WEEK) {
            Ok(minutes) if seen == Some(minutes) => {}
            Ok(minutes) => {
                let week = book.plan.week_of(day);
                match rules::refused_week(&book.plan, id, week).filter(|_| minutes.0 > 0) {
                    Some(reason) => errors.push(FieldError::new(name, reason)),
                    None => cells.push(CellWrite {
                        assignment: id,
                        week,
                        minutes,
                        seen,
                    }),
                }
            }
            Err(error) => errors.push(FieldError::new(name, error)),
        }
    }
    if errors.is_empty() {
        match write_all(&app, &visitor, &book, cells).await {
            Ok(written) => {
                return Ok(done_at(&back::after_assignment(&app, id, ""), written.change_set));
            }
            Err(NotAll::Conflicts(conflicts)) => {
                for conflict in conflicts {
                    let week = book.plan.week_of(conflict.week);
                    let by = conflict.by.unwrap_or_else(|| "Somebody".to_owned());
                    let told = format!(
                        "{by} has set this week to {} h meanwhile; save again to have it as you typed it",
                        conflict.now
                    );
                    errors.push(FieldError::new(format!("week-{week}"), told));
                    // They see it now.
                    fields.set(&format!("seen-{week}"), &conflict.now.to_string());
                }
            }
            Err(NotAll::Database(error)) => return Err(not_written(error)),
        }
    }
    let from = book.plan.week_of(app.clock.today());
    let state = FormState::again(fields, errors);
    Ok(refused(pages::hours_form(
        &visitor.frame(&app),
        &book,
        assignment,
        from,
        FORM_WEEKS,
        &state,
    )))
}

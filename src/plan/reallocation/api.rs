//! What follows a due date, in JSON.

use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::basis;
use super::rules::{Follow, Move, Reallocation, Skipped, reallocate, warnings};
use crate::app::App;
use crate::book::Book;
use crate::error::AppError;
use crate::plan::api::OverloadJson;
use crate::plan::handlers::find_deliverable;
use crate::plan::rules::read_due;
use crate::units::ids::{ChangeSetId, DeliverableId};
use crate::units::{Day, Minutes};
use crate::web::{Fields, Json, Path, Reader};

/// The hours that followed a due date.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReallocationJson {
    /// By how many weeks the date moved.
    delta_weeks: i32,
    /// How many assignments hold other hours than before.
    assignments_changed: usize,
    /// First days of the weeks in which a cell holds something else than before.
    #[schema(value_type = Vec<String>)]
    touched_week_keys: Vec<Day>,
    /// The sum of the hours that moved.
    #[schema(value_type = f64)]
    hours_moved: Minutes,
    /// Hours that belong to the deliverable and stayed, with the reason.
    skipped: Vec<SkippedJson>,
    /// Weeks in which somebody has more than before, and more than they can carry.
    overloads: Vec<OverloadJson>,
    /// By which date and hours can be taken back together.
    change_set: Option<i64>,
}

/// Hours that stayed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SkippedJson {
    assignment: i64,
    person: Option<i64>,
    #[schema(value_type = String)]
    week: Day,
    #[schema(value_type = f64)]
    hours: Minutes,
    /// `notEmployed`, `away`, `past` or `full`.
    reason: &'static str,
}

impl ReallocationJson {
    /// What `reallocation` did, or would do.
    pub fn of(book: &Book, reallocation: &Reallocation, change_set: Option<ChangeSetId>) -> Self {
        let start = book.plan.organisation.week_start;
        Self {
            delta_weeks: reallocation.delta,
            assignments_changed: reallocation.lines.len(),
            touched_week_keys: reallocation
                .touched_weeks()
                .into_iter()
                .map(|week| week.first_day(start))
                .collect(),
            hours_moved: reallocation.minutes(),
            skipped: reallocation
                .skipped
                .iter()
                .map(|one| skipped(book, one))
                .collect(),
            overloads: OverloadJson::all(book, &reallocation.overloads),
            change_set: change_set.map(|id| id.0),
        }
    }
}

fn skipped(book: &Book, one: &Skipped) -> SkippedJson {
    let assignment = book.plan.assignment(one.assignment);
    SkippedJson {
        assignment: one.assignment.0,
        person: assignment.and_then(|one| one.person).map(|id| id.0),
        week: one.week.first_day(book.plan.organisation.week_start),
        hours: one.minutes,
        reason: one.reason.as_str(),
    }
}

/// What would follow if a due date moved.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReallocationPreview {
    deliverable: i64,
    #[schema(value_type = String)]
    from: Day,
    #[schema(value_type = String)]
    to: Day,
    reallocation: ReallocationJson,
    /// For each assignment that changes: what its touched weeks hold before and after.
    lines: Vec<MovedHoursJson>,
    /// What is unusual about the date: outside its project.
    warnings: Vec<String>,
    /// Sent as `preview` with the change, it makes sure that what happens is what was shown here.
    preview: String,
}

/// The hours of one assignment, in the order of `touchedWeekKeys`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MovedHoursJson {
    assignment: i64,
    person: Option<i64>,
    #[schema(value_type = f64)]
    hours_moved: Minutes,
    #[schema(value_type = Vec<f64>)]
    before: Vec<Minutes>,
    #[schema(value_type = Vec<f64>)]
    after: Vec<Minutes>,
}

/// What would follow if a deliverable were due on another day. Nothing is changed.
#[utoipa::path(
    get, path = "/api/v1/deliverables/{id}/reallocation", tag = "plan",
    params(
        ("id" = i64, Path),
        ("due" = String, Query, description = "the day to which it would move, as `2026-12-08`"),
        ("window" = Option<String>, Query, description = "`leadIn` (the weeks since the deliverable before it, up to its own; where nothing is said) or `neighbours` (from the day after the one before to the day before the next)"),
        ("pastWeeks" = Option<bool>, Query, description = "whether weeks before this one move too; they stay where nothing is said")
    ),
    responses((status = 200, body = ReallocationPreview), (status = 404), (status = 422))
)]
pub(crate) async fn preview_reallocation(
    State(app): State<App>,
    Path(id): Path<DeliverableId>,
    RawQuery(query): RawQuery,
) -> Result<Json<ReallocationPreview>, AppError> {
    let fields = Fields::from_query(query.as_deref());
    let book = app.book();
    let deliverable = find_deliverable(&book, id)?;
    let mut reader = Reader::new(&fields);
    let due = read_due(&mut reader, app.clock.today());
    let follow = Follow::read(&mut reader, true);
    let (due, follow) = reader.finish((due, follow)).map_err(AppError::Invalid)?;
    if deliverable.due.is_none() {
        return Err(AppError::field(
            "due",
            "the deliverable has no date yet, so nothing leads up to it",
        ));
    }
    let moved = Move::of(deliverable, due)
        .ok_or_else(|| AppError::field("due", "choose another day than the one it is due on"))?;
    let reallocation = reallocate(
        &book,
        &[moved],
        follow.terms,
        book.plan.week_of(app.clock.today()),
    );
    let weeks = reallocation.touched_weeks();
    let lines = reallocation.lines.iter().map(|line| {
        let mut cells = line.cells.iter().peekable();
        let (before, after) = weeks
            .iter()
            .map(|week| {
                let same = || book.hours().get(line.assignment, *week);
                cells
                    .next_if(|cell| cell.week == *week)
                    .map_or_else(|| (same(), same()), |cell| (cell.before, cell.after))
            })
            .unzip();
        MovedHoursJson {
            assignment: line.assignment.0,
            person: book
                .plan
                .assignment(line.assignment)
                .and_then(|one| one.person)
                .map(|id| id.0),
            hours_moved: line.moved,
            before,
            after,
        }
    });
    Ok(Json(ReallocationPreview {
        deliverable: id.0,
        from: moved.from,
        to: moved.to,
        lines: lines.collect(),
        warnings: warnings(&book, deliverable, due),
        preview: basis(&book, &reallocation),
        reallocation: ReallocationJson::of(&book, &reallocation, None),
    }))
}

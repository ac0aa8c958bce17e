//! Taking a change set back. Redo takes the undo back.

use std::collections::HashSet;

use axum::extract::State;
use axum::response::Redirect;
use serde::Serialize;
use utoipa::ToSchema;

use super::back;
use super::hours::{CellJson, ConflictJson};
use crate::accounts::{self, KeyedForm, Visitor};
use crate::app::App;
use crate::book::Plan;
use crate::db::{self, Change, DbError, Image, RowKey, Tx, Undone, Value};
use crate::error::AppError;
use crate::people::{self, Decider, Guard, TIME_OFF};
use crate::plan::{BOOKING, may_take_back, take_back};
use crate::units::ids::ChangeSetId;
use crate::units::{Minutes, Week, WeekStart};
use crate::web::{Json, Path};

/// What an undo did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UndoneJson {
    /// The new change set, by which the undo can itself be undone; none where nothing changed.
    pub change_set: Option<i64>,
    /// The plan's revision.
    pub revision: i64,
    /// How many rows are again as they were.
    pub undone: usize,
    /// The cells among them, as they are now.
    pub cells: Vec<CellJson>,
    /// How many rows somebody else has changed since, and that were left alone.
    pub left: usize,
    /// The cells among those.
    pub conflicts: Vec<ConflictJson>,
}

/// Takes a change set back; rows that somebody else changed since are left alone.
#[utoipa::path(
    post, path = "/api/v1/change-sets/{id}/undo", tag = "plan", params(("id" = i64, Path)),
    responses((status = 200, body = UndoneJson), (status = 404), (status = 409))
)]
pub(crate) async fn undo_change_set(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ChangeSetId>,
) -> Result<Json<UndoneJson>, AppError> {
    undo(&app, &visitor, id).await.map(Json)
}

/// `POST /change-sets/{id}/undo`: the same from a form, back to the page that asked, else to the schedule.
pub(crate) async fn undo_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ChangeSetId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Redirect, AppError> {
    undo(&app, &visitor, id).await?;
    let back = fields.text("back");
    Ok(Redirect::to(&back::after_undo(&app, back)))
}

/// What somebody may take back, as far as leave is concerned.
struct Theirs<'a> {
    plan: &'a Plan,
    decider: Decider,
    guard: Option<Guard>,
}

impl<'a> Theirs<'a> {
    fn of(tx: &Tx<'_>, plan: &'a Plan, who: &Visitor) -> Result<Self, DbError> {
        Ok(Self {
            plan,
            decider: Decider::of(plan, who),
            guard: Guard::of(plan, who, accounts::addresses(tx)?),
        })
    }

    fn hold(&self, change: &Change) -> bool {
        let mut whose = change.ids("person_id").filter_map(|id| self.plan.person(id));
        (!change.is_of(&TIME_OFF) || whose.all(|person| self.decider.decides_for(person)))
            && self
                .guard
                .as_ref()
                .is_none_or(|guard| people::may_go_back(guard, change))
    }
}

/// Those of `all` that the visitor may take back: pages offer no others. Whoever manages everything is offered all of them.
///
/// # Errors
/// Where the database cannot be read.
pub async fn offered(
    app: &App,
    visitor: &Visitor,
    all: Vec<ChangeSetId>,
) -> Result<HashSet<ChangeSetId>, AppError> {
    let book = app.book();
    if !visitor.reach(&book.plan).is_limited() {
        return Ok(all.into_iter().collect());
    }
    let (who, gesture) = (visitor.clone(), app.gesture(visitor, "undo"));
    Ok(app
        .db
        .read(move |tx| {
            let theirs = Theirs::of(tx, &book.plan, &who)?;
            let mut offered = HashSet::new();
            for id in all {
                if may_take_back(tx, id, &gesture, who.access, |change| theirs.hold(change))? {
                    offered.insert(id);
                }
            }
            Ok::<_, DbError>(offered)
        })
        .await?)
}

async fn undo(app: &App, visitor: &Visitor, id: ChangeSetId) -> Result<UndoneJson, AppError> {
    let label = label(app, id).await?;
    let before = app.book();
    let who = visitor.clone();
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            let theirs = Theirs::of(tx, &before.plan, &who)?;
            take_back(tx, id, (Some(who.account), who.access), |change| {
                theirs.hold(change)
            })
        })
        .await;
    let written = written.map_err(|error| match error {
        DbError::Refused(detail) => AppError::conflict(detail),
        other => other.into(),
    })?;
    let book = app.book();
    let Undone { rows, conflicts } = written.value;
    let start = book.plan.organisation.week_start;
    let cells = rows
        .iter()
        .filter(|(entity, _)| entity.table == BOOKING.table)
        .map(|(_, key)| {
            let (assignment, week) = cell_of(*key);
            CellJson {
                assignment,
                week: week.first_day(start),
                hours: book
                    .hours()
                    .get(crate::units::ids::AssignmentId(assignment), week),
            }
        });
    if rows.is_empty() && !conflicts.is_empty() {
        let detail = "Somebody has changed all of this since, so it was left as it is.".to_owned();
        let extra =
            serde_json::json!({ "conflicts": cell_conflicts(&conflicts, start), "undone": 0, "cells": [] });
        return Err(AppError::Conflict { detail, extra });
    }
    Ok(UndoneJson {
        change_set: written.change_set.map(|id| id.0),
        revision: book.revision,
        undone: rows.len(),
        cells: cells.collect(),
        left: conflicts.len(),
        conflicts: cell_conflicts(&conflicts, start),
    })
}

/// The undo in the history's words.
async fn label(app: &App, id: ChangeSetId) -> Result<String, AppError> {
    let label = app
        .db
        .read(move |tx| db::change_set_label(tx, id))
        .await?
        .ok_or(AppError::NotFound)?;
    Ok(label.strip_prefix("undid: ").map_or_else(
        || format!("undid: {label}"),
        |first| format!("did again: {first}"),
    ))
}

fn cell_of(key: RowKey) -> (i64, Week) {
    (key.id, Week(i32::try_from(key.part).unwrap_or(i32::MAX)))
}

fn cell_conflicts(conflicts: &[db::UndoConflict], start: WeekStart) -> Vec<ConflictJson> {
    let minutes = |image: Option<&Image>| {
        let minutes = image
            .and_then(|image| image.get(&BOOKING, "minutes"))
            .and_then(Value::as_int);
        Minutes(
            minutes
                .and_then(|minutes| u32::try_from(minutes).ok())
                .unwrap_or(0),
        )
    };
    conflicts
        .iter()
        .filter(|conflict| conflict.entity.table == BOOKING.table)
        .map(|conflict| {
            let (assignment, week) = cell_of(conflict.key);
            ConflictJson {
                assignment,
                week: week.first_day(start),
                seen: Some(minutes(conflict.made.as_ref())),
                now: minutes(conflict.now.as_ref()),
                yours: minutes(conflict.before.as_ref()),
                by: None,
            }
        })
        .collect()
}

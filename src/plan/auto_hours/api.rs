//! Auto-hours for programs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{
    Applied, all, apply, change_line_of, lay_of, line_fields, line_of, remove_line_of, remove_template_of,
    save_line, save_template, template_of,
};
use super::rules::{Asked, Line, Place, Preview, Template, Verdict, place_words, seen_of, skip_words};
use super::store::{LINE, SHARE, TEMPLATE};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::Book;
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::plan::api::OverloadJson;
use crate::units::ids::{ProjectId, TemplateId, TemplateLineId};
use crate::units::{Day, Minutes};
use crate::web::{Json, Path, Reader, Versioned, if_match};

/// What one role does before deliverables of one phase.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateLineJson {
    id: i64,
    role: i64,
    /// Blank for every phase.
    phase: String,
    /// How many people in that role.
    heads: u8,
    /// Percent of a full week: that of the deliverable's week first, then of the week before it, and so on.
    #[schema(value_type = Vec<u32>)]
    percents: Vec<u8>,
}

impl From<&Line> for TemplateLineJson {
    fn from(line: &Line) -> Self {
        Self {
            id: line.id.0,
            role: line.draft.role.0,
            phase: line.draft.phase.clone(),
            heads: line.draft.heads,
            percents: line.draft.percents.clone(),
        }
    }
}

/// How the hours before deliverables usually lie.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateJson {
    id: i64,
    name: String,
    lines: Vec<TemplateLineJson>,
}

impl From<&Template> for TemplateJson {
    fn from(template: &Template) -> Self {
        Self {
            id: template.id.0,
            name: template.name.clone(),
            lines: template.lines.iter().map(TemplateLineJson::from).collect(),
        }
    }
}

/// What somebody sends to make or rename a template.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct TemplateInput {
    name: String,
}

/// What somebody sends to make or change a line.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct LineInput {
    role: i64,
    phase: Option<String>,
    /// 1 to 20; 1 where it is not given.
    heads: Option<u8>,
    /// At most 18.
    percents: Vec<u32>,
}

/// All templates with their lines, by name.
#[utoipa::path(get, path = "/api/v1/auto-hours/templates", tag = "plan", responses((status = 200, body = Vec<TemplateJson>)))]
pub(crate) async fn list_templates(State(app): State<App>) -> Result<Json<Vec<TemplateJson>>, AppError> {
    Ok(Json(all(&app).await?.iter().map(TemplateJson::from).collect()))
}

/// One template with its lines.
#[utoipa::path(get, path = "/api/v1/auto-hours/templates/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 200, body = TemplateJson), (status = 404)))]
pub(crate) async fn show_template(
    State(app): State<App>,
    Path(id): Path<TemplateId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    Versioned(TemplateJson::from(&template_of(&app, id).await?)).answer(&headers)
}

/// Adds a template without lines.
#[utoipa::path(post, path = "/api/v1/auto-hours/templates", tag = "plan", request_body = TemplateInput, responses((status = 201, body = TemplateJson), (status = 422)))]
pub(crate) async fn add_template(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let id = save_template(&app, &visitor, None, &fields, Seen::nothing())
        .await?
        .value;
    let made = TemplateJson::from(&template_of(&app, id).await?);
    let place = format!("/api/v1/auto-hours/templates/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(made)).into_response())
}

/// Renames a template.
#[utoipa::path(patch, path = "/api/v1/auto-hours/templates/{id}", tag = "plan", params(("id" = i64, Path)), request_body = TemplateInput, responses((status = 200, body = TemplateJson), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_template(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    edit::retry(|| async {
        let revision = app.book().revision;
        let current = template_of(&app, id).await?;
        if_match(&headers, &TemplateJson::from(&current))?;
        let seen = Seen::at(revision, &[(&TEMPLATE, id.0)]);
        let fields = edit::merged(&fields, [("name", current.name)]);
        save_template(&app, &visitor, Some(id), &fields, seen).await
    })
    .await?;
    Versioned(TemplateJson::from(&template_of(&app, id).await?)).answer(&HeaderMap::new())
}

/// Takes a template away with its lines. Hours stay.
#[utoipa::path(delete, path = "/api/v1/auto-hours/templates/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 200, description = "`changeSet` can be undone"), (status = 404)))]
pub(crate) async fn remove_template(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
) -> Result<Json<serde_json::Value>, AppError> {
    let change_set = remove_template_of(&app, &visitor, id).await?;
    Ok(Json(serde_json::json!({ "changeSet": change_set })))
}

/// Adds a line to a template.
#[utoipa::path(post, path = "/api/v1/auto-hours/templates/{id}/lines", tag = "plan", params(("id" = i64, Path)), request_body = LineInput, responses((status = 201, body = TemplateLineJson), (status = 404), (status = 422)))]
pub(crate) async fn add_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let line = save_line(&app, &visitor, id, &fields).await?.value;
    let (_, made) = line_of(&app, line).await?;
    Ok((StatusCode::CREATED, Json(TemplateLineJson::from(&made))).into_response())
}

/// Changes a line; fields that are not sent stay.
#[utoipa::path(patch, path = "/api/v1/auto-hours/lines/{id}", tag = "plan", params(("id" = i64, Path)), request_body = LineInput, responses((status = 200, body = TemplateLineJson), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateLineId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    edit::retry(|| async {
        let revision = app.book().revision;
        let (_, current) = line_of(&app, id).await?;
        if_match(&headers, &TemplateLineJson::from(&current))?;
        let seen = Seen::at(revision, &[(&LINE, id.0), (&SHARE, id.0)]);
        let own = line_fields(&current.draft);
        let mut merged = fields.clone();
        for name in own.names().filter(|name| !fields.has(name)) {
            for value in own.all(name) {
                merged.add(name.to_owned(), value.clone());
            }
        }
        change_line_of(&app, &visitor, id, &merged, seen).await
    })
    .await?;
    let (_, changed) = line_of(&app, id).await?;
    Versioned(TemplateLineJson::from(&changed)).answer(&HeaderMap::new())
}

/// Takes a line away.
#[utoipa::path(delete, path = "/api/v1/auto-hours/lines/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 200, description = "`changeSet` can be undone"), (status = 404)))]
pub(crate) async fn remove_line(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<TemplateLineId>,
) -> Result<Json<serde_json::Value>, AppError> {
    let change_set = remove_line_of(&app, &visitor, id).await?;
    Ok(Json(serde_json::json!({ "changeSet": change_set })))
}

/// How a template is laid on a project.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct LayInput {
    template: i64,
    /// `fill` (only cells without hours) or `replace`; `fill` where it is not given.
    mode: Option<String>,
    /// Ids; all that are not done where they are not given.
    deliverables: Option<Vec<i64>>,
    /// Whether weeks that are past may change too.
    past: Option<bool>,
    /// Cells in which people's hours may be written over, each like `12:2026-11-23`.
    overwrite: Option<Vec<String>>,
    /// Whether all of them may be.
    overwrite_all: Option<bool>,
    /// Only to apply: `seen` of the preview. Where the plan has changed since, nothing is written.
    seen: Option<Vec<String>>,
}

/// One cell of a preview.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LayCellJson {
    /// The first day of its week.
    #[schema(value_type = String)]
    week: Day,
    #[schema(value_type = f64)]
    before: Minutes,
    #[schema(value_type = f64)]
    after: Minutes,
    /// `set` (it is written), `same`, `kept` (it holds hours and only empty ones are filled), or `unticked` (somebody's
    /// hours, not named in `overwrite`).
    verdict: &'static str,
}

/// One row of a preview.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LayRowJson {
    /// None for an open place that is made.
    assignment: Option<i64>,
    /// None for an open place.
    person: Option<i64>,
    role: i64,
    name: String,
    cells: Vec<LayCellJson>,
}

/// What laying a template would do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewJson {
    revision: i64,
    /// How many cells would be written.
    cells_changed: usize,
    /// What they hold.
    #[schema(value_type = f64)]
    hours_before: Minutes,
    /// What they would hold.
    #[schema(value_type = f64)]
    hours_after: Minutes,
    /// How many open places would be made.
    places_added: usize,
    rows: Vec<LayRowJson>,
    /// Cells in which people's hours would be written over if `overwrite` names them, as `overwrite` wants them.
    overwrites: Vec<String>,
    overloads: Vec<OverloadJson>,
    /// What is left alone, and why.
    skips: Vec<String>,
    /// To be sent back as `seen` to apply exactly this.
    seen: Vec<String>,
}

impl PreviewJson {
    fn of(book: &Book, preview: &Preview<'_>) -> Self {
        let start = book.plan.organisation.week_start;
        let (hours_before, hours_after) = preview.totals();
        let overwrites = preview.overwrites().filter_map(|(row, cell)| match row.place {
            Place::Kept(id) => Some(format!("{id}:{}", cell.week.first_day(start))),
            Place::New(..) => None,
        });
        Self {
            revision: book.revision,
            cells_changed: preview.writes(),
            hours_before,
            hours_after,
            places_added: preview.added(),
            rows: preview.rows.iter().map(|row| lay_row(book, row)).collect(),
            overwrites: overwrites.collect(),
            overloads: OverloadJson::all(book, &preview.overloads),
            skips: preview
                .skips
                .iter()
                .map(|skip| skip_words(&book.plan, skip))
                .collect(),
            seen: seen_of(preview).map(|cell| cell.text()).collect(),
        }
    }
}

fn lay_row(book: &Book, row: &super::rules::PreviewRow<'_>) -> LayRowJson {
    let start = book.plan.organisation.week_start;
    let cells = row.cells.iter().map(|cell| LayCellJson {
        week: cell.week.first_day(start),
        before: cell.before,
        after: cell.after,
        verdict: match cell.verdict {
            Verdict::Set => "set",
            Verdict::Same => "same",
            Verdict::Kept => "kept",
            Verdict::Unticked => "unticked",
        },
    });
    LayRowJson {
        assignment: match row.place {
            Place::Kept(id) => Some(id.0),
            Place::New(..) => None,
        },
        person: row.person.map(|person| person.id.0),
        role: row.role.0,
        name: place_words(book, row.place),
        cells: cells.collect(),
    }
}

/// Shows what laying a template on a project would do. Nothing is written.
#[utoipa::path(post, path = "/api/v1/projects/{id}/auto-hours/preview", tag = "plan", params(("id" = i64, Path)), request_body = LayInput, responses((status = 200, body = PreviewJson), (status = 404), (status = 422)))]
pub(crate) async fn preview(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Json<PreviewJson>, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let mut reader = Reader::new(&fields);
    let asked = Asked::read(&mut reader, (&book, visitor.reach(&book.plan)), project);
    let template: Option<TemplateId> = reader.required("template", "choose one of the templates");
    reader.finish(()).map_err(AppError::Invalid)?;
    let template = template.ok_or(AppError::NotFound)?;
    let found = all(&app).await?.into_iter().find(|one| one.id == template);
    let template = found.ok_or_else(|| AppError::field("template", "choose one of the templates"))?;
    let preview = lay_of(&app, &book, project, &template, &asked.lay);
    Ok(Json(PreviewJson::of(&book, &preview)))
}

/// What laying a template did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppliedJson {
    /// By which it can be undone; none where nothing changed.
    change_set: Option<i64>,
    cells_changed: usize,
    #[schema(value_type = f64)]
    hours_before: Minutes,
    #[schema(value_type = f64)]
    hours_after: Minutes,
    places_added: usize,
}

/// Lays a template on a project exactly as its preview was seen, in one change set.
#[utoipa::path(post, path = "/api/v1/projects/{id}/auto-hours/apply", tag = "plan", params(("id" = i64, Path)), request_body = LayInput, responses((status = 200, body = AppliedJson), (status = 404), (status = 409, description = "the plan has changed since the preview; `changed` says where"), (status = 422)))]
pub(crate) async fn apply_preview(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Json<AppliedJson>, AppError> {
    let written = apply(&app, &visitor, id, &fields).await?;
    match written.value {
        Applied::Done { cells, totals, added } => Ok(Json(AppliedJson {
            change_set: written.change_set.map(|id| id.0),
            cells_changed: cells,
            hours_before: totals.0,
            hours_after: totals.1,
            places_added: added,
        })),
        Applied::Moved(changed) => Err(AppError::Conflict {
            detail:
                "The plan has changed since this preview. Nothing was written; ask for the preview again."
                    .to_owned(),
            extra: serde_json::json!({ "changed": changed }),
        }),
    }
}

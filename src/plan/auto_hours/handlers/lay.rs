//! Laying a template on a project: the preview, and the one change set that makes it so.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::super::pages;
use super::super::rules::{
    Asked, Lay, Place, Preview, SeenCell, Template, difference_words, differences, preview,
};
use super::templates::{all, rows_of, template_of};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, Project};
use crate::db::{Entity, WriteTx, Written};
use crate::edit::{self, Seen};
use crate::error::{AppError, FieldError};
use crate::plan::store as plan_store;
use crate::plan::store::{ASSIGNMENT, BOOKING, DELIVERABLE};
use crate::ui::FormState;
use crate::units::ids::{ProjectId, TemplateId};
use crate::units::{Minutes, Week};
use crate::web::{Fields, Path, Reader, done_at};

/// How many differences are told.
const TOLD: usize = 20;

fn this_week(app: &App, book: &Book) -> Week {
    book.plan.week_of(app.clock.today())
}

/// What laying `template` on `project` would do now.
pub(in crate::plan::auto_hours) fn lay_of<'a>(
    app: &App,
    book: &'a Book,
    project: &Project,
    template: &Template,
    lay: &Lay,
) -> Preview<'a> {
    preview(book, project, template, lay, this_week(app, book))
}

/// `GET /projects/{id}/auto-hours`: the templates, how they are laid, and the preview.
pub(crate) async fn show_lay(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let fields = Fields::from_query(query.as_deref());
    show(&app, &visitor, id, &fields, Vec::new(), StatusCode::OK).await
}

async fn show(
    app: &App,
    visitor: &Visitor,
    id: ProjectId,
    fields: &Fields,
    told: Vec<FieldError>,
    status: StatusCode,
) -> Result<Response, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let templates = all(app).await?;
    let mut reader = Reader::new(fields);
    let asked = Asked::read(&mut reader, (&book, visitor.reach(&book.plan)), project);
    let chosen = match asked.template {
        None => templates.first(),
        Some(id) => templates.iter().find(|one| one.id == id),
    };
    if asked.template.is_some() && chosen.is_none() {
        reader.fault("template", "choose one of the templates");
    }
    let mut errors = reader.finish(()).err().unwrap_or_default();
    let status = if errors.is_empty() {
        status
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    errors.extend(told);
    let found = chosen.map(|template| (template, lay_of(app, &book, project, template, &asked.lay)));
    let view = pages::LayView {
        book: &book,
        project,
        templates: &templates,
        lay: &asked.lay,
        found,
        state: FormState::again(fields.clone(), errors),
    };
    let page = pages::lay_page(&visitor.frame(app), &view);
    Ok((status, page).into_response())
}

/// `POST /projects/{id}/auto-hours`: lays what was seen, or shows it once more (`check`).
pub(crate) async fn lay_by_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    if fields.has("check") {
        return show(&app, &visitor, id, &fields, Vec::new(), StatusCode::OK).await;
    }
    match apply(&app, &visitor, id, &fields).await {
        Ok(Written {
            value: Applied::Done { .. },
            change_set,
        }) => Ok(done_at(&format!("/projects/{id}"), change_set)),
        Ok(Written {
            value: Applied::Moved(moved),
            ..
        }) => {
            let told = moved
                .iter()
                .map(|text| FieldError::new("preview", text))
                .collect();
            show(&app, &visitor, id, &fields, told, StatusCode::CONFLICT).await
        }
        Err(AppError::Invalid(errors)) => {
            show(
                &app,
                &visitor,
                id,
                &fields,
                errors,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Err(error) => Err(error),
    }
}

/// What became of laying a template.
pub(in crate::plan::auto_hours) enum Applied {
    /// It is done.
    Done {
        /// How many cells were written.
        cells: usize,
        /// What they held, and what they hold now.
        totals: (Minutes, Minutes),
        /// How many open places were made.
        added: usize,
    },
    /// It would no longer do what was seen; what is different, in words.
    Moved(Vec<String>),
}

/// Lays a template as it was seen, or not at all.
pub(in crate::plan::auto_hours) async fn apply(
    app: &App,
    visitor: &Visitor,
    id: ProjectId,
    fields: &Fields,
) -> Result<Written<Applied>, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let mut reader = Reader::new(fields);
    let asked = Asked::read(&mut reader, (&book, visitor.reach(&book.plan)), project);
    let template: Option<TemplateId> = reader.required("template", "choose one of the templates");
    if asked.seen.is_none() {
        reader.fault(
            "seen",
            "ask for the preview first, and send what it answers as `seen`",
        );
    }
    reader.finish(()).map_err(AppError::Invalid)?;
    let (Some(template), Some(seen)) = (template, asked.seen) else {
        return Err(AppError::NotFound);
    };
    edit::retry(|| attempt(app, visitor, id, (template, &asked.lay), &seen)).await
}

/// Compares what was seen with the newest plan, and writes in view of exactly that.
async fn attempt(
    app: &App,
    visitor: &Visitor,
    id: ProjectId,
    (template, lay): (TemplateId, &Lay),
    seen: &[SeenCell],
) -> Result<Written<Applied>, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let template = match template_of(app, template).await {
        Err(AppError::NotFound) => {
            return Err(AppError::field(
                "template",
                "is no longer there; choose another one",
            ));
        }
        found => found?,
    };
    let preview = lay_of(app, &book, project, &template, lay);
    let mut moved: Vec<String> = differences(seen, &preview)
        .iter()
        .map(|one| difference_words(&book, one))
        .collect();
    if !moved.is_empty() {
        let more = moved.len().saturating_sub(TOLD);
        moved.truncate(TOLD);
        moved.extend((more > 0).then(|| format!("and {more} more cells")));
        return Ok(Written {
            value: Applied::Moved(moved),
            change_set: None,
        });
    }
    let rows = Seen::at(book.revision, &rows_seen(&book, id, &template));
    let (before, after) = preview.totals();
    let label = format!(
        "laid auto-hours “{}” on {}: {} cells, {before} h to {after} h",
        template.name,
        project.name,
        preview.writes()
    );
    let writes = writes(&preview);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            rows.check(tx)?;
            lay_down(tx, id, &writes)
        })
        .await?;
    Ok(Written {
        value: Applied::Done {
            cells: preview.writes(),
            totals: (before, after),
            added: preview.added(),
        },
        change_set: written.change_set,
    })
}

/// Everything that the preview was made from: the template, the project's rows with their hours, and its dates.
fn rows_seen(book: &Book, project: ProjectId, template: &Template) -> Vec<(&'static Entity, i64)> {
    let mut rows = rows_of(template);
    for assignment in book.plan.assignments_of_project(project) {
        rows.extend([(&ASSIGNMENT, assignment.id.0), (&BOOKING, assignment.id.0)]);
    }
    rows.extend(
        book.plan
            .deliverables_of(project)
            .map(|one| (&DELIVERABLE, one.id.0)),
    );
    rows
}

type Row = (Place, Vec<(Week, Minutes)>);

fn writes(preview: &Preview<'_>) -> Vec<Row> {
    let rows = preview.rows.iter().map(|row| {
        let cells = row.writes().map(|cell| (cell.week, cell.after)).collect();
        (row.place, cells)
    });
    rows.filter(|(_, cells): &Row| !cells.is_empty()).collect()
}

fn lay_down(tx: &WriteTx<'_>, project: ProjectId, rows: &[Row]) -> Result<(), AppError> {
    for (place, cells) in rows {
        let assignment = match place {
            Place::Kept(id) => *id,
            Place::New(role, _) => plan_store::add_assignment(tx, project, None, Some(*role), "")?,
        };
        let cells = cells.iter().map(|(week, minutes)| (assignment, *week, *minutes));
        plan_store::set_cells(tx, cells)?;
    }
    Ok(())
}

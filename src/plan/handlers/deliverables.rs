//! Deliverables: add, change, reorder, done.

use axum::extract::State;
use axum::response::Response;

use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, Deliverable, Project};
use crate::db::{WriteTx, Written};
use crate::edit::{self, Seen};
use crate::error::{AppError, FieldError};
use crate::plan::reallocation::handlers as reallocation;
use crate::plan::rules::{outside_words, read_deliverable, read_due};
use crate::plan::{pages, store, warden};
use crate::ui::{FormState, Frame, or_again, refused};
use crate::units::ids::{ChangeSetId, DeliverableId, ProjectId};
use crate::web::{Fields, Path, Query, Reader, done_at};

#[derive(serde::Deserialize)]
pub(crate) struct OfProject {
    project: ProjectId,
}

/// `GET /deliverables/new?project=`: the form.
pub(crate) async fn new_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Query(OfProject { project }): Query<OfProject>,
) -> Result<Response, AppError> {
    let book = app.book();
    let project = book.plan.project(project).ok_or(AppError::NotFound)?;
    warden::project(&app, &visitor, project).await?;
    Ok(pages::deliverable_form(
        &visitor.frame(&app),
        project,
        None,
        &FormState::default(),
    ))
}

/// `POST /deliverables`: adds one at the end of its project's list.
pub(crate) async fn add_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let project = fields.text("project").parse().unwrap_or(ProjectId(0));
    match or_again(add(&app, &visitor, project, &fields).await, fields)? {
        Ok(written) => Ok(done_at(&format!("/projects/{project}"), written.change_set)),
        Err(state) => {
            let book = app.book();
            let project = book.plan.project(project).ok_or(AppError::NotFound)?;
            Ok(refused(pages::deliverable_form(
                &visitor.frame(&app),
                project,
                None,
                &state,
            )))
        }
    }
}

pub(in crate::plan) async fn add(
    app: &App,
    visitor: &Visitor,
    project: ProjectId,
    fields: &Fields,
) -> Result<Written<DeliverableId>, AppError> {
    let book = app.book();
    let name = book.plan.project(project).ok_or(AppError::NotFound)?.name.clone();
    let mut reader = Reader::new(fields);
    let mut draft = read_deliverable(&mut reader);
    if draft.due.is_some() {
        draft.due = read_due(&mut reader, app.clock.today());
    }
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let outside = outside_words(book.plan.project(project), draft.due);
    let label = format!("added {} to {name}{outside}", draft.name);
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            Ok::<_, AppError>(store::add_deliverable(tx, project, &draft)?)
        })
        .await
}

/// `GET /deliverables/{id}/edit`: the form.
pub(crate) async fn edit_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let deliverable = find(&book, id)?;
    let project = book.plan.project(deliverable.project).ok_or(AppError::NotFound)?;
    let notes = app
        .db
        .read(move |tx| store::deliverable_notes(tx, id))
        .await?
        .unwrap_or_default();
    let state = FormState::with(&own_fields(deliverable, notes));
    Ok(pages::deliverable_form(
        &visitor.frame(&app),
        project,
        Some(id),
        &state,
    ))
}

/// What a form and a partial change begin with: a deliverable's fields as texts.
pub(in crate::plan) fn own_fields(deliverable: &Deliverable, notes: String) -> [(&'static str, String); 6] {
    let percent = deliverable.percent.map(|percent| percent.to_string());
    [
        ("name", deliverable.name.clone()),
        ("percent", percent.unwrap_or_default()),
        ("phase", deliverable.phase.clone()),
        (
            "due",
            deliverable.due.map(|day| day.to_string()).unwrap_or_default(),
        ),
        ("done", deliverable.done.to_string()),
        ("notes", notes),
    ]
}

pub(in crate::plan) fn find(book: &Book, id: DeliverableId) -> Result<&Deliverable, AppError> {
    book.plan
        .deliverables
        .iter()
        .find(|deliverable| deliverable.id == id)
        .ok_or(AppError::NotFound)
}

/// `POST /deliverables/{id}`: changes it. A date that takes hours with it is asked about first.
pub(crate) async fn change_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let before = find(&book, id)?;
    if reallocation::moves_hours(&app, &book, before, &fields) {
        let mut fields = fields;
        fields.set("moveHours", "true");
        return reallocation::preview(&app, &visitor, id, &fields, &[]);
    }
    let project = before.project;
    let change = || async {
        reallocation::change_from(&app, &visitor, &app.book(), id, &fields, Seen::nothing()).await
    };
    match edit::retry(change).await {
        Ok(written) => Ok(done_at(&format!("/projects/{project}"), written.change_set)),
        Err(AppError::Invalid(errors)) => {
            let project = book.plan.project(project).ok_or(AppError::NotFound)?;
            Ok(refused_form(&visitor.frame(&app), project, id, fields, errors))
        }
        Err(error) => Err(error),
    }
}

/// The form of a deliverable again as it was filled in, with what is wrong.
pub(in crate::plan) fn refused_form(
    frame: &Frame,
    project: &Project,
    id: DeliverableId,
    fields: Fields,
    errors: Vec<FieldError>,
) -> Response {
    let state = FormState::again(fields, errors);
    refused(pages::deliverable_form(frame, project, Some(id), &state))
}

/// `POST /deliverables/{id}/remove`: takes it away.
pub(crate) async fn remove_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let (project, change_set) = remove(&app, &visitor, id).await?;
    Ok(done_at(&format!("/projects/{project}"), change_set))
}

/// Takes a deliverable away; answers whose it was, and by what it comes back.
pub(in crate::plan) async fn remove(
    app: &App,
    visitor: &Visitor,
    id: DeliverableId,
) -> Result<(ProjectId, Option<ChangeSetId>), AppError> {
    let book = app.book();
    let deliverable = find(&book, id)?;
    let label = format!("removed {}", deliverable.name);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::remove_deliverable(tx, id)
        })
        .await?;
    Ok((deliverable.project, edit::found(&written)?))
}

/// `POST /projects/{id}/deliverables/order`: the ids in their new order, as `order=3,1,2`, or one of them with `move=up|down`.
pub(crate) async fn order_deliverables(
    State(app): State<App>,
    visitor: Visitor,
    Path(project): Path<ProjectId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let name = book.plan.project(project).ok_or(AppError::NotFound)?.name.clone();
    let mut ids: Vec<DeliverableId> = book
        .plan
        .deliverables_of(project)
        .map(|deliverable| deliverable.id)
        .collect();
    if fields.has("order") {
        ids = fields
            .text("order")
            .split(',')
            .filter_map(|id| id.trim().parse().ok())
            .collect();
    } else if let Some(place) = ids
        .iter()
        .position(|id| fields.text("deliverable").parse() == Ok(*id))
    {
        let other = if fields.text("move") == "up" {
            place.checked_sub(1)
        } else {
            Some(place + 1)
        };
        if let Some(other) = other.filter(|other| *other < ids.len()) {
            ids.swap(place, other);
        }
    }
    let change_set = order(&app, &visitor, project, &name, ids).await?;
    Ok(done_at(&format!("/projects/{project}"), change_set))
}

/// Puts the deliverables of a project into the order of `ids`.
pub(in crate::plan) async fn order(
    app: &App,
    visitor: &Visitor,
    project: ProjectId,
    name: &str,
    ids: Vec<DeliverableId>,
) -> Result<Option<ChangeSetId>, AppError> {
    let label = format!("reordered the deliverables of {name}");
    let work = move |tx: &WriteTx<'_>| store::order_deliverables(tx, project, &ids);
    Ok(app.db.write(app.gesture(visitor, &label), work).await?.change_set)
}

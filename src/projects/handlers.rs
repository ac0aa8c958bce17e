//! What is asked of projects: the list, one project, and its form.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use super::rules::{ProjectDraft, closing_status, describe_change};
use super::rules_list::ProjectList;
use super::{pages, store};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::Project;
use crate::db::Written;
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::files::files_of_project;
use crate::people::Done;
use crate::ui::{FormState, or_again, refused};
use crate::units::Colour;
use crate::units::ids::{ChangeSetId, ProjectId};
use crate::web::{Fields, Path, Query, Reader, done_at};

/// `GET /projects`: the list. Everything about it stands in the address.
pub(crate) async fn list_projects(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    let list = ProjectList::read(&Fields::from_query(query.as_deref()));
    Ok(pages::projects(&frame, &app.book(), &list, app.clock.today()).into_response())
}

/// `GET /projects/{id}`: one project.
pub(crate) async fn show_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let frame = done.frame(&app, &visitor).await?;
    let (notes, files, history) = app
        .db
        .read(move |tx| {
            Ok::<_, AppError>((
                store::project_notes(tx, id)?.unwrap_or_default(),
                files_of_project(tx, id)?,
                store::project_history(tx, id)?,
            ))
        })
        .await?;
    let offered = app.offered_undos(&visitor, &history).await?;
    let reach = visitor.reach(&book.plan);
    let frame = frame.editing(reach.project(project));
    let view = pages::ProjectView::new(&book, project, &reach, app.clock.today());
    Ok(pages::project(&frame, &view, &notes, &files, (&history, &offered), &app.clock).into_response())
}

/// `GET /projects/new`: the form.
pub(crate) async fn new_project(State(app): State<App>, visitor: Visitor) -> Response {
    let book = app.book();
    let count = i64::try_from(book.plan.projects.len()).unwrap_or(0);
    let status = book
        .plan
        .statuses
        .iter()
        .find(|one| one.counts_as == crate::book::CountsAs::Confirmed);
    let state = FormState::with(&[
        ("colour", Colour::nth(count).to_string()),
        ("status", status.map(|one| one.id.to_string()).unwrap_or_default()),
    ]);
    pages::project_form(
        &visitor.frame(&app),
        (&book, &visitor.reach(&book.plan)),
        None,
        &state,
    )
}

/// `POST /projects`: adds one.
pub(crate) async fn add_project(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(add(&app, &visitor, &fields).await, fields)? {
        Ok(written) => Ok(done_at(
            &format!("/projects/{}", written.value),
            written.change_set,
        )),
        Err(state) => {
            let book = app.book();
            Ok(refused(pages::project_form(
                &visitor.frame(&app),
                (&book, &visitor.reach(&book.plan)),
                None,
                &state,
            )))
        }
    }
}

/// Adds a project from the fields of a form or of JSON.
pub(super) async fn add(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Written<ProjectId>, AppError> {
    let book = app.book();
    let mut reader = Reader::new(fields);
    let read = ProjectDraft::read(&mut reader, &book.plan);
    if !visitor.reach(&book.plan).covers(read.0.department) {
        reader.fault("department", "choose one of the departments that you manage");
    }
    let (draft, client) = reader.finish(read).map_err(AppError::Invalid)?;
    let label = format!("added the project {}", draft.name);
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            let mut draft = draft.clone();
            if store::code_is_taken(tx, &draft.code, None)? {
                return Err(code_taken());
            }
            draft.client = store::find_or_add_client(tx, &client)?;
            Ok::<_, AppError>(store::add_project(tx, &draft)?)
        })
        .await
}

fn code_taken() -> AppError {
    AppError::field("code", "belongs to another project already; choose another one")
}

/// `GET /projects/{id}/edit`: the form.
pub(crate) async fn edit_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let state = FormState {
        values: fields_of(&app, project).await?,
        errors: Vec::new(),
    };
    Ok(pages::project_form(
        &visitor.frame(&app),
        (&book, &visitor.reach(&book.plan)),
        Some(project),
        &state,
    ))
}

/// A project as its own fields: what a form shows, and what stands for the fields that a program does not send.
pub(super) async fn fields_of(app: &App, project: &Project) -> Result<Fields, AppError> {
    let book = app.book();
    let id = project.id;
    let notes = app.db.read(move |tx| store::project_notes(tx, id)).await?;
    let mut fields = Fields::default();
    let text = |value: Option<String>| value.unwrap_or_default();
    for (name, value) in [
        ("name", project.name.clone()),
        ("code", project.code.clone()),
        ("client", book.plan.client_name(project.client).to_owned()),
        ("status", project.status.to_string()),
        ("department", text(project.department.map(|id| id.to_string()))),
        ("colour", project.colour.to_string()),
        ("start", text(project.start.map(|day| day.to_string()))),
        ("end", text(project.end.map(|day| day.to_string()))),
        ("budget", text(project.budget.map(|hours| hours.to_string()))),
        ("notes", text(notes)),
    ] {
        fields.add(name.to_owned(), value);
    }
    Ok(fields)
}

/// `POST /projects/{id}`: changes it.
pub(crate) async fn change_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(change(&app, &visitor, id, &fields, Seen::nothing()).await, fields)? {
        Ok(change_set) => Ok(done_at(&format!("/projects/{id}"), change_set)),
        Err(state) => {
            let book = app.book();
            let project = book.plan.project(id).ok_or(AppError::NotFound)?;
            Ok(refused(pages::project_form(
                &visitor.frame(&app),
                (&book, &visitor.reach(&book.plan)),
                Some(project),
                &state,
            )))
        }
    }
}

/// Changes a project from the fields of a form or of JSON.
pub(super) async fn change(
    app: &App,
    visitor: &Visitor,
    id: ProjectId,
    fields: &Fields,
    seen: Seen,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let before = book.plan.project(id).ok_or(AppError::NotFound)?;
    let mut reader = Reader::new(fields);
    let read = ProjectDraft::read(&mut reader, &book.plan);
    if !visitor.reach(&book.plan).covers(read.0.department) {
        reader.fault("department", "choose one of the departments that you manage");
    }
    let (draft, client) = reader.finish(read).map_err(AppError::Invalid)?;
    let label = describe_change(&book.plan, before, &draft, &client);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            let mut draft = draft.clone();
            if store::code_is_taken(tx, &draft.code, Some(id))? {
                return Err(code_taken());
            }
            draft.client = store::find_or_add_client(tx, &client)?;
            Ok(store::change_project(tx, id, &draft)?)
        })
        .await?;
    edit::found(&written)
}

/// `POST /projects/{id}/close`: gives it the first status that counts as closed. Its hours stay.
pub(crate) async fn close_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let status = closing_status(&book.plan).ok_or_else(|| {
        AppError::field(
            "status",
            "no status counts as closed; add one in the settings first",
        )
    })?;
    let label = format!("closed {} as {}", project.name, status.label);
    let status = status.id;
    let written = app
        .db
        .write(app.gesture(&visitor, &label), move |tx| {
            store::set_status(tx, id, status)
        })
        .await?;
    Ok(done_at(&format!("/projects/{id}"), written.change_set))
}

//! What of a project touches the plan: taking it away with its hours, and marking what it hands over.

use axum::extract::State;
use axum::response::Response;

use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::db::RowKey;
use crate::edit;
use crate::error::AppError;
use crate::plan::{DELIVERABLE, store};
use crate::units::Minutes;
use crate::units::ids::{ChangeSetId, DeliverableId, ProjectId};
use crate::web::{Json, Path, done_at};

/// `POST /projects/{id}/remove`: takes it away with its deliverables, assignments and hours; undo brings all back.
pub(crate) async fn remove_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    Ok(done_at("/projects", remove(&app, &visitor, id).await?))
}

/// Takes a project away with its deliverables, assignments and hours.
#[utoipa::path(delete, path = "/api/v1/projects/{id}", tag = "projects", params(("id" = i64, Path)), responses((status = 200, description = "`changeSet` can be undone"), (status = 404)))]
pub(crate) async fn delete_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
) -> Result<Json<serde_json::Value>, AppError> {
    let change_set = remove(&app, &visitor, id).await?;
    Ok(Json(
        serde_json::json!({ "changeSet": change_set.map(|id| id.0) }),
    ))
}

async fn remove(app: &App, visitor: &Visitor, id: ProjectId) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let project = book.plan.project(id).ok_or(AppError::NotFound)?;
    let label = match book.project_total(id) {
        Minutes(0) => format!("removed the project {}", project.name),
        hours => format!("removed the project {} with {hours} h", project.name),
    };
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::remove_project(tx, id)
        })
        .await?;
    edit::found(&written)
}

/// `POST /deliverables/{id}/done`: marks it as done, or with `done=false` as not done, and touches nothing else of it.
pub(crate) async fn mark_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let deliverable = book.plan.deliverables.iter().find(|one| one.id == id);
    let deliverable = deliverable.ok_or(AppError::NotFound)?;
    let done = fields.text("done") != "false";
    let label = format!(
        "marked {} as {}",
        deliverable.name,
        if done { "done" } else { "not done" }
    );
    let written = app
        .db
        .write(app.gesture(&visitor, &label), move |tx| {
            tx.update(&DELIVERABLE, RowKey::id(id.0), &[("done", done.into())])
        })
        .await?;
    Ok(done_at(
        &format!("/projects/{}", deliverable.project),
        edit::found(&written)?,
    ))
}

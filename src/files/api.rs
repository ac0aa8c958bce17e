//! Files for programs.

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::link::{LIVES, Link};
use super::rules::Owner;
use super::store::{self, Attachment};
use super::{handlers, receive, serve};
use crate::accounts::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::units::ids::{DeliverableId, FileId, PersonId, ProjectId};
use crate::web::{Json, Path, Query};

/// A file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileJson {
    id: i64,
    name: String,
    /// In bytes.
    size: u64,
    /// What the content says it is.
    media_type: String,
    /// The hash of the content, in hex.
    sha256: String,
    /// The project that it stands with; none for a person's, and for a deliverable's.
    project: Option<i64>,
    deliverable: Option<i64>,
    person: Option<i64>,
    /// In milliseconds since 1970.
    added_at: i64,
    added_by: String,
    /// Where its bytes are.
    path: String,
}

impl From<Attachment> for FileJson {
    fn from(one: Attachment) -> Self {
        let (project, deliverable, person) = match one.owner {
            Owner::Project(id) => (Some(id.0), None, None),
            Owner::Deliverable(id) => (None, Some(id.0), None),
            Owner::Person(id) => (None, None, Some(id.0)),
        };
        Self {
            path: format!("/api/v1/files/{}/content", one.id),
            id: one.id.0,
            name: one.label,
            size: one.size,
            media_type: one.media_type,
            sha256: one.sha256,
            project,
            deliverable,
            person,
            added_at: one.added_at,
            added_by: one.added_by,
        }
    }
}

/// What a body that is a file itself is called.
#[derive(Deserialize, IntoParams)]
pub struct Named {
    /// Its name, with its ending.
    name: String,
    /// Of a project's file: the deliverable that it is about.
    deliverable: Option<i64>,
}

/// A file that was just added.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddedFileJson {
    id: i64,
    /// By which it can be undone.
    change_set: Option<i64>,
}

/// An address that opens one file for a few minutes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileLinkJson {
    path: String,
    /// In milliseconds since 1970.
    until: i64,
}

/// What was removed can be undone by this.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedFileJson {
    change_set: Option<i64>,
}

/// The files of a project and of its deliverables, the newest first.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}/files", tag = "files", params(("id" = i64, Path)),
    responses((status = 200, body = [FileJson]), (status = 404))
)]
pub(crate) async fn list_project_files(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
) -> Result<Json<Vec<FileJson>>, AppError> {
    seen(&app, &visitor, Owner::Project(id))?;
    let files = app.db.read(move |tx| store::files_of_project(tx, id)).await?;
    Ok(Json(files.into_iter().map(FileJson::from).collect()))
}

/// The files of a person, the newest first: for those who plan them, and for themselves.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/files", tag = "files", params(("id" = i64, Path)),
    responses((status = 200, body = [FileJson]), (status = 404))
)]
pub(crate) async fn list_person_files(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Json<Vec<FileJson>>, AppError> {
    seen(&app, &visitor, Owner::Person(id))?;
    let files = app.db.read(move |tx| store::files_of_person(tx, id)).await?;
    Ok(Json(files.into_iter().map(FileJson::from).collect()))
}

fn seen(app: &App, visitor: &Visitor, owner: Owner) -> Result<(), AppError> {
    if handlers::may_see(&app.book(), visitor, owner) {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

/// Adds the body as a file to a project, or to one of its deliverables.
#[utoipa::path(
    post, path = "/api/v1/projects/{id}/files", tag = "files", params(("id" = i64, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AddedFileJson), (status = 404), (status = 413), (status = 422))
)]
pub(crate) async fn add_project_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<AddedFileJson>), AppError> {
    let owner = match named.deliverable.map(DeliverableId) {
        None => Owner::Project(id),
        Some(wanted) => {
            let book = app.book();
            let found = book.plan.deliverables_of(id).find(|one| one.id == wanted);
            let found =
                found.ok_or_else(|| AppError::field("deliverable", "is not one of this project's"))?;
            Owner::Deliverable(found.id)
        }
    };
    add(&app, &visitor, owner, (&named.name, request)).await
}

/// Adds the body as a file to a person.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/files", tag = "files", params(("id" = i64, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AddedFileJson), (status = 404), (status = 413), (status = 422))
)]
pub(crate) async fn add_person_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<AddedFileJson>), AppError> {
    add(&app, &visitor, Owner::Person(id), (&named.name, request)).await
}

async fn add(
    app: &App,
    visitor: &Visitor,
    owner: Owner,
    (name, request): (&str, Request),
) -> Result<(StatusCode, Json<AddedFileJson>), AppError> {
    seen(app, visitor, owner)?;
    let brought = [receive::receive_one(app, visitor.account, name, request).await?];
    match handlers::add(app, visitor, owner, &brought).await {
        Ok(written) => {
            let added = AddedFileJson {
                id: written.value.first().map_or(0, |id| id.0),
                change_set: written.change_set.map(|id| id.0),
            };
            Ok((StatusCode::CREATED, Json(added)))
        }
        Err(error) => {
            receive::discard(app, &brought).await;
            Err(error)
        }
    }
}

/// What is said about a file.
#[utoipa::path(
    get, path = "/api/v1/files/{id}", tag = "files", params(("id" = i64, Path)),
    responses((status = 200, body = FileJson), (status = 404))
)]
pub(crate) async fn show_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FileId>,
) -> Result<Json<FileJson>, AppError> {
    handlers::find(&app, &visitor, id)
        .await
        .map(|one| Json(one.into()))
}

/// The bytes of a file: whole, or the part that `Range` names.
#[utoipa::path(
    get, path = "/api/v1/files/{id}/content", tag = "files", params(("id" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 206), (status = 304), (status = 404), (status = 416))
)]
pub(crate) async fn show_content(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let one = handlers::find(&app, &visitor, id).await?;
    serve::answer(&app, &headers, &one).await
}

/// Makes an address that opens a file for five minutes without signing in.
#[utoipa::path(
    post, path = "/api/v1/files/{id}/link", tag = "files", params(("id" = i64, Path)),
    responses((status = 201, body = FileLinkJson), (status = 404))
)]
pub(crate) async fn make_link(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FileId>,
) -> Result<(StatusCode, Json<FileLinkJson>), AppError> {
    let one = handlers::find(&app, &visitor, id).await?;
    let link = Link {
        file: one.id,
        account: visitor.account,
        until: app.clock.now() + LIVES,
    };
    let made = FileLinkJson {
        path: format!("/shared-files/{}", link.key(&app.keys)),
        until: link.until,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Takes a file away. Its bytes lie on for thirty days, for an undo.
#[utoipa::path(
    delete, path = "/api/v1/files/{id}", tag = "files", params(("id" = i64, Path)),
    responses((status = 200, body = RemovedFileJson), (status = 403), (status = 404))
)]
pub(crate) async fn remove_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<FileId>,
) -> Result<Json<RemovedFileJson>, AppError> {
    let (_, change_set) = handlers::remove(&app, &visitor, id).await?;
    Ok(Json(RemovedFileJson {
        change_set: change_set.map(|id| id.0),
    }))
}

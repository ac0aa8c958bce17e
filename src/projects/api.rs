//! Projects and clients for programs.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules_list::{ListedProject, ProjectList};
use super::{CLIENT, PROJECT, handlers, store};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, Client, Project};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::api::history::HistoryJson;
use crate::units::ids::{ClientId, ProjectId};
use crate::units::{Colour, Day, Minutes, fold};
use crate::web::{Fields, Json, Page, PageOf, Path, Reader, Versioned, if_match};

/// What hours are booked on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectJson {
    id: i64,
    name: String,
    code: String,
    /// The name of the client, or blank.
    client: String,
    client_id: Option<i64>,
    status: i64,
    department: Option<i64>,
    /// One of the twelve names: `teal`.
    #[schema(value_type = String)]
    colour: Colour,
    #[schema(value_type = Option<String>)]
    start: Option<Day>,
    #[schema(value_type = Option<String>)]
    end: Option<Day>,
    /// Hours.
    #[schema(value_type = Option<f64>)]
    budget: Option<Minutes>,
    notes: String,
}

impl ProjectJson {
    async fn of(app: &App, book: &Book, id: ProjectId) -> Result<Self, AppError> {
        let project = book.plan.project(id).ok_or(AppError::NotFound)?;
        let notes = app.db.read(move |tx| store::project_notes(tx, id)).await?;
        Ok(Self::with_notes(book, project, notes.unwrap_or_default()))
    }

    fn with_notes(book: &Book, project: &Project, notes: String) -> Self {
        Self {
            id: project.id.0,
            name: project.name.clone(),
            code: project.code.clone(),
            client: book.plan.client_name(project.client).to_owned(),
            client_id: project.client.map(|id| id.0),
            status: project.status.0,
            department: project.department.map(|id| id.0),
            colour: project.colour,
            start: project.start,
            end: project.end,
            budget: project.budget,
            notes,
        }
    }
}

/// A project of the list, with its figures and without its notes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedProjectJson {
    id: i64,
    name: String,
    code: String,
    client: String,
    client_id: Option<i64>,
    status: i64,
    department: Option<i64>,
    #[schema(value_type = String)]
    colour: Colour,
    #[schema(value_type = Option<f64>)]
    budget: Option<Minutes>,
    /// Everything booked on it, in hours.
    #[schema(value_type = f64)]
    planned: Minutes,
    people: usize,
    open_places: usize,
    /// The next date that is not done.
    #[schema(value_type = Option<String>)]
    next_due: Option<Day>,
    /// The hours of the next eight weeks.
    #[schema(value_type = Vec<f64>)]
    ahead: Vec<Minutes>,
}

impl ListedProjectJson {
    fn of(book: &Book, row: &ListedProject<'_>) -> Self {
        let project = row.project;
        Self {
            id: project.id.0,
            name: project.name.clone(),
            code: project.code.clone(),
            client: book.plan.client_name(project.client).to_owned(),
            client_id: project.client.map(|id| id.0),
            status: project.status.0,
            department: project.department.map(|id| id.0),
            colour: project.colour,
            budget: project.budget,
            planned: row.figures.planned,
            people: row.figures.people,
            open_places: row.figures.open_places,
            next_due: row.figures.next.and_then(|next| next.due),
            ahead: row.ahead.clone(),
        }
    }
}

/// What somebody sends to make or change a project.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct ProjectInput {
    name: String,
    /// Unique among the projects that have one.
    code: Option<String>,
    /// The name of the client; one that is not known yet is made.
    client: Option<String>,
    /// The first status that counts as confirmed where it is not given.
    status: Option<i64>,
    department: Option<i64>,
    colour: Option<String>,
    /// As `2026-11-24`.
    start: Option<String>,
    end: Option<String>,
    /// Hours.
    budget: Option<f64>,
    notes: Option<String>,
}

/// Projects with their figures, by id.
#[utoipa::path(
    get, path = "/api/v1/projects", tag = "projects",
    params(
        ("q" = Option<String>, Query, description = "words of a name, code, client or person"),
        ("status" = Option<String>, Query, description = "an id, or `open` for all but the closed"),
        ("client" = Option<i64>, Query), ("department" = Option<i64>, Query, description = "with those below it"),
        ("after" = Option<i64>, Query), ("limit" = Option<usize>, Query, description = "1 to 500; 100 where it is not given")
    ),
    responses((status = 200, body = Page<ListedProjectJson>), (status = 422))
)]
pub(crate) async fn list_projects(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    page: PageOf,
) -> Json<Page<ListedProjectJson>> {
    let book = app.book();
    let query = Fields::from_query(query.as_deref());
    let found = ProjectList::read(&query).arrange(&book, app.clock.today());
    let found = page.by_id(found, |row| row.project.id.0);
    Json(found.map(|row| ListedProjectJson::of(&book, &row)))
}

/// One project.
#[utoipa::path(get, path = "/api/v1/projects/{id}", tag = "projects", params(("id" = i64, Path)), responses((status = 200, body = ProjectJson), (status = 304), (status = 404)))]
pub(crate) async fn show_project(
    State(app): State<App>,
    Path(id): Path<ProjectId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    Versioned(ProjectJson::of(&app, &app.book(), id).await?).answer(&headers)
}

/// Adds a project.
#[utoipa::path(post, path = "/api/v1/projects", tag = "projects", request_body = ProjectInput, responses((status = 201, body = ProjectJson), (status = 422)))]
pub(crate) async fn add_project(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let id = handlers::add(&app, &visitor, &fields).await?.value;
    let made = ProjectJson::of(&app, &app.book(), id).await?;
    let place = format!("/api/v1/projects/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(made)).into_response())
}

/// Changes a project; fields that are not sent stay.
#[utoipa::path(patch, path = "/api/v1/projects/{id}", tag = "projects", params(("id" = i64, Path)), request_body = ProjectInput, responses((status = 200, body = ProjectJson), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_project(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ProjectId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    edit::retry(|| async {
        let book = app.book();
        let project = book.plan.project(id).ok_or(AppError::NotFound)?;
        let mut rows = vec![(&PROJECT, id.0)];
        rows.extend(project.client.map(|client| (&CLIENT, client.0)));
        let seen = Seen::at(book.revision, &rows);
        if_match(&headers, &ProjectJson::of(&app, &book, id).await?)?;
        let current = handlers::fields_of(&app, project).await?;
        let own = current.names().map(|name| (name, current.text(name).to_owned()));
        handlers::change(&app, &visitor, id, &edit::merged(&fields, own), seen).await
    })
    .await?;
    Versioned(ProjectJson::of(&app, &app.book(), id).await?).answer(&HeaderMap::new())
}

/// Whom projects are for.
#[derive(Serialize, ToSchema)]
pub struct ClientJson {
    id: i64,
    name: String,
}

impl From<&Client> for ClientJson {
    fn from(client: &Client) -> Self {
        Self {
            id: client.id.0,
            name: client.name.clone(),
        }
    }
}

/// What somebody sends to make or rename a client.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct ClientInput {
    name: String,
}

/// All clients, by name.
#[utoipa::path(get, path = "/api/v1/clients", tag = "projects", responses((status = 200, body = Vec<ClientJson>)))]
pub(crate) async fn list_clients(State(app): State<App>) -> Json<Vec<ClientJson>> {
    Json(app.book().plan.clients.iter().map(ClientJson::from).collect())
}

fn read_client(book: &Book, fields: &Fields, own: Option<ClientId>) -> Result<String, AppError> {
    let mut reader = Reader::new(fields);
    let name = reader.name("name");
    let taken = |client: &Client| Some(client.id) != own && fold(&client.name) == fold(&name);
    if book.plan.clients.iter().any(taken) {
        reader.fault("name", "belongs to another client already");
    }
    reader.finish(name).map_err(AppError::Invalid)
}

fn find_client(book: &Book, id: ClientId) -> Result<ClientJson, AppError> {
    let found = book.plan.clients.iter().find(|client| client.id == id);
    found.map(ClientJson::from).ok_or(AppError::NotFound)
}

/// Adds a client.
#[utoipa::path(post, path = "/api/v1/clients", tag = "projects", request_body = ClientInput, responses((status = 201, body = ClientJson), (status = 422)))]
pub(crate) async fn add_client(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let name = read_client(&app.book(), &fields, None)?;
    let label = format!("added the client {name}");
    let written = app
        .db
        .write(app.gesture(&visitor, &label), move |tx| {
            store::find_or_add_client(tx, &name)
        })
        .await?;
    let id = written.value.ok_or(AppError::NotFound)?;
    Ok((StatusCode::CREATED, Json(find_client(&app.book(), id)?)).into_response())
}

/// Calls a client something else.
#[utoipa::path(patch, path = "/api/v1/clients/{id}", tag = "projects", params(("id" = i64, Path)), request_body = ClientInput, responses((status = 200, body = ClientJson), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_client(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ClientId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let written = edit::retry(|| async {
        let book = app.book();
        let seen = Seen::at(book.revision, &[(&CLIENT, id.0)]);
        let before = find_client(&book, id)?;
        if_match(&headers, &before)?;
        let name = read_client(&book, &fields, Some(id))?;
        let label = format!("renamed the client {} to {name}", before.name);
        app.db
            .write(app.gesture(&visitor, &label), move |tx| {
                seen.check(tx)?;
                Ok::<_, AppError>(store::rename_client(tx, id, &name)?)
            })
            .await
    })
    .await?;
    if !written.value {
        return Err(AppError::NotFound);
    }
    Versioned(find_client(&app.book(), id)?).answer(&HeaderMap::new())
}

/// The newest gestures that changed something about a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/history", tag = "projects", params(("id" = i64, Path)), responses((status = 200, body = Vec<HistoryJson>), (status = 404)))]
pub(crate) async fn project_history(
    State(app): State<App>,
    Path(id): Path<ProjectId>,
) -> Result<Json<Vec<HistoryJson>>, AppError> {
    app.book().plan.project(id).ok_or(AppError::NotFound)?;
    let lines = app.db.read(move |tx| store::project_history(tx, id)).await?;
    Ok(Json(lines.into_iter().map(HistoryJson::from).collect()))
}

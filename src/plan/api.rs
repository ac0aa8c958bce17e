//! The plan for programs: assignments, deliverables and load. Hours and undo stand with their handlers.

pub(crate) mod utilisation;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers::{
    add_assignment_from, add_deliverable_from, change_assignment_from, find_deliverable,
    order_deliverables_of, remove_assignment_by_id, remove_deliverable_by_id,
};
pub(crate) use super::handlers::{undo_change_set, write_hours};
use super::reallocation::api::ReallocationJson;
use super::reallocation::handlers::change_in_part;
use super::reallocation::warnings;
use super::rules::outside_project;
use super::store::{ASSIGNMENT, BOOKING};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Assignment, Book, Deliverable, Overload, percent};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::units::ids::{AssignmentId, DeliverableId, PersonId, ProjectId};
use crate::units::{Day, Minutes};
use crate::web::{Json, OrderInput, Page, PageOf, Path, Query, Versioned, if_match};

/// A week in which somebody would have more than they can carry, and more than before.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverloadJson {
    person: i64,
    name: String,
    #[schema(value_type = String)]
    week: Day,
    /// On whatever project.
    #[schema(value_type = f64)]
    hours: Minutes,
    #[schema(value_type = f64)]
    capacity: Minutes,
    percent: Option<u32>,
}

impl OverloadJson {
    /// Each of them.
    pub fn all(book: &Book, overloads: &[Overload]) -> Vec<Self> {
        let start = book.plan.organisation.week_start;
        let name = |id| book.plan.person(id).map(|person| person.name.clone());
        let each = overloads.iter().map(|one| Self {
            person: one.person.0,
            name: name(one.person).unwrap_or_default(),
            week: one.week.first_day(start),
            hours: one.booked,
            capacity: one.capacity,
            percent: percent(one.booked, one.capacity),
        });
        each.collect()
    }
}

/// A person, or nobody yet, in a role on a project.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentJson {
    id: i64,
    project: i64,
    /// None for an open place.
    person: Option<i64>,
    role: Option<i64>,
    note: String,
    /// Hours by the first day of their week.
    #[schema(value_type = std::collections::BTreeMap<String, f64>)]
    hours: std::collections::BTreeMap<Day, Minutes>,
}

impl AssignmentJson {
    fn of(book: &Book, assignment: &Assignment) -> Self {
        let start = book.plan.organisation.week_start;
        Self {
            id: assignment.id.0,
            project: assignment.project.0,
            person: assignment.person.map(|id| id.0),
            role: assignment.role.map(|id| id.0),
            note: assignment.note.clone(),
            hours: book
                .hours()
                .booked(assignment.id)
                .map(|(week, minutes)| (week.first_day(start), minutes))
                .collect(),
        }
    }
}

/// What somebody sends to make or change an assignment.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct AssignmentInput {
    /// Only where it is made.
    project: Option<i64>,
    person: Option<i64>,
    /// Needed where there is no person.
    role: Option<i64>,
    note: Option<String>,
}

#[derive(serde::Deserialize)]
pub(crate) struct AssignmentQuery {
    person: Option<PersonId>,
    project: Option<ProjectId>,
}

/// Assignments with their hours, by id; of one person or project where it is given.
#[utoipa::path(
    get, path = "/api/v1/assignments", tag = "plan",
    params(("person" = Option<i64>, Query), ("project" = Option<i64>, Query), ("after" = Option<i64>, Query), ("limit" = Option<usize>, Query, description = "1 to 500; 100 where it is not given")),
    responses((status = 200, body = Page<AssignmentJson>), (status = 422))
)]
pub(crate) async fn list_assignments(
    State(app): State<App>,
    Query(query): Query<AssignmentQuery>,
    page: PageOf,
) -> Json<Page<AssignmentJson>> {
    let book = app.book();
    let found = book
        .plan
        .assignments
        .iter()
        .filter(|one| query.person.is_none_or(|person| one.person == Some(person)))
        .filter(|one| query.project.is_none_or(|project| one.project == project));
    let found = page.by_id(found, |one| one.id.0);
    Json(found.map(|one| AssignmentJson::of(&book, one)))
}

/// One assignment with its hours.
#[utoipa::path(get, path = "/api/v1/assignments/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 200, body = AssignmentJson), (status = 404)))]
pub(crate) async fn show_assignment(
    State(app): State<App>,
    Path(id): Path<AssignmentId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let assignment = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    Versioned(AssignmentJson::of(&book, assignment)).answer(&headers)
}

/// Puts somebody, or an open place, on a project.
#[utoipa::path(post, path = "/api/v1/assignments", tag = "plan", request_body = AssignmentInput, responses((status = 201, body = AssignmentJson), (status = 422)))]
pub(crate) async fn add_assignment(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let id = add_assignment_from(&app, &visitor, &fields).await?.value;
    let book = app.book();
    let made = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    let place = format!("/api/v1/assignments/{id}");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(AssignmentJson::of(&book, made)),
    )
        .into_response())
}

/// Gives an assignment to somebody else, fills an open place, or changes its role or note.
#[utoipa::path(patch, path = "/api/v1/assignments/{id}", tag = "plan", params(("id" = i64, Path)), request_body = AssignmentInput, responses((status = 200, body = AssignmentJson), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_assignment(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AssignmentId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    edit::retry(|| async {
        let book = app.book();
        let seen = Seen::at(book.revision, &[(&ASSIGNMENT, id.0), (&BOOKING, id.0)]);
        let current = book.plan.assignment(id).ok_or(AppError::NotFound)?;
        if_match(&headers, &AssignmentJson::of(&book, current))?;
        let text = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        let own = [
            ("person", text(current.person.map(|id| id.0))),
            ("role", text(current.role.map(|id| id.0))),
            ("note", current.note.clone()),
        ];
        change_assignment_from(&app, &visitor, id, &edit::merged(&fields, own), seen).await
    })
    .await?;
    let book = app.book();
    let changed = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    Versioned(AssignmentJson::of(&book, changed)).answer(&HeaderMap::new())
}

/// Takes an assignment away with its hours.
#[utoipa::path(delete, path = "/api/v1/assignments/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 200, description = "`changeSet` can be undone"), (status = 404)))]
pub(crate) async fn remove_assignment(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AssignmentId>,
) -> Result<Json<serde_json::Value>, AppError> {
    let change_set = remove_assignment_by_id(&app, &visitor, id).await?;
    Ok(Json(serde_json::json!({ "changeSet": change_set })))
}

/// Something a project hands over.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliverableJson {
    id: i64,
    project: i64,
    name: String,
    percent: Option<u8>,
    phase: String,
    #[schema(value_type = Option<String>)]
    due: Option<Day>,
    done: bool,
}

impl From<&Deliverable> for DeliverableJson {
    fn from(deliverable: &Deliverable) -> Self {
        Self {
            id: deliverable.id.0,
            project: deliverable.project.0,
            name: deliverable.name.clone(),
            percent: deliverable.percent,
            phase: deliverable.phase.clone(),
            due: deliverable.due,
            done: deliverable.done,
        }
    }
}

/// What somebody sends to make or change a deliverable.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct DeliverableInput {
    /// Only where it is made.
    project: Option<i64>,
    name: String,
    percent: Option<u8>,
    phase: Option<String>,
    /// As `2026-11-24`.
    due: Option<String>,
    done: Option<bool>,
    notes: Option<String>,
    /// Whether the hours follow a changed `due`; `AUTO_REALLOCATION` decides where nothing is said.
    move_hours: Option<bool>,
    /// `leadIn` or `neighbours`.
    window: Option<String>,
    /// Whether weeks before this one move too.
    past_weeks: Option<bool>,
    /// The `preview` of a preview: the change is refused where something else would move now.
    preview: Option<String>,
}

/// The deliverables of a project, in its order.
#[utoipa::path(get, path = "/api/v1/projects/{id}/deliverables", tag = "plan", params(("id" = i64, Path)), responses((status = 200, body = Vec<DeliverableJson>), (status = 404)))]
pub(crate) async fn list_deliverables(
    State(app): State<App>,
    Path(id): Path<ProjectId>,
) -> Result<Json<Vec<DeliverableJson>>, AppError> {
    let book = app.book();
    book.plan.project(id).ok_or(AppError::NotFound)?;
    Ok(Json(
        book.plan.deliverables_of(id).map(DeliverableJson::from).collect(),
    ))
}

/// Adds a deliverable to a project.
#[utoipa::path(post, path = "/api/v1/projects/{id}/deliverables", tag = "plan", params(("id" = i64, Path)), request_body = DeliverableInput, responses((status = 201), (status = 404), (status = 422)))]
pub(crate) async fn add_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Path(project): Path<ProjectId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let id = add_deliverable_from(&app, &visitor, project, &fields)
        .await?
        .value;
    let book = app.book();
    let due = find_deliverable(&book, id)?.due;
    let warnings: Vec<String> = book
        .plan
        .project(project)
        .and_then(|project| outside_project(project, due))
        .into_iter()
        .collect();
    let place = format!("/api/v1/deliverables/{id}");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(serde_json::json!({ "id": id, "warnings": warnings })),
    )
        .into_response())
}

/// A deliverable after a change, with what followed its date.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliverableChanged {
    #[serde(flatten)]
    deliverable: DeliverableJson,
    /// By which the change can be taken back; none where nothing changed.
    change_set: Option<i64>,
    /// Where the date moved and the hours were to follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    reallocation: Option<ReallocationJson>,
    /// What is unusual about the new date: outside its project.
    warnings: Vec<String>,
}

/// Changes a deliverable; fields that are not sent stay. Where `due` moves from one day to another, the hours that lead up
/// to it follow.
#[utoipa::path(patch, path = "/api/v1/deliverables/{id}", tag = "plan", params(("id" = i64, Path)), request_body = DeliverableInput, responses((status = 200, body = DeliverableChanged), (status = 404), (status = 409, description = "the plan has changed since `preview`"), (status = 412), (status = 422)))]
pub(crate) async fn change_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let before = app.book();
    let before = find_deliverable(&before, id)?;
    let written = change_in_part(&app, &visitor, id, &headers, &fields).await?;
    let book = app.book();
    let deliverable = find_deliverable(&book, id)?;
    let warnings = if deliverable.due == before.due {
        Vec::new()
    } else {
        warnings(&book, before, deliverable.due)
    };
    let tag = Versioned(DeliverableJson::from(deliverable)).tag()?;
    let reallocation = written.value;
    let body = DeliverableChanged {
        deliverable: deliverable.into(),
        change_set: written.change_set.map(|id| id.0),
        reallocation: reallocation
            .map(|reallocation| ReallocationJson::of(&book, &reallocation, written.change_set)),
        warnings,
    };
    Ok(([(header::ETAG, tag)], Json(body)).into_response())
}

/// Takes a deliverable away. The hours stay.
#[utoipa::path(delete, path = "/api/v1/deliverables/{id}", tag = "plan", params(("id" = i64, Path)), responses((status = 200, description = "`changeSet` can be undone"), (status = 404)))]
pub(crate) async fn remove_deliverable(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DeliverableId>,
) -> Result<Json<serde_json::Value>, AppError> {
    let (_, change_set) = remove_deliverable_by_id(&app, &visitor, id).await?;
    Ok(Json(serde_json::json!({ "changeSet": change_set })))
}

/// Puts the deliverables of a project into an order.
#[utoipa::path(put, path = "/api/v1/projects/{id}/deliverables/order", tag = "plan", params(("id" = i64, Path)), request_body = OrderInput, responses((status = 200, description = "`changeSet` can be undone"), (status = 404), (status = 422)))]
pub(crate) async fn order_deliverables(
    State(app): State<App>,
    visitor: Visitor,
    Path(project): Path<ProjectId>,
    Json(input): Json<OrderInput>,
) -> Result<Json<serde_json::Value>, AppError> {
    let book = app.book();
    let name = &book.plan.project(project).ok_or(AppError::NotFound)?.name;
    let known = book.plan.deliverables_of(project).map(|one| one.id.0);
    let order = input.complete(known, "deliverable of the project")?;
    let ids = order.into_iter().map(DeliverableId).collect();
    let change_set = order_deliverables_of(&app, &visitor, project, name, ids).await?;
    Ok(Json(serde_json::json!({ "changeSet": change_set })))
}

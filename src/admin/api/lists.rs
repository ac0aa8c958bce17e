//! Departments, roles, skills and statuses for programs.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{NameInput, NamedJson, created};
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::handlers;
use crate::admin::rules::List;
use crate::app::App;
use crate::book::Book;
use crate::db::WriteTx;
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::DEPARTMENT;
use crate::projects::PROJECT_STATUS;
use crate::units::ids::{DepartmentId, StatusId};
use crate::web::{Json, OrderInput, Path, Versioned};

/// A part of the organisation.
#[derive(Serialize, ToSchema)]
pub struct DepartmentJson {
    id: i64,
    name: String,
    /// The one above.
    parent: Option<i64>,
}

/// What somebody sends to add or change a department; fields that are not sent stay.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct DepartmentInput {
    name: Option<String>,
    /// The one above, or null for the top.
    parent: Option<i64>,
}

/// Every department, each after the one above it.
#[utoipa::path(get, path = "/api/v1/departments", tag = "settings", responses((status = 200, body = Vec<DepartmentJson>)))]
pub(crate) async fn list_departments(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let all = book.plan.departments.iter().map(|one| DepartmentJson {
        id: one.id.0,
        name: one.name.clone(),
        parent: one.parent.map(|id| id.0),
    });
    Versioned(all.collect::<Vec<_>>()).answer(&headers)
}

/// Adds a department.
#[utoipa::path(post, path = "/api/v1/departments", tag = "settings", request_body = DepartmentInput, responses((status = 201), (status = 422)))]
pub(crate) async fn add_department(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let made = handlers::save_department(&app, &visitor, None, &fields, Seen::nothing()).await?;
    Ok(created("/api/v1/departments", made.value.0))
}

/// Renames or moves a department: no circles, ten levels at most.
#[utoipa::path(patch, path = "/api/v1/departments/{id}", tag = "settings", params(("id" = i64, Path)), request_body = DepartmentInput, responses((status = 204), (status = 404), (status = 422)))]
pub(crate) async fn change_department(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DepartmentId>,
    KeyedForm(fields): KeyedForm,
) -> Result<StatusCode, AppError> {
    edit::retry(|| async {
        let book = app.book();
        let seen = Seen::at(book.revision, &[(&DEPARTMENT, id.0)]);
        let before = book.plan.department(id).ok_or(AppError::NotFound)?;
        let parent = before.parent.map(|id| id.to_string()).unwrap_or_default();
        let all = edit::merged(&fields, [("name", before.name.clone()), ("parent", parent)]);
        handlers::save_department(&app, &visitor, Some(id), &all, seen).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a department that nothing belongs to.
#[utoipa::path(delete, path = "/api/v1/departments/{id}", tag = "settings", params(("id" = i64, Path)), responses((status = 204), (status = 404), (status = 409, description = "it is used")))]
pub(crate) async fn remove_department(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DepartmentId>,
) -> Result<StatusCode, AppError> {
    handlers::remove_department_by_id(&app, &visitor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(book: &Book, list: List, headers: &HeaderMap) -> Result<Response, AppError> {
    let items = list.items(book).into_iter();
    let items: Vec<NamedJson> = items.map(|(id, name)| NamedJson { id, name }).collect();
    Versioned(items).answer(headers)
}

/// The four requests of a list, each with its own documented path.
macro_rules! named_list {
    ($list:expr, $path:literal, $one:literal, $show:ident, $add:ident, $change:ident, $remove:ident) => {
        #[doc = concat!("Every ", $one, ", by name.")]
        #[utoipa::path(get, path = $path, tag = "settings", responses((status = 200, body = Vec<NamedJson>)))]
        pub(crate) async fn $show(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
            named(&app.book(), $list, &headers)
        }

        #[doc = concat!("Adds a ", $one, ".")]
        #[utoipa::path(post, path = $path, tag = "settings", request_body = NameInput, responses((status = 201), (status = 422)))]
        pub(crate) async fn $add(
            State(app): State<App>,
            visitor: Visitor,
            KeyedForm(fields): KeyedForm,
        ) -> Result<Response, AppError> {
            let made = handlers::save_named(&app, &visitor, $list, None, &fields).await?;
            Ok(created($path, made.value))
        }

        #[doc = concat!("Renames a ", $one, ".")]
        #[utoipa::path(patch, path = concat!($path, "/{id}"), tag = "settings", params(("id" = i64, Path)), request_body = NameInput, responses((status = 204), (status = 404), (status = 422)))]
        pub(crate) async fn $change(
            State(app): State<App>,
            visitor: Visitor,
            Path(id): Path<i64>,
            KeyedForm(fields): KeyedForm,
        ) -> Result<StatusCode, AppError> {
            handlers::save_named(&app, &visitor, $list, Some(id), &fields).await?;
            Ok(StatusCode::NO_CONTENT)
        }

        #[doc = concat!("Removes a ", $one, " that nobody has.")]
        #[utoipa::path(delete, path = concat!($path, "/{id}"), tag = "settings", params(("id" = i64, Path)), responses((status = 204), (status = 404), (status = 409, description = "it is used")))]
        pub(crate) async fn $remove(
            State(app): State<App>,
            visitor: Visitor,
            Path(id): Path<i64>,
        ) -> Result<StatusCode, AppError> {
            handlers::remove_named(&app, &visitor, $list, id).await?;
            Ok(StatusCode::NO_CONTENT)
        }
    };
}

named_list!(
    List::Roles,
    "/api/v1/roles",
    "role",
    list_roles,
    add_role,
    change_role,
    remove_role
);
named_list!(
    List::Skills,
    "/api/v1/skills",
    "skill",
    list_skills,
    add_skill,
    change_skill,
    remove_skill
);

/// Where a project can stand.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusJson {
    id: i64,
    label: String,
    /// One of the twelve colours: `teal`.
    colour: &'static str,
    /// `tentative`, `confirmed` or `closed`.
    counts_as: &'static str,
}

/// What somebody sends to add or change a status; fields that are not sent stay.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct StatusInput {
    label: Option<String>,
    colour: Option<String>,
    /// `tentative`, `confirmed` or `closed`.
    counts_as: Option<String>,
}

/// Every status, in the team's order.
#[utoipa::path(get, path = "/api/v1/statuses", tag = "settings", responses((status = 200, body = Vec<StatusJson>)))]
pub(crate) async fn list_statuses(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
    let book = app.book();
    let all = book.plan.statuses.iter().map(|one| StatusJson {
        id: one.id.0,
        label: one.label.clone(),
        colour: one.colour.name(),
        counts_as: one.counts_as.as_str(),
    });
    Versioned(all.collect::<Vec<_>>()).answer(&headers)
}

/// Adds a status at the end of the team's order.
#[utoipa::path(post, path = "/api/v1/statuses", tag = "settings", request_body = StatusInput, responses((status = 201), (status = 422)))]
pub(crate) async fn add_status(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let made = handlers::save_status(&app, &visitor, None, &fields, Seen::nothing()).await?;
    Ok(created("/api/v1/statuses", made.value.0))
}

/// Changes a status.
#[utoipa::path(patch, path = "/api/v1/statuses/{id}", tag = "settings", params(("id" = i64, Path)), request_body = StatusInput, responses((status = 204), (status = 404), (status = 422)))]
pub(crate) async fn change_status(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<StatusId>,
    KeyedForm(fields): KeyedForm,
) -> Result<StatusCode, AppError> {
    edit::retry(|| async {
        let book = app.book();
        let seen = Seen::at(book.revision, &[(&PROJECT_STATUS, id.0)]);
        let before = book.plan.status(id).ok_or(AppError::NotFound)?;
        let own = [
            ("label", before.label.clone()),
            ("colour", before.colour.name().to_owned()),
            ("countsAs", before.counts_as.as_str().to_owned()),
        ];
        let all = edit::merged(&fields, own);
        handlers::save_status(&app, &visitor, Some(id), &all, seen).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a status that no project is in.
#[utoipa::path(delete, path = "/api/v1/statuses/{id}", tag = "settings", params(("id" = i64, Path)), responses((status = 204), (status = 404), (status = 409, description = "it is used")))]
pub(crate) async fn remove_status(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<StatusId>,
) -> Result<StatusCode, AppError> {
    handlers::remove_status_by_id(&app, &visitor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts the statuses into an order.
#[utoipa::path(put, path = "/api/v1/statuses/order", tag = "settings", request_body = OrderInput, responses((status = 200, description = "`changeSet` can be undone"), (status = 422)))]
pub(crate) async fn order_statuses(
    State(app): State<App>,
    visitor: Visitor,
    Json(input): Json<OrderInput>,
) -> Result<Json<serde_json::Value>, AppError> {
    let book = app.book();
    let order = input.complete(book.plan.statuses.iter().map(|status| status.id.0), "status")?;
    let ids: Vec<StatusId> = order.into_iter().map(StatusId).collect();
    let work = move |tx: &WriteTx<'_>| crate::projects::order_statuses(tx, &ids);
    let written = app
        .db
        .write(app.gesture(&visitor, "reordered the statuses"), work)
        .await?;
    Ok(Json(
        serde_json::json!({ "changeSet": written.change_set.map(|id| id.0) }),
    ))
}

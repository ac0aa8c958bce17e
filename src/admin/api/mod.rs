//! The settings for programs.

pub(crate) mod calendars;
pub(crate) mod lists;
pub(crate) mod organisation;

pub(crate) use calendars::{
    add_calendar, add_holidays, add_rules, change_calendar, import_ics, list_calendars, list_countries,
    list_days, remove_calendar, remove_holiday, remove_rule,
};
pub(crate) use lists::{
    add_department, add_role, add_skill, add_status, change_department, change_role, change_skill,
    change_status, list_departments, list_roles, list_skills, list_statuses, order_statuses,
    remove_department, remove_role, remove_skill, remove_status,
};
pub(crate) use organisation::{change_organisation, show_organisation};

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::Json;

/// Something with a name.
#[derive(Serialize, ToSchema)]
pub struct NamedJson {
    id: i64,
    name: String,
}

/// A name to give.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct NameInput {
    /// From 1 to 200 characters; none other of its kind is called the same.
    name: String,
}

/// What was added, and where it is.
fn created(place: &str, id: i64) -> Response {
    (
        StatusCode::CREATED,
        [(header::LOCATION, format!("{place}/{id}"))],
        Json(serde_json::json!({ "id": id })),
    )
        .into_response()
}

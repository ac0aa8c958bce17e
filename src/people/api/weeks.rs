//! Working weeks and skills for programs.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SkillLevelJson;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, WorkWeek};
use crate::error::{AppError, FieldError};
use crate::people::handlers;
use crate::people::rules::{SkillLevel, read_work_week};
use crate::units::ids::{PersonId, SkillId};
use crate::units::{Day, Minutes};
use crate::web::{Json, Path, Reader, Versioned};

/// A working week from a day on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkWeekJson {
    /// The first day on which it counts.
    #[schema(value_type = String)]
    from: Day,
    /// The whole week.
    #[schema(value_type = f64)]
    hours: Minutes,
    /// Monday to Sunday.
    #[schema(value_type = Vec<f64>)]
    days: [Minutes; 7],
}

impl WorkWeekJson {
    fn of(from: Day, week: &WorkWeek) -> Self {
        Self {
            from,
            hours: week.total(),
            days: week.0.map(|minutes| Minutes(u32::from(minutes))),
        }
    }
}

/// What somebody sends to set a working week: `hours` a week, even from Monday to Friday, or the hours of each day.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct WorkWeekInput {
    hours: Option<f64>,
    monday: Option<f64>,
    tuesday: Option<f64>,
    wednesday: Option<f64>,
    thursday: Option<f64>,
    friday: Option<f64>,
    saturday: Option<f64>,
    sunday: Option<f64>,
}

fn work_weeks(book: &Book, id: PersonId) -> Result<Vec<WorkWeekJson>, AppError> {
    let person = book.plan.person(id).ok_or(AppError::NotFound)?;
    let weeks = person.work_weeks.iter();
    Ok(weeks.map(|(from, week)| WorkWeekJson::of(*from, week)).collect())
}

/// The working weeks of a person, rising; before the first one the organisation's counts.
#[utoipa::path(get, path = "/api/v1/people/{id}/work-weeks", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = Vec<WorkWeekJson>), (status = 404)))]
pub(crate) async fn list_work_weeks(
    State(app): State<App>,
    Path(id): Path<PersonId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    Versioned(work_weeks(&app.book(), id)?).answer(&headers)
}

/// Sets the working week of a person from a day on.
#[utoipa::path(put, path = "/api/v1/people/{id}/work-weeks/{from}", tag = "people", params(("id" = i64, Path), ("from" = String, Path)), request_body = WorkWeekInput, responses((status = 200, body = Vec<WorkWeekJson>), (status = 404), (status = 422)))]
pub(crate) async fn put_work_week(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, from)): Path<(PersonId, Day)>,
    KeyedForm(fields): KeyedForm,
) -> Result<Json<Vec<WorkWeekJson>>, AppError> {
    let mut reader = Reader::new(&fields);
    let week = read_work_week(&mut reader);
    let week = reader.finish(week).map_err(AppError::Invalid)?;
    handlers::put_week(&app, &visitor, id, from, week).await?;
    work_weeks(&app.book(), id).map(Json)
}

/// Takes the working week that begins on a day away; the one before it counts on.
#[utoipa::path(delete, path = "/api/v1/people/{id}/work-weeks/{from}", tag = "people", params(("id" = i64, Path), ("from" = String, Path)), responses((status = 204), (status = 404)))]
pub(crate) async fn remove_work_week(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, from)): Path<(PersonId, Day)>,
) -> Result<StatusCode, AppError> {
    handlers::remove_week(&app, &visitor, id, from).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All that somebody can.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillsInput {
    skills: Vec<SkillInput>,
}

/// How well somebody does something.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillInput {
    skill: i64,
    /// 1 learning, 2 able, 3 expert.
    level: u8,
}

/// Makes the list be all that somebody can.
#[utoipa::path(put, path = "/api/v1/people/{id}/skills", tag = "people", params(("id" = i64, Path)), request_body = SkillsInput, responses((status = 200, body = Vec<SkillLevelJson>), (status = 404), (status = 422)))]
pub(crate) async fn set_skills(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    Json(input): Json<SkillsInput>,
) -> Result<Json<Vec<SkillLevelJson>>, AppError> {
    let book = app.book();
    let mut errors = Vec::new();
    for (index, one) in input.skills.iter().enumerate() {
        let known = book.plan.skills.iter().any(|skill| skill.id.0 == one.skill);
        if !known {
            errors.push(FieldError::new(
                format!("skills[{index}].skill"),
                "is not one of the skills",
            ));
        }
        if !SkillLevel::ALL.iter().any(|level| level.number() == one.level) {
            errors.push(FieldError::new(
                format!("skills[{index}].level"),
                "must be a level from 1 to 3",
            ));
        }
        let earlier = input.skills.iter().take(index);
        if earlier.into_iter().any(|other| other.skill == one.skill) {
            errors.push(FieldError::new(
                format!("skills[{index}].skill"),
                "is there twice",
            ));
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let skills = input
        .skills
        .iter()
        .map(|one| (SkillId(one.skill), one.level))
        .collect();
    handlers::save_skills(&app, &visitor, id, skills).await?;
    let book = app.book();
    let person = book.plan.person(id).ok_or(AppError::NotFound)?;
    let all = person.skills.iter().map(|(skill, level)| SkillLevelJson {
        skill: skill.0,
        name: book.plan.skill_name(*skill).to_owned(),
        level: *level,
    });
    Ok(Json(all.collect()))
}

//! People for programs.

pub(crate) mod history;
pub(crate) mod weeks;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::handlers;
use super::rules::{PeopleQuery, Show};
use super::store::{self, Particulars};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::{Book, Person};
use crate::edit;
use crate::error::AppError;
use crate::units::ids::{DepartmentId, PersonId, RoleId, SkillId};
use crate::units::{Day, Minutes};
use crate::web::{Json, Page, PageOf, Path, Query, Versioned, if_match};

pub(crate) use weeks::{list_work_weeks, put_work_week, remove_work_week, set_skills};

/// Somebody whose weeks are planned.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonJson {
    id: i64,
    name: String,
    email: String,
    phone: String,
    location: String,
    department: Option<i64>,
    role: Option<i64>,
    /// Whose holidays; none for the organisation's.
    calendar: Option<i64>,
    #[schema(value_type = Option<String>)]
    start: Option<Day>,
    #[schema(value_type = Option<String>)]
    last: Option<Day>,
    notes: String,
    active: bool,
    /// As of today.
    #[schema(value_type = f64)]
    weekly_hours: Minutes,
    skills: Vec<SkillLevelJson>,
}

/// How well somebody does something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkillLevelJson {
    skill: i64,
    name: String,
    /// 1 learning, 2 able, 3 expert.
    level: u8,
}

impl PersonJson {
    fn of(book: &Book, person: &Person, particulars: Particulars, today: Day) -> Self {
        Self {
            id: person.id.0,
            name: person.name.clone(),
            email: person.email.clone(),
            phone: particulars.phone,
            location: person.location.clone(),
            department: person.department.map(|id| id.0),
            role: person.role.map(|id| id.0),
            calendar: person.calendar.map(|id| id.0),
            start: person.start,
            last: person.last,
            notes: particulars.notes,
            active: person.active,
            weekly_hours: book.plan.work_week_on(person, today).total(),
            skills: person
                .skills
                .iter()
                .map(|(skill, level)| SkillLevelJson {
                    skill: skill.0,
                    name: book.plan.skill_name(*skill).to_owned(),
                    level: *level,
                })
                .collect(),
        }
    }
}

/// What somebody sends to add or change a person.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it documents the fields, which forms and JSON share and one reader reads"
)]
pub struct PersonInput {
    /// Needed where the person is added.
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    location: Option<String>,
    department: Option<i64>,
    role: Option<i64>,
    calendar: Option<i64>,
    /// As `2026-11-16`.
    start: Option<String>,
    last: Option<String>,
    notes: Option<String>,
    /// Hours a week, only where the person is added and they are not the organisation's.
    hours: Option<f64>,
}

#[derive(serde::Deserialize)]
pub(crate) struct ListQuery {
    q: Option<String>,
    department: Option<DepartmentId>,
    role: Option<RoleId>,
    skill: Option<SkillId>,
    active: Option<bool>,
}

/// People by id, those for whom all that is asked holds.
#[utoipa::path(
    get, path = "/api/v1/people", tag = "people",
    params(
        ("q" = Option<String>, Query, description = "words that must all be found"),
        ("department" = Option<i64>, Query, description = "with those below it"), ("role" = Option<i64>, Query),
        ("skill" = Option<i64>, Query), ("active" = Option<bool>, Query), ("after" = Option<i64>, Query),
        ("limit" = Option<usize>, Query, description = "1 to 500; 100 where it is not given")
    ),
    responses((status = 200, body = Page<PersonJson>), (status = 422))
)]
pub(crate) async fn list_people(
    State(app): State<App>,
    Query(asked): Query<ListQuery>,
    page: PageOf,
) -> Result<Json<Page<PersonJson>>, AppError> {
    let book = app.book();
    let query = PeopleQuery {
        text: asked.q.unwrap_or_default().chars().take(200).collect(),
        department: asked.department,
        role: asked.role,
        skill: asked.skill,
        show: match asked.active {
            None => Show::All,
            Some(true) => Show::Active,
            Some(false) => Show::Inactive,
        },
        ..PeopleQuery::default()
    };
    let today = app.clock.today();
    let found = page.by_id(query.people(&book, today), |person| person.id.0);
    let mut particulars = app.db.read(store::particulars).await?;
    Ok(Json(found.map(|person| {
        let own = particulars.remove(&person.id).unwrap_or_default();
        PersonJson::of(&book, person, own, today)
    })))
}

async fn find(app: &App, id: PersonId) -> Result<PersonJson, AppError> {
    let found = app.db.read(move |tx| store::person_notes(tx, id)).await?;
    let (phone, notes) = found.ok_or(AppError::NotFound)?;
    let book = app.book();
    let person = book.plan.person(id).ok_or(AppError::NotFound)?;
    let particulars = Particulars { phone, notes };
    Ok(PersonJson::of(&book, person, particulars, app.clock.today()))
}

/// One person.
#[utoipa::path(get, path = "/api/v1/people/{id}", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = PersonJson), (status = 404)))]
pub(crate) async fn show_person(
    State(app): State<App>,
    Path(id): Path<PersonId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    Versioned(find(&app, id).await?).answer(&headers)
}

/// Adds a person.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = PersonInput, responses((status = 201, body = PersonJson), (status = 422)))]
pub(crate) async fn add_person(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let id = handlers::add(&app, &visitor, &fields).await?.value;
    let place = format!("/api/v1/people/{id}");
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, place)],
        Json(find(&app, id).await?),
    )
        .into_response())
}

/// Changes a person; fields that are not sent stay. Whether they are planned is changed by `deactivate` and `reactivate`.
#[utoipa::path(patch, path = "/api/v1/people/{id}", tag = "people", params(("id" = i64, Path)), request_body = PersonInput, responses((status = 200, body = PersonJson), (status = 404), (status = 412), (status = 422)))]
pub(crate) async fn change_person(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    headers: HeaderMap,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    for (field, other) in [
        (
            "active",
            "is changed by …/deactivate and …/reactivate, which free hours",
        ),
        ("hours", "is changed by …/work-weeks, from a day on"),
        ("skills", "is changed by …/skills"),
    ] {
        if fields.has(field) {
            return Err(AppError::field(field, other));
        }
    }
    edit::retry(|| async {
        let seen = handlers::own_rows(app.book().revision, id);
        if_match(&headers, &find(&app, id).await?)?;
        let own = handlers::own_fields(&app, id).await?;
        handlers::change(&app, &visitor, id, &edit::merged(&fields, own), seen).await
    })
    .await?;
    Versioned(find(&app, id).await?).answer(&HeaderMap::new())
}

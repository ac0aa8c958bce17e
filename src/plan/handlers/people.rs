//! Somebody leaves the plan, or comes back. What they have done stays; what lies ahead is freed.

use axum::extract::State;
use axum::response::Response;

use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::Book;
use crate::error::AppError;
use crate::people;
use crate::plan::{pages, store};
use crate::units::ids::{ChangeSetId, PersonId};
use crate::units::{Minutes, Week};
use crate::web::{Json, Path, done_at};

/// What would be freed if somebody left the plan: from next week on, since this week's work is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freed {
    /// The first week that is freed.
    pub from: Option<Week>,
    /// How many hours.
    pub minutes: Minutes,
    /// In how many weeks.
    pub weeks: usize,
    /// On which projects.
    pub projects: Vec<String>,
}

fn freed(app: &App, book: &Book, person: PersonId) -> Freed {
    let from = next_week(app, book);
    let mut freed = Freed {
        from: Some(from),
        ..Freed::default()
    };
    let mut weeks: Vec<Week> = Vec::new();
    for assignment in book.plan.assignments_of_person(person) {
        let before = freed.minutes;
        for (week, minutes) in book
            .hours()
            .booked(assignment.id)
            .filter(|(week, _)| *week >= from)
        {
            freed.minutes += minutes;
            weeks.push(week);
        }
        if freed.minutes > before
            && let Some(project) = book.plan.project(assignment.project)
        {
            freed.projects.push(project.name.clone());
        }
    }
    weeks.sort_unstable();
    weeks.dedup();
    freed.projects.dedup();
    freed.weeks = weeks.len();
    freed
}

fn next_week(app: &App, book: &Book) -> Week {
    book.plan.week_of(app.clock.today()).plus(1)
}

/// `GET /people/{id}/deactivate`: what that would free, and the button.
pub(crate) async fn ask_to_deactivate(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let person = book.plan.person(id).ok_or(AppError::NotFound)?;
    let freed = freed(&app, &book, id);
    Ok(pages::deactivate_form(
        &visitor.frame(&app),
        &book,
        person,
        &freed,
    ))
}

/// `POST /people/{id}/deactivate`: takes somebody out of the plan and frees what lies ahead, in one change set.
pub(crate) async fn deactivate_person(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let (change_set, _) = set_active(&app, &visitor, id, false).await?;
    Ok(done_at(&format!("/people/{id}"), change_set))
}

/// `POST /people/{id}/reactivate`: plans somebody again. Freed hours come back by Undo only.
pub(crate) async fn reactivate_person(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let (change_set, _) = set_active(&app, &visitor, id, true).await?;
    Ok(done_at(&format!("/people/{id}"), change_set))
}

async fn set_active(
    app: &App,
    visitor: &Visitor,
    id: PersonId,
    active: bool,
) -> Result<(Option<ChangeSetId>, Minutes), AppError> {
    let book = app.book();
    let name = &book.plan.person(id).ok_or(AppError::NotFound)?.name;
    let label = if active {
        format!("planned {name} again")
    } else {
        match freed(app, &book, id).minutes {
            Minutes(0) => format!("deactivated {name}"),
            minutes => format!("deactivated {name}, which freed {minutes} h"),
        }
    };
    let from = next_week(app, &book);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            if !people::set_active(tx, id, active)? {
                return Err(AppError::NotFound);
            }
            if active {
                return Ok(Minutes(0));
            }
            Ok(store::free_the_future(tx, id, from)?)
        })
        .await?;
    Ok((written.change_set, written.value))
}

/// What taking somebody out of the plan, or back into it, did.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivityJson {
    /// By which it can be undone; none where nothing changed.
    change_set: Option<i64>,
    /// The hours that were freed, from next week on.
    #[schema(value_type = f64)]
    hours_freed: Minutes,
}

/// Takes somebody out of the plan. What they have done stays; their hours from next week on are freed.
#[utoipa::path(post, path = "/api/v1/people/{id}/deactivate", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = ActivityJson), (status = 404)))]
pub(crate) async fn deactivate_by_api(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Json<ActivityJson>, AppError> {
    set_active(&app, &visitor, id, false).await.map(answer)
}

/// Plans somebody again. Freed hours come back by undoing the change set that freed them.
#[utoipa::path(post, path = "/api/v1/people/{id}/reactivate", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = ActivityJson), (status = 404)))]
pub(crate) async fn reactivate_by_api(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<PersonId>,
) -> Result<Json<ActivityJson>, AppError> {
    set_active(&app, &visitor, id, true).await.map(answer)
}

fn answer((change_set, hours_freed): (Option<ChangeSetId>, Minutes)) -> Json<ActivityJson> {
    Json(ActivityJson {
        change_set: change_set.map(|id| id.0),
        hours_freed,
    })
}

//! Putting people on projects: assign, reassign, fill an open place, remove.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::back;
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::db::Written;
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::plan::rules::read_assignment;
use crate::plan::{pages, store};
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{AssignmentId, ChangeSetId, PersonId, ProjectId};
use crate::web::{Fields, Path, Query, Reader, done_at};

#[derive(serde::Deserialize)]
pub(crate) struct Preset {
    person: Option<PersonId>,
    project: Option<ProjectId>,
}

/// `GET /assignments/new?person=&project=`: the form.
pub(crate) async fn new_assignment(
    State(app): State<App>,
    visitor: Visitor,
    Query(preset): Query<Preset>,
    headers: HeaderMap,
) -> Response {
    let text = |id: Option<String>| id.unwrap_or_default();
    let state = FormState::with(&[
        ("back", back::page_before(&headers)),
        ("person", text(preset.person.map(|id| id.to_string()))),
        ("project", text(preset.project.map(|id| id.to_string()))),
    ]);
    let book = app.book();
    let reach = visitor.reach(&book.plan);
    pages::assignment_form(
        &visitor.frame(&app),
        (&book, &reach),
        None,
        &state,
        app.clock.today(),
    )
}

/// `POST /assignments`: puts somebody, or an open place, on a project.
pub(crate) async fn add_assignment(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let back = fields.text("back").to_owned();
    match or_again(add(&app, &visitor, &fields).await, fields)? {
        Ok(written) => Ok(done_at(
            &back::after_assignment(&app, written.value, &back),
            written.change_set,
        )),
        Err(state) => {
            let book = app.book();
            Ok(refused(pages::assignment_form(
                &visitor.frame(&app),
                (&book, &visitor.reach(&book.plan)),
                None,
                &state,
                app.clock.today(),
            )))
        }
    }
}

pub(in crate::plan) async fn add(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Written<AssignmentId>, AppError> {
    let book = app.book();
    let mut reader = Reader::new(fields);
    let (project, person, role, note) = read_assignment(&mut reader, &book.plan);
    if !fields.has("project") {
        reader.fault("project", "choose one of the projects");
    }
    let ids = reader
        .finish((project, person, role, note))
        .map_err(AppError::Invalid)?;
    let (Some(project), person, role, note) = ids else {
        return Err(AppError::NotFound);
    };
    let who = person.and_then(|id| book.plan.person(id)).map_or_else(
        || format!("an open place ({})", book.plan.role_name(role)),
        |person| person.name.clone(),
    );
    let name = book
        .plan
        .project(project)
        .map(|project| project.name.clone())
        .unwrap_or_default();
    let label = format!("assigned {who} to {name}");
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            Ok::<_, AppError>(store::add_assignment(tx, project, person, role, &note)?)
        })
        .await
}

/// `GET /assignments/{id}/edit`: who works on it, as what.
pub(crate) async fn edit_assignment(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AssignmentId>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let book = app.book();
    let assignment = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    let state = FormState::with(&[
        ("back", back::page_before(&headers)),
        (
            "person",
            assignment.person.map(|id| id.to_string()).unwrap_or_default(),
        ),
        (
            "role",
            assignment.role.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("note", assignment.note.clone()),
    ]);
    Ok(pages::assignment_form(
        &visitor.frame(&app),
        (&book, &visitor.reach(&book.plan)),
        Some(assignment),
        &state,
        app.clock.today(),
    ))
}

/// `POST /assignments/{id}`: gives it to somebody else, fills an open place, or changes its role. Its hours stay with it.
pub(crate) async fn change_assignment(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AssignmentId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let back = fields.text("back").to_owned();
    match or_again(change(&app, &visitor, id, &fields, Seen::nothing()).await, fields)? {
        Ok(written) => Ok(done_at(
            &back::after_assignment(&app, id, &back),
            written.change_set,
        )),
        Err(state) => {
            let book = app.book();
            let assignment = book.plan.assignment(id).ok_or(AppError::NotFound)?;
            Ok(refused(pages::assignment_form(
                &visitor.frame(&app),
                (&book, &visitor.reach(&book.plan)),
                Some(assignment),
                &state,
                app.clock.today(),
            )))
        }
    }
}

pub(in crate::plan) async fn change(
    app: &App,
    visitor: &Visitor,
    id: AssignmentId,
    fields: &Fields,
    seen: Seen,
) -> Result<Written<bool>, AppError> {
    let book = app.book();
    let before = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    let mut reader = Reader::new(fields);
    let (_, person, role, note) = read_assignment(&mut reader, &book.plan);
    if let Some(new) = person
        .filter(|_| person != before.person)
        .and_then(|id| book.plan.person(id))
    {
        let outside = book
            .hours()
            .booked(id)
            .filter(|(week, _)| !book.plan.is_employed(new, *week))
            .count();
        if outside > 0 {
            reader.fault(
                "person",
                format!(
                    "{} is not employed in {outside} of the booked weeks; clear those first",
                    new.name
                ),
            );
        }
    }
    let (person, role, note) = reader.finish((person, role, note)).map_err(AppError::Invalid)?;
    let name = |id: Option<PersonId>| {
        id.and_then(|id| book.plan.person(id))
            .map_or("an open place", |person| &person.name)
    };
    let project = book
        .plan
        .project(before.project)
        .map_or("", |project| &project.name);
    let label = if person == before.person {
        format!("changed the role of {} on {project}", name(person))
    } else {
        format!("gave {project} from {} to {}", name(before.person), name(person))
    };
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            Ok::<_, AppError>(store::change_assignment(tx, id, person, role, &note)?)
        })
        .await?;
    edit::found(&written)?;
    Ok(written)
}

/// `POST /assignments/{id}/remove`: takes it away with its hours; undo brings both back.
pub(crate) async fn remove_assignment(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AssignmentId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let change_set = remove(&app, &visitor, id).await?;
    Ok(done_at(&back::after_undo(&app, fields.text("back")), change_set))
}

pub(in crate::plan) async fn remove(
    app: &App,
    visitor: &Visitor,
    id: AssignmentId,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let assignment = book.plan.assignment(id).ok_or(AppError::NotFound)?;
    let who = assignment
        .person
        .and_then(|id| book.plan.person(id))
        .map_or("an open place", |person| &person.name);
    let project = book
        .plan
        .project(assignment.project)
        .map_or("", |project| &project.name);
    let label = format!("removed {who} from {project}, with {} h", book.hours().total(id));
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            store::remove_assignment(tx, id)
        })
        .await?;
    edit::found(&written)
}

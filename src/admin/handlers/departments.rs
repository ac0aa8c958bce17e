//! The tree of departments.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{unused, used_meanwhile};
use crate::accounts::{self, KeyedForm, Visitor};
use crate::admin::pages;
use crate::admin::rules::{Section, department_uses};
use crate::app::App;
use crate::db::{Tx, Written};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::{self, DEPARTMENT, Done};
use crate::ui::{FormState, or_again, refused};
use crate::units::fold;
use crate::units::ids::{ChangeSetId, DepartmentId};
use crate::web::{Fields, Path, Query, Reader, done_at};

/// `GET /settings/departments`: the tree.
pub(crate) async fn show_departments(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    Ok(pages::departments(&frame, &app.book()).into_response())
}

/// `GET /settings/departments/new`: the form.
pub(crate) async fn new_department(State(app): State<App>, visitor: Visitor) -> Response {
    pages::department_form(&visitor.frame(&app), &app.book(), None, &FormState::default())
}

/// `GET /settings/departments/{id}/edit`: the form.
pub(crate) async fn edit_department(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DepartmentId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let department = book.plan.department(id).ok_or(AppError::NotFound)?;
    let state = FormState::with(&[
        ("name", department.name.clone()),
        (
            "parent",
            department.parent.map(|id| id.to_string()).unwrap_or_default(),
        ),
    ]);
    Ok(pages::department_form(
        &visitor.frame(&app),
        &book,
        Some(department),
        &state,
    ))
}

/// `POST /settings/departments`: one more.
pub(crate) async fn add_department(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, None, fields).await
}

/// `POST /settings/departments/{id}`: renames or moves one.
pub(crate) async fn change_department(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DepartmentId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, Some(id), fields).await
}

async fn answer(
    app: &App,
    visitor: &Visitor,
    id: Option<DepartmentId>,
    fields: Fields,
) -> Result<Response, AppError> {
    match or_again(save(app, visitor, id, &fields, Seen::nothing()).await, fields)? {
        Ok(written) => Ok(done_at(Section::Departments.href(), written.change_set)),
        Err(state) => {
            let book = app.book();
            let existing = id.and_then(|id| book.plan.department(id));
            Ok(refused(pages::department_form(
                &visitor.frame(app),
                &book,
                existing,
                &state,
            )))
        }
    }
}

/// Adds a department, or renames or moves the one with `id`.
pub(in crate::admin) async fn save(
    app: &App,
    visitor: &Visitor,
    id: Option<DepartmentId>,
    fields: &Fields,
    seen: Seen,
) -> Result<Written<DepartmentId>, AppError> {
    let book = app.book();
    let before = id
        .map(|id| book.plan.department(id).ok_or(AppError::NotFound))
        .transpose()?;
    let mut reader = Reader::new(fields);
    let name = reader.name("name");
    let parent: Option<DepartmentId> = reader.id("parent");
    let (name, parent) = reader.finish((name, parent)).map_err(AppError::Invalid)?;
    let label = match before {
        None => format!("added the department {name}"),
        Some(before) if before.name != name => format!("renamed the department {} to {name}", before.name),
        Some(_) => format!("moved the department {name}"),
    };
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            check(tx, id, &name, parent)?;
            match id {
                None => Ok(people::add_department(tx, &name, parent)?),
                Some(id) if people::change_department(tx, id, &name, parent)? => Ok(id),
                Some(_) => Err(AppError::NotFound),
            }
        })
        .await
}

/// The tree as it is now, not as the book knew it: two moves at once could close a circle.
fn check(
    tx: &Tx<'_>,
    own: Option<DepartmentId>,
    name: &str,
    parent: Option<DepartmentId>,
) -> Result<(), AppError> {
    let all = people::departments(tx)?;
    if let Some(fault) = people::department_fault(&all, own, parent) {
        return Err(AppError::field("parent", fault));
    }
    let taken = all
        .iter()
        .any(|other| other.parent == parent && Some(other.id) != own && fold(&other.name) == fold(name));
    if taken {
        return Err(AppError::field("name", "is there already, at the same place"));
    }
    Ok(())
}

/// `POST /settings/departments/{id}/remove`: takes one away that nothing belongs to.
pub(crate) async fn remove_department(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<DepartmentId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = remove(&app, &visitor, id).await?;
    Ok(done_at(Section::Departments.href(), change_set))
}

/// Whose account is limited to a department, in words; blank where nobody's is.
async fn managers_of(app: &App, id: DepartmentId) -> Result<String, AppError> {
    let all = app.db.read(accounts::managers_by_department).await?;
    let own = all.into_iter().filter(|(_, department)| *department == Some(id));
    let names: Vec<String> = own.map(|(name, _)| format!("{name} manages it")).collect();
    Ok(names.join(", "))
}

/// Takes a department away that nothing belongs to.
pub(in crate::admin) async fn remove(
    app: &App,
    visitor: &Visitor,
    id: DepartmentId,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let name = &book.plan.department(id).ok_or(AppError::NotFound)?.name;
    unused(name, &department_uses(&book, id))?;
    unused(name, &managers_of(app, id).await?)?;
    let label = format!("removed the department {name}");
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            people::remove_row(tx, &DEPARTMENT, id.0)
        })
        .await
        .map_err(used_meanwhile)?;
    edit::found(&written)
}

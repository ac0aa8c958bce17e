//! Roles, skills and clients: things that are known by their name.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{unused, used_meanwhile};
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::pages;
use crate::admin::rules::{List, Section};
use crate::app::App;
use crate::db::{Entity, Written};
use crate::edit;
use crate::error::AppError;
use crate::people::{self, Done, ROLE, SKILL};
use crate::plan::auto_hours;
use crate::projects::CLIENT;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{ChangeSetId, RoleId};
use crate::web::{Fields, Path, Query, Reader, done_at};

const fn entity(list: List) -> &'static Entity {
    match list {
        List::Roles => &ROLE,
        List::Skills => &SKILL,
        List::Clients => &CLIENT,
    }
}

/// The name of one of them.
fn name_of(app: &App, list: List, id: i64) -> Result<String, AppError> {
    let items = list.items(&app.book());
    let found = items.into_iter().find(|(own, _)| *own == id);
    found.map(|(_, name)| name).ok_or(AppError::NotFound)
}

/// `GET /settings/lists/{list}`: all of them.
pub(crate) async fn show_list(
    State(app): State<App>,
    visitor: Visitor,
    Path(list): Path<List>,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    Ok(pages::names(&frame, &app.book(), list).into_response())
}

/// `GET /settings/lists/{list}/new`: the form.
pub(crate) async fn new_name(
    State(app): State<App>,
    visitor: Visitor,
    Path(list): Path<List>,
) -> Result<Response, AppError> {
    if !list.is_kept_here() {
        return Err(AppError::NotFound);
    }
    Ok(pages::name_form(
        &visitor.frame(&app),
        &app.book(),
        list,
        None,
        &FormState::default(),
    ))
}

/// `GET /settings/lists/{list}/{id}/edit`: the form.
pub(crate) async fn edit_name(
    State(app): State<App>,
    visitor: Visitor,
    Path((list, id)): Path<(List, i64)>,
) -> Result<Response, AppError> {
    let state = FormState::with(&[("name", name_of(&app, list, id)?)]);
    Ok(pages::name_form(
        &visitor.frame(&app),
        &app.book(),
        list,
        Some(id),
        &state,
    ))
}

/// `POST /settings/lists/{list}`: one more.
pub(crate) async fn add_name(
    State(app): State<App>,
    visitor: Visitor,
    Path(list): Path<List>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, list, None, fields).await
}

/// `POST /settings/lists/{list}/{id}`: renames one.
pub(crate) async fn change_name(
    State(app): State<App>,
    visitor: Visitor,
    Path((list, id)): Path<(List, i64)>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, list, Some(id), fields).await
}

async fn answer(
    app: &App,
    visitor: &Visitor,
    list: List,
    id: Option<i64>,
    fields: Fields,
) -> Result<Response, AppError> {
    match or_again(save(app, visitor, list, id, &fields).await, fields)? {
        Ok(written) => Ok(done_at(Section::Named(list).href(), written.change_set)),
        Err(state) => Ok(refused(pages::name_form(
            &visitor.frame(app),
            &app.book(),
            list,
            id,
            &state,
        ))),
    }
}

/// Adds something to a list, or renames the one with `id`.
pub(in crate::admin) async fn save(
    app: &App,
    visitor: &Visitor,
    list: List,
    id: Option<i64>,
    fields: &Fields,
) -> Result<Written<i64>, AppError> {
    let one = list.one();
    let before = id.map(|id| name_of(app, list, id)).transpose()?;
    let mut reader = Reader::new(fields);
    let name = reader.name("name");
    let name = reader.finish(name).map_err(AppError::Invalid)?;
    let label = match before {
        None if !list.is_kept_here() => return Err(AppError::NotFound),
        None => format!("added the {one} {name}"),
        Some(before) => format!("renamed the {one} {before} to {name}"),
    };
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            if people::name_is_taken(tx, entity(list), &name, id)? {
                return Err(AppError::field(
                    "name",
                    format!("there is a {one} of this name already"),
                ));
            }
            match id {
                None => Ok(people::add_named(tx, entity(list), &name)?),
                Some(id) if people::rename(tx, entity(list), id, &name)? => Ok(id),
                Some(_) => Err(AppError::NotFound),
            }
        })
        .await
}

/// `POST /settings/lists/{list}/{id}/remove`: takes one away that nobody has.
pub(crate) async fn remove_name(
    State(app): State<App>,
    visitor: Visitor,
    Path((list, id)): Path<(List, i64)>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = remove(&app, &visitor, list, id).await?;
    Ok(done_at(Section::Named(list).href(), change_set))
}

/// Takes something off a list that nobody has.
pub(in crate::admin) async fn remove(
    app: &App,
    visitor: &Visitor,
    list: List,
    id: i64,
) -> Result<Option<ChangeSetId>, AppError> {
    let name = name_of(app, list, id)?;
    if !list.is_kept_here() {
        return Err(AppError::NotFound);
    }
    unused(&name, &list.uses(&app.book(), id))?;
    if list == List::Roles {
        // The book does not hold templates.
        let role = RoleId(id);
        match app.db.read(move |tx| auto_hours::lines_for(tx, role)).await? {
            0 => {}
            1 => unused(&name, "1 line of an auto-hours template")?,
            count => unused(&name, &format!("{count} lines of auto-hours templates"))?,
        }
    }
    let label = format!("removed the {} {name}", list.one());
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            people::remove_row(tx, entity(list), id)
        })
        .await
        .map_err(used_meanwhile)?;
    edit::found(&written)
}

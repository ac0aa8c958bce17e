//! Where a project can stand.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::{unused, used_meanwhile};
use crate::accounts::{KeyedForm, Visitor};
use crate::admin::pages;
use crate::admin::rules::{Section, status_uses};
use crate::app::App;
use crate::db::Written;
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::Done;
use crate::projects::{self, StatusDraft};
use crate::ui::{FormState, or_again, refused};
use crate::units::Colour;
use crate::units::ids::{ChangeSetId, StatusId};
use crate::web::{Fields, Path, Query, Reader, done_at};

/// `GET /settings/statuses`: all of them, in the team's order.
pub(crate) async fn show_statuses(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    Ok(pages::statuses(&frame, &app.book()).into_response())
}

/// `GET /settings/statuses/new`: the form.
pub(crate) async fn new_status(State(app): State<App>, visitor: Visitor) -> Response {
    let book = app.book();
    let next = i64::try_from(book.plan.statuses.len()).unwrap_or(0);
    let state = FormState::with(&[
        ("colour", Colour::nth(next).name().to_owned()),
        ("countsAs", "confirmed".to_owned()),
    ]);
    pages::status_form(&visitor.frame(&app), &book, None, &state)
}

/// `GET /settings/statuses/{id}/edit`: the form.
pub(crate) async fn edit_status(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<StatusId>,
) -> Result<Response, AppError> {
    let book = app.book();
    let status = book.plan.status(id).ok_or(AppError::NotFound)?;
    let state = FormState::with(&[
        ("label", status.label.clone()),
        ("colour", status.colour.name().to_owned()),
        ("countsAs", status.counts_as.as_str().to_owned()),
    ]);
    Ok(pages::status_form(
        &visitor.frame(&app),
        &book,
        Some(status),
        &state,
    ))
}

/// `POST /settings/statuses`: one more.
pub(crate) async fn add_status(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, None, fields).await
}

/// `POST /settings/statuses/{id}`: changes one.
pub(crate) async fn change_status(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<StatusId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    answer(&app, &visitor, Some(id), fields).await
}

async fn answer(
    app: &App,
    visitor: &Visitor,
    id: Option<StatusId>,
    fields: Fields,
) -> Result<Response, AppError> {
    match or_again(save(app, visitor, id, &fields, Seen::nothing()).await, fields)? {
        Ok(written) => Ok(done_at(Section::Statuses.href(), written.change_set)),
        Err(state) => {
            let book = app.book();
            let existing = id.and_then(|id| book.plan.status(id));
            Ok(refused(pages::status_form(
                &visitor.frame(app),
                &book,
                existing,
                &state,
            )))
        }
    }
}

/// Adds a status, or changes the one with `id`.
pub(in crate::admin) async fn save(
    app: &App,
    visitor: &Visitor,
    id: Option<StatusId>,
    fields: &Fields,
    seen: Seen,
) -> Result<Written<StatusId>, AppError> {
    let mut reader = Reader::new(fields);
    let draft = StatusDraft::read(&mut reader);
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let label = match id {
        None => format!("added the status {}", draft.label),
        Some(_) => format!("changed the status {}", draft.label),
    };
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            if projects::label_is_taken(tx, &draft.label, id)? {
                return Err(AppError::field("label", "there is a status of this name already"));
            }
            match id {
                None => Ok(projects::add_status(tx, &draft)?),
                Some(id) if projects::change_status(tx, id, &draft)? => Ok(id),
                Some(_) => Err(AppError::NotFound),
            }
        })
        .await
}

/// `POST /settings/statuses/{id}/move`: one place `up` or `down`.
pub(crate) async fn move_status(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<StatusId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let book = app.book();
    let mut ids: Vec<StatusId> = book.plan.statuses.iter().map(|status| status.id).collect();
    let place = ids.iter().position(|own| *own == id).ok_or(AppError::NotFound)?;
    let other = match fields.text("move") {
        "up" => place.checked_sub(1),
        _ => Some(place + 1).filter(|other| *other < ids.len()),
    };
    if let Some(other) = other {
        ids.swap(place, other);
    }
    let label = book.plan.status(id).map_or("", |status| status.label.as_str());
    let written = app
        .db
        .write(
            app.gesture(&visitor, &format!("moved the status {label}")),
            move |tx| projects::order_statuses(tx, &ids),
        )
        .await?;
    Ok(done_at(Section::Statuses.href(), written.change_set))
}

/// `POST /settings/statuses/{id}/remove`: takes one away that no project is in.
pub(crate) async fn remove_status(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<StatusId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let change_set = remove(&app, &visitor, id).await?;
    Ok(done_at(Section::Statuses.href(), change_set))
}

/// Takes a status away that no project is in. The last one stays: a new project must stand somewhere.
pub(in crate::admin) async fn remove(
    app: &App,
    visitor: &Visitor,
    id: StatusId,
) -> Result<Option<ChangeSetId>, AppError> {
    let book = app.book();
    let label = &book.plan.status(id).ok_or(AppError::NotFound)?.label;
    unused(label, &status_uses(&book, id))?;
    let written = app
        .db
        .write(
            app.gesture(visitor, &format!("removed the status {label}")),
            move |tx| {
                let removed = projects::remove_status(tx, id).map_err(used_meanwhile)?;
                // Looked at here: two who take away two at once must not take the last.
                if removed && projects::has_no_status(tx)? {
                    return Err(AppError::conflict(
                        "This is the last status; a project must stand somewhere.",
                    ));
                }
                Ok(removed)
            },
        )
        .await?;
    edit::found(&written)
}

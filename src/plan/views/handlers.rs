//! Saved views as pages and forms.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, header};

use super::rules::{self, View, ViewDraft};
use super::{pages, store};
use crate::accounts::{Access, KeyedForm, Visitor};
use crate::app::App;
use crate::db::{Tx, Written};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::people::Done;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{AccountId, ViewId};
use crate::web::{Fields, Path, Query, Reader, done_at};

/// The views that the visitor sees: their own first, then those that others share.
pub(in crate::plan) async fn visible(app: &App, visitor: &Visitor) -> Result<Vec<View>, AppError> {
    let account = visitor.account;
    let views = app.db.read(move |tx| store::views_seen_by(tx, account)).await?;
    Ok(rules::in_order(views, account))
}

/// A view that the visitor may see; for anybody else there is none.
pub(super) async fn find(app: &App, visitor: &Visitor, id: ViewId) -> Result<View, AppError> {
    let view = app.db.read(move |tx| store::view_by_id(tx, id)).await?;
    view.filter(|view| view.shared || view.account == visitor.account)
        .ok_or(AppError::NotFound)
}

/// A view that the visitor may change: their own, or as an administrator one that is shared.
pub(super) async fn find_own(app: &App, visitor: &Visitor, id: ViewId) -> Result<View, AppError> {
    let view = find(app, visitor, id).await?;
    if view.account == visitor.account || visitor.access == Access::Admin {
        Ok(view)
    } else {
        Err(AppError::Forbidden(
            "This view belongs to somebody else. Open it and save it under a name of your own.",
        ))
    }
}

/// A view as it is told at `revision`.
pub(super) fn as_of(revision: i64, id: ViewId) -> Seen {
    Seen::at(revision, &[(&store::SAVED_VIEW, id.0)])
}

/// `GET /views`: all of them.
pub(crate) async fn list_views(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, AppError> {
    let frame = done.frame(&app, &visitor).await?;
    let views = visible(&app, &visitor).await?;
    Ok(pages::views(&frame, &views, &visitor).into_response())
}

/// `GET /views/{id}`: opens one where it leads today; what it named and is gone is left out and told there.
pub(crate) async fn open_view(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ViewId>,
) -> Result<Redirect, AppError> {
    let view = find(&app, &visitor, id).await?;
    let (address, gone) = rules::opened(&view, &app.book().plan);
    if gone.is_empty() {
        return Ok(Redirect::to(&address));
    }
    let joint = if address.contains('?') { '&' } else { '?' };
    Ok(Redirect::to(&format!("{address}{joint}gone={}", gone.join(","))))
}

#[derive(serde::Deserialize)]
pub(crate) struct Of {
    address: Option<String>,
}

/// `GET /views/new`: the form, for the page that led here or the one that the address names.
pub(crate) async fn new_view(
    State(app): State<App>,
    visitor: Visitor,
    Query(of): Query<Of>,
    headers: HeaderMap,
) -> Response {
    let from = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let address = of.address.or_else(|| from.map(str::to_owned)).unwrap_or_default();
    let known = rules::page_of(&address).is_some();
    let state = FormState::with(&[("address", if known { address } else { String::new() })]);
    pages::view_form(&visitor.frame(&app), None, &state)
}

/// `POST /views`: keeps one and goes back to where it was saved.
pub(crate) async fn add_view(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(add(&app, &visitor, &fields).await, fields)? {
        Ok((draft, written)) => Ok(done_at(&draft.address(), written.change_set)),
        Err(state) => Ok(refused(pages::view_form(&visitor.frame(&app), None, &state))),
    }
}

pub(super) async fn add(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<(ViewDraft, Written<ViewId>), AppError> {
    let account = visitor.account;
    let draft = read(app, visitor, fields, None).await?;
    let label = format!("saved the view {}", draft.name);
    let kept = draft.clone();
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            // Two windows may save at the same moment: what is there already is looked at again.
            check_again(&names_of(tx, account, None)?, &kept)?;
            Ok::<_, AppError>(store::add_view(tx, account, &kept)?)
        })
        .await?;
    Ok((draft, written))
}

/// The names that an account has given to its views, `except` one.
fn names_of(tx: &Tx<'_>, account: AccountId, except: Option<ViewId>) -> Result<Vec<String>, AppError> {
    let views = store::views_seen_by(tx, account)?.into_iter();
    let own = views.filter(|view| view.account == account && Some(view.id) != except);
    Ok(own.map(|view| view.draft.name).collect())
}

fn check_again(own: &[String], draft: &ViewDraft) -> Result<(), AppError> {
    let mut fields = Fields::default();
    fields.add("name".to_owned(), draft.name.clone());
    fields.add("address".to_owned(), draft.address());
    let mut reader = Reader::new(&fields);
    rules::read_view(&mut reader, own, true);
    reader.finish(()).map_err(AppError::Invalid)
}

/// Reads a view, new or instead of `existing`.
async fn read(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
    existing: Option<&View>,
) -> Result<ViewDraft, AppError> {
    let owner = existing.map_or(visitor.account, |view| view.account);
    let except = existing.map(|view| view.id);
    let own = app.db.read(move |tx| names_of(tx, owner, except)).await?;
    let mut reader = Reader::new(fields);
    let draft = rules::read_view(&mut reader, &own, visitor.may_edit());
    reader.finish(draft).map_err(AppError::Invalid)
}

/// `GET /views/{id}/edit`: the form.
pub(crate) async fn edit_view(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ViewId>,
) -> Result<Response, AppError> {
    let view = find_own(&app, &visitor, id).await?;
    let state = FormState::with(&[
        ("name", view.name.clone()),
        ("address", view.address()),
        ("shared", view.shared.to_string()),
    ]);
    Ok(pages::view_form(&visitor.frame(&app), Some(id), &state))
}

/// `POST /views/{id}`: another name, another address, shared or not.
pub(crate) async fn change_view(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ViewId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let view = find_own(&app, &visitor, id).await?;
    match or_again(
        change(&app, &visitor, &view, &fields, Seen::nothing()).await,
        fields,
    )? {
        Ok(written) => Ok(done_at("/views", edit::found(&written)?)),
        Err(state) => Ok(refused(pages::view_form(&visitor.frame(&app), Some(id), &state))),
    }
}

pub(super) async fn change(
    app: &App,
    visitor: &Visitor,
    view: &View,
    fields: &Fields,
    seen: Seen,
) -> Result<Written<bool>, AppError> {
    let draft = read(app, visitor, fields, Some(view)).await?;
    let (id, label) = (view.id, format!("changed the view {}", view.name));
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            Ok::<_, AppError>(store::change_view(tx, id, &draft)?)
        })
        .await
}

/// `POST /views/{id}/remove`.
pub(crate) async fn remove_view(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<ViewId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let view = find_own(&app, &visitor, id).await?;
    let written = remove(&app, &visitor, &view, Seen::nothing()).await?;
    Ok(done_at("/views", edit::found(&written)?))
}

pub(super) async fn remove(
    app: &App,
    visitor: &Visitor,
    view: &View,
    seen: Seen,
) -> Result<Written<bool>, AppError> {
    let (id, label) = (view.id, format!("removed the view {}", view.name));
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            seen.check(tx)?;
            Ok::<_, AppError>(store::remove_view(tx, id)?)
        })
        .await
}

//! Showing and changing what a manager manages.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::rules::Scope;
use super::{pages, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::handlers::require_admin;
use crate::accounts::said::Said;
use crate::accounts::store::{Account, account_by_id, end_sessions};
use crate::accounts::{KeyedForm, Visitor};
use crate::app::App;
use crate::book::Plan;
use crate::db::{DbError, Tx};
use crate::error::AppError;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{AccountId, DepartmentId};
use crate::web::{Client, Fields, Path, Reader};

/// `GET /accounts/{id}/departments`: the form.
pub(crate) async fn edit_scope(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AccountId>,
) -> Result<Response, AppError> {
    let (account, scope) = find(&app, id).await?;
    let mut state = FormState::default();
    for department in scope.departments() {
        state.values.add("departments".to_owned(), department.to_string());
    }
    Ok(pages::scope_form(
        &visitor.frame(&app),
        &app.book().plan,
        &account,
        &state,
    ))
}

/// `POST /accounts/{id}/departments`: the boxes that were ticked are all that they manage.
pub(crate) async fn change_scope(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(change(&app, (&visitor, client), id, &fields).await, fields)? {
        Ok(()) => Ok(Said::DepartmentsSaved.at("/accounts").into_response()),
        Err(state) => {
            let (account, _) = find(&app, id).await?;
            Ok(refused(pages::scope_form(
                &visitor.frame(&app),
                &app.book().plan,
                &account,
                &state,
            )))
        }
    }
}

/// An account with how far it reaches.
pub(super) async fn find(app: &App, id: AccountId) -> Result<(Account, Scope), AppError> {
    app.db
        .read(move |tx| {
            let account = account_by_id(tx, id)?.ok_or(AppError::NotFound)?;
            Ok((account, store::scope_of(tx, id)?))
        })
        .await
}

/// Makes the departments that were sent be all that an account manages; none is everything. Its sessions end where that
/// is something else than before.
pub(super) async fn change(
    app: &App,
    (visitor, client): (&Visitor, Client),
    id: AccountId,
    fields: &Fields,
) -> Result<(), AppError> {
    let book = app.book();
    let mut reader = Reader::new(fields);
    let scope = read(&mut reader, &book.plan);
    let scope = reader.finish(scope).map_err(AppError::Invalid)?;
    let known = app
        .db
        .read(move |tx: &Tx<'_>| account_by_id(tx, id))
        .await?
        .ok_or(AppError::NotFound)?;
    let words = pages::scope_words(&book.plan, &scope);
    let label = format!("let {} manage {words}", known.name);
    let note =
        Note::of(What::AccountChanged, visitor, client).about(format!("{} manages {words}", known.email));
    let (kept, asking) = (note.clone(), visitor.account);
    let written = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            require_admin(tx, asking)?;
            let changed = store::set_scope(tx, id, &scope).map_err(removed_meanwhile)?;
            if changed {
                end_sessions(tx, id)?;
                audit::note(tx, &kept)?;
            }
            Ok::<_, AppError>(changed)
        })
        .await?;
    if written.value {
        note.log();
        app.feed.end_account(id);
    }
    Ok(())
}

/// A department was removed between the look at the book and the write.
fn removed_meanwhile(error: DbError) -> AppError {
    match error {
        DbError::Constraint(_) => {
            AppError::field("departments", "one of these has just been removed; look again")
        }
        other => other.into(),
    }
}

/// The departments that a form or a program names.
pub(in crate::accounts) fn read(reader: &mut Reader<'_>, plan: &Plan) -> Scope {
    let mut given = Vec::new();
    let mut faults = Vec::new();
    for (index, text) in reader.fields().all("departments").iter().enumerate() {
        let id = text.trim().parse().ok().map(DepartmentId);
        match id.filter(|id| plan.department(*id).is_some()) {
            Some(id) => given.push(id),
            None => faults.push(format!("departments[{index}]")),
        }
    }
    for field in faults {
        reader.fault(&field, "is not one of the departments");
    }
    Scope::of(given)
}

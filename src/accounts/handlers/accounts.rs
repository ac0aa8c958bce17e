//! Who may come in.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::KeyedForm;
use crate::accounts::rules::{self, Access, AccountChange, AccountDraft};
use crate::accounts::store::Account;
use crate::accounts::visitor::Visitor;
use crate::accounts::{pages, password, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::AppError;
use crate::ui::FormState;
use crate::units::ids::AccountId;
use crate::web::{Fields, Path, Reader};

/// `GET /accounts`: who may come in.
pub(crate) async fn list_accounts(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let all = app.db.read(store::accounts).await?;
    Ok(pages::accounts(&visitor.frame(&app), visitor.account, &all, &FormState::default()).into_response())
}

/// `POST /accounts`: somebody more.
pub(crate) async fn add_account(
    State(app): State<App>,
    visitor: Visitor,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let errors = match make(&app, &visitor, &fields).await {
        Ok(_) => return Ok(Redirect::to("/accounts").into_response()),
        Err(AppError::Invalid(errors)) => errors,
        Err(error) => return Err(error),
    };
    let all = app.db.read(store::accounts).await?;
    let page = pages::accounts(
        &visitor.frame(&app),
        visitor.account,
        &all,
        &FormState::again(fields, errors),
    );
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Makes an account with a password from the fields of a form or of JSON.
pub(in crate::accounts) async fn make(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<AccountId, AppError> {
    let mut reader = Reader::new(fields);
    let draft = AccountDraft::read(&mut reader);
    if let Some(fault) = rules::password_fault(fields.text("new-password"), &draft.email) {
        reader.fault("new-password", fault);
    }
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let hash = password::hash_password(fields.text("new-password").to_owned()).await?;
    let label = format!("made an account for {}", draft.name);
    let made = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            let id = store::make_account(tx, &draft)?.ok_or_else(email_taken)?;
            store::set_password(tx, id, &hash)?;
            Ok::<_, AppError>(id)
        })
        .await?;
    Ok(made.value)
}

fn email_taken() -> AppError {
    AppError::field("email", "belongs to another account already")
}

/// `POST /accounts/{id}`: changes what somebody may do. A box that is not ticked is not sent, and means no.
pub(crate) async fn change_account(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AccountId>,
    KeyedForm(sent): KeyedForm,
) -> Result<Redirect, AppError> {
    let active = Reader::new(&sent).flag("active");
    let mut fields = Fields::default();
    fields.add("access".to_owned(), sent.text("access").to_owned());
    fields.add("active".to_owned(), active.to_string());
    change(&app, &visitor, id, &fields).await?;
    Ok(Redirect::to("/accounts"))
}

/// Changes those fields of an account that were sent; the last administrator stays one.
pub(in crate::accounts) async fn change(
    app: &App,
    visitor: &Visitor,
    id: AccountId,
    fields: &Fields,
) -> Result<(), AppError> {
    let find = move |tx: &Tx<'_>| store::account_by_id(tx, id)?.ok_or(AppError::NotFound);
    let known = app.db.read(find).await?;
    let mut reader = Reader::new(fields);
    let change = AccountChange::read(&mut reader);
    let password = fields.has("new-password").then(|| fields.text("new-password"));
    let email = change.email.as_ref().unwrap_or(&known.email);
    if let Some(fault) = password.and_then(|password| rules::password_fault(password, email)) {
        reader.fault("new-password", fault);
    }
    let change = reader.finish(change).map_err(AppError::Invalid)?;
    let hash = match password {
        Some(password) => Some(password::hash_password(password.to_owned()).await?),
        None => None,
    };
    let label = if hash.is_some() {
        format!("changed the account of {}, with a new password", known.name)
    } else {
        format!("changed the account of {}", known.name)
    };
    app.db
        .write(app.gesture(visitor, &label), move |tx| {
            let before = find(tx)?;
            check(tx, &before, &change)?;
            store::change_account(tx, &before, &change)?;
            if let Some(hash) = &hash {
                store::set_password(tx, id, hash)?;
            }
            Ok::<_, AppError>(())
        })
        .await?;
    // A new password alone changes no recorded row, and ends the sessions all the same.
    app.feed.end_account(id);
    Ok(())
}

/// What only the database knows to be wrong.
fn check(tx: &Tx<'_>, before: &Account, change: &AccountChange) -> Result<(), AppError> {
    if let Some(email) = &change.email
        && store::account_by_email(tx, email)?.is_some_and(|(other, _)| other.id != before.id)
    {
        return Err(email_taken());
    }
    let access = change.access.unwrap_or(before.access);
    let stays_admin = access == Access::Admin && change.active.unwrap_or(before.active);
    if !stays_admin && store::other_admins(tx, before.id)? == 0 {
        return Err(AppError::field(
            "access",
            "one administrator must remain; make another one first",
        ));
    }
    Ok(())
}

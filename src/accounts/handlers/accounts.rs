//! Who may come in: the list, one more, and changes that forms and programs share.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::KeyedForm;
use crate::accounts::api::AccountJson;
use crate::accounts::audit::{self, Note, What};
use crate::accounts::pages::{self, AccountRow};
use crate::accounts::password;
use crate::accounts::rules::{self, Access, AccountChange, AccountDraft, Link};
use crate::accounts::rules_list::{self, AccountsQuery};
use crate::accounts::said::Said;
use crate::accounts::scope::{self, Scope};
use crate::accounts::store::{self, ACCOUNT, Account};
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::db::{Tx, WriteTx};
use crate::edit::{self, Seen};
use crate::error::AppError;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{AccountId, PersonId};
use crate::web::{Client, Fields, Reader, if_match};

/// `GET /accounts`: who may come in.
pub(crate) async fn list_accounts(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query = AccountsQuery::read(&Fields::from_query(query.as_deref()));
    let (all, seen, mut scopes) = app
        .db
        .read(|tx| Ok::<_, AppError>((store::accounts(tx)?, store::last_seen(tx)?, scope::scopes(tx)?)))
        .await?;
    let (book, count) = (app.book(), all.len());
    let row = |account: Account| AccountRow {
        manages: scopes
            .remove(&account.id)
            .filter(|_| account.access == Access::Manager)
            .map(|given| scope::scope_words(&book.plan, &Scope::of(given))),
        seen_at: seen.get(&account.id).copied(),
        person: account.own_person(&book.plan).map(|person| person.name.clone()),
        account,
    };
    let rows: Vec<AccountRow> = all
        .into_iter()
        .map(row)
        .filter(|row| {
            let person = row.person.as_deref().unwrap_or_default();
            let texts = [row.account.name.as_str(), row.account.email.as_str(), person];
            query.finds(
                &texts,
                row.account.access,
                row.account.active,
                row.seen_at.is_some(),
            )
        })
        .collect();
    let frame = visitor.frame(&app);
    Ok(pages::accounts(&frame, &app.clock, visitor.account, &query, (&rows, count)).into_response())
}

/// `GET /accounts/new`: the form for an account with a first password.
pub(crate) async fn new_account(State(app): State<App>, visitor: Visitor) -> Response {
    pages::add_form(&visitor.frame(&app), &FormState::default())
}

/// `POST /accounts`: somebody more.
pub(crate) async fn add_account(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    match or_again(make(&app, &visitor, client, &fields).await, fields)? {
        Ok(id) => Ok(Said::AccountAdded.at(&format!("/accounts/{id}")).into_response()),
        Err(state) => Ok(refused(pages::add_form(&visitor.frame(&app), &state))),
    }
}

/// Makes an account with a password from the fields of a form or of JSON.
pub(in crate::accounts) async fn make(
    app: &App,
    visitor: &Visitor,
    client: Client,
    fields: &Fields,
) -> Result<AccountId, AppError> {
    let mut reader = Reader::new(fields);
    let draft = AccountDraft::read(&mut reader);
    let person = read_person(app, &mut reader);
    if let Some(fault) = rules::password_fault(fields.text("new-password"), &draft.email) {
        reader.fault("new-password", fault);
    }
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let hash = password::hash_password(fields.text("new-password").to_owned()).await?;
    let label = format!("made an account for {}", draft.name);
    let happened = Note::of(What::AccountAdded, visitor, client).about(format!(
        "{}, {}",
        draft.email,
        draft.access.as_str()
    ));
    let (noted, own) = (happened.clone(), visitor.account);
    let made = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            require_admin(tx, own)?;
            let id = store::make_account(tx, &draft)?.ok_or_else(email_taken)?;
            link(tx, id, person)?;
            store::set_password(tx, id, &hash)?;
            audit::note(tx, &noted)?;
            Ok::<_, AppError>(id)
        })
        .await?;
    happened.log();
    Ok(made.value)
}

/// The person whom an account is to be linked to, where one is named that is there.
pub(in crate::accounts) fn read_person(app: &App, reader: &mut Reader<'_>) -> Option<PersonId> {
    let person: Option<PersonId> = reader.id("person");
    if person.is_some_and(|id| app.book().plan.person(id).is_none()) {
        reader.fault("person", "is not in the list");
    }
    person
}

/// Links an account to a person, whom no other account may have.
pub(in crate::accounts) fn link(
    tx: &WriteTx<'_>,
    id: AccountId,
    person: Option<PersonId>,
) -> Result<(), AppError> {
    let Some(person) = person else { return Ok(()) };
    person_is_free(tx, person, Some(id))?;
    Ok(store::link_person(tx, id, person)?)
}

/// Whether nobody else has this person's weeks.
pub(in crate::accounts) fn person_is_free(
    tx: &Tx<'_>,
    person: PersonId,
    own: Option<AccountId>,
) -> Result<(), AppError> {
    match store::other_account_of(tx, person, own)? {
        None => Ok(()),
        Some(email) => Err(AppError::field(
            "person",
            format!("is linked to the account of {email} already"),
        )),
    }
}

pub(in crate::accounts) fn email_taken() -> AppError {
    AppError::field("email", "belongs to another account already")
}

/// Lets a write go on while whoever asked for it is an administrator: they may have been one when they asked, and be none
/// any more when it is its turn.
pub(in crate::accounts) fn require_admin(tx: &Tx<'_>, id: AccountId) -> Result<(), AppError> {
    if store::is_admin(tx, id)? {
        Ok(())
    } else {
        Err(AppError::Forbidden(
            "Your account may not do this any more. Ask an administrator if you need it.",
        ))
    }
}

/// Changes those fields of an account that were sent; the last administrator stays one.
pub(in crate::accounts) async fn change(
    app: &App,
    visitor: &Visitor,
    client: Client,
    id: AccountId,
    (fields, headers): (&Fields, &HeaderMap),
) -> Result<Account, AppError> {
    let find = move |tx: &Tx<'_>| store::account_by_id(tx, id)?.ok_or(AppError::NotFound);
    let known = app.db.read(find).await?;
    let mut reader = Reader::new(fields);
    let change = AccountChange::read(&mut reader);
    if change.person != Link::Stays {
        read_person(app, &mut reader);
    }
    let typed = fields.has("new-password").then(|| fields.text("new-password"));
    let email = change.email.as_ref().unwrap_or(&known.email);
    if let Some(fault) = typed.and_then(|typed| rules::password_fault(typed, email)) {
        reader.fault("new-password", fault);
    }
    let change = reader.finish(change).map_err(AppError::Invalid)?;
    let hash = match typed {
        Some(typed) => Some(password::hash_password(typed.to_owned()).await?),
        None => None,
    };
    let asked = Asked { change, hash };
    let changed = edit::retry(|| attempt(app, visitor, client, id, (&asked, headers))).await?;
    // A new password alone changes no recorded row, and ends the sessions all the same.
    if asked.ends_sessions(&known) {
        app.feed.end_account(id);
    }
    Ok(changed)
}

/// What is to be different.
struct Asked {
    change: AccountChange,
    hash: Option<String>,
}

impl Asked {
    fn ends_sessions(&self, before: &Account) -> bool {
        self.hash.is_some()
            || self.change.access.is_some_and(|access| access != before.access)
            || self.change.active.is_some_and(|active| active != before.active)
    }
}

async fn attempt(
    app: &App,
    visitor: &Visitor,
    client: Client,
    id: AccountId,
    (asked, headers): (&Asked, &HeaderMap),
) -> Result<Account, AppError> {
    let seen = Seen::at(app.book().revision, &[(&ACCOUNT, id.0)]);
    let find = move |tx: &Tx<'_>| store::account_by_id(tx, id)?.ok_or(AppError::NotFound);
    let known = app.db.read(find).await?;
    if_match(headers, &AccountJson::from(&known))?;
    let label = if asked.hash.is_some() {
        format!("changed the account of {}, with a new password", known.name)
    } else {
        format!("changed the account of {}", known.name)
    };
    // A form sends every field; where all are as they were, nothing has happened that could be written down.
    let Some(about) = rules_list::changes(&known, &asked.change, asked.hash.is_some()) else {
        return Ok(known);
    };
    let happened = Note::of(What::AccountChanged, visitor, client).about(about);
    let (noted, own) = (happened.clone(), visitor.account);
    let (change, hash) = (asked.change.clone(), asked.hash.clone());
    let changed = app
        .db
        .write(app.gesture(visitor, &label), move |tx| {
            require_admin(tx, own)?;
            seen.check(tx)?;
            apply(tx, id, &change, hash.as_deref())?;
            audit::note(tx, &noted)?;
            find(tx)
        })
        .await?;
    happened.log();
    Ok(changed.value)
}

/// Changes an account within a write, where nothing speaks against it.
pub(in crate::accounts) fn apply(
    tx: &WriteTx<'_>,
    id: AccountId,
    change: &AccountChange,
    hash: Option<&str>,
) -> Result<(), AppError> {
    let before = store::account_by_id(tx, id)?.ok_or(AppError::NotFound)?;
    check(tx, &before, change)?;
    store::change_account(tx, &before, change)?;
    if let Some(hash) = hash {
        store::set_password(tx, id, hash)?;
    }
    Ok(())
}

/// What only the database knows to be wrong.
fn check(tx: &Tx<'_>, before: &Account, change: &AccountChange) -> Result<(), AppError> {
    if let Some(email) = &change.email
        && store::account_by_email(tx, email)?.is_some_and(|(other, _)| other.id != before.id)
    {
        return Err(email_taken());
    }
    if let Link::To(person) = change.person {
        person_is_free(tx, person, Some(before.id))?;
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

//! One account: its page, and what is done to it there.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderMap;

use super::KeyedForm;
use super::accounts::{change, require_admin};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::pages::{self, AccountView};
use crate::accounts::rules::Access;
use crate::accounts::said::Said;
use crate::accounts::store::{self, Account};
use crate::accounts::visitor::Visitor;
use crate::accounts::{scope, second_factor, ways};
use crate::app::App;
use crate::clock::millis;
use crate::error::AppError;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::AccountId;
use crate::web::{Client, Fields, Path, Reader};

/// How much of what happened stands on the page of an account.
const RECENT: u32 = 12;

/// `GET /accounts/{id}`: one account.
pub(crate) async fn show_account(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<AccountId>,
) -> Result<Response, AppError> {
    let account = find(&app, id).await?;
    let state = FormState::with(&own_fields(&account));
    page(&app, &visitor, &account, &state).await
}

/// `POST /accounts/{id}`: changes what was typed. A box that is not ticked is not sent, and means no.
pub(crate) async fn change_account(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    KeyedForm(sent): KeyedForm,
) -> Result<Response, AppError> {
    let mut fields = Fields::default();
    for name in ["name", "email", "access", "person"] {
        if sent.has(name) {
            fields.set(name, sent.text(name));
        }
    }
    let active = Reader::new(&sent).flag("active");
    fields.set("active", &active.to_string());
    let before = find(&app, id).await?;
    match or_again(
        change(&app, &visitor, client, id, (&fields, &HeaderMap::new())).await,
        fields,
    )? {
        Ok(after) => {
            let said = if after == before {
                Said::Unchanged
            } else {
                Said::Saved
            };
            Ok(said.at(&format!("/accounts/{id}")).into_response())
        }
        Err(state) => {
            let account = find(&app, id).await?;
            Ok(refused(page(&app, &visitor, &account, &state).await?))
        }
    }
}

/// `POST /accounts/{id}/end-sessions`: every browser must sign in again.
pub(crate) async fn end_sessions(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    let account = find(&app, id).await?;
    let happened = Note::of(What::SessionsEnded, &visitor, client).about(account.email.clone());
    let (noted, own) = (happened.clone(), visitor.account);
    app.db
        .write(
            app.gesture(&visitor, &format!("ended the sessions of {}", account.name)),
            move |tx| {
                require_admin(tx, own)?;
                store::end_sessions(tx, id)?;
                Ok::<_, AppError>(audit::note(tx, &noted)?)
            },
        )
        .await?;
    happened.log();
    app.feed.end_account(id);
    Ok(Said::SessionsEnded.at(&format!("/accounts/{id}")))
}

/// `POST /accounts/{id}/reset-second-step`: takes off what somebody proves themselves a second time with and has lost.
pub(crate) async fn reset_second_step(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    second_factor::reset(&app, &visitor, client, id).await?;
    Ok(Said::SecondStepOff.at(&format!("/accounts/{id}")))
}

pub(in crate::accounts) async fn find(app: &App, id: AccountId) -> Result<Account, AppError> {
    app.db
        .read(move |tx| store::account_by_id(tx, id))
        .await?
        .ok_or(AppError::NotFound)
}

fn own_fields(account: &Account) -> [(&'static str, String); 5] {
    [
        ("name", account.name.clone()),
        ("email", account.email.clone()),
        ("access", account.access.as_str().to_owned()),
        (
            "person",
            account.person.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("active", account.active.to_string()),
    ]
}

async fn page(
    app: &App,
    visitor: &Visitor,
    account: &Account,
    state: &FormState,
) -> Result<Response, AppError> {
    let id = account.id;
    let since = app.clock.now() - millis(app.config.session_idle);
    let known = account.clone();
    let (seen, verified, sessions, rows, (reach, means)) = app
        .db
        .read(move |tx| {
            Ok::<_, AppError>((
                store::last_seen(tx)?,
                store::is_verified(tx, &known)?,
                store::open_sessions(tx, id, since)?,
                audit::rows_of(tx, id, &known.email, RECENT)?,
                (scope::scope_of(tx, id)?, second_factor::means(tx, id, true)?),
            ))
        })
        .await?;
    let book = app.book();
    let view = AccountView {
        account,
        own: id == visitor.account,
        seen_at: seen.get(&id).copied(),
        verified,
        sessions,
        mail: app.mail.works(),
        passwords: ways::passwords(app),
        second_step: means.authenticator || means.passkey,
        people: &people(&book, account),
        rows: &rows,
        manages: (account.access == Access::Manager).then(|| scope::scope_link(&book.plan, account, &reach)),
        clock: &app.clock,
    };
    Ok(pages::account(&visitor.frame(app), &view, state).into_response())
}

/// Everybody who is planned, and whoever it is linked to now even if they are not any more.
fn people(book: &crate::book::Book, account: &Account) -> Vec<(String, String)> {
    let mut all: Vec<_> = book
        .plan
        .people
        .iter()
        .filter(|person| person.active || account.person == Some(person.id))
        .map(|person| (person.id.to_string(), person.name.clone()))
        .collect();
    all.sort_by(|(_, one), (_, other)| one.cmp(other));
    all
}

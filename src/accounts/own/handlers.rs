//! What is asked of one's own account.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use super::confirm::{ask_again, check_own};
use super::store::Session;
use super::{pages, rules, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::rules as account_rules;
use crate::accounts::said::Said;
use crate::accounts::store as account_store;
use crate::accounts::{KeyedForm, Visitor, oidc, passkeys, password, second_factor, ways};
use crate::app::App;
use crate::clock::millis;
use crate::db::DbError;
use crate::error::{AppError, FieldError};
use crate::ui::{self, FormState, refused};
use crate::units::ids::AccountId;
use crate::web::{Client, Fields, Path, hex};

/// `GET /account`: who one is here, how one signs in, and where one is signed in.
pub(crate) async fn show_account(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    if visitor.is_stranger() {
        return Err(AppError::SignedOut);
    }
    Ok(page(&app, &visitor, &FormState::default()).await?.into_response())
}

async fn page(app: &App, visitor: &Visitor, state: &FormState) -> Result<maud::Markup, AppError> {
    let sessions = own_sessions(app, visitor).await?;
    let (asking, asked_of) = (app.clone(), visitor.clone());
    let (known, second, keys) = app
        .db
        .read(move |tx| {
            Ok::<_, DbError>((
                store::own_hash(tx, asked_of.account)?.is_some(),
                second_factor::own(&asking, tx, &asked_of)?,
                passkeys::own(&asking, tx, asked_of.account)?,
            ))
        })
        .await?;
    let links = oidc::links(app, visitor).await?;
    let frame = visitor.frame(app);
    let content = pages::Account {
        name: &visitor.name,
        email: &visitor.email,
        access: visitor.access,
        passwords: ways::passwords(app),
        has_password: known,
        others_eyes: visitor.behind.is_some(),
        sessions: sessions.iter().map(|one| told(app, visitor, one)).collect(),
        second: second_factor::own_card(&frame, &second),
        passkeys: passkeys::own_card(&frame, &keys),
        providers: oidc::linked(&frame, &app.clock, &links),
    };
    Ok(pages::account(&frame, &content, state))
}

/// Where somebody is signed in.
pub(super) async fn own_sessions(app: &App, visitor: &Visitor) -> Result<Vec<Session>, AppError> {
    let (account, now) = (visitor.account, app.clock.now());
    let (seen, started) = (
        now - millis(app.config.session_idle),
        now - millis(app.config.session_max),
    );
    Ok(app
        .db
        .read(move |tx| store::sessions(tx, account, seen, started))
        .await?)
}

fn told(app: &App, visitor: &Visitor, session: &Session) -> pages::Session {
    let proof = if session.second.is_empty() || session.second == session.proof {
        session.proof.clone()
    } else {
        format!("{} and {}", session.proof, session.second)
    };
    pages::Session {
        handle: handle(&session.key_hash),
        browser: rules::browser_words(&session.agent),
        address: session.address.clone(),
        proof,
        since: ui::ago(&app.clock, session.started_at),
        used: ui::ago(&app.clock, session.seen_at),
        own: session.key_hash == visitor.key_hash,
        behind: session.behind.clone(),
    }
}

/// By which a page names a session without saying under what it is kept.
pub(super) fn handle(key_hash: &[u8]) -> String {
    hex(Sha256::digest(key_hash).iter().take(12))
}

/// `POST /account/credentials`: a new password, for the old one or after a proof of this moment where there is none. The
/// other sessions end.
pub(crate) async fn change_password(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let mut fields = fields;
    let account = visitor.account;
    let has_one = app
        .db
        .read(move |tx| store::own_hash(tx, account))
        .await?
        .is_some();
    if !has_one && let Some(asked) = ask_again(&app, &visitor, "/account").await? {
        return Ok(asked);
    }
    let (old, new) = (fields.take_secret("password"), fields.take_secret("new-password"));
    let mut errors = Vec::new();
    if let Some(fault) = account_rules::password_fault(new.expose(), &visitor.email) {
        errors.push(FieldError::new("new-password", fault));
    } else if has_one && let Some(fault) = check_own(&app, &visitor, "password", old).await? {
        audit::keep_knock(
            &app,
            client,
            Note::of(What::ConfirmationRefused, &visitor, client),
        )
        .await;
        errors.push(fault);
    }
    if !errors.is_empty() {
        let page = page(&app, &visitor, &FormState::again(Fields::default(), errors)).await?;
        return Ok(refused(page));
    }
    let hash = password::hash_password(new.expose().to_owned()).await?;
    let changed = Note::of(What::OwnProofChanged, &visitor, client);
    let (noted, key_hash) = (changed.clone(), visitor.key_hash.clone());
    let ended = app
        .db
        .write(app.own_gesture("change one's own sign-in"), move |tx| {
            account_store::put_password(tx, account, &hash)?;
            audit::note(tx, &noted)?;
            store::end_others(tx, account, &key_hash)
        })
        .await?
        .value;
    changed.log();
    hang_up(&app, account, &ended);
    Ok(Said::PasswordChanged.at("/account").into_response())
}

/// `POST /account/sessions/{key}/end`: ends one session.
pub(crate) async fn end_session(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(wanted): Path<String>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    end_one(&app, &visitor, client, wanted).await?;
    Ok(Said::SessionEnded.at("/account#sessions").into_response())
}

/// Ends one session of the visitor's, with its open pages.
pub(super) async fn end_one(
    app: &App,
    visitor: &Visitor,
    client: Client,
    wanted: String,
) -> Result<(), AppError> {
    let (account, happened) = (visitor.account, Note::of(What::SessionsEnded, visitor, client));
    let noted = happened.clone();
    let ended = app
        .db
        .write(app.own_gesture("end a session"), move |tx| {
            let all = store::sessions(tx, account, 0, 0)?;
            let found = all.into_iter().find(|one| handle(&one.key_hash) == wanted);
            let key_hash = found.ok_or(AppError::NotFound)?.key_hash;
            store::end_one(tx, account, &key_hash)?;
            audit::note(tx, &noted)?;
            Ok::<_, AppError>(key_hash)
        })
        .await?
        .value;
    happened.log();
    hang_up(app, account, &[ended]);
    Ok(())
}

/// `POST /account/sessions/end-others`: ends all but this one.
pub(crate) async fn end_other_sessions(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let happened = Note::of(What::SessionsEnded, &visitor, client).about("all others");
    let (account, key_hash, noted) = (visitor.account, visitor.key_hash.clone(), happened.clone());
    let ended = app
        .db
        .write(app.own_gesture("end the other sessions"), move |tx| {
            audit::note(tx, &noted)?;
            store::end_others(tx, account, &key_hash)
        })
        .await?
        .value;
    happened.log();
    hang_up(&app, account, &ended);
    Ok(Said::OthersEnded.at("/account#sessions").into_response())
}

/// Ends the lines of sessions that have ended: nothing more is said to them.
pub fn hang_up(app: &App, account: AccountId, ended: &[Vec<u8>]) {
    for key_hash in ended {
        app.feed.end_session(account, key_hash);
    }
}

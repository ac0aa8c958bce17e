//! What is asked of a forgotten password.

use std::sync::LazyLock;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tokio::sync::Semaphore;

use super::rules::{Letters, Limits, letter};
use super::{pages, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::handlers::{KeyedForm, find, require_admin};
use crate::accounts::pages::link_once;
use crate::accounts::rules::{fold_email, password_fault};
use crate::accounts::said::Said;
use crate::accounts::sign_in::minutes;
use crate::accounts::store::{self as accounts, Account};
use crate::accounts::visitor::{Visitor, hash_of};
use crate::accounts::{password, ways};
use crate::app::App;
use crate::error::AppError;
use crate::mail::{self, Letter};
use crate::secret::Secret;
use crate::ui::{FormState, refused};
use crate::units::ids::AccountId;
use crate::web::outermost::random_key;
use crate::web::{Client, Fields, Path, Reader};

/// So many requests are worked on at a time after their answer has gone; what comes on top is dropped.
static AFTERWARDS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(64));

/// `GET /auth/forgotten`: asks for the address.
pub(crate) async fn show(State(app): State<App>) -> Result<Response, AppError> {
    if !ways::passwords(&app) {
        return Err(AppError::NotFound);
    }
    Ok(pages::forgotten(&FormState::default(), app.mail.works()).into_response())
}

/// `POST /auth/forgotten`: the same answer at once, whoever asks for whichever address.
pub(crate) async fn ask(
    State(app): State<App>,
    client: Client,
    fields: Fields,
) -> Result<Response, AppError> {
    if !ways::passwords(&app) {
        return Err(AppError::NotFound);
    }
    if !app.mail.works() {
        return Ok(pages::forgotten(&FormState::default(), false).into_response());
    }
    let mut reader = Reader::new(&fields);
    let email = reader.parsed("email", fold_email);
    let email = match reader.finish(email) {
        Ok(email) => email,
        Err(errors) => {
            let page = pages::forgotten(&FormState::again(fields, errors), true);
            return Ok(refused(page));
        }
    };
    app.throttle.ask_for_link(client.address, app.clock.now())?;
    let page = pages::asked(&email, &lives(&app));
    if let Ok(place) = AFTERWARDS.try_acquire() {
        tokio::spawn(async move {
            if let Err(error) = send(&app, &email, client).await {
                tracing::warn!(%error, "a link for somebody who forgot could not be made");
            }
            drop(place);
        });
    }
    Ok(page.into_response())
}

/// Sends the letter where there is whom to send it to, and not too many have left already.
async fn send(app: &App, email: &str, client: Client) -> Result<(), AppError> {
    let key = random_key()?;
    let (key_hash, wanted, allowed) = (hash_of(&key), email.to_owned(), ways::allows(app, email));
    let limits = app.config.waits.reset;
    let often = Limits {
        lives: limits.lives,
        most: limits.most,
        pause: limits.pause,
    };
    let written_down = app.throttle.may_note(client.address, app.clock.now());
    let made = app
        .db
        .write(app.own_gesture("make a link to a new password"), move |tx| {
            let found = accounts::account_by_email(tx, &wanted)?.map(|(account, _)| account);
            let found = found.filter(|account| account.active && allowed);
            let another = match &found {
                Some(account) => Letters::another(store::letters(tx, account.id)?, &often, tx.now()),
                None => None,
            };
            let (Some(account), Some(letters)) = (found, another) else {
                let happened = Note::of_stranger(What::ResetRefused, &wanted, client);
                if written_down {
                    audit::note(tx, &happened)?;
                }
                return Ok::<_, AppError>((None, happened));
            };
            store::keep_link(tx, &limits, account.id, (&key_hash, true))?;
            store::count_letter(tx, account.id, letters)?;
            let happened = Note::of_stranger(What::ResetLinkMade, &wanted, client).account(account.id);
            audit::note(tx, &happened)?;
            Ok((Some(account), happened))
        })
        .await?;
    let (account, happened) = made.value;
    happened.log();
    if let Some(account) = account {
        post(app, &account, &link_of(app, &key));
    }
    Ok(())
}

/// A link for an account that may use one, and under what it is kept.
///
/// # Errors
/// `BadRequest` where there is nothing to replace.
pub fn new_link(app: &App, account: &Account) -> Result<(Vec<u8>, Secret), AppError> {
    if !account.active || !ways::passwords(app) {
        return Err(AppError::BadRequest(
            "This account cannot sign in with a password now, so there is nothing to replace.".to_owned(),
        ));
    }
    let key = random_key()?;
    Ok((hash_of(&key), Secret::from(link_of(app, &key))))
}

fn link_of(app: &App, key: &str) -> String {
    format!("{}/auth/reset/{key}", app.config.public_url)
}

/// How long a link is good: `30 minutes`.
fn lives(app: &App) -> String {
    minutes(app.config.waits.reset.lives.unsigned_abs() / 1_000)
}

fn post(app: &App, account: &Account, link: &str) {
    let (subject, text) = letter(&account.name, link, &lives(app));
    mail::send(
        app,
        Letter {
            to: account.email.clone(),
            subject,
            text: Secret::from(text),
            until: None,
        },
    );
}

/// `POST /accounts/{id}/reset-link`: an administrator sends somebody the link, or is shown it where no letters leave.
pub(crate) async fn send_to(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<AccountId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let account = find(&app, id).await?;
    let (key_hash, link) = new_link(&app, &account)?;
    let (mail, limits) = (app.mail.works(), app.config.waits.reset);
    let happened = Note::of(What::ResetLinkMade, &visitor, client).about(account.email.clone());
    let (noted, own) = (happened.clone(), visitor.account);
    app.db
        .write(
            app.gesture(&visitor, "made a link to a new password"),
            move |tx| {
                require_admin(tx, own)?;
                store::keep_link(tx, &limits, id, (&key_hash, mail))?;
                Ok::<_, AppError>(audit::note(tx, &noted)?)
            },
        )
        .await?;
    happened.log();
    let place = format!("/accounts/{id}");
    if mail {
        post(&app, &account, link.expose());
        return Ok(Said::LinkSent.at(&place).into_response());
    }
    let text = format!(
        "Letters are not set up, so give this link to {} yourself. It is good once, and for {}.",
        account.name,
        lives(&app)
    );
    let back = (place.as_str(), "Back to the account");
    Ok(link_once(&visitor.frame(&app), "A new password", &text, link.expose(), back).into_response())
}

/// `GET /auth/reset/{key}`: where the new one is chosen. Looking at it uses nothing up.
pub(crate) async fn show_choice(
    State(app): State<App>,
    Path(key): Path<String>,
) -> Result<Response, AppError> {
    Ok(match whose(&app, &key).await? {
        Some(account) => pages::choose(&key, &account.email, &FormState::default()).into_response(),
        None => gone(&app),
    })
}

async fn whose(app: &App, key: &str) -> Result<Option<Account>, AppError> {
    let (key_hash, now) = (hash_of(key), app.clock.now());
    let found = app
        .db
        .read(move |tx| store::account_of(tx, &key_hash, now))
        .await?;
    let account = found.map(|(account, _)| account);
    Ok(account.filter(|account| ways::passwords(app) && ways::allows(app, &account.email)))
}

/// The same for a link that was used, replaced, too old, or never made.
fn gone(app: &App) -> Response {
    (StatusCode::NOT_FOUND, pages::gone(&lives(app))).into_response()
}

/// `POST /auth/reset/{key}`: replaces the password and ends every session. The link is used up.
pub(crate) async fn choose(
    State(app): State<App>,
    Path(key): Path<String>,
    client: Client,
    fields: Fields,
) -> Result<Response, AppError> {
    let Some(account) = whose(&app, &key).await? else {
        return Ok(gone(&app));
    };
    let typed = Secret::from(fields.text("new-password").to_owned());
    let mut reader = Reader::new(&fields);
    if let Some(fault) = password_fault(typed.expose(), &account.email) {
        reader.fault("new-password", fault);
    }
    if let Err(errors) = reader.finish(()) {
        let page = pages::choose(&key, &account.email, &FormState::again(fields, errors));
        return Ok(refused(page));
    }
    let hash = password::hash_password(typed.expose().to_owned()).await?;
    let key_hash = hash_of(&key);
    let used = app
        .db
        .write(app.own_gesture("replace a forgotten password"), move |tx| {
            let Some((account, mailed)) = store::account_of(tx, &key_hash, tx.now())? else {
                return Ok::<_, AppError>(None);
            };
            // This takes the link too.
            accounts::set_password(tx, account.id, &hash)?;
            if mailed {
                accounts::verify_address(tx, account.id, &account.email)?;
            }
            let happened = Note::of_stranger(What::ResetLinkUsed, &account.email, client).account(account.id);
            audit::note(tx, &happened)?;
            Ok(Some((account.id, happened)))
        })
        .await?;
    let Some((id, happened)) = used.value else {
        return Ok(gone(&app));
    };
    happened.log();
    app.feed.end_account(id);
    Ok(pages::done().into_response())
}

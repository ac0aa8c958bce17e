//! The first account.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{self, Knock, Proof};
use crate::accounts::rules::{self, Access, AccountDraft};
use crate::accounts::visitor::hash_of;
use crate::accounts::{pages, password, store};
use crate::app::App;
use crate::db::DbError;
use crate::error::AppError;
use crate::ui::{FormState, refused};
use crate::web::outermost::random_key;
use crate::web::{Fields, Path, Reader};

/// For how long the link to the first account is good, in milliseconds: a day.
const SETUP_LIVES: i64 = 86_400_000;

/// A link under which the first account can be made, or none where there is an account already.
pub async fn make_setup_link(app: &App) -> Result<Option<String>, AppError> {
    let key = random_key()?;
    let key_hash = hash_of(&key);
    let expires_at = app.clock.now() + SETUP_LIVES;
    let made = app
        .db
        .write(app.own_gesture("make the set-up link"), move |tx| {
            let first = store::count_accounts(tx)? == 0;
            if first {
                store::keep_setup_link(tx, &key_hash, expires_at)?;
            }
            Ok::<_, DbError>(first)
        })
        .await?;
    Ok(made.value.then(|| format!("/setup/{key}")))
}

/// `GET /setup/{key}`: the form for the first account.
pub(crate) async fn show_setup(
    State(app): State<App>,
    Path(key): Path<String>,
) -> Result<Response, AppError> {
    is_good(&app, &key).await?;
    Ok(pages::setup(&FormState::default(), &key).into_response())
}

/// Refuses a link that is not the one.
async fn is_good(app: &App, key: &str) -> Result<(), AppError> {
    let (key_hash, now) = (hash_of(key), app.clock.now());
    let good = app
        .db
        .read(move |tx| store::setup_link_is_good(tx, &key_hash, now));
    if good.await? {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

/// `POST /setup/{key}`: makes the first account, an administrator, and signs them in. The link is used up.
pub(crate) async fn set_up(
    State(app): State<App>,
    Path(key): Path<String>,
    knock: Knock,
    fields: Fields,
) -> Result<Response, AppError> {
    // Looked at before anything is worked on: strangers find a link here that is none, and make nobody work.
    is_good(&app, &key).await?;
    let mut fields = fields;
    fields.add("access".to_owned(), Access::Admin.as_str().to_owned());
    let mut reader = Reader::new(&fields);
    let draft = AccountDraft::read(&mut reader);
    if let Some(fault) = rules::password_fault(fields.text("new-password"), &draft.email) {
        reader.fault("new-password", fault);
    }
    let draft = match reader.finish(draft) {
        Ok(draft) => draft,
        Err(errors) => {
            let page = pages::setup(&FormState::again(fields, errors), &key);
            return Ok(refused(page));
        }
    };
    let hash = password::hash_password(fields.text("new-password").to_owned()).await?;
    let (key_hash, now, client) = (hash_of(&key), app.clock.now(), knock.client);
    let made = app
        .db
        .write(app.own_gesture("make the first account"), move |tx| {
            if !store::setup_link_is_good(tx, &key_hash, now)? {
                return Err(AppError::NotFound);
            }
            store::use_setup_link(tx)?;
            let id = store::make_account(tx, &draft)?.ok_or(AppError::NotFound)?;
            store::set_password(tx, id, &hash)?;
            let account = store::account_by_id(tx, id)?.ok_or(AppError::NotFound)?;
            let added = Note::of_stranger(What::AccountAdded, &account.email, client)
                .account(id)
                .about("the first, by the set-up link");
            audit::note(tx, &added)?;
            Ok((account, added))
        })
        .await?;
    let (account, added) = made.value;
    added.log();
    entry::admit(&app, &account, Proof::Link, &knock, "/").await
}

//! Making, showing and removing passkeys.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};
use webauthn_rs::prelude::{Passkey, PublicKeyCredential, RegisterPublicKeyCredential, Uuid};

use super::ceremony::webauthn;
use super::{pages, rules, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{Entrance, Knock, Proof, local_path};
use crate::accounts::said::Said;
use crate::accounts::sign_in::may_enter;
use crate::accounts::store as account_store;
use crate::accounts::visitor::hash_of;
use crate::accounts::{KeyedForm, Visitor, own as own_account, second_factor};
use crate::app::App;
use crate::db::{DbError, Tx};
use crate::error::AppError;
use crate::ui;
use crate::units::ids::AccountId;
use crate::web::outermost::random_key;
use crate::web::{Client, Cookie, Json, Path};

/// The one answer to every passkey that opens nothing, whatever the reason.
const REFUSED: AppError = AppError::Forbidden(
    "This passkey opens nothing here, or it took too long. Try again, or use another way.",
);

/// What a browser holds while it is asked to sign.
const ASKED: Cookie = Cookie::of_host("ballast-passkey");

/// What the own account shows of passkeys.
pub fn own(app: &App, tx: &Tx<'_>, account: AccountId) -> Result<pages::Own, DbError> {
    let keys = store::passkeys(tx, account)?;
    let told = keys.into_iter().map(|key| pages::Told {
        id: key.id,
        name: key.name,
        made: ui::ago(&app.clock, key.made_at),
        used: key.used_at.map(|at| ui::ago(&app.clock, at)),
    });
    Ok(pages::Own {
        possible: super::possible(&app.config),
        keys: told.collect(),
    })
}

/// `POST /account/passkeys/begin`: what a new passkey is to sign; or where to prove oneself first.
pub(crate) async fn begin_new(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let webauthn = webauthn(&app)?;
    if !own_account::is_fresh(&app, &visitor).await? {
        let confirm = own_account::confirm_address("/account#passkeys");
        return Ok(Json(json!({ "confirm": confirm })).into_response());
    }
    let (account, new) = (visitor.account, Uuid::new_v4());
    let (handle, known) = app
        .db
        .write(app.own_gesture("begin a passkey"), move |tx| {
            let handle = store::handle(tx, account, new.as_bytes())?;
            Ok::<_, DbError>((handle, store::passkeys(tx, account)?))
        })
        .await?
        .value;
    let handle = Uuid::from_slice(&handle).map_err(|error| AppError::Internal(error.to_string()))?;
    let known = known.iter().filter_map(|key| read(&key.credential));
    let known = known.map(|key| key.cred_id().clone()).collect();
    let (asked, waiting) = webauthn
        .start_passkey_registration(handle, &visitor.email, &visitor.name, Some(known))
        .map_err(|error| AppError::Internal(error.to_string()))?;
    app.ceremonies
        .wait_for_new(&visitor.key_hash, app.clock.now(), waiting);
    let mut asked = serde_json::to_value(asked).map_err(|error| AppError::Internal(error.to_string()))?;
    // Only what the authenticator can find by itself can sign somebody in who has not said who they are.
    if let Some(Value::Object(wanted)) = asked.pointer_mut("/publicKey/authenticatorSelection") {
        wanted.insert("residentKey".to_owned(), json!("required"));
        wanted.insert("requireResidentKey".to_owned(), json!(true));
    }
    Ok(Json(asked).into_response())
}

#[derive(Deserialize)]
pub(crate) struct Made {
    #[serde(default)]
    name: String,
    credential: RegisterPublicKeyCredential,
}

/// `POST /account/passkeys/finish`: the new passkey.
pub(crate) async fn finish_new(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Json(made): Json<Made>,
) -> Result<Json<Value>, AppError> {
    let waiting = app.ceremonies.take_new(&visitor.key_hash, app.clock.now());
    let waiting = waiting.ok_or(REFUSED)?;
    let passkey = webauthn(&app)?
        .finish_passkey_registration(&made.credential, &waiting)
        .map_err(|_| REFUSED)?;
    let text = serde_json::to_string(&passkey).map_err(|error| AppError::Internal(error.to_string()))?;
    let added = Note::of(What::PasskeyAdded, &visitor, client);
    let (account, noted) = (visitor.account, added.clone());
    let name = app
        .db
        .write(app.own_gesture("add a passkey"), move |tx| {
            let name = rules::name_of(&made.name, store::passkeys(tx, account)?.len());
            if !store::add(tx, account, &name, passkey.cred_id().as_ref(), &text)? {
                return Err(REFUSED);
            }
            audit::note(tx, &noted.clone().about(&*name))?;
            Ok::<_, AppError>(name)
        })
        .await?
        .value;
    added.about(name).log();
    Ok(Json(json!({})))
}

/// `POST /account/passkeys/{id}/remove`: removes one, after a proof of this moment. What the organisation demands stays.
pub(crate) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<i64>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    if let Some(asked) = own_account::ask_again(&app, &visitor, "/account").await? {
        return Ok(asked);
    }
    remove_one(&app, &visitor, client, id).await?;
    Ok(Said::PasskeyRemoved.at("/account#passkeys").into_response())
}

/// Removes a passkey of somebody who has just proved themselves.
pub(super) async fn remove_one(
    app: &App,
    visitor: &Visitor,
    client: Client,
    id: i64,
) -> Result<(), AppError> {
    let removed = Note::of(What::PasskeyRemoved, visitor, client);
    let (account, access, noted) = (visitor.account, visitor.access, removed.clone());
    let config = app.config.clone();
    app.db
        .write(app.own_gesture("remove a passkey"), move |tx| {
            if !store::drop_one(tx, account, id)? {
                return Err(AppError::NotFound);
            }
            if second_factor::is_left_without(tx, &config, account, access)? {
                return Err(AppError::Conflict {
                    detail: "Your organisation asks for a second step, and this is your only one. Set up an authenticator first."
                        .to_owned(),
                    extra: Value::Null,
                });
            }
            Ok::<_, AppError>(audit::note(tx, &noted)?)
        })
        .await?;
    removed.log();
    Ok(())
}

/// `POST /auth/passkey/begin`, `POST /admin/passkey/begin`: what a known passkey is to sign. Nobody says who they are.
pub(crate) async fn begin_sign_in(State(app): State<App>, client: Client) -> Result<Response, AppError> {
    app.throttle.begin(client.address, app.clock.now())?;
    let key = random_key()?;
    let mut answer = ask_for_known(&app, &hash_of(&key))?;
    let secure = app.config.secure_cookies;
    if let Some(value) = ASKED.set(&key, secure, Some(300)) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(answer)
}

fn ask_for_known(app: &App, browser: &[u8]) -> Result<Response, AppError> {
    let (mut asked, waiting) = webauthn(app)?
        .start_discoverable_authentication()
        .map_err(|error| AppError::Internal(error.to_string()))?;
    // Somebody has pressed a button: the browser may ask at once.
    asked.mediation = None;
    app.ceremonies.wait_for_known(browser, app.clock.now(), waiting);
    Ok(Json(asked).into_response())
}

#[derive(Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    next: String,
    credential: PublicKeyCredential,
}

/// A passkey that has signed what it was asked to.
struct Proven {
    id: i64,
    account: AccountId,
    /// With its new counter, as it is kept.
    credential: String,
}

fn read(credential: &str) -> Option<Passkey> {
    serde_json::from_str(credential).ok()
}

/// Whose passkey signed what this browser was asked to sign; the counter has risen, and its owner was verified.
async fn proven(app: &App, browser: &[u8], shown: &PublicKeyCredential) -> Result<Proven, AppError> {
    let waiting = app
        .ceremonies
        .take_known(browser, app.clock.now())
        .ok_or(REFUSED)?;
    let webauthn = webauthn(app)?;
    let (handle, credential) = webauthn
        .identify_discoverable_authentication(shown)
        .map_err(|_| REFUSED)?;
    let (handle, credential) = (handle.as_bytes().to_vec(), credential.to_vec());
    let kept = app
        .db
        .read(move |tx| store::passkey(tx, &credential, &handle))
        .await?
        .ok_or(REFUSED)?;
    let mut passkey = read(&kept.credential).ok_or(REFUSED)?;
    let result = webauthn
        .finish_discoverable_authentication_v2(shown, waiting, &passkey)
        .map_err(|_| REFUSED)?;
    if !result.user_verified() {
        return Err(REFUSED);
    }
    passkey.update_credential(&result);
    let credential =
        serde_json::to_string(&passkey).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(Proven {
        id: kept.id,
        account: kept.account,
        credential,
    })
}

/// `POST /auth/passkey/finish`, `POST /admin/passkey/finish`: begins a session. Every refusal reads the same.
pub(crate) async fn finish_sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    knock: Knock,
    Json(shown): Json<Shown>,
) -> Result<Response, AppError> {
    match signed_in(&app, &headers, &knock, shown).await {
        Err(AppError::Forbidden(reason)) => {
            let note = Note::of_stranger(What::SignInRefused, "", knock.client).about("passkey");
            audit::keep_knock(&app, knock.client, note).await;
            Err(AppError::Forbidden(reason))
        }
        other => other,
    }
}

async fn signed_in(
    app: &App,
    headers: &HeaderMap,
    knock: &Knock,
    shown: Shown,
) -> Result<Response, AppError> {
    let secure = app.config.secure_cookies;
    let browser = ASKED.find(headers, secure).map(hash_of).ok_or(REFUSED)?;
    let proven = proven(app, &browser, &shown.credential).await?;
    let id = proven.account;
    let account = app
        .db
        .read(move |tx| account_store::account_by_id(tx, id))
        .await?;
    let account = account
        .filter(|account| may_enter(app, knock.door, account))
        .ok_or(REFUSED)?;
    let proof = Proof::Passkey.as_str();
    let entrance = Entrance::prepare(&account, proof, knock)?;
    let beginning = entrance.clone();
    app.db
        .write(app.own_gesture("sign in"), move |tx| {
            if !store::note_use(tx, proven.id, &proven.credential)? {
                return Err(REFUSED);
            }
            Ok::<_, AppError>(beginning.begin(tx, proof)?)
        })
        .await?;
    let next = json!({ "next": local_path(&shown.next) });
    let mut answer = entrance.done(app, Json(next).into_response());
    if let Some(value) = ASKED.forgotten(secure) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(answer)
}

/// `POST /account/confirm/begin`: what a passkey is to sign before something sensitive.
pub(crate) async fn begin_confirm(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    ask_for_known(&app, &visitor.key_hash)
}

/// `POST /account/confirm/finish`: one of the visitor's own passkeys proves that it is them.
pub(crate) async fn finish_confirm(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Json(shown): Json<Shown>,
) -> Result<Json<Value>, AppError> {
    let proven = match proven(&app, &visitor.key_hash, &shown.credential).await {
        Ok(proven) if proven.account == visitor.account => proven,
        Ok(_) | Err(AppError::Forbidden(_)) => {
            let note = Note::of(What::ConfirmationRefused, &visitor, client);
            audit::keep_knock(&app, client, note).await;
            return Err(REFUSED);
        }
        Err(error) => return Err(error),
    };
    let key_hash = visitor.key_hash.clone();
    app.db
        .write(app.own_gesture("prove oneself again"), move |tx| {
            store::note_use(tx, proven.id, &proven.credential)?;
            own_account::note_confirmed(tx, &key_hash)
        })
        .await?;
    Ok(Json(json!({ "next": local_path(&shown.next) })))
}

//! What is asked of it: to begin and to stop.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::header;

use super::rules;
use super::store::{self, Eyes};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::Knock;
use crate::accounts::handlers::{KeyedForm, find, require_admin};
use crate::accounts::said::Said;
use crate::accounts::store as accounts;
use crate::accounts::visitor::{SESSION, Visitor, hash_of};
use crate::app::App;
use crate::error::AppError;
use crate::units::ids::AccountId;
use crate::web::Path;
use crate::web::outermost::random_key;

/// `POST /accounts/{id}/impersonate`: from now on this browser sees what that account sees.
pub(crate) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    knock: Knock,
    Path(id): Path<AccountId>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let account = find(&app, id).await?;
    let key = random_key()?;
    let eyes = Eyes {
        key_hash: hash_of(&key),
        account: id,
        form_key: random_key()?,
        agent: knock.agent.clone(),
        address: knock.client.address.to_string(),
        behind: visitor.account,
        behind_key: visitor.key_hash.clone(),
    };
    let happened = Note::of(What::ImpersonationBegun, &visitor, knock.client).about(account.email.clone());
    let (noted, own) = (happened.clone(), visitor.account);
    app.db
        .write(
            app.gesture(&visitor, &format!("saw Ballast as {}", account.name)),
            move |tx| {
                require_admin(tx, own)?;
                let now = accounts::account_by_id(tx, id)?.ok_or(AppError::NotFound)?;
                if let Some(reason) = rules::refusal(own, id, now.access, now.active) {
                    return Err(AppError::Forbidden(reason));
                }
                if !store::begin(tx, &eyes)? {
                    return Err(AppError::Forbidden(
                        "Only a browser sees Ballast through somebody's eyes.",
                    ));
                }
                Ok(audit::note(tx, &noted)?)
            },
        )
        .await?;
    happened.log();
    Ok(with_key(&app, Redirect::to("/"), &key))
}

/// `POST /impersonation/stop`: back to oneself.
pub(crate) async fn stop(
    State(app): State<App>,
    visitor: Visitor,
    knock: Knock,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    if visitor.behind.is_none() {
        return Ok(Redirect::to("/").into_response());
    }
    let key = random_key()?;
    let (key_hash, new_hash) = (visitor.key_hash.clone(), hash_of(&key));
    let happened = Note::of(What::ImpersonationEnded, &visitor, knock.client);
    let noted = happened.clone();
    let ended = app
        .db
        .write(
            app.own_gesture("stop seeing Ballast as somebody else"),
            move |tx| {
                let back = store::end(tx, &key_hash, &new_hash)?;
                audit::note(tx, &noted)?;
                Ok::<_, AppError>(back)
            },
        )
        .await?;
    happened.log();
    app.feed.end_session(visitor.account, &visitor.key_hash);
    if ended.value {
        let back = format!("/accounts/{}", visitor.account);
        Ok(with_key(&app, Said::YourselfAgain.at(&back), &key))
    } else {
        Ok(Redirect::to("/auth/login").into_response())
    }
}

/// An answer that gives the browser another session.
fn with_key(app: &App, to: Redirect, key: &str) -> Response {
    let mut response = to.into_response();
    let secure = app.config.secure_cookies;
    let most = app.config.session_max.as_secs();
    if let Some(value) = SESSION.set(key, secure, Some(most)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Refuses what belongs to a person alone where somebody else asks: passwords, second factors, keys of programs. An administrator
/// who looks through their eyes does not reach it.
pub(crate) fn in_person(visitor: Option<&Visitor>) -> Result<(), AppError> {
    match visitor {
        Some(visitor) if visitor.is_stranger() => Err(AppError::SignedOut),
        Some(visitor) if visitor.behind.is_some() => Err(AppError::Forbidden(
            "This belongs to the person alone. Stop seeing Ballast through their eyes first.",
        )),
        _ => Ok(()),
    }
}

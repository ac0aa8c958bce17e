//! Signing in and out, the first account, and who else may come in.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequest, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use subtle::ConstantTimeEq;

use super::rules::{self, Access, AccountChange, AccountDraft};
use super::store::Account;
use super::visitor::{Visitor, cookie_name, hash_of};
use super::{DEMO_PLANNER, pages, password, store};
use crate::app::App;
use crate::db::{DbError, Tx};
use crate::error::{AppError, FieldError};
use crate::ui::FormState;
use crate::units::ids::AccountId;
use crate::web::form::FORM_KEY;
use crate::web::outermost::random_key;
use crate::web::{Fields, Path, Query, Reader, cookie};

/// For how long the link to the first account is good, in milliseconds: a day.
const SETUP_LIVES: i64 = 86_400_000;

/// The fields of a form that a signed-in visitor sent, with the form key checked; or a JSON object, which a form of another
/// site cannot send.
pub struct KeyedForm(pub Fields);

impl<S: Send + Sync> FromRequest<S> for KeyedForm {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let visitor = request
            .extensions()
            .get::<Visitor>()
            .cloned()
            .ok_or(AppError::SignedOut)?;
        let sent = request
            .headers()
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_json = kind.starts_with("application/json");
        let fields = Fields::from_request(request, state).await?;
        let key = sent.unwrap_or_else(|| fields.text(FORM_KEY).to_owned());
        if is_json || bool::from(key.as_bytes().ct_eq(visitor.form_key.as_bytes())) {
            return Ok(Self(fields));
        }
        Err(AppError::Forbidden(
            "This form is out of date. Go back, reload the page, and send it again.",
        ))
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /auth/login`: the form.
pub(crate) async fn show_sign_in(State(app): State<App>, Query(Next { next }): Query<Next>) -> Response {
    pages::sign_in(&FormState::default(), &next, app.demo).into_response()
}

/// `POST /auth/login`: begins a session. A wrong password and an unknown address get the same answer after the same work.
pub(crate) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, AppError> {
    let email = fields.text("email").trim().to_lowercase();
    let found = app.db.read(move |tx| store::account_by_email(tx, &email)).await?;
    let found = found.filter(|(account, _)| account.active);
    let hash = found.as_ref().and_then(|(_, hash)| hash.clone());
    let right = password::check_password(fields.text("password").to_owned(), hash).await?;
    let next = fields.text("next").to_owned();
    match found {
        Some((account, _)) if right => begin(&app, account.id, &headers, local_path(&next)).await,
        _ => {
            let errors = vec![FieldError::new(
                "email",
                "the address and the password do not belong together",
            )];
            let page = pages::sign_in(&FormState::again(fields, errors), &next, app.demo);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST /demo/sign-in`: one click into the invented plan, by somebody at this machine only.
pub(crate) async fn sign_in_to_demo(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let local =
        peer.ip().is_loopback() && app.config.http_addr.ip().is_loopback() && is_asked_locally(&headers);
    if !app.demo || !local {
        return Err(AppError::NotFound);
    }
    let found = app
        .db
        .read(|tx| store::account_by_email(tx, DEMO_PLANNER))
        .await?;
    let (planner, _) = found
        .filter(|(account, _)| account.active)
        .ok_or(AppError::NotFound)?;
    begin(&app, planner.id, &headers, "/").await
}

/// Whether the browser itself meant this machine: no proxy stands between, and no other name was made to point here.
fn is_asked_locally(headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, _)| name)
        .trim_matches(['[', ']']);
    let is_local = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_local && !forwarded.iter().any(|name| headers.contains_key(*name))
}

/// A new session with a new key, whatever the browser had before.
async fn begin(app: &App, account: AccountId, headers: &HeaderMap, next: &str) -> Result<Response, AppError> {
    let (key, form_key) = (random_key()?, random_key()?);
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (key_hash, agent) = (hash_of(&key), agent.chars().take(200).collect::<String>());
    app.db
        .write(app.own_gesture("sign in"), move |tx| {
            store::begin_session(tx, &key_hash, account, &form_key, &agent)
        })
        .await?;
    let secure = app.config.secure_cookies;
    let mut response = Redirect::to(next).into_response();
    if let Some(value) = cookie::set(
        cookie_name(secure),
        &key,
        secure,
        Some(app.config.session_max.as_secs()),
    ) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// `POST /auth/logout`: ends the session; its cookie opens nothing from then on.
pub(crate) async fn sign_out(
    State(app): State<App>,
    visitor: Visitor,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let key_hash = visitor.key_hash.clone();
    app.db
        .write(app.own_gesture("sign out"), move |tx| {
            store::end_session(tx, &key_hash)
        })
        .await?;
    app.feed.end_session(visitor.account, &visitor.key_hash);
    let secure = app.config.secure_cookies;
    let mut response = Redirect::to("/auth/login").into_response();
    if let Some(value) = cookie::set(cookie_name(secure), "", secure, Some(0)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

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
    let (key_hash, now) = (hash_of(&key), app.clock.now());
    if app
        .db
        .read(move |tx| store::setup_link_is_good(tx, &key_hash, now))
        .await?
    {
        Ok(pages::setup(&FormState::default(), &key).into_response())
    } else {
        Err(AppError::NotFound)
    }
}

/// `POST /setup/{key}`: makes the first account, an administrator, and signs them in. The link is used up.
pub(crate) async fn set_up(
    State(app): State<App>,
    Path(key): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, AppError> {
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
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let hash = password::hash_password(fields.text("new-password").to_owned()).await?;
    let (key_hash, now) = (hash_of(&key), app.clock.now());
    let made = app
        .db
        .write(app.own_gesture("make the first account"), move |tx| {
            if !store::setup_link_is_good(tx, &key_hash, now)? {
                return Err(AppError::NotFound);
            }
            store::use_setup_link(tx)?;
            let id = store::make_account(tx, &draft)?.ok_or(AppError::NotFound)?;
            store::set_password(tx, id, &hash)?;
            Ok(id)
        })
        .await?;
    begin(&app, made.value, &headers, "/").await
}

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
pub(super) async fn make(app: &App, visitor: &Visitor, fields: &Fields) -> Result<AccountId, AppError> {
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
pub(super) async fn change(
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

/// Where to go after signing in: a path of ours, or the overview.
fn local_path(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_elsewhere() {
        for next in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "javascript:alert(1)",
            "/a\r\nb",
        ] {
            assert_eq!(local_path(next), "/", "{next}");
        }
        assert_eq!(local_path("/schedule?weeks=26"), "/schedule?weeks=26");
    }

    #[test]
    fn only_this_machine_by_its_own_name_counts_as_local() {
        let local = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| ((*name).parse().unwrap(), header::HeaderValue::from_static(value)));
            is_asked_locally(&pairs.collect())
        };
        for host in ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080"] {
            assert!(local(&[("host", host)]), "{host}");
        }
        for host in ["evil.example:8080", "localhost.evil.example", "", "10.0.0.1:8080"] {
            assert!(!local(&[("host", host)]), "{host}");
        }
        assert!(!local(&[
            ("host", "127.0.0.1:8080"),
            ("x-forwarded-for", "203.0.113.9")
        ]));
    }
}

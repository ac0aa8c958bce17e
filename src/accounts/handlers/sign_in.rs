//! Signing in and out.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};

use super::KeyedForm;
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{self, Knock, Proof};
use crate::accounts::visitor::{Visitor, cookie_name};
use crate::accounts::{DEMO_PLANNER, oidc, pages, password, store};
use crate::app::App;
use crate::error::{AppError, FieldError};
use crate::ui::FormState;
use crate::web::{Client, Fields, Query, cookie};

#[derive(serde::Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /auth/login`, `GET /admin/login`: the form.
pub(crate) async fn show_sign_in(
    State(app): State<App>,
    Query(Next { next }): Query<Next>,
    knock: Knock,
) -> Result<Response, AppError> {
    let choices = oidc::choices(&app).await?;
    let page = pages::sign_in(&FormState::default(), knock.door, &next, (app.demo, &choices));
    Ok(page.into_response())
}

/// `POST /auth/login`, `POST /admin/login`: begins a session. A wrong password and an unknown address get the same answer after the same work.
pub(crate) async fn sign_in(
    State(app): State<App>,
    knock: Knock,
    fields: Fields,
) -> Result<Response, AppError> {
    let email = fields.text("email").trim().to_lowercase();
    let typed = email.clone();
    let found = app.db.read(move |tx| store::account_by_email(tx, &typed)).await?;
    let found = found.filter(|(account, _)| account.active && knock.door.is_open_to(account));
    let hash = found.as_ref().and_then(|(_, hash)| hash.clone());
    let right = password::check_password(fields.text("password").to_owned(), hash).await?;
    let next = fields.text("next").to_owned();
    match found {
        Some((account, _)) if right => entry::admit(&app, &account, Proof::Password, &knock, &next).await,
        _ => {
            audit::keep(&app, Note::of_stranger(What::SignInRefused, &email, knock.client)).await;
            let errors = vec![FieldError::new(
                "email",
                "the address and the password do not belong together",
            )];
            let choices = oidc::choices(&app).await?;
            let state = FormState::again(fields, errors);
            let page = pages::sign_in(&state, knock.door, &next, (app.demo, &choices));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST /demo/sign-in`: one click into the invented plan, by somebody at this machine only.
pub(crate) async fn sign_in_to_demo(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    knock: Knock,
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
    entry::admit(&app, &planner, Proof::Demonstration, &knock, "/").await
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

/// `POST /auth/logout`: ends the session; its cookie opens nothing from then on.
pub(crate) async fn sign_out(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let key_hash = visitor.key_hash.clone();
    let happened = Note::of(What::SignedOut, &visitor, client);
    let noted = happened.clone();
    app.db
        .write(app.own_gesture("sign out"), move |tx| {
            store::end_session(tx, &key_hash)?;
            audit::note(tx, &noted)
        })
        .await?;
    happened.log();
    app.feed.end_session(visitor.account, &visitor.key_hash);
    let secure = app.config.secure_cookies;
    let mut response = Redirect::to("/auth/login").into_response();
    if let Some(value) = cookie::set(cookie_name(secure), "", secure, Some(0)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

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

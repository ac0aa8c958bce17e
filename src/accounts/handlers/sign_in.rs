//! Signing in and out.

mod codes;

use std::net::IpAddr;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use maud::Markup;

use super::KeyedForm;
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{self, Door, Knock, Proof};
use crate::accounts::pages::{Ways, sign_in as pages};
use crate::accounts::sign_in::{self as ways_in, Refused, Step, Wait};
use crate::accounts::visitor::{SESSION, Visitor};
use crate::accounts::{DEMO_PLANNER, oidc, passkeys, programs, store, turnstile};
use crate::app::App;
use crate::config::Method;
use crate::error::{AppError, FieldError};
use crate::secret::Secret;
use crate::ui::{self, FormState};
use crate::web::{Client, Fields, Peer, Query};

pub(crate) use codes::{send_again, show_code, take_code};

#[derive(serde::Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// The ways that are open at a door, in the order in which the settings name them.
fn ways(app: &App, door: Door) -> Ways {
    let open = |method: &Method| *method != Method::Code || app.mail.works();
    let methods: Vec<Method> = app.config.sign_in.methods.iter().copied().filter(open).collect();
    Ways {
        door,
        code_first: methods
            .iter()
            .find(|method| **method != Method::Passkey)
            .is_some_and(|method| *method == Method::Code),
        code: methods.contains(&Method::Code),
        password: methods.contains(&Method::Password),
        passkey: passkeys::possible(&app.config),
        others: Vec::new(),
        demo: app.demo,
        person: turnstile::widget(app, door),
        first: false,
        wait: None,
    }
}

/// A page with a first step; its policy lets in what asks whether a person knocks.
fn first_page(app: &App, page: Markup) -> Response {
    let mut response = page.into_response();
    response.extensions_mut().insert(turnstile::allows(app));
    response
}

/// The same, with what leads through somebody else.
async fn all_ways(app: &App, door: Door, next: &str) -> Result<Ways, AppError> {
    Ok(Ways {
        others: oidc::ways(app, door, next).await?,
        ..ways(app, door)
    })
}

/// `GET /auth/login`, `GET /admin/login`: the first step.
pub(crate) async fn show_sign_in(
    State(app): State<App>,
    Query(Next { next }): Query<Next>,
    knock: Knock,
    visitor: Option<axum::Extension<Visitor>>,
) -> Result<Response, AppError> {
    let visitor = visitor.map(|axum::Extension(visitor)| visitor);
    let known = visitor.filter(|visitor| !visitor.is_stranger());
    if known.is_some() && knock.door == Door::Everybody {
        return Ok(Redirect::to(entry::local_path(&next)).into_response());
    }
    let ways = Ways {
        first: app.db.read(store::count_accounts).await? == 0,
        ..all_ways(&app, knock.door, &next).await?
    };
    // Whoever proves that it is them need not say who they are.
    let email = known.map_or_else(String::new, |visitor| visitor.email.clone());
    let state = FormState::with(&[("email", email)]);
    let page = pages::first_step(&ways, &state, &next);
    Ok(first_page(&app, page))
}

/// `GET /auth/login/phrase` and its like: the address and the password together. Paths stand in the log, where that word never does.
pub(crate) async fn show_password(
    State(app): State<App>,
    Query(Next { next }): Query<Next>,
    knock: Knock,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let held = Step::held(&app, &headers, knock.door);
    let next = held.as_ref().map_or(next.as_str(), |step| step.next.as_str());
    let email = held.as_ref().map_or("", |step| step.email.as_str());
    let state = FormState::with(&[("email", email.to_owned())]);
    let ways = all_ways(&app, knock.door, next).await?;
    Ok(first_page(&app, pages::with_password(&ways, &state, next)))
}

/// `POST /auth/login`, `POST /admin/login`: an address with a password begins a session; one without is sent six digits, where
/// that is a way. A wrong password and an unknown address get the same answer after the same work.
pub(crate) async fn sign_in(
    State(app): State<App>,
    knock: Knock,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, AppError> {
    let mut fields = fields;
    let password = fields.take_secret("password");
    let ways = all_ways(&app, knock.door, fields.text("next")).await?;
    let wants_code = fields.text("by") == "code" || !fields.has("by") && password.is_empty();
    let answer = match turnstile::check(&app, &fields, knock.client, knock.door).await {
        Err(refused) => Ok(no_person(&ways, fields, refused)),
        Ok(()) if ways.code && wants_code => send_code(&app, &ways, &knock, &headers, fields).await,
        Ok(()) => try_password(&app, &ways, &knock, fields, password).await,
    };
    answer.map(|mut response| {
        response.extensions_mut().insert(turnstile::allows(&app));
        response
    })
}

/// The form again: whether a person knocks is not known.
fn no_person(ways: &Ways, fields: Fields, why: turnstile::Ruling) -> Response {
    let next = fields.text("next").to_owned();
    let by_password = fields.has("by");
    let state = FormState::again(fields, vec![FieldError::new("person", why)]);
    let page = if by_password {
        pages::with_password(ways, &state, &next)
    } else {
        pages::first_step(ways, &state, &next)
    };
    (StatusCode::BAD_REQUEST, page).into_response()
}

async fn try_password(
    app: &App,
    ways: &Ways,
    knock: &Knock,
    fields: Fields,
    password: Secret,
) -> Result<Response, AppError> {
    let (email, next) = (
        fields.text("email").trim().to_owned(),
        fields.text("next").to_owned(),
    );
    // What was left blank proves nothing and is no try.
    let blank = [
        ("email", email.is_empty(), "type your address"),
        ("password", password.is_empty(), "type your password"),
    ];
    let blank = blank.into_iter().filter(|(_, is_blank, _)| *is_blank);
    let missing: Vec<FieldError> = blank
        .map(|(field, _, what)| FieldError::new(field, what))
        .collect();
    if !missing.is_empty() {
        let state = FormState::again(fields, missing);
        let page = pages::with_password(ways, &state, &next);
        return Ok(ui::refused(page));
    }
    let refused = match ways_in::by_password(app, knock, &email, password).await {
        Ok(account) => return entry::admit(app, &account, Proof::Password, knock, &next).await,
        Err(refused) => refused,
    };
    let again = |message: &str, wait: Option<Wait>| {
        let state = FormState::again(fields, vec![FieldError::new(WHOLE, message)]);
        pages::with_password(&ways.waiting(wait), &state, &next)
    };
    match refused {
        Refused::Wrong => {
            let page = again("The address and the password do not belong together.", None);
            Ok(ui::refused(page))
        }
        Refused::NotHere => {
            let words = "This door is for administrators, and your account is not one. Everybody else signs in at /auth/login.";
            Ok((StatusCode::FORBIDDEN, again(words, None)).into_response())
        }
        Refused::Wait(wait) => Ok(told_to_wait(
            wait,
            again(
                &format!("Too many tries in a row. {}", come_again(wait)),
                Some(wait),
            ),
        )),
        Refused::Failed(error) => Err(error),
        Refused::NotWhole => Err(AppError::Internal("no digits were judged".to_owned())),
    }
}

/// The first step was taken: digits are on their way, or would be.
async fn send_code(
    app: &App,
    ways: &Ways,
    knock: &Knock,
    headers: &HeaderMap,
    fields: Fields,
) -> Result<Response, AppError> {
    let (email, next) = (fields.text("email").to_owned(), fields.text("next").to_owned());
    let held = Step::held(app, headers, knock.door);
    let asked = ways_in::ask_for_code(app, knock, &email, &next, held.as_ref()).await;
    let (status, field_errors, wait) = match asked {
        Ok(step) => return codes::to_code(app, knock.door, "", Some(&step)),
        // Whoever goes back and types the same address again finds the digits that are on their way.
        Err(Refused::Wait(_)) if held.is_some_and(|step| step.is_for(&email)) => {
            return codes::to_code(app, knock.door, "", None);
        }
        Err(Refused::Wait(wait)) => {
            let message = format!("Digits were sent a moment ago. {}", come_again(wait));
            let error = FieldError::new(WHOLE, message);
            (StatusCode::TOO_MANY_REQUESTS, vec![error], Some(wait))
        }
        Err(Refused::Failed(AppError::Invalid(errors))) => (StatusCode::UNPROCESSABLE_ENTITY, errors, None),
        Err(Refused::Failed(error)) => return Err(error),
        Err(Refused::Wrong | Refused::NotWhole | Refused::NotHere) => {
            return Err(AppError::Internal("no digits were judged".to_owned()));
        }
    };
    let page = pages::first_step(
        &ways.waiting(wait),
        &FormState::again(fields, field_errors),
        &next,
    );
    Ok(match wait {
        Some(wait) => told_to_wait(wait, page),
        None => (status, page).into_response(),
    })
}

/// The whole form, by which a fault is named that is not one field's.
const WHOLE: &str = "form";

fn come_again(wait: Wait) -> String {
    match wait.seconds {
        1 => "Please wait a second and try again.".to_owned(),
        seconds @ 2..120 => format!("Please wait {seconds} seconds and try again."),
        seconds => format!("Please wait {} minutes and try again.", seconds.div_ceil(60)),
    }
}

fn told_to_wait(wait: Wait, page: Markup) -> Response {
    let seconds = HeaderValue::from(wait.seconds);
    let headers = [(header::RETRY_AFTER, seconds)];
    (StatusCode::TOO_MANY_REQUESTS, headers, page).into_response()
}

/// `POST /demo/sign-in`: one click into the invented plan, by somebody at this machine only.
pub(crate) async fn sign_in_to_demo(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    knock: Knock,
) -> Result<Response, AppError> {
    let local = peer.address.ip().is_loopback() && app.config.is_local() && is_asked_locally(&headers);
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
    let (key_hash, email) = (visitor.key_hash.clone(), visitor.email.clone());
    let family = visitor.family.clone();
    let happened = Note::of(What::SignedOut, &visitor, client);
    let noted = happened.clone();
    app.db
        .write(app.own_gesture("sign out"), move |tx| {
            store::end_session(tx, &key_hash)?;
            if let Some(family) = &family {
                programs::store::end_family(tx, family)?;
            }
            ways_in::end_codes(tx, &email)?;
            audit::note(tx, &noted)
        })
        .await?;
    happened.log();
    app.feed.end_session(visitor.account, &visitor.key_hash);
    let mut response = Redirect::to("/auth/login").into_response();
    for cookie in [
        SESSION.forgotten(app.config.secure_cookies),
        Step::forgotten(&app, Door::Everybody),
        Step::forgotten(&app, Door::Administration),
    ]
    .into_iter()
    .flatten()
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
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

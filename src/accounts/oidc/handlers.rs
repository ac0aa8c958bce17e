//! Signing in through a provider, and linking an account to it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};

use super::pending::{Asked, Meaning};
use super::rules::{Fault, Person, Provider};
use super::{entrance, flow, pages, provider, providers, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{self, Door, Knock, Proof};
use crate::accounts::handlers::KeyedForm;
use crate::accounts::own::ask_again;
use crate::accounts::said::Said;
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::db::DbError;
use crate::error::AppError;
use crate::secret::Secret;
use crate::web::outermost::random_key;
use crate::web::{Client, Cookie, Path, Query};

/// For how long a browser is remembered that went to a provider, in seconds.
const REMEMBERED: u64 = 600;

/// The name of the cookie by which a browser is known again when a provider sends it back.
/// What a browser holds that is away at a provider.
const AWAY: Cookie = Cookie::of_host("ballast-oidc");

/// A provider that somebody may choose at the door.
pub struct Choice {
    /// By what it stands in addresses.
    pub key: String,
    /// What its button says.
    pub name: String,
}

/// The providers through which people can sign in.
pub async fn choices(app: &App) -> Result<Vec<Choice>, AppError> {
    let all = providers(app).await?;
    let active = all.into_iter().filter(|one| one.active);
    let choices = active.map(|one| Choice {
        key: one.key.to_string(),
        name: one.name,
    });
    Ok(choices.collect())
}

/// The providers as ways in at a door: where their links lead, and what stands on them. They are links and no forms, since
/// what a form leads to may not be another site's.
pub async fn ways(app: &App, door: Door, next: &str) -> Result<Vec<(String, String)>, AppError> {
    let word = match door {
        Door::Everybody => "",
        Door::Administration => "&door=admin",
    };
    let next = crate::ui::encoded(next);
    let way = |choice: Choice| {
        let address = format!("/auth/oidc/{}/start?next={next}{word}", choice.key);
        (address, format!("Sign in with {}", choice.name))
    };
    Ok(choices(app).await?.into_iter().map(way).collect())
}

/// A provider, and whether an account is linked to it.
pub struct Linked {
    /// The provider.
    pub choice: Choice,
    /// When they last came in by it, in milliseconds; none where they are not linked.
    pub seen_at: Option<i64>,
}

/// To which providers somebody is linked, and to which they could be.
pub async fn links(app: &App, visitor: &Visitor) -> Result<Vec<Linked>, AppError> {
    let account = visitor.account;
    let linked = app.db.read(move |tx| store::links(tx, account)).await?;
    let all = choices(app).await?.into_iter();
    Ok(all
        .map(|choice| Linked {
            seen_at: linked.get(&choice.key).copied(),
            choice,
        })
        .collect())
}

#[derive(serde::Deserialize)]
pub(crate) struct Start {
    #[serde(default)]
    next: String,
    #[serde(default)]
    door: String,
}

/// `GET /auth/oidc/{id}/start`: sends the browser to the provider. It is a link, not a form: what a form leads to may not be
/// another site's.
pub(crate) async fn start(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(Start { next, door }): Query<Start>,
    headers: HeaderMap,
    client: Client,
) -> Result<Response, AppError> {
    let provider = provider(&app, &key).await?;
    if !provider.active {
        return Err(AppError::NotFound);
    }
    let door = if door == "admin" {
        Door::Administration
    } else {
        Door::Everybody
    };
    app.throttle.begin(client.address, app.clock.now())?;
    let meaning = Meaning::SignIn { door };
    let (address, cookie) = match begin(&app, &provider, meaning, &next, &headers).await? {
        Ok(begun) => begun,
        Err(fault) => return Err(refuse(&app, &provider, (fault, ""), client).await),
    };
    let mut response = Redirect::to(&address).into_response();
    response.headers_mut().extend(cookie);
    Ok(response)
}

type Begun = (String, Option<(header::HeaderName, header::HeaderValue)>);

/// Where the browser must go, with the cookie by which it is known again.
async fn begin(
    app: &App,
    provider: &Provider,
    meaning: Meaning,
    next: &str,
    headers: &HeaderMap,
) -> Result<Result<Begun, Fault>, AppError> {
    let found = match app.oidc.known.of(app, provider).await {
        Ok(found) => found,
        Err(fault) => return Ok(Err(fault)),
    };
    let (state, nonce) = (random_key()?, random_key()?);
    let question = flow::Question {
        state: &state,
        nonce: &nonce,
        again: meaning
            == Meaning::SignIn {
                door: Door::Administration,
            },
    };
    let (address, verifier) = match flow::address(app, provider, &found, &question) {
        Ok(asked) => asked,
        Err(fault) => return Ok(Err(fault)),
    };
    let secure = app.config.secure_cookies;
    // One browser may have several sign-ins under way, one in each of its tabs.
    let browser = match AWAY.find(headers, secure) {
        Some(known) if known.len() == 22 => known.to_owned(),
        _ => random_key()?,
    };
    let asked = Asked {
        provider: provider.key,
        nonce: Secret::from(nonce),
        verifier,
        meaning,
        next: next.chars().take(2_000).collect(),
        at: app.clock.now(),
    };
    app.oidc.pending.keep(&browser, &state, asked);
    let cookie = AWAY.set(&browser, secure, Some(REMEMBERED));
    Ok(Ok((address, cookie.map(|value| (header::SET_COOKIE, value)))))
}

/// What a provider sends a browser back with.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// `GET /auth/oidc/{id}/callback`: the browser comes back.
pub(crate) async fn come_back(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(back): Query<Back>,
    headers: HeaderMap,
    visitor: Option<axum::Extension<Visitor>>,
    mut knock: Knock,
) -> Result<Response, AppError> {
    let provider = provider(&app, &key).await?;
    let secure = app.config.secure_cookies;
    let browser = AWAY.find(&headers, secure).unwrap_or_default();
    let state = back.state.as_deref().unwrap_or_default();
    let asked = app.oidc.pending.take(browser, state, app.clock.now());
    let Some(asked) = asked else {
        return Err(refuse(&app, &provider, (Fault::State, ""), knock.client).await);
    };
    let person = match vouched(&app, &provider, &asked, &back).await {
        Ok(person) => person,
        Err(fault) => return Err(refuse(&app, &provider, (fault, ""), knock.client).await),
    };
    let visitor = visitor.map(|axum::Extension(visitor)| visitor);
    let mut response = match &asked.meaning {
        Meaning::SignIn { door } => {
            knock.door = *door;
            come_in(&app, &provider, &person, &knock, &asked.next).await?
        }
        Meaning::Link { account, session } => {
            let own = visitor.filter(|visitor| visitor.account == *account && visitor.key_hash == *session);
            tie(&app, &provider, &person, own, knock.client).await?
        }
    };
    if let Some(value) = AWAY.forgotten(secure) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Whom the provider vouches for.
async fn vouched(app: &App, provider: &Provider, asked: &Asked, back: &Back) -> Result<Person, Fault> {
    if asked.provider != provider.key || !provider.active {
        return Err(Fault::MixedUp);
    }
    let found = app.oidc.known.of(app, provider).await?;
    let says_issuer = found
        .metadata
        .additional_metadata()
        .authorization_response_iss_parameter_supported;
    match &back.iss {
        Some(iss) if *iss != *found.issuer => return Err(Fault::MixedUp),
        None if says_issuer => return Err(Fault::MixedUp),
        _ => {}
    }
    if back.error.is_some() {
        return Err(Fault::Declined);
    }
    let code = back.code.as_deref().filter(|code| !code.is_empty());
    flow::answer(app, provider, asked, code.ok_or(Fault::NoCode)?).await
}

async fn come_in(
    app: &App,
    provider: &Provider,
    person: &Person,
    knock: &Knock,
    next: &str,
) -> Result<Response, AppError> {
    let who = person.email.as_deref().unwrap_or_default();
    let settled = match entrance::settle(app, provider, person, knock).await? {
        Ok(settled) => settled,
        Err(fault) => return Err(refuse(app, provider, (fault, who), knock.client).await),
    };
    let account = settled.account;
    let fault = if !app.config.sign_in.allows(&account.email) {
        Some(Fault::Domain)
    } else if !knock.door.is_open_to(&account) {
        Some(Fault::NotAllowed)
    } else {
        None
    };
    if let Some(fault) = fault {
        return Err(refuse(app, provider, (fault, &account.email), knock.client).await);
    }
    entry::admit(app, &account, Proof::Provider, knock, next).await
}

/// Writes down why a sign-in came to nothing, and answers what the person is told: the same for every reason, but for a
/// provider that is down.
async fn refuse(app: &App, provider: &Provider, (fault, who): (Fault, &str), client: Client) -> AppError {
    let note = Note::of_stranger(What::SignInRefused, who, client);
    // The page tells the person this number, to give to an administrator.
    let about = format!("{}: {fault}, request {}", provider.name, client.request);
    audit::keep_knock(app, client, note.about(about)).await;
    if fault.is_outage() {
        AppError::OtherServer(provider.name.clone())
    } else {
        AppError::SignInFailed(provider.name.clone())
    }
}

/// `POST /auth/oidc/{id}/link`: begins to link the visitor's account. The page that answers leads on by itself: a form may
/// not lead to another site.
pub(crate) async fn link(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    client: Client,
    headers: HeaderMap,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let provider = provider(&app, &key).await?;
    if let Some(asked) = ask_again(&app, &visitor, "/account").await? {
        return Ok(asked);
    }
    if !provider.active {
        return Err(AppError::NotFound);
    }
    let meaning = Meaning::Link {
        account: visitor.account,
        session: visitor.key_hash.clone(),
    };
    let (address, cookie) = match begin(&app, &provider, meaning, "/account", &headers).await? {
        Ok(begun) => begun,
        Err(fault) => return Err(refuse(&app, &provider, (fault, &visitor.email), client).await),
    };
    let mut response = (StatusCode::OK, pages::onward(&provider.name, &address)).into_response();
    response.headers_mut().extend(cookie);
    if let Ok(value) = header::HeaderValue::from_str(&format!("0; url={address}")) {
        response.headers_mut().insert(header::REFRESH, value);
    }
    Ok(response)
}

/// Links the account of `own` to the person that the provider vouches for.
async fn tie(
    app: &App,
    provider: &Provider,
    person: &Person,
    own: Option<Visitor>,
    client: Client,
) -> Result<Response, AppError> {
    let Some(visitor) = own.filter(|visitor| visitor.behind.is_none()) else {
        return Err(refuse(app, provider, (Fault::Session, ""), client).await);
    };
    let (account, key) = (visitor.account, provider.key);
    let happened = Note::of(What::IdentityLinked, &visitor, client).about(provider.name.clone());
    let (noted, told) = (happened.clone(), person.clone());
    let done = app
        .db
        .write(app.own_gesture("link an account"), move |tx| {
            match store::account_of(tx, &told)? {
                Some(other) if other != account => return Ok(Err(Fault::LinkedElsewhere)),
                Some(_) => return Ok(Ok(false)),
                None => {}
            }
            store::link(tx, account, &told, key)?;
            audit::note(tx, &noted)?;
            Ok::<_, DbError>(Ok(true))
        })
        .await?;
    match done.value {
        Ok(true) => happened.log(),
        Ok(false) => {}
        Err(fault) => return Err(refuse(app, provider, (fault, &visitor.email), client).await),
    }
    Ok(Said::Linked.at("/account").into_response())
}

/// `POST /auth/oidc/{id}/unlink`: parts the visitor's account from the provider.
pub(crate) async fn unlink(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    client: Client,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let provider = provider(&app, &key).await?;
    if let Some(asked) = ask_again(&app, &visitor, "/account").await? {
        return Ok(asked);
    }
    let (account, key) = (visitor.account, provider.key);
    let happened = Note::of(What::IdentityUnlinked, &visitor, client).about(provider.name.clone());
    let noted = happened.clone();
    let done = app
        .db
        .write(app.own_gesture("unlink an account"), move |tx| {
            let parted = store::unlink(tx, account, key)? > 0;
            if parted {
                audit::note(tx, &noted)?;
            }
            Ok::<_, DbError>(parted)
        })
        .await?;
    if done.value {
        happened.log();
    }
    Ok(Said::Unlinked.at("/account").into_response())
}

//! Which providers there are: an administrator's page.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::pages::{self, Details, Finding, Row};
use super::rules::{Draft, Provider, ProviderKey, levels_text};
use super::{flow, provider, providers, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::handlers::{KeyedForm, require_admin};
use crate::accounts::said::Said;
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::db::WriteTx;
use crate::error::{AppError, FieldError};
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::{AccountId, ProviderId};
use crate::web::{Client, Fields, Path, Reader};

/// `GET /settings/providers`.
pub(crate) async fn list_providers(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let all = providers(&app).await?;
    let counts = app.db.read(store::counts).await?;
    let rows: Vec<Row> = all
        .into_iter()
        .map(|provider| Row {
            people: counts.get(&provider.key.to_string()).copied().unwrap_or(0),
            callback: flow::callback(&app, &provider),
            provider,
        })
        .collect();
    Ok(pages::providers(&visitor.frame(&app), &rows).into_response())
}

/// `GET /settings/providers/new`.
pub(crate) async fn new_provider(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    let state = FormState::with(&[
        ("scopes", "openid profile email".to_owned()),
        ("by-email", "on".to_owned()),
    ]);
    Ok(form(&app, &visitor, &state).await?.into_response())
}

/// The form for one more, with the redirect address that it will have: the provider must be told it before it gives what is
/// typed here.
async fn form(app: &App, visitor: &Visitor, state: &FormState) -> Result<maud::Markup, AppError> {
    let number = app.db.read(store::next_number).await?;
    let callback = flow::callback_of(app, ProviderKey::Kept(number));
    Ok(pages::new_provider(
        &visitor.frame(app),
        (number, &callback),
        state,
    ))
}

/// `POST /settings/providers`.
pub(crate) async fn add_provider(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let draft = match read(&app, &fields) {
        Ok(draft) => draft,
        Err(errors) => {
            let page = form(&app, &visitor, &FormState::again(fields, errors)).await?;
            return Ok(refused(page));
        }
    };
    let number = fields.text("number").parse().ok().map(ProviderId);
    let happened = Note::of(What::ProviderAdded, &visitor, client).about(draft.name.clone());
    let keys = app.keys.clone();
    let added = written(&app, visitor.account, happened, move |tx| {
        store::add_provider(tx, &keys, number, &draft)
    });
    let id = match or_again(added.await, fields)? {
        Ok(id) => id,
        Err(state) => {
            return Ok(refused(form(&app, &visitor, &state).await?));
        }
    };
    Ok(Said::ProviderAdded
        .at(&format!("/settings/providers/{id}"))
        .into_response())
}

fn read(app: &App, fields: &Fields) -> Result<Draft, Vec<FieldError>> {
    let mut reader = Reader::new(fields);
    let draft = Draft::read(&mut reader);
    let asked = draft.issuer.parse();
    if !draft.issuer.is_empty() && !asked.is_ok_and(|uri| app.egress.may_ask(&uri)) {
        reader.fault("issuer", "must begin with https://");
    }
    reader.finish(draft)
}

/// Writes `change` together with the note of it.
async fn written<T: Send + 'static>(
    app: &App,
    asking: AccountId,
    happened: Note,
    change: impl Fn(&WriteTx<'_>) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let noted = happened.clone();
    let done = app
        .db
        .write(app.own_gesture("change who says who people are"), move |tx| {
            require_admin(tx, asking)?;
            let value = change(tx)?;
            audit::note(tx, &noted)?;
            Ok::<_, AppError>(value)
        })
        .await?;
    happened.log();
    Ok(done.value)
}

/// `GET /settings/providers/{id}`.
pub(crate) async fn show_provider(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, AppError> {
    let provider = provider(&app, &key).await?;
    let state = as_kept(&provider);
    shown(&app, &visitor, provider, (&state, None)).await
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    provider: Provider,
    (state, finding): (&FormState, Option<&Finding>),
) -> Result<Response, AppError> {
    let counts = app.db.read(store::counts).await?;
    let details = Details {
        people: counts.get(&provider.key.to_string()).copied().unwrap_or(0),
        callback: flow::callback(app, &provider),
        provider: &provider,
        state,
        finding,
    };
    Ok(pages::provider(&visitor.frame(app), &details).into_response())
}

fn as_kept(provider: &Provider) -> FormState {
    let scopes: Vec<&str> = ["openid"]
        .into_iter()
        .chain(provider.scopes.iter().map(String::as_str))
        .collect();
    let flag = |on: bool| if on { "on".to_owned() } else { String::new() };
    FormState::with(&[
        ("name", provider.name.clone()),
        ("issuer", provider.issuer.clone()),
        ("client-id", provider.client_id.clone()),
        ("tenant", provider.tenant.clone()),
        ("scopes", scopes.join(" ")),
        ("groups-claim", provider.groups_claim.clone()),
        ("groups", levels_text(&provider.levels)),
        ("by-email", flag(provider.by_email)),
    ])
}

/// The id of a provider that can be changed here.
fn kept(provider: &Provider) -> Result<ProviderId, AppError> {
    match provider.key {
        ProviderKey::Kept(id) => Ok(id),
        ProviderKey::Environment => Err(AppError::Forbidden(
            "This provider is set by the environment of the server, and is changed there.",
        )),
    }
}

/// `POST /settings/providers/{id}`.
pub(crate) async fn change_provider(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let before = provider(&app, &key).await?;
    let id = kept(&before)?;
    let draft = match read(&app, &fields) {
        Ok(draft) => draft,
        Err(errors) => {
            let state = FormState::again(fields, errors);
            let page = shown(&app, &visitor, before, (&state, None)).await?;
            return Ok(refused(page));
        }
    };
    let happened = Note::of(What::ProviderChanged, &visitor, client).about(draft.name.clone());
    let keys = app.keys.clone();
    let change = move |tx: &WriteTx<'_>| {
        if store::change_provider(tx, &keys, id, &draft)? {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    };
    written(&app, visitor.account, happened, change).await?;
    app.oidc.known.forget(&before);
    Ok(Said::Saved
        .at(&format!("/settings/providers/{id}"))
        .into_response())
}

/// `POST /settings/providers/{id}/test`: asks the provider what it says of itself, now.
pub(crate) async fn test_provider(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let provider = provider(&app, &key).await?;
    app.oidc.known.forget(&provider);
    let finding = match app.oidc.known.of(&app, &provider).await {
        Ok(found) => Finding::Answered {
            issuer: found.issuer.to_string(),
            keys: found.keys.keys().len(),
            scopes: missing_scopes(&provider, &found),
        },
        Err(fault) => Finding::Fault(fault.to_string()),
    };
    let state = as_kept(&provider);
    shown(&app, &visitor, provider, (&state, Some(&finding))).await
}

/// The scopes that are asked for and that the provider does not list.
fn missing_scopes(provider: &Provider, found: &super::known::Found) -> Vec<String> {
    let Some(listed) = found.metadata.scopes_supported() else {
        return Vec::new();
    };
    let asked = provider.scopes.iter();
    asked
        .filter(|scope| !listed.iter().any(|one| **one == **scope))
        .cloned()
        .collect()
}

/// `POST /settings/providers/{id}/switch`: lets people sign in through it, or not.
pub(crate) async fn switch_provider(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let before = provider(&app, &key).await?;
    let id = kept(&before)?;
    let active = Reader::new(&fields).flag("active");
    let word = if active { "switched on" } else { "switched off" };
    let happened =
        Note::of(What::ProviderChanged, &visitor, client).about(format!("{}, {word}", before.name));
    let change = move |tx: &WriteTx<'_>| {
        if store::switch_provider(tx, id, active)? {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    };
    written(&app, visitor.account, happened, change).await?;
    let said = if active {
        Said::ProviderOn
    } else {
        Said::ProviderOff
    };
    Ok(said.at(&format!("/settings/providers/{id}")).into_response())
}

/// `POST /settings/providers/{id}/remove`: forgets it, and who was linked through it.
pub(crate) async fn remove_provider(
    State(app): State<App>,
    visitor: Visitor,
    Path(key): Path<String>,
    client: Client,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    let before = provider(&app, &key).await?;
    let id = kept(&before)?;
    let happened = Note::of(What::ProviderRemoved, &visitor, client).about(before.name.clone());
    let change = move |tx: &WriteTx<'_>| {
        if store::remove_provider(tx, id)? {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    };
    written(&app, visitor.account, happened, change).await?;
    app.oidc.known.forget(&before);
    Ok(Said::ProviderRemoved.at("/settings/providers").into_response())
}

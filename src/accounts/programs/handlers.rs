//! The page of one's programs: those that are signed in, and the keys.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::families;
use super::pages;
use super::rules::{By, Grant, KEY_BYTES, KeyDraft, MOST_KEYS, ProgramKey};
use super::store::{self, Family, KeptKey, NewKey};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::handlers::KeyedForm;
use crate::accounts::own;
use crate::accounts::said::Said;
use crate::accounts::visitor::Visitor;
use crate::app::App;
use crate::db::DbError;
use crate::error::AppError;
use crate::ui::{FormState, or_again, refused};
use crate::units::ids::ProgramKeyId;
use crate::web::{Client, Fields, Path, Reader};

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// `GET /account/programs`: what is signed in as one, and one's keys.
pub(crate) async fn show_programs(State(app): State<App>, visitor: Visitor) -> Result<Response, AppError> {
    shown(
        &app,
        &visitor,
        &FormState::with(&[("days", "90".to_owned())]),
        None,
    )
    .await
}

/// `POST /account/programs`: a new key, which is shown this once.
pub(crate) async fn add_key(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    if let Some(ask) = own::ask_again(&app, &visitor, "/account/programs").await? {
        return Ok(ask);
    }
    match or_again(make(&app, &visitor, client, &fields).await, fields)? {
        Ok((_, key)) => {
            let state = FormState::with(&[("days", "90".to_owned())]);
            shown(&app, &visitor, &state, Some(&key)).await
        }
        Err(state) => Ok(refused(shown(&app, &visitor, &state, None).await?)),
    }
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    state: &FormState,
    made: Option<&ProgramKey>,
) -> Result<Response, AppError> {
    let (families, keys) = held(app, visitor).await?;
    Ok(pages::programs(visitor, app, (&families, &keys), state, made).into_response())
}

/// `POST /account/programs/{id}/remove`: takes a key back; it opens nothing from then on.
pub(crate) async fn remove_key(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<ProgramKeyId>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    take_back(&app, &visitor, client, id).await?;
    Ok(Said::KeyRemoved.at("/account/programs"))
}

/// `POST /account/programs/signed-in/{key}/end`: signs a program out.
pub(crate) async fn end_family(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    Path(id): Path<String>,
    _form: KeyedForm,
) -> Result<Redirect, AppError> {
    if families::end(&app, &id, Some(visitor.account), client).await? {
        Ok(Said::ProgramOut.at("/account/programs"))
    } else {
        Err(AppError::NotFound)
    }
}

/// What is signed in as the visitor, and their keys.
async fn held(app: &App, visitor: &Visitor) -> Result<(Vec<Family>, Vec<KeptKey>), AppError> {
    let (account, now) = (visitor.account, app.clock.now());
    let found = app
        .db
        .read(move |tx| Ok::<_, DbError>((store::families(tx, account, now)?, store::keys(tx, account)?)));
    Ok(found.await?)
}

/// The visitor's keys.
pub(super) async fn keys(app: &App, visitor: &Visitor) -> Result<Vec<KeptKey>, AppError> {
    Ok(held(app, visitor).await?.1)
}

/// Makes a key from the fields of a form or of JSON.
pub(super) async fn make(
    app: &App,
    visitor: &Visitor,
    client: Client,
    fields: &Fields,
) -> Result<(KeptKey, ProgramKey), AppError> {
    own::refuse_other_eyes(visitor)?;
    if visitor.by == By::Session && !own::is_fresh(app, visitor).await? {
        return Err(AppError::Forbidden(
            "A key outlives this session, so prove that it is you first: at /account/confirm, or by signing in again.",
        ));
    }
    let mut reader = Reader::new(fields);
    let draft = KeyDraft::read(&mut reader, visitor.access);
    let now = app.clock.now();
    let is_admin = visitor.access >= Grant::Administer.most();
    if draft.scope == Grant::Administer && is_admin && !visitor.administers {
        reader.fault(
            "scope",
            "needs a fresh proof that it is you: sign in at /admin/login, then make the key",
        );
    }
    let draft = reader.finish(draft).map_err(AppError::Invalid)?;
    let mut random = [0_u8; KEY_BYTES];
    getrandom::fill(&mut random).map_err(|error| AppError::Internal(error.to_string()))?;
    let key = ProgramKey::new(&random);
    let about = format!("{}, {}, {} days", key.public, draft.scope.as_str(), draft.days);
    let happened = Note::of(What::KeyMade, visitor, client).about(about);
    let kept = NewKey {
        account: visitor.account,
        ends_at: now + i64::from(draft.days) * DAY,
        draft,
        public: key.public.clone(),
        hash: key.hash(),
    };
    let noted = happened.clone();
    let made = app
        .db
        .write(app.own_gesture("make a program's key"), move |tx| {
            if store::count_keys(tx, kept.account)? >= MOST_KEYS {
                let full = format!("{MOST_KEYS} keys at most; take one back that you no longer use");
                return Err(AppError::field("name", full));
            }
            store::add_key(tx, &kept)?;
            audit::note(tx, &noted)?;
            store::key_by_public(tx, &kept.public, now)?.ok_or(AppError::NotFound)
        })
        .await?;
    happened.log();
    Ok((made.value, key))
}

/// Takes a key of the visitor's back.
pub(super) async fn take_back(
    app: &App,
    visitor: &Visitor,
    client: Client,
    id: ProgramKeyId,
) -> Result<(), AppError> {
    let (account, visitor) = (visitor.account, visitor.clone());
    let happened = app
        .db
        .write(app.own_gesture("take back a program's key"), move |tx| {
            let public = store::remove_key(tx, account, id)?.ok_or(AppError::NotFound)?;
            let happened = Note::of(What::KeyTakenBack, &visitor, client).about(public);
            audit::note(tx, &happened)?;
            Ok::<_, AppError>(happened)
        })
        .await?;
    happened.value.log();
    Ok(())
}

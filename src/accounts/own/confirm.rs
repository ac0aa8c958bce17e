//! Before something sensitive: whoever has not proved themselves for some minutes is asked again.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::{pages, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::local_path;
use crate::accounts::second_factor::{Kind, Try, Verdict, Was};
use crate::accounts::sign_in::Lane;
use crate::accounts::{KeyedForm, Visitor, passkeys, password, second_factor};
use crate::app::App;
use crate::db::{DbError, WriteTx};
use crate::error::{AppError, FieldError};
use crate::secret::Secret;
use crate::web::{Client, Query};

/// Refuses what changes how others sign in to programs and to who looks through somebody's eyes. What belongs to oneself is
/// wrapped in the table of routes.
pub fn refuse_other_eyes(visitor: &Visitor) -> Result<(), AppError> {
    if visitor.is_stranger() {
        return Err(AppError::SignedOut);
    }
    if visitor.by.is_program() {
        return Err(AppError::Forbidden(
            "Programs do not change how somebody signs in.",
        ));
    }
    if visitor.behind.is_none() {
        return Ok(());
    }
    Err(AppError::Forbidden(
        "You look through somebody else's eyes. How they sign in is theirs alone.",
    ))
}

/// Whether the visitor proved themselves within the last minutes.
pub async fn is_fresh(app: &App, visitor: &Visitor) -> Result<bool, AppError> {
    let key_hash = visitor.key_hash.clone();
    let proven = app.db.read(move |tx| store::proven(tx, &key_hash)).await?;
    Ok(second_factor::is_fresh_enough(proven, app.clock.now()))
}

/// Where to prove oneself, if that was not done within the last minutes.
///
/// * `next`: where to come back to.
pub async fn ask_again(app: &App, visitor: &Visitor, next: &str) -> Result<Option<Response>, AppError> {
    refuse_other_eyes(visitor)?;
    if is_fresh(app, visitor).await? {
        return Ok(None);
    }
    Ok(Some(Redirect::to(&address(next)).into_response()))
}

/// The address at which one proves oneself again.
pub fn address(next: &str) -> String {
    format!("/account/confirm?next={}", crate::ui::encoded(next))
}

/// Notes that a visitor has proved themselves again.
pub fn note_confirmed(tx: &WriteTx<'_>, key_hash: &[u8]) -> Result<(), DbError> {
    store::note_confirmed(tx, key_hash)
}

/// With what somebody may prove themselves again. Whoever has a second step uses that, not the first alone.
#[derive(Clone, Copy)]
pub struct Ways {
    /// A code of the authenticator, or a recovery code.
    pub code: bool,
    /// A passkey.
    pub passkey: bool,
    /// What they sign in with.
    pub password: bool,
}

async fn ways(app: &App, visitor: &Visitor) -> Result<Ways, AppError> {
    let (account, passkeys) = (visitor.account, passkeys::possible(&app.config));
    Ok(app
        .db
        .read(move |tx| {
            let means = second_factor::means(tx, account, passkeys)?;
            let known = store::own_hash(tx, account)?.is_some();
            Ok::<_, DbError>(Ways {
                code: means.authenticator,
                passkey: means.passkey,
                password: known && !means.authenticator,
            })
        })
        .await?)
}

#[derive(serde::Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
    #[serde(flatten)]
    was: Was,
}

/// `GET /account/confirm`: the question.
pub(crate) async fn show_confirm(
    State(app): State<App>,
    visitor: Visitor,
    Query(Next { next, was }): Query<Next>,
) -> Result<Response, AppError> {
    let ways = ways(&app, &visitor).await?;
    let state = was.state(if ways.code { "code" } else { "password" });
    let page = pages::confirm(&visitor.frame(&app), ways, &state, local_path(&next));
    Ok(page.into_response())
}

/// `POST /account/confirm`: the answer.
pub(crate) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let mut fields = fields;
    let ways = ways(&app, &visitor).await?;
    let next = local_path(fields.text("next")).to_owned();
    let refused = if ways.code {
        by_code(&app, &visitor, fields.text("code")).await?
    } else if ways.password {
        by_password(&app, &visitor, fields.take_secret("password")).await?
    } else {
        Some(Verdict::Wrong)
    };
    let Some(refused) = refused else {
        return Ok(Redirect::to(&next).into_response());
    };
    audit::keep_knock(
        &app,
        client,
        Note::of(What::ConfirmationRefused, &visitor, client),
    )
    .await;
    // Back to the question by its address, so that loading it again sends nothing again.
    let back = format!("{}&{}", address(&next), second_factor::was(refused));
    Ok(Redirect::to(&back).into_response())
}

/// What stands against a code, if something does.
async fn by_code(app: &App, visitor: &Visitor, typed: &str) -> Result<Option<Verdict>, AppError> {
    let waits = app.config.waits.second_step;
    let (keys, account, key_hash, typed) = (
        app.keys.clone(),
        visitor.account,
        visitor.key_hash.clone(),
        typed.to_owned(),
    );
    let verdict = app
        .db
        .write(app.own_gesture("prove oneself again"), move |tx| {
            let lane = Lane::known(&key_hash);
            let verdict = second_factor::check(tx, &keys, &waits, (account, lane, ""), &typed)?;
            if matches!(verdict, Verdict::Right(_)) {
                store::note_confirmed(tx, &key_hash)?;
            }
            Ok::<_, DbError>(verdict)
        })
        .await?
        .value;
    Ok(match verdict {
        Verdict::Right(_) => None,
        wrong => Some(wrong),
    })
}

async fn by_password(app: &App, visitor: &Visitor, typed: Secret) -> Result<Option<Verdict>, AppError> {
    let refused = judge_own(app, visitor, typed).await?;
    if refused.is_none() {
        let key_hash = visitor.key_hash.clone();
        app.db
            .write(app.own_gesture("prove oneself again"), move |tx| {
                store::note_confirmed(tx, &key_hash)
            })
            .await?;
    }
    Ok(refused)
}

/// What is wrong with a password that somebody signed in typed as theirs. Each try is counted before it is looked at.
///
/// * `field`: in which it was typed.
pub(super) async fn check_own(
    app: &App,
    visitor: &Visitor,
    field: &str,
    typed: Secret,
) -> Result<Option<FieldError>, AppError> {
    Ok(judge_own(app, visitor, typed)
        .await?
        .map(|refused| match refused {
            Verdict::Wait(_) => FieldError::new(field, second_factor::fault(refused).message),
            Verdict::Wrong | Verdict::Right(_) => FieldError::new(field, "is not what you sign in with"),
        }))
}

async fn judge_own(app: &App, visitor: &Visitor, typed: Secret) -> Result<Option<Verdict>, AppError> {
    let (account, lane) = (visitor.account, Lane::known(&visitor.key_hash));
    let waits = app.config.waits.second_step;
    let tried = Try {
        account,
        kind: Kind::Password,
        lane,
        after: None,
    };
    let (wait, hash) = app
        .db
        .write(app.own_gesture("count a try"), move |tx| {
            Ok::<_, DbError>((
                second_factor::count_try(tx, &waits, tried)?,
                store::own_hash(tx, account)?,
            ))
        })
        .await?
        .value;
    if let Some(wait) = wait {
        return Ok(Some(Verdict::Wait(wait)));
    }
    if !password::judge_password(password::Line::Known, typed, hash)
        .await?
        .right
    {
        return Ok(Some(Verdict::Wrong));
    }
    app.db
        .write(app.own_gesture("forget tries"), move |tx| {
            second_factor::forget_tries(tx, account, Kind::Password, lane)
        })
        .await?;
    Ok(None)
}

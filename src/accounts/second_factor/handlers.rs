//! The second step on the own account, and what administrators do about that of others.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::proof::{self, Verdict};
use super::rules::Demand;
use super::step::{ENROLLING, Was, is_left_without, was};
use super::{pages, store};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::handlers::require_admin;
use crate::accounts::said::Said;
use crate::accounts::store as account_store;
use crate::accounts::{KeyedForm, Visitor, own};
use crate::app::App;
use crate::db::{DbError, Tx, WriteTx};
use crate::error::AppError;
use crate::ui::FormState;
use crate::units::ids::AccountId;
use crate::web::{Client, Fields, Query, Reader};

/// `POST /account/second-step`: a new key to take up, after a proof of this moment.
pub(crate) async fn begin(
    State(app): State<App>,
    visitor: Visitor,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    if let Some(asked) = own::ask_again(&app, &visitor, "/account").await? {
        return Ok(asked);
    }
    let sealed = proof::new_key(&app.keys, visitor.account)?;
    let (key_hash, account) = (visitor.key_hash.clone(), visitor.account);
    let until = app.clock.now() + ENROLLING;
    app.db
        .write(app.own_gesture("begin with an authenticator"), move |tx| {
            if store::authenticator(tx, account)?.is_some() {
                return Err(already());
            }
            Ok::<_, AppError>(store::begin_enrolment(tx, &key_hash, account, &sealed, until)?)
        })
        .await?;
    Ok(Redirect::to("/account/second-step").into_response())
}

fn already() -> AppError {
    AppError::conflict("You have an authenticator already. Take it off first if you want another one.")
}

/// `GET /account/second-step`: the key that was begun, as a picture and as text.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(was): Query<Was>,
) -> Result<Response, AppError> {
    enrolling(&app, &visitor, &was.state("code")).await
}

async fn enrolling(app: &App, visitor: &Visitor, state: &FormState) -> Result<Response, AppError> {
    let (key_hash, account, now) = (visitor.key_hash.clone(), visitor.account, app.clock.now());
    let sealed = app
        .db
        .read(move |tx| store::enrolment(tx, &key_hash, account, now))
        .await?;
    let key = sealed.and_then(|sealed| proof::opened(&app.keys, account, &sealed));
    let Some(key) = key else {
        return Ok(Redirect::to("/account").into_response());
    };
    Ok(pages::enrol(&visitor.frame(app), state, &key, &visitor.email).into_response())
}

/// `POST /account/second-step/confirm`: the first code. The other sessions end, since they began with less.
pub(crate) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    KeyedForm(fields): KeyedForm,
) -> Result<Response, AppError> {
    let recovery = proof::new_recovery(&app.keys, visitor.account)?;
    let taken = Note::of(What::AuthenticatorOn, &visitor, client);
    let (keys, account, key_hash) = (app.keys.clone(), visitor.account, visitor.key_hash.clone());
    let typed = fields.text("code").to_owned();
    let (noted, made) = (taken.clone(), recovery.clone());
    let ended = app
        .db
        .write(app.own_gesture("take up an authenticator"), move |tx| {
            if store::authenticator(tx, account)?.is_some() {
                return Err(already());
            }
            if !proof::take_up(tx, &keys, &key_hash, account, &typed, &made)? {
                return Ok::<_, AppError>(None);
            }
            store::end_all_pending(tx, account)?;
            store::note_second(tx, &key_hash, proof::AUTHENTICATOR)?;
            audit::note(tx, &noted)?;
            Ok(Some(own::end_others(tx, account, &key_hash)?))
        })
        .await?
        .value;
    let Some(ended) = ended else {
        let back = format!("/account/second-step?{}", was(Verdict::Wrong));
        return Ok(Redirect::to(&back).into_response());
    };
    taken.log();
    own::hang_up(&app, visitor.account, &ended);
    Ok(pages::recovery(&visitor.frame(&app), &recovery.codes).into_response())
}

/// `POST /account/recovery-codes`: ten new ones; the old ones are worth nothing any more.
pub(crate) async fn renew_recovery(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    if let Some(asked) = own::ask_again(&app, &visitor, "/account").await? {
        return Ok(asked);
    }
    let recovery = proof::new_recovery(&app.keys, visitor.account)?;
    let made = Note::of(What::RecoveryCodesMade, &visitor, client);
    let (account, tags, noted) = (visitor.account, recovery.tags.clone(), made.clone());
    app.db
        .write(app.own_gesture("make recovery codes"), move |tx| {
            if store::authenticator(tx, account)?.is_none() {
                return Err(AppError::NotFound);
            }
            store::put_recovery_codes(tx, account, &tags)?;
            Ok::<_, AppError>(audit::note(tx, &noted)?)
        })
        .await?;
    made.log();
    Ok(pages::recovery(&visitor.frame(&app), &recovery.codes).into_response())
}

/// `POST /account/second-step/remove`: takes the authenticator off, after a proof of this moment. What the organisation
/// demands stays, unless a passkey is left.
pub(crate) async fn remove(
    State(app): State<App>,
    visitor: Visitor,
    client: Client,
    _form: KeyedForm,
) -> Result<Response, AppError> {
    if let Some(asked) = own::ask_again(&app, &visitor, "/account").await? {
        return Ok(asked);
    }
    let off = Note::of(What::AuthenticatorOff, &visitor, client);
    let (account, access, noted) = (visitor.account, visitor.access, off.clone());
    let config = app.config.clone();
    let had = app
        .db
        .write(app.own_gesture("take an authenticator off"), move |tx| {
            let had = store::drop_authenticator(tx, account)?;
            if is_left_without(tx, &config, account, access)? {
                return Err(AppError::conflict("Your organisation asks for a second step, and this is your only one. Add a passkey first."));
            }
            if had {
                audit::note(tx, &noted)?;
            }
            Ok::<_, AppError>(had)
        })
        .await?
        .value;
    if had {
        off.log();
    }
    Ok(Said::AuthenticatorOff.at("/account#second-step").into_response())
}

/// What the own account shows of the second step.
pub fn own(app: &App, tx: &Tx<'_>, visitor: &Visitor) -> Result<pages::Own, DbError> {
    let kept = store::authenticator(tx, visitor.account)?;
    Ok(pages::Own {
        since: kept.map(|kept| crate::ui::ago(&app.clock, kept.since)),
        left: store::recovery_codes(tx, visitor.account)?.len(),
        demanded: store::demand(tx)?.holds_for(visitor.access),
    })
}

/// Demands the second step of others from now on. Sessions of theirs that began without one end; whoever demands it has
/// one, so that nobody locks themselves out.
pub async fn change_demand(
    app: &App,
    visitor: &Visitor,
    client: Client,
    fields: &Fields,
) -> Result<(), AppError> {
    own::refuse_other_eyes(visitor)?;
    let mut reader = Reader::new(fields);
    let wanted: Option<Demand> = reader.required("demand", "must be nobody, admins, managers or everybody");
    let wanted = reader
        .finish(wanted.unwrap_or_default())
        .map_err(AppError::Invalid)?;
    let changed = Note::of(What::SignInRulesChanged, visitor, client)
        .about(format!("second step: {}", wanted.as_str()));
    let (key_hash, noted, asking) = (visitor.key_hash.clone(), changed.clone(), visitor.account);
    let ended = app
        .db
        .write(app.own_gesture("change the sign-in rules"), move |tx| {
            require_admin(tx, asking)?;
            let before = store::demand(tx)?;
            if before == wanted {
                return Ok::<_, AppError>(None);
            }
            let own = store::second(tx, &key_hash)?;
            if wanted.from_level().is_some() && own.is_empty() {
                return Err(AppError::field(
                    "demand",
                    "sign in with a second step of your own first, an authenticator or a passkey, so that you do not lock yourself out",
                ));
            }
            store::set_demand(tx, wanted)?;
            audit::note(tx, &noted)?;
            let lowest = wanted.from_level();
            let ended = lowest.map(|level| store::end_short_sessions(tx, level)).transpose()?;
            Ok(Some(ended.unwrap_or_default()))
        })
        .await?
        .value;
    if let Some(ended) = ended {
        changed.log();
        for account in ended {
            app.feed.end_account(account);
        }
    }
    Ok(())
}

/// Takes off everything that somebody proves themselves a second time with, because they have lost it; their sessions end.
/// Says whether there was anything.
pub fn reset_in(tx: &WriteTx<'_>, account: AccountId) -> Result<bool, DbError> {
    let means = store::means(tx, account, true)?;
    store::drop_authenticator(tx, account)?;
    crate::accounts::passkeys::drop_all(tx, account)?;
    account_store::end_sessions(tx, account)?;
    Ok(means.authenticator || means.passkey)
}

/// Takes off the second step of somebody else, by an administrator.
pub async fn reset(app: &App, visitor: &Visitor, client: Client, account: AccountId) -> Result<(), AppError> {
    own::refuse_other_eyes(visitor)?;
    if account == visitor.account {
        return Err(AppError::conflict(
            "This is your own second step. You take it off on the page of your account.",
        ));
    }
    let reset = Note::of(What::SecondStepReset, visitor, client);
    let (noted, asking) = (reset.clone(), visitor.account);
    let email = app
        .db
        .write(app.own_gesture("reset a second step"), move |tx| {
            require_admin(tx, asking)?;
            let known = account_store::account_by_id(tx, account)?.ok_or(AppError::NotFound)?;
            reset_in(tx, account)?;
            audit::note(tx, &noted.clone().about(&*known.email))?;
            Ok::<_, AppError>(known.email)
        })
        .await?
        .value;
    reset.about(email).log();
    app.feed.end_account(account);
    Ok(())
}

//! Who a program is, from the text that it shows.

use http::HeaderMap;

use super::access;
pub use super::rules::shown;
use super::rules::{self, By, ProgramKey};
use super::store;
use crate::accounts::scope::scope_of;
use crate::accounts::visitor::{Visitor, hash_of};
use crate::app::App;
use crate::error::AppError;
use crate::secret::Secret;
use crate::units::ids::ProgramKeyId;
use subtle::ConstantTimeEq as _;

/// How often the use of a key is noted, in milliseconds.
const NOTED_EVERY: i64 = 60_000;

const REFUSED: AppError = AppError::Unproven {
    problem: "bearer-refused",
    shown: true,
    detail: "What you sent as Authorization opens nothing here: it is cut short, has ended or was taken back, or is of another place.",
};

/// The visitor that a program's text stands for. What opens nothing is refused, whatever else the request carries.
pub async fn recognised(
    app: &App,
    text: Result<Secret, ()>,
    headers: &HeaderMap,
) -> Result<Visitor, AppError> {
    let text = text.map_err(|()| REFUSED)?;
    if rules::is_like_a_key(&text) {
        by_key(app, &text, headers).await
    } else {
        by_access(app, &text, headers).await
    }
}

async fn by_access(app: &App, text: &Secret, headers: &HeaderMap) -> Result<Visitor, AppError> {
    let said = access::read(app, text).ok_or(REFUSED)?;
    let (id, now) = (said.family, app.clock.now());
    let found = app.db.read(move |tx| {
        let Some(family) = store::family(tx, &id, now)? else {
            return Ok(None);
        };
        let scope = scope_of(tx, family.account.id)?;
        Ok::<_, AppError>(Some((family, scope)))
    });
    let (family, scope) = found
        .await?
        .filter(|(family, _)| family.account.id == said.account)
        .ok_or(REFUSED)?;
    // They proved themselves when they signed in, by everything that the account demands.
    let proven_at = Some(family.started_at);
    let mut visitor = Visitor::of_program(
        app,
        (family.account, scope),
        By::SignedIn,
        hash_of(&family.id),
        proven_at,
        headers,
    );
    visitor.family = Some(family.id);
    Ok(visitor)
}

async fn by_key(app: &App, text: &Secret, headers: &HeaderMap) -> Result<Visitor, AppError> {
    let key = ProgramKey::read(text).ok_or(REFUSED)?;
    let (public, hash, now) = (key.public.clone(), key.hash(), app.clock.now());
    let found = app.db.read(move |tx| {
        let Some(kept) = store::key_by_public(tx, &public, now)? else {
            return Ok(None);
        };
        let scope = scope_of(tx, kept.account.id)?;
        Ok::<_, AppError>(Some((kept, scope)))
    });
    let (kept, scope) = found
        .await?
        .filter(|(kept, _)| bool::from(kept.hash.ct_eq(&hash)))
        .ok_or(REFUSED)?;
    if kept.used_at.is_none_or(|used| used + NOTED_EVERY <= now) {
        note_use(app, kept.id).await;
    }
    // Whoever made a key that administers had proven themselves for it just then.
    let proven_at = (kept.scope == rules::Grant::Administer).then_some(now);
    let by = By::Key(kept.scope);
    Ok(Visitor::of_program(
        app,
        (kept.account, scope),
        by,
        kept.hash,
        proven_at,
        headers,
    ))
}

/// Notes when a key was used. A full disk must not lock out what only reads.
async fn note_use(app: &App, id: ProgramKeyId) {
    let noted = app
        .db
        .write(app.own_gesture("use a program's key"), move |tx| {
            store::touch_key(tx, id)
        })
        .await;
    if let Err(error) = noted {
        tracing::warn!(%error, "the use of a program's key could not be noted");
    }
}

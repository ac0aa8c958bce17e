//! The signed text that a program shows with each request: a JWT by RFC 9068, for minutes.
//!
//! The algorithm is the key's: there is one, and a text that names another is not looked at further. Times are held
//! against our own clock.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::keys::Purpose;
use crate::secret::Secret;
use crate::units::ids::AccountId;

/// What RFC 9068 calls such a text, so that no other kind of text passes for one.
const KIND: &str = "at+jwt";
/// By how many seconds our own clock may have been put back since the text was made.
const PUT_BACK: i64 = 5;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The account.
    sub: String,
    /// The family.
    sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// What a good text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The account.
    pub account: AccountId,
    /// The family that it belongs to.
    pub family: String,
}

/// Signs an access for `said` that begins now.
pub fn signed(app: &App, said: &Said) -> Result<Secret, AppError> {
    let key = app.keys.newest(Purpose::Access);
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(KIND.to_owned());
    header.kid = Some(key.id_text());
    let now = app.clock.now().div_euclid(1_000);
    let lives = i64::try_from(app.config.programs.access.as_secs()).unwrap_or_default();
    let claims = Claims {
        iss: app.config.public_url.clone(),
        aud: audience(app),
        sub: said.account.to_string(),
        sid: said.family.clone(),
        iat: now,
        nbf: now,
        exp: now + lives,
    };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key.expose()))
        .map(Secret::from)
        .map_err(|error| AppError::Internal(format!("signing an access: {error}")))
}

/// What a text says, where we made it, for this Ballast, and it is good now.
pub fn read(app: &App, text: &Secret) -> Option<Said> {
    let header = jsonwebtoken::decode_header(text.expose()).ok()?;
    let plain = header.alg == Algorithm::HS256
        && header.typ.as_deref() == Some(KIND)
        // Where a key is to be found is ours to know; a text that brings or names one is not ours.
        && header.jku.is_none()
        && header.jwk.is_none()
        && header.x5u.is_none()
        && header.x5c.is_none()
        && header.crit.is_none();
    let named = header.kid.filter(|_| plain)?;
    let key = app
        .keys
        .recognised(Purpose::Access)
        .find(|key| key.id_text() == named)?;
    let mut validation = Validation::new(Algorithm::HS256);
    // Held against our own clock below.
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["iss", "aud", "sub"]);
    validation.set_issuer(&[&app.config.public_url]);
    validation.set_audience(&[audience(app)]);
    let key = DecodingKey::from_secret(key.expose());
    let claims = jsonwebtoken::decode::<Claims>(text.expose(), &key, &validation)
        .ok()?
        .claims;
    let now = app.clock.now().div_euclid(1_000);
    let good = claims.exp > now && claims.nbf <= now + PUT_BACK && claims.iat <= now + PUT_BACK;
    let account = claims.sub.parse().ok().filter(|_| good)?;
    Some(Said {
        account,
        family: claims.sid,
    })
}

/// For whom it is meant: the interfaces of this Ballast.
fn audience(app: &App) -> String {
    format!("{}/api", app.config.public_url)
}

//! What a browser holds between the steps of signing in: sealed, so that nobody reads or changes it, and bound to nothing that
//! was there before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::accounts::entry::Door;
use crate::accounts::rules::fold_email;
use crate::accounts::visitor::hash_of;
use crate::app::App;
use crate::error::AppError;
use crate::keys::Purpose;
use crate::web::Cookie;
use crate::web::outermost::random_key;

/// For how long the steps may take, in milliseconds: as long as the longest-lived code.
const LIVES: i64 = 3_600_000;
/// An address to go on to that is longer is forgotten, so that the cookie stays small.
const LONGEST_NEXT: usize = 1_000;

/// Where somebody stands on their way in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Step {
    /// What names this browser on this way: random, and made anew with each code.
    key: String,
    /// The address that was typed, folded.
    pub email: String,
    /// Where they wanted to go.
    pub next: String,
    /// When it began, in milliseconds.
    at: i64,
    /// Whether a long code is asked for and not six digits. It is bound to no browser, so this opens nothing.
    #[serde(default)]
    pub long: bool,
}

impl Step {
    /// A way that begins now.
    pub fn begin(app: &App, email: &str, next: &str) -> Result<Self, AppError> {
        Ok(Self {
            key: random_key()?,
            email: email.to_owned(),
            next: if next.len() > LONGEST_NEXT { "/" } else { next }.to_owned(),
            at: app.clock.now(),
            long: false,
        })
    }

    /// A way that begins now, to where a long code is typed.
    pub fn begin_long(app: &App, email: &str, next: &str) -> Result<Self, AppError> {
        Ok(Self {
            long: true,
            ..Self::begin(app, email, next)?
        })
    }

    /// Whether it was begun for this address, as it is typed.
    #[must_use]
    pub fn is_for(&self, typed: &str) -> bool {
        fold_email(typed).is_ok_and(|email| email == self.email)
    }

    /// What names this browser, for the keyed hash of its code.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.key.as_bytes()
    }

    /// Under which the browser's code is kept.
    #[must_use]
    pub fn browser(&self) -> Vec<u8> {
        hash_of(&self.key)
    }

    /// The step that a browser holds for this door, if it holds one that is ours and young.
    #[must_use]
    pub fn held(app: &App, headers: &HeaderMap, door: Door) -> Option<Self> {
        let text = held_in(door).find(headers, app.config.secure_cookies)?;
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = app.keys.open(Purpose::Step, about(door), &sealed)?;
        let step: Self = serde_json::from_slice(&plain).ok()?;
        (step.at + LIVES > app.clock.now()).then_some(step)
    }

    /// The cookie that holds it.
    pub fn cookie(&self, app: &App, door: Door) -> Result<HeaderValue, AppError> {
        let internal = |why: String| AppError::Internal(why);
        let plain = serde_json::to_vec(self).map_err(|error| internal(error.to_string()))?;
        let sealed = app.keys.seal(Purpose::Step, about(door), &plain);
        let sealed = sealed.map_err(|error| internal(error.to_string()))?;
        let text = URL_SAFE_NO_PAD.encode(sealed);
        let secure = app.config.secure_cookies;
        held_in(door)
            .set(&text, secure, Some(LIVES.unsigned_abs() / 1_000))
            .ok_or_else(|| internal("a step does not fit into a cookie".to_owned()))
    }

    /// The cookie that makes a browser forget it.
    #[must_use]
    pub fn forgotten(app: &App, door: Door) -> Option<HeaderValue> {
        held_in(door).forgotten(app.config.secure_cookies)
    }
}

/// Each door has its own, so that what was begun at one is not finished at the other.
const fn about(door: Door) -> &'static [u8] {
    match door {
        Door::Everybody => b"everybody",
        Door::Administration => b"administration",
    }
}

const fn held_in(door: Door) -> Cookie {
    match door {
        Door::Everybody => Cookie::of_host("ballast-step"),
        Door::Administration => Cookie::of_host("ballast-admin-step"),
    }
}

//! The last step of every way to sign in.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::header;
use http::request::Parts;

use super::audit::{self, Note, What};
use super::rules::Access;
use super::second_factor;
use super::sign_in::{self, Step};
use super::store::{self, Account, NewSession};
use super::visitor::{SESSION, hash_of, key_in};
use crate::app::App;
use crate::db::{DbError, WriteTx};
use crate::error::AppError;
use crate::web::outermost::random_key;
use crate::web::{Client, Cookie};

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A password.
    Password,
    /// Six digits by mail.
    Code,
    /// The one-time link of the first account, an invitation or a forgotten password.
    Link,
    /// An identity provider.
    Provider,
    /// One click in a demonstration.
    Demonstration,
    /// A passkey, which is something one has and something one knows or is.
    Passkey,
}

impl Proof {
    /// As it is kept and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Link => "link",
            Self::Provider => "provider",
            Self::Demonstration => "demonstration",
            Self::Passkey => "passkey",
        }
    }
}

/// Through which door somebody comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Door {
    /// `/auth/login`.
    #[default]
    Everybody,
    /// `/admin/login`: for administrators, who are asked again there even while they are signed in.
    Administration,
}

impl Door {
    /// The door that a path belongs to.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if path.starts_with("/admin/") {
            Self::Administration
        } else {
            Self::Everybody
        }
    }

    /// Whether somebody with this account may come in here.
    #[must_use]
    pub fn is_open_to(self, account: &Account) -> bool {
        account.active && (self == Self::Everybody || account.access == Access::Admin)
    }

    /// What its page is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everybody => "Sign in",
            Self::Administration => "Administration",
        }
    }

    /// The address of its first step.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Everybody => "/auth/login",
            Self::Administration => "/admin/login",
        }
    }
}

/// A browser at the door.
#[derive(Clone)]
pub struct Knock {
    /// From where.
    pub client: Client,
    /// What the browser calls itself.
    pub agent: String,
    /// At which: who comes through that of the administration has proven themselves for it.
    pub door: Door,
    /// The hash of what it was given when somebody last signed in with it, if somebody did.
    pub browser: Option<Vec<u8>>,
    /// Under which the session is kept that it holds already, if it does: it ends when the next one begins.
    pub earlier: Option<Vec<u8>>,
}

impl FromRequestParts<App> for Knock {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let agent = agent.chars().take(200).collect();
        let earlier = key_in(&parts.headers, app.config.secure_cookies).map(hash_of);
        let browser = BROWSER.find(&parts.headers, app.config.secure_cookies);
        let browser = browser.map(hash_of);
        let Ok(client) = Client::from_request_parts(parts, app).await;
        Ok(Self {
            client,
            agent,
            door: Door::of(parts.uri.path()),
            browser,
            earlier,
        })
    }
}

/// The cookie by which a browser is known in which somebody signed in before.
const BROWSER: Cookie = Cookie::of_host("ballast-browser");

/// For how many seconds a browser is known: 400 days, the longest that a cookie lives.
const KNOWN: u64 = 400 * 86_400;

/// Lets in whoever proved to be `account`, or leads them to the second step where they owe one.
///
/// * `next`: where they wanted to go.
pub async fn admit(
    app: &App,
    account: &Account,
    proof: Proof,
    knock: &Knock,
    next: &str,
) -> Result<Response, AppError> {
    if let Some(step) = second_factor::interpose(app, account, proof, knock.door, next).await? {
        return Ok(step);
    }
    let entrance = Entrance::prepare(account, proof.as_str(), knock)?;
    let beginning = entrance.clone();
    app.db
        .write(app.own_gesture("sign in"), move |tx| beginning.begin(tx, ""))
        .await?;
    let next = match (next, knock.door) {
        ("" | "/", Door::Administration) => "/accounts",
        _ => local_path(next),
    };
    Ok(entrance.done(app, Redirect::to(next).into_response()))
}

/// A session that is about to begin: a new one with a new key, whatever the browser had before. Nothing that it held before
/// is worth anything afterwards.
#[derive(Clone)]
pub(super) struct Entrance {
    key: String,
    session: NewSession,
    email: String,
    earlier: Option<Vec<u8>>,
    /// By which the browser was known before, and by which it is known from now on.
    browser_before: Option<Vec<u8>>,
    browser: String,
    happened: Note,
}

impl Entrance {
    /// Makes its keys.
    ///
    /// * `proof`: how they proved who they are, first.
    pub(super) fn prepare(account: &Account, proof: &str, knock: &Knock) -> Result<Self, AppError> {
        let key = random_key()?;
        let session = NewSession {
            key_hash: hash_of(&key),
            account: account.id,
            form_key: random_key()?,
            agent: knock.agent.clone(),
            address: knock.client.address.to_string(),
            proof: proof.to_owned(),
            // A demonstration has nobody who could prove anything, and lets in this machine only.
            proven: (knock.door == Door::Administration || proof == Proof::Demonstration.as_str())
                && account.access == Access::Admin,
        };
        let happened = Note::of_stranger(What::SignedIn, &account.email, knock.client)
            .account(account.id)
            .about(proof);
        Ok(Self {
            key,
            session,
            email: account.email.clone(),
            earlier: knock.earlier.clone(),
            browser_before: knock.browser.clone(),
            browser: random_key()?,
            happened,
        })
    }

    /// Begins the session, within the change that found the last proof right.
    ///
    /// * `second`: what came after the first proof; blank where nothing had to.
    pub(super) fn begin(&self, tx: &WriteTx<'_>, second: &str) -> Result<(), DbError> {
        if let Some(earlier) = &self.earlier {
            store::end_session(tx, earlier)?;
        }
        store::begin_session(tx, &self.session)?;
        if !second.is_empty() {
            second_factor::note_second(tx, &self.session.key_hash, second)?;
        }
        if self.session.proof == Proof::Code.as_str() {
            store::verify_address(tx, self.session.account, &self.email)?;
        }
        sign_in::end_codes(tx, &self.email)?;
        let browser = hash_of(&self.browser);
        sign_in::know_browser(tx, self.session.account, self.browser_before.as_deref(), &browser)?;
        audit::note(tx, &self.happened)
    }

    /// The answer that hands the key over, once the session has begun.
    pub(super) fn done(&self, app: &App, mut answer: Response) -> Response {
        self.happened.log();
        let secure = app.config.secure_cookies;
        let most = app.config.session_max.as_secs();
        for cookie in [
            SESSION.set(&self.key, secure, Some(most)),
            BROWSER.set(&self.browser, secure, Some(KNOWN)),
            Step::forgotten(app, Door::Everybody),
            Step::forgotten(app, Door::Administration),
        ]
        .into_iter()
        .flatten()
        {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        answer
    }
}

/// Where to go after signing in: a path of ours, or the overview.
pub(super) fn local_path(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_elsewhere() {
        for next in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "javascript:alert(1)",
            "/a\r\nb",
        ] {
            assert_eq!(local_path(next), "/", "{next}");
        }
        assert_eq!(local_path("/schedule?weeks=26"), "/schedule?weeks=26");
    }
}

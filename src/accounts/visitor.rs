//! Who asks: the session behind a cookie, worked out once for each request.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use http::request::Parts;
use http::{HeaderMap, Method};
use sha2::{Digest, Sha256};

use super::impersonation;
use super::known::Known;
use super::programs::{self, By};
use super::rules::Access;
use super::said::Said;
use super::scope::{Reach, Scope};
use super::store::{self, Account};
use crate::app::App;
use crate::book::{Person, Plan};
use crate::clock::millis;
use crate::db::Actor;
use crate::error::AppError;
use crate::ui::Frame;
use crate::units::ids::{AccountId, PersonId};
use crate::web::edge::{Bucket, Whose};
use crate::web::{Client, Cookie, cookie, health, is_fragment};

/// How often the use of a session is noted, in milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// The account of who has none.
const NOBODY: AccountId = AccountId(0);

/// Who somebody is: what stays the same from one of their requests to the next. It has no `Debug`, since it holds what their forms
/// carry.
pub struct Identity {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Their address, folded.
    pub email: String,
    /// The person that their account was linked to, if it was.
    pub person: Option<PersonId>,
    /// What they may do.
    pub access: Access,
    /// How far that goes, where they are a manager.
    pub scope: Scope,
    /// What their forms must carry.
    pub form_key: String,
    /// Under which their session is kept.
    pub key_hash: Vec<u8>,
    /// When they last proved themselves for administration, in milliseconds.
    pub proven_at: Option<i64>,
    /// The administrator who looks through their eyes, if one does.
    pub behind: Option<(AccountId, String)>,
    /// How they were recognised.
    pub by: By,
}

/// Somebody signed in, who asks. Cloning shares who they are.
#[derive(Clone)]
pub struct Visitor {
    identity: Arc<Identity>,
    /// Whether they are an administrator who proved themselves not long ago, and is nobody else's eyes.
    pub administers: bool,
    /// The family of the access that a program showed, if it showed one.
    pub family: Option<String>,
    /// Where the plan stood when they asked: their page shows at least this, and listens from here on.
    revision: i64,
    /// What a saved view named that is gone, where one led here.
    gone: Option<String>,
    /// What they have just done, where the answer to it led here.
    said: Option<Said>,
    theme: &'static str,
    wants_fragment: bool,
}

impl Deref for Visitor {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

impl Identity {
    /// That of whoever holds a session, whose account reaches as far as `scope`.
    pub(super) fn of_session(session: store::Session, scope: Scope, key_hash: Vec<u8>) -> Self {
        let account = session.account;
        Self {
            account: account.id,
            name: account.name,
            email: account.email,
            person: account.person,
            access: account.access,
            scope,
            form_key: session.form_key,
            key_hash,
            proven_at: session.proven_at,
            behind: session.behind,
            by: By::Session,
        }
    }

    /// That of who reads while nobody is asked to sign in.
    fn stranger() -> Self {
        Self {
            account: NOBODY,
            name: "Visitor".to_owned(),
            email: String::new(),
            person: None,
            access: Access::Viewer,
            scope: Scope::default(),
            form_key: String::new(),
            key_hash: Vec::new(),
            proven_at: None,
            behind: None,
            by: By::Session,
        }
    }
}

impl Visitor {
    /// Whoever `identity` says, with what they ask `now`.
    fn asking(app: &App, identity: Arc<Identity>, headers: &HeaderMap, now: i64) -> Self {
        let is_admin = identity.access == Access::Admin && identity.behind.is_none();
        Self {
            administers: is_admin && is_fresh(app, identity.proven_at, now),
            identity,
            family: None,
            revision: app.book().revision,
            gone: None,
            said: None,
            theme: theme(headers),
            wants_fragment: is_fragment(headers),
        }
    }

    /// A program, as the account that it acts for, with what is left of its level.
    ///
    /// * `key_hash`: what ends its open lines when it is no longer let in.
    pub(super) fn of_program(
        app: &App,
        (account, scope): (Account, Scope),
        by: By,
        key_hash: Vec<u8>,
        proven_at: Option<i64>,
        headers: &HeaderMap,
    ) -> Self {
        let level = by.level(account.access);
        let identity = Identity {
            account: account.id,
            name: account.name,
            email: account.email,
            person: account.person,
            access: level,
            scope,
            form_key: String::new(),
            key_hash,
            proven_at,
            behind: None,
            by,
        };
        Self::asking(app, Arc::new(identity), headers, app.clock.now())
    }

    /// As the history names them: `Bo`, or `Bo (through Ada)` where an administrator looks through their eyes.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let name = match &self.behind {
            None => self.name.clone(),
            Some((_, behind)) => format!("{} (through {behind})", self.name),
        };
        Actor {
            account: Some(self.account),
            name,
        }
    }

    /// Whose rows they may change.
    #[must_use]
    pub fn reach(&self, plan: &Plan) -> Reach {
        Reach::of(self.access, &self.scope, &plan.departments)
    }

    /// Whether they may change the plan, or a part of it.
    #[must_use]
    pub fn may_edit(&self) -> bool {
        self.access >= Access::Manager
    }

    /// Somebody who reads while nobody is asked to sign in. They have no account, and can change nothing.
    fn stranger(app: &App, headers: &HeaderMap) -> Self {
        Self::asking(app, Arc::new(Identity::stranger()), headers, app.clock.now())
    }

    /// Whether they read without an account, while nobody is asked to sign in.
    #[must_use]
    pub fn is_stranger(&self) -> bool {
        self.account == NOBODY
    }

    /// The frame of their pages.
    #[must_use]
    pub fn frame(&self, app: &App) -> Frame {
        let book = app.book();
        Frame {
            name: self.name.clone(),
            behind: self.behind.as_ref().map(|(_, name)| name.clone()),
            form_key: self.form_key.clone(),
            may_edit: self.may_edit(),
            manages: self.may_edit(),
            is_admin: self.access == Access::Admin,
            projects: book.plan.projects.len(),
            people: book.plan.people.iter().filter(|person| person.active).count(),
            lively: app.poker.lively(),
            theme: self.theme,
            revision: self.revision,
            is_fragment: self.wants_fragment,
            demo: app.demo,
            house: app.upkeep.banner(app.clock.now(), self.access == Access::Admin),
            gone: self.gone.clone(),
            said: self.said.map(|said| (said.text().to_owned(), None)),
            troubles: if self.access == Access::Admin {
                app.jobs.troubles()
            } else {
                Vec::new()
            },
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts.extensions.get::<Self>().cloned().ok_or(AppError::SignedOut)
    }
}

/// The person whose weeks are a visitor's own: the one their account was linked to, else the one with their address.
pub fn own_person<'a>(plan: &'a Plan, visitor: &Visitor) -> Option<&'a Person> {
    store::person_of(plan, visitor.person, &visitor.email)
}

/// The cookie of the session.
pub(super) const SESSION: Cookie = Cookie::of_host("ballast");

/// The key of the session that a browser holds, if it holds one.
pub(super) fn key_in(headers: &HeaderMap, secure: bool) -> Option<&str> {
    SESSION.find(headers, secure)
}

/// Under which a key is kept: whoever reads the file cannot sign in with what it holds.
#[must_use]
pub fn hash_of(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}

/// Recognises the visitor of a request, if they are signed in. What a program shows counts alone: where it opens nothing,
/// no cookie is looked at. Answers whose account it is.
///
/// # Errors
/// Where what a program shows opens nothing.
pub async fn recognise(
    app: &App,
    client: Client,
    request: &mut Request,
) -> Result<Option<AccountId>, AppError> {
    let headers = request.headers();
    let visitor = if let Some(text) = programs::shown(headers) {
        let recognised = Box::pin(programs::recognised(app, text, headers)).await;
        Some(recognised.map_err(|error| counted(app, client, error))?)
    } else if let Some(key) = key_in(headers, app.config.secure_cookies) {
        signed_in(app, &hash_of(key), headers).await?
    } else {
        None
    };
    let known = visitor.as_ref().map(|visitor| visitor.account);
    if let Some(mut visitor) = visitor {
        if let Some(query) = request.uri().query() {
            visitor.gone = gone(query);
            visitor.said = Said::of(query);
        }
        if visitor.access == Access::Admin && health::is_asked(request.uri().path()) {
            request.extensions_mut().insert(health::MayKnow);
        }
        request.extensions_mut().insert(visitor);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && known.is_none() && app.config.edge.strangers.read(app.clock.now()) {
        let stranger = Visitor::stranger(app, request.headers());
        request.extensions_mut().insert(stranger);
    }
    Ok(known)
}

/// Whoever tries what opens nothing is a stranger, and is counted as one.
fn counted(app: &App, client: Client, error: AppError) -> AppError {
    match app.limiter.take(Bucket::Api, Whose::stranger(client.address)) {
        Ok(()) => error,
        Err(seconds) => AppError::TooMany { seconds },
    }
}

/// The `gone` of an address; its words are checked where they are shown.
fn gone(query: &str) -> Option<String> {
    let (_, value) = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == "gone")?;
    Some(value.replace("%2C", ",").chars().take(100).collect())
}

async fn signed_in(app: &App, key_hash: &[u8], headers: &HeaderMap) -> Result<Option<Visitor>, AppError> {
    let found = app.sessions.find(&app.db, key_hash).await?;
    let now = app.clock.now();
    let (idle, most) = (millis(app.config.session_idle), millis(app.config.session_max));
    let holds = |known: &Known| known.seen_at + idle > now && known.started_at + most > now;
    let Some(known) = found.filter(|known| holds(known)) else {
        return Ok(None);
    };
    if known.identity.behind.is_some() && known.started_at + impersonation::LASTS <= now {
        return Ok(None);
    }
    if known.seen_at + NOTED_EVERY < now {
        Box::pin(note_use(app, key_hash.to_vec())).await;
    }
    let identity = Arc::clone(&known.identity);
    Ok(Some(Visitor::asking(app, identity, headers, now)))
}

/// Notes that a session was used.
async fn note_use(app: &App, key_hash: Vec<u8>) {
    let written = app.db.write(app.own_gesture("use a session"), move |tx| {
        store::touch_session(tx, &key_hash)
    });
    // A full disk must not lock out who only reads.
    if let Err(error) = written.await {
        tracing::warn!(%error, "the use of a session could not be noted");
    }
}

/// Whether a proof for administration still holds.
fn is_fresh(app: &App, proven_at: Option<i64>, now: i64) -> bool {
    let proof = millis(app.config.sign_in.admin_proof);
    proven_at.is_some_and(|at| at + proof > now)
}

/// Light or dark, as a cookie of the page's own switch says.
fn theme(headers: &HeaderMap) -> &'static str {
    match cookie::of_script(headers, "theme") {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "auto",
    }
}

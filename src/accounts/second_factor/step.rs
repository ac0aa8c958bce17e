//! Between the first proof and the session: `/auth/second`.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, header};

use super::proof::{self, Verdict};
use super::rules::{self, Step};
use super::{pages, store};
use crate::accounts::Access;
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{Door, Entrance, Knock, Proof, local_path};
use crate::accounts::passkeys;
use crate::accounts::sign_in::lane_of;
use crate::accounts::store::{self as account_store, Account};
use crate::accounts::visitor::hash_of;
use crate::app::App;
use crate::config::Config;
use crate::db::{DbError, Tx, WriteTx};
use crate::error::{AppError, FieldError};
use crate::ui::FormState;
use crate::units::ids::AccountId;
use crate::web::outermost::random_key;
use crate::web::{Cookie, Fields, Query};

/// How long a first proof waits for the second, in milliseconds.
const PENDING: i64 = 300_000;
/// How long it waits for somebody who has to find and fill an authenticator first.
pub(super) const ENROLLING: i64 = 900_000;
/// No address makes a page tell of a longer wait: an hour.
const LONGEST_WAIT: i64 = 3_600_000;
/// For how long somebody who proved themselves is not asked again before a sensitive act, in milliseconds.
const FRESH: i64 = 600_000;

/// Whether a proof of this moment is recent enough for a sensitive act.
pub const fn is_fresh_enough(proven: i64, now: i64) -> bool {
    proven + FRESH > now
}

/// What a browser holds that is half in.
const HALF_IN: Cookie = Cookie::of_host("ballast-second");

/// The step that an account owes now.
fn owed(tx: &Tx<'_>, config: &Config, account: &Account) -> Result<Step, DbError> {
    let means = store::means(tx, account.id, passkeys::possible(config))?;
    Ok(rules::step(store::demand(tx)?, account.access, means))
}

/// Whether more than a first proof is asked of an account. Programs that bring a password alone are refused where it is.
pub fn is_asked(tx: &Tx<'_>, config: &Config, account: &Account) -> Result<bool, DbError> {
    Ok(owed(tx, config, account)? != Step::None)
}

/// Whether what the organisation demands of somebody with this access is missing from their account.
pub fn is_left_without(
    tx: &Tx<'_>,
    config: &Config,
    account: AccountId,
    access: Access,
) -> Result<bool, DbError> {
    let means = store::means(tx, account, passkeys::possible(config))?;
    Ok(rules::step(store::demand(tx)?, access, means) == Step::Enrol)
}

/// Leads somebody whose first proof was right to the second step, if they owe one.
pub async fn interpose(
    app: &App,
    account: &Account,
    proof: Proof,
    door: Door,
    next: &str,
) -> Result<Option<Response>, AppError> {
    if matches!(proof, Proof::Passkey | Proof::Demonstration) {
        return Ok(None);
    }
    let (known, config) = (account.clone(), app.config.clone());
    let step = app.db.read(move |tx| owed(tx, &config, &known)).await?;
    if step == Step::None {
        return Ok(None);
    }
    let key = random_key()?;
    let key_hash = hash_of(&key);
    let lives = if step == Step::Enrol { ENROLLING } else { PENDING };
    let pending = store::Pending {
        account: account.id,
        proof: proof.as_str().to_owned(),
        administration: door == Door::Administration,
        next: local_path(next).to_owned(),
        expires_at: app.clock.now() + lives,
    };
    let sealed = proof::new_key(&app.keys, account.id)?;
    app.db
        .write(app.own_gesture("wait for the second step"), move |tx| {
            store::begin_pending(tx, &key_hash, &pending)?;
            if step == Step::Enrol {
                store::begin_enrolment(tx, &key_hash, pending.account, &sealed, pending.expires_at)?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
    let secure = app.config.secure_cookies;
    let mut response = Redirect::to("/auth/second").into_response();
    if let Some(value) = HALF_IN.set(&key, secure, Some(900)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(Some(response))
}

/// Somebody whose first proof was right.
struct HalfIn {
    key_hash: Vec<u8>,
    pending: store::Pending,
    account: Account,
    step: Step,
    /// Whether they have a passkey, which is another way.
    passkey: bool,
    /// What they are about to take up.
    sealed: Option<Vec<u8>>,
}

impl HalfIn {
    /// Who it is that holds the key of a pending sign-in, if it is still good.
    async fn of(app: &App, headers: &HeaderMap) -> Result<Option<Self>, AppError> {
        let Some(key) = HALF_IN.find(headers, app.config.secure_cookies) else {
            return Ok(None);
        };
        let (key_hash, now, config) = (hash_of(key), app.clock.now(), app.config.clone());
        app.db
            .read(move |tx| {
                let Some(pending) = store::pending(tx, &key_hash, now)? else {
                    return Ok(None);
                };
                let account = account_store::account_by_id(tx, pending.account)?;
                let Some(account) = account.filter(|account| account.active) else {
                    return Ok(None);
                };
                Ok(Some(Self {
                    step: owed(tx, &config, &account)?,
                    passkey: store::means(tx, account.id, passkeys::possible(&config))?.passkey,
                    sealed: store::enrolment(tx, &key_hash, account.id, now)?,
                    key_hash,
                    pending,
                    account,
                }))
            })
            .await
    }

    fn page(&self, app: &App, state: &FormState) -> maud::Markup {
        let next = &self.pending.next;
        let door = if self.pending.administration {
            Door::Administration
        } else {
            Door::Everybody
        };
        match self.step {
            Step::Enrol => {
                let key = self.sealed.as_deref();
                let key = key.and_then(|sealed| proof::opened(&app.keys, self.account.id, sealed));
                pages::enrol_at_sign_in(state, key.as_ref().map(|key| key.as_slice()), &self.account.email)
            }
            Step::Passkey => pages::second_by_passkey(door, next),
            Step::Code | Step::None => pages::second(state, door, next, self.passkey),
        }
    }
}

/// `GET /auth/second`: what is asked after the first proof.
pub(crate) async fn show_second(
    State(app): State<App>,
    Query(was): Query<Was>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    Ok(match HalfIn::of(&app, &headers).await? {
        Some(half) => half.page(&app, &was.state("code")).into_response(),
        None => Redirect::to("/auth/login").into_response(),
    })
}

/// `POST /auth/second`: the second proof, or the first code of a new authenticator. The session begins here.
pub(crate) async fn send_second(
    State(app): State<App>,
    headers: HeaderMap,
    knock: Knock,
    fields: Fields,
) -> Result<Response, AppError> {
    let Some(half) = HalfIn::of(&app, &headers).await? else {
        return Ok(Redirect::to("/auth/login").into_response());
    };
    match half.step {
        Step::Code => by_code(&app, half, knock, fields).await,
        Step::Enrol => by_enrolment(&app, half, knock, fields).await,
        // Whoever owes nothing any more signs in anew, and whoever has a passkey shows it elsewhere.
        Step::None | Step::Passkey => Ok(Redirect::to("/auth/login").into_response()),
    }
}

async fn by_code(app: &App, half: HalfIn, knock: Knock, fields: Fields) -> Result<Response, AppError> {
    let entrance = half.entrance(&knock)?;
    let (beginning, pending) = (entrance.clone(), half.key_hash.clone());
    let verdict = take_code(
        app,
        &knock,
        &half.account,
        (&half.pending.proof, "", fields.text("code")),
        move |tx, right| {
            // Another request with the same key may have been faster.
            if store::pending(tx, &pending, tx.now())?.is_none() {
                return Ok(false);
            }
            if let Some(means) = right {
                store::end_pending(tx, &pending)?;
                beginning.begin(tx, means)?;
            }
            Ok(true)
        },
    );
    match verdict.await? {
        Some(Verdict::Right(_)) => {
            let answer = Redirect::to(&half.pending.next).into_response();
            Ok(forget_step(app, entrance.done(app, answer)))
        }
        Some(wrong) => Ok(Redirect::to(&format!("/auth/second?{}", was(wrong))).into_response()),
        None => Ok(Redirect::to("/auth/login").into_response()),
    }
}

/// Takes a code of the second step of `account` and writes down what came of it; none where it no longer belongs anywhere.
///
/// * `typed`: the first proof, what else stands beside the second in the audit, and the code.
/// * `around`: asked before the code is looked at, whether it still belongs somewhere; and told by which means it was right,
///   in the same change.
pub async fn take_code(
    app: &App,
    knock: &Knock,
    account: &Account,
    (after, about, typed): (&str, &str, &str),
    around: impl Fn(&WriteTx<'_>, Option<&'static str>) -> Result<bool, DbError> + Send + 'static,
) -> Result<Option<Verdict>, AppError> {
    let note = |what| {
        Note::of_stranger(what, &account.email, knock.client)
            .account(account.id)
            .about(about)
    };
    let (refused, used) = (note(What::SecondStepRefused), note(What::RecoveryCodeUsed));
    let (noted, recovered, keys) = (refused.clone(), used.clone(), app.keys.clone());
    let (account, knock, typed) = (account.clone(), knock.clone(), typed.to_owned());
    let (after, waits) = (after.to_owned(), app.config.waits.second_step);
    let verdict = app
        .db
        .write(app.own_gesture("take the second step"), move |tx| {
            if !around(tx, None)? {
                return Ok::<_, DbError>(None);
            }
            let lane = lane_of(tx, &account.email, &knock)?;
            let verdict = proof::check(tx, &keys, &waits, (account.id, lane, &after), &typed)?;
            match verdict {
                Verdict::Right(means) => {
                    if means == proof::RECOVERY {
                        audit::note(tx, &recovered)?;
                    }
                    around(tx, Some(means))?;
                }
                Verdict::Wrong => audit::note(tx, &noted)?,
                // Who knocks without pause stands in the log alone.
                Verdict::Wait(_) => {}
            }
            Ok(Some(verdict))
        })
        .await?
        .value;
    match verdict {
        Some(Verdict::Right(proof::RECOVERY)) => used.log(),
        Some(Verdict::Wrong | Verdict::Wait(_)) => refused.log(),
        Some(Verdict::Right(_)) | None => {}
    }
    Ok(verdict)
}

async fn by_enrolment(app: &App, half: HalfIn, knock: Knock, fields: Fields) -> Result<Response, AppError> {
    let entrance = half.entrance(&knock)?;
    let taken =
        Note::of_stranger(What::AuthenticatorOn, &half.account.email, knock.client).account(half.account.id);
    let recovery = proof::new_recovery(&app.keys, half.account.id)?;
    let (keys, account, key_hash) = (app.keys.clone(), half.account.clone(), half.key_hash.clone());
    let typed = fields.text("code").to_owned();
    let (beginning, noted, made) = (entrance.clone(), taken.clone(), recovery.clone());
    let config = app.config.clone();
    let right = app
        .db
        .write(app.own_gesture("take up an authenticator"), move |tx| {
            // Somebody else with the same first proof may have been faster, and theirs is not written over.
            let still = store::pending(tx, &key_hash, tx.now())?.is_some()
                && owed(tx, &config, &account)? == Step::Enrol;
            if !still || !proof::take_up(tx, &keys, &key_hash, account.id, &typed, &made)? {
                return Ok::<_, DbError>(false);
            }
            store::end_all_pending(tx, account.id)?;
            account_store::end_sessions(tx, account.id)?;
            audit::note(tx, &noted)?;
            beginning.begin(tx, proof::AUTHENTICATOR)?;
            Ok(true)
        })
        .await?
        .value;
    if !right {
        return Ok(Redirect::to(&format!("/auth/second?{}", was(Verdict::Wrong))).into_response());
    }
    taken.log();
    app.feed.end_account(half.account.id);
    let page = pages::recovery_at_sign_in(&recovery.codes, &half.pending.next);
    Ok(forget_step(app, entrance.done(app, page.into_response())))
}

impl HalfIn {
    fn entrance(&self, knock: &Knock) -> Result<Entrance, AppError> {
        let door = if self.pending.administration {
            Door::Administration
        } else {
            Door::Everybody
        };
        let knock = Knock {
            door,
            ..knock.clone()
        };
        Entrance::prepare(&self.account, &self.pending.proof, &knock)
    }
}

/// What became of a code, as an address says it: a refusal leads back to its page, so that loading that again sends nothing
/// again.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct Was {
    was: String,
    wait: String,
}

/// The same, for an address.
pub fn was(verdict: Verdict) -> String {
    match verdict {
        Verdict::Wait(wait) => format!("was=early&wait={wait}"),
        Verdict::Wrong | Verdict::Right(_) => "was=wrong".to_owned(),
    }
}

impl Was {
    /// What the page says of it, at a field.
    pub fn state(&self, field: &str) -> FormState {
        let verdict = match self.was.as_str() {
            "wrong" => Verdict::Wrong,
            "early" => Verdict::Wait(self.wait.parse().unwrap_or(0).clamp(0, LONGEST_WAIT)),
            _ => return FormState::default(),
        };
        let said = match (field, verdict) {
            ("password", Verdict::Wrong) => FieldError::new("password", "is not what you sign in with"),
            _ => FieldError::new(field, fault(verdict).message),
        };
        FormState::again(Fields::default(), vec![said])
    }
}

/// What is wrong with a code.
pub fn fault(verdict: Verdict) -> FieldError {
    match verdict {
        Verdict::Wait(wait) => FieldError::new(
            "code",
            format!(
                "was not looked at: there were too many wrong ones. Try again {}",
                rules::wait_words(wait)
            ),
        ),
        Verdict::Wrong | Verdict::Right(_) => FieldError::new(
            "code",
            "is not right, or was used already; wait until the next one is shown",
        ),
    }
}

/// The cookie of the step is worth nothing any more.
fn forget_step(app: &App, mut answer: Response) -> Response {
    if let Some(value) = HALF_IN.forgotten(app.config.secure_cookies) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

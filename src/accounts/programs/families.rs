//! Signing in as a program, renewing, and leaving.
//!
//! What renews is no random text that is kept somewhere: it is `family.generation.tag`, and the tag is one that only our
//! key makes. So the database holds nothing that opens, two requests that race get the very same successor, and a text
//! of an earlier generation is known for what it is, however long ago it was used.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};

use super::access::{self, Said};
use super::rules::{Renewal, Verdict, judged};
use super::store::{self, Family, NewFamily};
use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{Knock, Proof};
use crate::accounts::second_factor::{self, Verdict as Second};
use crate::accounts::sign_in::{self, Refused};
use crate::accounts::store::Account;
use crate::accounts::visitor::{Visitor, hash_of};
use crate::app::App;
use crate::clock::millis;
use crate::db::DbError;
use crate::error::AppError;
use crate::keys::Purpose;
use crate::secret::Secret;
use crate::units::ids::AccountId;
use crate::web::outermost::random_key;
use crate::web::{Client, Cookie};

/// Where what renews is sent to, and nowhere else.
const PATH: &str = "/api/v1/token";

/// What somebody shows to sign in a program.
pub struct Shown {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: Secret,
    /// Of the second step, where there is one.
    pub code: Option<Secret>,
}

/// What a program gets.
pub struct Opened {
    /// What it shows with each request.
    pub access: Secret,
    /// For how many seconds that is good.
    pub lives: u64,
    /// What renews it.
    pub cookie: HeaderValue,
}

/// Signs a program in as the account that `shown` proves. An unknown address and a wrong password get the same answer.
pub async fn sign_in(app: &App, knock: &Knock, shown: Shown) -> Result<Opened, AppError> {
    let account = prove(app, knock, shown).await?;
    let lives = millis(app.config.programs.refresh);
    let family = NewFamily {
        id: random_key()?,
        account: account.id,
        session: knock.earlier.clone(),
        ends_at: app.clock.now() + lives,
        agent: knock.agent.clone(),
        address: knock.client.address.to_string(),
    };
    let happened = Note::of_stranger(What::SignedIn, &account.email, knock.client)
        .account(account.id)
        .about("program");
    let (begun, noted) = (family.clone(), happened.clone());
    app.db
        .write(app.own_gesture("sign a program in"), move |tx| {
            store::begin_family(tx, &begun)?;
            audit::note(tx, &noted)
        })
        .await?;
    happened.log();
    opened(app, family.account, (&family.id, 0), family.ends_at)
}

/// The account that all of this proves, held against the same counts as a password on the page.
async fn prove(app: &App, knock: &Knock, shown: Shown) -> Result<Account, AppError> {
    let proven = sign_in::by_password(app, knock, &shown.email, shown.password).await;
    let account = proven.map_err(|refused| match refused {
        Refused::Wrong | Refused::NotWhole | Refused::NotHere => AppError::Unproven {
            problem: "sign-in-refused",
            shown: false,
            detail: "The address and the password do not belong together.",
        },
        Refused::Wait(wait) => AppError::TooMany {
            seconds: wait.seconds,
        },
        Refused::Failed(error) => error,
    })?;
    second_step(app, knock, &account, shown.code).await?;
    Ok(account)
}

/// Takes the second step, where one is asked of the account. Only who knows the password is told that it is.
async fn second_step(
    app: &App,
    knock: &Knock,
    account: &Account,
    code: Option<Secret>,
) -> Result<(), AppError> {
    let (known, config) = (account.clone(), Arc::clone(&app.config));
    let asked = app
        .db
        .read(move |tx| second_factor::is_asked(tx, &config, &known));
    if !asked.await? {
        return Ok(());
    }
    let code = code.filter(|code| !code.is_empty()).ok_or(AppError::Unproven {
        problem: "second-factor-needed",
        shown: false,
        detail: "This account has a second step: send `code` too, from its authenticator or its recovery codes; or use a key.",
    })?;
    let typed = (Proof::Password.as_str(), "program", code.expose());
    match second_factor::take_code(app, knock, account, typed, |_, _| Ok(true)).await? {
        Some(Second::Right(_)) => Ok(()),
        Some(Second::Wait(wait)) => {
            let seconds = u64::try_from(wait).unwrap_or(0).div_ceil(1_000).max(1);
            Err(AppError::TooMany { seconds })
        }
        Some(Second::Wrong) | None => Err(AppError::Unproven {
            problem: "second-factor-refused",
            shown: false,
            detail: "The code is not right, or was used already; wait until the next one is shown.",
        }),
    }
}

/// The next access for who shows the newest renewal. One that was used up before ends its whole family: two have it, and
/// nobody knows which of them is the thief.
pub async fn renew(app: &App, headers: &HeaderMap, client: Client) -> Result<Opened, AppError> {
    let renewal = held(app, headers).ok_or(REFUSED)?;
    let now = app.clock.now();
    let done = app
        .db
        .write(app.own_gesture("renew a program's access"), move |tx| {
            let Some(family) = store::family(tx, &renewal.family, now)? else {
                return Ok::<_, DbError>(None);
            };
            let kept = (family.generation, family.renewed_at);
            let verdict = judged(renewal.generation, kept, now);
            match verdict {
                Verdict::Next => store::renew_family(tx, &family.id, family.generation + 1)?,
                Verdict::Again => {}
                Verdict::Reused => {
                    store::end_family(tx, &family.id)?;
                    audit::note(tx, &reused(&family, client))?;
                }
            }
            Ok(Some((family, verdict)))
        })
        .await?;
    let (family, verdict) = done.value.ok_or(REFUSED)?;
    let newest = match verdict {
        Verdict::Next => family.generation + 1,
        Verdict::Again => family.generation,
        Verdict::Reused => {
            reused(&family, client).log();
            app.feed.end_session(family.account.id, &hash_of(&family.id));
            return Err(REFUSED);
        }
    };
    opened(app, family.account.id, (&family.id, newest), family.ends_at)
}

/// Ends the family of the renewal that somebody holds, and that of the access they show.
pub async fn leave(
    app: &App,
    headers: &HeaderMap,
    visitor: Option<&Visitor>,
    client: Client,
) -> Result<(), AppError> {
    let shown = visitor.and_then(|visitor| visitor.family.clone());
    let held = held(app, headers).map(|renewal| renewal.family);
    let mut ids: Vec<String> = shown.into_iter().chain(held).collect();
    ids.dedup();
    for id in ids {
        end(app, &id, None, client).await?;
    }
    Ok(())
}

/// Ends a family; of this account where one is given. Answers whether there was one.
pub async fn end(app: &App, id: &str, of: Option<AccountId>, client: Client) -> Result<bool, AppError> {
    let (id, now) = (id.to_owned(), app.clock.now());
    let done = app
        .db
        .write(app.own_gesture("sign a program out"), move |tx| {
            let found = store::family(tx, &id, now)?;
            let Some(family) = found.filter(|family| of.is_none_or(|of| of == family.account.id)) else {
                return Ok::<_, DbError>(None);
            };
            store::end_family(tx, &id)?;
            let happened = Note::of_stranger(What::SignedOut, &family.account.email, client)
                .account(family.account.id)
                .about("program");
            audit::note(tx, &happened)?;
            Ok(Some((family, happened)))
        })
        .await?;
    if let Some((family, happened)) = &done.value {
        happened.log();
        app.feed.end_session(family.account.id, &hash_of(&family.id));
    }
    Ok(done.value.is_some())
}

/// The cookie that makes a browser forget what renews.
pub fn forgotten(app: &App) -> Option<HeaderValue> {
    RENEWAL.set_at(PATH, "", app.config.secure_cookies, Some(0))
}

const REFUSED: AppError = AppError::Unproven {
    problem: "renewal-refused",
    shown: false,
    detail: "This access can no longer be renewed. Sign in again.",
};

fn reused(family: &Family, client: Client) -> Note {
    Note::of_stranger(What::RenewalReused, &family.account.email, client)
        .account(family.account.id)
        .about("program")
}

/// What renews a program's access.
const RENEWAL: Cookie = Cookie::of_path("ballast-refresh");

fn opened(
    app: &App,
    account: AccountId,
    (family, generation): (&str, i64),
    ends_at: i64,
) -> Result<Opened, AppError> {
    let said = Said {
        account,
        family: family.to_owned(),
    };
    let tag = app
        .keys
        .tag(Purpose::Refresh, &parts(family, &generation.to_string()));
    let value = format!("{family}.{generation}.{}", URL_SAFE_NO_PAD.encode(tag));
    let secure = app.config.secure_cookies;
    let left = u64::try_from((ends_at - app.clock.now()).div_euclid(1_000)).unwrap_or_default();
    let cookie = RENEWAL
        .set_at(PATH, &value, secure, Some(left))
        .ok_or_else(|| AppError::Internal("a renewal fits no cookie".to_owned()))?;
    Ok(Opened {
        access: access::signed(app, &said)?,
        lives: app.config.programs.access.as_secs(),
        cookie,
    })
}

/// The renewal that somebody holds, where we made it.
fn held(app: &App, headers: &HeaderMap) -> Option<Renewal> {
    let text = RENEWAL.find(headers, app.config.secure_cookies)?;
    let (renewal, tag) = Renewal::read(text)?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    let generation = renewal.generation.to_string();
    app.keys
        .made(Purpose::Refresh, &parts(&renewal.family, &generation), &tag)
        .then_some(renewal)
}

fn parts<'a>(family: &'a str, generation: &'a str) -> [&'a [u8]; 2] {
    [family.as_bytes(), generation.as_bytes()]
}

//! Proving who one is: the two ways from an address that was typed to an account.

use crate::accounts::audit::{self, Note, What};
use crate::accounts::entry::{Door, Knock};
use crate::accounts::invitations;
use crate::accounts::password::{self, Line};
use crate::accounts::rules::{Access, AccountDraft, fold_email, name_from};
use crate::accounts::spelling;
use crate::accounts::store::{Account, account_by_email, account_by_id, make_account};
use crate::app::App;
use crate::clock::millis;
use crate::config::{Method, Newcomers};
use crate::db::{DbError, WriteTx};
use crate::error::AppError;
use crate::keys::Purpose;
use crate::mail::{self, Letter};
use crate::secret::Secret;

use super::letter::{letter, long_letter};
use super::rules::{LONG, Left, are_whole, digits, is_long, long_code, typed_digits};
use super::step::Step;
use super::store::{self, Found, NewCode, NewLongCode};
use super::throttle::{Held, Lane, Wait};

/// Who somebody is in the audit who typed what is no address.
const NO_ADDRESS: &str = "not an address";

/// Why somebody is not let in.
pub enum Refused {
    /// What they gave does not prove anything. No more is said.
    Wrong,
    /// These are not as many digits as a code has, and were not looked at.
    NotWhole,
    /// The password is right, and this door is for administrators, of whom its owner is none.
    NotHere,
    /// They have to wait first.
    Wait(Wait),
    /// It could not be judged.
    Failed(AppError),
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

/// Whose account an address and a password prove.
///
/// * `typed`: the address, as it was typed; one that is none belongs to nobody.
pub async fn by_password(
    app: &App,
    knock: &Knock,
    typed: &str,
    password: Secret,
) -> Result<Account, Refused> {
    let folded = fold_email(typed);
    // What is no address may be anything, a password typed in the wrong field too, and is written down nowhere.
    let told = folded.clone().unwrap_or_else(|_| NO_ADDRESS.to_owned());
    let email = folded.unwrap_or_else(|_| typed.trim().to_lowercase().chars().take(254).collect());
    let (found, lane) = find(app, knock, &email).await?;
    app.throttle
        .try_password(&email, lane, app.clock.now())
        .map_err(|wait| held_up(knock, &told, wait))?;
    // Whoever knows a password may be told that it opens another door; everybody else hears what they hear everywhere.
    let usable = found.account.filter(|(account, _)| {
        app.config.sign_in.has(Method::Password) && may_enter(app, Door::Everybody, account)
    });
    let hash = usable.as_ref().and_then(|(_, hash)| hash.clone());
    let queue = match lane {
        Lane::Known(_) => Line::Known,
        Lane::Place(_) => Line::Strangers,
    };
    let judged = password::judge_password(queue, password.clone(), hash.clone()).await?;
    match usable {
        Some((account, _)) if judged.right && !knock.door.is_open_to(&account) => {
            app.throttle.was_right(&email, lane);
            let refused = Note::of_stranger(What::SignInRefused, &told, knock.client);
            audit::keep(app, refused.about("password, at the door for administrators")).await;
            Err(Refused::NotHere)
        }
        Some((account, _)) if judged.right => {
            app.throttle.was_right(&email, lane);
            if let Some(before) = hash.filter(|_| judged.weak) {
                tokio::spawn(strengthen(app.clone(), account.clone(), password, before));
            }
            Ok(account)
        }
        _ => {
            let refused = Note::of_stranger(What::SignInRefused, &told, knock.client);
            audit::keep(app, refused.about("password")).await;
            Err(Refused::Wrong)
        }
    }
}

/// Hashes a password anew that was hashed with less work. It is tried again at the next sign-in where it fails.
async fn strengthen(app: App, account: Account, password: Secret, before: String) {
    let Ok(after) = password::hash_password(password.expose().to_owned()).await else {
        return;
    };
    let gesture = app.own_gesture("strengthen a hash");
    let write = app.db.write(gesture, move |tx| {
        store::strengthen(tx, account.id, &before, &after)
    });
    if let Err(error) = write.await {
        tracing::warn!(%error, "a hash could not be strengthened");
    }
}

/// Sends six digits to an address, where somebody with it may come in; where nobody may, all the same is done but that.
///
/// * `typed`: the address, as it was typed.
/// * `earlier`: the step that the browser held, whose code is dead.
pub async fn ask_for_code(
    app: &App,
    knock: &Knock,
    typed: &str,
    next: &str,
    earlier: Option<&Step>,
) -> Result<Step, Refused> {
    let email = fold_email(typed).map_err(|fault| AppError::field("email", fault))?;
    let (found, lane) = find(app, knock, &email).await?;
    let is_for_somebody = match &found.account {
        Some((account, _)) => may_enter(app, knock.door, account),
        None => newcomers(app, knock.door, &email).is_some(),
    };
    match app.throttle.ask_for_code(&email, lane, app.clock.now()) {
        Ok(()) => {}
        Err(Held::Wait(wait)) => return Err(Refused::Wait(wait)),
        // Whoever has digits that are still good types those.
        Err(Held::UsedUp(wait)) if has_digits(app, earlier, &email).await? => {
            return Err(Refused::Wait(wait));
        }
        Err(Held::UsedUp(_)) => {
            send_long_code(app, knock.door, &email, is_for_somebody).await?;
            return Ok(Step::begin_long(app, &email, next)?);
        }
    }
    let step = Step::begin(app, &email, next)?;
    let digits = drawn()?;
    let lives = millis(app.config.sign_in.code_lives);
    let code = NewCode {
        browser: step.browser(),
        tag: app
            .keys
            .tag(Purpose::SignInCode, &parts(&digits, &step, knock.door)),
        email,
        lane,
        expires_at: app.clock.now().saturating_add(lives),
    };
    let sent: Option<Letter> = is_for_somebody.then(|| letter(app, &code.email, &digits));
    let before = earlier.map(Step::browser);
    app.db
        .write(app.own_gesture("keep a code"), move |tx| {
            store::keep_code(tx, &code, before.as_deref())
        })
        .await?;
    if let Some(letter) = sent {
        mail::send(app, letter);
    }
    Ok(step)
}

/// Whether a browser holds digits for an address that may still be guessed.
async fn has_digits(app: &App, earlier: Option<&Step>, email: &str) -> Result<bool, AppError> {
    match earlier.filter(|step| !step.long && step.email == email) {
        Some(step) => Ok(matches!(code_left(app, step).await?, Left::Tries(_))),
        None => Ok(false),
    }
}

/// Sends a long code where digits are used up, unless one left lately. It is good in every browser that asks for it at this
/// door, so that strangers who ask cannot keep whoever reads the mailbox from coming in: they cause a bounded number of
/// letters, end no code, and guess none.
async fn send_long_code(app: &App, door: Door, email: &str, is_for_somebody: bool) -> Result<(), AppError> {
    let code = long_drawn()?;
    let kept = NewLongCode {
        email: email.to_owned(),
        door: door.path(),
        tag: app.keys.tag(
            Purpose::LongCode,
            &long_parts(&spelling::folded(code.expose()), email, door),
        ),
        lives: millis(app.config.sign_in.long_code_lives),
    };
    let is_new = app
        .db
        .write(app.own_gesture("keep a long code"), move |tx| {
            store::keep_long_code(tx, &kept)
        })
        .await?
        .value;
    let sent: Option<Letter> = is_for_somebody.then(|| long_letter(app, email, &code));
    if let Some(letter) = sent.filter(|_| is_new) {
        mail::send(app, letter);
    }
    Ok(())
}

/// Whose account a long code proves, in any browser that asked for it.
///
/// Tries are not counted: nobody guesses a hundred bits, and a count would be one more thing that strangers could use up.
pub async fn by_long_code(app: &App, knock: &Knock, step: &Step, typed: &Secret) -> Result<Account, Refused> {
    let folded = Secret::from(spelling::folded(typed.expose()));
    if !is_long(folded.expose()) {
        return Err(Refused::NotWhole);
    }
    let (email, door, now) = (step.email.clone(), knock.door, app.clock.now());
    let good = app
        .db
        .read(move |tx| store::long_codes(tx, &email, door.path(), now))
        .await?;
    let parts = long_parts(folded.expose(), &step.email, door);
    let right = good
        .into_iter()
        .find(|tag| app.keys.made(Purpose::LongCode, &parts, tag));
    let proven = match right {
        Some(tag) => {
            let (worker, email, knock) = (app.clone(), step.email.clone(), knock.clone());
            let taken = app
                .db
                .write(app.own_gesture("sign in with a long code"), move |tx| {
                    // Another request with the same code may have been faster.
                    let good = store::long_codes(tx, &email, knock.door.path(), tx.now())?;
                    if !good.contains(&tag) {
                        return Ok::<_, DbError>(None);
                    }
                    store::end_codes(tx, &email)?;
                    account_of(&worker, tx, &knock, &email)
                });
            taken.await?.value
        }
        None => None,
    };
    let Some((account, is_new)) = proven else {
        let refused = Note::of_stranger(What::SignInRefused, &step.email, knock.client);
        audit::keep_knock(app, knock.client, refused.about("a long code")).await;
        return Err(Refused::Wrong);
    };
    Ok(welcome(knock, &step.email, account, is_new))
}

/// The account that was proven; a new one stands in the log.
fn welcome(knock: &Knock, email: &str, account: Account, is_new: bool) -> Account {
    if is_new {
        Note::of_stranger(What::AccountAdded, email, knock.client)
            .account(account.id)
            .log();
    }
    account
}

/// How many seconds until six digits may be sent again.
pub async fn code_pause(app: &App, knock: &Knock, step: &Step) -> Result<u64, AppError> {
    let (_, lane) = find(app, knock, &step.email).await?;
    Ok(app.throttle.code_pause(&step.email, lane, app.clock.now()))
}

/// What is left of the code that was sent to a browser.
pub async fn code_left(app: &App, step: &Step) -> Result<Left, AppError> {
    let (browser, email) = (step.browser(), step.email.clone());
    let kept = app
        .db
        .read(move |tx| store::guesses(tx, &browser, &email))
        .await?;
    Ok(Left::of(kept, app.config.sign_in.code_tries, app.clock.now()))
}

/// Whose account six digits prove, to the browser that asked for them.
pub async fn by_code(app: &App, knock: &Knock, step: &Step, typed: &Secret) -> Result<Account, Refused> {
    let digits = Secret::from(typed_digits(typed.expose()));
    if !are_whole(digits.expose()) {
        return Err(Refused::NotWhole);
    }
    let (_, lane) = find(app, knock, &step.email).await?;
    app.throttle
        .knock(lane, app.clock.now())
        .map_err(|wait| held_up(knock, &step.email, wait))?;
    let (worker, step, knock_again) = (app.clone(), step.clone(), knock.clone());
    let (browser, email) = (step.browser(), step.email.clone());
    let most = app.config.sign_in.code_tries;
    let proven = app
        .db
        .write(app.own_gesture("sign in with a code"), move |tx| {
            let tag = store::count_guess(tx, (&browser, &step.email), most)?;
            let parts = parts(&digits, &step, knock_again.door);
            let right = tag.is_some_and(|tag| worker.keys.made(Purpose::SignInCode, &parts, &tag));
            if !right {
                return Ok::<_, DbError>(None);
            }
            store::end_code(tx, &browser)?;
            account_of(&worker, tx, &knock_again, &step.email)
        })
        .await?
        .value;
    let Some((account, is_new)) = proven else {
        let refused = Note::of_stranger(What::SignInRefused, &email, knock.client);
        audit::keep(app, refused.about("six digits")).await;
        return Err(Refused::Wrong);
    };
    Ok(welcome(knock, &email, account, is_new))
}

/// The account of an address that was proven, made where there is none and newcomers are welcome.
fn account_of(
    app: &App,
    tx: &WriteTx<'_>,
    knock: &Knock,
    email: &str,
) -> Result<Option<(Account, bool)>, DbError> {
    if let Some((account, _)) = account_by_email(tx, email)? {
        return Ok(may_enter(app, knock.door, &account).then_some((account, false)));
    }
    let Some(access) = newcomers(app, knock.door, email) else {
        return Ok(None);
    };
    let draft = AccountDraft {
        email: email.to_owned(),
        name: name_from(email),
        access,
    };
    // Who was invited gets what they were promised, whichever way they come.
    let made = match invitations::of_address(tx, email, tx.now())? {
        Some(found) => invitations::arrive(tx, &found, &found.draft.name)?,
        None => make_account(tx, &draft)?,
    };
    let Some(id) = made else {
        return Ok(None);
    };
    let noted = Note::of_stranger(What::AccountAdded, email, knock.client).account(id);
    audit::note(tx, &noted.about("first sign-in with a code"))?;
    Ok(account_by_id(tx, id)?.map(|account| (account, true)))
}

/// Finds the account of an address, and in whose company its visitor is counted.
async fn find(app: &App, knock: &Knock, email: &str) -> Result<(Found, Lane), AppError> {
    let (wanted, browser) = (email.to_owned(), knock.browser.clone());
    let found = app
        .db
        .read(move |tx| store::find(tx, &wanted, browser.as_deref()))
        .await?;
    let lane = found.lane(knock);
    Ok((found, lane))
}

/// Whether an account may come in by a door: an address outside of the allowed domains may by none, whatever it proves.
pub fn may_enter(app: &App, door: Door, account: &Account) -> bool {
    door.is_open_to(account) && app.config.sign_in.allows(&account.email)
}

/// What somebody without an account may do once they have proven this address; none where they may not come in.
pub fn newcomers(app: &App, door: Door, email: &str) -> Option<Access> {
    let settings = &app.config.sign_in;
    // Without a list of domains everybody in the world would be one of ours.
    let welcome = door == Door::Everybody && !settings.domains.is_empty() && settings.allows(email);
    match settings.newcomers {
        Newcomers::Viewers if welcome => Some(Access::Viewer),
        Newcomers::Members if welcome => Some(Access::Member),
        Newcomers::Refused | Newcomers::Viewers | Newcomers::Members => None,
    }
}

/// Six digits, each as likely as any other.
fn drawn() -> Result<Secret, AppError> {
    // Of 256 draws one is over the fair range, so that so many in a row never are.
    for _ in 0..32 {
        let mut bytes = [0_u8; 3];
        getrandom::fill(&mut bytes).map_err(|error| AppError::Internal(error.to_string()))?;
        if let Some(digits) = digits(bytes) {
            return Ok(Secret::from(digits));
        }
    }
    Err(AppError::Internal("the machine gives no randomness".to_owned()))
}

/// A long code, each as likely as any other.
fn long_drawn() -> Result<Secret, AppError> {
    let mut random = [0_u8; LONG];
    getrandom::fill(&mut random).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(Secret::from(long_code(&random)))
}

/// What the hash of a long code is made over: it is good for one address at one door.
const fn long_parts<'a>(folded: &'a str, email: &'a str, door: Door) -> [&'a [u8]; 3] {
    [folded.as_bytes(), email.as_bytes(), door.path().as_bytes()]
}

/// What the hash of a code is made over: it is good for one address, in one browser, at one door.
fn parts<'a>(digits: &'a Secret, step: &'a Step, door: Door) -> [&'a [u8]; 4] {
    [
        digits.expose().as_bytes(),
        step.email.as_bytes(),
        step.key(),
        door.path().as_bytes(),
    ]
}

/// Whoever has to wait stands in the log, and only there: who knocks without pause must not fill the disk.
fn held_up(knock: &Knock, email: &str, wait: Wait) -> Refused {
    Note::of_stranger(What::SignInRefused, email, knock.client)
        .about("too many tries")
        .log();
    Refused::Wait(wait)
}

//! Whether what somebody typed is right, decided within one change, so that many tries at once are still many tries.

use zeroize::Zeroizing;

use super::rules::{self, KEY, RECOVERY_CODES};
use super::store::{self, Kind, Try};
use crate::accounts::sign_in::Lane;
use crate::accounts::spelling;
use crate::config::SecondStepWaits;
use crate::db::{DbError, WriteTx};
use crate::error::AppError;
use crate::keys::{Keys, Purpose};
use crate::units::ids::AccountId;

/// What a typed code was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right, by this means.
    Right(&'static str),
    /// Wrong, or used already.
    Wrong,
    /// Not looked at: so many milliseconds too early.
    Wait(i64),
}

/// By an authenticator.
pub const AUTHENTICATOR: &str = "authenticator";
/// By a recovery code.
pub const RECOVERY: &str = "recovery code";

/// Whether `typed` is the code of now, or a recovery code that is still good. A right one is used up.
///
/// * `lane`, `after`: from where it comes, and after which first proof.
pub fn check(
    tx: &WriteTx<'_>,
    keys: &Keys,
    waits: &SecondStepWaits,
    (account, lane, after): (AccountId, Lane, &str),
    typed: &str,
) -> Result<Verdict, DbError> {
    let is_digits = rules::is_digits(typed);
    // Nobody guesses a recovery code, so it waits for no other place, and its owner comes in by it whoever guesses at digits.
    let tried = Try {
        account,
        kind: Kind::Code,
        lane,
        after: is_digits.then_some(after),
    };
    if let Some(wait) = store::count_try(tx, waits, tried)? {
        return Ok(Verdict::Wait(wait));
    }
    let verdict = if is_digits {
        check_code(tx, keys, account, typed)?
    } else {
        check_recovery(tx, keys, account, typed)?
    };
    if matches!(verdict, Verdict::Right(_)) {
        store::forget_tries(tx, account, Kind::Code, lane)?;
    }
    Ok(verdict)
}

fn check_code(tx: &WriteTx<'_>, keys: &Keys, account: AccountId, typed: &str) -> Result<Verdict, DbError> {
    let Some(kept) = store::authenticator(tx, account)? else {
        return Ok(Verdict::Wrong);
    };
    let key = keys.open(Purpose::SecondFactor, &about(account), &kept.sealed);
    let step = key.and_then(|key| rules::right_step(&key, typed, tx.now(), kept.last_step));
    let Some(step) = step else {
        return Ok(Verdict::Wrong);
    };
    store::take_step(tx, account, step)?;
    Ok(Verdict::Right(AUTHENTICATOR))
}

fn check_recovery(
    tx: &WriteTx<'_>,
    keys: &Keys,
    account: AccountId,
    typed: &str,
) -> Result<Verdict, DbError> {
    let folded = Zeroizing::new(spelling::folded(typed));
    let good = store::recovery_codes(tx, account)?;
    let parts: [&[u8]; 2] = [&about(account), folded.as_bytes()];
    let Some(tag) = good
        .iter()
        .find(|tag| keys.made(Purpose::RecoveryCode, &parts, tag))
    else {
        return Ok(Verdict::Wrong);
    };
    store::use_recovery_code(tx, account, tag)?;
    Ok(Verdict::Right(RECOVERY))
}

/// What a key is sealed about: one that is moved to another account opens nothing there.
pub fn about(account: AccountId) -> [u8; 8] {
    account.0.to_be_bytes()
}

/// A new authenticator key, sealed.
pub fn new_key(keys: &Keys, account: AccountId) -> Result<Vec<u8>, AppError> {
    let mut key = Zeroizing::new([0_u8; KEY]);
    getrandom::fill(&mut *key).map_err(|error| AppError::Internal(error.to_string()))?;
    keys.seal(Purpose::SecondFactor, &about(account), &*key)
        .map_err(|error| AppError::Internal(error.to_string()))
}

/// A sealed key, opened.
pub fn opened(keys: &Keys, account: AccountId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    keys.open(Purpose::SecondFactor, &about(account), sealed)
}

/// New recovery codes, to be shown once, and the tags under which they are kept.
#[derive(Clone)]
pub struct Recovery {
    /// As people write them down.
    pub codes: Vec<Zeroizing<String>>,
    /// What is kept.
    pub tags: Vec<Vec<u8>>,
}

/// Makes ten.
pub fn new_recovery(keys: &Keys, account: AccountId) -> Result<Recovery, AppError> {
    let mut made = Recovery {
        codes: Vec::new(),
        tags: Vec::new(),
    };
    for _ in 0..RECOVERY_CODES {
        let mut random = rules::Random::default();
        getrandom::fill(&mut random).map_err(|error| AppError::Internal(error.to_string()))?;
        let code = Zeroizing::new(rules::recovery_code(&random));
        let folded = Zeroizing::new(spelling::folded(&code));
        made.tags
            .push(keys.tag(Purpose::RecoveryCode, &[&about(account), folded.as_bytes()]));
        made.codes.push(code);
    }
    Ok(made)
}

/// Takes up the authenticator that a browser was shown, if `typed` is its code.
///
/// * `key_hash`: of the session or the pending sign-in that began it.
pub fn take_up(
    tx: &WriteTx<'_>,
    keys: &Keys,
    key_hash: &[u8],
    account: AccountId,
    typed: &str,
    recovery: &Recovery,
) -> Result<bool, DbError> {
    let Some(sealed) = store::enrolment(tx, key_hash, account, tx.now())? else {
        return Ok(false);
    };
    let key = opened(keys, account, &sealed);
    let Some(step) = key.and_then(|key| rules::right_step(&key, typed, tx.now(), 0)) else {
        return Ok(false);
    };
    store::put_authenticator(tx, account, &sealed, step)?;
    store::put_recovery_codes(tx, account, &recovery.tags)?;
    store::end_enrolment(tx, key_hash)?;
    Ok(true)
}

//! The second step as it is kept: what is demanded, who has what, and what is half done.

use crate::accounts::Access;
use crate::accounts::sign_in::Lane;
use crate::config::SecondStepWaits;
use crate::db::{DbError, Tx, Value, WriteTx, params};
use crate::units::ids::AccountId;

use super::rules::{Demand, Means, Waits, wait_after, wait_of_all};

/// Of whom a second step is demanded.
pub fn demand(tx: &Tx<'_>) -> Result<Demand, DbError> {
    let kept: Option<String> = tx.first("select second_step from sign_in_rule where id = 1", &[], |row| {
        row.get(0)
    })?;
    Ok(kept.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// Demands it of others from now on.
pub fn set_demand(tx: &WriteTx<'_>, demand: Demand) -> Result<(), DbError> {
    tx.execute(
        "update sign_in_rule set second_step = ?1 where id = 1",
        &params![demand.as_str()],
    )?;
    Ok(())
}

/// Ends the sessions that began without a second step, of everybody with this access or more.
pub fn end_short_sessions(tx: &WriteTx<'_>, lowest: Access) -> Result<Vec<AccountId>, DbError> {
    let mut ended = Vec::new();
    for level in Access::ALL.into_iter().filter(|level| *level >= lowest) {
        let these = "from session where second = '' \
            and account_id in (select id from account where access = ?1)";
        let level = params![level.as_str()];
        let found: Vec<AccountId> =
            tx.query(&format!("select distinct account_id {these}"), &level, |row| {
                row.get(0)
            })?;
        ended.extend(found);
        tx.execute(&format!("delete {these}"), &level)?;
    }
    Ok(ended)
}

/// What somebody has to prove themselves a second time with.
///
/// * `passkeys`: whether passkeys open anything here.
pub fn means(tx: &Tx<'_>, account: AccountId, passkeys: bool) -> Result<Means, DbError> {
    let count = |sql| -> Result<bool, DbError> {
        let found: Option<i64> = tx.first(sql, &params![account], |row| row.get(0))?;
        Ok(found.unwrap_or(0) > 0)
    };
    Ok(Means {
        authenticator: count("select count(*) from authenticator where account_id = ?1")?,
        passkey: passkeys && count("select count(*) from passkey where account_id = ?1")?,
    })
}

/// An authenticator as it is kept.
pub struct Authenticator {
    /// Its key, sealed.
    pub sealed: Vec<u8>,
    /// Since when, in milliseconds.
    pub since: i64,
    /// The newest time step that was taken.
    pub last_step: i64,
}

/// The authenticator of an account.
pub fn authenticator(tx: &Tx<'_>, account: AccountId) -> Result<Option<Authenticator>, DbError> {
    tx.first(
        "select sealed, since, last_step from authenticator where account_id = ?1",
        &params![account],
        |row| {
            Ok(Authenticator {
                sealed: row.get(0)?,
                since: row.get(1)?,
                last_step: row.get(2)?,
            })
        },
    )
}

/// Keeps an authenticator that has given its first code, in place of any earlier one.
pub fn put_authenticator(
    tx: &WriteTx<'_>,
    account: AccountId,
    sealed: &[u8],
    step: i64,
) -> Result<(), DbError> {
    tx.execute(
        "delete from authenticator where account_id = ?1",
        &params![account],
    )?;
    tx.execute(
        "insert into authenticator (account_id, sealed, since, last_step) values (?1, ?2, ?3, ?4)",
        &params![account, sealed, tx.now(), step],
    )?;
    Ok(())
}

/// Notes that the code of a time step was taken.
pub fn take_step(tx: &WriteTx<'_>, account: AccountId, step: i64) -> Result<(), DbError> {
    tx.execute(
        "update authenticator set last_step = ?2 where account_id = ?1",
        &params![account, step],
    )?;
    Ok(())
}

/// Takes the authenticator and its recovery codes off; says whether there was one.
pub fn drop_authenticator(tx: &WriteTx<'_>, account: AccountId) -> Result<bool, DbError> {
    tx.execute(
        "delete from recovery_code where account_id = ?1",
        &params![account],
    )?;
    tx.execute("delete from enrolment where account_id = ?1", &params![account])?;
    tx.execute("delete from proof_guard where account_id = ?1", &params![account])?;
    let gone = tx.execute(
        "delete from authenticator where account_id = ?1",
        &params![account],
    )?;
    Ok(gone > 0)
}

/// Keeps the tags of new recovery codes, in place of all earlier ones.
pub fn put_recovery_codes(tx: &WriteTx<'_>, account: AccountId, tags: &[Vec<u8>]) -> Result<(), DbError> {
    tx.execute(
        "delete from recovery_code where account_id = ?1",
        &params![account],
    )?;
    for tag in tags {
        tx.execute(
            "insert into recovery_code (account_id, tag) values (?1, ?2)",
            &params![account, tag.as_slice()],
        )?;
    }
    Ok(())
}

/// The tags of the recovery codes that are still good.
pub fn recovery_codes(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Vec<u8>>, DbError> {
    tx.query(
        "select tag from recovery_code where account_id = ?1 and used_at is null",
        &params![account],
        |row| row.get(0),
    )
}

/// Uses a recovery code up.
pub fn use_recovery_code(tx: &WriteTx<'_>, account: AccountId, tag: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "update recovery_code set used_at = ?3 where account_id = ?1 and tag = ?2",
        &params![account, tag, tx.now()],
    )?;
    Ok(())
}

/// What is proven. Each kind has counts of its own, so that being right about one gives no tries at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code of an authenticator, or a recovery code.
    Code,
    /// The password of somebody who is in.
    Password,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Password => "password",
        }
    }
}

/// A try that is counted.
#[derive(Clone, Copy)]
pub struct Try<'a> {
    /// At whose account.
    pub account: AccountId,
    /// At what.
    pub kind: Kind,
    /// From where. A browser that is known for the account waits for nobody else's tries.
    pub lane: Lane,
    /// With which tries of other unknown places it is counted: those that came after the same first proof, so that whoever
    /// knows a password holds up nobody who comes by mail. None where it is counted by itself.
    pub after: Option<&'a str>,
}

/// Counts a try before it is looked at, so that a hundred at once count as a hundred. Says how long to wait instead, in
/// milliseconds, where it comes too early.
pub fn count_try(tx: &WriteTx<'_>, waits: &SecondStepWaits, tried: Try<'_>) -> Result<Option<i64>, DbError> {
    let Try {
        account, kind, lane, ..
    } = tried;
    let everywhere = tried.after.filter(|_| matches!(lane, Lane::Place(_)));
    let everywhere = everywhere.map(str::as_bytes);
    tx.execute(
        "delete from proof_guard where account_id = ?1 and tried_at <= ?2",
        &params![account, tx.now() - waits.last],
    )?;
    let own = guard(tx, account, kind, lane.bytes())?;
    let all = match everywhere {
        Some(everywhere) => guard(tx, account, kind, everywhere)?,
        None => (0, 0),
    };
    let until = own.1.max(all.1);
    if until > tx.now() {
        return Ok(Some(until - tx.now()));
    }
    let rules = Waits {
        free: waits.free,
        free_in_all: waits.free_in_all,
        first: waits.first,
        longest: waits.longest,
    };
    let wait = wait_after(&rules, own.0 + 1);
    put_guard(tx, (account, kind, lane.bytes()), own.0 + 1, wait)?;
    if let Some(everywhere) = everywhere {
        let wait = wait_of_all(&rules, all.0 + 1);
        put_guard(tx, (account, kind, everywhere), all.0 + 1, wait)?;
    }
    Ok(None)
}

/// How many tries there were, and until when the next one waits.
fn guard(tx: &Tx<'_>, account: AccountId, kind: Kind, lane: &[u8]) -> Result<(i64, i64), DbError> {
    let kept = tx.first(
        "select tries, wait_until from proof_guard where account_id = ?1 and kind = ?2 and lane = ?3",
        &params![account, kind.as_str(), lane],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(kept.unwrap_or_default())
}

fn put_guard(
    tx: &WriteTx<'_>,
    (account, kind, lane): (AccountId, Kind, &[u8]),
    tries: i64,
    wait: i64,
) -> Result<(), DbError> {
    tx.execute(
        "insert into proof_guard (account_id, kind, lane, tries, wait_until, tried_at) values (?1, ?2, ?3, ?4, ?5, ?6) \
         on conflict (account_id, kind, lane) do update set tries = excluded.tries, \
         wait_until = excluded.wait_until, tried_at = excluded.tried_at",
        &params![account, kind.as_str(), lane, tries, tx.now() + wait, tx.now()],
    )?;
    Ok(())
}

/// Forgets the tries of somebody who proved themselves, of this kind and from there.
pub fn forget_tries(tx: &WriteTx<'_>, account: AccountId, kind: Kind, lane: Lane) -> Result<(), DbError> {
    tx.execute(
        "delete from proof_guard where account_id = ?1 and kind = ?2 and lane = ?3",
        &params![account, kind.as_str(), lane.bytes().as_slice()],
    )?;
    Ok(())
}

/// A sign-in between its first proof and its second.
#[derive(Clone)]
pub struct Pending {
    /// Whose.
    pub account: AccountId,
    /// The first proof.
    pub proof: String,
    /// Whether they came through the door of the administration.
    pub administration: bool,
    /// Where they wanted to go.
    pub next: String,
    /// Until when, in milliseconds.
    pub expires_at: i64,
}

/// Keeps a pending sign-in under the hash of its key.
pub fn begin_pending(tx: &WriteTx<'_>, key_hash: &[u8], pending: &Pending) -> Result<(), DbError> {
    tx.execute(
        "delete from pending_sign_in where expires_at <= ?1",
        &params![tx.now()],
    )?;
    tx.execute("delete from enrolment where expires_at <= ?1", &params![tx.now()])?;
    tx.execute(
        "insert into pending_sign_in (key_hash, account_id, proof, administration, next, expires_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        &params![
            key_hash,
            pending.account,
            &pending.proof,
            pending.administration,
            &pending.next,
            pending.expires_at
        ],
    )?;
    Ok(())
}

/// The pending sign-in that a browser holds the key of.
pub fn pending(tx: &Tx<'_>, key_hash: &[u8], now: i64) -> Result<Option<Pending>, DbError> {
    tx.first(
        "select account_id, proof, administration, next, expires_at from pending_sign_in where key_hash = ?1 and expires_at > ?2",
        &params![key_hash, now],
        |row| {
            Ok(Pending {
                account: row.get(0)?,
                proof: row.get(1)?,
                administration: row.get(2)?,
                next: row.get(3)?,
                expires_at: row.get(4)?,
            })
        },
    )
}

/// Ends a pending sign-in; says whether it was still there.
pub fn end_pending(tx: &WriteTx<'_>, key_hash: &[u8]) -> Result<bool, DbError> {
    tx.execute("delete from enrolment where key_hash = ?1", &params![key_hash])?;
    Ok(tx.execute(
        "delete from pending_sign_in where key_hash = ?1",
        &params![key_hash],
    )? > 0)
}

/// Ends every pending sign-in of an account.
pub fn end_all_pending(tx: &WriteTx<'_>, account: AccountId) -> Result<(), DbError> {
    tx.execute(
        "delete from pending_sign_in where account_id = ?1",
        &params![account],
    )?;
    tx.execute("delete from enrolment where account_id = ?1", &params![account])?;
    Ok(())
}

/// Keeps the sealed key of an authenticator that somebody is about to take up.
pub fn begin_enrolment(
    tx: &WriteTx<'_>,
    key_hash: &[u8],
    account: AccountId,
    sealed: &[u8],
    expires_at: i64,
) -> Result<(), DbError> {
    tx.execute(
        "delete from enrolment where key_hash = ?1 or expires_at <= ?2",
        &params![key_hash, tx.now()],
    )?;
    tx.execute(
        "insert into enrolment (key_hash, account_id, sealed, expires_at) values (?1, ?2, ?3, ?4)",
        &params![key_hash, account, sealed, expires_at],
    )?;
    Ok(())
}

/// The sealed key that a browser is about to take up.
pub fn enrolment(
    tx: &Tx<'_>,
    key_hash: &[u8],
    account: AccountId,
    now: i64,
) -> Result<Option<Vec<u8>>, DbError> {
    tx.first(
        "select sealed from enrolment where key_hash = ?1 and account_id = ?2 and expires_at > ?3",
        &params![key_hash, account, now],
        |row| row.get(0),
    )
}

/// Forgets it.
pub fn end_enrolment(tx: &WriteTx<'_>, key_hash: &[u8]) -> Result<(), DbError> {
    tx.execute("delete from enrolment where key_hash = ?1", &params![key_hash])?;
    Ok(())
}

/// Notes what came after the first proof of a session.
pub fn note_second(tx: &WriteTx<'_>, key_hash: &[u8], second: &str) -> Result<(), DbError> {
    tx.execute(
        "update session set second = ?2 where key_hash = ?1",
        &params![key_hash, second],
    )?;
    Ok(())
}

/// What came after the first proof of a session; blank where nothing had to.
pub fn second(tx: &Tx<'_>, key_hash: &[u8]) -> Result<String, DbError> {
    let found = tx.first(
        "select second from session where key_hash = ?1",
        &params![key_hash],
        |row| row.get(0),
    )?;
    Ok(found.unwrap_or_default())
}

/// Somebody, with what they have to prove themselves a second time with.
pub struct Holder {
    /// Whose.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub access: Access,
    /// Since when they have an authenticator, in milliseconds.
    pub authenticator: Option<i64>,
    /// How many passkeys they have.
    pub passkeys: i64,
}

/// Everybody who may sign in, by name.
pub fn holders(tx: &Tx<'_>) -> Result<Vec<Holder>, DbError> {
    tx.query(
        "select a.id, a.name, a.email, a.access, f.since, \
         (select count(*) from passkey p where p.account_id = a.id) \
         from account a left join authenticator f on f.account_id = a.id \
         where a.active = 1 order by a.name, a.id",
        &[] as &[Value],
        |row| {
            let access: String = row.get(3)?;
            Ok(Holder {
                account: row.get(0)?,
                name: row.get(1)?,
                email: row.get(2)?,
                access: access.parse().unwrap_or_default(),
                authenticator: row.get(4)?,
                passkeys: row.get(5)?,
            })
        },
    )
}

//! One's own sessions, as they are kept.

use crate::accounts::programs::store as programs;
use crate::accounts::second_factor;
use crate::db::{DbError, Tx, WriteTx, params};
use crate::units::ids::AccountId;

/// Where somebody is signed in.
pub struct Session {
    /// Under which it is kept.
    pub key_hash: Vec<u8>,
    /// When it began, in milliseconds.
    pub started_at: i64,
    /// When it was last used, in milliseconds.
    pub seen_at: i64,
    /// What the browser calls itself.
    pub agent: String,
    /// From where it began.
    pub address: String,
    /// The first proof.
    pub proof: String,
    /// What came after it; blank where nothing had to.
    pub second: String,
    /// The administrator who looks through their eyes, by name.
    pub behind: Option<String>,
}

/// The sessions of an account that are still good, the one used last first.
///
/// * `seen`, `started`: those last used before, or begun before, have ended.
pub fn sessions(tx: &Tx<'_>, account: AccountId, seen: i64, started: i64) -> Result<Vec<Session>, DbError> {
    tx.query(
        "select s.key_hash, s.started_at, s.seen_at, s.user_agent, s.address, s.proof, s.second, b.name \
         from session s left join account b on b.id = s.behind_id \
         where s.account_id = ?1 and s.seen_at > ?2 and s.started_at > ?3 \
         order by s.seen_at desc, s.started_at desc",
        &params![account, seen, started],
        |row| {
            Ok(Session {
                key_hash: row.get(0)?,
                started_at: row.get(1)?,
                seen_at: row.get(2)?,
                agent: row.get(3)?,
                address: row.get(4)?,
                proof: row.get(5)?,
                second: row.get(6)?,
                behind: row.get(7)?,
            })
        },
    )
}

/// Ends every session of an account but one, what was about to become one, and what programs signed in for; says which, so
/// that their lines are ended too.
pub fn end_others(tx: &WriteTx<'_>, account: AccountId, keep: &[u8]) -> Result<Vec<Vec<u8>>, DbError> {
    let mut ended: Vec<Vec<u8>> = tx.query(
        "select key_hash from session where account_id = ?1 and key_hash <> ?2",
        &params![account, keep],
        |row| row.get(0),
    )?;
    tx.execute(
        "delete from session where account_id = ?1 and key_hash <> ?2",
        &params![account, keep],
    )?;
    second_factor::end_all_pending(tx, account)?;
    ended.extend(programs::end_families(tx, account)?);
    Ok(ended)
}

/// Ends one session of an account.
pub fn end_one(tx: &WriteTx<'_>, account: AccountId, key_hash: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "delete from session where account_id = ?1 and key_hash = ?2",
        &params![account, key_hash],
    )?;
    Ok(())
}

/// The hash of somebody's password, if they have one.
pub fn own_hash(tx: &Tx<'_>, account: AccountId) -> Result<Option<String>, DbError> {
    tx.first(
        "select hash from account_password where account_id = ?1",
        &params![account],
        |row| row.get(0),
    )
}

/// When the owner of a session last proved themselves in it, in milliseconds.
pub fn proven(tx: &Tx<'_>, key_hash: &[u8]) -> Result<i64, DbError> {
    let found = tx.first(
        "select started_at, coalesce(confirmed_at, 0), coalesce(proven_at, 0) from session where key_hash = ?1",
        &params![key_hash],
        |row| Ok([row.get::<i64>(0)?, row.get(1)?, row.get(2)?]),
    )?;
    Ok(found.into_iter().flatten().max().unwrap_or(0))
}

/// Notes that the owner of a session has proved themselves again.
pub fn note_confirmed(tx: &WriteTx<'_>, key_hash: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "update session set confirmed_at = ?2 where key_hash = ?1",
        &params![key_hash, tx.now()],
    )?;
    Ok(())
}

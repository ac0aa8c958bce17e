//! Sessions that look through somebody else's eyes.

use crate::accounts::programs::store as programs;
use crate::accounts::store;
use crate::db::{DbError, WriteTx, params};
use crate::units::ids::AccountId;

/// A session that is about to begin.
pub struct Eyes {
    /// Under which it is kept.
    pub key_hash: Vec<u8>,
    /// Through whose eyes.
    pub account: AccountId,
    /// What its forms carry.
    pub form_key: String,
    /// What the browser calls itself.
    pub agent: String,
    /// From where.
    pub address: String,
    /// Who looks.
    pub behind: AccountId,
    /// Under which their own session is kept.
    pub behind_key: Vec<u8>,
}

/// Begins it. The administrator's own session stays, and this one ends with it. Answers whether there is one: a program
/// has none.
pub fn begin(tx: &WriteTx<'_>, eyes: &Eyes) -> Result<bool, DbError> {
    let own: Option<i64> = tx.first(
        "select 1 from session where key_hash = ?1 and account_id = ?2",
        &params![eyes.behind_key.as_slice(), eyes.behind],
        |row| row.get(0),
    )?;
    if own.is_none() {
        return Ok(false);
    }
    tx.execute(
        "insert into session (key_hash, account_id, form_key, started_at, seen_at, user_agent, address, proof, behind_id, behind_key) \
         values (?1, ?2, ?3, ?4, ?4, ?5, ?6, 'administrator', ?7, ?8)",
        &params![
            eyes.key_hash.as_slice(),
            eyes.account,
            &eyes.form_key,
            tx.now(),
            &eyes.agent,
            &eyes.address,
            eyes.behind,
            eyes.behind_key.as_slice()
        ],
    )?;
    Ok(true)
}

/// Ends it, and gives the administrator's own session a new key, since their browser has forgotten the old one. Answers
/// whether that session is still there.
pub fn end(tx: &WriteTx<'_>, key_hash: &[u8], new_key: &[u8]) -> Result<bool, DbError> {
    let behind: Option<Option<Vec<u8>>> = tx.first(
        "select behind_key from session where key_hash = ?1",
        &params![key_hash],
        |row| row.get(0),
    )?;
    let Some(own) = behind.flatten() else {
        return Ok(false);
    };
    // Others that began from the same session would hold on to its old key.
    tx.execute(
        "delete from session where behind_key = ?1",
        &params![own.as_slice()],
    )?;
    // What programs signed in for in that session goes on with it. It cannot follow the key while it names it.
    let programs = programs::loosen(tx, &own)?;
    let moved = tx.execute(
        "update session set key_hash = ?2, seen_at = ?3 where key_hash = ?1",
        &params![own.as_slice(), new_key, tx.now()],
    )?;
    if moved == 0 {
        store::end_session(tx, key_hash)?;
        return Ok(false);
    }
    programs::fasten(tx, &programs, new_key)?;
    Ok(true)
}

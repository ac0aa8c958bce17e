//! Links to a new password, as they are kept.

use super::rules::Letters;
use crate::accounts::store::{self, Account};
use crate::config::ResetLimits;
use crate::db::{DbError, Tx, WriteTx, params};
use crate::units::ids::AccountId;

/// The letters that an account was sent lately.
pub fn letters(tx: &Tx<'_>, id: AccountId) -> Result<Option<Letters>, DbError> {
    tx.first(
        "select l.since, l.count, (select max(r.made_at) from reset_link r where r.account_id = l.account_id and r.mailed = 1) \
         from reset_letters l where l.account_id = ?1",
        &params![id],
        |row| {
            Ok(Letters {
                since: row.get(0)?,
                count: row.get(1)?,
                last: row.get(2)?,
            })
        },
    )
}

/// Counts a letter.
pub fn count_letter(tx: &WriteTx<'_>, id: AccountId, letters: Letters) -> Result<(), DbError> {
    tx.execute(
        "insert into reset_letters (account_id, since, count) values (?1, ?2, ?3) \
         on conflict (account_id) do update set since = excluded.since, count = excluded.count",
        &params![id, letters.since, letters.count],
    )?;
    Ok(())
}

/// Keeps a link of an account. Those before it live out, the newest few of them.
pub fn keep_link(
    tx: &WriteTx<'_>,
    limits: &ResetLimits,
    id: AccountId,
    (key_hash, mailed): (&[u8], bool),
) -> Result<(), DbError> {
    tx.execute(
        "insert into reset_link (account_id, key_hash, mailed, made_at, expires_at) values (?1, ?2, ?3, ?4, ?5)",
        &params![id, key_hash, mailed, tx.now(), tx.now() + limits.lives],
    )?;
    tx.execute(
        "delete from reset_link where account_id = ?1 and (expires_at <= ?2 or key_hash in \
         (select key_hash from reset_link where account_id = ?1 order by made_at desc, key_hash limit 100 offset ?3))",
        &params![id, tx.now(), limits.most],
    )?;
    Ok(())
}

/// Whose link this is, while it is good and they may sign in; and whether it left as a letter.
pub fn account_of(tx: &Tx<'_>, key_hash: &[u8], now: i64) -> Result<Option<(Account, bool)>, DbError> {
    let found: Option<(AccountId, bool)> = tx.first(
        "select account_id, mailed from reset_link where key_hash = ?1 and expires_at > ?2",
        &params![key_hash, now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((id, mailed)) = found else {
        return Ok(None);
    };
    let account = store::account_by_id(tx, id)?.filter(|account| account.active);
    Ok(account.map(|account| (account, mailed)))
}

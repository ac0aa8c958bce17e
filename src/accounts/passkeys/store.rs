//! Passkeys as they are kept: public keys, which are worth nothing to a thief.

use crate::db::{DbError, Tx, WriteTx, params};
use crate::units::ids::AccountId;

/// A passkey as it is kept.
pub struct Kept {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// As the library writes it.
    pub credential: String,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it was last used, in milliseconds.
    pub used_at: Option<i64>,
}

const COLUMNS: &str = "id, account_id, name, credential, made_at, used_at";

fn kept(row: &crate::db::Row<'_>) -> Result<Kept, DbError> {
    Ok(Kept {
        id: row.get(0)?,
        account: row.get(1)?,
        name: row.get(2)?,
        credential: row.get(3)?,
        made_at: row.get(4)?,
        used_at: row.get(5)?,
    })
}

/// The passkeys of an account, oldest first.
pub fn passkeys(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Kept>, DbError> {
    tx.query(
        &format!("select {COLUMNS} from passkey where account_id = ?1 order by id"),
        &params![account],
        kept,
    )
}

/// The passkey with this credential, if its owner is known by `handle`.
pub fn passkey(tx: &Tx<'_>, credential: &[u8], handle: &[u8]) -> Result<Option<Kept>, DbError> {
    tx.first(
        &format!(
            "select {COLUMNS} from passkey where credential_id = ?1 \
             and account_id = (select account_id from passkey_owner where handle = ?2)"
        ),
        &params![credential, handle],
        kept,
    )
}

/// By what authenticators know an account; `new` where they do not know it yet.
pub fn handle(tx: &WriteTx<'_>, account: AccountId, new: &[u8]) -> Result<Vec<u8>, DbError> {
    tx.execute(
        "insert into passkey_owner (account_id, handle) values (?1, ?2) on conflict (account_id) do nothing",
        &params![account, new],
    )?;
    let known = tx.first(
        "select handle from passkey_owner where account_id = ?1",
        &params![account],
        |row| row.get(0),
    )?;
    Ok(known.unwrap_or_default())
}

/// Keeps a new passkey; says no where its credential is known already.
pub fn add(
    tx: &WriteTx<'_>,
    account: AccountId,
    name: &str,
    credential_id: &[u8],
    credential: &str,
) -> Result<bool, DbError> {
    let made = tx.execute(
        "insert into passkey (account_id, name, credential_id, credential, made_at) values (?1, ?2, ?3, ?4, ?5) \
         on conflict (credential_id) do nothing",
        &params![account, name, credential_id, credential, tx.now()],
    )?;
    Ok(made > 0)
}

/// Notes that a passkey was used, with its new counter; says no where it is gone.
pub fn note_use(tx: &WriteTx<'_>, id: i64, credential: &str) -> Result<bool, DbError> {
    let noted = tx.execute(
        "update passkey set used_at = ?2, credential = ?3 where id = ?1",
        &params![id, tx.now(), credential],
    )?;
    Ok(noted > 0)
}

/// Removes a passkey of an account; says whether there was one.
pub fn drop_one(tx: &WriteTx<'_>, account: AccountId, id: i64) -> Result<bool, DbError> {
    let gone = tx.execute(
        "delete from passkey where account_id = ?1 and id = ?2",
        &params![account, id],
    )?;
    Ok(gone > 0)
}

/// Removes every passkey of an account.
pub fn drop_all(tx: &WriteTx<'_>, account: AccountId) -> Result<(), DbError> {
    tx.execute("delete from passkey where account_id = ?1", &params![account])?;
    Ok(())
}

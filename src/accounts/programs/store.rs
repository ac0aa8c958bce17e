//! Families of renewals, and keys, as they are kept.

use super::rules::{Grant, KeyDraft, MOST_FAMILIES};
use crate::accounts::store::{ACCOUNT_COLUMNS, Account, account_of};
use crate::accounts::visitor::hash_of;
use crate::db::{DbError, Row, Tx, WriteTx, params};
use crate::units::ids::{AccountId, ProgramKeyId};

/// A program that is signed in.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its id.
    pub id: String,
    /// Whose.
    pub account: Account,
    /// The newest generation.
    pub generation: i64,
    /// When that was made, in milliseconds.
    pub renewed_at: i64,
    /// When it signed in, in milliseconds.
    pub started_at: i64,
    /// When it must sign in again, in milliseconds.
    pub ends_at: i64,
    /// What it calls itself.
    pub agent: String,
    /// From where it signed in.
    pub address: String,
}

const FAMILY: &str = "f.id, f.generation, f.renewed_at, f.started_at, f.ends_at, f.user_agent, f.address \
     from program_family f join account a on a.id = f.account_id";

fn family_of(row: &Row<'_>) -> Result<Family, DbError> {
    Ok(Family {
        account: account_of(row)?,
        id: row.get(6)?,
        generation: row.get(7)?,
        renewed_at: row.get(8)?,
        started_at: row.get(9)?,
        ends_at: row.get(10)?,
        agent: row.get(11)?,
        address: row.get(12)?,
    })
}

/// A family that has not ended, of an account that may sign in.
pub fn family(tx: &Tx<'_>, id: &str, now: i64) -> Result<Option<Family>, DbError> {
    let sql =
        format!("select {ACCOUNT_COLUMNS}, {FAMILY} where f.id = ?1 and f.ends_at > ?2 and a.active = 1");
    tx.first(&sql, &params![id, now], family_of)
}

/// The programs that are signed in to an account, the last used first.
pub fn families(tx: &Tx<'_>, account: AccountId, now: i64) -> Result<Vec<Family>, DbError> {
    let sql = format!(
        "select {ACCOUNT_COLUMNS}, {FAMILY} where f.account_id = ?1 and f.ends_at > ?2 order by f.renewed_at desc, f.id"
    );
    tx.query(&sql, &params![account, now], family_of)
}

/// A family that is about to begin.
#[derive(Clone)]
pub struct NewFamily {
    /// 128 random bits.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// The session in which it begins, with which it ends.
    pub session: Option<Vec<u8>>,
    /// When it ends at the latest, in milliseconds.
    pub ends_at: i64,
    /// What the program calls itself.
    pub agent: String,
    /// From where.
    pub address: String,
}

/// Begins a family. What has ended goes, and so does the longest unused where there would be too many.
pub fn begin_family(tx: &WriteTx<'_>, family: &NewFamily) -> Result<(), DbError> {
    tx.execute(
        "delete from program_family where ends_at <= ?1",
        &params![tx.now()],
    )?;
    tx.execute(
        "delete from program_family where id in (select id from program_family where account_id = ?1 \
         order by renewed_at desc, id limit 1000 offset ?2)",
        &params![family.account, MOST_FAMILIES - 1],
    )?;
    tx.execute(
        "insert into program_family \
         (id, account_id, session_key, generation, renewed_at, started_at, ends_at, user_agent, address) \
         values (?1, ?2, (select key_hash from session where key_hash = ?3 and account_id = ?2), 0, ?4, ?4, ?5, ?6, ?7)",
        &params![
            &family.id,
            family.account,
            family.session.as_deref(),
            tx.now(),
            family.ends_at,
            &family.agent,
            &family.address
        ],
    )?;
    Ok(())
}

/// Frees the families that began in a session from its key, which is about to be another; answers which they are.
pub fn loosen(tx: &WriteTx<'_>, session: &[u8]) -> Result<Vec<String>, DbError> {
    let ids = tx.query(
        "select id from program_family where session_key = ?1",
        &params![session],
        |row| row.get(0),
    )?;
    tx.execute(
        "update program_family set session_key = null where session_key = ?1",
        &params![session],
    )?;
    Ok(ids)
}

/// Ties families to the key that their session has now.
pub fn fasten(tx: &WriteTx<'_>, families: &[String], session: &[u8]) -> Result<(), DbError> {
    for id in families {
        tx.execute(
            "update program_family set session_key = ?2 where id = ?1",
            &params![id, session],
        )?;
    }
    Ok(())
}

/// Notes that a family was renewed.
pub fn renew_family(tx: &WriteTx<'_>, id: &str, generation: i64) -> Result<(), DbError> {
    tx.execute(
        "update program_family set generation = ?2, renewed_at = ?3 where id = ?1",
        &params![id, generation, tx.now()],
    )?;
    Ok(())
}

/// Ends a family.
pub fn end_family(tx: &WriteTx<'_>, id: &str) -> Result<(), DbError> {
    tx.execute("delete from program_family where id = ?1", &params![id])?;
    Ok(())
}

/// Ends every family of an account; says under what their lines are open, so that these are ended too.
pub fn end_families(tx: &WriteTx<'_>, account: AccountId) -> Result<Vec<Vec<u8>>, DbError> {
    let ended: Vec<String> = tx.query(
        "select id from program_family where account_id = ?1",
        &params![account],
        |row| row.get(0),
    )?;
    tx.execute(
        "delete from program_family where account_id = ?1",
        &params![account],
    )?;
    Ok(ended.iter().map(|id| hash_of(id)).collect())
}

/// A key of a program, without what opens.
#[derive(Clone, Debug)]
pub struct KeptKey {
    /// Its id.
    pub id: ProgramKeyId,
    /// Whose.
    pub account: Account,
    /// What it is for.
    pub name: String,
    /// By which it is talked about.
    pub public: String,
    /// What it is held against.
    pub hash: Vec<u8>,
    /// What it allows.
    pub scope: Grant,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// When it ends, in milliseconds.
    pub ends_at: i64,
    /// When it was last used, in milliseconds.
    pub used_at: Option<i64>,
}

const KEY: &str = "k.id, k.name, k.public_id, k.key_hash, k.scope, k.made_at, k.ends_at, k.used_at \
     from program_key k join account a on a.id = k.account_id";

fn key_of(row: &Row<'_>) -> Result<KeptKey, DbError> {
    let scope: String = row.get(10)?;
    Ok(KeptKey {
        account: account_of(row)?,
        id: row.get(6)?,
        name: row.get(7)?,
        public: row.get(8)?,
        hash: row.get(9)?,
        scope: scope.parse().unwrap_or_default(),
        made_at: row.get(11)?,
        ends_at: row.get(12)?,
        used_at: row.get(13)?,
    })
}

/// The key with this public part that has not ended, of an account that may sign in.
pub fn key_by_public(tx: &Tx<'_>, public: &str, now: i64) -> Result<Option<KeptKey>, DbError> {
    let sql =
        format!("select {ACCOUNT_COLUMNS}, {KEY} where k.public_id = ?1 and k.ends_at > ?2 and a.active = 1");
    tx.first(&sql, &params![public, now], key_of)
}

/// The keys of an account, the newest first; those that have ended too, so that nobody wonders where they went.
pub fn keys(tx: &Tx<'_>, account: AccountId) -> Result<Vec<KeptKey>, DbError> {
    let sql =
        format!("select {ACCOUNT_COLUMNS}, {KEY} where k.account_id = ?1 order by k.made_at desc, k.id desc");
    tx.query(&sql, &params![account], key_of)
}

/// How many keys an account has.
pub fn count_keys(tx: &Tx<'_>, account: AccountId) -> Result<i64, DbError> {
    let sql = "select count(*) from program_key where account_id = ?1";
    Ok(tx.first(sql, &params![account], |row| row.get(0))?.unwrap_or(0))
}

/// A key that is about to be kept.
#[derive(Clone)]
pub struct NewKey {
    /// Whose.
    pub account: AccountId,
    /// What was asked for.
    pub draft: KeyDraft,
    /// By which it is talked about.
    pub public: String,
    /// What it is held against.
    pub hash: Vec<u8>,
    /// When it ends, in milliseconds.
    pub ends_at: i64,
}

/// Keeps a key.
pub fn add_key(tx: &WriteTx<'_>, key: &NewKey) -> Result<ProgramKeyId, DbError> {
    tx.execute(
        "insert into program_key (account_id, name, public_id, key_hash, scope, made_at, ends_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![
            key.account,
            &key.draft.name,
            &key.public,
            key.hash.as_slice(),
            key.draft.scope.as_str(),
            tx.now(),
            key.ends_at
        ],
    )?;
    let sql = "select id from program_key where public_id = ?1";
    let id = tx.first(sql, &params![&key.public], |row| row.get(0))?;
    Ok(id.unwrap_or(ProgramKeyId(0)))
}

/// Takes a key back; its public part where it was theirs to take.
pub fn remove_key(tx: &WriteTx<'_>, account: AccountId, id: ProgramKeyId) -> Result<Option<String>, DbError> {
    let sql = "select public_id from program_key where id = ?1 and account_id = ?2";
    let public = tx.first(sql, &params![id, account], |row| row.get(0))?;
    tx.execute(
        "delete from program_key where id = ?1 and account_id = ?2",
        &params![id, account],
    )?;
    Ok(public)
}

/// Notes that a key was used.
pub fn touch_key(tx: &WriteTx<'_>, id: ProgramKeyId) -> Result<(), DbError> {
    tx.execute(
        "update program_key set used_at = ?2 where id = ?1",
        &params![id, tx.now()],
    )?;
    Ok(())
}

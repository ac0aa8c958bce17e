//! Accounts and sessions as they are kept.

use std::collections::{HashMap, HashSet};

use crate::book::{Person, Plan};
use crate::db::{Column, DbError, Entity, Key, RowKey, Tx, Value, WriteTx, params};
use crate::units::fold;
use crate::units::ids::{AccountId, PersonId};

use super::programs::store as programs;
use super::rules::{Access, AccountChange, AccountDraft};
use super::scope::ACCOUNT_DEPARTMENT;

/// An account. Its password stands elsewhere, so that no recorded change carries one.
pub static ACCOUNT: Entity = Entity {
    table: "account",
    topic: "accounts",
    key: Key::Id,
    columns: &["email", "name", "access", "active", "person_id"],
};

/// What is recorded here. Accounts are not undone: a lifted lock must not come back by a key stroke.
pub static ENTITIES: [&Entity; 2] = [&ACCOUNT, &ACCOUNT_DEPARTMENT];

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Folded.
    pub email: String,
    /// How the history calls them.
    pub name: String,
    /// What they may do.
    pub access: Access,
    /// Whether they may sign in now.
    pub active: bool,
    /// Whose weeks are theirs; none where the address alone tells.
    pub person: Option<PersonId>,
}

impl Account {
    /// The person whose weeks are theirs: the one that it is linked to, else the one with its address.
    #[must_use]
    pub fn own_person<'a>(&self, plan: &'a Plan) -> Option<&'a Person> {
        person_of(plan, self.person, &self.email)
    }
}

/// The person whose weeks are an account's: the one that it was `linked` to, else the one with its address.
pub fn person_of<'a>(plan: &'a Plan, linked: Option<PersonId>, email: &str) -> Option<&'a Person> {
    match linked {
        Some(id) => plan.person(id),
        None => plan
            .people
            .iter()
            .find(|person| !person.email.is_empty() && fold(&person.email) == email),
    }
}

/// A session that is still good, with whose it is.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose.
    pub account: Account,
    /// What its forms carry.
    pub form_key: String,
    /// When it began, in milliseconds.
    pub started_at: i64,
    /// When it was last used, in milliseconds.
    pub seen_at: i64,
    /// When they last proved themselves for administration, in milliseconds.
    pub proven_at: Option<i64>,
    /// The administrator who looks through their eyes.
    pub behind: Option<(AccountId, String)>,
}

/// What [`account_of`] reads, first in its row.
pub(super) const ACCOUNT_COLUMNS: &str = "a.id, a.email, a.name, a.access, a.active, a.person_id";

/// An account at the beginning of a row.
pub(super) fn account_of(row: &crate::db::Row<'_>) -> Result<Account, DbError> {
    let access: String = row.get(3)?;
    Ok(Account {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        access: access.parse().unwrap_or_default(),
        active: row.get(4)?,
        person: row.get(5)?,
    })
}

/// Every account, by name.
pub fn accounts(tx: &Tx<'_>) -> Result<Vec<Account>, DbError> {
    tx.query(
        &format!("select {ACCOUNT_COLUMNS} from account a order by a.name, a.id"),
        &[],
        account_of,
    )
}

/// How many accounts there are.
pub fn count_accounts(tx: &Tx<'_>) -> Result<i64, DbError> {
    Ok(scalar(tx, "select count(*) from account", &[])?.unwrap_or(0))
}

/// The account with this folded address, and the hash of its password.
pub fn account_by_email(tx: &Tx<'_>, email: &str) -> Result<Option<(Account, Option<String>)>, DbError> {
    tx.first(
        &format!(
            "select {ACCOUNT_COLUMNS}, p.hash from account a left join account_password p on p.account_id = a.id where a.email = ?1"
        ),
        &params![email],
        |row| Ok((account_of(row)?, row.get(6)?)),
    )
}

/// The addresses of all accounts.
pub fn addresses(tx: &Tx<'_>) -> Result<HashSet<String>, DbError> {
    let all = tx.query("select email from account", &[], |row| row.get(0))?;
    Ok(all.into_iter().collect())
}

/// The addresses of administrators who may sign in.
pub fn addresses_of_administrators(tx: &Tx<'_>) -> Result<Vec<String>, DbError> {
    let all = accounts(tx)?;
    let administrators = all
        .into_iter()
        .filter(|account| account.access == Access::Admin && account.active);
    Ok(administrators.map(|account| account.email).collect())
}

/// The account with this id.
pub fn account_by_id(tx: &Tx<'_>, id: AccountId) -> Result<Option<Account>, DbError> {
    tx.first(
        &format!("select {ACCOUNT_COLUMNS} from account a where a.id = ?1"),
        &params![id],
        account_of,
    )
}

/// Makes an account, or says nothing where the address is taken.
pub fn make_account(tx: &WriteTx<'_>, draft: &AccountDraft) -> Result<Option<AccountId>, DbError> {
    if account_by_email(tx, &draft.email)?.is_some() {
        return Ok(None);
    }
    let values = [
        ("email", Value::from(&draft.email)),
        ("name", Value::from(&draft.name)),
        ("access", draft.access.as_str().into()),
        ("active", true.into()),
    ];
    // Whoever is here waits no longer.
    tx.execute("delete from invitation where email = ?1", &params![&draft.email])?;
    tx.insert(&ACCOUNT, &values).map(|id| Some(AccountId(id)))
}

/// Changes an account. Its sessions end where it may do something else than before, or may not sign in any more; links to
/// a new password end with another address too.
pub fn change_account(tx: &WriteTx<'_>, before: &Account, change: &AccountChange) -> Result<(), DbError> {
    let access = change.access.unwrap_or(before.access);
    let active = change.active.unwrap_or(before.active);
    let values = [
        (
            "email",
            Value::from(change.email.as_ref().unwrap_or(&before.email)),
        ),
        ("name", change.name.as_ref().unwrap_or(&before.name).into()),
        ("access", access.as_str().into()),
        ("active", active.into()),
        (
            "person_id",
            change.person.after(before.person).map(|id| id.0).into(),
        ),
    ];
    tx.update(&ACCOUNT, RowKey::id(before.id.0), &values)?;
    if access != before.access || active != before.active {
        end_sessions(tx, before.id)?;
    }
    if active != before.active || change.email.as_ref().is_some_and(|email| *email != before.email) {
        end_reset_link(tx, before.id)?;
    }
    Ok(())
}

/// Says whose weeks are those of an account.
pub fn link_person(tx: &WriteTx<'_>, id: AccountId, person: PersonId) -> Result<(), DbError> {
    tx.update(
        &ACCOUNT,
        RowKey::id(id.0),
        &[("person_id", Value::from(person.0))],
    )?;
    Ok(())
}

/// Whether this account may administer others now.
pub fn is_admin(tx: &Tx<'_>, id: AccountId) -> Result<bool, DbError> {
    Ok(account_by_id(tx, id)?.is_some_and(|account| account.active && account.access == Access::Admin))
}

/// The other account that a person is linked to, if one is.
pub fn other_account_of(
    tx: &Tx<'_>,
    person: PersonId,
    own: Option<AccountId>,
) -> Result<Option<String>, DbError> {
    tx.first(
        "select email from account where person_id = ?1 and id <> ?2 order by id limit 1",
        &params![person, own.map_or(0, |id| id.0)],
        |row| row.get(0),
    )
}

/// When accounts were last used, in milliseconds.
pub fn last_seen(tx: &Tx<'_>) -> Result<HashMap<AccountId, i64>, DbError> {
    let all = tx.query("select account_id, at from account_seen", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(all.into_iter().collect())
}

/// How many sessions of an account are open that were used since `seen`.
pub fn open_sessions(tx: &Tx<'_>, id: AccountId, seen: i64) -> Result<i64, DbError> {
    let sql = "select count(*) from session where account_id = ?1 and seen_at > ?2 and behind_id is null";
    Ok(scalar(tx, sql, &params![id, seen])?.unwrap_or(0))
}

/// Notes that a letter to the address of an account was opened.
pub fn verify_address(tx: &WriteTx<'_>, id: AccountId, email: &str) -> Result<(), DbError> {
    tx.execute(
        "insert into account_verified (account_id, email, at) values (?1, ?2, ?3) \
         on conflict (account_id) do update set email = excluded.email, at = excluded.at",
        &params![id, email, tx.now()],
    )?;
    Ok(())
}

/// Whether a letter to the address that an account has now was opened.
pub fn is_verified(tx: &Tx<'_>, account: &Account) -> Result<bool, DbError> {
    let sql = "select count(*) from account_verified where account_id = ?1 and email = ?2";
    Ok(scalar(tx, sql, &params![account.id, &account.email])?.unwrap_or(0) > 0)
}

fn note_seen(tx: &WriteTx<'_>, id: AccountId) -> Result<(), DbError> {
    tx.execute(
        "insert into account_seen (account_id, at) values (?1, ?2) \
         on conflict (account_id) do update set at = excluded.at",
        &params![id, tx.now()],
    )?;
    Ok(())
}

fn end_reset_link(tx: &WriteTx<'_>, id: AccountId) -> Result<(), DbError> {
    tx.execute("delete from reset_link where account_id = ?1", &params![id])?;
    Ok(())
}

/// How many active administrators there are besides `id`.
pub fn other_admins(tx: &Tx<'_>, id: AccountId) -> Result<i64, DbError> {
    let sql = "select count(*) from account where access = 'admin' and active = 1 and id <> ?1";
    Ok(scalar(tx, sql, &params![id])?.unwrap_or(0))
}

/// Sets the password of an account; its sessions end, and what would have replaced the one before.
pub fn set_password(tx: &WriteTx<'_>, id: AccountId, hash: &str) -> Result<(), DbError> {
    put_password(tx, id, hash)?;
    end_sessions(tx, id)
}

/// Keeps the password of an account, and ends nothing.
pub fn put_password(tx: &WriteTx<'_>, id: AccountId, hash: &str) -> Result<(), DbError> {
    tx.execute(
        "insert into account_password (account_id, hash) values (?1, ?2) \
         on conflict (account_id) do update set hash = excluded.hash",
        &params![id, hash],
    )?;
    end_reset_link(tx, id)
}

/// A session that is about to begin.
#[derive(Clone)]
pub struct NewSession {
    /// Under which it is kept.
    pub key_hash: Vec<u8>,
    /// Whose.
    pub account: AccountId,
    /// What its forms carry.
    pub form_key: String,
    /// What the browser calls itself.
    pub agent: String,
    /// From where.
    pub address: String,
    /// How they proved who they are.
    pub proof: String,
    /// Whether that was for administration.
    pub proven: bool,
}

/// Begins a session under the hash of its key.
pub fn begin_session(tx: &WriteTx<'_>, session: &NewSession) -> Result<(), DbError> {
    tx.execute(
        "insert into session (key_hash, account_id, form_key, started_at, seen_at, user_agent, address, proof, proven_at) \
         values (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)",
        &params![
            session.key_hash.as_slice(),
            session.account,
            &session.form_key,
            tx.now(),
            &session.agent,
            &session.address,
            &session.proof,
            session.proven.then(|| tx.now())
        ],
    )?;
    note_seen(tx, session.account)
}

/// The session behind the hash of a key, of an account that may sign in. One that looks through somebody else's eyes is
/// good only while an administrator stands behind it, and never for another administrator.
pub fn session(tx: &Tx<'_>, key_hash: &[u8]) -> Result<Option<Session>, DbError> {
    tx.first(
        &format!(
            "select {ACCOUNT_COLUMNS}, s.form_key, s.started_at, s.seen_at, s.proven_at, b.id, b.name \
             from session s join account a on a.id = s.account_id left join account b on b.id = s.behind_id \
             where s.key_hash = ?1 and a.active = 1 and (s.behind_id is null \
             or (s.behind_key is not null and b.active = 1 and b.access = 'admin' and a.access <> 'admin'))"
        ),
        &params![key_hash],
        |row| {
            let behind: Option<AccountId> = row.get(10)?;
            let name: Option<String> = row.get(11)?;
            Ok(Session {
                account: account_of(row)?,
                form_key: row.get(6)?,
                started_at: row.get(7)?,
                seen_at: row.get(8)?,
                proven_at: row.get(9)?,
                behind: behind.zip(name),
            })
        },
    )
}

/// Notes that a session was used, and the administrator's own behind it, which stays open as long as they look through
/// somebody else's eyes.
pub fn touch_session(tx: &WriteTx<'_>, key_hash: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "update session set seen_at = ?2 where key_hash = ?1 \
         or key_hash = (select s.behind_key from session s where s.key_hash = ?1)",
        &params![key_hash, tx.now()],
    )?;
    let own = "select account_id from session where key_hash = ?1 and behind_id is null";
    if let Some(id) = scalar(tx, own, &params![key_hash])? {
        note_seen(tx, id)?;
    }
    Ok(())
}

/// Ends one session. With one that looks through somebody else's eyes the administrator's own ends too: no browser has its
/// key any more.
pub fn end_session(tx: &WriteTx<'_>, key_hash: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "delete from session where key_hash = (select s.behind_key from session s where s.key_hash = ?1)",
        &params![key_hash],
    )?;
    tx.execute("delete from session where key_hash = ?1", &params![key_hash])?;
    Ok(())
}

/// Ends every session of an account, and what was about to become one.
pub fn end_sessions(tx: &WriteTx<'_>, id: AccountId) -> Result<(), DbError> {
    for table in ["session", "pending_sign_in", "enrolment"] {
        tx.execute(
            &format!("delete from {table} where account_id = ?1"),
            &params![id],
        )?;
    }
    programs::end_families(tx, id)?;
    Ok(())
}

/// Forgets what is over: sessions that were last used before `seen` or began before `started`, and what expires by itself.
pub fn forget_old(tx: &WriteTx<'_>, seen: i64, started: i64) -> Result<(), DbError> {
    end_old_sessions(tx, seen, started)?;
    for (table, column) in [
        ("invitation", "expires_at"),
        ("reset_link", "expires_at"),
        ("setup_link", "expires_at"),
        ("sign_in_code", "expires_at"),
        ("sign_in_long_code", "expires_at"),
    ] {
        tx.execute(
            &format!("delete from {table} where {column} < ?1"),
            &params![tx.now()],
        )?;
    }
    Ok(())
}

/// Ends every session that was last used before `seen` or began before `started`.
pub fn end_old_sessions(tx: &WriteTx<'_>, seen: i64, started: i64) -> Result<(), DbError> {
    tx.execute(
        "delete from session where seen_at < ?1 or started_at < ?2",
        &params![seen, started],
    )?;
    Ok(())
}

/// Keeps the hash of a set-up link, in place of any earlier one.
pub fn keep_setup_link(tx: &WriteTx<'_>, key_hash: &[u8], expires_at: i64) -> Result<(), DbError> {
    tx.execute("delete from setup_link", &[])?;
    tx.execute(
        "insert into setup_link (key_hash, expires_at) values (?1, ?2)",
        &params![key_hash, expires_at],
    )?;
    Ok(())
}

/// Whether a set-up link is good: known, not expired, and nobody has an account yet.
pub fn setup_link_is_good(tx: &Tx<'_>, key_hash: &[u8], now: i64) -> Result<bool, DbError> {
    let sql = "select count(*) from setup_link where key_hash = ?1 and expires_at > ?2";
    let known = scalar(tx, sql, &params![key_hash, now])?.unwrap_or(0);
    Ok(known == 1 && count_accounts(tx)? == 0)
}

/// Uses the set-up link up.
pub fn use_setup_link(tx: &WriteTx<'_>) -> Result<(), DbError> {
    tx.execute("delete from setup_link", &[])?;
    Ok(())
}

fn scalar<T: Column>(tx: &Tx<'_>, sql: &str, params: &[Value]) -> Result<Option<T>, DbError> {
    tx.first(sql, params, |row| row.get(0))
}

//! Codes that were sent, and browsers that are known.

use crate::db::{DbError, Tx, WriteTx, params};
use crate::units::ids::AccountId;

use super::throttle::Lane;
use crate::accounts::entry::Knock;
use crate::accounts::store::{Account, account_by_email};

/// How many codes are kept at most. Each is good for minutes; beyond that the oldest go, whosever they are.
const MOST_CODES: i64 = 100_000;
/// How many browsers an account is known in.
const MOST_BROWSERS: i64 = 20;
/// A browser that was not used for this long is forgotten, in milliseconds: 400 days, as long as a cookie lives.
const FORGOTTEN: i64 = 400 * 86_400_000;

/// Who is at the door, as far as the address tells.
#[derive(Clone)]
pub struct Found {
    /// The account, with the hash of its password.
    pub account: Option<(Account, Option<String>)>,
    /// Whether its owner has signed in with this browser before.
    pub knows_browser: bool,
}

/// Finds the account of a folded address, and whether this browser is known for it. Both questions are asked whether or not there
/// is such an account.
pub fn find(tx: &Tx<'_>, email: &str, browser: Option<&[u8]>) -> Result<Found, DbError> {
    let known: Option<i64> = tx.first(
        "select k.account_id from known_browser k join account a on a.id = k.account_id \
         where a.email = ?1 and k.key_hash = ?2",
        &params![email, browser.unwrap_or_default()],
        |row| row.get(0),
    )?;
    Ok(Found {
        account: account_by_email(tx, email)?,
        knows_browser: known.is_some(),
    })
}

/// The lane in which a browser stands at the account of `email`.
pub fn lane_of(tx: &Tx<'_>, email: &str, knock: &Knock) -> Result<Lane, DbError> {
    let found = find(tx, email, knock.browser.as_deref())?;
    Ok(found.lane(knock))
}

impl Found {
    /// Where a browser stands that knocks for it.
    pub fn lane(&self, knock: &Knock) -> Lane {
        match &knock.browser {
            Some(browser) if self.knows_browser => Lane::known(browser),
            _ => Lane::place(knock.client.address),
        }
    }
}

/// A code that is about to be sent, or that would be.
pub struct NewCode {
    /// The hash of what the browser holds.
    pub browser: Vec<u8>,
    /// To whom.
    pub email: String,
    /// In whose place it stands.
    pub lane: Lane,
    /// What its digits are recognised by.
    pub tag: Vec<u8>,
    /// Until when it is good, in milliseconds.
    pub expires_at: i64,
}

/// Keeps a code. The one before it, in its lane or its browser, is dead.
pub fn keep_code(tx: &WriteTx<'_>, code: &NewCode, earlier: Option<&[u8]>) -> Result<(), DbError> {
    tx.execute(
        "delete from sign_in_code where (email = ?1 and lane = ?2) or browser = ?3",
        &params![
            &code.email,
            code.lane.bytes().as_slice(),
            earlier.unwrap_or_default()
        ],
    )?;
    tx.execute(
        "delete from sign_in_code where expires_at < ?1",
        &params![tx.now()],
    )?;
    tx.execute(
        "delete from sign_in_code where browser in \
         (select browser from sign_in_code order by made_at desc, browser limit ?1 offset ?2)",
        &params![MOST_CODES, MOST_CODES - 1],
    )?;
    tx.execute(
        "insert into sign_in_code (browser, email, lane, tag, tries, made_at, expires_at) values (?1, ?2, ?3, ?4, 0, ?5, ?6)",
        &params![
            code.browser.as_slice(),
            &code.email,
            code.lane.bytes().as_slice(),
            code.tag.as_slice(),
            tx.now(),
            code.expires_at
        ],
    )?;
    Ok(())
}

/// Counts a guess at the code of a browser, before it is judged: the tag that the right digits have, or none where there is no
/// code that may still be guessed.
///
/// * `most`: how often it may be guessed.
pub fn count_guess(
    tx: &WriteTx<'_>,
    (browser, email): (&[u8], &str),
    most: i64,
) -> Result<Option<Vec<u8>>, DbError> {
    let counted = tx.execute(
        "update sign_in_code set tries = tries + 1 \
         where browser = ?1 and email = ?2 and expires_at >= ?3 and tries < ?4",
        &params![browser, email, tx.now(), most],
    )?;
    if counted == 0 {
        return Ok(None);
    }
    tx.first(
        "select tag from sign_in_code where browser = ?1",
        &params![browser],
        |row| row.get(0),
    )
}

/// How often the code of a browser was guessed wrongly, and until when it is good; none where there is none any more.
pub fn guesses(tx: &Tx<'_>, browser: &[u8], email: &str) -> Result<Option<(i64, i64)>, DbError> {
    tx.first(
        "select tries, expires_at from sign_in_code where browser = ?1 and email = ?2",
        &params![browser, email],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Ends every code of an address.
pub fn end_codes(tx: &WriteTx<'_>, email: &str) -> Result<(), DbError> {
    tx.execute("delete from sign_in_code where email = ?1", &params![email])?;
    tx.execute("delete from sign_in_long_code where email = ?1", &params![email])?;
    Ok(())
}

/// A long code that is about to be sent, or that would be.
pub struct NewLongCode {
    /// To whom.
    pub email: String,
    /// At which door it is good.
    pub door: &'static str,
    /// What it is recognised by.
    pub tag: Vec<u8>,
    /// How long it is good, in milliseconds.
    pub lives: i64,
}

/// Keeps a long code beside those before it, which live out; says whether it was kept. None is where a letter left so lately that
/// its code has half of its time left: whoever asks, the mailbox holds one that is good.
pub fn keep_long_code(tx: &WriteTx<'_>, code: &NewLongCode) -> Result<bool, DbError> {
    tx.execute(
        "delete from sign_in_long_code where expires_at <= ?1",
        &params![tx.now()],
    )?;
    let young: Option<i64> = tx.first(
        "select made_at from sign_in_long_code where email = ?1 and door = ?2 and made_at > ?3 limit 1",
        &params![&code.email, code.door, tx.now() - code.lives / 2],
        |row| row.get(0),
    )?;
    if young.is_some() {
        return Ok(false);
    }
    tx.execute(
        "delete from sign_in_long_code where tag in \
         (select tag from sign_in_long_code order by made_at desc, tag limit ?1 offset ?2)",
        &params![MOST_CODES, MOST_CODES - 1],
    )?;
    tx.execute(
        "insert into sign_in_long_code (tag, email, door, made_at, expires_at) values (?1, ?2, ?3, ?4, ?5)",
        &params![
            code.tag.as_slice(),
            &code.email,
            code.door,
            tx.now(),
            tx.now() + code.lives
        ],
    )?;
    Ok(true)
}

/// What the long codes of an address are recognised by that are good at a door now.
pub fn long_codes(tx: &Tx<'_>, email: &str, door: &str, now: i64) -> Result<Vec<Vec<u8>>, DbError> {
    tx.query(
        "select tag from sign_in_long_code where email = ?1 and door = ?2 and expires_at > ?3",
        &params![email, door, now],
        |row| row.get(0),
    )
}

/// Ends the code of a browser.
pub fn end_code(tx: &WriteTx<'_>, browser: &[u8]) -> Result<(), DbError> {
    tx.execute("delete from sign_in_code where browser = ?1", &params![browser])?;
    Ok(())
}

/// Notes that the owner of an account signed in with a browser, which gets a new key: what it held before is known no more,
/// whoever put it there.
pub fn know_browser(
    tx: &WriteTx<'_>,
    account: AccountId,
    earlier: Option<&[u8]>,
    key_hash: &[u8],
) -> Result<(), DbError> {
    tx.execute(
        "update known_browser set key_hash = ?1 where key_hash = ?2",
        &params![key_hash, earlier.unwrap_or_default()],
    )?;
    tx.execute(
        "insert into known_browser (key_hash, account_id, seen_at) values (?1, ?2, ?3) \
         on conflict (key_hash, account_id) do update set seen_at = excluded.seen_at",
        &params![key_hash, account, tx.now()],
    )?;
    tx.execute(
        "delete from known_browser where account_id = ?1 and key_hash in \
         (select key_hash from known_browser where account_id = ?1 order by seen_at desc, key_hash limit ?2 offset ?3)",
        &params![account, MOST_BROWSERS, MOST_BROWSERS],
    )?;
    tx.execute(
        "delete from known_browser where seen_at < ?1",
        &params![tx.now() - FORGOTTEN],
    )?;
    Ok(())
}

/// The hashes of all passwords, for what they say of their strength.
pub fn hashes(tx: &Tx<'_>) -> Result<Vec<String>, DbError> {
    tx.query("select hash from account_password", &[], |row| row.get(0))
}

/// Replaces the hash of a password that has not changed meanwhile; its sessions go on.
pub fn strengthen(tx: &WriteTx<'_>, account: AccountId, before: &str, after: &str) -> Result<(), DbError> {
    tx.execute(
        "update account_password set hash = ?3 where account_id = ?1 and hash = ?2",
        &params![account, before, after],
    )?;
    Ok(())
}

//! Links as they are kept.

use std::collections::HashMap;
use std::hash::Hash;

use super::rules::{Stamps, Subject};
use crate::db::{Column, DbError, Entity, Key, Row, RowKey, Tx, WriteTx, params};
use crate::units::Day;
use crate::units::ids::{AccountId, FeedLinkId};

/// A link. Its key stands elsewhere, so that no recorded change carries one; and since it is not undone, a link that was
/// taken back never comes back.
pub static FEED_LINK: Entity = Entity {
    table: "feed_link",
    topic: "feeds",
    key: Key::Id,
    columns: &["account_id", "kind", "subject_id", "made_at"],
};

/// A link.
#[derive(Clone, Debug)]
pub struct FeedLink {
    /// Its id.
    pub id: FeedLinkId,
    /// Who made it.
    pub account: AccountId,
    /// Their name.
    pub owner: String,
    /// Whether they may sign in; while they may not, the link opens nothing.
    pub active: bool,
    /// Of what it is.
    pub subject: Subject,
    /// When it was made, in milliseconds.
    pub made_at: i64,
    /// The day on which it was last fetched.
    pub used: Option<Day>,
}

const LINK: &str = "select f.id, f.account_id, a.name, a.active, f.kind, f.subject_id, f.made_at, k.used_day from feed_link f \
     join account a on a.id = f.account_id join feed_key k on k.feed_link_id = f.id";

fn link(row: &Row<'_>) -> Result<Option<FeedLink>, DbError> {
    let kind: String = row.get(4)?;
    let Some(subject) = Subject::from_parts(&kind, row.get(5)?) else {
        return Ok(None);
    };
    Ok(Some(FeedLink {
        id: row.get(0)?,
        account: row.get(1)?,
        owner: row.get(2)?,
        active: row.get(3)?,
        subject,
        made_at: row.get(6)?,
        used: row.get(7)?,
    }))
}

/// The links of an account, or of all, the newest first.
pub fn links(tx: &Tx<'_>, account: Option<AccountId>) -> Result<Vec<FeedLink>, DbError> {
    let found = tx.query(
        &format!("{LINK} where ?1 is null or f.account_id = ?1 order by f.made_at desc, f.id desc"),
        &params![account],
        link,
    )?;
    Ok(found.into_iter().flatten().collect())
}

/// The link with this id.
pub fn link_by_id(tx: &Tx<'_>, id: FeedLinkId) -> Result<Option<FeedLink>, DbError> {
    Ok(tx
        .first(&format!("{LINK} where f.id = ?1"), &params![id], link)?
        .flatten())
}

/// The link behind the hash of a key, of an account that may sign in.
pub fn link_by_key(tx: &Tx<'_>, key_hash: &[u8]) -> Result<Option<FeedLink>, DbError> {
    let sql = format!("{LINK} where k.key_hash = ?1 and a.active = 1");
    Ok(tx.first(&sql, &params![key_hash], link)?.flatten())
}

/// How many links an account has.
pub fn count_links(tx: &Tx<'_>, account: AccountId) -> Result<i64, DbError> {
    let sql = "select count(*) from feed_link where account_id = ?1";
    Ok(tx.first(sql, &params![account], |row| row.get(0))?.unwrap_or(0))
}

/// Makes a link under the hash of its key.
pub fn add_link(
    tx: &WriteTx<'_>,
    account: AccountId,
    subject: Subject,
    key_hash: &[u8],
) -> Result<FeedLinkId, DbError> {
    let values = [
        ("account_id", account.into()),
        ("kind", subject.kind().into()),
        ("subject_id", subject.id().into()),
        ("made_at", tx.now().into()),
    ];
    let id = FeedLinkId(tx.insert(&FEED_LINK, &values)?);
    tx.execute(
        "insert into feed_key (key_hash, feed_link_id) values (?1, ?2)",
        &params![key_hash, id],
    )?;
    Ok(id)
}

/// Takes a link away with its key.
pub fn remove_link(tx: &WriteTx<'_>, id: FeedLinkId) -> Result<bool, DbError> {
    tx.execute("delete from feed_key where feed_link_id = ?1", &params![id])?;
    tx.delete(&FEED_LINK, RowKey::id(id.0))
}

/// Notes that a link was fetched on `day`.
pub fn note_use(tx: &WriteTx<'_>, id: FeedLinkId, day: Day) -> Result<(), DbError> {
    tx.execute(
        "update feed_key set used_day = ?2 where feed_link_id = ?1",
        &params![id, day],
    )?;
    Ok(())
}

/// When what stands in feeds was last changed.
pub fn stamps(tx: &Tx<'_>) -> Result<Stamps, DbError> {
    let by_row = "select c.entity_id, max(s.at) from change c join change_set s on s.id = c.change_set_id \
         where c.entity = ?1 group by c.entity_id";
    let by_person = "select t.person_id, max(s.at) from time_off t join change c on c.entity = 'time_off' and c.entity_id = t.id \
         join change_set s on s.id = c.change_set_id group by t.person_id";
    Ok(Stamps {
        deliverables: newest(tx, by_row, Some("deliverable"))?,
        projects: newest(tx, by_row, Some("project"))?,
        time_off: newest(tx, by_person, None)?,
    })
}

fn newest<K: Column + Eq + Hash>(
    tx: &Tx<'_>,
    sql: &str,
    table: Option<&str>,
) -> Result<HashMap<K, i64>, DbError> {
    let params: Vec<_> = table.map(crate::db::Value::from).into_iter().collect();
    let rows = tx.query(sql, &params, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

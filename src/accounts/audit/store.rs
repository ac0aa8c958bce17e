//! What is written down, as it is kept.

use super::Note;
use super::rules::{self, AuditQuery, KEPT_DAYS, KEPT_KNOCKS, KEPT_ROWS, TRIMMED_EVERY};
use crate::db::{DbError, Tx, WriteTx, params};
use crate::units::ids::AccountId;

const DAY: i64 = 86_400_000;

/// Writes the row, within the change that it is about, and lets go of what is too old or too much.
pub fn note(tx: &WriteTx<'_>, note: &Note) -> Result<(), DbError> {
    let (behind_id, behind) = note
        .behind
        .as_ref()
        .map_or((None, ""), |(id, name)| (Some(*id), name.as_str()));
    let address = note
        .address
        .map_or_else(String::new, |address| address.to_string());
    tx.execute(
        "insert into audit (at, what, account_id, actor, behind_id, behind, address, about, knock) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &params![
            tx.now(),
            note.what.as_str(),
            note.account,
            &note.who,
            behind_id,
            behind,
            address,
            &note.about,
            note.what.is_knock()
        ],
    )?;
    trim(tx)
}

/// Lets go of what is too old, which finds nothing most of the time; and now and then of what is too much.
fn trim(tx: &WriteTx<'_>) -> Result<(), DbError> {
    tx.execute(
        "delete from audit where at < ?1",
        &params![tx.now() - KEPT_DAYS * DAY],
    )?;
    let newest: Option<i64> = tx.first("select max(id) from audit", &[], |row| row.get(0))?;
    if newest.unwrap_or(0) % TRIMMED_EVERY == 0 {
        keep_at_most(tx, true, KEPT_KNOCKS)?;
        keep_at_most(tx, false, KEPT_ROWS)?;
    }
    Ok(())
}

/// Lets go of the oldest rows of strangers' knocks, or of what people of the house did.
fn keep_at_most(tx: &WriteTx<'_>, knocks: bool, most: i64) -> Result<(), DbError> {
    tx.execute(
        "delete from audit where knock = ?1 and id <= \
         (select id from audit where knock = ?1 order by id desc limit 1 offset ?2)",
        &params![knocks, most],
    )?;
    Ok(())
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number; later ones are larger.
    pub id: i64,
    /// When, in milliseconds.
    pub at: i64,
    /// The words of what happened.
    pub what: String,
    /// The account of who did it, or that it was done to where nobody was signed in.
    pub account: Option<AccountId>,
    /// Who.
    pub actor: String,
    /// The administrator behind them, or blank.
    pub behind: String,
    /// From where, or blank.
    pub address: String,
    /// Of whom or what.
    pub about: String,
}

/// Rows that a query asks for, newest first.
///
/// * `bounds`: from which moment on, and before which.
pub fn rows(
    tx: &Tx<'_>,
    query: &AuditQuery,
    bounds: (i64, i64),
    most: u32,
) -> Result<Vec<AuditRow>, DbError> {
    tx.query(
        "select id, at, what, account_id, actor, behind, address, about from audit \
         where id < ?1 and at >= ?2 and at < ?3 and (?4 = '' or what = ?4) and lower(address) like ?5 escape '\\' \
         and (lower(actor) like ?6 escape '\\' or lower(behind) like ?6 escape '\\' or lower(about) like ?6 escape '\\') \
         order by id desc limit ?7",
        &params![
            query.before.unwrap_or(i64::MAX),
            bounds.0,
            bounds.1,
            query.what.map_or("", super::What::as_str),
            rules::prefix(&query.address),
            rules::pattern(&query.who),
            most
        ],
        read,
    )
}

/// The newest rows of what an account did, and of what was done to it, which begin with its address.
pub fn rows_of(tx: &Tx<'_>, id: AccountId, email: &str, most: u32) -> Result<Vec<AuditRow>, DbError> {
    tx.query(
        "select id, at, what, account_id, actor, behind, address, about from audit \
         where account_id = ?1 or about = ?2 or substr(about, 1, length(?2) + 1) = ?2 || ',' \
         order by id desc limit ?3",
        &params![id, email, most],
        read,
    )
}

fn read(row: &crate::db::Row<'_>) -> Result<AuditRow, DbError> {
    Ok(AuditRow {
        id: row.get(0)?,
        at: row.get(1)?,
        what: row.get(2)?,
        account: row.get(3)?,
        actor: row.get(4)?,
        behind: row.get(5)?,
        address: row.get(6)?,
        about: row.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::audit::What;
    use crate::db::{Actor, Db, Gesture, Migrate};

    async fn keep(db: &Db, at: i64, who: &str) {
        let gesture = Gesture {
            actor: Actor::program(),
            label: "write down".to_owned(),
            at,
        };
        let mut happened = Note::of_program(What::Exported);
        who.clone_into(&mut happened.who);
        db.write(gesture, move |tx| note(tx, &happened)).await.unwrap();
    }

    async fn all(db: &Db, query: AuditQuery) -> Vec<String> {
        let found = db
            .read(move |tx| rows(tx, &query, (i64::MIN, i64::MAX), 10))
            .await;
        found.unwrap().into_iter().map(|row| row.actor).collect()
    }

    #[tokio::test]
    async fn what_is_too_old_goes_with_the_next_row() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(directory.path(), Migrate::Auto).unwrap();
        for (day, who) in [(0, "Ada"), (399, "Bo"), (401, "Cy")] {
            keep(&db, day * DAY, who).await;
        }
        assert_eq!(all(&db, AuditQuery::default()).await, ["Cy", "Bo"]);
    }

    #[tokio::test]
    async fn what_strangers_knock_never_washes_out_what_was_done() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(directory.path(), Migrate::Auto).unwrap();
        keep(&db, 5, "Ada").await;
        let gesture = Gesture {
            actor: Actor::program(),
            label: "knock".to_owned(),
            at: 6,
        };
        let left = db.write(gesture, |tx| {
            let mut knock = Note::of_program(What::SignInRefused);
            "a stranger".clone_into(&mut knock.who);
            for _ in 0..40 {
                note(tx, &knock)?;
            }
            keep_at_most(tx, true, 10)?;
            keep_at_most(tx, false, 10)?;
            let count = "select count(*) from audit where knock = ?1";
            let of = |knocks: bool| tx.first(count, &params![knocks], |row| row.get::<i64>(0));
            Ok::<_, DbError>((of(true)?, of(false)?))
        });
        assert_eq!(left.await.unwrap().value, (Some(10), Some(1)));
    }

    #[tokio::test]
    async fn a_name_is_found_by_what_it_holds_and_not_by_patterns() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(directory.path(), Migrate::Auto).unwrap();
        for who in ["Ada_Osei", "AdaXOsei"] {
            keep(&db, 5, who).await;
        }
        let query = |who: &str| AuditQuery {
            who: who.to_owned(),
            ..AuditQuery::default()
        };
        assert_eq!(all(&db, query("a_o")).await, ["Ada_Osei"]);
        assert_eq!(all(&db, query("OSEI")).await.len(), 2);
        assert!(all(&db, query("%")).await.is_empty());
    }
}

//! Whether the house is closed, as it is kept.

use super::rules::Closed;
use crate::db::{DbError, Tx, WriteTx, params};
use crate::units::ids::AccountId;

/// The maintenance that was begun and not ended, also where its time is over.
///
/// # Errors
/// Whatever the database says.
pub fn closed(tx: &Tx<'_>) -> Result<Option<Closed>, DbError> {
    tx.first("select began_at, until, message from maintenance", &[], |row| {
        Ok(Closed {
            began_at: row.get(0)?,
            until: row.get(1)?,
            message: row.get(2)?,
        })
    })
}

/// Closes it.
pub(super) fn close(tx: &WriteTx<'_>, closed: &Closed, by: Option<AccountId>) -> Result<(), DbError> {
    open(tx)?;
    tx.execute(
        "insert into maintenance (id, began_at, until, message, account_id) values (1, ?1, ?2, ?3, ?4)",
        &params![
            closed.began_at,
            closed.until,
            closed.message.clone(),
            by.map(|by| by.0)
        ],
    )?;
    Ok(())
}

/// Opens it.
pub(super) fn open(tx: &WriteTx<'_>) -> Result<(), DbError> {
    tx.execute("delete from maintenance", &[])?;
    Ok(())
}

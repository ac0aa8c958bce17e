//! What is written down, as it is kept.

use super::Note;
use crate::db::{DbError, WriteTx, params};

/// Writes the row, within the change that it is about.
pub fn note(tx: &WriteTx<'_>, note: &Note) -> Result<(), DbError> {
    let (behind_id, behind) = note
        .behind
        .as_ref()
        .map_or((None, ""), |(id, name)| (Some(*id), name.as_str()));
    let address = note
        .address
        .map_or_else(String::new, |address| address.to_string());
    tx.execute(
        "insert into audit (at, what, account_id, actor, behind_id, behind, address, about) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &params![
            tx.now(),
            note.what.as_str(),
            note.account,
            &note.who,
            behind_id,
            behind,
            address,
            &note.about
        ],
    )?;
    Ok(())
}

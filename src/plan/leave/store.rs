//! Moved hours as they are kept.

use super::rules::Cell;
use crate::db::{DbError, WriteTx};
use crate::plan::store;

/// Makes each cell hold what it shall.
pub fn set_cells(tx: &WriteTx<'_>, cells: &[Cell]) -> Result<(), DbError> {
    for cell in cells {
        store::set_minutes(tx, cell.assignment, cell.week, cell.minutes)?;
    }
    Ok(())
}

//! Cells to values. Every reader answers `Ok(None)` for a blank cell and, for one it cannot take, the reason
//! as the end of a sentence that begins with the column.

pub(super) mod dates;
pub(super) mod numbers;
pub(super) mod weeks;
pub(super) mod words;

use super::table::Cell;

/// What a reader of one cell answers.
pub(super) type Value<T> = Result<Option<T>, String>;

/// The beginning of a cell's text in quotation marks, short enough for a message.
pub(super) fn quoted(cell: &Cell) -> String {
    let shown = cell.shown();
    let mut start: String = shown.chars().take(40).collect();
    if start.len() < shown.len() {
        start.push('…');
    }
    format!("“{start}”")
}

/// The reason for a cell that holds no value but a fault.
pub(super) fn faulty(fault: &str) -> String {
    format!("the cell holds {fault}")
}

//! A table as it stood in the file: cells with the type that the file gave them, rows with the number that a
//! person sees beside them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::problem::FileError;
pub use crate::sheet::Cell;

/// How many rows have been done so far, and of how many, for whoever waits. Cloning shares the count.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    rows: AtomicU64,
    /// 0 where nobody knows yet.
    of: AtomicU64,
}

impl Progress {
    /// Begins to count anew; `of` is 0 where nobody knows how many there are.
    pub fn begin(&self, of: usize) {
        let of = u64::try_from(of).unwrap_or_default();
        self.0.rows.store(0, Ordering::Relaxed);
        self.0.of.store(of, Ordering::Relaxed);
    }

    /// One more row.
    pub fn step(&self) {
        self.0.rows.fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    /// Of how many, where that is known.
    #[must_use]
    pub fn of(&self) -> Option<u64> {
        Some(self.0.of.load(Ordering::Relaxed)).filter(|of| *of > 0)
    }
}

/// One row that is not blank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The line of the text file on which it begins, or the row of the sheet; from 1.
    pub line: u32,
    /// Its cells up to the last that is not blank.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column; blank beyond the end.
    #[must_use]
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

/// One sheet of a workbook, or the whole of a text file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name in a workbook; a text file has none.
    pub name: Option<String>,
    /// Its rows, the blank ones left out.
    pub rows: Vec<Row>,
    /// Whether day numbers without a date format count from 1904, as old workbooks from a Mac do.
    pub since_1904: bool,
}

/// A file with its sheets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workbook {
    /// The sheets that a person sees, in order.
    pub sheets: Vec<Sheet>,
    /// What the person should know about how it was read.
    pub notes: Vec<String>,
}

/// How much a file may hold. Everything is counted while reading, because what a file says about its own size
/// cannot be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Rows of one sheet that are not blank, the heads among them.
    pub rows: usize,
    /// Cells of the whole file.
    pub cells: u64,
    /// Bytes of the whole file when unpacked.
    pub unpacked: u64,
    /// How many times its packed size a part may unpack to, once it is past a mebibyte. Sheets of real plans
    /// stay below 40; the format itself ends at about 1,030.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sheets: 10,
            rows: 100_000,
            cells: 5_000_000,
            unpacked: 256 << 20,
            ratio: 200,
        }
    }
}

/// Counts what has been read against the limits.
#[derive(Debug)]
pub(super) struct Tally {
    limits: Limits,
    progress: Progress,
    cells: u64,
    text: u64,
    rows: usize,
}

impl Tally {
    pub(super) const fn new(limits: Limits, progress: Progress) -> Self {
        Self {
            limits,
            progress,
            cells: 0,
            text: 0,
            rows: 0,
        }
    }

    /// Begins another sheet.
    pub(super) const fn sheet(&mut self) {
        self.rows = 0;
    }

    /// One more row of the sheet that is not blank.
    pub(super) fn row(&mut self) -> Result<(), FileError> {
        self.rows = self.rows.saturating_add(1);
        self.progress.step();
        if self.rows > self.limits.rows {
            Err(FileError::TooManyRows(self.limits.rows))
        } else {
            Ok(())
        }
    }

    /// One more text before it is copied into its cell: a workbook may name one long text from every cell.
    pub(super) fn text(&mut self, text: &str) -> Result<(), FileError> {
        self.text = self
            .text
            .saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
        if self.text > self.limits.unpacked {
            Err(FileError::TooLargeInside)
        } else {
            Ok(())
        }
    }

    /// `count` more cells, those that only fill the way to a far column included: they take memory like any
    /// other.
    pub(super) fn cells(&mut self, count: usize) -> Result<(), FileError> {
        self.cells = self
            .cells
            .saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if self.cells > self.limits.cells {
            Err(FileError::TooManyCells(self.limits.cells))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_ends_where_the_limits_say() {
        let limits = Limits {
            rows: 2,
            cells: 3,
            ..Limits::default()
        };
        let mut tally = Tally::new(limits, Progress::default());
        assert_eq!(tally.row().and_then(|()| tally.row()), Ok(()));
        assert_eq!(tally.row(), Err(FileError::TooManyRows(2)));
        tally.sheet();
        assert_eq!(tally.row(), Ok(()));
        assert_eq!(tally.cells(3), Ok(()));
        assert_eq!(tally.cells(1), Err(FileError::TooManyCells(3)));
        let long = "x".repeat(usize::try_from(limits.unpacked / 2).unwrap());
        assert_eq!(tally.text(&long).and_then(|()| tally.text(&long)), Ok(()));
        assert_eq!(tally.text("x"), Err(FileError::TooLargeInside));
    }
}

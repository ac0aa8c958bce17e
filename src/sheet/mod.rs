//! Tables to files: cells, and the writers of CSV and workbooks whose text no program runs as a formula.

mod cell;
mod write;

pub use cell::{Cell, needs_apostrophe};
pub use write::{Column, FileKind, Separator, Shape, Table, WriteError, to_csv, to_titled_xlsx, to_xlsx};

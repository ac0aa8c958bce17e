//! Import and export: files become drafts, and what the plan holds becomes files. Everything here is pure:
//! bytes in, typed drafts and problems out; nothing knows the database or HTTP.

mod columns;
mod csv;
mod decode;
mod drafts;
mod problem;
mod read;
mod recognise;
mod sniff;
mod table;
mod tables;
mod unpack;
mod values;
mod write;
mod xlsx;

pub use columns::{Field, Kind, Mapping, Meaning, What};
pub use drafts::{At, DeliverableDraft, Drafts, HoursDraft, PersonDraft, ProjectDraft, Stated};
pub use problem::{FileError, Problem, Problems};
pub use read::{Choice, ColumnReading, Options, Reading, SheetReading, read_file};
pub use table::Cell;
pub use tables::{deliverables_table, hours_long_table, hours_wide_table, people_table, projects_table};
pub use values::weeks::WeekName;
pub use write::{Column, Separator, Shape, Table, WriteError, to_csv, to_xlsx};

#[cfg(test)]
mod tests;

//! Import and export: files become drafts, drafts are compared with the plan, and what the plan holds becomes files.
//!
//! `read_file` and the writers are pure, and so is `plan_import`: bytes and the book in; drafts, problems and steps
//! out. `store` writes the steps; `uploads` keeps a file between its preview and its import.

pub(crate) mod api;
mod columns;
mod csv;
mod decode;
mod drafts;
mod export;
pub(crate) mod handlers;
mod import;
mod pages;
mod problem;
mod read;
mod receive;
mod recognise;
mod sniff;
mod store;
mod table;
mod tables;
mod unpack;
mod uploads;
mod values;
mod work;
mod xlsx;

pub use columns::{Field, Kind, Mapping, Meaning, What};
pub use drafts::{At, DeliverableDraft, Drafts, HoursDraft, PersonDraft, ProjectDraft, Stated};
pub use export::{Subject, export_file};
pub use import::{Count, FieldChange, ImportPlan, Known, Noun, RowChange, counted, file_label, plan_import};
pub use problem::{FileError, Problem, Problems};
pub use read::{Choice, ColumnReading, Options, Reading, SheetReading, read_file, read_rows, read_text};
pub(crate) use receive::{receive, receive_within};
pub use store::{apply, known, newest};
pub use table::{Progress, Row};
pub use tables::{deliverables_table, hours_long_table, hours_wide_table, people_table, projects_table};
pub use uploads::Uploads;
pub use values::weeks::WeekName;

#[cfg(test)]
mod tests;

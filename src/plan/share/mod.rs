//! What leaves a page of figures for elsewhere: a table as a file, a chart as a picture.

mod handlers;
mod pages;

pub(super) use handlers::{picture_file, table_file};
pub(super) use pages::{Links, menu};

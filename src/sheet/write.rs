//! Tables to files: CSV that every program reads, and workbooks with real dates and numbers.

use std::error::Error;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::cell::{Cell, needs_apostrophe};
use crate::units::Day;

/// A table to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The name of its sheet in a workbook; at most 31 characters.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; each has a cell for every column, or fewer.
    pub rows: Vec<Vec<Cell>>,
}

/// One column of such a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What stands at its head: a title, or the first day of a week.
    pub head: Cell,
    /// What stands below.
    pub shape: Shape,
}

impl Column {
    /// A column with a title.
    #[must_use]
    pub fn titled(title: &str, shape: Shape) -> Self {
        Self {
            head: Cell::text(title),
            shape,
        }
    }

    /// A column of hours of the week that begins on this day.
    #[must_use]
    pub const fn week(first: Day) -> Self {
        Self {
            head: Cell::Date(first),
            shape: Shape::Hours,
        }
    }
}

/// What the cells of a column hold; it decides their format and the width of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    Text,
    /// Numbers.
    Number,
    /// Dates.
    Date,
    /// Hours with at most two places.
    Hours,
}

/// What stands between the cells of a text file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Separator {
    /// A comma, and a point in numbers.
    #[default]
    Comma,
    /// A semicolon, and a comma in numbers: what spreadsheet programs of most of Europe open without asking.
    Semicolon,
    /// A tab, and a point in numbers.
    Tab,
}

/// As what it is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text with separators.
    Csv(Separator),
    /// A workbook.
    Xlsx,
}

impl FileKind {
    /// What the ending of a file's name and the word for a separator mean.
    #[must_use]
    pub fn from_words(ending: &str, separator: &str) -> Option<Self> {
        match (ending, separator) {
            ("xlsx", _) => Some(Self::Xlsx),
            ("csv", "" | "comma") => Some(Self::Csv(Separator::Comma)),
            ("csv", "semicolon") => Some(Self::Csv(Separator::Semicolon)),
            ("csv", "tab") => Some(Self::Csv(Separator::Tab)),
            _ => None,
        }
    }

    /// The ending of the file's name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv(_) => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What it is called on the way to a browser.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv(_) => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A table that does not fit into a file, for instance with a text longer than a workbook's cell.
#[derive(Debug, thiserror::Error)]
#[error("the table could not be written to a file")]
pub struct WriteError(#[source] Box<dyn Error + Send + Sync>);

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> Self {
        Self(Box::new(error))
    }
}

impl From<::csv::Error> for WriteError {
    fn from(error: ::csv::Error) -> Self {
        Self(Box::new(error))
    }
}

/// Writes a table as text: UTF-8 with a byte-order mark, without which some programs take it for something
/// else, and quoted as RFC 4180 says.
///
/// Text that a program could run as a formula gets an apostrophe before it; reading takes exactly that one
/// off.
pub fn to_csv(table: &Table, separator: Separator) -> Result<Vec<u8>, WriteError> {
    let delimiter = match separator {
        Separator::Comma => b',',
        Separator::Semicolon => b';',
        Separator::Tab => b'\t',
    };
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(::csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(
        table
            .columns
            .iter()
            .map(|column| written(&column.head, separator)),
    )?;
    for row in &table.rows {
        writer.write_record(
            (0..table.columns.len())
                .map(|column| written(row.get(column).unwrap_or(&Cell::Empty), separator)),
        )?;
    }
    writer
        .into_inner()
        .map_err(|error| WriteError(error.into_error().into()))
}

fn written(cell: &Cell, separator: Separator) -> String {
    match cell {
        Cell::Text(text) | Cell::Formula(text) if needs_apostrophe(text) => format!("'{text}"),
        Cell::Text(text) | Cell::Formula(text) => text.clone(),
        Cell::Number(_) | Cell::Hours(_) if separator == Separator::Semicolon => {
            cell.shown().replace('.', ",")
        }
        Cell::Fault(_) => String::new(),
        other => other.shown(),
    }
}

/// Writes tables as the sheets of one workbook. Text is written as text, so nothing in it can run.
pub fn to_xlsx(tables: &[Table]) -> Result<Vec<u8>, WriteError> {
    workbook(tables, &[])
}

/// Writes a table as a workbook, with lines above its heads that say what it shows.
pub fn to_titled_xlsx(table: &Table, lines: &[String]) -> Result<Vec<u8>, WriteError> {
    workbook(std::slice::from_ref(table), lines)
}

fn workbook(tables: &[Table], above: &[String]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    // The same plan gives the same bytes: no clock has a say in them.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(&table.name)?;
        let heads = write_lines(sheet, above)?;
        write_sheet(sheet, table, heads)?;
    }
    Ok(book.save_to_buffer()?)
}

/// The first line large, the others below it; the row after them stays blank and the next is for the heads.
fn write_lines(sheet: &mut Worksheet, lines: &[String]) -> Result<u32, WriteError> {
    let large = Format::new().set_bold().set_font_size(14);
    let plain = Format::new();
    let mut next = 0;
    for line in lines {
        let format = if next == 0 { &large } else { &plain };
        sheet.write_string_with_format(next, 0, line, format)?;
        next += 1;
    }
    Ok(if lines.is_empty() { 0 } else { next + 1 })
}

fn write_sheet(sheet: &mut Worksheet, table: &Table, heads: u32) -> Result<(), WriteError> {
    let date = Format::new()
        .set_num_format("yyyy-mm-dd")
        .set_align(FormatAlign::Left);
    let bold = Format::new().set_bold();
    let bold_date = date.clone().set_bold().set_align(FormatAlign::Right);
    let formats = Formats {
        date,
        hours: Format::new().set_num_format("0.##"),
        percent: Format::new().set_num_format("0%"),
    };
    for (column, place) in table.columns.iter().zip(0_u16..) {
        match &column.head {
            Cell::Date(day) => sheet.write_datetime_with_format(heads, place, moment(*day)?, &bold_date)?,
            head => sheet.write_string_with_format(heads, place, head.shown(), &bold)?,
        };
        sheet.set_column_width(place, width(table, column, usize::from(place)))?;
    }
    for (row, line) in table.rows.iter().zip(heads + 1..) {
        for (cell, place) in row.iter().take(table.columns.len()).zip(0_u16..) {
            write_cell(sheet, line, place, cell, &formats)?;
        }
    }
    // Where the columns are weeks, who and what stays in sight beside them.
    let titles = table
        .columns
        .iter()
        .take_while(|column| !matches!(column.head, Cell::Date(_)))
        .count();
    let still = if titles < table.columns.len() {
        u16::try_from(titles).unwrap_or(0)
    } else {
        0
    };
    sheet.set_freeze_panes(heads + 1, still)?;
    Ok(())
}

struct Formats {
    date: Format,
    hours: Format,
    percent: Format,
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(), WriteError> {
    match cell {
        Cell::Empty | Cell::Fault(_) => {}
        Cell::Text(text) | Cell::Formula(text) => {
            sheet.write_string(row, column, text)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Percent(share) => {
            sheet.write_number_with_format(row, column, *share, &formats.percent)?;
        }
        Cell::Date(day) => {
            sheet.write_datetime_with_format(row, column, moment(*day)?, &formats.date)?;
        }
        Cell::Hours(minutes) => {
            sheet.write_number_with_format(row, column, hundredths(minutes.hundredths()), &formats.hours)?;
        }
        // In words, because a workbook shows its own yes and no in capitals of the reader's language.
        Cell::Bool(_) => {
            sheet.write_string(row, column, cell.shown())?;
        }
    }
    Ok(())
}

/// 7.33 for 733 hundredths of an hour, which reads back to the same minute.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a workbook keeps every number as a float; hundredths of hours are far below 2^53"
)]
fn hundredths(hundredths: u64) -> f64 {
    hundredths as f64 / 100.0
}

fn moment(day: Day) -> Result<ExcelDateTime, WriteError> {
    let (year, month, date) = day.ymd();
    let year = u16::try_from(year).map_err(|error| WriteError(error.into()))?;
    let month = u8::try_from(month).map_err(|error| WriteError(error.into()))?;
    let date = u8::try_from(date).map_err(|error| WriteError(error.into()))?;
    Ok(ExcelDateTime::from_ymd(year, month, date)?)
}

/// Wide enough for most cells, and never so wide that one long note pushes the rest out of sight.
fn width(table: &Table, column: &Column, place: usize) -> u32 {
    let longest = match column.shape {
        Shape::Date => 10,
        Shape::Number | Shape::Hours => 8,
        Shape::Text => {
            let lengths = table.rows.iter().take(200).filter_map(|row| row.get(place));
            lengths
                .map(|cell| cell.shown().chars().count())
                .max()
                .unwrap_or(0)
        }
    };
    let head = if matches!(column.head, Cell::Date(_)) {
        10
    } else {
        column.head.shown().chars().count()
    };
    u32::try_from(longest.max(head).clamp(6, 40).saturating_add(2)).unwrap_or(42)
}

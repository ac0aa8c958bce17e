//! A workbook to sheets, through calamine, after `unpack` has counted what is inside.

use std::collections::HashSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::problem::FileError;
use super::table::{Cell, Limits, Progress, Row, Sheet, Tally, Workbook};
use super::unpack;
use super::values::dates;
use crate::units::{Day, Minutes};

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads the sheets that a person sees.
pub(super) fn read(bytes: &[u8], limits: Limits, progress: &Progress) -> Result<Workbook, FileError> {
    unpack::check(bytes, limits)?;
    // The reader counts cell references without checking for overflow; a reference made up to break it must
    // end as a message to the visitor, not as the end of the thread.
    catch_unwind(AssertUnwindSafe(|| sheets(bytes, limits, progress))).unwrap_or(Err(FileError::Damaged))
}

fn sheets(bytes: &[u8], limits: Limits, progress: &Progress) -> Result<Workbook, FileError> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| hidden(&error))?;
    let all: Vec<_> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .cloned()
        .collect();
    if all.len() > limits.sheets {
        return Err(FileError::TooManySheets(limits.sheets));
    }
    let mut tally = Tally::new(limits, progress.clone());
    let mut workbook = Workbook::default();
    for sheet in all {
        if sheet.visible == SheetVisible::Visible {
            tally.sheet();
            workbook
                .sheets
                .push(one_sheet(&mut book, sheet.name, &mut tally)?);
        } else {
            workbook
                .notes
                .push(format!("The sheet “{}” is hidden and was not read.", sheet.name));
        }
    }
    if workbook.sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(FileError::Empty);
    }
    Ok(workbook)
}

/// The reader's own words name parts and tags; a person who brings a table can do nothing with them.
fn hidden(error: &XlsxError) -> FileError {
    if matches!(error, XlsxError::Password) {
        FileError::Encrypted
    } else {
        FileError::Damaged
    }
}

fn one_sheet(book: &mut Book<'_>, name: String, tally: &mut Tally) -> Result<Sheet, FileError> {
    let since_1904 = book.has_1904_epoch();
    let mut reader = book
        .worksheet_cells_reader(&name)
        .map_err(|error| hidden(&error))?;
    let percent_styles: HashSet<usize> = reader
        .styles()
        .iter()
        .enumerate()
        .filter(|(_, style)| {
            style
                .number_format
                .as_ref()
                .is_some_and(|format| is_percent(&format.format_code))
        })
        .map(|(index, _)| index)
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    while let Some(record) = reader
        .next_cell_with_formula_metadata()
        .map_err(|error| hidden(&error))?
    {
        tally.cells(1)?;
        match &record.value {
            DataRef::String(text) => tally.text(text)?,
            DataRef::SharedString(text) => tally.text(text)?,
            _ => {}
        }
        let cell = match cell_of(&record.value) {
            // A calculated blank is an empty text; nothing at all means that no program ever calculated it.
            Cell::Empty if record.formula.is_some() && record.value == DataRef::Empty => {
                Cell::Fault("a formula without a stored result".to_owned())
            }
            Cell::Empty => continue,
            cell => cell,
        };
        put(&mut rows, record.pos, cell, tally)?;
    }
    drop(reader);
    if !percent_styles.is_empty() {
        mark_percent(book, &name, &percent_styles, &mut rows)?;
    }
    Ok(Sheet {
        name: Some(name),
        rows,
        since_1904,
    })
}

/// Puts a cell into its row; cells come in the order of the sheet.
fn put(
    rows: &mut Vec<Row>,
    (row, column): (u32, u32),
    cell: Cell,
    tally: &mut Tally,
) -> Result<(), FileError> {
    let line = row.saturating_add(1);
    match rows.last() {
        Some(last) if last.line == line => {}
        Some(last) if last.line > line => return Err(FileError::Damaged),
        _ => {
            tally.row()?;
            rows.push(Row {
                line,
                cells: Vec::new(),
            });
        }
    }
    let column = usize::try_from(column).map_err(|_| FileError::Damaged)?;
    let Some(last) = rows.last_mut() else {
        return Err(FileError::Damaged);
    };
    if column >= last.cells.len() {
        // Counted before it is filled: a cell far to the right would take memory for every column before it.
        tally.cells(column - last.cells.len())?;
        last.cells.resize(column + 1, Cell::Empty);
    }
    if let Some(place) = last.cells.get_mut(column) {
        *place = cell;
    }
    Ok(())
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::text(text.as_str()),
        DataRef::SharedString(text) => Cell::text(*text),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a workbook keeps every number as a float anyway"
        )]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(yes) => Cell::Bool(*yes),
        DataRef::DateTime(moment) => date_or_duration(moment),
        DataRef::DateTimeIso(text) => dates::iso(text).map_or_else(|| Cell::text(text.as_str()), Cell::Date),
        DataRef::Error(error) => Cell::Fault(format!("the error {error}")),
    }
}

/// A clock time (`7:30`) is kept as a part of a day, just as a duration is.
fn date_or_duration(moment: &ExcelDateTime) -> Cell {
    let value = moment.as_f64();
    if moment.is_duration() || (0.0..1.0).contains(&value) {
        #[expect(
            clippy::float_arithmetic,
            reason = "a workbook keeps durations as a fraction of a day"
        )]
        let hours = value * 24.0;
        return Minutes::from_decimal_hours(hours, Minutes::BUDGET).map_or_else(
            |_| Cell::Fault("a time that is no number of hours".to_owned()),
            Cell::Hours,
        );
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    Day::from_ymd(i32::from(year), u32::from(month), u32::from(day))
        .filter(|day| (Day::MIN..=Day::MAX).contains(day))
        .map_or_else(
            || Cell::Fault("a date that does not exist".to_owned()),
            Cell::Date,
        )
}

/// Whether a number format shows percentages; quoted and escaped signs are only decoration.
fn is_percent(format: &str) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    for c in format.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

/// A second pass over the sheet, only for workbooks that have percentages at all: values and formats come
/// from two different ways through the reader.
fn mark_percent(
    book: &mut Book<'_>,
    name: &str,
    styles: &HashSet<usize>,
    rows: &mut [Row],
) -> Result<(), FileError> {
    let mut reader = book
        .worksheet_cells_reader(name)
        .map_err(|error| hidden(&error))?;
    while let Some((row, column, style)) = reader.next_style_id().map_err(|error| hidden(&error))? {
        if !styles.contains(&style) {
            continue;
        }
        let Ok(place) = rows.binary_search_by_key(&row.saturating_add(1), |row| row.line) else {
            continue;
        };
        let cell = rows.get_mut(place).and_then(|row| {
            usize::try_from(column)
                .ok()
                .and_then(|column| row.cells.get_mut(column))
        });
        if let Some(cell) = cell
            && let Cell::Number(number) = *cell
        {
            *cell = Cell::Percent(number);
        }
    }
    Ok(())
}

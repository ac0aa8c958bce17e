//! A whole file: what it is, what its sheets hold, what they ask for and what is wrong with them.

use super::columns::{Field, Kind, Meaning, What};
use super::decode::decode;
use super::drafts::{
    At, Drafts, HoursReader, RowReader, SheetColumns, deliverable, letter, number_deliverables, person,
    project, same_people, same_projects,
};
use super::problem::{FileError, Problem, Problems};
use super::recognise::{Found, below, sheets_of, week_start, what_of};
use super::sniff::{Format, format_of};
use super::table::{Limits, Progress, Row, Sheet, Workbook};
use super::{csv, xlsx};
use crate::units::WeekStart;

/// How a file is to be read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What it is about; nothing lets the columns tell.
    pub what: Option<What>,
    /// The first day of the week, as the team has set it.
    pub week_start: WeekStart,
    /// What a person has put right about the columns, if anything: then all columns of a sheet.
    pub choices: Vec<Choice>,
    /// Where the rows that were read are counted.
    pub progress: Progress,
}

/// What a person has chosen for one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The number of the sheet in `Reading::sheets`, from 0.
    pub sheet: usize,
    /// The number of the column, from 0.
    pub column: usize,
    /// What it means; nothing to ignore it.
    pub field: Option<Field>,
}

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it is about.
    pub what: What,
    /// Its sheets, those that were left out among them.
    pub sheets: Vec<SheetReading>,
    /// What it asks for: all rows with which nothing is wrong.
    pub drafts: Drafts,
    /// What is wrong with it, in the order of the file. Unless there is none, nothing may be imported.
    pub problems: Problems,
    /// What the person should know about how it was read.
    pub notes: Vec<String>,
    /// The first day of the week by which its weeks were read.
    pub week_start: WeekStart,
}

impl Reading {
    /// A problem that is found later, in comparing a draft with the plan.
    #[must_use]
    pub fn problem(&self, at: At, column: Option<usize>, reason: impl Into<String>) -> Problem {
        let sheet = self.sheets.get(at.sheet);
        let label = column.map(|column| {
            sheet
                .and_then(|sheet| sheet.columns.get(column))
                .map_or_else(|| letter(column), ColumnReading::label)
        });
        Problem {
            sheet: sheet.and_then(|sheet| sheet.name.clone()),
            line: at.line,
            column: label,
            reason: reason.into(),
        }
    }

    /// The column of a field in a sheet, for such a problem.
    #[must_use]
    pub fn column(&self, at: At, field: Field) -> Option<usize> {
        let columns = &self.sheets.get(at.sheet)?.columns;
        columns
            .iter()
            .position(|column| column.meaning.field() == Some(field))
    }
}

/// One sheet and what its columns were taken for.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetReading {
    /// Its name in a workbook.
    pub name: Option<String>,
    /// What it holds; nothing where it was left out.
    pub kind: Option<Kind>,
    /// The line of its heads.
    pub heads: u32,
    /// How many rows stand below them.
    pub rows: usize,
    /// Its columns, from the left.
    pub columns: Vec<ColumnReading>,
}

/// One column and what it was taken for.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnReading {
    /// Its letter, as a spreadsheet program shows it.
    pub letter: String,
    /// Its head, possibly empty.
    pub title: String,
    /// The first value below it, so that a person can tell what it is.
    pub sample: String,
    /// What it means.
    pub meaning: Meaning,
}

impl ColumnReading {
    /// What a person calls it: its head, or its letter.
    #[must_use]
    pub fn label(&self) -> String {
        if self.title.is_empty() {
            format!("column {}", self.letter)
        } else {
            self.title.clone()
        }
    }
}

/// Reads a file by its name and content.
///
/// # Errors When it cannot be read at all. Rows that are wrong are no error of this kind: they are problems
/// of the reading.
pub fn read_file(name: &str, bytes: &[u8], options: &Options) -> Result<Reading, FileError> {
    read_within(name, bytes, options, Limits::default())
}

/// The text of a file, in whichever encoding it came; none where it is a workbook.
///
/// # Errors
/// What it is instead of text.
pub fn read_text(name: &str, bytes: &[u8]) -> Result<Option<String>, FileError> {
    match format_of(name, bytes)? {
        Format::Csv => Ok(Some(decode(bytes)?.text.into_owned())),
        Format::Xlsx => Ok(None),
    }
}

/// The rows of a text with separators, for whoever knows what its columns mean: at most so many. The separator is found out
/// where it is not known.
///
/// # Errors
/// When it cannot be read at all.
pub fn read_rows(text: &str, separator: Option<u8>, most: usize) -> Result<Vec<Row>, FileError> {
    let limits = Limits {
        rows: most,
        ..Limits::default()
    };
    let book = csv::read_separated(text.as_bytes(), separator, limits, &Progress::default())?;
    Ok(book.sheets.into_iter().flat_map(|sheet| sheet.rows).collect())
}

pub(super) fn read_within(
    name: &str,
    bytes: &[u8],
    options: &Options,
    limits: Limits,
) -> Result<Reading, FileError> {
    let book = match format_of(name, bytes)? {
        Format::Csv => csv::read(bytes, limits, &options.progress)?,
        Format::Xlsx => xlsx::read(bytes, limits, &options.progress)?,
    };
    let what = match options.what {
        Some(what) => what,
        None => what_of(&book)?,
    };
    Ok(read_book(&book, what, options))
}

fn read_book(book: &Workbook, what: What, options: &Options) -> Reading {
    let mut notes = book.notes.clone();
    let found = sheets_of(book, what, options, &mut notes);
    let names: Vec<Option<String>> = book.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let start = week_start(&book.sheets, &found, &names, options, &mut notes);
    let rows = book
        .sheets
        .iter()
        .zip(&found)
        .filter_map(|(sheet, found)| Some(below(sheet, found.as_ref()?.heads).len()));
    options.progress.begin(rows.sum());
    let mut reader = BookReader {
        progress: options.progress.clone(),
        names: names.clone(),
        hours: HoursReader::new(start),
        drafts: Drafts::default(),
        problems: Problems::default(),
        notes,
    };
    let mut sheets = Vec::new();
    for (index, (sheet, found)) in book.sheets.iter().zip(found).enumerate() {
        sheets.push(outline(sheet, found.as_ref()));
        if let Some(found) = found {
            reader.sheet(index, sheet, found);
        }
    }
    let (drafts, mut problems, notes) = reader.finish();
    problems.sort(&names);
    Reading {
        what,
        sheets,
        drafts,
        problems,
        notes,
        week_start: start,
    }
}

/// What a page shows of a sheet before it is imported.
fn outline(sheet: &Sheet, found: Option<&Found>) -> SheetReading {
    let heads = found.map_or(0, |found| found.heads);
    let row = sheet.rows.get(heads);
    let columns = row
        .map(|row| row.cells.as_slice())
        .unwrap_or_default()
        .iter()
        .enumerate()
        .map(|(column, head)| {
            let samples = below(sheet, heads)
                .iter()
                .take(50)
                .map(|row| row.cell(column).shown());
            let sample = samples
                .into_iter()
                .find(|sample| !sample.is_empty())
                .unwrap_or_default();
            ColumnReading {
                letter: letter(column),
                title: head.shown(),
                sample: sample.chars().take(60).collect(),
                meaning: found
                    .and_then(|found| found.mapping.columns.get(column))
                    .copied()
                    .unwrap_or_default(),
            }
        });
    SheetReading {
        name: sheet.name.clone(),
        kind: found.map(|found| found.mapping.kind),
        heads: row.map_or(0, |row| row.line),
        rows: below(sheet, heads).len(),
        columns: columns.collect(),
    }
}

/// Gathers what the sheets ask for.
struct BookReader {
    progress: Progress,
    names: Vec<Option<String>>,
    hours: HoursReader,
    drafts: Drafts,
    problems: Problems,
    notes: Vec<String>,
}

impl BookReader {
    fn sheet(&mut self, index: usize, sheet: &Sheet, found: Found) {
        let line = sheet.rows.get(found.heads).map_or(1, |row| row.line);
        let rows = below(sheet, found.heads);
        self.notes.extend(found.mapping.notes.iter().cloned());
        let (columns, notes) = SheetColumns::of(index, self.names.clone(), sheet, found.heads, found.mapping);
        self.notes.extend(notes);
        self.unused(sheet, found.heads, &columns);
        let at = columns.at(line);
        for (column, reason) in &columns.mapping.faults {
            let label = column.map(|column| columns.label(column));
            self.problems
                .push(at.problem(&self.names, label.as_deref(), reason.clone()));
        }
        let missing = columns.mapping.missing();
        if !missing.is_empty() {
            // Every row would lack the same; to say it once is enough.
            for reason in missing {
                self.problems.push(at.problem(&self.names, None, reason));
            }
            return;
        }
        if rows.is_empty() {
            self.notes
                .push("There are no rows below the heads of the columns.".to_owned());
        }
        match columns.mapping.kind {
            Kind::HoursWide | Kind::HoursLong => {
                let rows = rows.iter().inspect(|_| self.progress.step());
                self.hours.sheet(&columns, line, rows, &mut self.problems);
            }
            Kind::People => {
                let rows = rows.iter().inspect(|_| self.progress.step());
                let read = |row| person(RowReader::new(&columns, row, &mut self.problems));
                self.drafts.people.extend(rows.filter_map(read));
            }
            Kind::Projects => {
                let rows = rows.iter().inspect(|_| self.progress.step());
                let read = |row| project(RowReader::new(&columns, row, &mut self.problems));
                self.drafts.projects.extend(rows.filter_map(read));
            }
            Kind::Deliverables => {
                let rows = rows.iter().inspect(|_| self.progress.step());
                let read = |row| deliverable(RowReader::new(&columns, row, &mut self.problems));
                self.drafts.deliverables.extend(rows.filter_map(read));
            }
        }
    }

    /// Says once which columns are not used.
    fn unused(&mut self, sheet: &Sheet, heads: usize, columns: &SheetColumns) {
        const NAMED: usize = 12;
        let cells = sheet
            .rows
            .get(heads)
            .map(|row| row.cells.as_slice())
            .unwrap_or_default();
        let unused: Vec<String> = cells
            .iter()
            .enumerate()
            .filter(|(column, head)| {
                !head.is_empty() && columns.mapping.columns.get(*column) == Some(&Meaning::Ignored)
            })
            .map(|(column, _)| format!("“{}”", columns.label(column)))
            .collect();
        if !unused.is_empty() {
            let named = unused.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            let more = if unused.len() > NAMED { " and others" } else { "" };
            self.notes
                .push(format!("Columns that were not used: {named}{more}."));
        }
    }

    /// What the file asks for, what is wrong with it, and what a person should know.
    fn finish(mut self) -> (Drafts, Problems, Vec<String>) {
        same_people(&self.drafts.people, &self.names, &mut self.problems);
        same_projects(&self.drafts.projects, &self.names, &mut self.problems);
        number_deliverables(&mut self.drafts.deliverables);
        if !self.hours.totals.is_empty() {
            let lines: Vec<String> = self.hours.totals.iter().take(12).map(u32::to_string).collect();
            let more = if lines.len() < self.hours.totals.len() {
                " and others"
            } else {
                ""
            };
            self.notes
                .push(format!("Lines of totals, left out: {}{more}.", lines.join(", ")));
        }
        if self.hours.idle > 0 {
            self.notes
                .push(format!("Rows without any hours, left out: {}.", self.hours.idle));
        }
        self.drafts.hours = self.hours.drafts;
        (self.drafts, self.problems, self.notes)
    }
}

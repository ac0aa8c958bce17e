//! A whole file: what it is, what its sheets hold, what they ask for and what is wrong with them.

use std::cmp::Reverse;

use super::columns::{Field, Kind, Mapping, Meaning, What};
use super::drafts::{
    At, Drafts, HoursReader, RowReader, SheetColumns, deliverable, letter, number_deliverables, person,
    project, same_people, same_projects,
};
use super::problem::{FileError, Problem, Problems};
use super::sniff::{Format, format_of};
use super::table::{Limits, Row, Sheet, Workbook};
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
/// # Errors
/// When it cannot be read at all. Rows that are wrong are no error of this kind: they are problems of the reading.
pub fn read_file(name: &str, bytes: &[u8], options: &Options) -> Result<Reading, FileError> {
    read_within(name, bytes, options, Limits::default())
}

pub(super) fn read_within(
    name: &str,
    bytes: &[u8],
    options: &Options,
    limits: Limits,
) -> Result<Reading, FileError> {
    let book = match format_of(name, bytes)? {
        Format::Csv => csv::read(bytes, limits)?,
        Format::Xlsx => xlsx::read(bytes, limits)?,
    };
    let what = match options.what {
        Some(what) => what,
        None => what_of(&book)?,
    };
    Ok(read_book(book, what, options))
}

/// Where the heads of a sheet are and what they mean.
struct Found {
    heads: usize,
    mapping: Mapping,
    complete: bool,
}

/// How far down heads are looked for: titles and dates of export may stand above them.
const SEARCH: usize = 10;

/// The row that makes the best heads for one of these kinds: one with all that is required, then the one with the
/// most fields, then the first.
fn find(sheet: &Sheet, kinds: &[Kind]) -> Option<Found> {
    let rows = sheet.rows.iter().take(SEARCH).enumerate();
    rows.flat_map(|(heads, row)| {
        kinds.iter().map(move |kind| {
            let mapping = Mapping::recognise(*kind, row);
            Found {
                heads,
                complete: mapping.missing().is_empty(),
                mapping,
            }
        })
    })
    .min_by_key(|found| Reverse((found.complete, found.mapping.score(), Reverse(found.heads))))
}

/// What a file is about, where nobody said so.
fn what_of(book: &Workbook) -> Result<What, FileError> {
    let found = book
        .sheets
        .iter()
        .filter_map(|sheet| find(sheet, &Kind::ALL))
        .filter(|found| found.complete);
    found.max_by_key(|found| found.mapping.score()).map(|found| found.mapping.kind.what()).ok_or_else(|| {
        FileError::NothingRecognised(
            "People need a column “Name”; projects “Project”; hours “Person”, “Project” and either one column a \
             week or “Week” and “Hours”."
                .to_owned(),
        )
    })
}

fn read_book(book: Workbook, what: What, options: &Options) -> Reading {
    let mut found: Vec<Option<Found>> = book
        .sheets
        .iter()
        .enumerate()
        .map(|(index, sheet)| {
            find(sheet, &kinds_for(what, index, options)).map(|found| correct(found, sheet, index, options))
        })
        .collect();
    let mut notes = book.notes;
    choose(&mut found, &book.sheets, what, &mut notes);
    let names: Vec<Option<String>> = book.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let start = week_start(&book.sheets, &found, &names, options, &mut notes);
    let mut reader = BookReader {
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

/// The kinds that a sheet may be of: columns that a person chose decide between wide and long, and between
/// projects and deliverables.
fn kinds_for(what: What, sheet: usize, options: &Options) -> Vec<Kind> {
    let chosen = |fields: &[Field]| {
        options
            .choices
            .iter()
            .any(|choice| choice.sheet == sheet && choice.field.is_some_and(|field| fields.contains(&field)))
    };
    match what {
        What::Hours if chosen(&[Field::Week, Field::Hours]) => vec![Kind::HoursLong],
        What::Hours if chosen(&[Field::WeekHours]) => vec![Kind::HoursWide],
        What::Projects
            if chosen(&[
                Field::Project,
                Field::Percent,
                Field::Due,
                Field::Done,
                Field::Phase,
            ]) =>
        {
            vec![Kind::Deliverables]
        }
        What::People | What::Projects | What::Hours => what.kinds().to_vec(),
    }
}

fn correct(mut found: Found, sheet: &Sheet, index: usize, options: &Options) -> Found {
    let choices: Vec<(usize, Option<Field>)> = options
        .choices
        .iter()
        .filter(|choice| choice.sheet == index)
        .map(|choice| (choice.column, choice.field))
        .collect();
    if let Some(heads) = sheet.rows.get(found.heads) {
        found.mapping.correct(heads, &choices);
    }
    found.complete = found.mapping.missing().is_empty();
    found
}

/// Keeps the sheets that have what is required; where none has, the one that comes nearest, so that its columns
/// can be put right.
fn choose(found: &mut [Option<Found>], sheets: &[Sheet], what: What, notes: &mut Vec<String>) {
    let complete = found.iter().flatten().any(|found| found.complete);
    let nearest = found
        .iter()
        .enumerate()
        .filter_map(|(index, found)| {
            found
                .as_ref()
                .map(|found| (found.mapping.score(), Reverse(index)))
        })
        .max()
        .map(|(_, Reverse(index))| index);
    for (index, (place, sheet)) in found.iter_mut().zip(sheets).enumerate() {
        let keep = if complete {
            place.as_ref().is_some_and(|found| found.complete)
        } else {
            nearest == Some(index)
        };
        if !keep && place.take().is_some() {
            let name = sheet.name.as_deref().unwrap_or_default();
            notes.push(format!(
                "The sheet “{name}” was left out: its columns were not recognised."
            ));
        }
    }
    if !complete {
        let other = What::ALL
            .into_iter()
            .filter(|other| *other != what)
            .find(|other| {
                sheets
                    .iter()
                    .filter_map(|sheet| find(sheet, other.kinds()))
                    .any(|found| found.complete)
            });
        if let Some(other) = other {
            notes.push(format!(
                "The columns look like those of a file of {}.",
                other.key()
            ));
        }
    }
}

/// By which day the weeks of the file begin. Teams that count from Sunday export Sundays; in a team that counts
/// from Monday each of them would land one week early, so a file of nothing but Sundays is read as it was meant.
fn week_start(
    sheets: &[Sheet],
    found: &[Option<Found>],
    names: &[Option<String>],
    options: &Options,
    notes: &mut Vec<String>,
) -> WeekStart {
    use super::values::weeks::{WeekName, value};
    if options.week_start == WeekStart::Sunday {
        return WeekStart::Sunday;
    }
    let mut weeks: Vec<WeekName> = Vec::new();
    for (index, (sheet, found)) in sheets.iter().zip(found).enumerate() {
        let Some(found) = found else { continue };
        weeks.extend(found.mapping.weeks().map(|(_, week)| week));
        if let (Kind::HoursLong, Some(column)) = (found.mapping.kind, found.mapping.column(Field::Week)) {
            let mapping = found.mapping.clone();
            let (columns, _) = SheetColumns::of(index, names.to_vec(), sheet, found.heads, mapping);
            let dates = columns.dates(Field::Week);
            weeks.extend(
                below(sheet, found.heads)
                    .iter()
                    .filter_map(|row| value(row.cell(column), dates).ok()?),
            );
        }
    }
    if weeks.is_empty() || !weeks.iter().all(|week| week.is_sunday()) {
        return WeekStart::Monday;
    }
    notes.push(
        "All weeks of the file begin on a Sunday; each was read as the week of the Monday after it."
            .to_owned(),
    );
    WeekStart::Sunday
}

fn below(sheet: &Sheet, heads: usize) -> &[Row] {
    sheet.rows.get(heads.saturating_add(1)..).unwrap_or_default()
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
            missing
                .into_iter()
                .for_each(|reason| self.problems.push(at.problem(&self.names, None, reason)));
            return;
        }
        if rows.is_empty() {
            self.notes
                .push("There are no rows below the heads of the columns.".to_owned());
        }
        match columns.mapping.kind {
            Kind::HoursWide | Kind::HoursLong => self.hours.sheet(&columns, line, rows, &mut self.problems),
            Kind::People => {
                let read = |row| person(RowReader::new(&columns, row, &mut self.problems));
                self.drafts.people.extend(rows.iter().filter_map(read));
            }
            Kind::Projects => {
                let read = |row| project(RowReader::new(&columns, row, &mut self.problems));
                self.drafts.projects.extend(rows.iter().filter_map(read));
            }
            Kind::Deliverables => {
                let read = |row| deliverable(RowReader::new(&columns, row, &mut self.problems));
                self.drafts.deliverables.extend(rows.iter().filter_map(read));
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

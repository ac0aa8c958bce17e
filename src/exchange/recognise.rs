//! Which sheets of a file are meant, where their heads are, and what their columns mean.

use std::cmp::Reverse;

use super::columns::{Field, Kind, Mapping, What};
use super::drafts::SheetColumns;
use super::problem::FileError;
use super::read::Options;
use super::table::{Row, Sheet, Workbook};
use super::values::weeks::{WeekName, value};
use crate::units::WeekStart;

/// Where the heads of a sheet are and what they mean.
pub(super) struct Found {
    pub(super) heads: usize,
    pub(super) mapping: Mapping,
    complete: bool,
}

/// How far down heads are looked for: titles and dates of export may stand above them.
const SEARCH: usize = 10;

/// The row that makes the best heads for one of these kinds: one with all that is required, then the one with
/// the most fields, then the first.
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
pub(super) fn what_of(book: &Workbook) -> Result<What, FileError> {
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

/// The sheets that are meant, in the places of all: those that have what is required, or the one that comes
/// nearest.
pub(super) fn sheets_of(
    book: &Workbook,
    what: What,
    options: &Options,
    notes: &mut Vec<String>,
) -> Vec<Option<Found>> {
    let meant = |(index, sheet): (usize, &Sheet)| {
        find(sheet, &kinds_for(what, index, options)).map(|found| correct(found, sheet, index, options))
    };
    let mut found: Vec<Option<Found>> = book.sheets.iter().enumerate().map(meant).collect();
    choose(&mut found, &book.sheets, what, notes);
    found
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

/// Keeps the sheets that have what is required; where none has, the one that comes nearest, so that its
/// columns can be put right.
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

/// By which day the weeks of the file begin. Teams that count from Sunday export Sundays; in a team that
/// counts from Monday each of them would land one week early, so a file of nothing but Sundays is read as it
/// was meant.
pub(super) fn week_start(
    sheets: &[Sheet],
    found: &[Option<Found>],
    names: &[Option<String>],
    options: &Options,
    notes: &mut Vec<String>,
) -> WeekStart {
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

pub(super) fn below(sheet: &Sheet, heads: usize) -> &[Row] {
    sheet.rows.get(heads.saturating_add(1)..).unwrap_or_default()
}

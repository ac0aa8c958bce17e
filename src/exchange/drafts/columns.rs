//! The columns of one sheet and the reading of one of its rows.

use super::{At, Stated};
use crate::exchange::columns::{Field, Mapping};
use crate::exchange::problem::Problems;
use crate::exchange::table::{Cell, Row, Sheet};
use crate::exchange::values::dates::{Dates, Settled, settle};
use crate::exchange::values::{Value, numbers, weeks};

/// Fields whose columns hold dates.
const DATES: [Field; 4] = [Field::Start, Field::End, Field::Due, Field::Week];

/// What is known about the columns of one sheet before its rows are read.
#[derive(Debug)]
pub(in crate::exchange) struct SheetColumns {
    /// The number of the sheet.
    pub(super) index: usize,
    /// The names of all sheets, for problems.
    pub(super) sheets: Vec<Option<String>>,
    pub(in crate::exchange) mapping: Mapping,
    titles: Vec<String>,
    dates: Vec<(Field, Dates)>,
    /// Whether plain numbers under `Percent` are shares of one.
    shares: bool,
}

impl SheetColumns {
    /// Looks over whole columns for what one cell alone cannot tell; also says what a person should know.
    pub(in crate::exchange) fn of(
        index: usize,
        sheets: Vec<Option<String>>,
        sheet: &Sheet,
        heads: usize,
        mapping: Mapping,
    ) -> (Self, Vec<String>) {
        let below = sheet.rows.get(heads.saturating_add(1)..).unwrap_or_default();
        let titles: Vec<String> = sheet
            .rows
            .get(heads)
            .map(|row| row.cells.iter().map(Cell::shown).collect())
            .unwrap_or_default();
        let mut columns = Self {
            index,
            sheets,
            mapping,
            titles,
            dates: Vec::new(),
            shares: false,
        };
        let mut notes = Vec::new();
        for field in DATES {
            let Some(column) = columns.mapping.column(field) else {
                continue;
            };
            let settled = settled(below, column, field == Field::Week);
            if settled == Settled::DayFirstPerhaps {
                notes.push(format!(
                    "Dates under “{}” could begin with the day or the month; they were read with the day first.",
                    columns.label(column)
                ));
            }
            columns.dates.push((
                field,
                Dates {
                    order: settled.order(),
                    since_1904: sheet.since_1904,
                },
            ));
        }
        if let Some(column) = columns.mapping.column(Field::Percent) {
            columns.shares = numbers::are_shares(below.iter().map(|row| row.cell(column)));
        }
        (columns, notes)
    }

    /// How the dates of a field are written.
    pub(in crate::exchange) fn dates(&self, field: Field) -> Dates {
        self.dates
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, dates)| *dates)
            .unwrap_or_default()
    }

    pub(super) const fn shares(&self) -> bool {
        self.shares
    }

    /// What a person calls the column: its head, or its letter where it has none.
    pub(in crate::exchange) fn label(&self, column: usize) -> String {
        match self.titles.get(column) {
            Some(title) if !title.is_empty() => title.chars().take(60).collect(),
            _ => format!("column {}", letter(column)),
        }
    }

    pub(in crate::exchange) const fn at(&self, line: u32) -> At {
        At {
            sheet: self.index,
            line,
        }
    }
}

/// `A` for 0, `AA` for 26, as spreadsheet programs count.
pub(in crate::exchange) fn letter(column: usize) -> String {
    let mut rest = column;
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(
            b'A'.saturating_add(u8::try_from(rest % 26).unwrap_or(0)),
        ));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

fn settled(rows: &[Row], column: usize, weekly: bool) -> Settled {
    let texts: Vec<String> = rows
        .iter()
        .filter_map(|row| match row.cell(column) {
            Cell::Text(text) if weekly => Some(weeks::bare(text)),
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    settle(texts.iter().map(String::as_str), weekly)
}

/// Reads the fields of one row and gathers everything that is wrong with it, so that a person can put a row
/// right in one go.
pub(in crate::exchange) struct RowReader<'a> {
    pub(super) columns: &'a SheetColumns,
    pub(super) row: &'a Row,
    problems: &'a mut Problems,
    sound: bool,
}

impl<'a> RowReader<'a> {
    pub(in crate::exchange) fn new(
        columns: &'a SheetColumns,
        row: &'a Row,
        problems: &'a mut Problems,
    ) -> Self {
        let mut reader = Self {
            columns,
            row,
            problems,
            sound: true,
        };
        // In a text file a cell too many means a separator inside a cell without quotation marks, and then
        // every cell behind it stands under the wrong head. A workbook may have remarks beside the table.
        let heads = columns.mapping.columns.len();
        let is_text = columns.sheets.get(columns.index).is_some_and(Option::is_none);
        if is_text && row.cells.len() > heads {
            let reason = format!(
                "has {} cells under {heads} heads; is a quotation mark missing?",
                row.cells.len()
            );
            reader.fault(None, reason);
        }
        reader
    }

    pub(super) const fn at(&self) -> At {
        self.columns.at(self.row.line)
    }

    /// Whether nothing is wrong so far.
    pub(super) const fn is_sound(&self) -> bool {
        self.sound
    }

    /// Something wrong with this row.
    pub(super) fn fault(&mut self, column: Option<usize>, reason: String) {
        self.sound = false;
        let label = column.map(|column| self.columns.label(column));
        self.problems
            .push(self.at().problem(&self.columns.sheets, label.as_deref(), reason));
    }

    /// Something wrong with one field.
    pub(super) fn fault_in(&mut self, field: Field, reason: String) {
        self.fault(self.columns.mapping.column(field), reason);
    }

    /// What the row says about a field.
    pub(super) fn read<T>(&mut self, field: Field, value: impl FnOnce(&Cell) -> Value<T>) -> Stated<T> {
        let Some(column) = self.columns.mapping.column(field) else {
            return Stated::Absent;
        };
        match value(self.row.cell(column)) {
            Ok(value) => value.into(),
            Err(reason) => {
                self.fault(Some(column), reason);
                Stated::Blank
            }
        }
    }

    /// The same for a field that must not be blank.
    pub(super) fn need<T>(&mut self, field: Field, value: impl FnOnce(&Cell) -> Value<T>) -> Option<T> {
        let before = self.problems.count();
        let stated = self.read(field, value);
        if stated.given().is_none() && self.problems.count() == before {
            self.fault_in(field, "must not be empty".to_owned());
        }
        stated.into_given()
    }

    /// Two days of which the second must not come before the first.
    pub(super) fn check_span(&mut self, from: &Stated<crate::units::Day>, to: &Stated<crate::units::Day>) {
        if let (Some(from), Some(to)) = (from.given(), to.given())
            && to < from
        {
            self.fault_in(Field::End, format!("{to} is before the start, {from}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(letter(column), letters);
        }
    }
}

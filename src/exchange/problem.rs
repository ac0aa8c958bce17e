//! What is wrong with a file, or with one row of it, in sentences for the person who brought it.

use std::fmt;

/// Why a file cannot be read at all. Nothing here shows a cause from inside a library: such texts help nobody
/// who only wants to bring a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No bytes, or nothing but blank cells.
    #[error("The file is empty.")]
    Empty,
    /// The first bytes belong to something that is no table.
    #[error("This is {0}, not a table. Save the table as .xlsx or .csv and bring that file.")]
    NotATable(&'static str),
    /// A workbook under the name of a text file.
    #[error("The file is named as text but holds a workbook. Give it the ending .xlsx, or save it as CSV.")]
    WorkbookNamedText,
    /// Text, or anything else, under the name of a workbook.
    #[error("The file is named .xlsx but is not a workbook. If it is text, give it the ending .csv.")]
    NotAWorkbook,
    /// The container or a part in it cannot be read to its end.
    #[error(
        "The workbook is damaged or was cut short. Open it in your spreadsheet program, save it again and retry."
    )]
    Damaged,
    /// A password stands before the content.
    #[error("The workbook is protected with a password. Save a copy without one and bring that.")]
    Encrypted,
    /// Macros are programs; a plan has no use for them.
    #[error("The workbook holds macros. Save it as a plain .xlsx workbook and bring that.")]
    Macros,
    /// The binary format of Excel 97 to 2003.
    #[error(
        "This is an old .xls workbook. Open it in your spreadsheet program and save it as .xlsx or .csv."
    )]
    OldFormat,
    /// A workbook of another family.
    #[error("{0} workbooks cannot be read. Save the table as .xlsx or .csv and bring that file.")]
    OtherFormat(&'static str),
    /// More sheets than a plan brings.
    #[error("The workbook has more than {0} sheets. Keep those with the plan and bring a copy.")]
    TooManySheets(usize),
    /// More rows in one sheet than a plan has.
    #[error(
        "There are more than {0} rows in one sheet. Split the file and bring the parts one after the other."
    )]
    TooManyRows(usize),
    /// More cells in the file than a plan has.
    #[error("There are more than {0} cells in the file. Split it and bring the parts one after the other.")]
    TooManyCells(u64),
    /// Small on the wire, far too large when unpacked.
    #[error("The file unpacks to far more than a table needs, so it was not opened.")]
    TooLargeInside,
    /// Bytes that are no text in any encoding we read.
    #[error("The file is not readable as text. Save the table as CSV in UTF-8, or as .xlsx.")]
    NotText,
    /// A quotation mark that never closes swallows the rest of the file.
    #[error("A quotation mark opened on line {0} is never closed; the file may have been cut short.")]
    UnclosedQuote(u32),
    /// No sheet has the columns of anything that Ballast keeps.
    #[error("No sheet has columns that could be recognised. {0}")]
    NothingRecognised(String),
}

/// What is wrong with one row, or one cell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The sheet, for a workbook.
    pub sheet: Option<String>,
    /// The line of the text file or the row of the sheet, from 1.
    pub line: u32,
    /// The head of the column, where one cell is to blame.
    pub column: Option<String>,
    /// Why, as the end of a sentence that begins with the column.
    pub reason: String,
}

impl fmt::Display for Problem {
    /// `5: Week: “not a date” is not a date; …`, to follow `FILE:`. A sheet's name comes after the line, so
    /// that `FILE:LINE` stays what editors and people expect.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.line)?;
        if let Some(sheet) = &self.sheet {
            write!(out, "sheet “{sheet}”: ")?;
        }
        if let Some(column) = &self.column {
            write!(out, "{column}: ")?;
        }
        out.write_str(&self.reason)
    }
}

/// Everything that is wrong with the rows of a file: all of it counted, the first thousand kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    kept: Vec<Problem>,
    count: usize,
}

impl Problems {
    /// How many are kept to be shown; beyond this a list helps nobody.
    pub const KEPT: usize = 1_000;

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.count = self.count.saturating_add(1);
        if self.kept.len() < Self::KEPT {
            self.kept.push(problem);
        }
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        let room = Self::KEPT.saturating_sub(self.kept.len());
        self.kept.extend(other.kept.into_iter().take(room));
        self.count = self.count.saturating_add(other.count);
    }

    /// How many there are, kept or not.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Those that are kept.
    #[must_use]
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// Puts those that are kept in the order of the file: by sheet as `sheets` lists them, then by line.
    pub(super) fn sort(&mut self, sheets: &[Option<String>]) {
        self.kept.sort_by_key(|problem| {
            let sheet = sheets.iter().position(|name| *name == problem.sheet);
            (sheet, problem.line)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: u32) -> Problem {
        Problem {
            sheet: None,
            line,
            column: None,
            reason: "must not be empty".to_owned(),
        }
    }

    #[test]
    fn a_thousand_problems_are_kept_and_all_are_counted() {
        let mut problems = Problems::default();
        (1..=700).map(problem).for_each(|problem| problems.push(problem));
        problems.append(problems.clone());
        assert_eq!((problems.kept().len(), problems.count()), (1_000, 1_400));
    }

    #[test]
    fn a_problem_reads_on_after_the_name_of_the_file() {
        let mut one = problem(5);
        assert_eq!(one.to_string(), "5: must not be empty");
        one.column = Some("Week".to_owned());
        one.sheet = Some("Hours".to_owned());
        assert_eq!(one.to_string(), "5: sheet “Hours”: Week: must not be empty");
    }
}

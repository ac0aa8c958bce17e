//! What a file asks for, row by row: typed, bounded, and not yet compared with the plan.

mod columns;
mod hours;
mod people;
mod projects;

use super::problem::Problem;

pub use hours::HoursDraft;
pub use people::PersonDraft;
pub use projects::{DeliverableDraft, ProjectDraft};

pub(super) use columns::{RowReader, SheetColumns, letter};
pub(super) use hours::HoursReader;
pub(super) use people::{person, same_people};
pub(super) use projects::{deliverable, number_deliverables, project, same_projects};

/// What a file says about one field of one row.
///
/// The three are kept apart because an update must tell them apart: a file without a column `Phone` says
/// nothing about telephones and leaves them alone, while a blank cell under `Phone` says that there is none.
/// A blank for yes or no means what a new one starts with: not done, active.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stated<T> {
    /// The file has no such column.
    #[default]
    Absent,
    /// The column is there and the cell is blank.
    Blank,
    /// The cell says this.
    Given(T),
}

impl<T> Stated<T> {
    /// What the cell says, if it says something.
    pub const fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Blank => None,
        }
    }

    /// The change to an optional field: nothing to leave it alone, else its new content.
    pub const fn change(&self) -> Option<Option<&T>> {
        match self {
            Self::Absent => None,
            Self::Blank => Some(None),
            Self::Given(value) => Some(Some(value)),
        }
    }

    /// Whether the file has no such column.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What the cell says, taking it.
    pub fn into_given(self) -> Option<T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Blank => None,
        }
    }
}

impl<T> From<Option<T>> for Stated<T> {
    /// For an export: the column is there, with or without a value.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Blank, Self::Given)
    }
}

/// Where in the file a draft stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The number of the sheet among those of the reading, from 0.
    pub sheet: usize,
    /// The line of the text file, or the row of the sheet, from 1.
    pub line: u32,
}

impl At {
    /// Something wrong here.
    pub(super) fn problem(self, sheets: &[Option<String>], column: Option<&str>, reason: String) -> Problem {
        Problem {
            sheet: sheets.get(self.sheet).cloned().flatten(),
            line: self.line,
            column: column.map(str::to_owned),
            reason,
        }
    }

    /// `line 3`, with the sheet where it is another one than `from`'s.
    pub(super) fn seen_from(self, from: Self, sheets: &[Option<String>]) -> String {
        match sheets.get(self.sheet).and_then(Option::as_ref) {
            Some(sheet) if self.sheet != from.sheet => format!("line {} of the sheet “{sheet}”", self.line),
            _ => format!("line {}", self.line),
        }
    }
}

/// Everything that a file asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts {
    /// People.
    pub people: Vec<PersonDraft>,
    /// Projects.
    pub projects: Vec<ProjectDraft>,
    /// Deliverables of projects, in this file or in the plan.
    pub deliverables: Vec<DeliverableDraft>,
    /// Hours of assignments in weeks.
    pub hours: Vec<HoursDraft>,
}

impl Drafts {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len() + self.projects.len() + self.deliverables.len() + self.hours.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

//! What an import would do, counted and shown.

use super::super::columns::{Field, Kind};
use super::super::drafts::Stated;
use crate::units::Name;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is named as the plan names it")]
pub enum Noun {
    Person,
    Project,
    Deliverable,
    Assignment,
    Hours,
    Department,
    Role,
    Skill,
    Client,
}

impl Noun {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::Person,
        Self::Project,
        Self::Deliverable,
        Self::Assignment,
        Self::Hours,
        Self::Department,
        Self::Role,
        Self::Skill,
        Self::Client,
    ];

    /// The word in JSON: `people`; `hours` for weeks of an assignment.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Person
            | Self::Project
            | Self::Deliverable
            | Self::Assignment
            | Self::Department
            | Self::Role
            | Self::Skill
            | Self::Client => self.word(2),
        }
    }

    /// The word for one or several.
    #[must_use]
    pub const fn word(self, count: usize) -> &'static str {
        let (one, several) = match self {
            Self::Person => ("person", "people"),
            Self::Project => ("project", "projects"),
            Self::Deliverable => ("deliverable", "deliverables"),
            Self::Assignment => ("assignment", "assignments"),
            Self::Hours => ("week of hours", "weeks of hours"),
            Self::Department => ("department", "departments"),
            Self::Role => ("role", "roles"),
            Self::Skill => ("skill", "skills"),
            Self::Client => ("client", "clients"),
        };
        if count == 1 { one } else { several }
    }
}

/// How many of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Count {
    /// New.
    pub created: usize,
    /// Changed.
    pub changed: usize,
    /// As they are already.
    pub unchanged: usize,
}

/// One row that would be new or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// What it is.
    pub noun: Noun,
    /// Whether it is new.
    pub is_new: bool,
    /// Its name.
    pub title: String,
    /// What would change.
    pub fields: Vec<FieldChange>,
}

/// One field that would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// What it is, or blank.
    pub before: String,
    /// What it would be, or blank.
    pub after: String,
}

/// Gathers counts, and the first of the changes.
#[derive(Debug, Default)]
pub(super) struct Report {
    counts: Vec<(Noun, Count)>,
    changes: Vec<RowChange>,
    rows: usize,
}

impl Report {
    /// How many rows are kept to be shown; a longer list nobody reads.
    const SHOWN: usize = 200;

    fn place(&mut self, noun: Noun) -> &mut Count {
        let at = self.counts.iter().position(|(own, _)| *own == noun);
        let at = at.unwrap_or_else(|| {
            self.counts.push((noun, Count::default()));
            self.counts.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "it was found or added just above")]
        &mut self.counts[at].1
    }

    /// Counts one without showing it.
    pub(super) fn count(&mut self, noun: Noun, is_new: bool) {
        let count = self.place(noun);
        if is_new {
            count.created += 1;
        } else {
            count.changed += 1;
        }
    }

    /// Counts one that stays as it is.
    pub(super) fn unchanged(&mut self, noun: Noun) {
        self.place(noun).unchanged += 1;
    }

    /// Counts a row and shows it.
    pub(super) fn row(&mut self, noun: Noun, is_new: bool, title: &str, fields: Vec<FieldChange>) {
        self.count(noun, is_new);
        self.show(noun, is_new, title, fields);
    }

    /// Shows a row that is counted elsewhere.
    pub(super) fn show(&mut self, noun: Noun, is_new: bool, title: &str, fields: Vec<FieldChange>) {
        self.rows += 1;
        if self.changes.len() < Self::SHOWN {
            self.changes.push(RowChange {
                noun,
                is_new,
                title: title.to_owned(),
                fields,
            });
        }
    }

    /// New things that rows name, before the rows.
    pub(super) fn name_first(&mut self, noun: Noun, names: &[String]) {
        for _ in names {
            self.count(noun, true);
        }
        self.rows += names.len();
        let rows = names.iter().map(|name| RowChange {
            noun,
            is_new: true,
            title: name.clone(),
            fields: Vec::new(),
        });
        self.changes.splice(0..0, rows);
        self.changes.truncate(Self::SHOWN);
    }

    pub(super) fn counts(&self) -> Vec<(Noun, Count)> {
        let mut counts = self.counts.clone();
        counts.sort_by_key(|(noun, _)| *noun);
        counts
    }

    pub(super) const fn changed_rows(&self) -> usize {
        self.rows
    }

    pub(super) fn into_changes(self) -> Vec<RowChange> {
        self.changes
    }
}

/// What changes about one row, field by field.
pub(super) struct Diff {
    kind: Kind,
    fields: Vec<FieldChange>,
}

impl Diff {
    pub(super) const fn of(kind: Kind) -> Self {
        Self {
            kind,
            fields: Vec::new(),
        }
    }

    /// Makes `place` be `to`, and notes it where that is a change.
    pub(super) fn set<T: PartialEq>(
        &mut self,
        field: Field,
        place: &mut T,
        to: T,
        show: impl Fn(&T) -> String,
    ) {
        if *place != to {
            self.note(field, &show(place), &show(&to));
            *place = to;
        }
    }

    /// Makes a text be what the file says, or blank where it says so.
    pub(super) fn text(&mut self, field: Field, place: &mut String, to: &Stated<impl ToString>) {
        if let Some(to) = to.change() {
            let to = to.map(ToString::to_string).unwrap_or_default();
            self.set(field, place, to, String::clone);
        }
    }

    /// Gives something its name; the first one is no change, since it stands beside the fields.
    pub(super) fn name(&mut self, place: &mut String, name: &Name) {
        if place.is_empty() {
            name.as_str().clone_into(place);
        } else {
            self.set(Field::Name, place, name.to_string(), String::clone);
        }
    }

    /// Notes a change of something that is written elsewhere.
    pub(super) fn note(&mut self, field: Field, before: &str, after: &str) {
        let short = |text: &str| -> String {
            if text.chars().count() > 120 {
                text.chars().take(119).chain(['…']).collect()
            } else {
                text.to_owned()
            }
        };
        self.fields.push(FieldChange {
            field: field.label(self.kind).to_owned(),
            before: short(before),
            after: short(after),
        });
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fields, for the report; of a new row those that say something.
    pub(super) fn into_fields(self) -> Vec<FieldChange> {
        self.fields
    }
}

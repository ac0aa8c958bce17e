//! From a row of heads to what each column means.

use super::fields::{Field, Kind};
use super::names::{meaning, normal, titles};
use crate::exchange::table::{Cell, Row};
use crate::exchange::values::dates::{Dates, settle};
use crate::exchange::values::weeks::{self, WeekName};

/// What one column means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing that is kept.
    #[default]
    Ignored,
    /// A field of the row.
    Is(Field),
    /// The hours of a week, which the head names.
    HoursOf(WeekName),
}

impl Meaning {
    /// The field, where it means one; `WeekHours` for the hours of a week.
    #[must_use]
    pub const fn field(self) -> Option<Field> {
        match self {
            Self::Ignored => None,
            Self::Is(field) => Some(field),
            Self::HoursOf(_) => Some(Field::WeekHours),
        }
    }
}

/// What the columns of one sheet mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// What the rows are.
    pub kind: Kind,
    /// One for each column, from the left.
    pub columns: Vec<Meaning>,
    /// What a person should know: columns that could mean the same.
    pub notes: Vec<String>,
    /// What is wrong: the column, where it is one, and why.
    pub faults: Vec<(Option<usize>, String)>,
}

impl Mapping {
    /// Recognises the columns of a sheet of this kind by their heads.
    #[must_use]
    pub fn recognise(kind: Kind, heads: &Row) -> Self {
        let mut mapping = Self {
            kind,
            columns: Vec::new(),
            notes: Vec::new(),
            faults: Vec::new(),
        };
        let dates = head_dates(heads);
        // For each field the column with the best name so far.
        let mut best: Vec<(Field, usize, usize)> = Vec::new();
        for (column, head) in heads.cells.iter().enumerate() {
            let week = (kind == Kind::HoursWide)
                .then(|| weeks::head(head, dates))
                .flatten();
            mapping
                .columns
                .push(week.map_or(Meaning::Ignored, Meaning::HoursOf));
            let Some((field, rank)) = meaning(kind, &head.shown()) else {
                continue;
            };
            match best.iter_mut().find(|(known, ..)| *known == field) {
                None => best.push((field, rank, column)),
                Some((_, known_rank, known)) => {
                    mapping.clash(heads, field, *known, column);
                    if rank < *known_rank {
                        (*known_rank, *known) = (rank, column);
                    }
                }
            }
        }
        for (field, _, column) in best {
            if let Some(place) = mapping.columns.get_mut(column) {
                *place = Meaning::Is(field);
            }
        }
        mapping
    }

    /// Two columns with names for one field. Where even the names are the same nobody can tell which is
    /// meant.
    fn clash(&mut self, heads: &Row, field: Field, first: usize, second: usize) {
        let (one, other) = (heads.cell(first).shown(), heads.cell(second).shown());
        if normal(&one) == normal(&other) {
            self.faults.push((
                Some(second),
                format!("there are two columns “{other}”; keep one of them"),
            ));
        } else {
            let label = field.label(self.kind);
            self.notes.push(format!(
                "The columns “{one}” and “{other}” could both be the {label}; one is used."
            ));
        }
    }

    /// Puts right by hand what columns mean: each choice is a column and its field, or nothing to ignore it.
    pub fn correct(&mut self, heads: &Row, choices: &[(usize, Option<Field>)]) {
        if choices.is_empty() {
            return;
        }
        // What the person has decided needs no note, and a clash of names that was decided is none any more.
        self.notes.clear();
        self.faults.clear();
        let dates = head_dates(heads);
        for (column, field) in choices {
            let Some(place) = self.columns.get_mut(*column) else {
                continue;
            };
            *place = match field {
                None => Meaning::Ignored,
                Some(Field::WeekHours) => {
                    let week = weeks::head(heads.cell(*column), dates);
                    if week.is_none() {
                        let reason = "the head of the column names no week".to_owned();
                        self.faults.push((Some(*column), reason));
                    }
                    week.map_or(Meaning::Ignored, Meaning::HoursOf)
                }
                Some(field) => Meaning::Is(*field),
            };
        }
        for (column, meaning) in self.columns.iter().enumerate() {
            let Meaning::Is(field) = meaning else { continue };
            let first = self.columns.iter().position(|other| other == meaning);
            if first != Some(column) {
                let label = field.label(self.kind);
                self.faults.push((
                    Some(column),
                    format!("two columns are chosen as the {label}; choose one"),
                ));
            }
        }
    }

    /// The column of a field.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<usize> {
        self.columns
            .iter()
            .position(|meaning| *meaning == Meaning::Is(field))
    }

    /// The columns that hold hours of weeks.
    pub fn weeks(&self) -> impl Iterator<Item = (usize, WeekName)> {
        self.columns
            .iter()
            .enumerate()
            .filter_map(|(column, meaning)| match meaning {
                Meaning::HoursOf(week) => Some((column, *week)),
                Meaning::Ignored | Meaning::Is(_) => None,
            })
    }

    /// Whether some column means this.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|meaning| meaning.field() == Some(field))
    }

    /// How many different fields are there, all columns of weeks counting as one.
    pub(in crate::exchange) fn score(&self) -> usize {
        self.kind
            .fields()
            .iter()
            .filter(|field| self.has(**field))
            .count()
    }

    /// One sentence for each thing that must be there and is not.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let groups = self.kind.required().iter();
        groups
            .filter(|group| group.iter().all(|field| !self.has(*field)))
            .map(|group| self.sentence(group))
            .collect()
    }

    fn sentence(&self, group: &[Field]) -> String {
        let Some(first) = group.first() else {
            return String::new();
        };
        if *first == Field::WeekHours {
            return "there is no column whose head is a week; head them with dates, like 2026-11-16"
                .to_owned();
        }
        let accepted: Vec<String> = group
            .iter()
            .flat_map(|field| titles(self.kind, *field).take(3))
            .map(|title| format!("“{title}”"))
            .collect();
        let label = first.label(self.kind);
        format!(
            "there is no column for the {}; accepted are {} and others",
            label.to_lowercase(),
            accepted.join(", ")
        )
    }
}

/// How the dates in a row of heads are written.
fn head_dates(heads: &Row) -> Dates {
    let texts: Vec<String> = heads
        .cells
        .iter()
        .filter_map(|cell| match cell {
            Cell::Text(text) => Some(weeks::bare(text)),
            _ => None,
        })
        .collect();
    Dates {
        order: settle(texts.iter().map(String::as_str), true).order(),
        since_1904: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(titles: &[&str]) -> Row {
        Row {
            line: 1,
            cells: titles.iter().map(|title| Cell::text(*title)).collect(),
        }
    }

    fn is(field: Field) -> Meaning {
        Meaning::Is(field)
    }

    #[test]
    fn columns_are_recognised_in_any_order_and_the_rest_is_ignored() {
        let row = heads(&["Shoe size", "E-Mail", "Vorname", "Nachname", "Wochenstunden"]);
        let mapping = Mapping::recognise(Kind::People, &row);
        let expected = [
            Meaning::Ignored,
            is(Field::Email),
            is(Field::FirstName),
            is(Field::LastName),
            is(Field::Weekly),
        ];
        assert_eq!(mapping.columns, expected);
        assert!(mapping.missing().is_empty() && mapping.faults.is_empty());
    }

    #[test]
    fn the_better_name_wins_and_equal_names_are_a_fault() {
        let mapping = Mapping::recognise(Kind::Projects, &heads(&["Name", "Project", "Hours", "Budget"]));
        assert_eq!(
            mapping.columns,
            [
                Meaning::Ignored,
                is(Field::Name),
                Meaning::Ignored,
                is(Field::Budget)
            ]
        );
        assert_eq!(mapping.notes.len(), 2);
        let mapping = Mapping::recognise(Kind::People, &heads(&["Name", "Role", "name "]));
        assert_eq!(
            mapping.faults,
            [(
                Some(2),
                "there are two columns “name”; keep one of them".to_owned()
            )]
        );
    }

    #[test]
    fn what_is_missing_is_named_with_what_is_accepted() {
        let mapping = Mapping::recognise(Kind::HoursLong, &heads(&["Who", "Hours"]));
        assert_eq!(
            mapping.missing(),
            [
                "there is no column for the project; accepted are “Project”, “Project name”, “Project title”, \
                 “Project number”, “Project code”, “Project no” and others",
                "there is no column for the week; accepted are “Week”, “Week of”, “Week starting” and others",
            ]
        );
    }

    #[test]
    fn a_person_corrects_what_was_recognised() {
        let row = heads(&["Name", "name", "Chief", "2026-11-16", "17/11"]);
        let mut mapping = Mapping::recognise(Kind::HoursWide, &row);
        assert_eq!(mapping.faults.len(), 1);
        mapping.correct(
            &row,
            &[(1, None), (2, Some(Field::Project)), (99, Some(Field::Role))],
        );
        assert_eq!(mapping.column(Field::Project), Some(2));
        assert!(mapping.faults.is_empty() && mapping.missing().is_empty());
        mapping.correct(
            &row,
            &[(1, Some(Field::Project)), (3, None), (4, Some(Field::WeekHours))],
        );
        assert_eq!(mapping.faults.len(), 2, "{:?}", mapping.faults);
        assert!(!mapping.has(Field::WeekHours));
    }

    #[test]
    fn american_heads_are_weeks_of_mondays() {
        let row = heads(&["Person", "Project", "11/02/2026", "11/09/2026"]);
        let mapping = Mapping::recognise(Kind::HoursWide, &row);
        let days: Vec<WeekName> = mapping.weeks().map(|(_, week)| week).collect();
        assert_eq!(
            days,
            ["2026-11-02", "2026-11-09"].map(|day| WeekName::By(day.parse().unwrap()))
        );
    }
}

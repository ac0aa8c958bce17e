//! Hours as a file describes them: one draft for each assignment and week.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::projects::which_project;
use super::{At, RowReader, SheetColumns};
use crate::exchange::columns::{Field, Kind};
use crate::exchange::problem::Problems;
use crate::exchange::table::{Cell, Row};
use crate::exchange::values::{numbers, weeks, words};
use crate::units::{Minutes, Week, WeekStart, fold};

/// Hours of one assignment in one week. Zero is said as zero; a blank cell of a wide file makes no draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursDraft {
    /// Where it stands.
    pub at: At,
    /// The column of the hours, from 0.
    pub column: usize,
    /// The person by name; nobody, together with no address, means a placeholder for the role.
    pub person: Option<Arc<str>>,
    /// The person's e-mail address.
    pub email: Option<Arc<str>>,
    /// The project's code where the row has one, else its name.
    pub project: Arc<str>,
    /// The role on the project by name.
    pub role: Option<Arc<str>>,
    /// The note that tells two assignments of one person on one project apart.
    pub note: Option<Arc<str>>,
    /// Which of the alike assignments it is, from 0: placeholders for one role on one project count in the
    /// order of the file, a person's only by their number.
    pub copy: u16,
    /// The week.
    pub week: Week,
    /// How much.
    pub minutes: Minutes,
}

impl HoursDraft {
    /// Whether nobody is named yet.
    #[must_use]
    pub const fn is_placeholder(&self) -> bool {
        self.person.is_none() && self.email.is_none()
    }
}

/// Who works on what, as one row says.
struct Who {
    person: Option<Arc<str>>,
    email: Option<Arc<str>>,
    project: Arc<str>,
    role: Option<Arc<str>>,
    note: Option<Arc<str>>,
    /// The number among alike assignments, where the row gives one.
    number: Option<u16>,
    /// The same for all rows that say the same.
    key: u32,
}

/// Reads the hours of all sheets of a file; it remembers what it has seen so that nothing stands in it twice.
pub(in crate::exchange) struct HoursReader {
    start: WeekStart,
    texts: HashSet<Arc<str>>,
    keys: HashMap<[String; 5], u32>,
    /// How many placeholders there were so far: of a row, or in a long file of a row and week.
    copies: HashMap<(u32, Option<Week>), u16>,
    seen: HashMap<(u32, u16, Week), At>,
    /// Rows without hours, which say nothing.
    pub(in crate::exchange) idle: usize,
    /// Rows that look like totals.
    pub(in crate::exchange) totals: Vec<u32>,
    /// What the file asks for.
    pub(in crate::exchange) drafts: Vec<HoursDraft>,
}

impl HoursReader {
    pub(in crate::exchange) fn new(start: WeekStart) -> Self {
        Self {
            start,
            texts: HashSet::new(),
            keys: HashMap::new(),
            copies: HashMap::new(),
            seen: HashMap::new(),
            idle: 0,
            totals: Vec::new(),
            drafts: Vec::new(),
        }
    }

    /// Reads the rows of one sheet; `line` is that of its heads.
    pub(in crate::exchange) fn sheet<'a>(
        &mut self,
        columns: &SheetColumns,
        line: u32,
        rows: impl Iterator<Item = &'a Row>,
        problems: &mut Problems,
    ) {
        let weeks = if columns.mapping.kind == Kind::HoursWide {
            self.week_columns(columns, line, problems)
        } else {
            Vec::new()
        };
        for row in rows {
            if is_total(columns, row) {
                self.totals.push(row.line);
            } else if columns.mapping.kind == Kind::HoursWide {
                self.wide_row(columns, row, &weeks, problems);
            } else {
                self.long_row(RowReader::new(columns, row, problems));
            }
        }
    }

    /// The columns of weeks; of two that fall in one week the second is reported and left out.
    fn week_columns(&self, columns: &SheetColumns, line: u32, problems: &mut Problems) -> Vec<(usize, Week)> {
        let mut weeks: Vec<(usize, Week)> = Vec::new();
        let mut taken: HashMap<Week, usize> = HashMap::new();
        for (column, name) in columns.mapping.weeks() {
            let week = name.week(self.start);
            if let Some(other) = taken.insert(week, column) {
                let first = week.first_day(self.start);
                let reason = format!(
                    "falls in the same week as {}, that of {first}",
                    columns.label(other)
                );
                let label = columns.label(column);
                problems.push(columns.at(line).problem(&columns.sheets, Some(&label), reason));
                taken.insert(week, other);
            } else {
                weeks.push((column, week));
            }
        }
        weeks
    }

    fn wide_row(
        &mut self,
        columns: &SheetColumns,
        row: &Row,
        weeks: &[(usize, Week)],
        problems: &mut Problems,
    ) {
        let idle = weeks.iter().all(|(column, _)| row.cell(*column).is_empty());
        let mut own = Problems::default();
        let mut reader = RowReader::new(columns, row, &mut own);
        let who = self.who(&mut reader);
        // A placeholder without hours still takes its number, so that an export comes back in the same order.
        let copy = who.as_ref().map_or(0, |who| self.copy(who, None));
        let mut cells = Vec::new();
        for (column, week) in weeks {
            match numbers::hours(row.cell(*column), Minutes::WEEK) {
                Ok(None) => {}
                Ok(Some(minutes)) => cells.push((*column, *week, minutes)),
                Err(reason) => reader.fault(Some(*column), reason),
            }
        }
        if idle {
            // What is wrong with a row that says nothing, a line between groups perhaps, changes nothing.
            self.idle = self.idle.saturating_add(1);
            return;
        }
        if let (Some(who), true) = (who, reader.is_sound()) {
            self.keep(&mut reader, &who, copy, cells);
        }
        problems.append(own);
    }

    fn long_row(&mut self, mut row: RowReader<'_>) {
        let who = self.who(&mut row);
        let dates = row.columns.dates(Field::Week);
        let week = row
            .need(Field::Week, |cell| weeks::value(cell, dates))
            .map(|name| name.week(self.start));
        let minutes = row.need(Field::Hours, |cell| numbers::hours(cell, Minutes::WEEK));
        let column = row.columns.mapping.column(Field::Hours).unwrap_or_default();
        if let (Some(who), Some(week), Some(minutes), true) = (who, week, minutes, row.is_sound()) {
            let copy = self.copy(&who, Some(week));
            self.keep(&mut row, &who, copy, vec![(column, week, minutes)]);
        }
    }

    fn who(&mut self, row: &mut RowReader<'_>) -> Option<Who> {
        let sound = row.is_sound();
        let named = |cell: &Cell| {
            Ok(words::name(cell)?
                .map(String::from)
                .filter(|name| !words::means_nobody(name)))
        };
        let person = row.read(Field::Person, named).into_given();
        let email = row.read(Field::Email, words::email).into_given();
        let role = row.read(Field::Role, words::name).into_given().map(String::from);
        let note = row.read(Field::Notes, words::notes).into_given();
        let number = row.read(Field::Placeholder, numbers::count);
        let could_read = row.is_sound() == sound;
        let project = which_project(row).map(String::from);
        if could_read && person.is_none() && email.is_none() && role.is_none() {
            let field = [Field::Person, Field::Email]
                .into_iter()
                .find(|field| row.columns.mapping.has(*field));
            let reason = "names nobody; give a person, or the role that is to be filled".to_owned();
            row.fault_in(field.unwrap_or(Field::Role), reason);
        }
        let project = project?;
        let part = |text: &Option<String>| text.as_deref().map(fold).unwrap_or_default();
        let key = [
            part(&person),
            part(&email),
            fold(&project),
            part(&role),
            part(&note),
        ];
        let next = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let key = *self.keys.entry(key).or_insert(next);
        Some(Who {
            person: person.map(|text| self.text(&text)),
            email: email.map(|text| self.text(&text)),
            project: self.text(&project),
            role: role.map(|text| self.text(&text)),
            note: note.map(|text| self.text(&text)),
            number: number.into_given(),
            key,
        })
    }

    /// One copy of each text, however many cells share it.
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text);
        self.texts.insert(Arc::clone(&new));
        new
    }

    /// Which of alike assignments a row means: the one of its number, else the next placeholder of its kind, or
    /// the person's only one.
    fn copy(&mut self, who: &Who, week: Option<Week>) -> u16 {
        if who.person.is_some() || who.email.is_some() {
            return who.number.map_or(0, |number| number.saturating_sub(1));
        }
        let next = self.copies.entry((who.key, week)).or_default();
        let copy = who.number.map_or(*next, |number| number.saturating_sub(1));
        *next = next.saturating_add(1);
        copy
    }

    /// Keeps the hours of a row, unless another row has said something about the same weeks.
    fn keep(&mut self, row: &mut RowReader<'_>, who: &Who, copy: u16, cells: Vec<(usize, Week, Minutes)>) {
        let at = row.at();
        let mut told: HashSet<At> = HashSet::new();
        for (column, week, minutes) in cells {
            if let Some(other) = self.seen.get(&(who.key, copy, week)) {
                if told.insert(*other) {
                    let reason = format!(
                        "is the same person, project, role and week (of {}) as {}",
                        week.first_day(self.start),
                        other.seen_from(at, &row.columns.sheets)
                    );
                    row.fault(None, reason);
                }
                continue;
            }
            self.seen.insert((who.key, copy, week), at);
            self.drafts.push(HoursDraft {
                at,
                column,
                person: who.person.clone(),
                email: who.email.clone(),
                project: Arc::clone(&who.project),
                role: who.role.clone(),
                note: who.note.clone(),
                copy,
                week,
                minutes,
            });
        }
    }
}

/// Whether a row is a line of totals: it says so in its first cell and names no project.
fn is_total(columns: &SheetColumns, row: &Row) -> bool {
    const WORDS: [&str; 10] = [
        "total",
        "totals",
        "grand total",
        "sum",
        "summe",
        "gesamt",
        "total general",
        "total général",
        "somme",
        "suma",
    ];
    let first = row
        .cells
        .iter()
        .find(|cell| !cell.is_empty())
        .map(|cell| fold(&cell.shown()));
    let blank = |field| {
        columns
            .mapping
            .column(field)
            .is_none_or(|column| row.cell(column).is_empty())
    };
    let says_so = |column: usize| WORDS.contains(&fold(&row.cell(column).shown()).as_str());
    let project = columns
        .mapping
        .column(Field::Project)
        .or_else(|| columns.mapping.column(Field::Code));
    first.is_some_and(|first| WORDS.contains(&first.trim_end_matches(':')))
        && ((blank(Field::Project) && blank(Field::Code)) || project.is_some_and(says_so))
}

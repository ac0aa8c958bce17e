//! What an import would do: which rows come in, which are there already, and which are faulty, by their lines.

use std::collections::HashMap;

use super::columns::{Columns, Field, recognise, separator_of};
use super::draft::{LONG, REFERENCE, StoryDraft, read_tags, too_many};
use super::lines::read_lines;
use super::link::read_link;
use crate::exchange::{FileError, Row, read_rows};
use crate::poker::rules::points::Points;
use crate::units::{Name, fold, text};

/// How many rows are read before somebody is told that it is far too much.
const ROWS: usize = 20_000;
/// So many columns with a meaning make pasted text a table, and not lines.
const TABLE: usize = 2;
/// How many letters of a row are shown.
const EXCERPT: usize = 100;

/// What is to become of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It comes in; with what should be known of how it was read.
    New(Box<StoryDraft>, Vec<String>),
    /// It is there already, and where.
    There(String),
    /// It cannot come in, and why.
    Faulty(String),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// On which line of the text it begins.
    pub number: usize,
    /// Its number elsewhere, as far as it could be read.
    pub reference: String,
    /// What it is called, as far as it could be read.
    pub name: String,
    /// What is to become of it.
    pub verdict: Verdict,
}

/// What an import would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Its rows.
    pub lines: Vec<Line>,
    /// What its columns were taken for; none where it is lines.
    pub columns: Option<Columns>,
}

impl Planned {
    /// The stories that would come in.
    #[must_use]
    pub fn drafts(&self) -> Vec<StoryDraft> {
        let drafts = self.lines.iter().filter_map(|line| match &line.verdict {
            Verdict::New(draft, _) => Some(draft.as_ref().clone()),
            Verdict::There(_) | Verdict::Faulty(_) => None,
        });
        drafts.collect()
    }

    /// How many come in, are there already, and are faulty.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let mut counts = (0, 0, 0);
        for line in &self.lines {
            match line.verdict {
                Verdict::New(..) => counts.0 += 1,
                Verdict::There(_) => counts.1 += 1,
                Verdict::Faulty(_) => counts.2 += 1,
            }
        }
        counts
    }
}

/// What a person has said about a table: the places of its columns, and what each means.
pub type Choices = [(usize, Option<Field>)];

/// What `given` would bring to a room whose stories have these references, folded; a blank one for each that has none.
///
/// # Errors
/// Why nothing of it can come in.
pub fn plan(given: &str, choices: &Choices, there: &[String]) -> Result<Planned, String> {
    let given = given.trim_start_matches('\u{feff}');
    if given.trim().is_empty() {
        return Err("paste something, or choose a file".to_owned());
    }
    let mut planned = match table_in(given, choices)? {
        Some(planned) => planned,
        None => Planned {
            lines: lines_in(given),
            columns: None,
        },
    };
    settle(&mut planned.lines, there);
    match too_many(there.len(), planned.counts().0) {
        Some(refusal) => Err(refusal),
        None => Ok(planned),
    }
}

/// A file is a table, whatever its heads say.
///
/// # Errors
/// Why it cannot be read.
pub fn plan_table(given: &str, choices: &Choices, there: &[String]) -> Result<Planned, String> {
    let rows = read_rows(given, separator_of(given), ROWS).map_err(|fault| fault.to_string())?;
    let mut planned = planned(&rows, choices);
    settle(&mut planned.lines, there);
    match too_many(there.len(), planned.counts().0) {
        Some(refusal) => Err(refusal),
        None => Ok(planned),
    }
}

fn table_in(given: &str, choices: &Choices) -> Result<Option<Planned>, String> {
    let rows = match read_rows(given, separator_of(given), ROWS) {
        Ok(rows) => rows,
        Err(fault @ FileError::TooManyRows(_)) => return Err(fault.to_string()),
        // A quotation mark in a name makes no table.
        Err(_) => return Ok(None),
    };
    let (_, columns) = recognise(&rows);
    let is_table = !choices.is_empty() || columns.known() >= TABLE && !columns.of(Field::Name).is_empty();
    Ok(is_table.then(|| planned(&rows, choices)))
}

fn lines_in(given: &str) -> Vec<Line> {
    let line = |(number, line, draft): (usize, &str, Result<StoryDraft, String>)| match draft {
        Ok(draft) => Line {
            number,
            reference: draft.reference.clone(),
            name: draft.name.clone(),
            verdict: Verdict::New(Box::new(draft), Vec::new()),
        },
        Err(reason) => Line {
            number,
            reference: String::new(),
            name: line.trim().chars().take(EXCERPT).collect(),
            verdict: Verdict::Faulty(reason),
        },
    };
    read_lines(given).map(line).collect()
}

fn planned(rows: &[Row], choices: &Choices) -> Planned {
    let (heads, mut columns) = recognise(rows);
    for (place, field) in choices {
        columns.choose(*place, *field);
    }
    let lines = if columns.of(Field::Name).is_empty() {
        Vec::new()
    } else {
        let reader = TableReader::new(&columns);
        rows.iter().skip(heads + 1).map(|row| reader.line(row)).collect()
    };
    Planned {
        lines,
        columns: Some(columns),
    }
}

struct TableReader {
    name: Vec<usize>,
    reference: Vec<usize>,
    link: Vec<usize>,
    description: Vec<usize>,
    acceptance: Vec<usize>,
    tags: Vec<usize>,
    points: Vec<usize>,
}

impl TableReader {
    fn new(columns: &Columns) -> Self {
        Self {
            name: columns.of(Field::Name),
            reference: columns.of(Field::Reference),
            link: columns.of(Field::Link),
            description: columns.of(Field::Description),
            acceptance: columns.of(Field::Acceptance),
            tags: columns.of(Field::Tags),
            points: columns.of(Field::Points),
        }
    }

    fn line(&self, row: &Row) -> Line {
        let verdict = match self.draft(row) {
            Ok((draft, notes)) => Verdict::New(Box::new(draft), notes),
            Err(reason) => Verdict::Faulty(reason),
        };
        let short = |places: &[usize]| first(row, places).chars().take(EXCERPT).collect::<String>();
        Line {
            number: usize::try_from(row.line).unwrap_or(usize::MAX),
            reference: short(&self.reference),
            name: short(&self.name),
            verdict,
        }
    }

    fn draft(&self, row: &Row) -> Result<(StoryDraft, Vec<String>), String> {
        let mut notes = Vec::new();
        let name = Name::parse(&first(row, &self.name)).map_err(|fault| format!("the name {fault}"))?;
        let reference = text::line(&first(row, &self.reference), REFERENCE)
            .map_err(|fault| format!("the reference {fault}"))?;
        let link = read_link(&first(row, &self.link)).map_err(|fault| format!("the link {fault}"))?;
        let tags: Vec<String> = self.tags.iter().map(|place| row.cell(*place).shown()).collect();
        let tags = read_tags(tags.iter().map(String::as_str)).map_err(|fault| format!("the row {fault}"))?;
        let typed = first(row, &self.points);
        let points: Option<Points> = typed.parse().ok();
        if points.is_none() && !typed.is_empty() {
            let typed: String = typed.chars().take(20).collect();
            notes.push(format!("“{typed}” is no number of points and is left out"));
        }
        let draft = StoryDraft {
            name: name.into(),
            reference,
            link,
            description: bounded(&first(row, &self.description), "description", &mut notes),
            acceptance: bounded(&first(row, &self.acceptance), "acceptance criteria", &mut notes),
            tags,
            points,
        };
        Ok((draft, notes))
    }
}

/// The first value in these columns that is not blank.
fn first(row: &Row, places: &[usize]) -> String {
    let mut values = places.iter().map(|place| row.cell(*place).shown());
    values.find(|value| !value.is_empty()).unwrap_or_default()
}

/// A long text, cut to what a story takes: trackers take more.
fn bounded(long: &str, what: &str, notes: &mut Vec<String>) -> String {
    if let Ok(text) = text::notes(long) {
        return text;
    }
    notes.push(format!("the {what} is cut after {LONG} characters"));
    let cut: String = long.trim().chars().take(LONG).collect();
    text::notes(&cut).unwrap_or_default()
}

/// Marks the rows whose reference is there already, in the room or further up in the text.
fn settle(lines: &mut [Line], there: &[String]) {
    let mut seen: HashMap<String, Option<usize>> =
        there.iter().map(|reference| (reference.clone(), None)).collect();
    for line in lines {
        let Verdict::New(draft, _) = &line.verdict else {
            continue;
        };
        if draft.reference.is_empty() {
            continue;
        }
        let folded = fold(&draft.reference);
        match seen.get(&folded) {
            Some(None) => line.verdict = Verdict::There("is in the room already".to_owned()),
            Some(Some(above)) => {
                line.verdict = Verdict::There(format!("the same reference as line {above}"));
            }
            None => {
                seen.insert(folded, Some(line.number));
            }
        }
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;

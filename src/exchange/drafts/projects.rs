//! Projects and their deliverables as a file describes them.

use std::collections::HashMap;

use super::{At, RowReader, Stated};
use crate::exchange::columns::Field;
use crate::exchange::problem::Problems;
use crate::exchange::values::{numbers, words};
use crate::units::{Day, Minutes, Name, fold};

/// A project, to be created or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectDraft {
    /// Where it stands.
    pub at: At,
    /// The name.
    pub name: Name,
    /// The number or code.
    pub code: Stated<Name>,
    /// The client by name.
    pub client: Stated<Name>,
    /// The status by its label.
    pub status: Stated<Name>,
    /// The department with those above it, outermost first.
    pub department: Stated<Vec<Name>>,
    /// The first day.
    pub start: Stated<Day>,
    /// The last day.
    pub end: Stated<Day>,
    /// The budget.
    pub budget: Stated<Minutes>,
    /// Notes.
    pub notes: Stated<String>,
}

/// A deliverable, to be created or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverableDraft {
    /// Where it stands.
    pub at: At,
    /// The project's code where the row has one, else its name.
    pub project: Name,
    /// The name.
    pub name: Name,
    /// Which of the deliverables of this name in this project it is, from 0 in the order of the file.
    pub copy: u16,
    /// How much of the project is done with it.
    pub percent: Stated<u8>,
    /// The phase.
    pub phase: Stated<Name>,
    /// The due date.
    pub due: Stated<Day>,
    /// Whether it is done; blank means no.
    pub done: Stated<bool>,
    /// Notes.
    pub notes: Stated<String>,
}

/// The project of one row, if nothing is wrong with it.
pub(in crate::exchange) fn project(mut row: RowReader<'_>) -> Option<ProjectDraft> {
    let name = row.need(Field::Name, words::name);
    let (start_dates, end_dates) = (row.columns.dates(Field::Start), row.columns.dates(Field::End));
    let draft = ProjectDraft {
        at: row.at(),
        code: row.read(Field::Code, words::name),
        client: row.read(Field::Client, words::name),
        status: row.read(Field::Status, words::name),
        department: row.read(Field::Department, words::path),
        start: row.read(Field::Start, |cell| start_dates.day(cell)),
        end: row.read(Field::End, |cell| end_dates.day(cell)),
        budget: row.read(Field::Budget, |cell| numbers::hours(cell, Minutes::BUDGET)),
        notes: row.read(Field::Notes, words::notes),
        name: name?,
    };
    row.check_span(&draft.start, &draft.end);
    row.is_sound().then_some(draft)
}

/// The deliverable of one row, if nothing is wrong with it.
pub(in crate::exchange) fn deliverable(mut row: RowReader<'_>) -> Option<DeliverableDraft> {
    let project = which_project(&mut row);
    let name = row.need(Field::Name, words::name);
    let (dates, shares) = (row.columns.dates(Field::Due), row.columns.shares());
    let draft = DeliverableDraft {
        at: row.at(),
        copy: 0,
        percent: row.read(Field::Percent, |cell| numbers::percent(cell, shares)),
        phase: row.read(Field::Phase, words::name),
        due: row.read(Field::Due, |cell| dates.day(cell)),
        done: row.read(Field::Done, words::yes),
        notes: row.read(Field::Notes, words::notes),
        project: project?,
        name: name?,
    };
    row.is_sound().then_some(draft)
}

/// The project that a row belongs to: by its code, which is surer, else by its name.
pub(super) fn which_project(row: &mut RowReader<'_>) -> Option<Name> {
    let sound = row.is_sound();
    let code = row.read(Field::Code, words::name);
    let name = row.read(Field::Project, words::name);
    let project = code.into_given().or_else(|| name.into_given());
    if project.is_none() && row.is_sound() == sound {
        let field = if row.columns.mapping.has(Field::Project) {
            Field::Project
        } else {
            Field::Code
        };
        row.fault_in(field, "must not be empty".to_owned());
    }
    project
}

/// Reports projects that stand in the file twice: by code, or by name unless both rows have a code and the
/// two differ.
pub(in crate::exchange) fn same_projects(
    projects: &[ProjectDraft],
    sheets: &[Option<String>],
    problems: &mut Problems,
) {
    let mut by_code: HashMap<String, At> = HashMap::new();
    let mut by_name: HashMap<String, (At, bool)> = HashMap::new();
    for project in projects {
        let at = project.at;
        let mut twice = |other: At, what: &str| {
            let reason = format!(
                "is the same project as {}: the {what} is the same",
                other.seen_from(at, sheets)
            );
            problems.push(at.problem(sheets, None, reason));
        };
        let code = project.code.given().map(|code| fold(code.as_str()));
        if let Some(other) = code.as_ref().and_then(|code| by_code.get(code)) {
            twice(*other, "code");
            continue;
        }
        let has_code = code.is_some();
        if let Some(code) = code {
            by_code.insert(code, at);
        }
        match by_name.get(&fold(project.name.as_str())) {
            Some((other, other_has_code)) if !(has_code && *other_has_code) => twice(*other, "name"),
            Some(_) => {}
            None => {
                by_name.insert(fold(project.name.as_str()), (at, has_code));
            }
        }
    }
}

/// Numbers deliverables that share project and name: two reviews of one project are two things.
pub(in crate::exchange) fn number_deliverables(deliverables: &mut [DeliverableDraft]) {
    let mut seen: HashMap<(String, String), u16> = HashMap::new();
    for deliverable in deliverables {
        let key = (
            fold(deliverable.project.as_str()),
            fold(deliverable.name.as_str()),
        );
        let count = seen.entry(key).or_default();
        deliverable.copy = *count;
        *count = count.saturating_add(1);
    }
}

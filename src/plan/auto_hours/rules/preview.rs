//! What laying a template on a project would change, cell by cell, and what it leaves alone and why.

use std::collections::BTreeMap;

use super::formula::{full_week, hours_of};
use super::template::{LineDraft, Template};
use crate::accounts::Reach;
use crate::book::{Assignment, Book, Deliverable, Overload, Person, Project};
use crate::units::ids::{AssignmentId, DeliverableId, PersonId, RoleId};
use crate::units::{Minutes, Week};

/// What becomes of hours that are there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Only cells without hours get some.
    #[default]
    Fill,
    /// The weeks of the template get its hours; what people are booked for only where that was ticked.
    Replace,
}

/// How a template is laid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lay {
    /// Fill or replace.
    pub mode: Mode,
    /// Before which deliverables; none for all that are not done.
    pub deliverables: Option<Vec<DeliverableId>>,
    /// Whether weeks before this one may change too.
    pub past: bool,
    /// Whose booked hours may be written over, and when.
    pub overwrite: Vec<(AssignmentId, Week)>,
    /// Whether all booked hours may be written over.
    pub overwrite_all: bool,
    /// Whose hours the one who lays it may plan; none for everybody's.
    pub reach: Option<Reach>,
}

impl Lay {
    fn reaches(&self, person: &Person) -> bool {
        self.reach.as_ref().is_none_or(|reach| reach.person(person))
    }
}

/// Where hours are laid: an assignment that is there, or an open place that is made for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// One that is there.
    Kept(AssignmentId),
    /// The open place with this number, from 0, for a role that nobody has yet.
    New(RoleId, u8),
}

/// What becomes of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It gets the new hours.
    Set,
    /// It holds them already.
    Same,
    /// It holds hours, and only empty cells are filled.
    Kept,
    /// Somebody is booked there, and nobody has ticked it.
    Unticked,
}

/// One cell of the preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Which week.
    pub week: Week,
    /// What it holds.
    pub before: Minutes,
    /// What the template says.
    pub after: Minutes,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Whether hours that somebody is booked for would be written over.
    pub overwrites: bool,
}

/// One row of the preview.
#[derive(Clone, Debug)]
pub struct PreviewRow<'a> {
    /// Where.
    pub place: Place,
    /// Who; none for an open place.
    pub person: Option<&'a Person>,
    /// As what.
    pub role: RoleId,
    /// The cells of the template's weeks, rising.
    pub cells: Vec<Cell>,
}

impl PreviewRow<'_> {
    /// What will be written.
    pub fn writes(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.verdict == Verdict::Set)
    }
}

/// Something that is left alone, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// No deliverable is meant at all.
    NothingMeant,
    /// A deliverable has no date.
    NoDate(String),
    /// No line of the template is for its phase.
    NoPhase(String, String),
    /// Somebody on the project has no role.
    NoRole(String),
    /// The template has no line for this role; so many rows.
    OtherRole(RoleId, usize),
    /// The template asks for fewer people in this role than there are.
    TooMany(RoleId, u8, usize),
    /// The template asks for more people in this role than there are; places are made only where nobody has it.
    TooFew(RoleId, u8, usize),
    /// Somebody is no longer active.
    Inactive(String),
    /// Somebody is planned by another department.
    NotTheirs(String),
    /// Somebody can carry nothing in so many of the weeks.
    NoCapacity(String, usize),
    /// So many cells of weeks that are past.
    Past(usize),
    /// So many cells that hold hours.
    Filled(usize),
}

/// What laying a template would do.
#[derive(Clone, Debug, Default)]
pub struct Preview<'a> {
    /// The rows.
    pub rows: Vec<PreviewRow<'a>>,
    /// What is left alone.
    pub skips: Vec<Skip>,
    /// The overloads it creates.
    pub overloads: Vec<Overload>,
}

impl Preview<'_> {
    /// The weeks from the first cell to the last.
    #[must_use]
    pub fn span(&self) -> Option<(Week, u16)> {
        let weeks = || self.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.week);
        let (first, last) = (weeks().min()?, weeks().max()?);
        Some((first, u16::try_from(last.0 - first.0 + 1).unwrap_or(u16::MAX)))
    }

    /// How many cells are written.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.rows.iter().map(|row| row.writes().count()).sum()
    }

    /// The hours of the cells that are written: as they are, and as they will be.
    #[must_use]
    pub fn totals(&self) -> (Minutes, Minutes) {
        let cells = || self.rows.iter().flat_map(PreviewRow::writes);
        (
            cells().map(|cell| cell.before).sum(),
            cells().map(|cell| cell.after).sum(),
        )
    }

    /// How many open places are made.
    #[must_use]
    pub fn added(&self) -> usize {
        let new =
            |row: &&PreviewRow<'_>| matches!(row.place, Place::New(..)) && row.writes().next().is_some();
        self.rows.iter().filter(new).count()
    }

    /// The cells in which somebody's hours would be written over.
    pub fn overwrites(&self) -> impl Iterator<Item = (&PreviewRow<'_>, &Cell)> {
        self.rows.iter().flat_map(|row| {
            row.cells
                .iter()
                .filter(|cell| cell.overwrites)
                .map(move |cell| (row, cell))
        })
    }
}

/// What laying `template` on `project` would do.
#[must_use]
pub fn preview<'a>(
    book: &'a Book,
    project: &Project,
    template: &Template,
    lay: &Lay,
    this_week: Week,
) -> Preview<'a> {
    let mut skips = Vec::new();
    let due = dates(book, project, template, lay, &mut skips);
    let lines: Vec<&LineDraft> = template
        .lines
        .iter()
        .map(|line| &line.draft)
        .filter(|line| due.iter().any(|(one, _)| line.is_for(&one.phase)))
        .collect();
    let mut rows = Vec::new();
    for (place, person, role, number) in places(book, project, (template, lay), &lines, &mut skips) {
        let percents = percents(&lines, &due, role, number);
        let laying = Laying {
            book,
            lay,
            this_week,
            place,
            person,
        };
        let cells = laying.cells(&percents, &mut skips);
        if !cells.is_empty() {
            rows.push(PreviewRow {
                place,
                person,
                role,
                cells,
            });
        }
    }
    let mut preview = Preview {
        rows,
        skips: gathered(skips),
        overloads: Vec::new(),
    };
    preview.overloads = book.overloads(additions(&preview));
    preview
}

/// The deliverables that are meant, each with the week in which it is due.
fn dates<'a>(
    book: &'a Book,
    project: &Project,
    template: &Template,
    lay: &Lay,
    skips: &mut Vec<Skip>,
) -> Vec<(&'a Deliverable, Week)> {
    let start = book.plan.organisation.week_start;
    let meant = |one: &&Deliverable| match &lay.deliverables {
        None => !one.done,
        Some(ids) => ids.contains(&one.id),
    };
    let mut due = Vec::new();
    if !book.plan.deliverables_of(project.id).any(|one| meant(&one)) {
        skips.push(Skip::NothingMeant);
    }
    for one in book.plan.deliverables_of(project.id).filter(meant) {
        match one.due {
            None => skips.push(Skip::NoDate(one.name.clone())),
            Some(_) if !template.lines.iter().any(|line| line.draft.is_for(&one.phase)) => {
                skips.push(Skip::NoPhase(one.name.clone(), one.phase.clone()));
            }
            Some(day) => due.push((one, Week::of(day, start))),
        }
    }
    due
}

type Found<'a> = (Place, Option<&'a Person>, RoleId, u8);

/// The rows of the project in the template's roles, each with its number within its role; where nobody has a role, as
/// many new open places as the template asks for.
fn places<'a>(
    book: &'a Book,
    project: &Project,
    (template, lay): (&Template, &Lay),
    lines: &[&LineDraft],
    skips: &mut Vec<Skip>,
) -> Vec<Found<'a>> {
    let plan = &book.plan;
    let mut found = Vec::new();
    let mut by_role: BTreeMap<RoleId, Vec<(&Assignment, Option<&Person>)>> = BTreeMap::new();
    for assignment in plan.assignments_of_project(project.id) {
        let person = assignment.person.and_then(|id| plan.person(id));
        match (person, plan.role_on(assignment)) {
            (Some(person), _) if !person.active => skips.push(Skip::Inactive(person.name.clone())),
            (Some(person), None) => skips.push(Skip::NoRole(person.name.clone())),
            (None, None) => {}
            (_, Some(role)) if template.lines.iter().any(|line| line.draft.role == role) => {
                by_role.entry(role).or_default().push((assignment, person));
            }
            (_, Some(role)) => skips.push(Skip::OtherRole(role, 1)),
        }
    }
    for role in &plan.roles {
        let heads = lines
            .iter()
            .filter(|line| line.role == role.id)
            .map(|line| line.heads)
            .max();
        let Some(heads) = heads else { continue };
        let Some(there) = by_role.get(&role.id) else {
            found.extend((0..heads).map(|number| (Place::New(role.id, number), None, role.id, number)));
            continue;
        };
        match there.len() {
            count if count > usize::from(heads) => skips.push(Skip::TooMany(role.id, heads, count)),
            count if count < usize::from(heads) => skips.push(Skip::TooFew(role.id, heads, count)),
            _ => {}
        }
        for ((one, person), number) in there.iter().zip(0..heads) {
            // Somebody of another department keeps their number: who stands after them is laid as if both were.
            match person.filter(|person| !lay.reaches(person)) {
                Some(person) => skips.push(Skip::NotTheirs(person.name.clone())),
                None => found.push((Place::Kept(one.id), *person, role.id, number)),
            }
        }
    }
    found
}

/// The percent of each week for the row with this number in its role.
fn percents(
    lines: &[&LineDraft],
    due: &[(&Deliverable, Week)],
    role: RoleId,
    number: u8,
) -> BTreeMap<Week, u32> {
    let mut weeks = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.role == role && line.heads > number)
    {
        for (_, week) in due.iter().filter(|(one, _)| line.is_for(&one.phase)) {
            for (before, percent) in (0_i32..).zip(&line.percents) {
                *weeks.entry(week.plus(-before)).or_insert(0) += u32::from(*percent);
            }
        }
    }
    weeks
}

/// One row on which hours are laid.
struct Laying<'a> {
    book: &'a Book,
    lay: &'a Lay,
    this_week: Week,
    place: Place,
    person: Option<&'a Person>,
}

impl Laying<'_> {
    fn cells(&self, percents: &BTreeMap<Week, u32>, skips: &mut Vec<Skip>) -> Vec<Cell> {
        let (mut cells, mut none) = (Vec::new(), 0);
        for (week, percent) in percents {
            if *week < self.this_week && !self.lay.past {
                skips.push(Skip::Past(1));
                continue;
            }
            let full = full_week(&self.book.plan, self.person, *week);
            none += usize::from(full.0 == 0 && *percent > 0);
            let cell = self.cell(*week, hours_of(full, *percent));
            if cell.verdict == Verdict::Kept {
                skips.push(Skip::Filled(1));
            }
            if cell.before.0 > 0 || cell.after.0 > 0 {
                cells.push(cell);
            }
        }
        if let Some(person) = self.person.filter(|_| none > 0) {
            skips.push(Skip::NoCapacity(person.name.clone(), none));
        }
        cells
    }

    fn cell(&self, week: Week, after: Minutes) -> Cell {
        let before = match self.place {
            Place::Kept(id) => self.book.hours().get(id, week),
            Place::New(..) => Minutes(0),
        };
        let (mut verdict, mut overwrites) = (Verdict::Set, false);
        if before == after {
            verdict = Verdict::Same;
        } else if before.0 > 0 {
            match (self.lay.mode, self.place) {
                (Mode::Fill, _) => verdict = Verdict::Kept,
                (Mode::Replace, Place::Kept(id)) if self.person.is_some() => {
                    overwrites = true;
                    if !self.lay.overwrite_all && !self.lay.overwrite.contains(&(id, week)) {
                        verdict = Verdict::Unticked;
                    }
                }
                (Mode::Replace, _) => {}
            }
        }
        Cell {
            week,
            before,
            after,
            verdict,
            overwrites,
        }
    }
}

/// Skips of one kind as one, with their number.
fn gathered(skips: Vec<Skip>) -> Vec<Skip> {
    let mut all: Vec<Skip> = Vec::new();
    for skip in skips {
        let known = all.contains(&skip);
        let same = all.iter_mut().find_map(|other| match (other, &skip) {
            (Skip::Past(count), Skip::Past(more)) | (Skip::Filled(count), Skip::Filled(more)) => {
                Some((count, *more))
            }
            (Skip::OtherRole(role, count), Skip::OtherRole(own, more)) if role == own => Some((count, *more)),
            _ => None,
        });
        match same {
            Some((count, more)) => *count += more,
            None if known => {}
            None => all.push(skip),
        }
    }
    all
}

/// How many minutes each cell that is written gains or loses, where somebody carries them.
fn additions(preview: &Preview<'_>) -> Vec<(PersonId, Week, i64)> {
    let own = preview.rows.iter().filter_map(|row| Some((row.person?.id, row)));
    own.flat_map(|(person, row)| {
        let more = |cell: &Cell| i64::from(cell.after.0) - i64::from(cell.before.0);
        row.writes().map(move |cell| (person, cell.week, more(cell)))
    })
    .collect()
}

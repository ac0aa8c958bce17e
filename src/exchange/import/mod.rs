//! What a file would make of the plan: each row compared with what is there, before anything is written. Pure,
//! so that a preview and the import itself cannot differ.

mod hours;
mod lookup;
mod matches;
mod people;
mod projects;
mod report;
mod steps;

use std::collections::HashMap;

use super::columns::{Field, What};
use super::drafts::At;
use super::problem::Problems;
use super::read::Reading;
use crate::book::{Book, Plan};
use crate::people::Guard;
use crate::units::ids::{DeliverableId, DepartmentId, PersonId, ProjectId};
use crate::units::{Day, Minutes, Name, grouped};

use lookup::{Departments, Names, Nearest};
use report::Report;

pub(super) use people::counting_day;
pub use report::{Count, FieldChange, Noun, RowChange};
pub(super) use steps::{PersonStep, ProjectStep, Ref, Steps};

/// What of the plan is not in the book, and the day it is.
#[derive(Clone, Debug)]
pub struct Known {
    /// Which numbers of hours a week are in force is asked for this day.
    pub today: Day,
    /// Whether hours follow due dates that the file moves.
    pub hours_follow: bool,
    /// What who imports may make of e-mail addresses and departments; none where they may say all of it.
    pub guard: Option<Guard>,
    /// Telephone number and notes of each person.
    pub people: HashMap<PersonId, (String, String)>,
    /// Notes of each project.
    pub projects: HashMap<ProjectId, String>,
    /// Notes of each deliverable.
    pub deliverables: HashMap<DeliverableId, String>,
}

/// What an import would do.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    /// What the file is about.
    pub what: What,
    /// The revision of the plan that it was compared with.
    pub revision: i64,
    /// What is wrong with the file. Unless there is none, nothing may be imported.
    pub problems: Problems,
    /// What the person should know.
    pub notes: Vec<String>,
    /// How much there is of each kind, in the order of `Noun`.
    pub counts: Vec<(Noun, Count)>,
    /// The first of the rows that would be new or change.
    pub changes: Vec<RowChange>,
    /// How many such rows there are.
    pub changed_rows: usize,
    /// All hours that the file states.
    pub minutes: u64,
    pub(super) steps: Steps,
}

impl ImportPlan {
    /// Whether it may be done: nothing is refused.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether the plan says all of it already.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many of a kind would be new, change and stay.
    #[must_use]
    pub fn count(&self, noun: Noun) -> Count {
        let found = self.counts.iter().find(|(own, _)| *own == noun);
        found.map(|(_, count)| *count).unwrap_or_default()
    }

    /// How many rows would be new or change, in words: `24 projects and 83 deliverables`.
    #[must_use]
    pub fn summary(&self) -> String {
        let nouns = match self.what {
            What::People => &[Noun::Person][..],
            What::Projects => &[Noun::Project, Noun::Deliverable],
            What::Hours => &[Noun::Hours],
        };
        let parts: Vec<String> = nouns
            .iter()
            .map(|noun| (noun, self.count(*noun)))
            .map(|(noun, count)| (noun, count.created + count.changed))
            .filter(|(_, count)| *count > 0)
            .map(|(noun, count)| counted(count, *noun))
            .collect();
        if parts.is_empty() {
            "nothing".to_owned()
        } else {
            parts.join(" and ")
        }
    }

    /// The import in the history's words: `imported people.csv: 60 people`.
    #[must_use]
    pub fn label(&self, file: &str) -> String {
        format!("imported {file}: {}", self.summary())
    }
}

/// The name of a file as the history and pages show it: its last part, on one line, not too long.
#[must_use]
pub fn file_label(name: &str) -> String {
    const MOST: usize = 80;
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(MOST).collect();
    match clean.trim() {
        "" => "a file".to_owned(),
        name => name.to_owned(),
    }
}

/// `1 person`, `1 387 weeks of hours`.
#[must_use]
pub fn counted(count: usize, noun: Noun) -> String {
    let number = grouped(u32::try_from(count).unwrap_or(u32::MAX));
    format!("{number} {}", noun.word(count))
}

/// Compares what a file says with the plan.
#[must_use]
pub fn plan_import(reading: &Reading, book: &Book, known: &Known) -> ImportPlan {
    let mut planner = Planner::new(reading, book, known);
    match reading.what {
        What::People => people::plan(&mut planner),
        What::Projects => projects::plan(&mut planner),
        What::Hours => hours::plan(&mut planner),
    }
    planner.finish()
}

/// Everything that planning one file needs and gathers.
struct Planner<'a> {
    reading: &'a Reading,
    book: &'a Book,
    plan: &'a Plan,
    known: &'a Known,
    names: Tables,
    nearest: Nearest,
    problems: Problems,
    notes: Vec<String>,
    report: Report,
    steps: Steps,
}

/// What rows name, and what must be made because nobody has named it before.
struct Tables {
    departments: Departments,
    roles: Names<crate::units::ids::RoleId>,
    skills: Names<crate::units::ids::SkillId>,
    clients: Names<crate::units::ids::ClientId>,
}

impl<'a> Planner<'a> {
    fn new(reading: &'a Reading, book: &'a Book, known: &'a Known) -> Self {
        let plan = &*book.plan;
        Self {
            reading,
            book,
            plan,
            known,
            names: Tables {
                departments: Departments::of(plan),
                roles: Names::of(plan.roles.iter().map(|one| (one.id, one.name.as_str()))),
                skills: Names::of(plan.skills.iter().map(|one| (one.id, one.name.as_str()))),
                clients: Names::of(plan.clients.iter().map(|one| (one.id, one.name.as_str()))),
            },
            nearest: Nearest::default(),
            problems: Problems::default(),
            notes: Vec::new(),
            report: Report::default(),
            steps: Steps::default(),
        }
    }

    /// Something wrong with a field of a row.
    fn fault(&mut self, at: At, field: Field, reason: impl Into<String>) {
        let column = self.reading.column(at, field);
        self.problems.push(self.reading.problem(at, column, reason));
    }

    /// Whether a row's person or project of `department` is not for who imports to change.
    fn is_outside(&self, department: Option<DepartmentId>) -> bool {
        let guard = self.known.guard.as_ref();
        guard.is_some_and(|guard| !guard.reach().covers(department))
    }

    /// The department of a path, made where there is none; a path that is too deep is a fault.
    fn department(&mut self, at: At, path: &[Name]) -> Option<Ref<DepartmentId>> {
        match self.names.departments.find_or_add(path) {
            Ok(department) => Some(department),
            Err(reason) => {
                self.fault(at, Field::Department, reason);
                None
            }
        }
    }

    fn finish(self) -> ImportPlan {
        let Self {
            reading,
            book,
            names,
            mut report,
            mut steps,
            ..
        } = self;
        // What is made because a row names it stands before the rows.
        report.name_first(Noun::Client, names.clients.added());
        report.name_first(Noun::Skill, names.skills.added());
        report.name_first(Noun::Role, names.roles.added());
        report.name_first(Noun::Department, &names.departments.added_paths());
        steps.departments = names.departments.into_added();
        steps.roles = names.roles.into_added();
        steps.skills = names.skills.into_added();
        steps.clients = names.clients.into_added();
        let mut problems = reading.problems.clone();
        problems.append(self.problems);
        let sheets: Vec<Option<String>> = reading.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        problems.sort(&sheets);
        let drafts = &reading.drafts.hours;
        ImportPlan {
            what: reading.what,
            revision: book.revision,
            problems,
            notes: [reading.notes.clone(), self.notes].concat(),
            counts: report.counts(),
            changed_rows: report.changed_rows(),
            changes: report.into_changes(),
            minutes: drafts.iter().map(|draft| u64::from(draft.minutes.0)).sum(),
            steps,
        }
    }
}

/// Hours in a table of changes.
fn shown_hours(minutes: Option<Minutes>) -> String {
    minutes.map(|minutes| minutes.to_string()).unwrap_or_default()
}

fn shown_day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

//! The plan as drafts, and the drafts as files: what an export writes an import takes without a difference.

use std::collections::HashMap;
use std::sync::Arc;

use super::columns::What;
use super::drafts::{At, DeliverableDraft, HoursDraft, PersonDraft, ProjectDraft, Stated};
use super::import::{Known, counting_day};
use super::tables::{deliverables_table, hours_long_table, hours_wide_table, people_table, projects_table};
use crate::book::{Assignment, Book, Person, Plan, Project};
use crate::sheet::{FileKind, Table, WriteError, to_csv, to_xlsx};
use crate::units::ids::{PersonId, ProjectId};
use crate::units::{Name, Week, fold};

/// What is to be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// People.
    People,
    /// Projects; as a workbook with their deliverables on a second sheet.
    Projects,
    /// Deliverables alone.
    Deliverables,
    /// Hours, one column a week.
    HoursWide,
    /// Hours, one row for each assignment and week.
    HoursLong,
}

impl Subject {
    /// What the words of an address or a command line mean.
    #[must_use]
    pub fn from_words(what: &str, shape: &str) -> Option<Self> {
        match (what, shape) {
            ("people", _) => Some(Self::People),
            ("projects", _) => Some(Self::Projects),
            ("deliverables", _) => Some(Self::Deliverables),
            ("hours", "" | "wide") => Some(Self::HoursWide),
            ("hours", "long") => Some(Self::HoursLong),
            _ => None,
        }
    }

    /// The first word of the file's name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => What::People.key(),
            Self::Projects => What::Projects.key(),
            Self::Deliverables => "deliverables",
            Self::HoursWide | Self::HoursLong => What::Hours.key(),
        }
    }
}

/// Writes a file. `weeks` are the first week and how many, for hours; nothing takes all booked weeks.
pub fn export_file(
    book: &Book,
    known: &Known,
    subject: Subject,
    kind: FileKind,
    weeks: Option<(Week, u16)>,
) -> Result<Vec<u8>, WriteError> {
    let start = book.plan.organisation.week_start;
    let mut tables: Vec<Table> = match subject {
        Subject::People => vec![people_table(&people(book, known))],
        Subject::Projects => vec![projects_table(&projects(book, known))],
        Subject::Deliverables => vec![deliverables_table(&deliverables(book, known))],
        Subject::HoursWide => vec![hours_wide_table(&hours(book, weeks), start)],
        Subject::HoursLong => vec![hours_long_table(&hours(book, weeks), start)],
    };
    match kind {
        FileKind::Xlsx => {
            if subject == Subject::Projects && !book.plan.deliverables.is_empty() {
                tables.push(deliverables_table(&deliverables(book, known)));
            }
            to_xlsx(&tables)
        }
        FileKind::Csv(separator) => match tables.first() {
            Some(table) => to_csv(table, separator),
            None => Ok(Vec::new()),
        },
    }
}

fn stated(text: &str) -> Stated<String> {
    Stated::from((!text.is_empty()).then(|| text.to_owned()))
}

fn named(text: &str) -> Stated<Name> {
    Stated::from(Name::parse(text).ok())
}

fn department(plan: &Plan, id: Option<crate::units::ids::DepartmentId>) -> Stated<Vec<Name>> {
    let mut path = Vec::new();
    let mut next = id.and_then(|id| plan.department(id));
    while let Some(one) = next {
        path.extend(Name::parse(&one.name).ok());
        next = one.parent.and_then(|parent| plan.department(parent));
    }
    path.reverse();
    Stated::from((!path.is_empty()).then_some(path))
}

/// Everybody, those who are no longer planned too.
fn people(book: &Book, known: &Known) -> Vec<PersonDraft> {
    let plan = &book.plan;
    let draft = |person: &Person| {
        let (phone, notes) = known.people.get(&person.id).cloned().unwrap_or_default();
        let day = counting_day(known.today, person.start, person.last);
        let skills: Vec<Name> = person
            .skills
            .iter()
            .filter_map(|(id, _)| Name::parse(plan.skill_name(*id)).ok())
            .collect();
        Some(PersonDraft {
            at: At::default(),
            name: Name::parse(&person.name).ok()?,
            email: stated(&person.email),
            phone: stated(&phone),
            role: named(plan.role_name(person.role)),
            department: department(plan, person.department),
            weekly: Stated::Given(plan.work_week_on(person, day).total()),
            start: person.start.into(),
            last: person.last.into(),
            location: stated(&person.location),
            skills: Stated::from((!skills.is_empty()).then_some(skills)),
            notes: stated(&notes),
            active: Stated::Given(person.active),
        })
    };
    plan.people.iter().filter_map(draft).collect()
}

fn projects(book: &Book, known: &Known) -> Vec<ProjectDraft> {
    let plan = &book.plan;
    let draft = |project: &Project| {
        Some(ProjectDraft {
            at: At::default(),
            name: Name::parse(&project.name).ok()?,
            code: named(&project.code),
            client: named(plan.client_name(project.client)),
            status: named(plan.status(project.status).map_or("", |status| &status.label)),
            department: department(plan, project.department),
            start: project.start.into(),
            end: project.end.into(),
            budget: project.budget.into(),
            notes: stated(known.projects.get(&project.id).map_or("", String::as_str)),
        })
    };
    plan.projects.iter().filter_map(draft).collect()
}

fn deliverables(book: &Book, known: &Known) -> Vec<DeliverableDraft> {
    let plan = &book.plan;
    let words = ProjectWords::of(plan);
    let mut drafts = Vec::with_capacity(plan.deliverables.len());
    for project in &plan.projects {
        for one in plan.deliverables_of(project.id) {
            let (Ok(of), Ok(name)) = (Name::parse(words.word(project)), Name::parse(&one.name)) else {
                continue;
            };
            drafts.push(DeliverableDraft {
                at: At::default(),
                project: of,
                name,
                copy: 0,
                percent: one.percent.into(),
                phase: named(&one.phase),
                due: one.due.into(),
                done: Stated::Given(one.done),
                notes: stated(known.deliverables.get(&one.id).map_or("", String::as_str)),
            });
        }
    }
    drafts
}

/// What a project is called in a file about something else: its name, unless that could mean another one too.
struct ProjectWords {
    texts: HashMap<String, usize>,
}

impl ProjectWords {
    fn of(plan: &Plan) -> Self {
        let mut texts: HashMap<String, usize> = HashMap::new();
        for project in &plan.projects {
            *texts.entry(fold(&project.name)).or_default() += 1;
            if fold(&project.code) != fold(&project.name) {
                *texts.entry(fold(&project.code)).or_default() += 1;
            }
        }
        Self { texts }
    }

    fn word<'a>(&self, project: &'a Project) -> &'a str {
        let is_unique = self.texts.get(&fold(&project.name)) == Some(&1);
        if is_unique || project.code.is_empty() {
            &project.name
        } else {
            &project.code
        }
    }
}

fn hours(book: &Book, weeks: Option<(Week, u16)>) -> Vec<HoursDraft> {
    let plan = &book.plan;
    let words = ProjectWords::of(plan);
    let mut copies = Copies::default();
    let mut drafts = Vec::new();
    let wanted =
        |week: Week| weeks.is_none_or(|(from, count)| from <= week && week < from.plus(i32::from(count)));
    for project in &plan.projects {
        let of: Arc<str> = words.word(project).into();
        let mut assignments = plan.assignments_of_project(project.id);
        // Alike ones are numbered in the order of their ids, as an import counts them.
        assignments.sort_by_key(|one| (one.person.is_none(), person_name(plan, one), one.id));
        for assignment in assignments {
            let person = assignment.person.and_then(|id| plan.person(id));
            let text = |text: &str| (!text.is_empty()).then(|| Arc::<str>::from(text));
            let role = plan.role_name(plan.role_on(assignment));
            let copy = copies.next((project.id, assignment.person, fold(role), fold(&assignment.note)));
            let draft = HoursDraft {
                at: At::default(),
                column: 0,
                person: person.and_then(|person| text(&person.name)),
                email: person.and_then(|person| text(&person.email)),
                project: Arc::clone(&of),
                role: text(role),
                note: text(&assignment.note),
                copy,
                week: Week(0),
                minutes: crate::units::Minutes(0),
            };
            let booked = book.hours().booked(assignment.id);
            drafts.extend(
                booked
                    .filter(|(week, _)| wanted(*week))
                    .map(|(week, minutes)| HoursDraft {
                        week,
                        minutes,
                        ..draft.clone()
                    }),
            );
        }
    }
    drafts
}

fn person_name(plan: &Plan, assignment: &Assignment) -> String {
    let person = assignment.person.and_then(|id| plan.person(id));
    person.map(|person| fold(&person.name)).unwrap_or_default()
}

/// Numbers assignments that differ in nothing.
#[derive(Default)]
struct Copies(HashMap<(ProjectId, Option<PersonId>, String, String), u16>);

impl Copies {
    fn next(&mut self, key: (ProjectId, Option<PersonId>, String, String)) -> u16 {
        let next = self.0.entry(key).or_default();
        let copy = *next;
        *next = next.saturating_add(1);
        copy
    }
}

//! Hours of a file against those of the plan: first whose they are, then cell by cell.

mod rows;
mod who;

use std::collections::{BTreeSet, HashMap};

use super::super::columns::Field;
use super::super::drafts::{At, HoursDraft};
use super::Planner;
use super::report::{FieldChange, Noun};
use super::steps::{CellStep, NewAssignment, Ref};
use crate::book::Person;
use crate::units::ids::AssignmentId;
use crate::units::{Minutes, Week};

use rows::{Fresh, Rows, Target};
use who::{Group, Whose, groups};

pub(super) fn plan(planner: &mut Planner<'_>) {
    let reading = planner.reading;
    let groups = groups(&reading.drafts.hours);
    let people = who::PeopleByName::of(planner.plan);
    let projects = who::projects(planner.plan);
    let whose: Vec<_> = groups
        .iter()
        .map(|group| who::resolve(planner, group, &people, &projects))
        .collect();
    let mut rows = Rows::of(planner);
    let targets = rows.choose(planner, &groups, &whose);
    let mut cells = Cells::default();
    for ((group, whose), target) in groups.iter().zip(&whose).zip(targets) {
        if let (Some(whose), Some(target)) = (whose, target) {
            cells.group(planner, group, whose, target, &mut rows);
        }
    }
    cells.finish(planner, &rows);
}

/// Why somebody may not plan these hours.
const NOT_THEIRS: &str =
    "these hours belong to a department that you do not manage: ask who does, or an administrator";

/// Whether who imports plans these hours: those of their people, and of the open places of their projects.
fn is_theirs(planner: &Planner<'_>, whose: &Whose<'_>) -> bool {
    let department = match whose.person {
        Some(person) => person.department,
        None => planner
            .plan
            .project(whose.project)
            .and_then(|project| project.department),
    };
    !planner.is_outside(department)
}

/// Compares cells, and gathers those that change by whose they are.
#[derive(Default)]
struct Cells {
    seen: HashMap<(Target, Week), At>,
    /// In the order in which the file names them.
    order: Vec<Target>,
    changed: HashMap<Target, Vec<(Week, Minutes, Minutes)>>,
}

impl Cells {
    fn group(
        &mut self,
        planner: &mut Planner<'_>,
        group: &Group<'_>,
        whose: &Whose<'_>,
        target: Target,
        rows: &mut Rows,
    ) {
        let person = whose.person;
        let theirs = is_theirs(planner, whose);
        let mut outside: Vec<(At, Vec<Week>)> = Vec::new();
        let mut refused: BTreeSet<At> = BTreeSet::new();
        let mut twice: Option<At> = None;
        for draft in &group.drafts {
            if let Some(other) = self.seen.insert((target, draft.week), draft.at) {
                if twice != Some(draft.at) {
                    twice = Some(draft.at);
                    said_twice(planner, draft, other);
                }
                continue;
            }
            let before = match target {
                Target::There(id) => planner.book.hours().get(id, draft.week),
                Target::Fresh(_) => Minutes(0),
            };
            if before == draft.minutes {
                planner.report.unchanged(Noun::Hours);
                continue;
            }
            if draft.minutes.0 > 0 && !may_work(planner, person, draft.week) {
                match outside.last_mut() {
                    Some((at, weeks)) if *at == draft.at => weeks.push(draft.week),
                    _ => outside.push((draft.at, vec![draft.week])),
                }
                continue;
            }
            if !theirs {
                refused.insert(draft.at);
                continue;
            }
            planner.report.count(Noun::Hours, before.0 == 0);
            rows.need(target);
            let changed = self.changed.entry(target).or_insert_with(|| {
                self.order.push(target);
                Vec::new()
            });
            changed.push((draft.week, before, draft.minutes));
        }
        for at in refused {
            planner.fault(at, Field::Person, NOT_THEIRS);
        }
        if let Some(person) = person {
            for (at, weeks) in outside {
                let reason = why_not(planner, person, &weeks);
                planner.fault(at, Field::Person, reason);
            }
        }
    }

    /// Steps and what is shown of them.
    fn finish(self, planner: &mut Planner<'_>, rows: &Rows) {
        let mut numbers: HashMap<Target, Ref<AssignmentId>> = HashMap::new();
        for (index, fresh) in rows.needed() {
            numbers.insert(Target::Fresh(index), Ref::New(planner.steps.assignments.len()));
            let step = new_assignment(planner, fresh);
            planner.steps.assignments.push(step);
            planner.report.count(Noun::Assignment, true);
        }
        for target in self.order {
            let changed = self.changed.get(&target).map_or(&[][..], Vec::as_slice);
            let assignment = match target {
                Target::There(id) => Some(Ref::Known(id)),
                Target::Fresh(_) => numbers.get(&target).copied(),
            };
            let Some(assignment) = assignment else { continue };
            planner
                .steps
                .cells
                .extend(changed.iter().map(|(week, _, minutes)| CellStep {
                    assignment,
                    week: *week,
                    minutes: *minutes,
                }));
            let is_new = matches!(target, Target::Fresh(_));
            if !is_new {
                planner.report.count(Noun::Assignment, false);
            }
            let fields = if is_new {
                vec![in_all(changed)]
            } else {
                by_week(planner, changed)
            };
            planner
                .report
                .show(Noun::Assignment, is_new, &rows.title(planner, target), fields);
        }
    }
}

fn new_assignment(planner: &mut Planner<'_>, fresh: &Fresh) -> NewAssignment {
    let own = fresh
        .person
        .and_then(|id| planner.plan.person(id))
        .map(|person| planner.plan.role_name(person.role).to_owned());
    // As the person's own role: none is kept, so that it goes along when the person's changes.
    let role = fresh.role.as_ref().filter(|role| {
        own.as_ref()
            .is_none_or(|own| crate::units::fold(own) != crate::units::fold(role))
    });
    NewAssignment {
        project: fresh.project,
        person: fresh.person,
        role: role.map(|role| planner.names.roles.find_or_add(role)),
        note: fresh.note.clone(),
    }
}

fn said_twice(planner: &mut Planner<'_>, draft: &HoursDraft, other: At) {
    let first = draft.week.first_day(planner.plan.organisation.week_start);
    let sheet = planner
        .reading
        .sheets
        .get(other.sheet)
        .and_then(|sheet| sheet.name.as_deref());
    let place = match sheet {
        Some(sheet) if other.sheet != draft.at.sheet => {
            format!("line {} of the sheet “{sheet}”", other.line)
        }
        _ => format!("line {}", other.line),
    };
    let reason = format!("is the same assignment and week (of {first}) as {place}");
    planner
        .problems
        .push(planner.reading.problem(draft.at, None, reason));
}

fn may_work(planner: &Planner<'_>, person: Option<&Person>, week: Week) -> bool {
    person.is_none_or(|person| person.active && planner.plan.is_employed(person, week))
}

/// Why hours may not stand in these weeks: the dates of the employment, and which weeks.
fn why_not(planner: &Planner<'_>, person: &Person, weeks: &[Week]) -> String {
    const NAMED: usize = 6;
    let start = planner.plan.organisation.week_start;
    let named: Vec<String> = weeks
        .iter()
        .take(NAMED)
        .map(|week| week.first_day(start).to_string())
        .collect();
    let more = match weeks.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let these = if weeks.len() == 1 { "the week" } else { "the weeks" };
    let weeks_named = format!("{these} of {}{more}", named.join(", "));
    if !person.active {
        return format!("{} is no longer active; {weeks_named}", person.name);
    }
    let employed = match (person.start, person.last) {
        (Some(first), Some(last)) => format!("is employed from {first} to {last}"),
        (Some(first), None) => format!("starts on {first}"),
        (None, Some(last)) => format!("left on {last}"),
        (None, None) => "is not employed".to_owned(),
    };
    format!(
        "{} {employed}, so no hours can stand in {weeks_named}",
        person.name
    )
}

fn in_all(changed: &[(Week, Minutes, Minutes)]) -> FieldChange {
    let total: u64 = changed.iter().map(|(_, _, minutes)| u64::from(minutes.0)).sum();
    let weeks = match changed.len() {
        1 => "1 week".to_owned(),
        count => format!("{count} weeks"),
    };
    let total = Minutes(u32::try_from(total).unwrap_or(u32::MAX));
    FieldChange {
        field: "Hours".to_owned(),
        before: String::new(),
        after: format!("{total} in {weeks}"),
    }
}

fn by_week(planner: &Planner<'_>, changed: &[(Week, Minutes, Minutes)]) -> Vec<FieldChange> {
    const NAMED: usize = 6;
    let start = planner.plan.organisation.week_start;
    let mut fields: Vec<FieldChange> = changed
        .iter()
        .take(NAMED)
        .map(|(week, before, after)| FieldChange {
            field: week.first_day(start).to_string(),
            before: before.to_string(),
            after: after.to_string(),
        })
        .collect();
    if changed.len() > NAMED {
        fields.push(FieldChange {
            field: String::new(),
            before: String::new(),
            after: format!("and {} more weeks", changed.len() - NAMED),
        });
    }
    fields
}

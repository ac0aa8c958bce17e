//! Projects and deliverables of a file against those of the plan.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use super::super::columns::{Field, Kind};
use super::super::drafts::{DeliverableDraft, ProjectDraft};
use super::matches::{Match, matches};
use super::report::{Diff, Noun};
use super::steps::{DeliverableStep, ProjectStep, Ref};
use super::{Planner, shown_day, shown_hours};
use crate::book::{CountsAs, Deliverable, Project};
use crate::units::ids::{ProjectId, StatusId};
use crate::units::text::line;
use crate::units::{Colour, Day, Minutes, Name, fold};
use crate::{plan as planned, projects};

pub(super) fn plan(planner: &mut Planner<'_>) {
    let reading = planner.reading;
    let found = found(planner);
    let mut made = 0;
    let mut named = ByName::default();
    let mut seen: HashSet<ProjectId> = HashSet::new();
    for (draft, found) in reading.drafts.projects.iter().zip(found) {
        let id = match found {
            Match::New => None,
            Match::Is(id) => Some(id),
            Match::Several(count) => {
                let reason = format!(
                    "there are {count} projects called “{}”; give the number of the one that is meant",
                    draft.name
                );
                planner.fault(draft.at, Field::Name, reason);
                continue;
            }
        };
        let own = one_project(planner, draft, id, made);
        let reference = id.map_or(Ref::New(made), Ref::Known);
        made += usize::from(id.is_none());
        seen.extend(id);
        named.add(reference, &own.code, &own.name);
    }
    for project in planner.plan.projects.iter().filter(|one| !seen.contains(&one.id)) {
        named.add(Ref::Known(project.id), &project.code, &project.name);
    }
    deliverables(planner, &named);
}

/// Which project each row means: by number, else by name.
fn found(planner: &Planner<'_>) -> Vec<Match<ProjectId>> {
    let drafts = planner.reading.drafts.projects.iter();
    let rows: Vec<(Option<&str>, &str)> = drafts
        .map(|draft| (draft.code.given().map(Name::as_str), draft.name.as_str()))
        .collect();
    let known = planner.plan.projects.iter();
    matches(
        known.map(|one| (one.id, one.code.as_str(), one.name.as_str())),
        &rows,
    )
}

fn one_project(
    planner: &mut Planner<'_>,
    draft: &ProjectDraft,
    id: Option<ProjectId>,
    made: usize,
) -> projects::ProjectDraft {
    let existing = id.and_then(|id| planner.plan.project(id));
    let mut diff = Diff::of(Kind::Projects);
    let mut step = ProjectStep {
        id,
        draft: existing.map_or_else(|| new_project(planner, made), |project| kept(planner, project)),
        client: existing.and_then(|project| project.client).map(Ref::Known),
        department: existing.and_then(|project| project.department).map(Ref::Known),
    };
    diff.name(&mut step.draft.name, &draft.name);
    if let Some(Err(reason)) = draft.code.given().map(|code| line(code.as_str(), 40)) {
        planner.fault(draft.at, Field::Code, reason.to_string());
    }
    diff.text(Field::Code, &mut step.draft.code, &draft.code);
    belongs(planner, draft, &mut step, &mut diff);
    span(planner, draft, &mut step.draft, &mut diff);
    diff.text(Field::Notes, &mut step.draft.notes, &draft.notes);
    let own = step.draft.clone();
    let unchanged = existing.is_some() && diff.is_empty();
    if !unchanged {
        guarded(planner, draft, existing, &step);
    }
    if unchanged {
        planner.report.unchanged(Noun::Project);
    } else {
        planner
            .report
            .row(Noun::Project, existing.is_none(), &own.name, diff.into_fields());
        planner.steps.projects.push(step);
    }
    own
}

/// Who manages some departments changes the projects of those, and makes new ones there.
fn guarded(planner: &mut Planner<'_>, draft: &ProjectDraft, existing: Option<&Project>, step: &ProjectStep) {
    if existing.is_some_and(|project| planner.is_outside(project.department)) {
        planner.fault(draft.at, Field::Project, NOT_THEIRS);
        return;
    }
    let after = step
        .department
        .and_then(|one| planner.names.departments.standing(one));
    if planner.is_outside(after) {
        let why = "say one of the departments that you manage";
        planner.fault(draft.at, Field::Department, why);
    }
}

/// Why somebody may not change a project or its dates.
const NOT_THEIRS: &str =
    "this project belongs to a department that you do not manage: ask who does, or an administrator";

/// A new project stands where the first status that counts as confirmed stands, in the next colour.
fn new_project(planner: &Planner<'_>, made: usize) -> projects::ProjectDraft {
    let statuses = &planner.plan.statuses;
    let status = statuses
        .iter()
        .find(|status| status.counts_as == CountsAs::Confirmed)
        .or_else(|| statuses.first());
    let number = i64::try_from(planner.plan.projects.len() + made).unwrap_or(0);
    projects::ProjectDraft {
        name: String::new(),
        code: String::new(),
        client: None,
        status: status.map_or(StatusId(0), |status| status.id),
        department: None,
        colour: Colour::nth(number),
        start: None,
        end: None,
        budget: None,
        notes: String::new(),
    }
}

/// A project as it is.
fn kept(planner: &Planner<'_>, project: &Project) -> projects::ProjectDraft {
    let notes = planner.known.projects.get(&project.id).cloned();
    projects::ProjectDraft {
        name: project.name.clone(),
        code: project.code.clone(),
        client: project.client,
        status: project.status,
        department: project.department,
        colour: project.colour,
        start: project.start,
        end: project.end,
        budget: project.budget,
        notes: notes.unwrap_or_default(),
    }
}

/// Client, status and department.
fn belongs(planner: &mut Planner<'_>, draft: &ProjectDraft, step: &mut ProjectStep, diff: &mut Diff) {
    if let Some(wanted) = draft.client.change() {
        let client = wanted.map(|name| planner.names.clients.find_or_add(name.as_str()));
        if client != step.client {
            let before = planner.plan.client_name(step.draft.client);
            let after = wanted.map(|name| planner.names.clients.shown(name.as_str()));
            diff.note(Field::Client, before, &after.unwrap_or_default());
            step.client = client;
        }
    }
    // Every project stands somewhere, so a blank status says nothing.
    if let Some(wanted) = draft.status.given() {
        let statuses = &planner.plan.statuses;
        let found = statuses
            .iter()
            .find(|status| fold(&status.label) == fold(wanted.as_str()));
        if let Some(status) = found {
            let plan = planner.plan;
            let label = |id: &StatusId| plan.status(*id).map(|one| one.label.clone()).unwrap_or_default();
            diff.set(Field::Status, &mut step.draft.status, status.id, label);
        } else {
            let known: Vec<String> = statuses
                .iter()
                .map(|status| format!("“{}”", status.label))
                .collect();
            let reason = format!(
                "there is no status “{wanted}”; the statuses are {}",
                known.join(", ")
            );
            planner.fault(draft.at, Field::Status, reason);
        }
    }
    if let Some(wanted) = draft.department.change() {
        let before = step.draft.department.map(|id| planner.plan.department_path(id));
        let department = wanted.and_then(|path| planner.department(draft.at, path));
        if department != step.department {
            let names: Vec<&str> = wanted
                .map(|path| path.iter().map(Name::as_str).collect())
                .unwrap_or_default();
            let after = match department {
                Some(Ref::Known(id)) => planner.plan.department_path(id),
                _ => names.join(" / "),
            };
            diff.note(Field::Department, &before.unwrap_or_default(), &after);
            step.department = department;
        }
    }
}

/// Dates and budget.
fn span(planner: &mut Planner<'_>, draft: &ProjectDraft, own: &mut projects::ProjectDraft, diff: &mut Diff) {
    let before = (own.start, own.end);
    if let Some(start) = draft.start.change() {
        diff.set(Field::Start, &mut own.start, start.copied(), |day| {
            shown_day(*day)
        });
    }
    if let Some(end) = draft.end.change() {
        diff.set(Field::End, &mut own.end, end.copied(), |day| shown_day(*day));
    }
    if let (Some(start), Some(end)) = (own.start, own.end)
        && end < start
        && before != (own.start, own.end)
    {
        let field = if draft.end.is_absent() {
            Field::Start
        } else {
            Field::End
        };
        planner.fault(
            draft.at,
            field,
            format!("the end, {end}, would be before the start, {start}"),
        );
    }
    if let Some(budget) = draft.budget.change() {
        diff.set(Field::Budget, &mut own.budget, budget.copied(), |minutes| {
            shown_hours(*minutes)
        });
    }
}

/// Projects by code and by name: those of the plan as they will be, and those that the file adds.
#[derive(Default)]
pub(super) struct ByName {
    by_code: HashMap<String, Ref<ProjectId>>,
    by_name: HashMap<String, Vec<Ref<ProjectId>>>,
}

impl ByName {
    pub(super) fn add(&mut self, project: Ref<ProjectId>, code: &str, name: &str) {
        if !code.is_empty() {
            self.by_code.insert(fold(code), project);
        }
        self.by_name.entry(fold(name)).or_default().push(project);
    }

    /// The project that `text` means, by code and then by name; else how many have that name.
    pub(super) fn find(&self, text: &str) -> Result<Ref<ProjectId>, usize> {
        let text = fold(text);
        if let Some(found) = self.by_code.get(&text) {
            return Ok(*found);
        }
        match self.by_name.get(&text).map_or(&[][..], Vec::as_slice) {
            [only] => Ok(*only),
            several => Err(several.len()),
        }
    }
}

impl Planner<'_> {
    /// What is wrong with a project that `ByName` could not tell.
    pub(super) fn unknown_project(&mut self, text: &str, count: usize) -> String {
        if count > 1 {
            return format!(
                "there are {count} projects called “{text}”; give the number of the one that is meant"
            );
        }
        let plan = self.plan;
        let codes = plan.projects.iter().map(|project| project.code.as_str());
        let names = plan.projects.iter().map(|project| project.name.as_str());
        let hint = self
            .nearest
            .hint(text, codes.filter(|code| !code.is_empty()).chain(names));
        format!("there is no project “{text}”{hint}")
    }
}

fn deliverables(planner: &mut Planner<'_>, named: &ByName) {
    let reading = planner.reading;
    let mut moves: BTreeMap<ProjectId, Vec<planned::Move>> = BTreeMap::new();
    // Counted by the project itself, which rows may call by its number or by its name.
    let mut copies: HashMap<(Ref<ProjectId>, String), usize> = HashMap::new();
    for draft in &reading.drafts.deliverables {
        let project = match named.find(draft.project.as_str()) {
            Ok(project) => project,
            Err(count) => {
                let mut reason = planner.unknown_project(draft.project.as_str(), count);
                if count == 0 && !reading.problems.is_empty() {
                    reason.push_str(", nor one among the rows of this file that could be read");
                }
                let field = [Field::Code, Field::Project]
                    .into_iter()
                    .find(|field| reading.column(draft.at, *field).is_some());
                planner.fault(draft.at, field.unwrap_or(Field::Project), reason);
                continue;
            }
        };
        let copy = copies.entry((project, fold(draft.name.as_str()))).or_default();
        let existing = match project {
            Ref::Known(id) => planner
                .plan
                .deliverables_of(id)
                .filter(|one| fold(&one.name) == fold(draft.name.as_str()))
                .nth(*copy),
            Ref::New(_) => None,
        };
        *copy += 1;
        let due = one_deliverable(planner, draft, project, existing);
        if let Some(moved) = existing.and_then(|existing| planned::Move::of(existing, due)) {
            moves.entry(moved.project).or_default().push(moved);
        }
    }
    if planner.known.hours_follow {
        for (project, moves) in moves {
            let name = planner
                .plan
                .project(project)
                .map_or("", |project| project.name.as_str());
            follow(planner, name, moves);
        }
    }
}

/// Lets the hours of one project follow all its dates that the file moves.
fn follow(planner: &mut Planner<'_>, project: &str, moves: Vec<planned::Move>) {
    let this_week = planner.plan.week_of(planner.known.today);
    let reallocation = planned::reallocate(planner.book, &moves, planned::Terms::default(), this_week);
    let stays: Minutes = reallocation.skipped.iter().map(|one| one.minutes).sum();
    let mut note = format!("{} h of {project} follow its due dates", reallocation.minutes());
    if stays.0 > 0 {
        // Writing to a String does not fail.
        let _ = write!(
            note,
            "; {stays} h stay, because nobody could take them where they would land"
        );
    }
    if !reallocation.overloads.is_empty() {
        let _ = write!(
            note,
            "; {} weeks become more than people can carry",
            reallocation.overloads.len()
        );
    }
    if reallocation.lines.is_empty() && stays.0 == 0 {
        return;
    }
    planner.notes.push(note + ".");
    planner.steps.reallocations.push((moves, reallocation));
}

/// Refuses a new due date that cannot be meant, and points out one that lies outside its project.
fn unusual(planner: &mut Planner<'_>, draft: &DeliverableDraft, project: Ref<ProjectId>, due: Option<Day>) {
    let today = planner.known.today;
    if let Some(reason) = due.and_then(|due| planned::due_fault(due, today)) {
        planner.fault(draft.at, Field::Due, reason);
    }
    if let Ref::Known(id) = project {
        let project = planner.plan.project(id);
        planner
            .notes
            .extend(project.and_then(|project| planned::outside_project(project, due)));
    }
}

fn one_deliverable(
    planner: &mut Planner<'_>,
    draft: &DeliverableDraft,
    project: Ref<ProjectId>,
    existing: Option<&Deliverable>,
) -> Option<Day> {
    let mut diff = Diff::of(Kind::Deliverables);
    let mut own = existing.map_or_else(planned::DeliverableDraft::default, |one| {
        planned::DeliverableDraft {
            name: one.name.clone(),
            percent: one.percent,
            phase: one.phase.clone(),
            due: one.due,
            done: one.done,
            notes: planner
                .known
                .deliverables
                .get(&one.id)
                .cloned()
                .unwrap_or_default(),
        }
    });
    diff.name(&mut own.name, &draft.name);
    if let Some(percent) = draft.percent.change() {
        let shown = |percent: &Option<u8>| percent.map(|one| one.to_string()).unwrap_or_default();
        diff.set(Field::Percent, &mut own.percent, percent.copied(), shown);
    }
    if let Some(Err(reason)) = draft.phase.given().map(|phase| line(phase.as_str(), 60)) {
        planner.fault(draft.at, Field::Phase, reason.to_string());
    }
    diff.text(Field::Phase, &mut own.phase, &draft.phase);
    if let Some(due) = draft.due.change() {
        let new = due.copied().filter(|due| Some(*due) != own.due);
        unusual(planner, draft, project, new);
        diff.set(Field::Due, &mut own.due, due.copied(), |day| shown_day(*day));
    }
    if !draft.done.is_absent() {
        let shown = |done: &bool| if *done { "yes" } else { "no" }.to_owned();
        let done = draft.done.given().copied().unwrap_or(false);
        diff.set(Field::Done, &mut own.done, done, shown);
    }
    diff.text(Field::Notes, &mut own.notes, &draft.notes);
    if existing.is_some() && diff.is_empty() {
        planner.report.unchanged(Noun::Deliverable);
        return own.due;
    }
    if let Ref::Known(id) = project
        && planner
            .plan
            .project(id)
            .is_some_and(|project| planner.is_outside(project.department))
    {
        planner.fault(draft.at, Field::Project, NOT_THEIRS);
    }
    let title = format!("{} · {}", draft.project, own.name);
    planner
        .report
        .row(Noun::Deliverable, existing.is_none(), &title, diff.into_fields());
    let due = own.due;
    planner.steps.deliverables.push(DeliverableStep {
        id: existing.map(|one| one.id),
        project,
        draft: own,
    });
    due
}

//! People of a file against those of the plan.

use std::collections::HashSet;

use super::super::columns::{Field, Kind};
use super::super::drafts::{PersonDraft, Stated};
use super::matches::{Match, matches};
use super::report::{Diff, Noun};
use super::steps::{CellStep, PersonStep, Ref};
use super::{Planner, shown_day};
use crate::accounts::fold_email;
use crate::book::{Person, WorkWeek};
use crate::people::{self, Identity, SkillLevel};
use crate::units::ids::{PersonId, SkillId};
use crate::units::text::line;
use crate::units::{Day, Minutes, Name};

pub(super) fn plan(planner: &mut Planner<'_>) {
    let reading = planner.reading;
    for (draft, found) in reading.drafts.people.iter().zip(found(planner)) {
        match found {
            Match::New => one(planner, draft, None),
            Match::Is(id) => one(planner, draft, Some(id)),
            Match::Several(count) => planner.fault(
                draft.at,
                Field::Name,
                format!(
                    "there are {count} people called “{}”; give the e-mail address of the one that is meant",
                    draft.name
                ),
            ),
        }
    }
}

/// Whom each row means: by e-mail address, else by name.
fn found(planner: &Planner<'_>) -> Vec<Match<PersonId>> {
    let drafts = planner.reading.drafts.people.iter();
    let rows: Vec<(Option<&str>, &str)> = drafts
        .map(|draft| (draft.email.given().map(String::as_str), draft.name.as_str()))
        .collect();
    let known = planner.plan.people.iter();
    matches(
        known.map(|one| (one.id, one.email.as_str(), one.name.as_str())),
        &rows,
    )
}

fn one(planner: &mut Planner<'_>, draft: &PersonDraft, id: Option<PersonId>) {
    let existing = id.and_then(|id| planner.plan.person(id));
    let mut diff = Diff::of(Kind::People);
    let mut step = PersonStep {
        id,
        draft: existing.map_or_else(new_person, |person| kept(planner, person)),
        role: existing.and_then(|person| person.role).map(Ref::Known),
        department: existing.and_then(|person| person.department).map(Ref::Known),
        skills: None,
        week: None,
    };
    texts(planner, draft, &mut step.draft, &mut diff);
    belongs(planner, draft, &mut step, &mut diff);
    employment(planner, draft, &mut step.draft, &mut diff);
    skills(planner, draft, existing, &mut step, &mut diff);
    weekly(planner, draft, existing, &mut step, &mut diff);
    if existing.is_some() && diff.is_empty() {
        planner.report.unchanged(Noun::Person);
        return;
    }
    guarded(planner, draft, existing, &step);
    if let Some(person) = existing.filter(|person| person.active && !step.draft.active) {
        free_the_future(planner, person);
    }
    planner.report.row(
        Noun::Person,
        existing.is_none(),
        &step.draft.name,
        diff.into_fields(),
    );
    planner.steps.people.push(step);
}

fn new_person() -> people::PersonDraft {
    people::PersonDraft {
        active: true,
        ..people::PersonDraft::default()
    }
}

/// A person as they are.
fn kept(planner: &Planner<'_>, person: &Person) -> people::PersonDraft {
    let (phone, notes) = planner.known.people.get(&person.id).cloned().unwrap_or_default();
    people::PersonDraft {
        name: person.name.clone(),
        email: person.email.clone(),
        phone,
        location: person.location.clone(),
        department: person.department,
        role: person.role,
        calendar: person.calendar,
        start: person.start,
        last: person.last,
        notes,
        active: person.active,
    }
}

fn texts(planner: &mut Planner<'_>, draft: &PersonDraft, own: &mut people::PersonDraft, diff: &mut Diff) {
    diff.name(&mut own.name, &draft.name);
    let mut email = draft.email.clone();
    if let Stated::Given(text) = &mut email {
        match fold_email(text) {
            Ok(folded) => *text = folded,
            Err(reason) => planner.fault(draft.at, Field::Email, reason),
        }
    }
    diff.text(Field::Email, &mut own.email, &email);
    diff.text(Field::Phone, &mut own.phone, &draft.phone);
    if let Some(Err(reason)) = draft.location.given().map(|text| line(text, 100)) {
        planner.fault(draft.at, Field::Location, reason.to_string());
    }
    diff.text(Field::Location, &mut own.location, &draft.location);
    diff.text(Field::Notes, &mut own.notes, &draft.notes);
}

/// Role and department.
fn belongs(planner: &mut Planner<'_>, draft: &PersonDraft, step: &mut PersonStep, diff: &mut Diff) {
    if let Some(wanted) = draft.role.change() {
        let before = planner.plan.role_name(step.draft.role).to_owned();
        let role = wanted.map(|name| planner.names.roles.find_or_add(name.as_str()));
        if role != step.role {
            let after = wanted.map(|name| planner.names.roles.shown(name.as_str()));
            diff.note(Field::Role, &before, &after.unwrap_or_default());
            step.role = role;
        }
    }
    if let Some(wanted) = draft.department.change() {
        let before = step.draft.department.map(|id| planner.plan.department_path(id));
        let department = wanted.and_then(|path| planner.department(draft.at, path));
        if department != step.department {
            let after = match department {
                Some(Ref::Known(id)) => planner.plan.department_path(id),
                _ => wanted.map(|path| joined(path, " / ")).unwrap_or_default(),
            };
            diff.note(Field::Department, &before.unwrap_or_default(), &after);
            step.department = department;
        }
    }
}

/// Whose weeks an account's are and who decides about them is not for everybody to say who may import.
fn guarded(planner: &mut Planner<'_>, draft: &PersonDraft, existing: Option<&Person>, step: &PersonStep) {
    let fault = planner.known.guard.as_ref().and_then(|guard| {
        let before = existing.map(|person| Identity {
            email: &person.email,
            department: person.department,
        });
        let after = Identity {
            email: &step.draft.email,
            department: step
                .department
                .and_then(|one| planner.names.departments.standing(one)),
        };
        guard.fault(step.id, before, Some(after))
    });
    match fault {
        Some(("email", why)) => planner.fault(draft.at, Field::Email, why),
        Some((_, why)) => planner.fault(draft.at, Field::Department, why),
        None => {}
    }
}

fn joined(names: &[Name], between: &str) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(between)
}

fn employment(
    planner: &mut Planner<'_>,
    draft: &PersonDraft,
    own: &mut people::PersonDraft,
    diff: &mut Diff,
) {
    let before = (own.start, own.last);
    if let Some(start) = draft.start.change() {
        diff.set(Field::Start, &mut own.start, start.copied(), |day| {
            shown_day(*day)
        });
    }
    if let Some(last) = draft.last.change() {
        diff.set(Field::End, &mut own.last, last.copied(), |day| shown_day(*day));
    }
    if let (Some(start), Some(last)) = (own.start, own.last)
        && last < start
        && before != (own.start, own.last)
    {
        let field = if draft.last.is_absent() {
            Field::Start
        } else {
            Field::End
        };
        planner.fault(
            draft.at,
            field,
            format!("the last day, {last}, would be before the first, {start}"),
        );
    }
    if !draft.active.is_absent() {
        let active = draft.active.given().copied().unwrap_or(true);
        let shown = |active: &bool| if *active { "yes" } else { "no" }.to_owned();
        diff.set(Field::Active, &mut own.active, active, shown);
    }
}

/// Somebody who is taken out of the plan is free from next week on, as if it were done on their page.
fn free_the_future(planner: &mut Planner<'_>, person: &Person) {
    let next = planner.plan.week_of(planner.known.today).plus(1);
    let mut freed = Minutes(0);
    for assignment in planner.plan.assignments_of_person(person.id) {
        for (week, minutes) in planner.book.hours().booked(assignment.id) {
            if week >= next {
                freed += minutes;
                planner.report.count(Noun::Hours, false);
                planner.steps.cells.push(CellStep {
                    assignment: Ref::Known(assignment.id),
                    week,
                    minutes: Minutes(0),
                });
            }
        }
    }
    if freed.0 > 0 {
        let name = &person.name;
        planner.notes.push(format!(
            "{name} is taken out of the plan, which frees {freed} h from next week on."
        ));
    }
}

fn skills(
    planner: &mut Planner<'_>,
    draft: &PersonDraft,
    existing: Option<&Person>,
    step: &mut PersonStep,
    diff: &mut Diff,
) {
    let Some(wanted) = draft.skills.change() else {
        return;
    };
    let wanted = wanted.map_or(&[][..], Vec::as_slice);
    let own: Vec<(SkillId, u8)> = existing.map(|person| person.skills.clone()).unwrap_or_default();
    let refs: Vec<(Ref<SkillId>, u8)> = wanted
        .iter()
        .map(|name| planner.names.skills.find_or_add(name.as_str()))
        .map(|skill| {
            // The file has no levels, so what somebody has keeps the one it has.
            let level = own.iter().find(|(id, _)| Ref::Known(*id) == skill);
            (
                skill,
                level.map_or(SkillLevel::Able.number(), |(_, level)| *level),
            )
        })
        .collect();
    let before: HashSet<Ref<SkillId>> = own.iter().map(|(id, _)| Ref::Known(*id)).collect();
    let after: HashSet<Ref<SkillId>> = refs.iter().map(|(skill, _)| *skill).collect();
    if before != after {
        let names: Vec<&str> = own.iter().map(|(id, _)| planner.plan.skill_name(*id)).collect();
        diff.note(Field::Skills, &names.join(", "), &joined(wanted, ", "));
        step.skills = Some(refs);
    }
}

/// Hours a week count from the first day of somebody new. Of somebody whose week has changed before, the past
/// stays as it was, and the new number counts from today.
fn weekly(
    planner: &mut Planner<'_>,
    draft: &PersonDraft,
    existing: Option<&Person>,
    step: &mut PersonStep,
    diff: &mut Diff,
) {
    /// Twenty-four hours on each of five days.
    const MOST: Minutes = Minutes::from_hours(120);
    let default = planner.plan.organisation.default_week;
    let wanted = match &draft.weekly {
        Stated::Absent => return,
        Stated::Blank => default,
        Stated::Given(minutes) if *minutes > MOST => {
            planner.fault(draft.at, Field::Weekly, "120 hours at most fit into five days");
            return;
        }
        Stated::Given(minutes) => WorkWeek::even(*minutes),
    };
    let first = step.draft.start.unwrap_or(Day::MIN);
    let day = counting_day(planner.known.today, step.draft.start, step.draft.last);
    let force = existing.map_or(default, |person| planner.plan.work_week_on(person, day));
    if force.total() == wanted.total() {
        return;
    }
    let has_history = existing.is_some_and(|person| person.work_weeks.iter().any(|(from, _)| *from > first));
    let from = if has_history { day } else { first };
    diff.note(
        Field::Weekly,
        &existing.map(|_| force.total().to_string()).unwrap_or_default(),
        &wanted.total().to_string(),
    );
    step.week = Some((from, wanted));
}

/// The day for which a person's hours a week are told and compared: today, or the nearest day of their
/// employment.
pub(in crate::exchange) fn counting_day(today: Day, start: Option<Day>, last: Option<Day>) -> Day {
    let day = last.map_or(today, |last| today.min(last));
    start.map_or(day, |start| day.max(start))
}

//! Whose hours a row means: the person, or nobody yet, and the project.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::super::columns::Field;
use super::super::super::drafts::{At, HoursDraft};
use super::super::Planner;
use super::super::projects::ByName;
use super::super::steps::Ref;
use crate::book::{Person, Plan};
use crate::units::ids::{PersonId, ProjectId};
use crate::units::{fold, text};

/// All hours of rows that say the same of whose they are.
pub(super) struct Group<'a> {
    /// The first of them, which says it.
    pub(super) who: &'a HoursDraft,
    pub(super) drafts: Vec<&'a HoursDraft>,
}

type Key<'a> = (
    Option<&'a Arc<str>>,
    Option<&'a Arc<str>>,
    &'a Arc<str>,
    Option<&'a Arc<str>>,
    Option<&'a Arc<str>>,
    u16,
    usize,
);

/// Groups, in the order in which the file begins them.
pub(super) fn groups(drafts: &[HoursDraft]) -> Vec<Group<'_>> {
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for draft in drafts {
        let key = (
            draft.person.as_ref(),
            draft.email.as_ref(),
            &draft.project,
            draft.role.as_ref(),
            draft.note.as_ref(),
            draft.copy,
            // Another sheet may have other columns, and a blank means another thing there.
            draft.at.sheet,
        );
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Group {
                who: draft,
                drafts: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.drafts.push(draft);
        }
    }
    groups
}

/// People by address and by name.
pub(super) struct PeopleByName<'a> {
    by_email: HashMap<String, &'a Person>,
    by_name: HashMap<String, Vec<&'a Person>>,
}

impl<'a> PeopleByName<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        let mut by_name: HashMap<String, Vec<&Person>> = HashMap::new();
        for person in &plan.people {
            by_name.entry(fold(&person.name)).or_default().push(person);
        }
        let with_email = plan.people.iter().filter(|person| !person.email.is_empty());
        Self {
            by_email: with_email.map(|person| (fold(&person.email), person)).collect(),
            by_name,
        }
    }

    fn find(&self, who: &HoursDraft) -> Result<&'a Person, usize> {
        let email = who
            .email
            .as_ref()
            .and_then(|email| self.by_email.get(&fold(email)));
        if let Some(found) = email {
            return Ok(*found);
        }
        let named = who.person.as_ref().and_then(|name| self.by_name.get(&fold(name)));
        match named.map_or(&[][..], Vec::as_slice) {
            [only] => Ok(*only),
            several => Err(several.len()),
        }
    }
}

/// Projects by code and by name.
pub(super) fn projects(plan: &Plan) -> ByName {
    let mut named = ByName::default();
    for project in &plan.projects {
        named.add(Ref::Known(project.id), &project.code, &project.name);
    }
    named
}

/// Whose hours they are.
pub(super) struct Whose<'a> {
    pub(super) person: Option<&'a Person>,
    pub(super) id: Option<PersonId>,
    pub(super) project: ProjectId,
    pub(super) note: String,
}

/// Whose hours a group means; what cannot be told is reported for each of its rows.
pub(super) fn resolve<'a>(
    planner: &mut Planner<'_>,
    group: &Group<'_>,
    people: &PeopleByName<'a>,
    projects: &ByName,
) -> Option<Whose<'a>> {
    let who = group.who;
    let person = if who.is_placeholder() {
        Ok(None)
    } else {
        people.find(who).map(Some)
    };
    let person = person
        .map_err(|count| {
            let (field, reason) = unknown_person(planner, who, count);
            fault_rows(planner, group, field, &reason);
        })
        .ok();
    let project = projects
        .find(&who.project)
        .map_err(|count| {
            let reason = planner.unknown_project(&who.project, count);
            // The code is what counts where a row has both.
            let field = [Field::Code, Field::Project]
                .into_iter()
                .find(|field| planner.reading.column(who.at, *field).is_some());
            fault_rows(planner, group, field.unwrap_or(Field::Project), &reason);
        })
        .ok();
    let note = text::line(who.note.as_deref().unwrap_or_default(), 200)
        .map_err(|error| fault_rows(planner, group, Field::Notes, &error.to_string()))
        .ok()?;
    match (person?, project?) {
        (person, Ref::Known(project)) => Some(Whose {
            person,
            id: person.map(|person| person.id),
            project,
            note,
        }),
        (_, Ref::New(_)) => None,
    }
}

fn unknown_person(planner: &mut Planner<'_>, who: &HoursDraft, count: usize) -> (Field, String) {
    let Some(name) = who.person.as_deref() else {
        let email = who.email.as_deref().unwrap_or_default();
        let known = planner.plan.people.iter().map(|person| person.email.as_str());
        let hint = planner.nearest.hint(email, known);
        return (Field::Email, format!("nobody has the address “{email}”{hint}"));
    };
    let reason = if count > 1 {
        format!("there are {count} people called “{name}”; give the e-mail address of the one that is meant")
    } else {
        let known = planner.plan.people.iter().map(|person| person.name.as_str());
        let hint = planner.nearest.hint(name, known);
        format!("nobody is called “{name}”{hint}")
    };
    (Field::Person, reason)
}

/// Reports each row once, however many weeks it has.
pub(super) fn fault_rows(planner: &mut Planner<'_>, group: &Group<'_>, field: Field, reason: &str) {
    let mut last: Option<At> = None;
    for draft in &group.drafts {
        if last != Some(draft.at) {
            last = Some(draft.at);
            planner.fault(draft.at, field, reason);
        }
    }
}

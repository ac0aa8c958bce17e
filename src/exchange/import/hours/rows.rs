//! Which assignment the hours of a row belong to: one that is there, or a new one.

use std::collections::{HashMap, HashSet};

use super::super::super::columns::Field;
use super::super::Planner;
use super::who::{Group, Whose, fault_rows};
use crate::units::fold;
use crate::units::ids::{AssignmentId, PersonId, ProjectId};

/// An assignment: there already, or the fresh one of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    There(AssignmentId),
    Fresh(usize),
}

/// An assignment that the file makes, if it has hours.
pub(super) struct Fresh {
    pub(super) project: ProjectId,
    pub(super) person: Option<PersonId>,
    /// As the file writes it; none for the person's own.
    pub(super) role: Option<String>,
    pub(super) note: String,
    /// The alike one before it.
    before: Option<usize>,
    needed: bool,
}

/// An assignment that is there.
struct There {
    id: AssignmentId,
    /// The role in which it is worked, folded.
    role: String,
    note: String,
}

/// By what assignments are told apart: project, person, role and note.
type Identity = (ProjectId, Option<PersonId>, String, String);

/// All assignments, those that are there and fresh ones.
pub(super) struct Rows {
    there: HashMap<(ProjectId, Option<PersonId>), Vec<There>>,
    fresh: Vec<Fresh>,
    fresh_of: HashMap<Identity, Vec<usize>>,
}

impl Rows {
    pub(super) fn of(planner: &Planner<'_>) -> Self {
        let plan = planner.plan;
        let mut there: HashMap<_, Vec<There>> = HashMap::new();
        let mut all: Vec<_> = plan.assignments.iter().collect();
        all.sort_by_key(|assignment| assignment.id);
        for assignment in all {
            let key = (assignment.project, assignment.person);
            there.entry(key).or_default().push(There {
                id: assignment.id,
                role: fold(plan.role_name(plan.role_on(assignment))),
                note: fold(&assignment.note),
            });
        }
        Self {
            there,
            fresh: Vec::new(),
            fresh_of: HashMap::new(),
        }
    }

    /// The assignment of each group. Rows that say all of it choose first, so that a row that leaves the role
    /// or the note open takes what is left.
    pub(super) fn choose(
        &mut self,
        planner: &mut Planner<'_>,
        groups: &[Group<'_>],
        whose: &[Option<Whose<'_>>],
    ) -> Vec<Option<Target>> {
        let exact: Vec<Option<Target>> = groups
            .iter()
            .zip(whose)
            .map(|(group, whose)| self.exact(planner, group, whose.as_ref()?))
            .collect();
        let claimed: HashSet<Target> = exact.iter().flatten().copied().collect();
        let mut targets = Vec::with_capacity(groups.len());
        for ((group, whose), exact) in groups.iter().zip(whose).zip(exact) {
            targets.push(match (exact, whose) {
                (Some(target), _) => Some(target),
                (None, Some(whose)) => self.other(planner, group, whose, &claimed),
                (None, None) => None,
            });
        }
        targets
    }

    fn identity(planner: &Planner<'_>, group: &Group<'_>, whose: &Whose<'_>) -> Identity {
        let own = whose.person.map(|person| planner.plan.role_name(person.role));
        let role = group.who.role.as_deref().or(own).unwrap_or_default();
        (whose.project, whose.id, fold(role), fold(&whose.note))
    }

    /// The one that is there and fits in every word, the nth of alike ones.
    fn exact(&self, planner: &Planner<'_>, group: &Group<'_>, whose: &Whose<'_>) -> Option<Target> {
        let (project, person, role, note) = Self::identity(planner, group, whose);
        let there = self.there.get(&(project, person))?;
        there
            .iter()
            .filter(|one| one.role == role && one.note == note)
            .nth(usize::from(group.who.copy))
            .map(|one| Target::There(one.id))
    }

    /// Where none fits in every word: the only one that does in what the row says, else a fresh one.
    fn other(
        &mut self,
        planner: &mut Planner<'_>,
        group: &Group<'_>,
        whose: &Whose<'_>,
        claimed: &HashSet<Target>,
    ) -> Option<Target> {
        let identity = Self::identity(planner, group, whose);
        let all = self
            .there
            .get(&(identity.0, identity.1))
            .map_or(&[][..], Vec::as_slice);
        let alike = all
            .iter()
            .filter(|one| one.role == identity.2 && one.note == identity.3)
            .count();
        let any_role = group.who.role.is_none();
        let any_note = planner.reading.column(group.who.at, Field::Notes).is_none();
        if alike == 0 && group.who.copy == 0 && (any_role || any_note) {
            let mut left = all.iter().filter(|one| {
                (any_role || one.role == identity.2)
                    && (any_note || one.note == identity.3)
                    && !claimed.contains(&Target::There(one.id))
            });
            match (left.next(), left.next()) {
                (Some(only), None) => return Some(Target::There(only.id)),
                (Some(_), Some(_)) => {
                    ambiguous(planner, group, whose);
                    return None;
                }
                (None, _) => {}
            }
        }
        Some(self.fresh(identity, group, whose, alike))
    }

    /// A fresh assignment. Those before it of the same kind are made too, so that its number means the same
    /// one when the file is brought again.
    fn fresh(&mut self, identity: Identity, group: &Group<'_>, whose: &Whose<'_>, there: usize) -> Target {
        let place = usize::from(group.who.copy).saturating_sub(there);
        let of = self.fresh_of.entry(identity).or_default();
        while of.len() <= place {
            let before = of.last().copied();
            of.push(self.fresh.len());
            self.fresh.push(Fresh {
                project: whose.project,
                person: whose.id,
                role: group.who.role.as_deref().map(str::to_owned),
                note: whose.note.clone(),
                before,
                needed: false,
            });
        }
        Target::Fresh(of.get(place).copied().unwrap_or_default())
    }

    /// Says that an assignment gets hours, which also makes those before it of the same kind.
    pub(super) fn need(&mut self, target: Target) {
        let mut next = match target {
            Target::There(_) => None,
            Target::Fresh(index) => Some(index),
        };
        while let Some(fresh) = next.and_then(|index| self.fresh.get_mut(index)) {
            if fresh.needed {
                break;
            }
            fresh.needed = true;
            next = fresh.before;
        }
    }

    /// The fresh ones that get hours.
    pub(super) fn needed(&self) -> impl Iterator<Item = (usize, &Fresh)> {
        self.fresh.iter().enumerate().filter(|(_, fresh)| fresh.needed)
    }

    /// What an assignment is called in a table of changes.
    pub(super) fn title(&self, planner: &Planner<'_>, target: Target) -> String {
        let plan = planner.plan;
        let (project, person, role) = match target {
            Target::There(id) => plan.assignment(id).map_or((None, None, String::new()), |one| {
                (Some(one.project), one.person, plan.role_name(one.role).to_owned())
            }),
            Target::Fresh(index) => self.fresh.get(index).map_or((None, None, String::new()), |one| {
                (
                    Some(one.project),
                    one.person,
                    one.role.clone().unwrap_or_default(),
                )
            }),
        };
        let project = project
            .and_then(|id| plan.project(id))
            .map_or("", |one| &one.name);
        match person.and_then(|id| plan.person(id)) {
            Some(person) => format!("{} on {project}", person.name),
            None => format!("Open place for {role} on {project}"),
        }
    }
}

fn ambiguous(planner: &mut Planner<'_>, group: &Group<'_>, whose: &Whose<'_>) {
    let project = planner
        .plan
        .project(whose.project)
        .map_or("", |project| &project.name);
    let who = whose.person.map_or("this role", |person| &person.name);
    let reason = format!("{who} is on “{project}” more than once; say by role or note which one is meant");
    fault_rows(planner, group, Field::Person, &reason);
}

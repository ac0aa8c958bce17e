//! What a change touches, and whether it may.

use std::collections::{HashMap, HashSet};

use crate::accounts::Reach;
use crate::units::ids::{AssignmentId, DepartmentId, PersonId, ProjectId, RoleId};

/// What one changed row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Touch {
    /// Somebody, their skills or their working weeks.
    Person(PersonId),
    /// Somebody's leave.
    Leave {
        /// Whose.
        person: PersonId,
        /// Whether it is only asked for, or withdrawn: what people do themselves.
        asking: bool,
    },
    /// A project, or one of its deliverables.
    Project(ProjectId),
    /// A place on a project.
    Assignment(AssignmentId),
    /// The hours of one.
    Hours(AssignmentId),
    /// What a point takes a team.
    Team(DepartmentId),
    /// A department that is new, or is taken back: where it hangs.
    NewDepartment(Option<DepartmentId>),
    /// A client, role or skill that is new, or is taken back.
    NewName,
    /// What all departments share: settings, templates, names that others use.
    Shared,
    /// An account or a saved view, which those who write them guard themselves.
    Elsewhere,
}

/// What a place asks for: its role and its note.
pub type Terms = (Option<RoleId>, String);

/// A place on a project, as it was or as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its project.
    pub project: ProjectId,
    /// Who has it; none for an open place.
    pub person: Option<PersonId>,
    /// What it asks for.
    pub terms: Terms,
}

/// What is known of the rows that changes touch: each as it was before the write and as it is after, where the two differ.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The departments of people.
    pub people: HashMap<PersonId, Vec<Option<DepartmentId>>>,
    /// The departments of projects.
    pub projects: HashMap<ProjectId, Vec<Option<DepartmentId>>>,
    /// The places.
    pub places: HashMap<AssignmentId, Vec<Held>>,
    /// What a place asked for when it was last open, of those that were.
    pub once_open: HashMap<AssignmentId, Terms>,
    /// Places that go with this write.
    pub gone: HashSet<AssignmentId>,
    /// Projects one of whose dates this write moves: their hours follow, whoever has them.
    pub moved: HashSet<ProjectId>,
    /// Projects that come or go with this write, with all that hangs on them.
    pub whole: HashSet<ProjectId>,
}

/// What lies outside somebody's reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Somebody of a department that they do not manage.
    Person(PersonId),
    /// A project of one.
    Project(ProjectId),
    /// What a point takes one.
    Team(DepartmentId),
    /// A department below one.
    Department(Option<DepartmentId>),
    /// What all departments share.
    Shared,
}

/// The first of `touched` that does not lie within `reach`.
#[must_use]
pub fn first_outside(
    reach: &Reach,
    facts: &Facts,
    touched: impl IntoIterator<Item = Touch>,
) -> Option<Outside> {
    touched.into_iter().find_map(|touch| outside(reach, facts, touch))
}

fn outside(reach: &Reach, facts: &Facts, touch: Touch) -> Option<Outside> {
    match touch {
        Touch::Leave { asking: true, .. } | Touch::Elsewhere => None,
        Touch::Person(id) | Touch::Leave { person: id, .. } => facts.person(reach, id),
        Touch::Project(id) => facts.project(reach, id),
        Touch::Assignment(id) => facts.place(reach, id, &facts.whole),
        Touch::Hours(id) => match facts.place(reach, id, &facts.whole) {
            Some(_) if facts.place(reach, id, &facts.moved).is_none() => None,
            found => found,
        },
        Touch::Team(id) => (!reach.covers(Some(id))).then_some(Outside::Team(id)),
        Touch::NewDepartment(above) => (!reach.covers(above)).then_some(Outside::Department(above)),
        Touch::NewName => (*reach == Reach::Nothing).then_some(Outside::Shared),
        Touch::Shared => (*reach != Reach::Everything).then_some(Outside::Shared),
    }
}

impl Facts {
    /// Somebody is within reach who was in it before and is in it after: who could take a person out of a department, or
    /// into one, that is not theirs, could make anybody theirs.
    fn person(&self, reach: &Reach, id: PersonId) -> Option<Outside> {
        let all = self.people.get(&id);
        let within = all.is_some_and(|all| all.iter().all(|one| reach.covers(*one)));
        (!within).then_some(Outside::Person(id))
    }

    fn project(&self, reach: &Reach, id: ProjectId) -> Option<Outside> {
        let all = self.projects.get(&id);
        let within = all.is_some_and(|all| all.iter().all(|one| reach.covers(*one)));
        (!within).then_some(Outside::Project(id))
    }

    /// A place belongs to the departments of the people who have or had it; to that of its project where nobody has.
    /// What happens to one of `carried` carries all its places along.
    fn place(&self, reach: &Reach, id: AssignmentId, carried: &HashSet<ProjectId>) -> Option<Outside> {
        let Some(held) = self.places.get(&id).filter(|held| !held.is_empty()) else {
            return Some(Outside::Shared);
        };
        let is_carried =
            |one: &Held| carried.contains(&one.project) && self.project(reach, one.project).is_none();
        if held.iter().all(is_carried) {
            return None;
        }
        if held.iter().all(|one| one.person.is_none()) {
            return held.iter().find_map(|one| self.project(reach, one.project));
        }
        let mut people = held.iter().filter_map(|one| one.person);
        let somebodys = people.find_map(|person| self.person(reach, person));
        let projects = || held.iter().find_map(|one| self.project(reach, one.project));
        somebodys.or_else(|| {
            if self.is_open_business(id, held) {
                projects()
            } else {
                None
            }
        })
    }

    /// Whether a write changes what is open, or makes something open, beside putting somebody in or taking them out again:
    /// that is the project's. Else a place could be had in two steps that is refused in one.
    fn is_open_business(&self, id: AssignmentId, held: &[Held]) -> bool {
        let once = self.once_open.get(&id);
        match held {
            [before, after] if before.person.is_none() => before.terms != after.terms,
            [_, after] if after.person.is_none() => once != Some(&after.terms),
            _ => self.gone.contains(&id) && once.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Option<DepartmentId> = Some(DepartmentId(2));
    const OTHER: Option<DepartmentId> = Some(DepartmentId(3));
    const ADA: PersonId = PersonId(1);
    const BO: PersonId = PersonId(2);
    const CY: PersonId = PersonId(3);
    const OURS: ProjectId = ProjectId(1);
    const THEIRS: ProjectId = ProjectId(2);
    const NOBODYS: ProjectId = ProjectId(3);

    fn reach() -> Reach {
        Reach::Within(HashSet::from([DepartmentId(2)]))
    }

    /// Ada is ours, Bo theirs, Cy nobody's; a project of each.
    fn facts(held: &[(ProjectId, Option<PersonId>)]) -> Facts {
        let held = held.iter().map(|(project, person)| Held {
            project: *project,
            person: *person,
            terms: terms(""),
        });
        Facts {
            people: HashMap::from([(ADA, vec![OWN]), (BO, vec![OTHER]), (CY, vec![None])]),
            projects: HashMap::from([(OURS, vec![OWN]), (THEIRS, vec![OTHER]), (NOBODYS, vec![None])]),
            places: HashMap::from([(AssignmentId(1), held.collect())]),
            once_open: HashMap::from([(AssignmentId(1), terms(""))]),
            ..Facts::default()
        }
    }

    fn terms(note: &str) -> Terms {
        (None, note.to_owned())
    }

    fn found(facts: &Facts, touch: Touch) -> Option<Outside> {
        first_outside(&reach(), facts, [touch])
    }

    #[test]
    fn people_and_projects_of_the_own_departments_are_changed_and_no_others() {
        let facts = facts(&[]);
        for (touch, outside) in [
            (Touch::Person(ADA), None),
            (Touch::Person(BO), Some(Outside::Person(BO))),
            (Touch::Person(CY), Some(Outside::Person(CY))),
            (Touch::Person(PersonId(9)), Some(Outside::Person(PersonId(9)))),
            (Touch::Project(OURS), None),
            (Touch::Project(THEIRS), Some(Outside::Project(THEIRS))),
            (Touch::Project(NOBODYS), Some(Outside::Project(NOBODYS))),
            (Touch::Team(DepartmentId(2)), None),
            (Touch::Team(DepartmentId(3)), Some(Outside::Team(DepartmentId(3)))),
            (Touch::NewDepartment(OWN), None),
            (Touch::NewDepartment(OTHER), Some(Outside::Department(OTHER))),
            (Touch::NewDepartment(None), Some(Outside::Department(None))),
            (Touch::NewName, None),
            (Touch::Shared, Some(Outside::Shared)),
            (Touch::Elsewhere, None),
        ] {
            assert_eq!(found(&facts, touch), outside, "{touch:?}");
        }
    }

    #[test]
    fn nobody_is_moved_into_a_department_or_out_of_one_that_is_not_theirs() {
        let mut facts = facts(&[]);
        for (departments, outside) in [
            (vec![OWN, OWN], None),
            (vec![OTHER, OWN], Some(Outside::Person(ADA))),
            (vec![OWN, OTHER], Some(Outside::Person(ADA))),
            (vec![OWN, None], Some(Outside::Person(ADA))),
        ] {
            facts.people.insert(ADA, departments.clone());
            assert_eq!(found(&facts, Touch::Person(ADA)), outside, "{departments:?}");
        }
        facts.projects.insert(OURS, vec![OWN, OTHER]);
        assert_eq!(
            found(&facts, Touch::Project(OURS)),
            Some(Outside::Project(OURS)),
            "giving a project away takes somebody who manages both"
        );
    }

    #[test]
    fn places_and_their_hours_belong_to_the_people_in_them_and_open_ones_to_the_project() {
        for (held, outside) in [
            (&[(OURS, Some(ADA))][..], None),
            (&[(THEIRS, Some(ADA))], None),
            (&[(NOBODYS, Some(ADA))], None),
            (&[(OURS, Some(BO))], Some(Outside::Person(BO))),
            (&[(OURS, Some(CY))], Some(Outside::Person(CY))),
            (&[(OURS, None)], None),
            (&[(THEIRS, None)], Some(Outside::Project(THEIRS))),
            (&[(NOBODYS, None)], Some(Outside::Project(NOBODYS))),
            // Filling an open place, anywhere, with one of their own; and taking them out again.
            (&[(THEIRS, None), (THEIRS, Some(ADA))], None),
            (&[(THEIRS, Some(ADA)), (THEIRS, None)], None),
            // Nobody fills one with somebody else's person, or takes one from them.
            (&[(OURS, None), (OURS, Some(BO))], Some(Outside::Person(BO))),
            (&[(OURS, Some(BO)), (OURS, Some(ADA))], Some(Outside::Person(BO))),
            (&[(OURS, Some(ADA)), (OURS, Some(BO))], Some(Outside::Person(BO))),
            (&[], Some(Outside::Shared)),
        ] {
            let facts = facts(held);
            for touch in [Touch::Assignment(AssignmentId(1)), Touch::Hours(AssignmentId(1))] {
                assert_eq!(found(&facts, touch), outside, "{touch:?} of {held:?}");
            }
        }
    }

    #[test]
    fn what_is_open_on_anothers_project_is_not_changed_by_way_of_filling_it() {
        let place = Touch::Assignment(AssignmentId(1));
        let theirs = Some(Outside::Project(THEIRS));
        let mut filled = facts(&[(THEIRS, None), (THEIRS, Some(ADA))]);
        filled.places.get_mut(&AssignmentId(1)).unwrap()[1].terms = terms("another");
        assert_eq!(
            found(&filled, place),
            theirs,
            "filling changes neither role nor note"
        );
        let mut emptied = facts(&[(THEIRS, Some(ADA)), (THEIRS, None)]);
        emptied.once_open.insert(AssignmentId(1), terms("another"));
        assert_eq!(found(&emptied, place), theirs, "it is left as it was found");
        emptied.once_open.clear();
        assert_eq!(
            found(&emptied, place),
            theirs,
            "what never was open is not opened"
        );
        let mut gone = facts(&[(THEIRS, Some(ADA))]);
        assert_eq!(found(&gone, place), None, "changing what somebody of theirs does");
        gone.gone.insert(AssignmentId(1));
        assert_eq!(found(&gone, place), theirs, "it is emptied, not removed");
        gone.once_open.clear();
        assert_eq!(found(&gone, place), None, "taking somebody of theirs off");
        // On a project of their own all of it is theirs.
        let mut own = facts(&[(OURS, Some(ADA)), (OURS, None)]);
        own.once_open.clear();
        assert_eq!(found(&own, place), None);
    }

    #[test]
    fn a_moved_date_takes_everybodys_hours_along_and_a_removed_project_its_places() {
        let hours = Touch::Hours(AssignmentId(1));
        let place = Touch::Assignment(AssignmentId(1));
        let mut ours = facts(&[(OURS, Some(BO))]);
        ours.moved.insert(OURS);
        assert_eq!(found(&ours, hours), None);
        assert_eq!(
            found(&ours, place),
            Some(Outside::Person(BO)),
            "a date moves no people"
        );
        ours.moved.clear();
        ours.whole.insert(OURS);
        assert_eq!((found(&ours, hours), found(&ours, place)), (None, None));
        // On somebody else's project it helps nobody.
        let mut theirs = facts(&[(THEIRS, Some(BO))]);
        theirs.moved.insert(THEIRS);
        theirs.whole.insert(THEIRS);
        assert_eq!(found(&theirs, hours), Some(Outside::Person(BO)));
        assert_eq!(found(&theirs, place), Some(Outside::Person(BO)));
    }

    #[test]
    fn leave_is_decided_by_the_department_and_asked_for_by_anybody() {
        let facts = facts(&[]);
        for (reach, person, asking, outside) in [
            (reach(), ADA, false, None),
            (reach(), BO, false, Some(Outside::Person(BO))),
            (reach(), BO, true, None),
            (Reach::Nothing, ADA, true, None),
            (Reach::Nothing, ADA, false, Some(Outside::Person(ADA))),
            (Reach::Everything, BO, false, None),
        ] {
            let touch = Touch::Leave { person, asking };
            assert_eq!(
                first_outside(&reach, &facts, [touch]),
                outside,
                "{reach:?} {touch:?}"
            );
        }
    }

    #[test]
    fn who_reaches_nothing_changes_nothing_of_the_plan() {
        let facts = facts(&[(OURS, Some(ADA))]);
        for touch in [
            Touch::Person(ADA),
            Touch::Project(OURS),
            Touch::Assignment(AssignmentId(1)),
            Touch::Hours(AssignmentId(1)),
            Touch::NewDepartment(OWN),
            Touch::NewName,
            Touch::Shared,
        ] {
            assert!(
                first_outside(&Reach::Nothing, &facts, [touch]).is_some(),
                "{touch:?}"
            );
        }
        assert_eq!(first_outside(&Reach::Nothing, &facts, [Touch::Elsewhere]), None);
    }
}

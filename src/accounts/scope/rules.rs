//! What a manager may change, by the departments that they manage.

use std::collections::{BTreeSet, HashSet};

use crate::accounts::Access;
use crate::book::{Assignment, Department, Person, Plan, Project};
use crate::units::ids::DepartmentId;

/// What an administrator has given a manager.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The whole plan.
    #[default]
    All,
    /// These departments, each with everything below it.
    Departments(BTreeSet<DepartmentId>),
}

impl Scope {
    /// The departments that an account was given; without any it is limited by none.
    #[must_use]
    pub fn of(given: impl IntoIterator<Item = DepartmentId>) -> Self {
        let given: BTreeSet<DepartmentId> = given.into_iter().collect();
        if given.is_empty() {
            Self::All
        } else {
            Self::Departments(given)
        }
    }

    /// The departments that were given, without those below them.
    pub fn departments(&self) -> impl Iterator<Item = DepartmentId> + '_ {
        let given = match self {
            Self::All => None,
            Self::Departments(given) => Some(given.iter().copied()),
        };
        given.into_iter().flatten()
    }
}

/// Whose rows somebody may change, with the tree of departments as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nobody's.
    Nothing,
    /// Everybody's.
    Everything,
    /// Those of these departments.
    Within(HashSet<DepartmentId>),
}

impl Reach {
    /// What follows from an access level and a scope. A scope limits managers only: below them nothing is theirs to
    /// change, and an administrator who could not reach a row could not put right what a limited manager cannot.
    #[must_use]
    pub fn of(access: Access, scope: &Scope, all: &[Department]) -> Self {
        match (access, scope) {
            (Access::Viewer | Access::Member, _) => Self::Nothing,
            (Access::Admin, _) | (Access::Manager, Scope::All) => Self::Everything,
            (Access::Manager, Scope::Departments(given)) => Self::Within(with_all_below(given, all)),
        }
    }

    /// Whether departments bound it.
    #[must_use]
    pub const fn is_limited(&self) -> bool {
        matches!(self, Self::Within(_))
    }

    /// Whether something of `department` is theirs. What belongs to no department is everybody's, so it takes somebody
    /// who may change everything.
    #[must_use]
    pub fn covers(&self, department: Option<DepartmentId>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Within(own) => department.is_some_and(|id| own.contains(&id)),
        }
    }

    /// Whether they change a person and plan their hours.
    #[must_use]
    pub fn person(&self, person: &Person) -> bool {
        self.covers(person.department)
    }

    /// Whether they change a project and its dates.
    #[must_use]
    pub fn project(&self, project: &Project) -> bool {
        self.covers(project.department)
    }

    /// Whether hours on an assignment are theirs: somebody's hours belong to their department, whatever project they
    /// are on, and those of an open place to the department of its project, until somebody fills it.
    #[must_use]
    pub fn hours(&self, plan: &Plan, assignment: &Assignment) -> bool {
        let department = match assignment.person {
            Some(id) => plan.person(id).map(|person| person.department),
            None => plan.project(assignment.project).map(|project| project.department),
        };
        department.is_some_and(|department| self.covers(department))
    }

    /// Whether they may open the form of an assignment: to change it, or to put somebody of theirs into an open place.
    #[must_use]
    pub fn staffs(&self, plan: &Plan, assignment: &Assignment) -> bool {
        self.hours(plan, assignment) || (assignment.person.is_none() && *self != Self::Nothing)
    }

    /// What tells apart pages that are drawn for different reaches.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Nothing => "false".to_owned(),
            Self::Everything => "true".to_owned(),
            Self::Within(own) => {
                let sorted: BTreeSet<DepartmentId> = own.iter().copied().collect();
                let ids: Vec<String> = sorted.iter().map(DepartmentId::to_string).collect();
                ids.join(".")
            }
        }
    }
}

/// `given` and every department below them. A tree that is no tree ends all the same: what is found once is not sought
/// again.
fn with_all_below(given: &BTreeSet<DepartmentId>, all: &[Department]) -> HashSet<DepartmentId> {
    let mut found: HashSet<DepartmentId> = given.iter().copied().collect();
    loop {
        let before = found.len();
        let below = all
            .iter()
            .filter(|one| one.parent.is_some_and(|parent| found.contains(&parent)));
        let below: Vec<DepartmentId> = below.map(|one| one.id).collect();
        found.extend(below);
        if found.len() == before {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Parts;
    use crate::units::Colour;
    use crate::units::ids::{AssignmentId, PersonId, ProjectId, StatusId};

    /// Engineering (1) with Electrical (2) and below that Lighting (4), and Delivery (3).
    fn departments() -> Vec<Department> {
        [(4, Some(2)), (1, None), (2, Some(1)), (3, None)]
            .into_iter()
            .map(|(id, parent)| Department {
                id: DepartmentId(id),
                name: format!("D{id}"),
                parent: parent.map(DepartmentId),
                depth: 0,
            })
            .collect()
    }

    fn reach(access: Access, given: &[i64]) -> Reach {
        let scope = Scope::of(given.iter().copied().map(DepartmentId));
        Reach::of(access, &scope, &departments())
    }

    #[test]
    fn a_manager_reaches_the_departments_they_were_given_and_everything_below() {
        // Engineering, Electrical, Delivery, Lighting, none.
        for (access, given, covered) in [
            (Access::Manager, &[][..], [true; 5]),
            (Access::Manager, &[1], [true, true, false, true, false]),
            (Access::Manager, &[2], [false, true, false, true, false]),
            (Access::Manager, &[4], [false, false, false, true, false]),
            (Access::Manager, &[3, 4], [false, false, true, true, false]),
            (Access::Admin, &[4], [true; 5]),
            (Access::Member, &[1], [false; 5]),
            (Access::Viewer, &[], [false; 5]),
        ] {
            let reach = reach(access, given);
            let found = [Some(1), Some(2), Some(3), Some(4), None]
                .map(|id: Option<i64>| reach.covers(id.map(DepartmentId)));
            assert_eq!(found, covered, "{access:?} {given:?}");
        }
    }

    #[test]
    fn departments_in_a_circle_are_reached_once() {
        let mut circle = departments();
        circle[1].parent = Some(DepartmentId(4));
        let scope = Scope::of([DepartmentId(2)]);
        let reach = Reach::of(Access::Manager, &scope, &circle);
        assert_eq!(reach.key(), "1.2.4");
    }

    fn person(id: i64, department: Option<i64>) -> Person {
        Person {
            id: PersonId(id),
            name: format!("Person {id}"),
            email: String::new(),
            location: String::new(),
            department: department.map(DepartmentId),
            role: None,
            calendar: None,
            start: None,
            last: None,
            active: true,
            skills: Vec::new(),
            work_weeks: Vec::new(),
            absences: Vec::new(),
        }
    }

    fn project(id: i64, department: Option<i64>) -> Project {
        Project {
            id: ProjectId(id),
            name: format!("Project {id}"),
            code: String::new(),
            client: None,
            status: StatusId(1),
            department: department.map(DepartmentId),
            colour: Colour::default(),
            start: None,
            end: None,
            budget: None,
        }
    }

    #[test]
    fn hours_belong_to_the_department_of_the_person_and_in_an_open_place_to_that_of_the_project() {
        let plan = Plan::new(Parts {
            departments: departments(),
            people: vec![person(1, Some(2)), person(2, Some(3)), person(3, None)].into(),
            projects: vec![project(1, Some(2)), project(2, Some(3)), project(3, None)].into(),
            ..Parts::default()
        });
        let electrical = reach(Access::Manager, &[2]);
        for (person, project, hours, staffs) in [
            // One of their own, on any project.
            (Some(1), 1, true, true),
            (Some(1), 2, true, true),
            (Some(1), 3, true, true),
            // Somebody else's person, on their own project too.
            (Some(2), 1, false, false),
            (Some(3), 1, false, false),
            // Open places: those of their projects to plan, all of them to fill.
            (None, 1, true, true),
            (None, 2, false, true),
            (None, 3, false, true),
        ] {
            let assignment = Assignment {
                id: AssignmentId(1),
                project: ProjectId(project),
                person: person.map(PersonId),
                role: None,
                note: String::new(),
            };
            let found = (
                electrical.hours(&plan, &assignment),
                electrical.staffs(&plan, &assignment),
            );
            assert_eq!(found, (hours, staffs), "{person:?} on {project}");
            let everything = reach(Access::Manager, &[]);
            assert!(everything.hours(&plan, &assignment) && everything.staffs(&plan, &assignment));
            let nothing = reach(Access::Member, &[]);
            assert!(!nothing.hours(&plan, &assignment) && !nothing.staffs(&plan, &assignment));
        }
    }
}

//! Planned then, and now.

use std::collections::{BTreeMap, HashMap};

use super::{Outlook, Row, department_of};
use crate::book::{Assignment, Book, Plan};
use crate::units::ids::{AssignmentId, ClientId, DepartmentId, PersonId, ProjectId};
use crate::units::{Minutes, Week};

/// Of what part of the plan somebody asks; a part that is not named is all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Of a project.
    pub project: Option<ProjectId>,
    /// Of a person.
    pub person: Option<PersonId>,
    /// Of a client.
    pub client: Option<ClientId>,
    /// Of the people of a department and all below it.
    pub department: Option<DepartmentId>,
}

/// The hours of an assignment in a week, as they stood then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThenCell {
    /// The week.
    pub week: Week,
    /// The assignment.
    pub assignment: AssignmentId,
    /// Who; empty for a place that nobody filled.
    pub person: String,
    /// On what.
    pub project: String,
    /// The hours.
    pub minutes: Minutes,
}

impl From<Row> for ThenCell {
    fn from(row: Row) -> Self {
        Self {
            week: row.week,
            assignment: row.assignment,
            person: row.person_name,
            project: row.project_name,
            minutes: row.minutes,
        }
    }
}

/// The cells of an outlook that began with `first`. It holds no names, so today's are told.
pub fn planned(plan: &Plan, outlook: &Outlook, first: Week) -> Vec<ThenCell> {
    let name = |id: PersonId| {
        plan.person(id)
            .map_or("somebody who is gone", |person| person.name.as_str())
    };
    let person = outlook.person.map(name).unwrap_or_default();
    let project = plan
        .project(outlook.project)
        .map_or("a project that is gone", |project| project.name.as_str());
    let cells = (first.0..).map(Week).zip(&outlook.minutes);
    cells
        .filter(|(_, minutes)| minutes.0 > 0)
        .map(|(week, minutes)| ThenCell {
            week,
            assignment: outlook.assignment,
            person: person.to_owned(),
            project: project.to_owned(),
            minutes: *minutes,
        })
        .collect()
}

/// An assignment whose hours are not what they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Who; empty for a place that nobody fills.
    pub person: String,
    /// On what.
    pub project: String,
    /// The hours then.
    pub then: Minutes,
    /// The hours now.
    pub now: Minutes,
}

/// A week then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekCompared {
    /// The week.
    pub week: Week,
    /// What was planned; none where it was not kept.
    pub then: Option<Minutes>,
    /// What the plan says now.
    pub now: Minutes,
    /// What makes the difference, the largest first.
    pub changes: Vec<Changed>,
}

impl WeekCompared {
    /// How much more the plan says now; less is negative.
    pub fn difference(&self) -> Option<i64> {
        Some(i64::from(self.now.0) - i64::from(self.then?.0))
    }
}

impl Scope {
    /// Whether the hours of an assignment are in it, as the book has it now.
    fn holds(&self, book: &Book, departments: &[DepartmentId], assignment: &Assignment) -> bool {
        let plan = &book.plan;
        let client = || {
            plan.project(assignment.project)
                .and_then(|project| project.client)
        };
        self.project.is_none_or(|id| assignment.project == id)
            && self.person.is_none_or(|id| assignment.person == Some(id))
            && self.client.is_none_or(|id| client() == Some(id))
            && self
                .department
                .is_none_or(|_| department_of(plan, assignment).is_some_and(|own| departments.contains(&own)))
    }

    /// The department and all below it.
    pub fn departments(&self, book: &Book) -> Vec<DepartmentId> {
        let Some(id) = self.department else {
            return Vec::new();
        };
        let mut all = vec![id];
        let below = book.plan.department_with_children(id).iter();
        all.extend(below.map(|one| one.id).filter(|one| *one != id));
        all
    }
}

/// Each of `weeks` then and now. `known` says whether a week was kept at all.
pub fn compare(
    then: Vec<ThenCell>,
    book: &Book,
    scope: Scope,
    weeks: &[Week],
    known: impl Fn(Week) -> bool,
) -> Vec<WeekCompared> {
    let departments = scope.departments(book);
    let mut by_week: HashMap<Week, BTreeMap<AssignmentId, Changed>> = HashMap::new();
    for cell in then {
        by_week.entry(cell.week).or_default().insert(
            cell.assignment,
            Changed {
                assignment: cell.assignment,
                person: cell.person,
                project: cell.project,
                then: cell.minutes,
                now: Minutes(0),
            },
        );
    }
    let assignments: Vec<&Assignment> = book
        .plan
        .assignments
        .iter()
        .filter(|one| scope.holds(book, &departments, one))
        .collect();
    let week = |week: &Week| {
        let mut lines = by_week.remove(week).unwrap_or_default();
        for assignment in &assignments {
            let now = book.hours().get(assignment.id, *week);
            if let Some(line) = lines.get_mut(&assignment.id) {
                line.now = now;
            } else if now.0 > 0 {
                lines.insert(assignment.id, added(book, assignment, now));
            }
        }
        let is_known = known(*week);
        let mut changes: Vec<Changed> = lines.into_values().collect();
        let sum = |of: fn(&Changed) -> Minutes| changes.iter().map(of).sum::<Minutes>();
        let (then, now) = (sum(|one| one.then), sum(|one| one.now));
        changes.retain(|one| is_known && one.then != one.now);
        changes.sort_by_key(|one| std::cmp::Reverse(one.then.0.abs_diff(one.now.0)));
        WeekCompared {
            week: *week,
            then: is_known.then_some(then),
            now,
            changes,
        }
    };
    weeks.iter().map(week).collect()
}

/// An assignment that had no hours then.
fn added(book: &Book, assignment: &Assignment, now: Minutes) -> Changed {
    let person = assignment.person.and_then(|person| book.plan.person(person));
    let project = book.plan.project(assignment.project);
    Changed {
        assignment: assignment.id,
        person: person.map(|person| person.name.clone()).unwrap_or_default(),
        project: project.map(|project| project.name.clone()).unwrap_or_default(),
        then: Minutes(0),
        now,
    }
}

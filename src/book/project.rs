//! What stands in the plan for one project: its figures, what is due next, and the weeks that lead up to it.

use super::Book;
use super::plan::{Deliverable, Person};
use crate::units::ids::{PersonId, ProjectId};
use crate::units::{Day, Minutes, Week};

/// The weeks whose hours lead up to a deliverable: after the one before it, up to and including its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadIn {
    /// The week of the deliverable before; none where it is the first.
    pub after: Option<Week>,
    /// The week in which it is due.
    pub until: Week,
}

impl LeadIn {
    /// Whether `week` leads up to it.
    #[must_use]
    pub fn contains(&self, week: Week) -> bool {
        week <= self.until && self.after.is_none_or(|after| week > after)
    }
}

/// A project in figures.
#[derive(Clone, Debug)]
pub struct ProjectFigures<'a> {
    /// Everything booked on it, in all weeks.
    pub planned: Minutes,
    /// How many different people are on it.
    pub people: usize,
    /// How many places nobody fills yet.
    pub open_places: usize,
    /// The first deliverable by date that is not done, overdue or not.
    pub next: Option<&'a Deliverable>,
    /// The deliverable with the latest date.
    pub last: Option<&'a Deliverable>,
}

impl Book {
    /// The figures of a project.
    #[must_use]
    pub fn project_figures(&self, project: ProjectId) -> ProjectFigures<'_> {
        let assignments = self.plan.assignments_of_project(project);
        let mut people: Vec<PersonId> = assignments.iter().filter_map(|one| one.person).collect();
        people.sort_unstable();
        people.dedup();
        let dated = || {
            let all = self.plan.deliverables_of(project);
            all.filter_map(|one| one.due.map(|due| (due, one)))
        };
        ProjectFigures {
            planned: self.project_total(project),
            people: people.len(),
            open_places: assignments.iter().filter(|one| one.person.is_none()).count(),
            next: dated()
                .filter(|(_, one)| !one.done)
                .min_by_key(|(due, _)| *due)
                .map(|(_, one)| one),
            last: dated().max_by_key(|(due, _)| *due).map(|(_, one)| one),
        }
    }

    /// Everything booked on a project from `first` to `last`, both included.
    #[must_use]
    pub fn project_between(&self, project: ProjectId, first: Week, last: Week) -> Minutes {
        let assignments = self.plan.assignments_of_project(project);
        let booked = assignments.iter().flat_map(|one| self.hours.booked(one.id));
        booked
            .filter(|(week, _)| (first..=last).contains(week))
            .map(|(_, minutes)| minutes)
            .sum()
    }

    /// The first and the last week in which anything is booked on a project.
    #[must_use]
    pub fn project_extent(&self, project: ProjectId) -> Option<(Week, Week)> {
        let assignments = self.plan.assignments_of_project(project);
        let weeks = || assignments.iter().flat_map(|one| self.hours.booked(one.id));
        let first = weeks().map(|(week, _)| week).min()?;
        let last = weeks().map(|(week, _)| week).max()?;
        Some((first, last))
    }

    /// The weeks that lead up to a deliverable that is due on `due`. Deliverables of one week share theirs.
    #[must_use]
    pub fn lead_in(&self, project: ProjectId, due: Day) -> LeadIn {
        let start = self.plan.organisation.week_start;
        let until = Week::of(due, start);
        let others = self.plan.deliverables_of(project).filter_map(|one| one.due);
        LeadIn {
            after: others
                .map(|day| Week::of(day, start))
                .filter(|week| *week < until)
                .max(),
            until,
        }
    }

    /// Everything booked on a project in the weeks of `lead_in`, and who has most of it.
    #[must_use]
    pub fn lead_in_hours(&self, project: ProjectId, lead_in: LeadIn) -> (Minutes, Option<&Person>) {
        let mut total = Minutes(0);
        let mut by_person: Vec<(PersonId, Minutes)> = Vec::new();
        for assignment in self.plan.assignments_of_project(project) {
            let booked = self.hours.booked(assignment.id);
            let minutes: Minutes = booked
                .filter(|(week, _)| lead_in.contains(*week))
                .map(|(_, minutes)| minutes)
                .sum();
            total += minutes;
            let Some(person) = assignment.person.filter(|_| minutes.0 > 0) else {
                continue;
            };
            match by_person.iter_mut().find(|(own, _)| *own == person) {
                Some((_, sum)) => *sum += minutes,
                None => by_person.push((person, minutes)),
            }
        }
        // The first of equals, so that two people with the same hours do not take turns.
        let lead = by_person.iter().rev().max_by_key(|(_, minutes)| *minutes);
        (total, lead.and_then(|(person, _)| self.plan.person(*person)))
    }
}

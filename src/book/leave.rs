//! What leave does to the weeks it lies in: what it leaves of them, and which booked hours that is less than.

use super::Book;
use super::capacity::Absence;
use super::plan::{CountsAs, Person};
use crate::units::ids::AssignmentId;
use crate::units::{Minutes, Week};

/// One week in which somebody is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaveWeek {
    /// Which.
    pub week: Week,
    /// What they could carry without this leave.
    pub without: Minutes,
    /// What it leaves.
    pub capacity: Minutes,
    /// What is booked.
    pub booked: Minutes,
    /// Whose hours are more than that: those that give way first come first.
    pub over: Vec<OverRow>,
}

impl LeaveWeek {
    /// How much more is booked than the leave leaves.
    #[must_use]
    pub fn excess(&self) -> Minutes {
        self.booked.less(self.capacity)
    }
}

/// The part of an assignment's hours in a week that its person cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverRow {
    /// Whose row.
    pub assignment: AssignmentId,
    /// All that is booked on it in this week.
    pub booked: Minutes,
    /// How much of it does not fit.
    pub excess: Minutes,
}

impl Book {
    /// The weeks from `from` on in which `absence` takes something of what `person` can carry. It may be one that counts
    /// already or one that is asked for.
    #[must_use]
    pub fn leave_weeks(&self, person: &Person, absence: &Absence, from: Week) -> Vec<LeaveWeek> {
        let start = self.plan.organisation.week_start;
        let (first, last) = (
            Week::of(absence.first, start).max(from),
            Week::of(absence.last, start),
        );
        let others: Vec<Absence> = without(&person.absences, absence);
        let mut all = others.clone();
        all.push(*absence);
        (first.0..=last.0)
            .map(Week)
            .filter_map(|week| {
                let (before, _) = self.plan.capacity_with(person, &others, week);
                let (capacity, _) = self.plan.capacity_with(person, &all, week);
                (capacity < before).then(|| {
                    let (booked, over) = self.over_rows(person, week, capacity);
                    LeaveWeek {
                        week,
                        without: before,
                        capacity,
                        booked,
                        over,
                    }
                })
            })
            .collect()
    }

    /// All that is booked in a week, and which part of it is more than `capacity`: hours of projects that may not come
    /// give way first, then the largest.
    fn over_rows(&self, person: &Person, week: Week, capacity: Minutes) -> (Minutes, Vec<OverRow>) {
        let mut rows: Vec<(bool, Minutes, AssignmentId)> = self
            .plan
            .assignments_of_person(person.id)
            .map(|one| {
                let sure = self.plan.counts_as(one.project) == CountsAs::Confirmed;
                (sure, self.hours.get(one.id, week), one.id)
            })
            .filter(|(_, minutes, _)| minutes.0 > 0)
            .collect();
        rows.sort_by_key(|(sure, minutes, id)| (*sure, std::cmp::Reverse(*minutes), *id));
        let booked: Minutes = rows.iter().map(|(_, minutes, _)| *minutes).sum();
        let mut rest = booked.less(capacity);
        let mut over = Vec::new();
        for (_, minutes, assignment) in rows {
            let excess = minutes.min(rest);
            if excess.0 == 0 {
                break;
            }
            rest = rest.less(excess);
            over.push(OverRow {
                assignment,
                booked: minutes,
                excess,
            });
        }
        (booked, over)
    }
}

/// `absences` without one that is `absence`.
fn without(absences: &[Absence], absence: &Absence) -> Vec<Absence> {
    let own = absences.iter().position(|one| one == absence);
    absences
        .iter()
        .enumerate()
        .filter(|(index, _)| Some(*index) != own)
        .map(|(_, one)| *one)
        .collect()
}

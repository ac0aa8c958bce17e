//! How much of what they can carry people do carry.

use super::Book;
use super::bands::{Load, percent};
use super::capacity::Away;
use super::plan::Person;
use crate::units::ids::ProjectId;
use crate::units::{Minutes, Tenths, Week};

/// One person in one week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonWeek {
    /// Everything booked, on whatever project.
    pub booked: Minutes,
    /// The part of it on tentative projects.
    pub tentative: Minutes,
    /// What they can carry.
    pub capacity: Minutes,
    /// Why that is less than usual.
    pub away: Away,
}

impl PersonWeek {
    /// Strictly more than capacity; booked hours on no capacity are over too.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.booked > self.capacity
    }

    /// What they could still take.
    #[must_use]
    pub fn free(&self) -> Minutes {
        self.capacity.less(self.booked)
    }

    /// Booked of capacity, in tenths of a percent.
    #[must_use]
    pub fn share(&self) -> Option<Tenths> {
        Tenths::of(u64::from(self.booked.0), u64::from(self.capacity.0))
    }

    /// Booked of capacity, in percent.
    #[must_use]
    pub fn percent(&self) -> Option<u32> {
        percent(self.booked, self.capacity)
    }
}

impl Book {
    /// The `count` weeks of `person` that begin with `from`.
    #[must_use]
    pub fn person_weeks(&self, person: &Person, from: Week, count: u16) -> Vec<PersonWeek> {
        let capacities = if person.active {
            self.plan.capacities(person, from, count)
        } else {
            vec![(Minutes(0), Away::NotEmployed); usize::from(count)]
        };
        let mut weeks: Vec<PersonWeek> = capacities
            .into_iter()
            .map(|(capacity, away)| PersonWeek {
                capacity,
                away,
                ..PersonWeek::default()
            })
            .collect();
        if let Some(place) = self.plan.person_place(person.id) {
            let (after, booked) = self.loads.within(place, from, count);
            for (week, booked) in weeks.iter_mut().skip(after).zip(booked) {
                week.booked = Minutes(booked.all);
                week.tentative = Minutes(booked.tentative);
            }
        }
        weeks
    }

    /// The band of one person's week.
    #[must_use]
    pub fn load(&self, week: &PersonWeek) -> Load {
        self.plan.organisation.bands.load(week.booked, week.capacity)
    }

    /// The minutes booked on a project in each of the `count` weeks that begin with `from`, placeholders included.
    #[must_use]
    pub fn project_weeks(&self, project: ProjectId, from: Week, count: u16) -> Vec<Minutes> {
        let mut weeks = vec![Minutes(0); usize::from(count)];
        for assignment in self.plan.assignments_of_project(project) {
            for (sum, minutes) in weeks.iter_mut().zip(self.hours.span(assignment.id, from, count)) {
                *sum += minutes;
            }
        }
        weeks
    }

    /// Everything booked on a project, in all weeks.
    #[must_use]
    pub fn project_total(&self, project: ProjectId) -> Minutes {
        self.plan
            .assignments_of_project(project)
            .iter()
            .map(|assignment| self.hours.total(assignment.id))
            .sum()
    }
}

//! What many people can carry against what is asked of them, week by week.

use super::Book;
use super::bands::percent;
use super::plan::{CountsAs, Department, Person};
use super::utilisation::PersonWeek;
use crate::units::ids::DepartmentId;
use crate::units::{Minutes, Week};

/// Capacity and demand of a group of people in one week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeekDemand {
    /// What they can carry.
    pub capacity: Minutes,
    /// Booked on agreed projects, and on those that are over.
    pub confirmed: Minutes,
    /// Booked on projects that may come.
    pub tentative: Minutes,
    /// Booked for roles that nobody fills yet.
    pub open: Minutes,
}

impl WeekDemand {
    /// What people are booked for: everything but the open roles.
    #[must_use]
    pub fn booked(&self) -> Minutes {
        self.confirmed + self.tentative
    }

    /// Booked of capacity, in percent.
    #[must_use]
    pub fn percent(&self) -> Option<u32> {
        percent(self.booked(), self.capacity)
    }

    /// One person's week; open roles are nobody's.
    fn of(week: &PersonWeek) -> Self {
        Self {
            capacity: week.capacity,
            confirmed: week.booked.less(week.tentative),
            tentative: week.tentative,
            open: Minutes(0),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.capacity += other.capacity;
        self.confirmed += other.confirmed;
        self.tentative += other.tentative;
        self.open += other.open;
    }
}

/// The sum of several weeks.
#[must_use]
pub fn total(weeks: &[WeekDemand]) -> WeekDemand {
    weeks.iter().fold(WeekDemand::default(), |mut sum, week| {
        sum.add(week);
        sum
    })
}

/// Adds one person's weeks to the sums, week by week.
pub(super) fn add_weeks(sums: &mut [WeekDemand], weeks: &[PersonWeek]) {
    for (sum, week) in sums.iter_mut().zip(weeks) {
        sum.add(&WeekDemand::of(week));
    }
}

/// A department with all below it, and the weeks of its people.
#[derive(Clone, Debug)]
pub struct DepartmentLoad<'a> {
    /// Which one; none for the people who are in none.
    pub department: Option<&'a Department>,
    /// How many of the people are in it or below.
    pub people: usize,
    /// What they work in a usual week, summed.
    pub usual: Minutes,
    /// Their weeks, summed.
    pub weeks: Vec<WeekDemand>,
}

impl Book {
    /// The weeks of `people`, summed. Open roles are not theirs; see [`Book::open_demand`].
    #[must_use]
    pub fn demand(&self, people: &[&Person], from: Week, count: u16) -> Vec<WeekDemand> {
        let mut sums = vec![WeekDemand::default(); usize::from(count)];
        for person in people {
            add_weeks(&mut sums, &self.person_weeks(person, from, count));
        }
        sums
    }

    /// The minutes of placeholders in each week, on projects that are not over; of one department's projects where one is given.
    #[must_use]
    pub fn open_demand(&self, department: Option<DepartmentId>, from: Week, count: u16) -> Vec<Minutes> {
        let within: Option<Vec<DepartmentId>> = department.map(|id| {
            self.plan
                .department_with_children(id)
                .iter()
                .map(|one| one.id)
                .collect()
        });
        let mut sums = vec![Minutes(0); usize::from(count)];
        for assignment in self
            .plan
            .assignments
            .iter()
            .filter(|assignment| assignment.person.is_none())
        {
            let Some(project) = self.plan.project(assignment.project) else {
                continue;
            };
            let counted = self.plan.counts_as(project.id) != CountsAs::Closed
                && within
                    .as_ref()
                    .is_none_or(|all| project.department.is_some_and(|own| all.contains(&own)));
            if counted {
                for (sum, minutes) in sums.iter_mut().zip(self.hours.span(assignment.id, from, count)) {
                    *sum += minutes;
                }
            }
        }
        sums
    }

    /// `people` by department in the tree's order, each department with all below it; those without one last.
    /// Departments without any of the people are left out.
    #[must_use]
    pub fn department_loads(&self, people: &[&Person], from: Week, count: u16) -> Vec<DepartmentLoad<'_>> {
        let loads = people
            .iter()
            .map(|person| (*person, self.person_weeks(person, from, count)));
        let loads: Vec<_> = loads.collect();
        let weeks = loads.iter().map(|(person, weeks)| (*person, weeks.as_slice()));
        self.loads_by_department(weeks, from, count)
    }

    /// The same of weeks that are known already.
    pub(super) fn loads_by_department<'w>(
        &self,
        people: impl Iterator<Item = (&'w Person, &'w [PersonWeek])>,
        from: Week,
        count: u16,
    ) -> Vec<DepartmentLoad<'_>> {
        let departments = &self.plan.departments;
        let mut loads: Vec<DepartmentLoad<'_>> = departments
            .iter()
            .map(Some)
            .chain([None])
            .map(|department| DepartmentLoad {
                department,
                people: 0,
                usual: Minutes(0),
                weeks: vec![WeekDemand::default(); usize::from(count)],
            })
            .collect();
        for (person, weeks) in people {
            let own = person
                .department
                .and_then(|id| departments.iter().position(|one| one.id == id));
            let mut next = Some(own.unwrap_or(departments.len()));
            while let Some(index) = next {
                let Some(load) = loads.get_mut(index) else { break };
                load.people += 1;
                load.usual += self.plan.work_week_on(person, from.monday()).total();
                add_weeks(&mut load.weeks, weeks);
                let parent = load.department.and_then(|department| department.parent);
                next = parent.and_then(|parent| departments.iter().position(|one| one.id == parent));
            }
        }
        loads.retain(|load| load.people > 0);
        loads
    }
}

//! What stands out in the plan today: who carries too much or too little, and which dates are in danger.

use super::Book;
use super::bands::{BandUnit, Load};
use super::demand::{DepartmentLoad, WeekDemand, add_weeks};
use super::filter::Filter;
use super::plan::{Assignment, CountsAs, Deliverable, Person, Project};
use super::utilisation::PersonWeek;
use crate::units::ids::DepartmentId;
use crate::units::{Day, Minutes, Week};

/// How many weeks ahead people are looked at for too much and too little.
pub const SOON_WEEKS: u16 = 4;
/// How much of what is due after them the overview knows.
const FURTHER: usize = 20;

/// How many days ahead a date counts as soon.
const SOON_DAYS: i32 = 14;

/// Which part of the plan is looked at, and from when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// A department with all below it; everybody where none is given.
    pub department: Option<DepartmentId>,
    /// How many weeks of capacity and demand.
    pub weeks: u16,
    /// The day it is.
    pub today: Day,
}

impl Scope {
    /// How many weeks can be asked for.
    pub const LENGTHS: [u16; 3] = [8, 12, 26];

    /// How many weeks there are where nobody asks.
    pub const LENGTH: u16 = 12;
}

/// Somebody who has more to do than they can carry in some of the next weeks.
#[derive(Clone, Copy, Debug)]
pub struct Overloaded<'a> {
    /// Who.
    pub person: &'a Person,
    /// In how many of the weeks.
    pub weeks: usize,
    /// The first of them.
    pub first: Week,
    /// The worst of them.
    pub worst: PersonWeek,
}

/// A deliverable with a date that is not done yet.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// Its project.
    pub project: &'a Project,
    /// The deliverable.
    pub deliverable: &'a Deliverable,
    /// Its date.
    pub due: Day,
    /// What is booked in the weeks that lead up to it.
    pub lead_in: Minutes,
    /// Who has most of that.
    pub lead: Option<&'a Person>,
}

/// A place that nobody fills yet, with hours in the next weeks.
#[derive(Clone, Copy, Debug)]
pub struct OpenPlace<'a> {
    /// The place.
    pub assignment: &'a Assignment,
    /// Its project.
    pub project: &'a Project,
    /// The first week with hours.
    pub first: Week,
    /// Its hours in the next weeks.
    pub minutes: Minutes,
}

/// Something that somebody should look at.
#[derive(Clone, Copy, Debug)]
pub enum Attention<'a> {
    /// Somebody has too much.
    Over(Overloaded<'a>),
    /// A date has gone by.
    Overdue(Due<'a>),
    /// A date is near and nobody works towards it.
    NoHours(Due<'a>),
    /// A place should be filled.
    Open(OpenPlace<'a>),
}

/// The overview in figures.
#[derive(Clone, Debug)]
pub struct Overview<'a> {
    /// The week it is.
    pub this_week: Week,
    /// The people's last week.
    pub last_week: WeekDemand,
    /// The people's weeks from this one on, with the open places of the department's projects.
    pub weeks: Vec<WeekDemand>,
    /// Who has too much soon, the worst first.
    pub over: Vec<Overloaded<'a>>,
    /// Who could take work soon, and how much; the freest first.
    pub free: Vec<(&'a Person, Minutes)>,
    /// What is not done and was due before the end of the next weeks, and what is due first after them, by date.
    pub due: Vec<Due<'a>>,
    /// Everything that needs a look, each kind taking its turn.
    pub attention: Vec<Attention<'a>>,
    /// The departments over the same weeks.
    pub departments: Vec<DepartmentLoad<'a>>,
}

impl<'a> Overview<'a> {
    /// What is due from today to the end of the second week from now.
    pub fn due_soon(&self, today: Day) -> impl Iterator<Item = &Due<'a>> {
        let last = today.plus(SOON_DAYS);
        self.due
            .iter()
            .filter(move |one| (today..=last).contains(&one.due))
    }

    /// What is due from today on.
    pub fn coming(&self, today: Day) -> impl Iterator<Item = &Due<'a>> {
        self.due.iter().filter(move |one| one.due >= today)
    }
}

/// The weeks of one person: last week, then those from this one on.
struct PersonLoad<'a> {
    person: &'a Person,
    weeks: Vec<PersonWeek>,
}

impl PersonLoad<'_> {
    fn ahead(&self) -> &[PersonWeek] {
        self.weeks.get(1..).unwrap_or_default()
    }
}

impl Book {
    /// Everything the overview shows.
    #[must_use]
    pub fn overview(&self, scope: Scope) -> Overview<'_> {
        let this_week = self.plan.week_of(scope.today);
        let filter = Filter {
            department: scope.department,
            ..Filter::default()
        };
        let people = self.people(&filter);
        // Each person's weeks are looked at once: last week, and all that the overview speaks of from this one on.
        let count = scope.weeks.max(SOON_WEEKS) + 1;
        let loads: Vec<PersonLoad<'_>> = people
            .iter()
            .map(|person| PersonLoad {
                person,
                weeks: self.person_weeks(person, this_week.plus(-1), count),
            })
            .collect();
        let mut last_week = [WeekDemand::default()];
        let mut weeks = vec![WeekDemand::default(); usize::from(scope.weeks)];
        for load in &loads {
            add_weeks(&mut last_week, &load.weeks);
            add_weeks(&mut weeks, load.ahead());
        }
        let open = self.open_demand(scope.department, this_week, scope.weeks);
        for (week, open) in weeks.iter_mut().zip(open) {
            week.open = open;
        }
        let (over, free) = self.too_much_and_too_little(&loads, this_week);
        let projects: Vec<&Project> = self
            .projects(&filter)
            .into_iter()
            .filter(|project| self.plan.counts_as(project.id) != CountsAs::Closed)
            .collect();
        let due = self.all_due(&projects, scope.today);
        let open_places = self.open_places(&projects, this_week);
        Overview {
            this_week,
            last_week: last_week[0],
            weeks,
            attention: attention(&over, &due, &open_places, scope.today),
            over,
            free,
            due,
            departments: self.departments_of(scope, &loads, this_week),
        }
    }

    fn too_much_and_too_little<'a>(
        &'a self,
        loads: &[PersonLoad<'a>],
        from: Week,
    ) -> (Vec<Overloaded<'a>>, Vec<(&'a Person, Minutes)>) {
        let (mut over, mut free) = (Vec::new(), Vec::new());
        for load in loads {
            let ahead = load.ahead();
            let soon = ahead.get(..usize::from(SOON_WEEKS)).unwrap_or(ahead);
            over.extend(overloaded(load.person, soon, from));
            free.extend(self.room(soon).map(|minutes| (load.person, minutes)));
        }
        // Sorting keeps the order of names among equals.
        over.sort_by_key(|one| {
            (
                std::cmp::Reverse(one.worst.percent().unwrap_or(u32::MAX)),
                std::cmp::Reverse(one.weeks),
            )
        });
        free.sort_by_key(|(_, minutes)| std::cmp::Reverse(*minutes));
        (over, free)
    }

    /// What somebody could take who is below the first band over all of `weeks`; none where they are not.
    #[must_use]
    pub fn room(&self, weeks: &[PersonWeek]) -> Option<Minutes> {
        let bands = self.plan.organisation.bands;
        let mut booked: Minutes = weeks.iter().map(|week| week.booked).sum();
        let capacity = weeks.iter().map(|week| week.capacity).sum();
        if bands.unit == BandUnit::Hours {
            // Limits in hours are those of one week.
            booked = Minutes(booked.0 / u32::try_from(weeks.len().max(1)).unwrap_or(u32::MAX));
        }
        let free: Minutes = weeks.iter().map(PersonWeek::free).sum();
        (free.0 > 0 && bands.load(booked, capacity) < Load::Good).then_some(free)
    }

    fn all_due<'a>(&'a self, projects: &[&'a Project], today: Day) -> Vec<Due<'a>> {
        let open = projects.iter().copied().flat_map(|project| {
            let open = self.plan.deliverables_of(project.id).filter(|one| !one.done);
            open.filter_map(move |deliverable| Some((deliverable.due?, project, deliverable)))
        });
        let mut open: Vec<(Day, &Project, &Deliverable)> = open.collect();
        open.sort_by_key(|(due, ..)| *due);
        let soon = today.plus(7 * i32::from(SOON_WEEKS));
        let near = open.partition_point(|(due, ..)| *due <= soon);
        open.truncate(near + FURTHER);
        let lead = |(due, project, deliverable): (Day, &'a Project, &'a Deliverable)| {
            let (lead_in, lead) = self.lead_in_hours(project.id, self.lead_in(project.id, due));
            Due {
                project,
                deliverable,
                due,
                lead_in,
                lead,
            }
        };
        open.into_iter().map(lead).collect()
    }

    fn open_places<'a>(&'a self, projects: &[&'a Project], from: Week) -> Vec<OpenPlace<'a>> {
        let mut places = Vec::new();
        for project in projects.iter().copied() {
            let unfilled = self.plan.assignments_of_project(project.id);
            for assignment in unfilled.into_iter().filter(|one| one.person.is_none()) {
                let weeks = from
                    .span(SOON_WEEKS)
                    .zip(self.hours.span(assignment.id, from, SOON_WEEKS));
                let booked: Vec<(Week, Minutes)> = weeks.filter(|(_, minutes)| minutes.0 > 0).collect();
                if let Some((first, _)) = booked.first() {
                    places.push(OpenPlace {
                        assignment,
                        project,
                        first: *first,
                        minutes: booked.iter().map(|(_, minutes)| *minutes).sum(),
                    });
                }
            }
        }
        places.sort_by_key(|place| place.first);
        places
    }

    /// The departments of the scope; those above a chosen one would show a part of theirs as if it were all.
    fn departments_of(&self, scope: Scope, people: &[PersonLoad<'_>], from: Week) -> Vec<DepartmentLoad<'_>> {
        let people = people.iter().map(|load| (load.person, load.ahead()));
        let mut loads = self.loads_by_department(people, from, scope.weeks);
        if let Some(id) = scope.department {
            let within = self.plan.department_with_children(id);
            loads.retain(|load| load.department.is_some_and(|one| within.contains(one)));
        }
        loads
    }
}

fn overloaded<'a>(person: &'a Person, weeks: &[PersonWeek], from: Week) -> Option<Overloaded<'a>> {
    let over = || {
        from.span(SOON_WEEKS)
            .zip(weeks)
            .filter(|(_, week)| week.is_over())
    };
    let (first, _) = over().next()?;
    let (_, worst) = over().max_by_key(|(_, week)| (week.percent().unwrap_or(u32::MAX), week.booked))?;
    Some(Overloaded {
        person,
        weeks: over().count(),
        first,
        worst: *worst,
    })
}

/// One of each kind in turn, each kind by its own urgency, so that many of one kind do not hide the others.
fn attention<'a>(
    over: &[Overloaded<'a>],
    due: &[Due<'a>],
    open: &[OpenPlace<'a>],
    today: Day,
) -> Vec<Attention<'a>> {
    let last = today.plus(7 * i32::from(SOON_WEEKS));
    let overdue = due
        .iter()
        .filter(|one| one.due < today)
        .map(|one| Attention::Overdue(*one));
    let no_hours = due
        .iter()
        .filter(|one| (today..=last).contains(&one.due) && one.lead_in.0 == 0);
    let mut kinds: [std::collections::VecDeque<Attention<'a>>; 4] = [
        over.iter().map(|one| Attention::Over(*one)).collect(),
        no_hours.map(|one| Attention::NoHours(*one)).collect(),
        open.iter().map(|one| Attention::Open(*one)).collect(),
        overdue.collect(),
    ];
    let mut all = Vec::new();
    while kinds.iter().any(|kind| !kind.is_empty()) {
        all.extend(kinds.iter_mut().filter_map(std::collections::VecDeque::pop_front));
    }
    all
}

#[cfg(test)]
mod tests;

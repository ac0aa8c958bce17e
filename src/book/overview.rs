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
mod tests {
    use super::*;
    use crate::book::{Department, Parts, Role, Status, WorkWeek};
    use crate::units::Colour;
    use crate::units::ids::{AssignmentId, DeliverableId, PersonId, ProjectId, RoleId, StatusId};

    const TODAY: &str = "2026-11-18";

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn week(text: &str) -> Week {
        Week::of(day(text), crate::units::WeekStart::Monday)
    }

    fn person(id: i64, department: i64, hours: u32) -> Person {
        Person {
            id: PersonId(id),
            name: format!("Person {id}"),
            email: String::new(),
            location: String::new(),
            department: Some(DepartmentId(department)),
            role: None,
            calendar: None,
            start: None,
            last: None,
            active: true,
            skills: Vec::new(),
            work_weeks: vec![(Day::MIN, WorkWeek::even(Minutes::from_hours(hours)))],
            absences: Vec::new(),
        }
    }

    fn project(id: i64, department: i64, status: i64) -> Project {
        Project {
            id: ProjectId(id),
            name: format!("Project {id}"),
            code: String::new(),
            client: None,
            status: StatusId(status),
            department: Some(DepartmentId(department)),
            colour: Colour::default(),
            start: None,
            end: None,
            budget: None,
        }
    }

    fn deliverable(id: i64, project: i64, due: &str, done: bool) -> Deliverable {
        Deliverable {
            id: DeliverableId(id),
            project: ProjectId(project),
            name: format!("D{id}"),
            percent: None,
            phase: String::new(),
            due: Some(day(due)),
            done,
        }
    }

    fn assignment(id: i64, project: i64, person: Option<i64>) -> Assignment {
        Assignment {
            id: AssignmentId(id),
            project: ProjectId(project),
            person: person.map(PersonId),
            role: Some(RoleId(1)),
            note: String::new(),
        }
    }

    /// Two departments, three people of 40 h, an active project, a tentative one and a closed one.
    fn book(cells: &[(i64, &str, u32)]) -> Book {
        let status = |id, counts_as| Status {
            id: StatusId(id),
            label: String::new(),
            colour: Colour::default(),
            counts_as,
        };
        let department = |id| Department {
            id: DepartmentId(id),
            name: format!("Department {id}"),
            parent: None,
            depth: 0,
        };
        let parts = Parts {
            departments: vec![department(1), department(2)],
            roles: vec![Role {
                id: RoleId(1),
                name: "Designer".to_owned(),
            }],
            statuses: vec![
                status(1, CountsAs::Confirmed),
                status(2, CountsAs::Tentative),
                status(3, CountsAs::Closed),
            ],
            people: vec![person(1, 1, 40), person(2, 1, 40), person(3, 2, 40)].into(),
            projects: vec![project(1, 1, 1), project(2, 2, 2), project(3, 1, 3)].into(),
            deliverables: vec![
                deliverable(1, 1, "2026-11-06", true),
                deliverable(2, 1, "2026-11-17", false),
                deliverable(3, 1, "2026-12-02", false),
                deliverable(4, 2, "2026-12-11", false),
                deliverable(5, 3, "2026-11-20", false),
            ]
            .into(),
            assignments: vec![
                assignment(1, 1, Some(1)),
                assignment(2, 2, Some(1)),
                assignment(3, 1, Some(2)),
                assignment(4, 2, None),
                assignment(5, 3, Some(3)),
                assignment(6, 3, None),
            ]
            .into(),
            ..Parts::default()
        };
        let mut book = Book::new(1, parts);
        for (id, first, hours) in cells {
            book.set_hours(AssignmentId(*id), week(first), Minutes::from_hours(*hours));
        }
        book
    }

    fn scope(department: Option<i64>) -> Scope {
        Scope {
            department: department.map(DepartmentId),
            weeks: Scope::LENGTH,
            today: day(TODAY),
        }
    }

    #[test]
    fn demand_is_split_into_agreed_tentative_and_unfilled() {
        let book = book(&[
            (1, "2026-11-16", 20),
            (2, "2026-11-16", 10),
            (4, "2026-11-16", 8),
            (6, "2026-11-16", 5),
            (1, "2026-11-09", 40),
        ]);
        let view = book.overview(scope(None));
        assert_eq!(view.this_week, week("2026-11-16"));
        assert_eq!(view.last_week.percent(), Some(33));
        let expected = WeekDemand {
            capacity: Minutes::from_hours(120),
            confirmed: Minutes::from_hours(20),
            tentative: Minutes::from_hours(10),
            // The place on the closed project asks for nothing any more.
            open: Minutes::from_hours(8),
        };
        assert_eq!(view.weeks.first(), Some(&expected));
        assert_eq!(view.weeks.len(), 12);
    }

    #[test]
    fn over_is_strictly_more_than_capacity_and_the_worst_comes_first() {
        let book = book(&[
            (1, "2026-11-16", 40),
            (1, "2026-11-23", 30),
            (2, "2026-11-23", 11),
            (3, "2026-11-30", 50),
            (3, "2026-12-07", 44),
            // Beyond the four weeks that are looked at.
            (5, "2026-12-14", 60),
        ]);
        let view = book.overview(scope(None));
        let over: Vec<_> = view
            .over
            .iter()
            .map(|one| (one.person.id.0, one.weeks, one.first, one.worst.percent()))
            .collect();
        assert_eq!(
            over,
            [
                (2, 2, week("2026-11-30"), Some(125)),
                (1, 1, week("2026-11-23"), Some(103))
            ]
        );
    }

    #[test]
    fn free_is_below_the_first_band_over_four_weeks() {
        // 112 h of 160 h are exactly 70 %, and no longer free.
        let full = ["2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"].map(|first| (1, first, 28));
        let view_of = |cells: &[(i64, &str, u32)]| {
            let book = book(cells);
            let view = book.overview(scope(Some(1)));
            view.free
                .iter()
                .map(|(person, free)| (person.id.0, *free))
                .collect::<Vec<_>>()
        };
        assert_eq!(view_of(&full), [(2, Minutes::from_hours(160))]);
        let mut less = full;
        less[3].2 = 27;
        assert_eq!(
            view_of(&less),
            [(2, Minutes::from_hours(160)), (1, Minutes::from_hours(49))]
        );
    }

    #[test]
    fn a_date_without_hours_in_the_weeks_before_it_is_noticed() {
        // Hours in the week of the deliverable before do not lead up to this one.
        let due_with = |cells: &[(i64, &str, u32)]| {
            let book = book(cells);
            let view = book.overview(scope(None));
            let third = view.due.iter().find(|one| one.deliverable.id.0 == 3).unwrap();
            (third.lead_in, third.lead.map(|person| person.id.0))
        };
        assert_eq!(due_with(&[(1, "2026-11-16", 20)]), (Minutes(0), None));
        assert_eq!(
            due_with(&[(1, "2026-11-23", 6), (3, "2026-11-30", 8), (3, "2026-12-07", 40)]),
            (Minutes::from_hours(14), Some(2))
        );
    }

    #[test]
    fn each_kind_of_trouble_takes_its_turn() {
        let book = book(&[(1, "2026-11-16", 50), (3, "2026-11-23", 44), (4, "2026-11-30", 8)]);
        let view = book.overview(scope(None));
        let kinds: Vec<String> = view
            .attention
            .iter()
            .map(|item| match item {
                Attention::Over(one) => format!("over {}", one.person.id),
                Attention::Overdue(one) => format!("overdue {}", one.deliverable.id),
                Attention::NoHours(one) => format!("no hours {}", one.deliverable.id),
                Attention::Open(one) => format!("open {}", one.assignment.id),
            })
            .collect();
        // The third deliverable has the 44 h before it, the fourth the open place's; the fifth is of a closed project.
        assert_eq!(kinds, ["over 1", "open 4", "overdue 2", "over 2"]);
    }

    #[test]
    fn only_the_dates_of_the_next_fourteen_days_are_soon() {
        let book = book(&[]);
        let view = book.overview(scope(None));
        let soon: Vec<i64> = view
            .due_soon(day(TODAY))
            .map(|one| one.deliverable.id.0)
            .collect();
        assert_eq!(soon, [3]);
        let coming: Vec<i64> = view.coming(day(TODAY)).map(|one| one.deliverable.id.0).collect();
        assert_eq!(coming, [3, 4]);
    }

    #[test]
    fn a_department_shows_its_own_people_and_projects() {
        let book = book(&[(1, "2026-11-16", 20), (5, "2026-11-16", 30)]);
        let view = book.overview(scope(Some(2)));
        assert_eq!(
            view.weeks.first().map(WeekDemand::booked),
            Some(Minutes::from_hours(30))
        );
        assert_eq!(
            view.departments
                .iter()
                .filter_map(|load| load.department)
                .map(|one| one.id.0)
                .collect::<Vec<_>>(),
            [2]
        );
        assert_eq!(
            view.due
                .iter()
                .map(|one| one.deliverable.id.0)
                .collect::<Vec<_>>(),
            [4]
        );
    }
}

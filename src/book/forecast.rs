//! What the team can carry in the weeks ahead against what is asked of it, as a whole and by department or role.
//!
//! People's capacity and hours stand in the same group, that of the person; an open place stands in its role, and in
//! the department that leads its project. A gap is what is asked beyond capacity in one group and week: it is not made
//! up for by another group's idle hours, nor by another week's, and sums are sums of those.

use super::Book;
use super::filter::below;
use super::plan::{Assignment, CountsAs, Person};
use crate::units::ids::{DepartmentId, RoleId};
use crate::units::{Minutes, Tenths, Week};

/// By what a forecast is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// Not at all.
    #[default]
    Whole,
    /// By department, each without those below it.
    Department,
    /// By role.
    Role,
}

impl Grouping {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Department, Self::Role];

    /// As an address and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "none",
            Self::Department => "department",
            Self::Role => "role",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Which part of the plan is looked at, and how far ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outlook {
    /// The first week.
    pub from: Week,
    /// How many.
    pub weeks: u16,
    /// The week it is. Hours on closed projects count before it, since they were worked; from it on nobody asks for them.
    pub now: Week,
    /// How it is cut.
    pub grouping: Grouping,
    /// A department with all below it; all where none is given.
    pub department: Option<DepartmentId>,
    /// One role; all where none is given.
    pub role: Option<RoleId>,
}

impl Outlook {
    /// How many weeks the page offers.
    pub const LENGTHS: [u16; 3] = [12, 26, 52];
}

/// Of whom a line of a forecast speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Everybody who is looked at.
    Whole,
    /// The people of a department, or of none.
    Department(Option<DepartmentId>),
    /// The people in a role, or in none.
    Role(Option<RoleId>),
}

/// Capacity and demand of one group in one week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForecastWeek {
    /// What its people can carry.
    pub capacity: Minutes,
    /// What its people are booked for on agreed projects.
    pub confirmed: Minutes,
    /// What its people are booked for on projects that may come.
    pub tentative: Minutes,
    /// What open places on agreed projects ask for.
    pub open_confirmed: Minutes,
    /// What open places on projects that may come ask for.
    pub open_tentative: Minutes,
    /// What still stands in the plan for closed projects: no demand, and said apart.
    pub closed: Minutes,
}

impl ForecastWeek {
    /// What is asked: of people and of open places, with or without projects that may come.
    #[must_use]
    pub fn demand(&self, tentative: bool) -> Minutes {
        let firm = self.confirmed + self.open_confirmed;
        if tentative {
            firm + self.tentative + self.open_tentative
        } else {
            firm
        }
    }

    /// What is asked beyond capacity.
    #[must_use]
    pub fn gap(&self, tentative: bool) -> Minutes {
        self.demand(tentative).less(self.capacity)
    }

    /// The capacity that nothing is asked of.
    #[must_use]
    pub fn idle(&self, tentative: bool) -> Minutes {
        self.capacity.less(self.demand(tentative))
    }

    /// What people are booked for.
    #[must_use]
    pub fn booked(&self) -> Minutes {
        self.confirmed + self.tentative
    }

    /// What open places ask for.
    #[must_use]
    pub fn open(&self) -> Minutes {
        self.open_confirmed + self.open_tentative
    }

    /// Booked of capacity, open places not counted.
    #[must_use]
    pub fn utilisation(&self) -> Option<Tenths> {
        Tenths::of(u64::from(self.booked().0), u64::from(self.capacity.0))
    }

    fn add(&mut self, other: &Self) {
        self.capacity += other.capacity;
        self.confirmed += other.confirmed;
        self.tentative += other.tentative;
        self.open_confirmed += other.open_confirmed;
        self.open_tentative += other.open_tentative;
        self.closed += other.closed;
    }

    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Puts hours where they belong.
    fn book(&mut self, minutes: Minutes, what: Kind) {
        match what {
            Kind::Confirmed => self.confirmed += minutes,
            Kind::Tentative => self.tentative += minutes,
            Kind::OpenConfirmed => self.open_confirmed += minutes,
            Kind::OpenTentative => self.open_tentative += minutes,
            Kind::Closed => self.closed += minutes,
        }
    }
}

/// As what the hours of an assignment count in a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Confirmed,
    Tentative,
    OpenConfirmed,
    OpenTentative,
    Closed,
}

impl Kind {
    const fn of(counts_as: CountsAs, open: bool, past: bool) -> Self {
        match (counts_as, open) {
            (CountsAs::Closed, false) if past => Self::Confirmed,
            (CountsAs::Closed, _) => Self::Closed,
            (CountsAs::Confirmed, false) => Self::Confirmed,
            (CountsAs::Confirmed, true) => Self::OpenConfirmed,
            (CountsAs::Tentative, false) => Self::Tentative,
            (CountsAs::Tentative, true) => Self::OpenTentative,
        }
    }
}

/// Gap and idle hours, summed over groups or weeks without the one making up for the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// What is asked beyond capacity.
    pub gap: Minutes,
    /// Capacity that nothing is asked of.
    pub idle: Minutes,
}

/// The balance of several groups or weeks.
pub fn balance<'a>(parts: impl IntoIterator<Item = &'a ForecastWeek>, tentative: bool) -> Balance {
    parts.into_iter().fold(Balance::default(), |sum, part| Balance {
        gap: sum.gap + part.gap(tentative),
        idle: sum.idle + part.idle(tentative),
    })
}

/// One group over the weeks.
#[derive(Clone, Debug)]
pub struct GroupForecast {
    /// Whose line it is.
    pub group: Group,
    /// How many people are in it.
    pub people: usize,
    /// Its weeks.
    pub weeks: Vec<ForecastWeek>,
}

impl GroupForecast {
    /// All its weeks in one.
    #[must_use]
    pub fn total(&self) -> ForecastWeek {
        summed(&self.weeks)
    }
}

/// Capacity and demand ahead.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// The first week.
    pub from: Week,
    /// All groups together.
    pub weeks: Vec<ForecastWeek>,
    /// Each group that has people or demand, in the order of departments or roles; those without one last.
    pub groups: Vec<GroupForecast>,
}

impl Forecast {
    /// All weeks in one.
    #[must_use]
    pub fn total(&self) -> ForecastWeek {
        summed(&self.weeks)
    }

    /// Gap and idle hours of each week, summed over the groups.
    #[must_use]
    pub fn balances(&self, tentative: bool) -> Vec<Balance> {
        let of_week = |index: usize| {
            let parts = self.groups.iter().filter_map(|group| group.weeks.get(index));
            balance(parts, tentative)
        };
        (0..self.weeks.len()).map(of_week).collect()
    }

    /// The first week in which a group has a gap.
    #[must_use]
    pub fn first_short(&self, tentative: bool) -> Option<Week> {
        let balances = self.balances(tentative);
        let index = balances.iter().position(|week| week.gap.0 > 0)?;
        Some(self.from.plus(i32::try_from(index).ok()?))
    }
}

fn summed(weeks: &[ForecastWeek]) -> ForecastWeek {
    weeks.iter().fold(ForecastWeek::default(), |mut sum, week| {
        sum.add(week);
        sum
    })
}

/// What somebody has on one project in the week.
#[derive(Clone, Copy, Debug)]
pub struct DetailPart<'a> {
    /// The assignment.
    pub assignment: &'a Assignment,
    /// What the project counts as.
    pub counts_as: CountsAs,
    /// Its hours.
    pub minutes: Minutes,
}

/// One person in the week.
#[derive(Clone, Debug)]
pub struct DetailPerson<'a> {
    /// Who.
    pub person: &'a Person,
    /// What they can carry.
    pub capacity: Minutes,
    /// What they are booked for; hours on closed projects do not count.
    pub booked: Minutes,
    /// On what, the largest first.
    pub parts: Vec<DetailPart<'a>>,
}

/// Who and what is behind one number of a forecast.
#[derive(Clone, Debug)]
pub struct ForecastDetail<'a> {
    /// The number itself.
    pub sum: ForecastWeek,
    /// The people, the fullest first.
    pub people: Vec<DetailPerson<'a>>,
    /// The open places with hours, the largest first.
    pub open: Vec<DetailPart<'a>>,
}

/// Who belongs into a forecast, and where.
struct Places<'a> {
    book: &'a Book,
    outlook: Outlook,
    departments: Option<Vec<DepartmentId>>,
}

impl<'a> Places<'a> {
    fn new(book: &'a Book, outlook: Outlook) -> Self {
        Self {
            book,
            outlook,
            departments: outlook.department.map(|id| below(&book.plan, id)),
        }
    }

    fn holds(&self, department: Option<DepartmentId>, role: Option<RoleId>) -> bool {
        let inside = |all: &Vec<DepartmentId>| department.is_some_and(|own| all.contains(&own));
        self.departments.as_ref().is_none_or(inside)
            && self.outlook.role.is_none_or(|wanted| role == Some(wanted))
    }

    /// The group of what belongs to this department and role; none where it is not looked at.
    fn group(&self, department: Option<DepartmentId>, role: Option<RoleId>) -> Option<Group> {
        let plan = &self.book.plan;
        self.holds(department, role).then(|| match self.outlook.grouping {
            Grouping::Whole => Group::Whole,
            Grouping::Department => Group::Department(department.filter(|id| plan.department(*id).is_some())),
            Grouping::Role => Group::Role(role.filter(|id| plan.roles.iter().any(|one| one.id == *id))),
        })
    }

    fn of_person(&self, person: &Person) -> Option<Group> {
        self.group(person.department, person.role)
    }

    fn of_open_place(&self, assignment: &Assignment) -> Option<Group> {
        let project = self.book.plan.project(assignment.project)?;
        self.group(project.department, assignment.role)
    }

    /// A line for each group there may be, in the order in which they are shown.
    fn lines(&self) -> Vec<GroupForecast> {
        let plan = &self.book.plan;
        let groups: Vec<Group> = match self.outlook.grouping {
            Grouping::Whole => vec![Group::Whole],
            Grouping::Department => {
                let known = plan.departments.iter().map(|one| Some(one.id));
                known.chain([None]).map(Group::Department).collect()
            }
            Grouping::Role => {
                let known = plan.roles.iter().map(|one| Some(one.id));
                known.chain([None]).map(Group::Role).collect()
            }
        };
        let line = |group| GroupForecast {
            group,
            people: 0,
            weeks: vec![ForecastWeek::default(); usize::from(self.outlook.weeks)],
        };
        groups.into_iter().map(line).collect()
    }

    /// Adds the hours of the person at `place` to the weeks of their line.
    fn book_person(&self, weeks: &mut [ForecastWeek], place: usize) {
        let Outlook { from, now, .. } = self.outlook;
        let (first, booked) = self.book.loads.within(place, from, self.outlook.weeks);
        let past = usize::try_from(now.0.saturating_sub(from.0)).unwrap_or(0);
        for (index, (week, booked)) in weeks.iter_mut().skip(first).zip(booked).enumerate() {
            let closed = Kind::of(CountsAs::Closed, false, first + index < past);
            week.confirmed += Minutes(booked.all).less(Minutes(booked.tentative + booked.closed));
            week.tentative += Minutes(booked.tentative);
            week.book(Minutes(booked.closed), closed);
        }
    }

    /// Adds the hours of an open place to the weeks of its line.
    fn book_open_place(&self, weeks: &mut [ForecastWeek], assignment: &Assignment) {
        let Outlook {
            from, weeks: count, ..
        } = self.outlook;
        // Whether a week is past makes no difference where nobody works.
        let kind = Kind::of(self.book.plan.counts_as(assignment.project), true, false);
        let (first, minutes) = self.book.hours.within(assignment.id, from, count);
        for (week, minutes) in weeks.iter_mut().skip(first).zip(minutes) {
            week.book(Minutes(u32::from(*minutes)), kind);
        }
    }
}

impl Book {
    /// Capacity against demand, week by week, as a whole and by group.
    #[must_use]
    pub fn forecast(&self, outlook: Outlook) -> Forecast {
        let places = Places::new(self, outlook);
        let mut lines = places.lines();
        let people = self.plan.people.iter().enumerate();
        for (place, person) in people.filter(|(_, person)| person.active) {
            let Some(line) = places.of_person(person).and_then(|own| find(&mut lines, own)) else {
                continue;
            };
            line.people += 1;
            let capacities = self.plan.capacities(person, outlook.from, outlook.weeks);
            for (week, (capacity, _)) in line.weeks.iter_mut().zip(capacities) {
                week.capacity += capacity;
            }
            places.book_person(&mut line.weeks, place);
        }
        for assignment in self.plan.assignments.iter().filter(|one| one.person.is_none()) {
            let group = places.of_open_place(assignment);
            if let Some(line) = group.and_then(|own| find(&mut lines, own)) {
                places.book_open_place(&mut line.weeks, assignment);
            }
        }
        lines.retain(|line| line.people > 0 || line.weeks.iter().any(|week| !week.is_nothing()));
        let mut weeks = vec![ForecastWeek::default(); usize::from(outlook.weeks)];
        for line in &lines {
            for (sum, week) in weeks.iter_mut().zip(&line.weeks) {
                sum.add(week);
            }
        }
        Forecast {
            from: outlook.from,
            weeks,
            groups: lines,
        }
    }

    /// Who and what stands behind the number of `group` in the first week of `outlook`.
    #[must_use]
    pub fn forecast_detail(&self, outlook: Outlook, group: Group) -> ForecastDetail<'_> {
        let outlook = Outlook { weeks: 1, ..outlook };
        let places = Places::new(self, outlook);
        let is_past = outlook.from < outlook.now;
        let booked = |assignment| self.detail_part(assignment, outlook.from);
        let mut sum = ForecastWeek::default();
        let mut people = Vec::new();
        for person in self.plan.people.iter().filter(|person| person.active) {
            if places.of_person(person) != Some(group) {
                continue;
            }
            let (capacity, _) = self.plan.capacity(person, outlook.from);
            let mut one = DetailPerson {
                person,
                capacity,
                booked: Minutes(0),
                parts: self
                    .plan
                    .assignments_of_person(person.id)
                    .filter_map(booked)
                    .collect(),
            };
            sum.capacity += capacity;
            for part in &one.parts {
                let kind = Kind::of(part.counts_as, false, is_past);
                sum.book(part.minutes, kind);
                if kind != Kind::Closed {
                    one.booked += part.minutes;
                }
            }
            largest_first(&mut one.parts);
            people.push(one);
        }
        let open_places = self.plan.assignments.iter().filter(|one| one.person.is_none());
        let mut open: Vec<DetailPart<'_>> = open_places
            .filter(|one| places.of_open_place(one) == Some(group))
            .filter_map(booked)
            .collect();
        for part in &open {
            sum.book(part.minutes, Kind::of(part.counts_as, true, is_past));
        }
        open.retain(|part| part.counts_as != CountsAs::Closed);
        largest_first(&mut open);
        people.sort_by_key(|one| {
            (
                one.capacity.less(one.booked),
                std::cmp::Reverse(one.booked.less(one.capacity)),
            )
        });
        ForecastDetail { sum, people, open }
    }

    fn detail_part<'a>(&self, assignment: &'a Assignment, week: Week) -> Option<DetailPart<'a>> {
        let minutes = self.hours.get(assignment.id, week);
        (minutes.0 > 0).then(|| DetailPart {
            assignment,
            counts_as: self.plan.counts_as(assignment.project),
            minutes,
        })
    }
}

fn largest_first(parts: &mut [DetailPart<'_>]) {
    parts.sort_by_key(|part| std::cmp::Reverse(part.minutes));
}

fn find(lines: &mut [GroupForecast], group: Group) -> Option<&mut GroupForecast> {
    lines.iter_mut().find(|line| line.group == group)
}

//! Who has too much and who too little over a period.

use super::Query;
use crate::book::filter::below;
use crate::book::{BandUnit, Book, Person, PersonWeek};
use crate::units::{Minutes, Tenths, Week};

/// Who has too much or too little, over a period.
#[derive(Clone, Copy, Debug)]
pub struct PersonBalance<'a> {
    /// Who.
    pub person: &'a Person,
    /// What they can carry in all.
    pub capacity: Minutes,
    /// What they are booked for in all.
    pub booked: Minutes,
    /// In how many weeks they have more than they can carry.
    pub weeks_over: usize,
    /// By how much in all.
    pub over: Minutes,
    /// What they could still take in all.
    pub free: Minutes,
    /// The first of the fullest weeks.
    pub peak: Option<(Week, PersonWeek)>,
}

impl<'a> PersonBalance<'a> {
    /// The sum of `weeks`, which begin with `from`.
    #[must_use]
    pub fn of(person: &'a Person, from: Week, weeks: &[PersonWeek]) -> Self {
        let mut one = Self {
            person,
            capacity: Minutes(0),
            booked: Minutes(0),
            weeks_over: 0,
            over: Minutes(0),
            free: Minutes(0),
            peak: None,
        };
        for (week, at) in weeks.iter().zip(from.span(u16::MAX)) {
            one.capacity += week.capacity;
            one.booked += week.booked;
            one.over += week.booked.less(week.capacity);
            one.free += week.free();
            one.weeks_over += usize::from(week.is_over());
            if week.booked.0 > 0 && one.peak.is_none_or(|(_, peak)| is_fuller(week, &peak)) {
                one.peak = Some((at, *week));
            }
        }
        one
    }

    /// Booked of capacity over the period.
    #[must_use]
    pub fn average(&self) -> Option<Tenths> {
        Tenths::of(u64::from(self.booked.0), u64::from(self.capacity.0))
    }

    /// Booked of capacity in the fullest week; none where nothing is booked, or nothing could be carried.
    #[must_use]
    pub fn peak_share(&self) -> Option<Tenths> {
        self.peak.and_then(|(_, week)| week.share())
    }
}

/// The people of a period who stand out.
#[derive(Clone, Debug)]
pub struct Balances<'a> {
    /// Who has more than they can carry in some week; the most hours over first.
    pub over: Vec<PersonBalance<'a>>,
    /// Whose average is below the limit; the most free hours first.
    pub under: Vec<PersonBalance<'a>>,
    /// That limit, in percent.
    pub limit: u32,
}

/// Below this many percent somebody has too little, where the team's own limits are in hours.
const TOO_LITTLE: u32 = 70;

impl Book {
    /// Who has too much and who too little in the weeks of `query`; only its department and role count.
    #[must_use]
    pub fn balances(&self, query: Query) -> Balances<'_> {
        let departments = query.department.map(|id| below(&self.plan, id));
        let bands = self.plan.organisation.bands;
        let [first, ..] = bands.limits;
        let limit = if bands.unit == BandUnit::Percent {
            first
        } else {
            TOO_LITTLE
        };
        let (mut over, mut under) = (Vec::new(), Vec::new());
        for person in self.plan.people.iter().filter(|person| person.active) {
            let inside = departments
                .as_ref()
                .is_none_or(|all| person.department.is_some_and(|own| all.contains(&own)));
            if !inside || query.role.is_some_and(|role| person.role != Some(role)) {
                continue;
            }
            let one = PersonBalance::of(
                person,
                query.from,
                &self.person_weeks(person, query.from, query.weeks),
            );
            if one.over.0 > 0 {
                over.push(one);
            }
            if one.capacity.0 > 0
                && u64::from(one.booked.0) * 100 < u64::from(limit) * u64::from(one.capacity.0)
            {
                under.push(one);
            }
        }
        over.sort_by_key(|one| std::cmp::Reverse(one.over));
        under.sort_by_key(|one| std::cmp::Reverse(one.free));
        Balances { over, under, limit }
    }
}

/// Whether `one` is fuller than `other`: compared as products, so that nothing is rounded. Hours on no capacity are
/// fuller than any others.
fn is_fuller(one: &PersonWeek, other: &PersonWeek) -> bool {
    let product = |booked: Minutes, capacity: Minutes| u64::from(booked.0) * u64::from(capacity.0);
    match (one.capacity.0, other.capacity.0) {
        (0, 0) => one.booked > other.booked,
        (0, _) => true,
        (_, 0) => false,
        _ => product(one.booked, other.capacity) > product(other.booked, one.capacity),
    }
}

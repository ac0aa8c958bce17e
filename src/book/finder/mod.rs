//! Who could take work on: what is asked for, week by week, against what each person has free.

mod places;
mod score;

use std::cmp::Reverse;

pub use places::{Place, PlaceFits};
pub use score::{Obstacle, Reason, SkillFit};

use super::Book;
use super::capacity::Away;
use super::plan::Person;
use super::utilisation::PersonWeek;
use crate::units::ids::{DepartmentId, ProjectId, RoleId, SkillId};
use crate::units::{Minutes, Week};

/// The hours that are asked for, and whether they may be spread in another way than they stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The first week.
    pub from: Week,
    /// What each week from there on shall take.
    pub shares: Vec<Minutes>,
    /// Whether only their sum counts, or each week as it is: an open place has its hours where the work is.
    pub movable: bool,
}

impl Ask {
    /// `minutes` in all, spread evenly over `weeks`; what does not divide goes to the first weeks, a minute each.
    #[must_use]
    pub fn even(from: Week, weeks: u16, minutes: Minutes) -> Self {
        let count = u32::from(weeks.max(1));
        let (each, rest) = (minutes.0 / count, minutes.0 % count);
        Self {
            from,
            shares: (0..count)
                .map(|index| Minutes(each + u32::from(index < rest)))
                .collect(),
            movable: true,
        }
    }

    /// How many weeks it is about.
    #[must_use]
    pub fn weeks(&self) -> u16 {
        u16::try_from(self.shares.len()).unwrap_or(u16::MAX)
    }

    /// Everything that is asked for.
    #[must_use]
    pub fn total(&self) -> Minutes {
        self.shares.iter().copied().sum()
    }
}

/// What somebody looks for; what is not set holds for everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The hours. None in all: whoever has anything free.
    pub ask: Ask,
    /// In this role.
    pub role: Option<RoleId>,
    /// With these skills, each at least at this level if it can be had.
    pub skills: Vec<(SkillId, u8)>,
    /// In this department or one below it.
    pub department: Option<DepartmentId>,
    /// For this project: who knows it or its client comes first.
    pub project: Option<ProjectId>,
    /// Whether people count who have some of the hours, but not all.
    pub partly: bool,
}

/// How the hours lie in somebody's weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Week by week as they are asked for.
    AsAsked,
    /// All of them, more in some weeks than in others.
    Spread,
    /// Some of them.
    Partly,
    /// None of them.
    Nothing,
}

/// Somebody, and how well they fit what is asked for.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Who.
    pub person: &'a Person,
    /// Their weeks of the span.
    pub weeks: Vec<PersonWeek>,
    /// What they can carry in all of it.
    pub capacity: Minutes,
    /// What they have booked in all of it.
    pub booked: Minutes,
    /// What they have free: a week with too much does not eat what another has free.
    pub free: Minutes,
    /// How the hours lie in their weeks.
    pub fit: Fit,
    /// Each skill that is asked for, and how they do in it.
    pub skills: Vec<SkillFit>,
    /// Why they fit, each with its points.
    pub reasons: Vec<Reason>,
    /// Why they cannot, where they cannot.
    pub obstacle: Option<Obstacle>,
}

impl Candidate<'_> {
    /// The sum of the reasons' points.
    #[must_use]
    pub fn score(&self) -> u32 {
        self.reasons.iter().map(Reason::points).sum()
    }

    /// Hours to book in each week, as `fit` says they lie; never more in sum than is asked for, and in no week more
    /// than is free unless the weeks are fixed.
    #[must_use]
    pub fn proposal(&self, ask: &Ask) -> Vec<Minutes> {
        proposal(ask, &self.weeks)
    }
}

/// Who fits, the best first, and who cannot and why. Both by name among equals.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// Who could take it.
    pub fitting: Vec<Candidate<'a>>,
    /// Who cannot.
    pub others: Vec<Candidate<'a>>,
}

/// The asked hours laid into free ones: each week its share as far as it is free, then what is left into the earliest
/// weeks that have room. Fixed weeks are proposed as they are, since that is where the work is, but for those in which
/// nobody could book them.
#[must_use]
pub fn proposal(ask: &Ask, weeks: &[PersonWeek]) -> Vec<Minutes> {
    if !ask.movable {
        let pairs = ask.shares.iter().zip(weeks);
        return pairs
            .map(|(share, week)| {
                if week.away == Away::NotEmployed {
                    Minutes(0)
                } else {
                    *share
                }
            })
            .collect();
    }
    let mut taken: Vec<Minutes> = ask
        .shares
        .iter()
        .zip(weeks)
        .map(|(share, week)| (*share).min(week.free()))
        .collect();
    let mut left = ask.total().less(taken.iter().copied().sum());
    for (own, week) in taken.iter_mut().zip(weeks) {
        let more = week.free().less(*own).min(left);
        *own += more;
        left = left.less(more);
    }
    taken
}

/// How `ask` lies in `weeks`.
fn fit(ask: &Ask, weeks: &[PersonWeek]) -> Fit {
    let pairs = || ask.shares.iter().zip(weeks);
    let free: Minutes = weeks.iter().map(PersonWeek::free).sum();
    if pairs().all(|(share, week)| *share <= week.free()) && free.0 > 0 {
        return Fit::AsAsked;
    }
    if ask.movable && free >= ask.total() && free.0 > 0 {
        return Fit::Spread;
    }
    let some = if ask.movable {
        free.0 > 0
    } else {
        pairs().any(|(share, week)| share.0 > 0 && week.free().0 > 0)
    };
    if some { Fit::Partly } else { Fit::Nothing }
}

impl Book {
    /// Everybody who is still planned, against what is asked for.
    #[must_use]
    pub fn find(&self, wanted: &Wanted) -> Found<'_> {
        let active = self.plan.people.iter().filter(|person| person.active);
        let weighed = active.map(|person| {
            let weeks = self.person_weeks(person, wanted.ask.from, wanted.ask.weeks());
            self.weigh(wanted, person, weeks)
        });
        let (others, mut fitting): (Vec<_>, Vec<_>) = weighed.partition(|one| one.obstacle.is_some());
        // Among equals who has most free; sorting keeps the order of names among those.
        fitting.sort_by_key(|one| (Reverse(one.score()), one.fit, Reverse(one.free)));
        Found { fitting, others }
    }

    /// One person against what is asked for.
    #[must_use]
    pub fn candidate<'a>(&'a self, wanted: &Wanted, person: &'a Person) -> Candidate<'a> {
        let weeks = self.person_weeks(person, wanted.ask.from, wanted.ask.weeks());
        self.weigh(wanted, person, weeks)
    }
}

#[cfg(test)]
mod tests;

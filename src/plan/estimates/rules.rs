//! Laying the hours of stories into weeks.

use sha2::{Digest as _, Sha256};

use crate::book::{Book, Person};
use crate::units::ids::{AssignmentId, PersonId, ProjectId, RoleId, StoryId};
use crate::units::{Minutes, Week};
use crate::web::hex;

/// How many weeks stories are laid into at most.
pub const MOST_WEEKS: u16 = 52;
/// Hours that are spread are spread in quarters, as people plan them.
const QUARTER: u32 = 15;

/// Who takes the stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taker {
    /// Somebody.
    Person(PersonId),
    /// Nobody yet: a place for a role.
    Role(RoleId),
}

/// What shall be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// On what.
    pub project: ProjectId,
    /// Whose hours.
    pub taker: Taker,
    /// The first week.
    pub from: Week,
    /// How many.
    pub weeks: u16,
    /// The stories, each with what it takes.
    pub stories: Vec<(StoryId, Minutes)>,
}

impl Asked {
    /// What all stories take.
    #[must_use]
    pub fn total(&self) -> Minutes {
        self.stories.iter().map(|(_, minutes)| *minutes).sum()
    }
}

/// One week of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaidWeek {
    /// Which.
    pub week: Week,
    /// What is booked already; nothing for a role.
    pub booked: Minutes,
    /// What they can carry; none for a role.
    pub capacity: Option<Minutes>,
    /// What is laid here.
    pub minutes: Minutes,
}

impl LaidWeek {
    /// How much of what is laid here is more than they can carry.
    #[must_use]
    pub fn over(&self) -> Minutes {
        self.capacity.map_or(Minutes(0), |capacity| {
            self.minutes.less(capacity.less(self.booked))
        })
    }
}

/// Where the hours would lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laid {
    /// Every week of the window.
    pub weeks: Vec<LaidWeek>,
}

impl Laid {
    /// All hours.
    #[must_use]
    pub fn total(&self) -> Minutes {
        self.weeks.iter().map(|week| week.minutes).sum()
    }

    /// What does not fit into what remains, and lies on top of it.
    #[must_use]
    pub fn over(&self) -> Minutes {
        self.weeks.iter().map(LaidWeek::over).sum()
    }

    /// What tells this answer from any other: whoever writes in view of it sends it back.
    #[must_use]
    pub fn digest(&self, asked: &Asked) -> String {
        let mut hash = Sha256::new();
        hash.update(format!(
            "{:?} {:?} {:?}",
            asked.project, asked.taker, asked.stories
        ));
        for week in &self.weeks {
            hash.update(format!("{week:?}"));
        }
        hex(hash.finalize().iter().take(12))
    }
}

/// Why the hours cannot be laid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The person works in none of the weeks.
    NotEmployed,
    /// So much finds no place: no week has more hours than that.
    TooMuch(Minutes),
}

/// Lays the hours: for somebody into what remains of each week, the first week first, and what does not fit evenly on top of
/// the weeks in which they are employed; for a role evenly.
///
/// # Errors
/// Where there is no week to lay them in.
pub fn lay(book: &Book, asked: &Asked) -> Result<Laid, Refusal> {
    let mut weeks: Vec<LaidWeek> = asked
        .from
        .span(asked.weeks)
        .map(|week| LaidWeek {
            week,
            booked: Minutes(0),
            capacity: None,
            minutes: Minutes(0),
        })
        .collect();
    let mut open = vec![true; weeks.len()];
    let mut rest = asked.total();
    if let Taker::Person(id) = asked.taker {
        let person = book.plan.person(id).filter(|person| person.active);
        let person = person.ok_or(Refusal::NotEmployed)?;
        rest = fill(book, person, asked, (&mut weeks, &mut open), rest);
    }
    if !open.contains(&true) {
        return Err(Refusal::NotEmployed);
    }
    let rest = spread(&mut weeks, &open, rest);
    if rest.0 > 0 {
        return Err(Refusal::TooMuch(rest));
    }
    Ok(Laid { weeks })
}

/// Lays into what remains of each week, and answers what is left over.
fn fill(
    book: &Book,
    person: &Person,
    asked: &Asked,
    (weeks, open): (&mut [LaidWeek], &mut [bool]),
    mut rest: Minutes,
) -> Minutes {
    let own = book.person_weeks(person, asked.from, asked.weeks);
    for ((week, open), now) in weeks.iter_mut().zip(open).zip(own) {
        week.booked = now.booked;
        week.capacity = Some(now.capacity);
        *open = book.plan.is_employed(person, week.week);
        if *open {
            week.minutes = now.free().min(rest);
            rest = rest.less(week.minutes);
        }
    }
    rest
}

/// Spreads evenly over the open weeks, in quarters of an hour; what makes no quarter goes to the first. Answers what no week
/// takes any more.
fn spread(weeks: &mut [LaidWeek], open: &[bool], mut rest: Minutes) -> Minutes {
    loop {
        let takes = |week: &LaidWeek, open: bool| open && week.minutes < Minutes::WEEK;
        let places = weeks.iter().zip(open).filter(|(week, open)| takes(week, **open));
        let Some(count) = u32::try_from(places.count()).ok().filter(|count| *count > 0) else {
            return rest;
        };
        if rest.0 == 0 {
            return rest;
        }
        let quarters = rest.0 / QUARTER;
        let (each, more) = (quarters / count, quarters % count);
        let mut odd = rest.0 % QUARTER;
        let mut place = 0;
        for (week, open) in weeks.iter_mut().zip(open) {
            if !takes(week, *open) {
                continue;
            }
            let wanted = (each + u32::from(place < more)) * QUARTER + std::mem::take(&mut odd);
            let given = Minutes(wanted).min(Minutes::WEEK.less(week.minutes));
            week.minutes += given;
            rest = rest.less(given);
            place += 1;
        }
    }
}

/// What an assignment's share for one story comes to now: its hours as they are today, shared out as they were booked. So
/// hours that were moved or corrected count as they were, and what nobody touched is exactly what was booked.
#[must_use]
pub fn share(book: &Book, assignment: AssignmentId, own: Minutes, all: Minutes) -> Minutes {
    let total = u64::from(book.hours().total(assignment).0);
    let share = (total * u64::from(own.0) * 2 + u64::from(all.0)) / (u64::from(all.0).max(1) * 2);
    Minutes(u32::try_from(share).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

//! What moves when a due date moves: which weeks, whose hours, where they land, and what stays.

mod shift;

use std::fmt;

use crate::book::{Assignment, Away, Book, Deliverable, Overload, Person};
use crate::plan::rules::outside_project;
use crate::units::ids::{AssignmentId, DeliverableId, PersonId, ProjectId};
use crate::units::{Day, Minutes, Week, WeekStart};
use crate::web::Reader;

use shift::{Landing, shift};

/// What is unusual about a move: a date outside its project, or one that passes another deliverable of it.
#[must_use]
pub fn warnings(book: &Book, deliverable: &Deliverable, due: Option<Day>) -> Vec<String> {
    let outside = book
        .plan
        .project(deliverable.project)
        .and_then(|project| outside_project(project, due));
    let (Some(old), Some(new)) = (deliverable.due, due) else {
        return outside.into_iter().collect();
    };
    let passed = book
        .plan
        .deliverables_of(deliverable.project)
        .filter(|one| one.id != deliverable.id)
        .filter_map(|one| Some((one, one.due?)))
        .filter(|(_, day)| (old < *day && *day < new) || (new < *day && *day < old))
        .map(|(one, day)| {
            let place = if new > day { "after" } else { "before" };
            format!(
                "{} is then due {place} {}, on {}.",
                deliverable.name,
                one.name,
                day.long()
            )
        });
    outside.into_iter().chain(passed).collect()
}

/// Which weeks belong to a deliverable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The weeks after the deliverable before it, up to and including its own.
    #[default]
    LeadIn,
    /// From the day after the deliverable before it to the day before the next, both taken to their week.
    Neighbours,
}

impl Reach {
    /// As forms and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeadIn => "leadIn",
            Self::Neighbours => "neighbours",
        }
    }

    /// Reads what `as_str` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::LeadIn, Self::Neighbours]
            .into_iter()
            .find(|reach| reach.as_str() == text)
    }
}

/// How the hours are to follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Which weeks belong to the deliverable.
    pub reach: Reach,
    /// Whether weeks before the current one move too, and may be landed in.
    pub past_weeks: bool,
}

/// What is to happen to the hours, as somebody says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Follow {
    /// Whether they follow the date.
    pub hours: bool,
    /// How.
    pub terms: Terms,
    /// Which preview they saw.
    pub basis: Option<String>,
}

impl Follow {
    /// Reads `moveHours` (`otherwise` where it is not said), `window`, `pastWeeks` and `preview`.
    pub fn read(reader: &mut Reader<'_>, otherwise: bool) -> Self {
        let truth = |text: &str| match text {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err("must be true or false"),
        };
        let reach = reader.optional("window", |text| {
            Reach::parse(text).ok_or("must be leadIn or neighbours")
        });
        Self {
            hours: reader.optional("moveHours", truth).unwrap_or(otherwise),
            terms: Terms {
                reach: reach.unwrap_or_default(),
                past_weeks: reader.optional("pastWeeks", truth).unwrap_or(false),
            },
            basis: reader.optional("preview", |text| {
                if text.len() > 60 {
                    return Err("is not a preview of ours");
                }
                Ok(text.to_owned())
            }),
        }
    }
}

/// The weeks from one to another, both included; open where there is no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weeks {
    /// The first.
    pub from: Option<Week>,
    /// The last.
    pub to: Option<Week>,
}

impl Weeks {
    /// Whether `week` is one of them.
    #[must_use]
    pub fn contains(self, week: Week) -> bool {
        self.from.is_none_or(|from| from <= week) && self.to.is_none_or(|to| week <= to)
    }
}

/// A due date on its way to another day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Whose date.
    pub deliverable: DeliverableId,
    /// Its project.
    pub project: ProjectId,
    /// Where it was.
    pub from: Day,
    /// Where it goes.
    pub to: Day,
}

impl Move {
    /// The move of `deliverable` to `due`; none where one of the two dates is missing, or both are the same.
    #[must_use]
    pub fn of(deliverable: &Deliverable, due: Option<Day>) -> Option<Self> {
        let (from, to) = (deliverable.due?, due?);
        (from != to).then_some(Self {
            deliverable: deliverable.id,
            project: deliverable.project,
            from,
            to,
        })
    }

    /// By how many weeks: the difference of the weeks of the two days, so that a Saturday and the Sunday after it are a
    /// week apart where weeks begin on Sunday.
    #[must_use]
    pub const fn weeks(&self, start: WeekStart) -> i32 {
        Week::of(self.to, start).0 - Week::of(self.from, start).0
    }

    /// The weeks that belong to the deliverable, given the due dates of its project's others.
    #[must_use]
    pub fn reach(&self, reach: Reach, others: &[Day], start: WeekStart) -> Weeks {
        let week = |day: Day| Week::of(day, start);
        let before = others.iter().copied().filter(|day| *day < self.from).max();
        let after = others.iter().copied().filter(|day| *day > self.from).min();
        match reach {
            Reach::LeadIn => Weeks {
                // Deliverables of one week share the weeks that lead up to it.
                from: others
                    .iter()
                    .map(|day| week(*day))
                    .filter(|other| *other < week(self.from))
                    .max()
                    .map(|before| before.plus(1)),
                to: Some(week(self.from)),
            },
            Reach::Neighbours => Weeks {
                from: before.map(|day| week(day.plus(1))),
                to: after.map(|day| week(day.plus(-1))),
            },
        }
    }
}

/// One cell that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its week.
    pub week: Week,
    /// What it holds.
    pub before: Minutes,
    /// What it will hold.
    pub after: Minutes,
}

/// Why hours stay where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// The person is not employed in the week where they would land.
    NotEmployed,
    /// The person is away all of that week.
    Away,
    /// That week is over.
    Past,
    /// That week would hold more than a week has.
    Full,
}

impl Stays {
    /// As JSON writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotEmployed => "notEmployed",
            Self::Away => "away",
            Self::Past => "past",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Stays {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NotEmployed => "not employed then",
            Self::Away => "away then",
            Self::Past => "that week is over",
            Self::Full => "more than a week holds",
        })
    }
}

/// The hours of one assignment that move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whose.
    pub assignment: AssignmentId,
    /// The cells that change, by week.
    pub cells: Vec<Cell>,
    /// How much moves.
    pub moved: Minutes,
}

/// Hours that stay where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Whose.
    pub assignment: AssignmentId,
    /// Where they stay.
    pub week: Week,
    /// How much.
    pub minutes: Minutes,
    /// Why.
    pub reason: Stays,
}

/// What follows from the moves of one project's dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reallocation {
    /// By how many weeks the first of the dates moves.
    pub delta: i32,
    /// The assignments whose cells change, in the project's order.
    pub lines: Vec<Line>,
    /// What stays although it belongs to a deliverable that moves.
    pub skipped: Vec<Skipped>,
    /// What becomes too much.
    pub overloads: Vec<Overload>,
}

impl Reallocation {
    /// How many minutes move.
    #[must_use]
    pub fn minutes(&self) -> Minutes {
        self.lines.iter().map(|line| line.moved).sum()
    }

    /// Every week in which a cell changes, rising.
    #[must_use]
    pub fn touched_weeks(&self) -> Vec<Week> {
        let mut weeks: Vec<Week> = self
            .lines
            .iter()
            .flat_map(|line| &line.cells)
            .map(|cell| cell.week)
            .collect();
        weeks.sort_unstable();
        weeks.dedup();
        weeks
    }
}

/// What follows from `moves`, all of one project and at the same time: the hours that belong to each deliverable move by
/// as many weeks as its date.
///
/// Every assignment of the project takes part, placeholders too. No minute is lost or made.
#[must_use]
pub fn reallocate(book: &Book, moves: &[Move], terms: Terms, this_week: Week) -> Reallocation {
    let start = book.plan.organisation.week_start;
    let mut reallocation = Reallocation::default();
    let Some(first) = moves.first() else {
        return reallocation;
    };
    reallocation.delta = first.weeks(start);
    let reaches: Vec<(Weeks, i32)> = moves
        .iter()
        .map(|moved| {
            let others: Vec<Day> = book
                .plan
                .deliverables_of(moved.project)
                .filter(|one| one.id != moved.deliverable)
                .filter_map(|one| one.due)
                .collect();
            (moved.reach(terms.reach, &others, start), moved.weeks(start))
        })
        .collect();
    let is_over = |week: Week| !terms.past_weeks && week < this_week;
    let by = |week: Week| {
        let mut reaches = reaches.iter();
        let own = reaches.find(|(weeks, _)| weeks.contains(week) && !is_over(week));
        own.map_or(0, |(_, delta)| *delta)
    };
    for assignment in book.plan.assignments_of_project(first.project) {
        let booked: Vec<(Week, Minutes)> = book.hours().booked(assignment.id).collect();
        let person = assignment.person.and_then(|id| book.plan.person(id));
        let shifted = shift(&booked, by, |week| {
            if is_over(week) {
                Landing::Refused(Stays::Past)
            } else {
                landing(book, person, week)
            }
        });
        let of = |(week, minutes, reason)| Skipped {
            assignment: assignment.id,
            week,
            minutes,
            reason,
        };
        reallocation.skipped.extend(shifted.stayed.into_iter().map(of));
        if !shifted.cells.is_empty() {
            reallocation.lines.push(Line {
                assignment: assignment.id,
                cells: shifted.cells,
                moved: shifted.moved,
            });
        }
    }
    reallocation.overloads = book.overloads(shifts(book, &reallocation.lines));
    reallocation
}

fn landing(book: &Book, person: Option<&Person>, week: Week) -> Landing {
    let Some(person) = person else {
        return Landing::Fine;
    };
    if !person.active {
        return Landing::Refused(Stays::NotEmployed);
    }
    match book.plan.capacity(person, week).1 {
        Away::NotEmployed => Landing::Refused(Stays::NotEmployed),
        Away::AllWeek if has_leave(book, person, week) => Landing::Refused(Stays::Away),
        Away::AllWeek | Away::Partly | Away::No => Landing::Fine,
    }
}

/// Holidays alone keep nobody's hours back; leave does.
fn has_leave(book: &Book, person: &Person, week: Week) -> bool {
    let start = book.plan.organisation.week_start;
    let (first, last) = (week.first_day(start), week.last_day(start));
    person
        .absences
        .iter()
        .any(|absence| absence.first <= last && absence.last >= first)
}

/// How many minutes each cell of `lines` gains or loses, where somebody carries them.
fn shifts(book: &Book, lines: &[Line]) -> Vec<(PersonId, Week, i64)> {
    let person = |line: &Line| book.plan.assignment(line.assignment).and_then(|one| one.person);
    let own = lines.iter().filter_map(|line| Some((person(line)?, line)));
    own.flat_map(|(person, line)| {
        let more = |cell: &Cell| i64::from(cell.after.0) - i64::from(cell.before.0);
        line.cells.iter().map(move |cell| (person, cell.week, more(cell)))
    })
    .collect()
}

/// Whose row it is: the person's name, or the open role's.
#[must_use]
pub fn who(book: &Book, assignment: &Assignment) -> String {
    match assignment.person.and_then(|id| book.plan.person(id)) {
        Some(person) => person.name.clone(),
        None => match book.plan.role_name(assignment.role) {
            "" => "Open place".to_owned(),
            role => format!("Open: {role}"),
        },
    }
}

#[cfg(test)]
mod tests;

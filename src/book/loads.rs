//! What is booked of each person, week by week: the sums of their rows, so that nobody adds them up again for each page.

use std::collections::HashSet;
use std::sync::Arc;

use super::Plan;
use super::hours::Hours;
use super::plan::{CountsAs, Person};
use crate::units::ids::PersonId;
use crate::units::{Minutes, Week};

/// So many people share one piece: a changed cell copies one piece and the list of them.
const PIECE: usize = 16;

/// The weeks of everybody, by their place in the plan. Cloning is cheap: what did not change is shared.
#[derive(Clone, Debug, Default)]
pub struct Loads {
    pieces: Vec<Arc<Vec<Line>>>,
}

/// One person's weeks from their first booked one to their last.
#[derive(Clone, Debug, Default)]
struct Line {
    first: i32,
    weeks: Vec<Booked>,
}

/// What is booked of one person in one week, in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    /// On whatever project.
    pub all: u32,
    /// The part of it on tentative projects.
    pub tentative: u32,
    /// The part of it on closed ones.
    pub closed: u32,
}

impl Loads {
    /// The sums of everybody's rows.
    pub fn new(plan: &Plan, hours: &Hours) -> Self {
        let line = |person: &Person| Line::of(plan, hours, person.id);
        let pieces = plan.people.chunks(PIECE);
        Self {
            pieces: pieces
                .map(|people| Arc::new(people.iter().map(line).collect()))
                .collect(),
        }
    }

    /// The same after the plan has become another: the sums of the people in `whose` and of new ones are added up, those of all others are
    /// what they were.
    pub fn moved(&self, (before, after): (&Plan, &Plan), hours: &Hours, whose: &HashSet<PersonId>) -> Self {
        let is_same = |piece: usize, people: &[Person]| {
            let were = before.people.chunks(PIECE).nth(piece).unwrap_or_default();
            let ids = people.iter().map(|person| person.id);
            ids.clone().eq(were.iter().map(|person| person.id))
                && !ids.into_iter().any(|id| whose.contains(&id))
        };
        let line = |person: &Person| {
            let place = before
                .person_place(person.id)
                .filter(|_| !whose.contains(&person.id));
            let line = place.and_then(|place| self.line(place)).cloned();
            line.unwrap_or_else(|| Line::of(after, hours, person.id))
        };
        let pieces = after.people.chunks(PIECE).enumerate().map(|(number, people)| {
            let same = self.pieces.get(number).filter(|_| is_same(number, people));
            same.map_or_else(|| Arc::new(people.iter().map(line).collect()), Arc::clone)
        });
        Self {
            pieces: pieces.collect(),
        }
    }

    fn line(&self, place: usize) -> Option<&Line> {
        self.pieces.get(place / PIECE)?.get(place % PIECE)
    }

    /// A row of the person at `place` changes in `week` from the first figure to the second.
    pub fn change(&mut self, place: usize, week: Week, figures: (Minutes, Minutes), counts_as: CountsAs) {
        let piece = self.pieces.get_mut(place / PIECE).map(Arc::make_mut);
        if let Some(line) = piece.and_then(|lines| lines.get_mut(place % PIECE)) {
            line.change(week, figures, counts_as);
        }
    }

    /// Those of the `weeks` from `from` on that hold anything of the person at `place`, and how many weeks after `from` they begin.
    pub fn within(&self, place: usize, from: Week, weeks: u16) -> (usize, &[Booked]) {
        let Some(line) = self.line(place) else {
            return (0, &[]);
        };
        let before = usize::try_from(from.0.saturating_sub(line.first)).unwrap_or(0);
        let after = usize::try_from(line.first.saturating_sub(from.0)).unwrap_or(0);
        let room = usize::from(weeks).saturating_sub(after);
        let own = line.weeks.get(before..).unwrap_or_default();
        (after, own.get(..room.min(own.len())).unwrap_or_default())
    }
}

impl Line {
    /// The sums of all rows of a person.
    fn of(plan: &Plan, hours: &Hours, person: PersonId) -> Self {
        let mut line = Self::default();
        for row in plan.assignments_of_person(person) {
            let counts_as = plan.counts_as(row.project);
            for (week, minutes) in hours.booked(row.id) {
                line.change(week, (Minutes(0), minutes), counts_as);
            }
        }
        line
    }

    fn change(&mut self, week: Week, (before, after): (Minutes, Minutes), counts_as: CountsAs) {
        if self.weeks.is_empty() {
            self.first = week.0;
        }
        if week.0 < self.first {
            let missing = usize::try_from(self.first - week.0).unwrap_or(0);
            self.weeks
                .splice(0..0, std::iter::repeat_n(Booked::default(), missing));
            self.first = week.0;
        }
        let index = usize::try_from(week.0 - self.first).unwrap_or(0);
        if index >= self.weeks.len() {
            self.weeks.resize(index + 1, Booked::default());
        }
        if let Some(own) = self.weeks.get_mut(index) {
            let change = |sum: &mut u32| *sum = (*sum + after.0).saturating_sub(before.0);
            change(&mut own.all);
            match counts_as {
                CountsAs::Confirmed => {}
                CountsAs::Tentative => change(&mut own.tentative),
                CountsAs::Closed => change(&mut own.closed),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::book::tests::{ahead, assignment, book, parts, person, project};
    use crate::book::{CountsAs, Grouping, Outlook, Parts};
    use crate::units::Minutes;
    use crate::units::ids::AssignmentId;

    /// Two people, one with a row on a project of each kind, and a place that nobody fills.
    fn rows() -> Parts {
        Parts {
            people: vec![person(1, 40, None, None), person(2, 40, None, None)].into(),
            projects: (1..=3).map(|id| project(id, id, None, None)).collect(),
            assignments: vec![
                assignment(1, 1, Some(1), None),
                assignment(2, 2, Some(1), None),
                assignment(3, 3, Some(1), None),
                assignment(4, 1, Some(2), None),
                assignment(5, 2, None, Some(1)),
            ]
            .into(),
            ..parts()
        }
    }

    proptest! {
        #[test]
        fn a_forecast_counts_each_row_as_its_project_does(
            cells in proptest::collection::vec((1_i64..=4, 0_i32..12, 0_u32..12_000), 0..40),
            now in 0_i32..12,
        ) {
            let mut book = book(rows(), &[]);
            for (row, week, minutes) in cells {
                book.set_hours(AssignmentId(row), ahead(week), Minutes(minutes));
            }
            let outlook = Outlook {
                from: ahead(0),
                weeks: 12,
                now: ahead(now),
                grouping: Grouping::Whole,
                department: None,
                role: None,
            };
            for (week, told) in ahead(0).span(12).zip(book.forecast(outlook).weeks) {
                let sum = |counts: &dyn Fn(CountsAs) -> bool| {
                    let rows = book.plan.assignments.iter().filter(|row| counts(book.plan.counts_as(row.project)));
                    rows.map(|row| book.hours().get(row.id, week).0).sum::<u32>()
                };
                let past = week < outlook.now;
                let confirmed = sum(&|counts| counts == CountsAs::Confirmed || (past && counts == CountsAs::Closed));
                let tentative = sum(&|counts| counts == CountsAs::Tentative);
                let closed = sum(&|counts| !past && counts == CountsAs::Closed);
                let told = (told.confirmed.0, told.tentative.0, told.closed.0);
                prop_assert_eq!(told, (confirmed, tentative, closed));
            }
        }

        #[test]
        fn the_sums_are_those_of_the_rows_whatever_was_set_in_whichever_order(
            cells in proptest::collection::vec((1_i64..=5, -5_i32..20, 0_u32..12_000), 0..60),
            from in -8_i32..12,
            count in 0_u16..20,
        ) {
            let mut book = book(rows(), &[]);
            for (row, week, minutes) in cells {
                book.set_hours(AssignmentId(row), ahead(week), Minutes(minutes));
            }
            let anew = {
                let mut anew = book.clone();
                anew.fill(book.hours().clone());
                anew
            };
            for person in &book.plan.people {
                let weeks = book.person_weeks(person, ahead(from), count);
                prop_assert_eq!(&weeks, &anew.person_weeks(person, ahead(from), count));
                for (week, told) in ahead(from).span(count).zip(weeks) {
                    let (mut all, mut tentative) = (Minutes(0), Minutes(0));
                    for row in book.plan.assignments_of_person(person.id) {
                        let minutes = book.hours().get(row.id, week);
                        all += minutes;
                        if book.plan.counts_as(row.project) == CountsAs::Tentative {
                            tentative += minutes;
                        }
                    }
                    prop_assert_eq!((told.booked, told.tentative), (all, tentative));
                }
            }
        }
    }
}

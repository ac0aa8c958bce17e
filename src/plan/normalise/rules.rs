//! What is wrong with hours, and what they are instead.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{Assignment, Book};
use crate::units::ids::{AssignmentId, PersonId, ProjectId, RoleId};
use crate::units::{Minutes, Week};

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An import named its weeks by another first day than the team's, so its hours stand in the wrong weeks.
    Displaced,
    /// The same person in the same role on the same project twice.
    Duplicate,
    /// A week in which the person is not employed.
    NotEmployed,
    /// A week to come of somebody who is no longer active.
    Inactive,
}

impl Kind {
    /// All of them, in the order in which they are repaired.
    pub const ALL: [Self; 4] = [
        Self::Displaced,
        Self::Duplicate,
        Self::NotEmployed,
        Self::Inactive,
    ];

    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Displaced => "moved to the week they were meant for",
            Self::Duplicate => "put together from rows of the same person, project and role",
            Self::NotEmployed => "taken away: the person is not employed then",
            Self::Inactive => "taken away: the person is no longer active",
        }
    }
}

/// How much of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Cells, or rows that go.
    pub cells: usize,
    /// Their minutes.
    pub minutes: Minutes,
}

/// A cell that an import wrote and nobody has changed since, and by how many weeks it is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Whose.
    pub assignment: AssignmentId,
    /// Where it stands.
    pub week: Week,
    /// By how many weeks it moves.
    pub by: i32,
}

/// Everything that is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Cells with what they shall hold.
    pub cells: Vec<(AssignmentId, Week, Minutes)>,
    /// Rows whose hours went to another one, and that go.
    pub removed: Vec<AssignmentId>,
    /// How much there is of each kind.
    pub counts: BTreeMap<Kind, Count>,
    /// What a person should look at, a sentence each.
    pub notes: Vec<String>,
}

impl Repairs {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.removed.is_empty()
    }

    fn count(&mut self, kind: Kind, minutes: Minutes) {
        let count = self.counts.entry(kind).or_default();
        count.cells += 1;
        count.minutes += minutes;
    }
}

type Weeks = BTreeMap<Week, Minutes>;

/// Works out what is wrong with the hours of `book`, and how they would be right. `shifts` names displaced cells, which
/// nothing in the hours themselves can tell.
#[must_use]
pub fn repairs(book: &Book, shifts: &[Shift], this_week: Week) -> Repairs {
    let before: BTreeMap<AssignmentId, Weeks> = book
        .plan
        .assignments
        .iter()
        .map(|one| (one.id, book.hours().booked(one.id).collect()))
        .collect();
    let mut after = before.clone();
    let mut repairs = Repairs::default();
    displaced(&mut after, shifts, &mut repairs);
    duplicates(book, &mut after, &mut repairs);
    for assignment in &book.plan.assignments {
        if let Some(weeks) = after.get_mut(&assignment.id) {
            unworkable(book, assignment, weeks, this_week, &mut repairs);
        }
    }
    for (id, weeks) in &before {
        let none = Weeks::new();
        let now = after.get(id).unwrap_or(&none);
        let touched: BTreeSet<Week> = weeks.keys().chain(now.keys()).copied().collect();
        let minutes = |weeks: &Weeks, week: Week| weeks.get(&week).copied().unwrap_or_default();
        repairs.cells.extend(
            touched
                .into_iter()
                .filter(|week| minutes(weeks, *week) != minutes(now, *week))
                .map(|week| (*id, week, minutes(now, week))),
        );
    }
    repairs
}

/// Adds what fits into a week; answers what does not.
fn put(weeks: &mut Weeks, week: Week, minutes: Minutes) -> Minutes {
    let own = weeks.entry(week).or_default();
    let room = Minutes::WEEK.less(*own);
    let fits = minutes.min(room);
    *own += fits;
    minutes.less(fits)
}

fn displaced(after: &mut BTreeMap<AssignmentId, Weeks>, shifts: &[Shift], repairs: &mut Repairs) {
    // All are taken up before any is put down, so that neighbours do not run into each other.
    let mut taken = Vec::new();
    for shift in shifts.iter().filter(|shift| shift.by != 0) {
        let minutes = after
            .get_mut(&shift.assignment)
            .and_then(|weeks| weeks.remove(&shift.week));
        taken.extend(minutes.map(|minutes| (shift, minutes)));
    }
    for (shift, minutes) in taken {
        let weeks = after.entry(shift.assignment).or_default();
        let left = put(weeks, shift.week.plus(shift.by), minutes);
        if left.0 > 0 {
            put(weeks, shift.week, left);
            repairs.notes.push(format!(
                "{left} h stay in a displaced week: the right one is full."
            ));
        }
        repairs.count(Kind::Displaced, minutes.less(left));
    }
}

/// Rows of one person on one project in one role become one, unless their notes tell them apart. Open places do not: a
/// project may want two of a role.
fn duplicates(book: &Book, after: &mut BTreeMap<AssignmentId, Weeks>, repairs: &mut Repairs) {
    let mut first: BTreeMap<(ProjectId, PersonId, Option<RoleId>), Vec<&Assignment>> = BTreeMap::new();
    for assignment in &book.plan.assignments {
        let Some(person) = assignment.person else { continue };
        let same = first
            .entry((assignment.project, person, book.plan.role_on(assignment)))
            .or_default();
        let Some(kept) = same.iter().find(|kept| kept.note == assignment.note) else {
            same.push(assignment);
            continue;
        };
        let weeks = after.remove(&assignment.id).unwrap_or_default();
        let mut stays = Weeks::new();
        let mut moved = Minutes(0);
        let into = after.entry(kept.id).or_default();
        for (week, minutes) in weeks {
            let left = put(into, week, minutes);
            moved += minutes.less(left);
            if left.0 > 0 {
                stays.insert(week, left);
            }
        }
        repairs.count(Kind::Duplicate, moved);
        if stays.is_empty() {
            repairs.removed.push(assignment.id);
        } else {
            repairs.notes.push(format!(
                "Row {} keeps hours for which row {} has no room.",
                assignment.id, kept.id
            ));
        }
        after.insert(assignment.id, stays);
    }
    for ((project, person, _), rows) in first.iter().filter(|(_, rows)| rows.len() > 1) {
        let name = |text: Option<&str>| text.unwrap_or_default().to_owned();
        repairs.notes.push(format!(
            "{} is on {} {} times in one role; their notes differ, so they are left apart.",
            name(book.plan.person(*person).map(|one| one.name.as_str())),
            name(book.plan.project(*project).map(|one| one.name.as_str())),
            rows.len()
        ));
    }
}

/// Takes hours away that nobody can work.
fn unworkable(
    book: &Book,
    assignment: &Assignment,
    weeks: &mut Weeks,
    this_week: Week,
    repairs: &mut Repairs,
) {
    let Some(person) = assignment.person.and_then(|id| book.plan.person(id)) else {
        return;
    };
    weeks.retain(|week, minutes| {
        let kind = if !book.plan.is_employed(person, *week) {
            Kind::NotEmployed
        } else if !person.active && *week > this_week {
            Kind::Inactive
        } else {
            return true;
        };
        repairs.count(kind, *minutes);
        false
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Parts, Person};
    use crate::units::Day;

    const NOW: Week = Week(2_968);

    fn person(id: i64, active: bool, last: Option<Day>) -> Person {
        Person {
            id: PersonId(id),
            name: format!("Person {id}"),
            email: String::new(),
            location: String::new(),
            department: None,
            role: None,
            calendar: None,
            start: None,
            last,
            active,
            skills: Vec::new(),
            work_weeks: Vec::new(),
            absences: Vec::new(),
        }
    }

    fn row(id: i64, person: Option<i64>, note: &str) -> Assignment {
        Assignment {
            id: AssignmentId(id),
            project: ProjectId(1),
            person: person.map(PersonId),
            role: None,
            note: note.to_owned(),
        }
    }

    fn book(people: Vec<Person>, rows: Vec<Assignment>, hours: &[(i64, i32, u32)]) -> Book {
        let mut book = Book::new(
            1,
            Parts {
                people: people.into(),
                assignments: rows.into(),
                ..Parts::default()
            },
        );
        for (row, week, hours) in hours {
            book.set_hours(AssignmentId(*row), NOW.plus(*week), Minutes::from_hours(*hours));
        }
        book
    }

    fn cell(row: i64, week: i32, hours: u32) -> (AssignmentId, Week, Minutes) {
        (AssignmentId(row), NOW.plus(week), Minutes::from_hours(hours))
    }

    #[test]
    fn a_sound_plan_needs_nothing() {
        let rows = vec![
            row(1, Some(1), ""),
            row(2, Some(1), "Drawings"),
            row(3, None, ""),
            row(4, None, ""),
        ];
        let book = book(
            vec![person(1, true, None)],
            rows,
            &[(1, 0, 8), (2, 0, 8), (3, 0, 8), (4, 0, 8)],
        );
        let repairs = repairs(&book, &[], NOW);
        assert!(repairs.is_empty(), "{repairs:?}");
        assert_eq!(repairs.notes.len(), 1, "the two notes are pointed out");
    }

    #[test]
    fn rows_of_the_same_person_project_and_role_become_one() {
        let rows = vec![row(1, Some(1), ""), row(2, Some(1), "")];
        let book = book(
            vec![person(1, true, None)],
            rows,
            &[(1, 0, 8), (2, 0, 4), (2, 1, 6)],
        );
        let repairs = repairs(&book, &[], NOW);
        assert_eq!(
            repairs.cells,
            [cell(1, 0, 12), cell(1, 1, 6), cell(2, 0, 0), cell(2, 1, 0)]
        );
        assert_eq!(repairs.removed, [AssignmentId(2)]);
        assert_eq!(
            repairs.counts.get(&Kind::Duplicate),
            Some(&Count {
                cells: 1,
                minutes: Minutes::from_hours(10)
            })
        );
    }

    #[test]
    fn what_does_not_fit_into_one_week_stays_where_it_is() {
        let rows = vec![row(1, Some(1), ""), row(2, Some(1), "")];
        let book = book(vec![person(1, true, None)], rows, &[(1, 0, 160), (2, 0, 20)]);
        let repairs = repairs(&book, &[], NOW);
        assert_eq!(repairs.cells, [cell(1, 0, 168), cell(2, 0, 12)]);
        assert!(repairs.removed.is_empty());
    }

    #[test]
    fn hours_that_nobody_can_work_go_and_history_stays() {
        let last = NOW.plus(-2).monday();
        let people = vec![person(1, true, Some(last)), person(2, false, None)];
        let hours = [
            (1, -2, 8),
            (1, -1, 7),
            (1, 3, 6),
            (2, -5, 8),
            (2, 0, 5),
            (2, 1, 4),
        ];
        let book = book(people, vec![row(1, Some(1), ""), row(2, Some(2), "")], &hours);
        let repairs = repairs(&book, &[], NOW);
        assert_eq!(repairs.cells, [cell(1, -1, 0), cell(1, 3, 0), cell(2, 1, 0)]);
        let hours = |kind| {
            repairs
                .counts
                .get(&kind)
                .map(|count| (count.cells, count.minutes))
        };
        assert_eq!(hours(Kind::NotEmployed), Some((2, Minutes::from_hours(13))));
        assert_eq!(hours(Kind::Inactive), Some((1, Minutes::from_hours(4))));
    }

    #[test]
    fn displaced_weeks_move_together_onto_what_is_there() {
        let book = book(
            vec![person(1, true, None)],
            vec![row(1, Some(1), "")],
            &[(1, 0, 8), (1, 1, 6), (1, 2, 4)],
        );
        let shift = |week| Shift {
            assignment: AssignmentId(1),
            week: NOW.plus(week),
            by: 1,
        };
        let repairs = repairs(&book, &[shift(0), shift(1)], NOW);
        assert_eq!(repairs.cells, [cell(1, 0, 0), cell(1, 1, 8), cell(1, 2, 10)]);
    }
}

//! Where the hours go that leave has no room for.

use std::collections::BTreeMap;

use crate::book::{Absence, Book, LeaveWeek, Person};
use crate::units::ids::AssignmentId;
use crate::units::{Minutes, Week};

/// How many weeks after the leave are looked at.
pub const HORIZON: u16 = 52;

/// Minutes of an assignment in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whose row.
    pub assignment: AssignmentId,
    /// Which week.
    pub week: Week,
    /// How much.
    pub minutes: Minutes,
}

/// Minutes of an assignment that go to a later week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Whose row.
    pub assignment: AssignmentId,
    /// From where.
    pub from: Week,
    /// To where.
    pub to: Week,
    /// How much.
    pub minutes: Minutes,
}

/// What becomes of hours that do not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// What goes, in the order of the weeks it comes from.
    pub moves: Vec<Move>,
    /// What finds no room, and stays where it is.
    pub left: Vec<Cell>,
}

impl Pushed {
    /// How much goes.
    #[must_use]
    pub fn total(&self) -> Minutes {
        self.moves.iter().map(|one| one.minutes).sum()
    }
}

/// Puts `excess` into `room`, the free minutes of weeks: the earliest hours first, each into the earliest later week that
/// has room, split where it takes several. No week takes more than its room, and no minute is lost or made.
#[must_use]
pub fn push(excess: &[Cell], room: &[(Week, Minutes)]) -> Pushed {
    let mut room: Vec<(Week, Minutes)> = room.to_vec();
    room.sort_by_key(|(week, _)| *week);
    let mut pushed = Pushed::default();
    for cell in excess {
        let mut rest = cell.minutes;
        for (week, free) in room.iter_mut().filter(|(week, _)| *week > cell.week) {
            let minutes = rest.min(*free);
            if minutes.0 == 0 {
                continue;
            }
            *free = free.less(minutes);
            rest = rest.less(minutes);
            pushed.moves.push(Move {
                assignment: cell.assignment,
                from: cell.week,
                to: *week,
                minutes,
            });
        }
        if rest.0 > 0 {
            pushed.left.push(Cell {
                minutes: rest,
                ..*cell
            });
        }
    }
    pushed
}

/// What the plan says of one week of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenWeek {
    /// What they can carry.
    pub capacity: Minutes,
    /// What is booked, by assignment.
    pub cells: BTreeMap<AssignmentId, Minutes>,
}

/// The weeks that a preview was made from.
pub type Seen = BTreeMap<Week, SeenWeek>;

/// What pushing would do, and what that was worked out from.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The weeks in which too much is booked.
    pub weeks: Vec<LeaveWeek>,
    /// What becomes of it.
    pub pushed: Pushed,
    /// From which weeks this follows.
    pub seen: Seen,
}

/// What pushing the hours that `absence` has no room for would do. Weeks before `this_week` stay as they are.
#[must_use]
pub fn preview(book: &Book, person: &Person, absence: &Absence, this_week: Week) -> Preview {
    let mut weeks = book.leave_weeks(person, absence, this_week);
    weeks.retain(|week| week.excess().0 > 0);
    let (Some(first), Some(last)) = (weeks.first(), weeks.last()) else {
        return Preview::default();
    };
    // The rest of the week in which the leave ends comes after it too.
    let start = book.plan.organisation.week_start;
    let after = Week::of(absence.last.plus(1), start).max(this_week);
    let room: Vec<(Week, Minutes)> = after
        .span(HORIZON)
        .zip(book.person_weeks(person, after, HORIZON))
        .map(|(week, one)| (week, one.free()))
        .collect();
    let excess: Vec<Cell> = weeks
        .iter()
        .flat_map(|week| {
            week.over.iter().map(|row| Cell {
                assignment: row.assignment,
                week: week.week,
                minutes: row.excess,
            })
        })
        .collect();
    let pushed = push(&excess, &room);
    let until = if pushed.left.is_empty() {
        pushed.moves.iter().map(|one| one.to).max()
    } else {
        room.last().map(|(week, _)| *week)
    };
    let span = (first.week.0..=until.unwrap_or(last.week).0).map(Week);
    let seen = seen(book, person, span);
    Preview { weeks, pushed, seen }
}

/// What the plan says of `person` in these weeks.
pub fn seen(book: &Book, person: &Person, weeks: impl Iterator<Item = Week>) -> Seen {
    weeks
        .map(|week| {
            let cells = book
                .plan
                .assignments_of_person(person.id)
                .map(|one| (one.id, book.hours().get(one.id, week)))
                .filter(|(_, minutes)| minutes.0 > 0)
                .collect();
            let (capacity, _) = book.plan.capacity(person, week);
            (week, SeenWeek { capacity, cells })
        })
        .collect()
}

/// The weeks as a preview carries them: `2966:2400:7=960,9=120;2967:2400:`.
#[must_use]
pub fn seen_text(seen: &Seen) -> String {
    let weeks = seen.iter().map(|(week, one)| {
        let cells: Vec<String> = one
            .cells
            .iter()
            .map(|(assignment, minutes)| format!("{assignment}={}", minutes.0))
            .collect();
        format!("{}:{}:{}", week.0, one.capacity.0, cells.join(","))
    });
    weeks.collect::<Vec<_>>().join(";")
}

/// Reads what `seen_text` writes; nothing where it is something else.
#[must_use]
pub fn read_seen(text: &str) -> Option<Seen> {
    text.split(';')
        .map(|week| {
            let mut parts = week.splitn(3, ':');
            let number = parts
                .next()?
                .parse()
                .ok()
                .filter(|number: &i32| number.abs() < 100_000)?;
            let capacity = Minutes(parts.next()?.parse().ok()?);
            let cells = parts.next()?.split(',').filter(|cell| !cell.is_empty());
            let cells = cells.map(|cell| {
                let (assignment, minutes) = cell.split_once('=')?;
                Some((
                    AssignmentId(assignment.parse().ok()?),
                    Minutes(minutes.parse().ok()?),
                ))
            });
            let cells = cells.collect::<Option<BTreeMap<_, _>>>()?;
            Some((Week(number), SeenWeek { capacity, cells }))
        })
        .collect()
}

/// What has changed of a week between a preview and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Which week.
    pub week: Week,
    /// Whose row; none for what the person can carry.
    pub assignment: Option<AssignmentId>,
    /// What the preview was made from.
    pub seen: Minutes,
    /// What it is now.
    pub now: Minutes,
}

/// What is not as it was seen.
#[must_use]
pub fn changed(seen: &Seen, now: &Seen) -> Vec<Changed> {
    let nothing = SeenWeek::default();
    let mut changes = Vec::new();
    for (week, before) in seen {
        let after = now.get(week).unwrap_or(&nothing);
        let mut note = |assignment, seen: Minutes, now: Minutes| {
            if seen != now {
                changes.push(Changed {
                    week: *week,
                    assignment,
                    seen,
                    now,
                });
            }
        };
        note(None, before.capacity, after.capacity);
        let rows: std::collections::BTreeSet<_> = before.cells.keys().chain(after.cells.keys()).collect();
        for row in rows {
            let of = |week: &SeenWeek| week.cells.get(row).copied().unwrap_or_default();
            note(Some(*row), of(before), of(after));
        }
    }
    changes
}

/// The cells after the moves: what each of them holds then.
#[must_use]
pub fn cells_after(book: &Book, moves: &[Move]) -> Vec<Cell> {
    let mut cells: BTreeMap<(AssignmentId, Week), Minutes> = BTreeMap::new();
    for one in moves {
        for (week, taken) in [(one.from, true), (one.to, false)] {
            let cell = cells
                .entry((one.assignment, week))
                .or_insert_with(|| book.hours().get(one.assignment, week));
            *cell = if taken {
                cell.less(one.minutes)
            } else {
                *cell + one.minutes
            };
        }
    }
    cells
        .into_iter()
        .map(|((assignment, week), minutes)| Cell {
            assignment,
            week,
            minutes,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(assignment: i64, week: i32, minutes: u32) -> Cell {
        Cell {
            assignment: AssignmentId(assignment),
            week: Week(week),
            minutes: Minutes(minutes),
        }
    }

    fn moved(assignment: i64, from: i32, to: i32, minutes: u32) -> Move {
        Move {
            assignment: AssignmentId(assignment),
            from: Week(from),
            to: Week(to),
            minutes: Minutes(minutes),
        }
    }

    fn room(weeks: &[(i32, u32)]) -> Vec<(Week, Minutes)> {
        weeks
            .iter()
            .map(|(week, free)| (Week(*week), Minutes(*free)))
            .collect()
    }

    #[test]
    fn hours_go_into_the_earliest_later_weeks_that_have_room() {
        for (excess, free, moves, left) in [
            (
                vec![cell(1, 10, 60)],
                room(&[(11, 0), (12, 90)]),
                vec![moved(1, 10, 12, 60)],
                vec![],
            ),
            // Split over two weeks.
            (
                vec![cell(1, 10, 60)],
                room(&[(11, 20), (12, 90)]),
                vec![moved(1, 10, 11, 20), moved(1, 10, 12, 40)],
                vec![],
            ),
            // The earlier week takes the room first.
            (
                vec![cell(1, 10, 60), cell(1, 11, 60)],
                room(&[(12, 90)]),
                vec![moved(1, 10, 12, 60), moved(1, 11, 12, 30)],
                vec![cell(1, 11, 30)],
            ),
            // Never to the same week or an earlier one, and never where there is none.
            (
                vec![cell(1, 10, 60)],
                room(&[(9, 90), (10, 90)]),
                vec![],
                vec![cell(1, 10, 60)],
            ),
            (vec![], room(&[(11, 90)]), vec![], vec![]),
        ] {
            assert_eq!(push(&excess, &free), Pushed { moves, left });
        }
    }

    /// Somebody with `booked` hours in the weeks from 16 November 2026 on, on a confirmed and a tentative project.
    fn book(booked: &[(i64, i32, u32)]) -> Book {
        use crate::book::{Assignment, CountsAs, Parts, Project, Status};
        use crate::units::Colour;
        use crate::units::ids::{PersonId, ProjectId, StatusId};
        let status = |id, counts_as| Status {
            id: StatusId(id),
            label: String::new(),
            colour: Colour::default(),
            counts_as,
        };
        let project = |id| Project {
            id: ProjectId(id),
            name: format!("Project {id}"),
            code: String::new(),
            client: None,
            status: StatusId(id),
            department: None,
            colour: Colour::default(),
            start: None,
            end: None,
            budget: None,
        };
        let row = |id| Assignment {
            id: AssignmentId(id),
            project: ProjectId(id),
            person: Some(PersonId(1)),
            role: None,
            note: String::new(),
        };
        let week = crate::book::WorkWeek::default();
        let person = Person {
            id: PersonId(1),
            name: "Ada".to_owned(),
            email: String::new(),
            location: String::new(),
            department: None,
            role: None,
            calendar: None,
            start: None,
            last: None,
            active: true,
            skills: Vec::new(),
            work_weeks: vec![(crate::units::Day::MIN, week)],
            absences: Vec::new(),
        };
        let mut book = Book::new(
            1,
            Parts {
                statuses: vec![status(1, CountsAs::Confirmed), status(2, CountsAs::Tentative)],
                projects: vec![project(1), project(2)].into(),
                assignments: vec![row(1), row(2)].into(),
                people: vec![person].into(),
                ..Parts::default()
            },
        );
        for (id, week, hours) in booked {
            book.set_hours(AssignmentId(*id), MONDAY.plus(*week), Minutes::from_hours(*hours));
        }
        book
    }

    /// The week of Monday, 16 November 2026.
    const MONDAY: Week = Week(2967);

    fn leave(first: &str, last: &str, from_midday: bool) -> Absence {
        Absence {
            first: first.parse().unwrap(),
            last: last.parse().unwrap(),
            half: false,
            from_midday,
            until_midday: false,
        }
    }

    fn away(mut book: Book, absence: &Absence) -> Book {
        let mut parts = crate::book::Parts::clone(&book.plan);
        for person in parts.people.to_mut() {
            person.absences.push(*absence);
        }
        book.plan = std::sync::Arc::new(crate::book::Plan::new(parts));
        book
    }

    fn moves_of(book: Book, absence: &Absence) -> Vec<(i64, i32, i32, u32)> {
        let book = away(book, absence);
        let person = book.plan.people.first().unwrap();
        let preview = preview(&book, person, absence, MONDAY);
        let moves = preview.pushed.moves.iter();
        moves
            .map(|one| {
                (
                    one.assignment.0,
                    one.from.0 - MONDAY.0,
                    one.to.0 - MONDAY.0,
                    one.minutes.0 / 60,
                )
            })
            .collect()
    }

    #[test]
    fn just_what_does_not_fit_goes_and_tentative_hours_go_first() {
        assert_eq!(MONDAY.monday().to_string(), "2026-11-16");
        let booked = [(1, 0, 20), (2, 0, 16), (1, 1, 30)];
        // From Wednesday midday to Friday 20 hours are left, of 36 that are booked.
        let moved = moves_of(book(&booked), &leave("2026-11-18", "2026-11-20", true));
        assert_eq!(moved, [(2, 0, 1, 10), (2, 0, 2, 6)]);
        // Leave that ends on a Wednesday leaves the rest of its week, which comes after it.
        let booked = [(1, 0, 40)];
        let moved = moves_of(book(&booked), &leave("2026-11-16", "2026-11-25", false));
        assert_eq!(moved, [(1, 0, 1, 16), (1, 0, 2, 24)]);
        // Leave on which nothing lies moves nothing, and neither does what is over.
        assert_eq!(
            moves_of(book(&[(1, 3, 40)]), &leave("2026-11-16", "2026-11-25", false)),
            []
        );
        assert_eq!(
            moves_of(book(&[(1, -1, 40)]), &leave("2026-11-09", "2026-11-13", false)),
            []
        );
    }

    #[test]
    fn what_was_seen_reads_back_and_what_changed_is_told() {
        let week = |capacity: u32, cells: &[(i64, u32)]| SeenWeek {
            capacity: Minutes(capacity),
            cells: cells
                .iter()
                .map(|(id, minutes)| (AssignmentId(*id), Minutes(*minutes)))
                .collect(),
        };
        let seen: Seen = [
            (Week(10), week(2400, &[(1, 60), (2, 30)])),
            (Week(11), week(0, &[])),
        ]
        .into();
        assert_eq!(read_seen(&seen_text(&seen)), Some(seen.clone()));
        assert_eq!(changed(&seen, &seen), []);
        let now: Seen = [
            (Week(10), week(2400, &[(1, 90), (3, 5)])),
            (Week(11), week(480, &[])),
        ]
        .into();
        let told: Vec<(i32, Option<i64>, u32, u32)> = changed(&seen, &now)
            .iter()
            .map(|one| (one.week.0, one.assignment.map(|id| id.0), one.seen.0, one.now.0))
            .collect();
        assert_eq!(
            told,
            [
                (10, Some(1), 60, 90),
                (10, Some(2), 30, 0),
                (10, Some(3), 0, 5),
                (11, None, 0, 480)
            ]
        );
        for text in ["", "x", "10:1", "10:1:x", "10:1:1=x", "99999999999:1:"] {
            assert_eq!(read_seen(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_plan_holds_the_same_minutes_after_it_and_nobody_is_over_where_hours_went(
            booked in proptest::collection::vec((1_i64..3, -2_i32..8, 1_u32..30), 0..12),
            first in 0_i32..20, length in 0_i32..20, from_midday in any::<bool>(),
        ) {
            let book = book(&booked);
            let day = MONDAY.monday().plus(first);
            let absence = Absence { first: day, last: day.plus(length), half: false, from_midday, until_midday: false };
            let book = away(book, &absence);
            let person = book.plan.people.first().unwrap().clone();
            let preview = preview(&book, &person, &absence, MONDAY);
            let total = |book: &Book| [1, 2].map(|id| book.hours().total(AssignmentId(id)));
            let mut after = book.clone();
            for cell in cells_after(&book, &preview.pushed.moves) {
                after.set_hours(cell.assignment, cell.week, cell.minutes);
            }
            prop_assert_eq!(total(&book), total(&after));
            for one in &preview.pushed.moves {
                prop_assert!(one.from >= MONDAY);
                let week = after.person_weeks(&person, one.to, 1)[0];
                prop_assert!(week.booked <= week.capacity, "{:?}", week);
            }
            for id in [1, 2] {
                for week in MONDAY.plus(-2).span(2) {
                    let assignment = AssignmentId(id);
                    prop_assert_eq!(book.hours().get(assignment, week), after.hours().get(assignment, week));
                }
            }
        }

        #[test]
        fn no_minute_is_lost_and_no_week_takes_more_than_its_room(
            excess in proptest::collection::vec((1_i64..4, 0_i32..6, 1_u32..3_000), 0..8),
            free in proptest::collection::btree_map(0_i32..20, 0_u32..3_000, 0..12),
        ) {
            let excess: Vec<Cell> = excess.into_iter().map(|(id, week, minutes)| cell(id, week, minutes)).collect();
            let free: Vec<(i32, u32)> = free.into_iter().collect();
            let pushed = push(&excess, &room(&free));
            let sum = |minutes: &mut dyn Iterator<Item = Minutes>| minutes.sum::<Minutes>();
            let before = sum(&mut excess.iter().map(|one| one.minutes));
            let stayed = sum(&mut pushed.left.iter().map(|one| one.minutes));
            prop_assert_eq!(before, pushed.total() + stayed);
            for (week, most) in free {
                let taken = sum(&mut pushed.moves.iter().filter(|one| one.to.0 == week).map(|one| one.minutes));
                prop_assert!(taken.0 <= most);
            }
            for one in &pushed.moves {
                prop_assert!(one.to > one.from && one.minutes.0 > 0);
            }
            for id in 1..4 {
                let of = |minutes: &mut dyn Iterator<Item = (AssignmentId, Minutes)>| {
                    minutes.filter(|(own, _)| own.0 == id).map(|(_, minutes)| minutes).sum::<Minutes>()
                };
                let whole = of(&mut excess.iter().map(|one| (one.assignment, one.minutes)));
                let gone = of(&mut pushed.moves.iter().map(|one| (one.assignment, one.minutes)));
                let kept = of(&mut pushed.left.iter().map(|one| (one.assignment, one.minutes)));
                prop_assert_eq!(whole, gone + kept);
            }
        }
    }
}

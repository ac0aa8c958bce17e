//! Which weeks are past, what is kept of them, and what can be asked of it.

mod asked;
mod compare;
mod experience;

use std::collections::BTreeSet;

use crate::book::{Assignment, Book, CountsAs, Plan};
use crate::units::ids::{AssignmentId, ClientId, DepartmentId, PersonId, ProjectId};
use crate::units::{Minutes, Week};

pub use asked::Asked;
pub use compare::{Changed, Scope, ThenCell, WeekCompared, compare, planned};
pub use experience::{Experience, Tally, by_client, by_person};

/// How many weeks a week's outlook holds, its own among them.
pub const AHEAD: u16 = 12;

/// For how many weeks outlooks are kept: two years.
pub const OUTLOOKS: i32 = 104;

/// How many weeks can be asked for at once: a year.
pub const MOST_WEEKS: i32 = 53;

/// An assignment's hours in a past week, with what everything was called then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The week.
    pub week: Week,
    /// The assignment.
    pub assignment: AssignmentId,
    /// Who; none for a place that nobody filled.
    pub person: Option<PersonId>,
    /// Their name then, or empty.
    pub person_name: String,
    /// The project.
    pub project: ProjectId,
    /// Its name then.
    pub project_name: String,
    /// For whom.
    pub client: Option<ClientId>,
    /// Their name then, or empty.
    pub client_name: String,
    /// The label of the project's status then.
    pub status: String,
    /// What it counted as.
    pub counts_as: CountsAs,
    /// In what role, or empty.
    pub role: String,
    /// The person's department then; of a place that nobody filled, the project's.
    pub department: Option<DepartmentId>,
    /// What it was called, or empty.
    pub department_name: String,
    /// The hours.
    pub minutes: Minutes,
}

/// What a person could carry in a past week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Who.
    pub person: PersonId,
    /// Their name then.
    pub person_name: String,
    /// Their department then.
    pub department: Option<DepartmentId>,
    /// What it was called, or empty.
    pub department_name: String,
    /// What they could carry.
    pub minutes: Minutes,
}

/// What was planned on an assignment when a week began, for it and the weeks after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Who; none for a place that nobody filled.
    pub person: Option<PersonId>,
    /// The project.
    pub project: ProjectId,
    /// For whom.
    pub client: Option<ClientId>,
    /// The person's department; of a place that nobody filled, the project's.
    pub department: Option<DepartmentId>,
    /// The hours of each week.
    pub minutes: Vec<Minutes>,
}

/// Every week in which anything is booked.
pub fn booked_weeks(book: &Book) -> BTreeSet<Week> {
    let all = book.plan.assignments.iter();
    all.flat_map(|one| book.hours().booked(one.id))
        .map(|(week, _)| week)
        .collect()
}

/// The weeks before `this_week` that are to be kept: those with hours, and, from the first kept one on, all others too,
/// so that an empty week is known to have been empty.
pub fn missing(booked: &BTreeSet<Week>, kept: &BTreeSet<Week>, this_week: Week) -> Vec<Week> {
    let mut wanted: BTreeSet<Week> = booked.range(..this_week).copied().collect();
    if let Some(first) = kept.first() {
        wanted.extend((first.0..this_week.0).map(Week));
    }
    wanted.difference(kept).copied().collect()
}

/// In whose department the hours of an assignment are: the person's; where nobody fills it, the project's.
pub fn department_of(plan: &Plan, assignment: &Assignment) -> Option<DepartmentId> {
    match assignment.person {
        Some(person) => plan.person(person)?.department,
        None => plan.project(assignment.project)?.department,
    }
}

fn department_name(plan: &Plan, department: Option<DepartmentId>) -> String {
    department.map(|id| plan.department_path(id)).unwrap_or_default()
}

/// The hours of a week as they stand in the book.
pub fn rows_of(book: &Book, week: Week) -> Vec<Row> {
    let plan = &book.plan;
    let row = |assignment: &Assignment| {
        let minutes = book.hours().get(assignment.id, week);
        let project = plan.project(assignment.project).filter(|_| minutes.0 > 0)?;
        let department = department_of(plan, assignment);
        let person = assignment.person.and_then(|person| plan.person(person));
        Some(Row {
            week,
            assignment: assignment.id,
            person: assignment.person,
            person_name: person.map(|person| person.name.clone()).unwrap_or_default(),
            project: project.id,
            project_name: project.name.clone(),
            client: project.client,
            client_name: plan.client_name(project.client).to_owned(),
            status: plan
                .status(project.status)
                .map(|status| status.label.clone())
                .unwrap_or_default(),
            counts_as: plan.counts_as(project.id),
            role: plan.role_name(plan.role_on(assignment)).to_owned(),
            department,
            department_name: department_name(plan, department),
            minutes,
        })
    };
    plan.assignments.iter().filter_map(row).collect()
}

/// What everybody who was employed could carry in a week, as it stands in the book.
pub fn capacities_of(book: &Book, week: Week) -> Vec<Capacity> {
    let plan = &book.plan;
    let was_there = |person: &&crate::book::Person| {
        let booked = || {
            let mut all = plan.assignments_of_person(person.id);
            all.any(|one| book.hours().get(one.id, week).0 > 0)
        };
        plan.is_employed(person, week) && (person.active || booked())
    };
    let people = plan.people.iter().filter(was_there);
    people
        .map(|person| Capacity {
            person: person.id,
            person_name: person.name.clone(),
            department: person.department,
            department_name: department_name(plan, person.department),
            minutes: plan.capacity(person, week).0,
        })
        .collect()
}

/// What is planned from a week on, as it stands in the book.
pub fn outlook_of(book: &Book, week: Week) -> Vec<Outlook> {
    let plan = &book.plan;
    let row = |assignment: &Assignment| {
        let minutes: Vec<Minutes> = book.hours().span(assignment.id, week, AHEAD).collect();
        let project = plan.project(assignment.project)?;
        minutes.iter().any(|one| one.0 > 0).then(|| Outlook {
            assignment: assignment.id,
            person: assignment.person,
            project: assignment.project,
            client: project.client,
            department: department_of(plan, assignment),
            minutes,
        })
    };
    plan.assignments.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::units::{Day, WeekStart};
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    /// The week it is, and the moment at which the next one begins.
    fn turn(zone: &str, start: WeekStart, now: &str) -> (String, i64) {
        let clock = Clock::fixed(TimeZone::get(zone).unwrap(), at(now));
        let week = Week::of(clock.today(), start);
        (
            week.first_day(start).to_string(),
            clock.start_of(week.plus(1).first_day(start)),
        )
    }

    /// Zone, first day of the week, moment; the week it is then, and when the next one begins. The clocks change in
    /// Berlin on 29 March and 25 October 2026, in New York on 8 March and 1 November, all of them Sundays.
    const TURNS: &str = "\
        Europe/Berlin    Monday 2026-03-22T22:59:59Z 2026-03-16 2026-03-22T23:00:00Z
        Europe/Berlin    Monday 2026-03-22T23:00:00Z 2026-03-23 2026-03-29T22:00:00Z
        Europe/Berlin    Monday 2026-03-29T21:59:59Z 2026-03-23 2026-03-29T22:00:00Z
        Europe/Berlin    Monday 2026-03-29T22:00:00Z 2026-03-30 2026-04-05T22:00:00Z
        Europe/Berlin    Sunday 2026-03-28T22:59:59Z 2026-03-22 2026-03-28T23:00:00Z
        Europe/Berlin    Sunday 2026-03-28T23:00:00Z 2026-03-29 2026-04-04T22:00:00Z
        Europe/Berlin    Monday 2026-10-25T22:30:00Z 2026-10-19 2026-10-25T23:00:00Z
        Europe/Berlin    Sunday 2026-10-24T22:00:00Z 2026-10-25 2026-10-31T23:00:00Z
        America/New_York Monday 2026-03-09T03:59:59Z 2026-03-02 2026-03-09T04:00:00Z
        America/New_York Sunday 2026-03-08T05:00:00Z 2026-03-08 2026-03-15T04:00:00Z
        America/New_York Sunday 2026-11-01T03:59:59Z 2026-10-25 2026-11-01T04:00:00Z
        America/New_York Monday 2026-11-02T04:59:59Z 2026-10-26 2026-11-02T05:00:00Z
        UTC              Monday 2026-11-22T12:00:00Z 2026-11-16 2026-11-23T00:00:00Z
        UTC              Sunday 2026-11-22T12:00:00Z 2026-11-22 2026-11-29T00:00:00Z
        UTC              Monday 2027-01-01T12:00:00Z 2026-12-28 2027-01-04T00:00:00Z
        UTC              Sunday 2027-01-03T00:00:00Z 2027-01-03 2027-01-10T00:00:00Z";

    #[test]
    fn a_week_turns_at_midnight_where_the_team_is() {
        assert_eq!(TURNS.lines().count(), 16);
        for line in TURNS.lines() {
            let [zone, start, now, week, next] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let start = match start {
                "Sunday" => WeekStart::Sunday,
                _ => WeekStart::Monday,
            };
            assert_eq!(turn(zone, start, now), (week.to_owned(), at(next)), "{line}");
        }
    }

    fn set(weeks: &[i32]) -> BTreeSet<Week> {
        weeks.iter().copied().map(Week).collect()
    }

    #[test]
    fn past_weeks_with_hours_are_kept_and_later_ones_without_gaps() {
        for (booked, kept, expected) in [
            (vec![], vec![], vec![]),
            (vec![10, 12, 20, 21], vec![], vec![10, 12]),
            (
                vec![10, 12, 20],
                vec![10, 12],
                vec![11, 13, 14, 15, 16, 17, 18, 19],
            ),
            (vec![5, 19], vec![18], vec![5, 19]),
            (vec![], vec![18, 19], vec![]),
        ] {
            let found = missing(&set(&booked), &set(&kept), Week(20));
            assert_eq!(
                found,
                expected.into_iter().map(Week).collect::<Vec<_>>(),
                "{booked:?} {kept:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_is_kept_twice_and_nothing_that_is_not_past(
            booked in proptest::collection::btree_set(0_i32..60, 0..20),
            kept in proptest::collection::btree_set(0_i32..40, 0..20),
        ) {
            let to_weeks = |numbers: &BTreeSet<i32>| numbers.iter().copied().map(Week).collect::<BTreeSet<Week>>();
            let (booked, mut kept) = (to_weeks(&booked), to_weeks(&kept));
            let found = missing(&booked, &kept, Week(40));
            prop_assert!(found.iter().all(|week| *week < Week(40) && !kept.contains(week)));
            kept.extend(found);
            // Keeping a week with hours before the first kept one may open a gap, which the next call closes.
            kept.extend(missing(&booked, &kept, Week(40)));
            prop_assert!(missing(&booked, &kept, Week(40)).is_empty());
        }

        #[test]
        fn a_week_begins_with_its_first_day_in_every_zone(number in 0_i32..40_000, zone in 0_usize..4) {
            let zone = ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Pacific/Auckland"][zone];
            let clock = Clock::fixed(TimeZone::get(zone).unwrap(), 0);
            let day = Day::from_number(number);
            let begins = clock.start_of(day);
            prop_assert_eq!(clock.day_of(begins), day);
            prop_assert_eq!(clock.day_of(begins - 1), day.plus(-1));
        }
    }
}

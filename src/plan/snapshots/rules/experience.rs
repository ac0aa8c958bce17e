//! Who worked on what for which client, from the weeks that are past.

use std::collections::{BTreeMap, BTreeSet};

use super::Row;
use crate::units::{Minutes, Week};

/// Weeks that follow each other without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The first of them.
    pub first: Week,
    /// The last of them.
    pub last: Week,
}

/// How much somebody did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    weeks: BTreeSet<Week>,
    /// Their hours.
    pub minutes: Minutes,
    /// In which roles.
    pub roles: BTreeSet<String>,
}

impl Tally {
    fn add(&mut self, row: &Row) {
        self.weeks.insert(row.week);
        self.minutes += row.minutes;
        if !row.role.is_empty() {
            self.roles.insert(row.role.clone());
        }
    }

    /// In how many different weeks: a week with two roles, or on two projects, is one week.
    pub fn weeks(&self) -> usize {
        self.weeks.len()
    }

    /// From when to when; a week without hours ends a block.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        for week in &self.weeks {
            match blocks.last_mut() {
                Some(block) if block.last.plus(1) == *week => block.last = *week,
                _ => blocks.push(Block {
                    first: *week,
                    last: *week,
                }),
            }
        }
        blocks
    }
}

/// A person on a client's projects, or a client of a person's projects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experience {
    /// The person's or client's id; none for projects without a client.
    pub id: Option<i64>,
    /// What they were called last.
    pub name: String,
    /// All of it.
    pub tally: Tally,
    /// By project: its id, what it was called last, and how much.
    pub projects: Vec<(i64, String, Tally)>,
}

/// The people who worked for a client, whose rows these are; who did most comes first. A place that nobody filled is
/// nobody's experience.
pub fn by_client(rows: &[Row]) -> Vec<Experience> {
    grouped(rows, |row| {
        row.person.map(|id| (Some(id.0), row.person_name.as_str()))
    })
}

/// The clients that a person worked for, whose rows these are; the one with most comes first.
pub fn by_person(rows: &[Row]) -> Vec<Experience> {
    grouped(rows, |row| {
        Some((row.client.map(|id| id.0), row.client_name.as_str()))
    })
}

/// What something was called in the newest week that names it.
type Named<'a> = Option<(Week, &'a str)>;

#[derive(Default)]
struct Group<'a> {
    named: Named<'a>,
    tally: Tally,
    projects: BTreeMap<i64, (Named<'a>, Tally)>,
}

/// The newer of two names.
fn renamed<'a>(named: &mut Named<'a>, week: Week, name: &'a str) {
    if named.is_none_or(|(before, _)| before <= week) {
        *named = Some((week, name));
    }
}

fn grouped<'a>(rows: &'a [Row], by: impl Fn(&'a Row) -> Option<(Option<i64>, &'a str)>) -> Vec<Experience> {
    let mut groups: BTreeMap<Option<i64>, Group<'a>> = BTreeMap::new();
    for row in rows {
        let Some((id, name)) = by(row) else {
            continue;
        };
        let group = groups.entry(id).or_default();
        renamed(&mut group.named, row.week, name);
        group.tally.add(row);
        let (project_name, tally) = group.projects.entry(row.project.0).or_default();
        renamed(project_name, row.week, &row.project_name);
        tally.add(row);
    }
    let last = |named: Named<'_>| named.map(|(_, name)| name.to_owned()).unwrap_or_default();
    let most = |tally: &Tally| (std::cmp::Reverse(tally.weeks()), std::cmp::Reverse(tally.minutes));
    let mut all: Vec<Experience> = groups
        .into_iter()
        .map(|(id, group)| {
            let projects = group.projects.into_iter();
            let mut projects: Vec<_> = projects
                .map(|(id, (name, tally))| (id, last(name), tally))
                .collect();
            projects.sort_by_key(|(_, _, tally)| most(tally));
            Experience {
                id,
                name: last(group.named),
                tally: group.tally,
                projects,
            }
        })
        .collect();
    all.sort_by_key(|one| most(&one.tally));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::CountsAs;
    use crate::units::ids::{AssignmentId, ClientId, PersonId, ProjectId};
    use proptest::prelude::*;

    fn row(week: i32, person: Option<i64>, project: i64, role: &str, hours: u32) -> Row {
        Row {
            week: Week(week),
            assignment: AssignmentId(i64::from(week)),
            person: person.map(PersonId),
            person_name: format!("Person {}, week {week}", person.unwrap_or(0)),
            project: ProjectId(project),
            project_name: format!("Project {project}, week {week}"),
            client: (project < 3).then_some(ClientId(project)),
            client_name: String::new(),
            status: String::new(),
            counts_as: CountsAs::Confirmed,
            role: role.to_owned(),
            department: None,
            department_name: String::new(),
            minutes: Minutes::from_hours(hours),
        }
    }

    fn blocks(tally: &Tally) -> Vec<(i32, i32)> {
        tally
            .blocks()
            .iter()
            .map(|block| (block.first.0, block.last.0))
            .collect()
    }

    #[test]
    fn a_week_in_two_roles_is_one_week_and_a_gap_ends_a_block() {
        let rows = [
            row(10, Some(1), 1, "Engineer", 8),
            row(10, Some(1), 1, "Lead", 4),
            row(11, Some(1), 2, "Engineer", 8),
            row(13, Some(1), 1, "Engineer", 8),
            row(14, Some(1), 1, "Engineer", 8),
            row(10, Some(2), 1, "", 40),
            row(12, None, 1, "Engineer", 40),
        ];
        let people = by_client(&rows);
        assert_eq!(
            people.len(),
            2,
            "a place that nobody filled is nobody's experience"
        );
        let first = &people[0];
        assert_eq!((first.id, first.tally.weeks()), (Some(1), 4));
        assert_eq!(first.tally.minutes, Minutes::from_hours(36));
        assert_eq!(first.tally.roles.iter().collect::<Vec<_>>(), ["Engineer", "Lead"]);
        assert_eq!(blocks(&first.tally), [(10, 11), (13, 14)]);
        assert_eq!(first.name, "Person 1, week 14", "the name of the newest week");
        let on_first = &first.projects[0];
        assert_eq!((on_first.0, on_first.2.weeks()), (1, 3));
        assert_eq!(blocks(&on_first.2), [(10, 10), (13, 14)]);
    }

    #[test]
    fn what_had_no_client_stands_apart() {
        let rows = [
            row(10, Some(1), 1, "", 8),
            row(11, Some(1), 7, "", 8),
            row(12, Some(1), 8, "", 8),
        ];
        let ids: Vec<_> = by_person(&rows)
            .iter()
            .map(|one| (one.id, one.tally.weeks()))
            .collect();
        assert_eq!(ids, [(None, 2), (Some(1), 1)]);
    }

    proptest! {
        #[test]
        fn blocks_hold_each_week_once_and_never_touch(weeks in proptest::collection::btree_set(0_i32..80, 0..60)) {
            let mut tally = Tally::default();
            for week in &weeks {
                tally.add(&row(*week, Some(1), 1, "", 1));
                tally.add(&row(*week, Some(1), 2, "x", 1));
            }
            let blocks = blocks(&tally);
            let held: Vec<i32> = blocks.iter().flat_map(|(first, last)| *first..=*last).collect();
            prop_assert_eq!(held, weeks.iter().copied().collect::<Vec<_>>());
            prop_assert!(blocks.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
            prop_assert_eq!(tally.weeks(), weeks.len());
        }
    }
}

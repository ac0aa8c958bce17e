//! Who works on which project of the small plan, and how many hours a week.

use super::super::Moment;
use super::super::random::Random;
use super::team::{Member, Pace, TEAM};
use super::work::{PROJECTS, Sketch};
use crate::book::{CountsAs, Person, Plan};
use crate::units::ids::PersonId;
use crate::units::{Minutes, Week};

/// The weeks that have hours, from this one.
const FIRST: i32 = -8;
const LAST: i32 = 22;
/// Hours are planned in steps of this many minutes.
const STEP: u32 = 120;

/// One assignment with its weeks.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which of the projects.
    pub project: usize,
    /// Who; none for an open place.
    pub person: Option<PersonId>,
    /// In which role, where that is not their own.
    pub role: Option<&'static str>,
    pub note: &'static str,
    pub cells: Vec<(Week, Minutes)>,
}

/// The open places: project, role, note, first week, weeks, hours a week.
#[rustfmt::skip]
const OPEN: [(&str, &str, &str, i32, i32, u32); 6] = [
    ("Harbour Substation", "Designer", "", 1, 12, 8),
    ("Civic Library refit", "Lead engineer", "Design lead", 3, 9, 16),
    ("Airport pier C", "Engineer", "Named in the offer", 4, 18, 24),
    ("Battery plant phase 2", "Senior engineer", "", 3, 14, 20),
    ("Digital twin pilot", "Developer", "", 1, 9, 16),
    ("Museum extension", "Project manager", "", 5, 12, 12),
];

/// Every assignment of the plan. `plan` knows the people, their weeks and their days off.
pub fn rows(plan: &Plan, moment: &Moment, random: &mut Random) -> Vec<Row> {
    let mut rows = Vec::new();
    for member in TEAM {
        let person = plan.people.iter().find(|person| person.name == member.name);
        if let Some(person) = person {
            rows.extend(rows_of(plan, person, &member, moment, random));
        }
    }
    rows.extend(open_places(moment, random));
    rows
}

fn rows_of(plan: &Plan, person: &Person, member: &Member, moment: &Moment, random: &mut Random) -> Vec<Row> {
    let mut rows: Vec<(&Sketch, Row)> = Vec::new();
    for (nth, project) in choose(member, random).into_iter().enumerate() {
        let Some(sketch) = PROJECTS.get(project) else {
            continue;
        };
        let (role, note) = part(member, nth, random);
        let row = Row {
            project,
            person: Some(person.id),
            role,
            note,
            cells: Vec::new(),
        };
        rows.push((sketch, row));
    }
    for ahead in FIRST..=LAST {
        let week = moment.this_week.plus(ahead);
        let (capacity, _) = plan.capacity(person, week);
        fill_week(&mut rows, member, (week, ahead), capacity, random);
    }
    rows.into_iter()
        .map(|(_, row)| row)
        .filter(|row| !row.cells.is_empty())
        .collect()
}

/// Which projects somebody is on: at most three that run, two that may come, one that is over.
fn choose(member: &Member, random: &mut Random) -> Vec<usize> {
    let fits = |sketch: &Sketch| {
        sketch.departments.contains(&member.department)
            || (member.department == "Engineering" && sketch.weeks > 24)
    };
    let mut known: Vec<(usize, &Sketch)> = PROJECTS
        .iter()
        .enumerate()
        .filter(|(_, sketch)| fits(sketch))
        .collect();
    random.shuffle(&mut known);
    let mut room = [3, 2, 1];
    known.retain(|(_, sketch)| {
        let [running, coming, over] = &mut room;
        let place = match sketch.counts_as() {
            CountsAs::Confirmed => running,
            CountsAs::Tentative => coming,
            CountsAs::Closed => over,
        };
        let fits = *place > 0;
        *place -= i32::from(fits);
        fits
    });
    known.into_iter().map(|(index, _)| index).collect()
}

/// The role and note of somebody's `nth` project.
fn part(member: &Member, nth: usize, random: &mut Random) -> (Option<&'static str>, &'static str) {
    let senior = ["Lead engineer", "Principal", "Senior engineer", "Director"].contains(&member.role);
    match nth {
        0 if senior => (Some("Design lead"), ""),
        1 if senior => (Some("Reviewer"), ""),
        _ => (
            None,
            random.word(&["", "", "", "", "Support", "Site visits", "Drawings"]),
        ),
    }
}

/// How much of somebody's week is meant for what runs, and how much for what may come, in percent.
fn aims(pace: Pace, ahead: i32) -> (u32, u32) {
    let later = u32::try_from(ahead - 2).unwrap_or(0);
    let fading = |now: u32| now.saturating_sub(later * 4).max(24);
    let coming = u32::try_from(ahead).unwrap_or(0).min(9) * 3;
    match pace {
        Pace::Steady(percent) => (fading(percent), coming),
        Pace::Over if (0..=6).contains(&ahead) => (109, 0),
        Pace::Over => (fading(97), coming / 2),
        Pace::Burning if (1..=3).contains(&ahead) => (130, 0),
        Pace::Burning if (0..=5).contains(&ahead) => (106, 0),
        Pace::Burning => (fading(96), coming / 2),
        Pace::Light => (fading(48), coming / 2),
        Pace::Free if ahead <= 0 => (72, 0),
        Pace::Free if ahead == 1 => (28, 0),
        Pace::Free => (0, 0),
    }
}

/// Shares one week of somebody among the projects that run in it.
fn fill_week(
    rows: &mut [(&Sketch, Row)],
    member: &Member,
    (week, ahead): (Week, i32),
    capacity: Minutes,
    random: &mut Random,
) {
    let (running, coming) = aims(member.pace, ahead);
    // Weeks differ a little, but what is meant to be free stays free.
    let unevenness = if running > 0 { random.between(0, 10) } else { 0 };
    let running = (running + unevenness).saturating_sub(6);
    let wanted = |tentative: bool| capacity.0 * if tentative { coming } else { running } / 100;
    let is_tentative = |sketch: &Sketch| sketch.counts_as() == CountsAs::Tentative;
    let mut shares: Vec<u32> = Vec::with_capacity(rows.len());
    for (sketch, _) in rows.iter() {
        let tentative = is_tentative(sketch);
        let pulls = rows.iter().filter(|(other, _)| is_tentative(other) == tentative);
        let all: u32 = pulls.map(|(other, _)| other.pull(ahead)).sum();
        let share = (wanted(tentative) * sketch.pull(ahead))
            .checked_div(all)
            .unwrap_or(0);
        shares.push((share + STEP / 2) / STEP * STEP);
    }
    if !matches!(member.pace, Pace::Over | Pace::Burning) {
        fit(&mut shares, capacity);
    }
    for ((_, row), minutes) in rows.iter_mut().zip(shares) {
        if minutes > 0 {
            row.cells.push((week, Minutes(minutes.min(Minutes::WEEK.0))));
        }
    }
}

/// Takes from the largest share until all fit.
fn fit(shares: &mut [u32], capacity: Minutes) {
    while shares.iter().sum::<u32>() > capacity.0 {
        match shares.iter_mut().max() {
            Some(largest) if *largest > 0 => *largest = largest.saturating_sub(STEP),
            _ => return,
        }
    }
}

fn open_places(moment: &Moment, random: &mut Random) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, role, note, first, weeks, hours) in OPEN {
        let Some(project) = PROJECTS.iter().position(|sketch| sketch.name == name) else {
            continue;
        };
        let cells = (first..first + weeks).map(|ahead| {
            let ramp = if ahead == first || ahead == first + weeks - 1 {
                2
            } else {
                1
            };
            let hours = hours / ramp + 2 * random.between(0, 2);
            (moment.this_week.plus(ahead), Minutes::from_hours(hours))
        });
        rows.push(Row {
            project,
            person: None,
            role: Some(role),
            note,
            cells: cells.collect(),
        });
    }
    rows
}

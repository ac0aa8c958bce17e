//! The hours of one assignment, moved by some weeks.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Stays};
use crate::units::{Minutes, Week};

/// Whether hours may land in a week.
pub enum Landing {
    /// They may.
    Fine,
    /// They stay where they are instead.
    Refused(Stays),
}

/// What a shift did to one assignment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shifted {
    /// The cells that differ, by week.
    pub cells: Vec<Cell>,
    /// How much moved.
    pub moved: Minutes,
    /// What was to move and stays, with its reason, by week.
    pub stayed: Vec<(Week, Minutes, Stays)>,
}

/// Moves the hours of the weeks that `moves` names by `delta` weeks, onto what is there. What may not land where it would
/// stays; the sum of all minutes is the same before and after.
pub fn shift(
    booked: &[(Week, Minutes)],
    delta: i32,
    moves: impl Fn(Week) -> bool,
    lands: impl Fn(Week) -> Landing,
) -> Shifted {
    let mut shifted = Shifted::default();
    if delta == 0 {
        return shifted;
    }
    let mut moving: BTreeSet<Week> = BTreeSet::new();
    for (week, minutes) in booked.iter().filter(|(week, _)| moves(*week)) {
        match lands(week.plus(delta)) {
            Landing::Fine => {
                moving.insert(*week);
            }
            Landing::Refused(reason) => shifted.stayed.push((*week, *minutes, reason)),
        }
    }
    let before: BTreeMap<Week, Minutes> = booked.iter().copied().collect();
    let mut after = placed(&before, &moving, delta);
    // What does not fit stays, and what stays may fill the week that others were to land in: at most one round a week.
    while let Some(week) = too_full(&after, &moving, delta) {
        moving.remove(&week);
        let minutes = before.get(&week).copied().unwrap_or_default();
        shifted.stayed.push((week, minutes, Stays::Full));
        after = placed(&before, &moving, delta);
    }
    shifted.stayed.sort_unstable_by_key(|(week, ..)| *week);
    shifted.moved = moving.iter().filter_map(|week| before.get(week)).copied().sum();
    let weeks: BTreeSet<Week> = before.keys().chain(after.keys()).copied().collect();
    let minutes = |map: &BTreeMap<Week, Minutes>, week: Week| map.get(&week).copied().unwrap_or_default();
    shifted.cells = weeks
        .into_iter()
        .map(|week| Cell {
            week,
            before: minutes(&before, week),
            after: minutes(&after, week),
        })
        .filter(|cell| cell.before != cell.after)
        .collect();
    shifted
}

fn placed(before: &BTreeMap<Week, Minutes>, moving: &BTreeSet<Week>, delta: i32) -> BTreeMap<Week, Minutes> {
    let mut after = BTreeMap::new();
    for (week, minutes) in before {
        let place = if moving.contains(week) {
            week.plus(delta)
        } else {
            *week
        };
        *after.entry(place).or_insert(Minutes(0)) += *minutes;
    }
    after
}

/// A week that moves into one which then holds more than a week has.
fn too_full(after: &BTreeMap<Week, Minutes>, moving: &BTreeSet<Week>, delta: i32) -> Option<Week> {
    after
        .iter()
        .filter(|(_, minutes)| **minutes > Minutes::WEEK)
        .map(|(week, _)| week.plus(-delta))
        .find(|from| moving.contains(from))
}

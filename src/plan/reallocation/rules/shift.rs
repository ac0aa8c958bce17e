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

/// Moves the hours of each week by as many weeks as `by` says, onto what is there. What may not land where it would
/// stays; the sum of all minutes is the same before and after.
pub fn shift(
    booked: &[(Week, Minutes)],
    by: impl Fn(Week) -> i32,
    lands: impl Fn(Week) -> Landing,
) -> Shifted {
    let mut shifted = Shifted::default();
    let mut moving: BTreeMap<Week, Week> = BTreeMap::new();
    for (week, minutes) in booked {
        let delta = by(*week);
        if delta == 0 {
            continue;
        }
        match lands(week.plus(delta)) {
            Landing::Fine => {
                moving.insert(*week, week.plus(delta));
            }
            Landing::Refused(reason) => shifted.stayed.push((*week, *minutes, reason)),
        }
    }
    if moving.is_empty() {
        return shifted;
    }
    let before: BTreeMap<Week, Minutes> = booked.iter().copied().collect();
    let minutes = |map: &BTreeMap<Week, Minutes>, week: &Week| map.get(week).copied().unwrap_or_default();
    let mut after = placed(&before, &moving);
    // What does not fit stays, and what stays may fill the week that others were to land in: at most one round a week.
    while let Some(week) = too_full(&after, &moving) {
        moving.remove(&week);
        shifted.stayed.push((week, minutes(&before, &week), Stays::Full));
        after = placed(&before, &moving);
    }
    shifted.stayed.sort_unstable_by_key(|(week, ..)| *week);
    shifted.moved = moving.keys().map(|week| minutes(&before, week)).sum();
    let weeks: BTreeSet<Week> = before.keys().chain(after.keys()).copied().collect();
    shifted.cells = weeks
        .into_iter()
        .map(|week| Cell {
            week,
            before: minutes(&before, &week),
            after: minutes(&after, &week),
        })
        .filter(|cell| cell.before != cell.after)
        .collect();
    shifted
}

fn placed(before: &BTreeMap<Week, Minutes>, moving: &BTreeMap<Week, Week>) -> BTreeMap<Week, Minutes> {
    let mut after = BTreeMap::new();
    for (week, minutes) in before {
        *after
            .entry(*moving.get(week).unwrap_or(week))
            .or_insert(Minutes(0)) += *minutes;
    }
    after
}

/// A week that moves into one which then holds more than a week has.
fn too_full(after: &BTreeMap<Week, Minutes>, moving: &BTreeMap<Week, Week>) -> Option<Week> {
    moving
        .iter()
        .find(|(_, to)| after.get(to).is_some_and(|minutes| *minutes > Minutes::WEEK))
        .map(|(from, _)| *from)
}

//! Minutes by assignment and week, in rows of small integers that snapshots share.

use std::sync::Arc;

use crate::units::ids::AssignmentId;
use crate::units::{Minutes, Week};

/// How many assignments share one piece: a changed cell copies one piece and the list of them.
const PIECE: usize = 32;

/// The minutes of every assignment. Cloning is cheap: what did not change is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    pieces: Vec<Arc<Vec<Line>>>,
}

/// One assignment's weeks from its first booked one to its last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Line {
    first: i32,
    minutes: Vec<u16>,
}

impl Hours {
    /// The minutes of `assignment` in `week`.
    #[must_use]
    pub fn get(&self, assignment: AssignmentId, week: Week) -> Minutes {
        self.line(assignment).map_or(Minutes(0), |line| line.get(week))
    }

    /// The minutes of `assignment` in each of `weeks` that begin with `from`.
    pub fn span(
        &self,
        assignment: AssignmentId,
        from: Week,
        weeks: u16,
    ) -> impl Iterator<Item = Minutes> + '_ {
        let line = self.line(assignment);
        from.span(weeks)
            .map(move |week| line.map_or(Minutes(0), |line| line.get(week)))
    }

    /// The minutes of `assignment` in those of the `weeks` from `from` on that its row holds, and how many weeks after
    /// `from` they begin.
    #[must_use]
    pub fn within(&self, assignment: AssignmentId, from: Week, weeks: u16) -> (usize, &[u16]) {
        let Some(line) = self.line(assignment) else {
            return (0, &[]);
        };
        let before = usize::try_from(from.0.saturating_sub(line.first)).unwrap_or(0);
        let after = usize::try_from(line.first.saturating_sub(from.0)).unwrap_or(0);
        let room = usize::from(weeks).saturating_sub(after);
        let minutes = line.minutes.get(before..).unwrap_or_default();
        (after, minutes.get(..room.min(minutes.len())).unwrap_or_default())
    }

    /// The booked weeks of `assignment` with their minutes, earliest first.
    pub fn booked(&self, assignment: AssignmentId) -> impl Iterator<Item = (Week, Minutes)> + '_ {
        self.line(assignment).into_iter().flat_map(|line| {
            (line.first..)
                .zip(&line.minutes)
                .filter(|(_, minutes)| **minutes > 0)
                .map(|(week, minutes)| (Week(week), Minutes(u32::from(*minutes))))
        })
    }

    /// All minutes of `assignment`.
    #[must_use]
    pub fn total(&self, assignment: AssignmentId) -> Minutes {
        self.booked(assignment).map(|(_, minutes)| minutes).sum()
    }

    /// Sets one cell. More than a week holds is taken as a full week; the database refuses it before.
    pub fn set(&mut self, assignment: AssignmentId, week: Week, minutes: Minutes) {
        let Ok(index) = usize::try_from(assignment.0) else {
            return;
        };
        let (piece, place) = (index / PIECE, index % PIECE);
        if self.pieces.len() <= piece {
            if minutes.0 == 0 {
                return;
            }
            self.pieces
                .resize_with(piece + 1, || Arc::new(vec![Line::default(); PIECE]));
        }
        let line = self
            .pieces
            .get_mut(piece)
            .map(Arc::make_mut)
            .and_then(|lines| lines.get_mut(place));
        if let Some(line) = line {
            line.set(
                week,
                u16::try_from(minutes.0.min(Minutes::WEEK.0)).unwrap_or(u16::MAX),
            );
        }
    }

    fn line(&self, assignment: AssignmentId) -> Option<&Line> {
        let index = usize::try_from(assignment.0).ok()?;
        self.pieces.get(index / PIECE)?.get(index % PIECE)
    }
}

impl Line {
    fn get(&self, week: Week) -> Minutes {
        let minutes = usize::try_from(week.0 - self.first)
            .ok()
            .and_then(|index| self.minutes.get(index));
        Minutes(minutes.copied().map_or(0, u32::from))
    }

    /// Sets a week and keeps the row no longer than from its first booked week to its last.
    fn set(&mut self, week: Week, minutes: u16) {
        if self.minutes.is_empty() {
            self.first = week.0;
        }
        if week.0 < self.first {
            if minutes == 0 {
                return;
            }
            let missing = usize::try_from(self.first - week.0).unwrap_or(0);
            self.minutes.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = week.0;
        }
        let index = usize::try_from(week.0 - self.first).unwrap_or(0);
        if index >= self.minutes.len() {
            if minutes == 0 {
                return;
            }
            self.minutes.resize(index + 1, 0);
        }
        if let Some(place) = self.minutes.get_mut(index) {
            *place = minutes;
        }
        if minutes == 0 {
            self.trim();
        }
    }

    fn trim(&mut self) {
        while self.minutes.last() == Some(&0) {
            self.minutes.pop();
        }
        let empty = self.minutes.iter().take_while(|minutes| **minutes == 0).count();
        self.minutes.drain(..empty);
        self.first = if self.minutes.is_empty() {
            0
        } else {
            self.first
                .saturating_add_unsigned(u32::try_from(empty).unwrap_or(0))
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_holds_what_a_plain_map_would(
            writes in proptest::collection::vec((0_i64..100, 2_900_i32..3_000, prop_oneof![Just(0_u32), 1_u32..=10_080]), 0..200)
        ) {
            let mut hours = Hours::default();
            let mut map = BTreeMap::new();
            for (assignment, week, minutes) in writes {
                hours.set(AssignmentId(assignment), Week(week), Minutes(minutes));
                map.insert((assignment, week), minutes);
            }
            for assignment in 0..100 {
                let expected: Vec<(Week, Minutes)> = map
                    .iter()
                    .filter(|((id, _), minutes)| *id == assignment && **minutes > 0)
                    .map(|((_, week), minutes)| (Week(*week), Minutes(*minutes)))
                    .collect();
                prop_assert_eq!(hours.booked(AssignmentId(assignment)).collect::<Vec<_>>(), expected);
            }
        }

        #[test]
        fn a_row_cut_to_a_window_is_what_the_window_shows(
            booked in proptest::collection::btree_map(0_i32..40, 1_u32..=10_080, 0..12), from in -20_i32..60, weeks in 0_u16..50
        ) {
            let mut hours = Hours::default();
            for (week, minutes) in booked {
                hours.set(AssignmentId(7), Week(week), Minutes(minutes));
            }
            let (first, minutes) = hours.within(AssignmentId(7), Week(from), weeks);
            let mut cut = vec![Minutes(0); usize::from(weeks)];
            for (place, minutes) in cut.iter_mut().skip(first).zip(minutes) {
                *place = Minutes(u32::from(*minutes));
            }
            prop_assert_eq!(cut, hours.span(AssignmentId(7), Week(from), weeks).collect::<Vec<_>>());
        }

        #[test]
        fn the_order_of_writes_leaves_no_trace(
            cells in proptest::collection::btree_map((0_i64..40, 2_900_i32..2_950), 1_u32..=10_080, 1..60)
        ) {
            let mut forward = Hours::default();
            let mut backward = Hours::default();
            for ((assignment, week), minutes) in &cells {
                forward.set(AssignmentId(*assignment), Week(*week), Minutes(*minutes));
            }
            for ((assignment, week), minutes) in cells.iter().rev() {
                backward.set(AssignmentId(*assignment), Week(*week - 100), Minutes(60));
                backward.set(AssignmentId(*assignment), Week(*week), Minutes(*minutes));
                backward.set(AssignmentId(*assignment), Week(*week - 100), Minutes(0));
            }
            for assignment in 0..40 {
                prop_assert_eq!(forward.line(AssignmentId(assignment)).filter(|line| !line.minutes.is_empty()),
                    backward.line(AssignmentId(assignment)).filter(|line| !line.minutes.is_empty()));
            }
        }
    }

    #[test]
    fn a_snapshot_does_not_see_later_writes() {
        let mut hours = Hours::default();
        hours.set(AssignmentId(5), Week(2_966), Minutes(60));
        let snapshot = hours.clone();
        hours.set(AssignmentId(5), Week(2_966), Minutes(120));
        assert_eq!(snapshot.get(AssignmentId(5), Week(2_966)), Minutes(60));
        assert_eq!(hours.get(AssignmentId(5), Week(2_966)), Minutes(120));
    }
}

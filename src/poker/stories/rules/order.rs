//! The order of a list. What is kept are whole positions that are written anew with each change, so there is no gap between
//! two of them that could run out.

use crate::units::ids::StoryId;

/// Where a story goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// One place towards the head.
    Up,
    /// One place towards the end.
    Down,
    /// Right before another one.
    Before(StoryId),
    /// To the end.
    End,
}

/// `order` with `story` moved; as it was where the story, or the one to come before, is not in it.
#[must_use]
pub fn moved(order: &[StoryId], story: StoryId, to: To) -> Vec<StoryId> {
    let Some(from) = order.iter().position(|one| *one == story) else {
        return order.to_vec();
    };
    let mut rest = order.to_vec();
    rest.remove(from);
    let place = match to {
        To::Up => Some(from.saturating_sub(1)),
        To::Down => Some((from + 1).min(rest.len())),
        To::End => Some(rest.len()),
        To::Before(other) => rest.iter().position(|one| *one == other),
    };
    let Some(place) = place else {
        return order.to_vec();
    };
    rest.insert(place, story);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(ids: &[i64]) -> Vec<StoryId> {
        ids.iter().copied().map(StoryId).collect()
    }

    #[test]
    fn a_story_goes_where_it_is_put() {
        let order = ids(&[1, 2, 3, 4]);
        for (story, to, expected) in [
            (1, To::Up, [1, 2, 3, 4]),
            (2, To::Up, [2, 1, 3, 4]),
            (3, To::Down, [1, 2, 4, 3]),
            (4, To::Down, [1, 2, 3, 4]),
            (1, To::End, [2, 3, 4, 1]),
            (4, To::Before(StoryId(1)), [4, 1, 2, 3]),
            (1, To::Before(StoryId(4)), [2, 3, 1, 4]),
            (2, To::Before(StoryId(2)), [1, 2, 3, 4]),
            (9, To::Up, [1, 2, 3, 4]),
            (1, To::Before(StoryId(9)), [1, 2, 3, 4]),
        ] {
            assert_eq!(
                moved(&order, StoryId(story), to),
                ids(&expected),
                "{story} {to:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn an_order_stays_a_permutation_whatever_is_moved(moves in proptest::collection::vec((0_i64..12, 0_u8..4, 0_i64..12), 0..80)) {
            let begun = ids(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
            let mut order = begun.clone();
            for (story, kind, other) in moves {
                let to = match kind { 0 => To::Up, 1 => To::Down, 2 => To::End, _ => To::Before(StoryId(other)) };
                order = moved(&order, StoryId(story), to);
            }
            order.sort_unstable();
            prop_assert_eq!(order, begun);
        }

        /// Halving the gap between two floats breaks after some fifty moves into the same gap.
        #[test]
        fn r24_moves_into_one_and_the_same_gap_never_wear_it_out(count in 55_usize..400) {
            let mut order = ids(&[1, 2, 3]);
            for _ in 0..count {
                let last = *order.last().unwrap();
                let second = order[1];
                order = moved(&order, last, To::Before(second));
                prop_assert_eq!(order[1], last);
            }
        }
    }
}

//! Who sits where: a table has four sides, and those at the ends of a side sit a little nearer, so that it looks round.

/// So many have a place at the table; more stand in rows.
pub const PLACES: usize = 20;

/// The places along the sides, clockwise from the upper left: above, right, below, left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// Above, and below.
    pub long: (usize, usize),
    /// At the right, and as many at the left.
    pub short: usize,
}

/// Sets `people` around a table.
#[must_use]
pub fn sides(people: usize) -> Sides {
    let short = match people {
        0..=3 => 0,
        4..=9 => 1,
        10..=15 => 2,
        _ => 3,
    };
    let rest = people.saturating_sub(2 * short);
    Sides {
        long: (rest.div_ceil(2), rest / 2),
        short,
    }
}

/// How far the place `index` of a side of `count` moves towards the middle, from 0 to 3: nothing in the middle of the side,
/// most at its ends.
#[must_use]
pub fn bend(index: usize, count: usize) -> usize {
    if count < 3 {
        return 0;
    }
    let away = (2 * index + 1).abs_diff(count);
    (3 * away * away) / ((count - 1) * (count - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_one_place_and_the_sides_are_even() {
        for people in 0..=PLACES {
            let sides = sides(people);
            assert_eq!(sides.long.0 + sides.long.1 + 2 * sides.short, people, "{people}");
            assert!(sides.long.0.abs_diff(sides.long.1) <= 1, "{people}");
            assert!(sides.long.0 <= 7, "{people}");
        }
        assert_eq!((sides(8).long, sides(8).short), ((3, 3), 1));
    }

    #[test]
    fn a_side_bends_the_same_at_both_ends() {
        for count in 0..8 {
            let bends: Vec<usize> = (0..count).map(|index| bend(index, count)).collect();
            let mut back = bends.clone();
            back.reverse();
            assert_eq!(bends, back, "{count}");
            assert!(bends.iter().all(|bend| *bend <= 3), "{count}");
        }
        assert_eq!([0, 1, 2].map(|index| bend(index, 3)), [3, 0, 3]);
    }
}

//! Random bytes for what each answer carries. The system is asked for many at a time, since asking costs more than the bytes.

use std::cell::RefCell;

/// How many are asked for at a time.
const POOL: usize = 1_024;

struct Pool {
    bytes: [u8; POOL],
    /// How many were given away.
    given: usize,
}

thread_local! {
    static POOLED: RefCell<Pool> = const {
        RefCell::new(Pool { bytes: [0; POOL], given: POOL })
    };
}

/// Bytes of the system's randomness that nobody else was given; none where it has none to give.
pub fn random<const COUNT: usize>() -> Option<[u8; COUNT]> {
    POOLED.with_borrow_mut(|pool| {
        if pool.given + COUNT > POOL {
            getrandom::fill(&mut pool.bytes).ok()?;
            pool.given = 0;
        }
        let taken = pool.bytes.get_mut(pool.given..pool.given + COUNT)?;
        let mut bytes = [0; COUNT];
        bytes.copy_from_slice(taken);
        taken.fill(0);
        pool.given += COUNT;
        Some(bytes)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_given_twice() {
        let all: HashSet<[u8; 16]> = (0..1_000).filter_map(|_| random()).collect();
        assert_eq!(all.len(), 1_000);
        assert_eq!(random::<{ POOL + 1 }>(), None);
    }
}

//! When a certificate is renewed, when somebody is told, and how long a failure waits. Times are milliseconds since 1970.

use std::time::Duration;

/// A day.
pub const DAY: i64 = 86_400_000;
/// How often files and dates are looked at.
pub const EACH: Duration = Duration::from_mins(1);
/// After how long an order that failed is tried again, the first time. Let's Encrypt takes five failures an hour.
const FIRST_PAUSE: u64 = 120;
/// And the longest time.
const LONGEST_PAUSE: u64 = 6 * 3_600;

/// From when until when a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: i64,
    /// Its last.
    pub until: i64,
}

impl Span {
    /// When it is renewed: with a third of its life left.
    #[must_use]
    pub const fn renew_at(self) -> i64 {
        self.until - (self.until - self.from) / 3
    }

    /// Whether so little is left that somebody is to look: what renews it had half of its time already.
    ///
    /// Two weeks, and less for one that lives for less than twelve.
    #[must_use]
    pub const fn is_alarming(self, now: i64) -> bool {
        let sixth = (self.until - self.from) / 6;
        let most = if sixth < 14 * DAY { sixth } else { 14 * DAY };
        self.until - now < most
    }

    /// Whole days that are left; negative where it is over.
    #[must_use]
    pub const fn days_left(self, now: i64) -> i64 {
        (self.until - now).div_euclid(DAY)
    }
}

/// How long to wait after so many failures in a row.
///
/// * `chance`: any byte; it spreads those who failed together by a quarter.
#[must_use]
pub fn pause(failures: u32, chance: u8) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1_u64 << failures.saturating_sub(1).min(16));
    let whole = doubled.min(LONGEST_PAUSE);
    let spread = whole / 4 * u64::from(chance) / 255;
    Duration::from_secs(whole - whole / 8 + spread)
}

/// How long until dates are looked at again: a minute, or less where something is due before.
#[must_use]
pub fn until_next_look(now: i64, due: i64) -> Duration {
    let least = Duration::from_secs(1);
    let wait = Duration::from_millis(u64::try_from(due - now).unwrap_or(0));
    wait.clamp(least, EACH)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_certificate_is_renewed_with_a_third_of_its_life_left() {
        let quarter = Span {
            from: 0,
            until: 90 * DAY,
        };
        assert_eq!(quarter.renew_at(), 60 * DAY);
        assert_eq!(quarter.days_left(60 * DAY), 30);
        assert_eq!(quarter.days_left(90 * DAY + 1), -1);
    }

    #[test]
    fn somebody_is_told_when_half_of_the_time_for_renewing_is_over() {
        for (life, days_left, alarming) in [
            (365, 15, false),
            (365, 13, true),
            (90, 15, false),
            (90, 13, true),
            (30, 9, false),
            (30, 4, true),
            (6, 2, false),
            (6, 0, true),
        ] {
            let span = Span {
                from: 0,
                until: life * DAY,
            };
            assert_eq!(
                span.is_alarming((life - days_left) * DAY),
                alarming,
                "{life} {days_left}"
            );
        }
    }

    #[test]
    fn pauses_double_and_have_an_end() {
        assert_eq!(pause(1, 0), Duration::from_secs(105));
        assert_eq!(pause(1, 255), Duration::from_secs(135));
        assert_eq!(pause(2, 0), Duration::from_secs(210));
        assert_eq!(pause(40, 0), Duration::from_mins(315));
    }

    #[test]
    fn dates_are_looked_at_each_minute_and_when_something_is_due() {
        assert_eq!(until_next_look(0, 5_000), Duration::from_secs(5));
        assert_eq!(until_next_look(0, DAY), EACH);
        assert_eq!(until_next_look(DAY, 0), Duration::from_secs(1));
    }

    proptest! {
        #[test]
        fn a_pause_stays_within_an_eighth_of_what_it_is_about(failures in 1_u32..100, chance: u8) {
            let (least, most, this) = (pause(failures, 0), pause(failures, 255), pause(failures, chance));
            prop_assert!(least <= this && this <= most);
            prop_assert!(most <= Duration::from_mins(405));
        }
    }
}

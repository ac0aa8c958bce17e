//! How often somebody may try who is half in, or who has forgotten a password, and how long they wait then.

use std::time::Duration;

use super::checker::Checker;
use super::table::Setting;
use crate::clock::millis;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "SIGN_IN_TRIES_LAST_SECONDS",
        "3600",
        "Wrong passwords, codes and digits are forgotten when there was none for so long, from 60 to 86400.",
    ),
    Setting::open(
        "SIGN_IN_BEGINS_PER_MINUTE",
        "300",
        "How many passkeys, and ways through providers, may be begun a minute from one network address, from 10 to 100000.",
    ),
    Setting::open(
        "SECOND_STEP_FREE_TRIES",
        "5",
        "How many wrong codes of a second step in a row from one browser or place cost no wait, from 1 to 20.",
    ),
    Setting::open(
        "SECOND_STEP_FREE_TRIES_IN_ALL",
        "20",
        "How many from all unknown places together; beyond that they share one try for each first wait, from 1 to 1000.",
    ),
    Setting::open(
        "SECOND_STEP_FIRST_WAIT_SECONDS",
        "60",
        "The first of these waits, from 1 to 900; the next ones double.",
    ),
    Setting::open(
        "SECOND_STEP_LONGEST_WAIT_SECONDS",
        "900",
        "The longest of them, from 1 to 3600.",
    ),
    Setting::open(
        "RESET_LINK_SECONDS",
        "1800",
        "How long a link to a new password is good, from 300 to 86400.",
    ),
    Setting::open(
        "RESET_LETTERS_PER_HOUR",
        "5",
        "How many letters with such links an account gets an hour, whoever asks, from 1 to 100. Beyond that one leaves only where the newest link has lived half of its time.",
    ),
    Setting::open(
        "RESET_LETTER_PAUSE_SECONDS",
        "60",
        "How long before an account gets another, from 1 to 600.",
    ),
];

/// How often, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// After how long without any a wrong try is forgotten.
    pub tries_last: Duration,
    /// How many passkeys and ways through providers may be begun a minute at one place.
    pub begins_per_minute: usize,
    /// The second step.
    pub second_step: SecondStepWaits,
    /// Links to a new password.
    pub reset: ResetLimits,
}

/// How wrong codes of a second step are held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondStepWaits {
    /// Wrong ones in a row that cost nothing.
    pub free: i64,
    /// As many from all unknown places together.
    pub free_in_all: i64,
    /// What the first wait lasts, in milliseconds.
    pub first: i64,
    /// And the longest.
    pub longest: i64,
    /// Wrong ones are forgotten when there was none for so long.
    pub last: i64,
}

/// How often a link to a new password is sent, and how long it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetLimits {
    /// How long it is good, in milliseconds.
    pub lives: i64,
    /// How many letters an hour.
    pub most: i64,
    /// How long before the next, in milliseconds.
    pub pause: i64,
}

impl Waits {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let tries_last = check.seconds("SIGN_IN_TRIES_LAST_SECONDS", 60, 86_400);
        let first = check.seconds("SECOND_STEP_FIRST_WAIT_SECONDS", 1, 900);
        let longest = check.seconds("SECOND_STEP_LONGEST_WAIT_SECONDS", 1, 3_600);
        if longest < first {
            check.fault(
                "SECOND_STEP_LONGEST_WAIT_SECONDS must not be less than SECOND_STEP_FIRST_WAIT_SECONDS",
            );
        }
        let begins = check.number("SIGN_IN_BEGINS_PER_MINUTE", 10, 100_000);
        Self {
            tries_last,
            begins_per_minute: usize::try_from(begins).unwrap_or(usize::MAX),
            second_step: SecondStepWaits {
                free: count(check, "SECOND_STEP_FREE_TRIES", 20),
                free_in_all: count(check, "SECOND_STEP_FREE_TRIES_IN_ALL", 1_000),
                first: millis(first),
                longest: millis(longest),
                last: millis(tries_last),
            },
            reset: ResetLimits {
                lives: millis(check.seconds("RESET_LINK_SECONDS", 300, 86_400)),
                most: count(check, "RESET_LETTERS_PER_HOUR", 100),
                pause: millis(check.seconds("RESET_LETTER_PAUSE_SECONDS", 1, 600)),
            },
        }
    }
}

fn count(check: &mut Checker<'_>, name: &str, most: u64) -> i64 {
    i64::try_from(check.number(name, 1, most)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {

    use super::super::sources::Sources;
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Waits, Vec<String>) {
        let sources = Sources::environment(pairs);
        let mut faults = Vec::new();
        let mut check = Checker {
            sources: &sources,
            faults: &mut faults,
        };
        (Waits::read(&mut check), faults)
    }

    #[test]
    fn waits_stand_as_they_are_given_and_out_of_range_is_told() {
        let (waits, faults) = read(&[("SECOND_STEP_FREE_TRIES", "3"), ("RESET_LINK_SECONDS", "600")]);
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!((waits.second_step.free, waits.reset.lives), (3, 600_000));
        for wrong in [
            ("SECOND_STEP_FREE_TRIES", "0"),
            ("SECOND_STEP_FREE_TRIES", "21"),
            ("SECOND_STEP_LONGEST_WAIT_SECONDS", "30"),
            ("RESET_LETTERS_PER_HOUR", "many"),
            ("SIGN_IN_TRIES_LAST_SECONDS", "5"),
        ] {
            assert_eq!(read(&[wrong]).1.len(), 1, "{wrong:?}");
        }
    }
}

//! What is true of signing in: codes, and how long to wait.

use crate::accounts::spelling;

/// How many digits a code has.
pub const DIGITS: usize = 6;
/// How many letters a long code has, of 32 that are not mistaken for each other: 100 bits, which nobody guesses.
pub const LONG: usize = 20;
/// In groups of so many.
const GROUP: usize = 5;
/// Every number below this stands for as many byte triples as any other, so that no code is likelier.
const FAIR: u32 = 16_000_000;
const MILLION: u32 = 1_000_000;

/// Six digits from random bytes, or none where they must be drawn again: what is left over at the top of their range would
/// make some codes likelier than others.
#[must_use]
pub fn digits(bytes: [u8; 3]) -> Option<String> {
    let [high, middle, low] = bytes;
    let number = u32::from_be_bytes([0, high, middle, low]);
    (number < FAIR).then(|| format!("{:06}", number % MILLION))
}

/// The digits that somebody typed or pasted, with what mail programs put between them left out.
#[must_use]
pub fn typed_digits(text: &str) -> String {
    let between = |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{2011}' | '.');
    text.chars().filter(|c| !between(c)).take(DIGITS + 1).collect()
}

/// A long code from random bytes: `k3m9x-2qd7w-te4fa-b8n2c`.
#[must_use]
pub fn long_code(random: &[u8; LONG]) -> String {
    spelling::spelled(random, GROUP)
}

/// Whether what was typed, folded, has as many letters as a long code; anything else is a slip of the hand.
#[must_use]
pub fn is_long(folded: &str) -> bool {
    folded.chars().count() == LONG
}

/// What is left of a code. Codes are kept for whatever address is typed, so this tells nothing of whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It may be guessed so many times more.
    Tries(i64),
    /// It was guessed too often.
    Spent,
    /// Its time is up, or a newer one has ended it.
    Over,
}

impl Left {
    /// * `kept`: how often it was guessed, and until when it is good.
    /// * `most`: how often it may be guessed.
    #[must_use]
    pub const fn of(kept: Option<(i64, i64)>, most: i64, now: i64) -> Self {
        match kept {
            Some((_, until)) if until < now => Self::Over,
            Some((tries, _)) if tries >= most => Self::Spent,
            Some((tries, _)) => Self::Tries(most - tries),
            None => Self::Over,
        }
    }
}

/// Whether these are as many as a code has; fewer are a slip of the hand and no guess.
#[must_use]
pub fn are_whole(digits: &str) -> bool {
    digits.chars().count() == DIGITS && digits.chars().all(|digit| digit.is_ascii_digit())
}

/// How the waits between wrong tries grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// So many wrong tries cost nothing: people mistype.
    pub free: u32,
    /// No wait is longer, in milliseconds.
    pub longest: i64,
    /// What the first try from a new place waits while many strangers try one account, in milliseconds.
    pub pressed: i64,
    /// Wrong tries are forgotten when there was none for this long, in milliseconds.
    pub last: i64,
}

impl Ladder {
    /// The wait after so many wrong tries, in milliseconds: 1, 3, 5, 10 seconds, then double each time.
    #[must_use]
    pub fn wait(self, wrong: u32) -> i64 {
        let wait = match wrong.saturating_sub(self.free) {
            0 => 0,
            1 => 1_000,
            2 => 3_000,
            3 => 5_000,
            more => 10_000_i64.saturating_mul(1_i64 << (more - 4).min(20)),
        };
        wait.min(self.longest)
    }
}

/// The tries of one place on one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    wrong: u32,
    last: i64,
    open_at: i64,
}

impl Tries {
    /// Takes a try, which counts as wrong until [`Tries::right`] says otherwise, so that a hundred at once count as a hundred.
    /// A try that comes too early is not judged and lengthens nothing: who knocks without pause holds up nobody else.
    ///
    /// * `pressed`: whether many strangers try this account now.
    ///
    /// # Errors
    /// For how many milliseconds to wait.
    pub fn begin(&mut self, now: i64, ladder: Ladder, pressed: bool) -> Result<(), i64> {
        if self.last + ladder.last < now {
            *self = Self::default();
        }
        if self.open_at > now {
            return Err(self.open_at - now);
        }
        if pressed && self.last == 0 {
            self.wrong = ladder.free;
            self.last = now;
            self.open_at = now + ladder.pressed.min(ladder.longest);
            return Err(self.open_at - now);
        }
        self.wrong = self.wrong.saturating_add(1);
        self.last = now;
        self.open_at = now + ladder.wait(self.wrong);
        Ok(())
    }

    /// The try was right: the slate is clean.
    pub fn right(&mut self) {
        *self = Self::default();
    }
}

/// At most so many within a span of time, counted exactly.
#[derive(Clone, Debug, Default)]
pub struct Window(std::collections::VecDeque<i64>);

impl Window {
    /// Takes one more.
    ///
    /// # Errors
    /// For how many milliseconds to wait until there is room for it.
    pub fn take(&mut self, now: i64, most: usize, span: i64) -> Result<(), i64> {
        while self.0.front().is_some_and(|at| at + span <= now) {
            self.0.pop_front();
        }
        if let Some(at) = self.0.len().checked_sub(most).and_then(|at| self.0.get(at)) {
            return Err((at + span - now).max(1));
        }
        self.0.push_back(now);
        Ok(())
    }

    /// Gives back what was taken last.
    pub fn give_back(&mut self) {
        self.0.pop_back();
    }

    /// How many were taken within the span before `now`.
    #[must_use]
    pub fn count(&self, now: i64, span: i64) -> usize {
        self.0.iter().filter(|at| **at + span > now).count()
    }

    /// Since how many milliseconds none was taken; none where none ever was.
    #[must_use]
    pub fn quiet_for(&self, now: i64) -> Option<i64> {
        self.0.back().map(|at| now - at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_code_is_as_likely_as_any_other() {
        let mut counts = vec![0_u8; 1_000_000];
        for number in 0..1_u32 << 24 {
            let [_, high, middle, low] = number.to_be_bytes();
            if let Some(digits) = digits([high, middle, low]) {
                assert_eq!(digits.len(), DIGITS);
                counts[digits.parse::<usize>().unwrap()] += 1;
            }
        }
        assert!(counts.iter().all(|count| *count == 16));
    }

    #[test]
    fn digits_are_read_however_they_were_pasted() {
        for text in ["407123", " 407 123 ", "407-123", "407\u{a0}123\n"] {
            assert_eq!(typed_digits(text), "407123", "{text}");
        }
        assert_eq!(typed_digits("4071234567"), "4071234", "too many stay too many");
    }

    #[test]
    fn a_code_is_spent_after_five_guesses_and_over_after_its_time() {
        for (kept, left) in [
            (Some((0, 9)), Left::Tries(5)),
            (Some((4, 5)), Left::Tries(1)),
            (Some((5, 9)), Left::Spent),
            (Some((5, 4)), Left::Over),
            (Some((0, 4)), Left::Over),
            (None, Left::Over),
        ] {
            assert_eq!(Left::of(kept, 5, 5), left, "{kept:?}");
        }
    }

    #[test]
    fn three_digits_are_no_guess() {
        for (text, whole) in [
            ("407123", true),
            ("407", false),
            ("4071234", false),
            ("40712x", false),
            ("", false),
        ] {
            assert_eq!(are_whole(&typed_digits(text)), whole, "{text}");
        }
    }

    #[test]
    fn a_long_code_is_read_however_it_is_typed_and_is_whole_or_a_slip() {
        let code = long_code(&[7; LONG]);
        assert_eq!(code, "hhhhh-hhhhh-hhhhh-hhhhh");
        for typed in [
            code.clone(),
            code.to_uppercase(),
            code.replace('-', " "),
            code.replace('-', ""),
        ] {
            assert!(is_long(&spelling::folded(&typed)), "{typed}");
        }
        for slip in ["", "407123", "hhhhh-hhhhh-hhhhh", "hhhhh-hhhhh-hhhhh-hhhhhh"] {
            assert!(!is_long(&spelling::folded(slip)), "{slip}");
        }
    }

    const LADDER: Ladder = Ladder {
        free: 2,
        longest: 900_000,
        pressed: 10_000,
        last: 3_600_000,
    };

    #[test]
    fn waits_grow_from_a_second_to_a_quarter_of_an_hour() {
        let seconds: Vec<i64> = (0..14).map(|wrong| LADDER.wait(wrong) / 1_000).collect();
        assert_eq!(seconds, [0, 0, 0, 1, 3, 5, 10, 20, 40, 80, 160, 320, 640, 900]);
        assert_eq!(LADDER.wait(u32::MAX), 900_000);
    }

    #[test]
    fn a_try_that_comes_too_early_is_not_judged_and_lengthens_nothing() {
        let mut tries = Tries::default();
        for _ in 0..3 {
            assert_eq!(tries.begin(1_000, LADDER, false), Ok(()));
        }
        for _ in 0..100 {
            assert_eq!(tries.begin(1_400, LADDER, false), Err(600));
        }
        assert_eq!(tries.begin(2_000, LADDER, false), Ok(()));
        assert_eq!(tries.begin(2_000, LADDER, false), Err(3_000));
        tries.right();
        assert_eq!(tries.begin(2_000, LADDER, false), Ok(()));
    }

    #[test]
    fn under_pressure_a_new_place_waits_once_and_is_then_heard() {
        let mut tries = Tries::default();
        assert_eq!(tries.begin(1_000, LADDER, true), Err(10_000));
        assert_eq!(tries.begin(6_000, LADDER, true), Err(5_000));
        assert_eq!(tries.begin(11_000, LADDER, true), Ok(()));
        assert_eq!(
            tries.begin(11_000, LADDER, true),
            Err(1_000),
            "nothing is free then"
        );
    }

    proptest! {
        #[test]
        fn whoever_waits_as_told_is_always_heard(steps in prop::collection::vec((0_i64..100_000, any::<bool>()), 1..60)) {
            let (mut tries, mut now) = (Tries::default(), 1);
            for (pause, pressed) in steps {
                now += pause;
                if let Err(wait) = tries.begin(now, LADDER, pressed) {
                    prop_assert!(wait <= LADDER.longest);
                    prop_assert_eq!(tries.begin(now + wait, LADDER, pressed), Ok(()));
                    now += wait;
                }
            }
        }

        #[test]
        fn no_span_holds_more_than_the_window(gaps in prop::collection::vec(0_i64..30_000, 1..80)) {
            let (mut window, mut now, mut taken) = (Window::default(), 0, Vec::new());
            for gap in gaps {
                now += gap;
                match window.take(now, 10, 60_000) {
                    Ok(()) => taken.push(now),
                    Err(wait) => prop_assert!((1..=60_000).contains(&wait)),
                }
                prop_assert!(taken.iter().filter(|at| **at + 60_000 > now).count() <= 10);
            }
        }
    }
}

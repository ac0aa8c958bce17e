//! What is true of the second step: who owes one, which codes are right, and how long a wrong one waits.

use totp_rs::{Builder, Totp};

use crate::accounts::rules::Access;
use crate::accounts::spelling;

/// Bytes of an authenticator's key: what RFC 4226 recommends.
pub const KEY: usize = 20;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// How many letters a recovery code has: 60 bits.
const RECOVERY_LETTERS: usize = 12;

/// Of whom the organisation demands a second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Demand {
    /// Everybody decides for themselves.
    #[default]
    Nobody,
    /// Of administrators.
    Admins,
    /// Of managers and administrators.
    Managers,
    /// Of everybody.
    Everybody,
}

impl Demand {
    /// Every one, rising.
    pub const ALL: [Self; 4] = [Self::Nobody, Self::Admins, Self::Managers, Self::Everybody];

    /// As it is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Admins => "admins",
            Self::Managers => "managers",
            Self::Everybody => "everybody",
        }
    }

    /// For people who choose one.
    #[must_use]
    pub const fn explained(self) -> &'static str {
        match self {
            Self::Nobody => "Nobody: each decides alone",
            Self::Admins => "Administrators",
            Self::Managers => "Managers and administrators",
            Self::Everybody => "Everybody",
        }
    }

    /// The lowest level that owes one.
    #[must_use]
    pub const fn from_level(self) -> Option<Access> {
        match self {
            Self::Nobody => None,
            Self::Admins => Some(Access::Admin),
            Self::Managers => Some(Access::Manager),
            Self::Everybody => Some(Access::Viewer),
        }
    }

    /// Whether somebody with this access owes one.
    #[must_use]
    pub fn holds_for(self, access: Access) -> bool {
        self.from_level().is_some_and(|lowest| access >= lowest)
    }
}

impl std::str::FromStr for Demand {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::ALL
            .into_iter()
            .find(|demand| demand.as_str() == text)
            .ok_or("must be nobody, admins, managers or everybody")
    }
}

/// What somebody has to prove themselves a second time with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Means {
    /// An authenticator.
    pub authenticator: bool,
    /// At least one passkey.
    pub passkey: bool,
}

/// What stands between the first proof and a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    None,
    /// A code from the authenticator, a recovery code, or a passkey.
    Code,
    /// A passkey, which is all that they have. Whoever has only a first proof must not add something weaker to it.
    Passkey,
    /// Taking up an authenticator.
    Enrol,
}

/// The step that somebody with this access and these means owes.
#[must_use]
pub fn step(demand: Demand, access: Access, means: Means) -> Step {
    match (means.authenticator, means.passkey, demand.holds_for(access)) {
        (true, _, _) => Step::Code,
        (false, true, true) => Step::Passkey,
        (false, false, true) => Step::Enrol,
        (false, _, false) => Step::None,
    }
}

/// An authenticator with this key: six digits, thirty seconds, SHA-1, which is what every program understands.
fn authenticator(key: &[u8], account: &str) -> Option<Totp> {
    // A colon divides the issuer from the account.
    let account = account.replace(':', "_");
    Builder::new()
        .with_secret(key)
        .with_skew(1)
        .with_account_name(account)
        .with_issuer(Some("Ballast"))
        .build()
        .ok()
}

/// The address that an authenticator reads from the picture.
#[must_use]
pub fn address(key: &[u8], account: &str) -> Option<String> {
    authenticator(key, account)?.to_url().ok()
}

/// The key as people type it: in groups of four.
#[must_use]
pub fn key_text(key: &[u8]) -> String {
    let letters: Vec<char> = totp_rs::Secret::from(key).to_base32().chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// The time step whose code was typed, if it is this one, the one before or the one after, and later than `last`.
#[must_use]
pub fn right_step(key: &[u8], typed: &str, now: i64, last: i64) -> Option<i64> {
    let seconds = u64::try_from(now.checked_div(1_000)?).ok()?;
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let step = authenticator(key, "")?.check(&digits, seconds)?;
    i64::try_from(step).ok().filter(|step| *step > last)
}

/// Whether something typed means a code of an authenticator; else it means a recovery code.
#[must_use]
pub fn is_digits(typed: &str) -> bool {
    let letters: Vec<char> = typed.chars().filter(|c| !c.is_whitespace()).collect();
    letters.len() == 6 && letters.iter().all(char::is_ascii_digit)
}

/// A recovery code from random bytes: `k3m9-x2qd-7wte`.
#[must_use]
pub fn recovery_code(random: &[u8; RECOVERY_LETTERS]) -> String {
    spelling::spelled(random, 4)
}

/// Random bytes for a recovery code.
pub type Random = [u8; RECOVERY_LETTERS];

/// How wrong proofs are held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Wrong ones in a row that cost nothing.
    pub free: i64,
    /// As many from all unknown places together.
    pub free_in_all: i64,
    /// What the first wait lasts, in milliseconds.
    pub first: i64,
    /// And the longest.
    pub longest: i64,
}

/// How long to wait after the `tries`th proof in a row that was not right: nothing for the free ones, then the first wait,
/// doubled each time, and never more than the longest, so that nobody is locked out by somebody else.
#[must_use]
pub fn wait_after(waits: &Waits, tries: i64) -> i64 {
    let beyond = tries - waits.free;
    if beyond < 0 {
        return 0;
    }
    let doublings = u32::try_from(beyond.min(20)).unwrap_or(20);
    waits.first.saturating_mul(1_i64 << doublings).min(waits.longest)
}

/// How long to wait after the `tries`th wrong proof from unknown places together: the first wait beyond a mark, so that many
/// places guess no faster than one in that time, and whoever comes in anew meanwhile waits for it.
#[must_use]
pub const fn wait_of_all(waits: &Waits, tries: i64) -> i64 {
    if tries < waits.free_in_all { 0 } else { waits.first }
}

/// `in 1 minute`, for what must wait this many milliseconds.
#[must_use]
pub fn wait_words(wait: i64) -> String {
    let minutes = (wait + 59_999) / 60_000;
    if minutes <= 1 {
        "in a minute".to_owned()
    } else {
        format!("in {minutes} minutes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Seconds of a time step.
    const STEP: i64 = 30;
    /// The key of RFC 6238, appendix B.
    const RFC: &[u8; 20] = b"12345678901234567890";

    /// The time step of a moment in milliseconds.
    const fn step_of(now: i64) -> i64 {
        now / 1_000 / STEP
    }

    fn code(key: &[u8], step: i64) -> String {
        let seconds = u64::try_from(step * STEP).unwrap();
        authenticator(key, "a@example.org")
            .unwrap()
            .generate(seconds)
            .to_string()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // The last six digits of its table for SHA-1.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert!(
                right_step(RFC, expected, seconds * 1_000, 0).is_some(),
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_code_is_right_one_step_around_now_and_once() {
        let now = 1_795_003_200_000;
        let current = step_of(now);
        for (step, right) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(RFC, current + step);
            assert_eq!(right_step(RFC, &typed, now, 0).is_some(), right, "{step}");
        }
        let typed = code(RFC, current);
        assert_eq!(right_step(RFC, &typed, now, 0), Some(current));
        assert_eq!(right_step(RFC, &typed, now, current), None, "not again");
        let before = code(RFC, current - 1);
        assert_eq!(right_step(RFC, &before, now, current), None, "nor an earlier one");
        let spaced = format!(" {} {} ", &typed[..3], &typed[3..]);
        assert_eq!(right_step(RFC, &spaced, now, 0), Some(current));
        for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(right_step(RFC, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn who_owes_which_step() {
        let none = Means {
            authenticator: false,
            passkey: false,
        };
        let passkey = Means {
            passkey: true,
            ..none
        };
        let code = Means {
            authenticator: true,
            ..none
        };
        for (demand, access, means, expected) in [
            (Demand::Nobody, Access::Admin, none, Step::None),
            (Demand::Nobody, Access::Viewer, code, Step::Code),
            (Demand::Nobody, Access::Viewer, passkey, Step::None),
            (Demand::Admins, Access::Manager, none, Step::None),
            (Demand::Admins, Access::Admin, none, Step::Enrol),
            (Demand::Admins, Access::Admin, passkey, Step::Passkey),
            (Demand::Managers, Access::Manager, none, Step::Enrol),
            (Demand::Managers, Access::Member, none, Step::None),
            (Demand::Everybody, Access::Viewer, none, Step::Enrol),
            (Demand::Everybody, Access::Viewer, code, Step::Code),
        ] {
            assert_eq!(
                step(demand, access, means),
                expected,
                "{demand:?} {access:?} {means:?}"
            );
        }
    }

    #[test]
    fn the_picture_names_the_house_and_the_account() {
        let address = address(RFC, "ada@example.org").unwrap();
        assert!(
            address.starts_with("otpauth://totp/Ballast:ada%40example.org?"),
            "{address}"
        );
        assert!(address.contains("issuer=Ballast"), "{address}");
        assert_eq!(key_text(RFC), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn waits_grow_and_end() {
        let settings = Waits {
            free: 5,
            free_in_all: 20,
            first: 60_000,
            longest: 900_000,
        };
        let waits: Vec<i64> = (0..=11)
            .map(|tries| wait_after(&settings, tries) / 1_000)
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait_after(&settings, i64::MAX), 900_000);
        let of_all = [0, 19, 20, i64::MAX].map(|tries| wait_of_all(&settings, tries));
        assert_eq!(of_all, [0, 0, 60_000, 60_000]);
        assert_eq!(wait_words(60_000), "in a minute");
        assert_eq!(wait_words(60_001), "in 2 minutes");
    }

    #[test]
    fn six_digits_mean_the_authenticator_and_the_rest_a_recovery_code() {
        assert!(is_digits("123456") && is_digits(" 123 456 "));
        for other in ["", "12345", "1234567", "k3m9-x2qd-7wte", "234567892345"] {
            assert!(!is_digits(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_recovery_code_is_found_however_it_is_typed(random: Random) {
            let code = recovery_code(&random);
            prop_assert_eq!(code.len(), 14);
            prop_assert!(!is_digits(&code));
            let plain = code.replace('-', "");
            prop_assert_eq!(spelling::folded(&code), plain.clone());
            prop_assert_eq!(spelling::folded(&format!(" {} ", code.to_uppercase().replace('-', " "))), plain);
        }
    }
}

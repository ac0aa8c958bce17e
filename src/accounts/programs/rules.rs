//! What programs may do, and what the texts look like that they show.

use http::{HeaderMap, Method, header};
use sha2::{Digest, Sha256};

use crate::accounts::rules::Access;
use crate::secret::Secret;
use crate::units::Name;
use crate::web::Reader;

/// What every key begins with, so that people and scanners know one when they see it.
const PREFIX: &str = "blst_";
/// Without letters that look like others; 32 of them, so that five bits make one.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of the part by which a key is found.
const PUBLIC: usize = 10;
/// Letters that nobody guesses: 160 bits.
const HIDDEN: usize = 32;
/// Letters that tell a slip of the hand from a key.
const CHECK: usize = 6;

/// How many random bytes make a key.
pub const KEY_BYTES: usize = PUBLIC + HIDDEN;
/// How many keys an account has at most.
pub const MOST_KEYS: i64 = 50;
/// How many programs are signed in to an account at most; the longest unused ends where there would be more.
pub const MOST_FAMILIES: i64 = 100;
/// The longest life of a key, in days.
const MOST_DAYS: u16 = 365;
/// What the page offers.
pub const LIVES: [u16; 3] = [30, 90, 365];
/// The longest text that is looked at.
const LONGEST: usize = 4096;
/// For how long the renewal before the newest is taken as a race and not as a theft, in milliseconds.
const GRACE: i64 = 10_000;

/// What the key of a program allows; each allows all that the ones before it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Grant {
    /// Reads what a viewer sees, and changes nothing.
    #[default]
    Read,
    /// Also changes the plan.
    Plan,
    /// Also settings and accounts.
    Administer,
}

impl Grant {
    /// All, rising.
    pub const ALL: [Self; 3] = [Self::Read, Self::Plan, Self::Administer];

    /// As the database, JSON and forms write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Plan => "plan",
            Self::Administer => "administer",
        }
    }

    /// What it allows, for people who choose one.
    #[must_use]
    pub const fn explained(self) -> &'static str {
        match self {
            Self::Read => "Read: sees the plan, changes nothing",
            Self::Plan => "Plan: also changes the plan",
            Self::Administer => "Administer: also settings and accounts",
        }
    }

    /// The level above which a key with this scope does not rise, whoever made it.
    #[must_use]
    pub const fn most(self) -> Access {
        match self {
            Self::Read => Access::Viewer,
            Self::Plan => Access::Manager,
            Self::Administer => Access::Admin,
        }
    }

    /// The least level of an account for which a key with this scope makes sense.
    const fn least(self) -> Access {
        match self {
            Self::Read => Access::Viewer,
            Self::Plan => Access::Member,
            Self::Administer => Access::Admin,
        }
    }

    /// The scopes that somebody at this level may give.
    pub fn of(access: Access) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |scope| scope.least() <= access)
    }
}

impl std::str::FromStr for Grant {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or("must be read, plan or administer")
    }
}

/// How a visitor was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By the cookie of a browser's session.
    Session,
    /// By the access that a program signed in for, as its account.
    SignedIn,
    /// By a key with this scope.
    Key(Grant),
}

impl By {
    /// Whether it is a program that asks.
    #[must_use]
    pub const fn is_program(self) -> bool {
        !matches!(self, Self::Session)
    }

    /// What of an account's level is left.
    #[must_use]
    pub fn level(self, own: Access) -> Access {
        match self {
            Self::Session | Self::SignedIn => own,
            Self::Key(scope) => own.min(scope.most()),
        }
    }

    /// Whether a request is one that such a visitor may make at all; the table of routes says at which level.
    ///
    /// How an account is signed in to is for its owner's hands: no program changes it, and no key makes another.
    #[must_use]
    pub fn may_ask(self, method: &Method, path: &str) -> bool {
        match self {
            Self::Session => true,
            Self::SignedIn => !is_own_account(path),
            Self::Key(scope) => {
                !is_own_account(path)
                    && !is_below(path, "/api/v1/tokens")
                    && (scope > Grant::Read
                        || *method == Method::GET
                        || *method == Method::HEAD
                        || path == "/graphql")
            }
        }
    }
}

/// The pages of one's own account.
fn is_own_account(path: &str) -> bool {
    is_below(path, "/account") || is_below(path, "/api/v1/account")
}

fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a request shows as `Authorization: Bearer …`: none where it shows nothing of the kind, an error where it cannot
/// be read.
pub fn shown(headers: &HeaderMap) -> Option<Result<Secret, ()>> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let text = match (all.next(), all.next()) {
        (None, _) => return None,
        (Some(value), None) => value.to_str().unwrap_or("Bearer"),
        // Two of them: which one is meant is not ours to guess.
        (Some(_), Some(_)) => return Some(Err(())),
    };
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let rest = rest.trim();
    let fits = !rest.is_empty() && rest.len() <= LONGEST && rest.bytes().all(|byte| byte.is_ascii_graphic());
    Some(if fits {
        Ok(Secret::from(rest.to_owned()))
    } else {
        Err(())
    })
}

/// A key, as it is shown once.
pub struct ProgramKey {
    /// By which it is found and talked about: `blst_` and ten letters.
    pub public: String,
    /// The whole.
    pub whole: Secret,
}

impl ProgramKey {
    /// A key of random bytes.
    #[must_use]
    pub fn new(random: &[u8; KEY_BYTES]) -> Self {
        let letters: String = random.iter().map(|byte| letter(*byte)).collect();
        let public: String = letters.chars().take(PUBLIC).collect();
        let check = check_of(&letters);
        Self {
            public: format!("{PREFIX}{public}"),
            whole: Secret::from(format!("{PREFIX}{letters}{check}")),
        }
    }

    /// Reads a key; what does not look like one is told from a key that opens nothing without asking the database.
    #[must_use]
    pub fn read(text: &Secret) -> Option<Self> {
        let rest = text.expose().strip_prefix(PREFIX)?;
        if rest.len() != KEY_BYTES + CHECK || !rest.bytes().all(|byte| LETTERS.contains(&byte)) {
            return None;
        }
        let (letters, check) = rest.split_at_checked(KEY_BYTES)?;
        let public = letters.get(..PUBLIC)?;
        (check == check_of(letters)).then(|| Self {
            public: format!("{PREFIX}{public}"),
            whole: text.clone(),
        })
    }

    /// Under which it is kept.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.whole.expose().as_bytes()).to_vec()
    }
}

/// Whether a text is meant as a key, right or not.
pub fn is_like_a_key(text: &Secret) -> bool {
    text.expose().starts_with(PREFIX)
}

fn letter(byte: u8) -> char {
    LETTERS
        .get(usize::from(byte & 31))
        .map_or('0', |letter| char::from(*letter))
}

fn check_of(letters: &str) -> String {
    Sha256::digest(letters.as_bytes())
        .iter()
        .take(CHECK)
        .map(|byte| letter(*byte))
        .collect()
}

/// What somebody wants of a key.
#[derive(Clone, Debug, Default)]
pub struct KeyDraft {
    /// What it is for.
    pub name: String,
    /// What it allows.
    pub scope: Grant,
    /// How many days it lives.
    pub days: u16,
}

impl KeyDraft {
    /// Reads `name`, `scope` and `days`, for somebody at this level.
    pub fn read(reader: &mut Reader<'_>, access: Access) -> Self {
        let name = reader.parsed("name", |text| {
            Name::parse(text)
                .map_err(|error| error.to_string())
                .map(String::from)
        });
        let scope = reader
            .required("scope", "must be read, plan or administer")
            .unwrap_or_default();
        if !Grant::of(access).any(|allowed| allowed == scope) {
            reader.fault("scope", "is more than your account may do");
        }
        let days = reader.parsed("days", |text| {
            text.trim()
                .parse()
                .ok()
                .filter(|days| (1..=MOST_DAYS).contains(days))
                .ok_or("must be a number of days from 1 to 365")
        });
        Self { name, scope, days }
    }
}

/// Which renewal of a family something is, without its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The family.
    pub family: String,
    /// The how manieth.
    pub generation: i64,
}

impl Renewal {
    /// Reads `family.generation.tag`; the tag as it stands.
    #[must_use]
    pub fn read(text: &str) -> Option<(Self, &str)> {
        let mut parts = text.splitn(3, '.');
        let (family, generation, tag) = (parts.next()?, parts.next()?, parts.next()?);
        let plain = family.len() == 22
            && family
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        // Written in one way only: no sign, no leading zero.
        let number: i64 = generation.parse().ok()?;
        let fits = plain && number >= 0 && number.to_string() == generation && tag.len() <= 64;
        fits.then(|| {
            let renewal = Self {
                family: family.to_owned(),
                generation: number,
            };
            (renewal, tag)
        })
    }
}

/// What to do about a renewal that somebody shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the newest: the next one follows.
    Next,
    /// It was the newest a moment ago: two asked at once, and both get the newest.
    Again,
    /// It was used up before: somebody else has it too, and nobody knows who is who.
    Reused,
}

/// Judges a renewal against what is kept.
///
/// * `newest`: the newest generation, and when it was made, in milliseconds.
#[must_use]
pub const fn judged(generation: i64, (newest, made): (i64, i64), now: i64) -> Verdict {
    if generation == newest {
        Verdict::Next
    } else if generation + 1 == newest && now < made + GRACE {
        Verdict::Again
    } else {
        Verdict::Reused
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[test]
    fn a_scope_lowers_a_level_and_never_raises_it() {
        use Access::{Admin, Manager, Member, Viewer};
        for (scope, levels) in [
            (Grant::Read, [Viewer, Viewer, Viewer, Viewer]),
            (Grant::Plan, [Viewer, Member, Manager, Manager]),
            (Grant::Administer, [Viewer, Member, Manager, Admin]),
        ] {
            for (own, left) in Access::ALL.into_iter().zip(levels) {
                assert_eq!(By::Key(scope).level(own), left, "{scope:?} of {own:?}");
                assert_eq!(By::SignedIn.level(own), own);
            }
        }
    }

    #[test]
    fn what_a_program_may_ask_stands_in_this_table() {
        use By::{Key, Session, SignedIn};
        let all = [
            Session,
            SignedIn,
            Key(Grant::Read),
            Key(Grant::Plan),
            Key(Grant::Administer),
        ];
        for (method, path, may) in [
            (Method::GET, "/api/v1/people", [true, true, true, true, true]),
            (Method::HEAD, "/schedule", [true, true, true, true, true]),
            (Method::POST, "/graphql", [true, true, true, true, true]),
            (Method::POST, "/api/v1/hours", [true, true, false, true, true]),
            (
                Method::DELETE,
                "/api/v1/views/{id}",
                [true, true, false, true, true],
            ),
            (Method::POST, "/auth/logout", [true, true, false, true, true]),
            (Method::GET, "/accounts", [true, true, true, true, true]),
            (Method::GET, "/account", [true, false, false, false, false]),
            (
                Method::POST,
                "/account/programs",
                [true, false, false, false, false],
            ),
            (Method::GET, "/api/v1/tokens", [true, true, false, false, false]),
            (
                Method::DELETE,
                "/api/v1/tokens/{id}",
                [true, true, false, false, false],
            ),
        ] {
            for (by, may) in all.into_iter().zip(may) {
                assert_eq!(by.may_ask(&method, path), may, "{method} {path} by {by:?}");
            }
        }
    }

    #[test]
    fn a_header_shows_one_bearer_or_none() {
        let of = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            shown(&headers).map(|found| found.map(|text| text.expose().to_owned()))
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["Basic YTpi"]), None);
        assert_eq!(of(&["Bearer abc"]), Some(Ok("abc".to_owned())));
        assert_eq!(of(&["bearer  abc "]), Some(Ok("abc".to_owned())));
        for wrong in [
            &["Bearer"][..],
            &["Bearer "],
            &["Bearer a b"],
            &["Bearer a", "Bearer a"],
            &["Bearer ä"],
        ] {
            assert_eq!(of(wrong), Some(Err(())), "{wrong:?}");
        }
        assert_eq!(of(&[&format!("Bearer {}", "a".repeat(5000))]), Some(Err(())));
    }

    proptest! {
        #[test]
        fn a_key_is_read_as_it_was_made_and_no_slip_passes(random: [u8; 32], more: [u8; 10], at in 0_usize..53, to in 0_usize..32) {
            let mut bytes = [0_u8; KEY_BYTES];
            bytes[..32].copy_from_slice(&random);
            bytes[32..].copy_from_slice(&more);
            let key = ProgramKey::new(&bytes);
            let read = ProgramKey::read(&key.whole).unwrap();
            prop_assert_eq!(&read.public, &key.public);
            prop_assert_eq!(read.hash(), key.hash());
            prop_assert!(key.whole.expose().starts_with(&key.public));
            let mut slip = key.whole.expose().as_bytes().to_vec();
            slip[at] = LETTERS[to];
            let slip = String::from_utf8(slip).unwrap();
            if slip != key.whole.expose() {
                prop_assert!(ProgramKey::read(&secret(&slip)).is_none());
            }
            prop_assert!(ProgramKey::read(&secret(&key.whole.expose()[..at])).is_none());
        }
    }

    #[test]
    fn a_renewal_is_written_in_one_way() {
        let family = "AbCdEfGhIjKlMnOpQrSt-_";
        let read =
            |text: &str| Renewal::read(text).map(|(renewal, tag)| (renewal.generation, tag.to_owned()));
        assert_eq!(read(&format!("{family}.7.tag")), Some((7, "tag".to_owned())));
        for wrong in [
            "7.tag",
            ".7.tag",
            "{f}",
            "{f}.7",
            "{f}.+7.tag",
            "{f}.07.tag",
            "{f}.-7.tag",
            "{f}.x.tag",
            "{f}é.7.t",
        ] {
            assert_eq!(read(&wrong.replace("{f}", family)), None, "{wrong}");
        }
    }

    #[test]
    fn the_newest_renewal_is_good_the_one_before_for_ten_seconds_and_no_other() {
        let kept = (5, 100_000);
        for (generation, now, verdict) in [
            (5, 900_000_000, Verdict::Next),
            (4, 100_000, Verdict::Again),
            (4, 109_999, Verdict::Again),
            (4, 110_000, Verdict::Reused),
            (3, 100_000, Verdict::Reused),
            (0, 100_001, Verdict::Reused),
            // A copy of the database was put back: what it does not know is not trusted.
            (6, 100_000, Verdict::Reused),
        ] {
            assert_eq!(judged(generation, kept, now), verdict, "{generation} at {now}");
        }
    }
}

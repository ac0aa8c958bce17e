//! The keys that the environment may give: one for everything, earlier ones that are still recognised, and five that stand
//! for one use each.

use super::checker::Checker;
use super::table::Setting;
use crate::secret::Secret;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::secret(
        "SECRET_KEY",
        "The key that all others are made from, at least 50 characters. Blank keeps one in DATA_DIR/secret.key, made at the first start.",
    ),
    Setting::secret(
        "SECRET_KEY_FALLBACKS",
        "Earlier values of SECRET_KEY, between commas: what they signed or sealed is still recognised.",
    ),
    Setting::secret(
        "ACCESS_TOKEN_SECRET",
        "A key of its own for what programs sign in with, at least 32 characters; earlier ones behind it, between commas, are still recognised, as with the four below. Blank makes it from SECRET_KEY.",
    ),
    Setting::secret(
        "LOGIN_TOKEN_SECRET",
        "A key of its own for sign-in codes and links. Blank makes it from SECRET_KEY.",
    ),
    Setting::secret(
        "REFRESH_TOKEN_SECRET",
        "A key of its own for the cookies that renew a program's access. Blank makes it from SECRET_KEY.",
    ),
    Setting::secret(
        "FILE_TOKEN_SECRET",
        "A key of its own for what is sealed in the database. Blank makes it from SECRET_KEY.",
    ),
    Setting::secret(
        "APP_SECRET",
        "A key of its own for everything else: what guests of a poker room hold. Blank makes it from SECRET_KEY.",
    ),
];

/// Which uses share a key that can be given apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// What programs sign in with.
    Access,
    /// Sign-in codes and links.
    Login,
    /// What renews a program's access.
    Refresh,
    /// What is sealed in the database.
    File,
    /// Everything else.
    App,
}

const FAMILIES: [(Family, &str); 5] = [
    (Family::Access, "ACCESS_TOKEN_SECRET"),
    (Family::Login, "LOGIN_TOKEN_SECRET"),
    (Family::Refresh, "REFRESH_TOKEN_SECRET"),
    (Family::File, "FILE_TOKEN_SECRET"),
    (Family::App, "APP_SECRET"),
];

/// How long the one key must be.
const MASTER: usize = 50;
/// How long a key for one use must be.
const SINGLE: usize = 32;
/// How many different characters a key has at least.
const DISTINCT: usize = 5;

/// What examples and templates put where a key belongs.
const SAMPLES: [&str; 9] = [
    "django-insecure",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "your-secret",
    "your_secret",
    "example",
    "placeholder",
];

/// The keys, as far as the environment gives them.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The one that others are made from; none where Ballast keeps its own.
    pub master: Option<Secret>,
    /// Earlier ones, newest first.
    pub fallbacks: Vec<Secret>,
    /// Those that stand for one family, of each the newest first.
    pub own: Vec<(Family, Secret)>,
}

impl Secrets {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let master = check.secret("SECRET_KEY");
        let fallbacks: Vec<Secret> = check
            .list("SECRET_KEY_FALLBACKS")
            .into_iter()
            .map(Secret::from)
            .collect();
        let own: Vec<(&str, Family, Secret)> = FAMILIES
            .iter()
            .flat_map(|(family, name)| {
                let all = check.list(name).into_iter().map(Secret::from);
                all.map(|secret| (*name, *family, secret))
            })
            .collect();
        let named = master.iter().map(|secret| ("SECRET_KEY", MASTER, secret));
        let named = named.chain(
            fallbacks
                .iter()
                .map(|secret| ("SECRET_KEY_FALLBACKS", MASTER, secret)),
        );
        let named: Vec<_> = named
            .chain(own.iter().map(|(name, _, secret)| (*name, SINGLE, secret)))
            .collect();
        for (place, (name, least, secret)) in named.iter().enumerate() {
            if let Some(weakness) = weakness(secret, *least) {
                check.fault(format!("{name} {weakness}"));
            }
            let twin = named.iter().take(place).find(|(_, _, other)| other.is(secret));
            if let Some((other, _, _)) = twin {
                check.fault(format!(
                    "{name} and {other} hold the same; each use needs a key of its own"
                ));
            }
        }
        Self {
            own: own
                .into_iter()
                .map(|(_, family, secret)| (family, secret))
                .collect(),
            master,
            fallbacks,
        }
    }
}

/// Why a key that all others are made from is not good enough, if it is not.
#[must_use]
pub fn master_weakness(secret: &Secret) -> Option<String> {
    weakness(secret, MASTER)
}

/// Why a key is not good enough, if it is not.
fn weakness(secret: &Secret, least: usize) -> Option<String> {
    let text = secret.expose();
    let mut characters: Vec<char> = text.chars().collect();
    let length = characters.len();
    characters.sort_unstable();
    characters.dedup();
    let lower = text.to_lowercase();
    if length < least {
        Some(format!(
            "is too short: it has {length} characters and needs {least}; make one with: openssl rand -base64 {least}"
        ))
    } else if characters.len() < DISTINCT {
        Some(format!(
            "has fewer than {DISTINCT} different characters; make one with: openssl rand -base64 {least}"
        ))
    } else if SAMPLES.iter().any(|sample| lower.contains(sample)) {
        Some(format!(
            "looks like the sample of a template; make one with: openssl rand -base64 {least}"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {

    use super::super::{Config, Sources};

    const GOOD: &str = "wq8H2nVc5LrT0yXjB7mKd3PzGfS9uAe1ioQ4EvNhCtJbWxMk6R";

    fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
        let sources = Sources::environment(pairs);
        Config::from_sources(&sources).err().unwrap_or_default()
    }

    #[test]
    fn short_plain_and_sample_keys_are_refused_without_telling_them() {
        for weak in [
            &GOOD[1..],
            &"ab".repeat(30),
            &format!("django-insecure-{GOOD}"),
            &format!("changeme{GOOD}"),
        ] {
            let faults = faults(&[("SECRET_KEY", weak)]);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(
                faults
                    .iter()
                    .all(|fault| fault.starts_with("SECRET_KEY ") && !fault.contains(weak))
            );
        }
        assert!(faults(&[("SECRET_KEY", GOOD)]).is_empty());
    }

    #[test]
    fn five_keys_of_their_own_are_taken_and_equal_ones_refused() {
        let names = [
            "ACCESS_TOKEN_SECRET",
            "LOGIN_TOKEN_SECRET",
            "REFRESH_TOKEN_SECRET",
            "FILE_TOKEN_SECRET",
            "APP_SECRET",
        ];
        // As `openssl rand -base64 32` prints them: 44 characters.
        let values: Vec<String> = (0..5_usize)
            .map(|turn| format!("{}=", &GOOD[turn..turn + 43]))
            .collect();
        let pairs: Vec<(&str, &str)> = names
            .iter()
            .copied()
            .zip(values.iter().map(String::as_str))
            .collect();
        assert!(faults(&pairs).is_empty());
        let equal: Vec<(&str, &str)> = names.iter().map(|name| (*name, values[0].as_str())).collect();
        assert_eq!(faults(&equal).len(), 4);
    }

    #[test]
    fn an_earlier_key_of_its_own_stands_behind_the_newest() {
        let (new, old) = (format!("{}=", &GOOD[..43]), format!("{}=", &GOOD[5..48]));
        let both = format!("{new},{old}");
        let sources = Sources::environment(&[("FILE_TOKEN_SECRET", &both)]);
        let own = Config::from_sources(&sources).unwrap().secrets.own;
        let texts: Vec<&str> = own.iter().map(|(_, secret)| secret.expose()).collect();
        assert_eq!(texts, [new, old]);
        assert!(own.iter().all(|(family, _)| *family == super::Family::File));
        let weak = format!("{},short", &GOOD[..43]);
        assert_eq!(faults(&[("FILE_TOKEN_SECRET", &weak)]).len(), 1);
    }
}

//! The question whether a person knocks, as Cloudflare's Turnstile asks it.

use super::checker::Checker;
use super::table::Setting;
use crate::secret::Secret;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "TURNSTILE_SITE_KEY",
        "",
        "The public key of Cloudflare Turnstile. With both keys set, the two sign-in pages ask whether a person knocks.",
    ),
    Setting::secret("TURNSTILE_SECRET_KEY", "The other key of Cloudflare Turnstile."),
    Setting::open(
        "TURNSTILE_VERIFY_URL",
        "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        "Where an answer of Turnstile is looked at.",
    ),
];

/// How the keys begin that Cloudflare gives out for trying: each answers always the same.
const SAMPLES: [&str; 3] = ["1x000000", "2x000000", "3x000000"];

/// The question whether a person knocks; nobody is asked where its keys are blank.
#[derive(Clone, Default)]
pub struct Turnstile {
    /// Its keys.
    pub keys: Option<TurnstileKeys>,
    /// Where an answer is looked at.
    pub verify_url: String,
}

/// The two keys of Turnstile.
#[derive(Clone)]
pub struct TurnstileKeys {
    /// The one that stands in the page.
    pub site: String,
    /// The one that only Ballast and Cloudflare know.
    pub own: Secret,
    /// Whether these are the keys for trying, whose answers name no host of ours.
    pub sample: bool,
}

impl Turnstile {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let keys = match (
            check.text("TURNSTILE_SITE_KEY"),
            check.secret("TURNSTILE_SECRET_KEY"),
        ) {
            (None, None) => None,
            (Some(site), Some(own)) => {
                let sample = SAMPLES.iter().any(|start| own.expose().starts_with(start));
                if sample && check.production() {
                    check.fault(
                        "TURNSTILE_SECRET_KEY is one of the keys for trying, which let everybody through or nobody",
                    );
                }
                Some(TurnstileKeys { site, own, sample })
            }
            (Some(_), None) => {
                check.fault("TURNSTILE_SITE_KEY is set without TURNSTILE_SECRET_KEY; set both or none");
                None
            }
            (None, Some(_)) => {
                check.fault("TURNSTILE_SECRET_KEY is set without TURNSTILE_SITE_KEY; set both or none");
                None
            }
        };
        Self {
            keys,
            verify_url: check.text("TURNSTILE_VERIFY_URL").unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {

    use super::super::{Config, Sources};

    #[test]
    fn one_key_without_the_other_is_a_fault_and_so_is_a_sample_in_production() {
        let faults = |pairs: &[(&str, &str)]| {
            let sources = Sources::environment(pairs);
            Config::from_sources(&sources).err().unwrap_or_default()
        };
        let (site, own) = (
            ("TURNSTILE_SITE_KEY", "1x00000000000000000000AA"),
            ("TURNSTILE_SECRET_KEY", "1x0000000000000000000000000000000AA"),
        );
        assert_eq!(faults(&[site]).len(), 1);
        assert_eq!(faults(&[own]).len(), 1);
        assert!(faults(&[site, own]).is_empty());
        let production = [
            ("ENVIRONMENT", "production"),
            ("ALLOWED_HOSTS", "plan.example.org"),
        ];
        assert_eq!(faults(&[site, own, production[0], production[1]]).len(), 1);
    }
}

//! How people sign in.

use std::time::Duration;

use super::checker::Checker;
use super::table::Setting;
use crate::units::folded_domain;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "SIGN_IN_METHODS",
        "code,password,passkey",
        "What proves who somebody is: code (six digits by mail, where mail works), password, passkey. The first one is asked for first.",
    ),
    Setting::open(
        "ORG_ALLOWED_EMAIL_DOMAIN",
        "",
        "Domains whose addresses may sign in with a code or a password, such as example.org; several with commas. Exactly these, not what is below them. Blank allows every one.",
    ),
    Setting::open(
        "ORG_NEW_ACCOUNT_ACCESS",
        "none",
        "What somebody may do who has no account and signs in with a code sent to an allowed domain: viewer, member, or none, so that only those come in who have an account.",
    ),
    Setting::open(
        "ORG_ACCESS_TOKEN_TTL_SECONDS",
        "600",
        "How long six digits by mail are good, from 60 to 3600.",
    ),
    Setting::open(
        "ORG_CODE_RESEND_SECONDS",
        "30",
        "How long before six digits are sent to an address again, from 1 to 600.",
    ),
    Setting::open(
        "ORG_CODES_PER_HOUR",
        "5",
        "How often an hour they are sent to an address for one browser or place, from 1 to 100.",
    ),
    Setting::open(
        "ORG_CODES_PER_HOUR_IN_ALL",
        "20",
        "How often an hour they are sent to an address for all unknown places together, from 1 to 1000. Beyond that, and beyond the limit of a place, a letter carries a long code instead, which nobody guesses and no stranger can end.",
    ),
    Setting::open(
        "ORG_CODE_TRIES",
        "5",
        "How often six digits may be guessed before they open nothing any more, from 1 to 10.",
    ),
    Setting::open(
        "SIGN_IN_LONG_CODE_SECONDS",
        "1200",
        "How long a long code is good, from 300 to 3600. No second one leaves before half of that is over.",
    ),
    Setting::open(
        "SIGN_IN_TRIES_PER_MINUTE",
        "10",
        "How many sign-ins may be tried a minute from one network address (IPv6: from one /64), from 1 to 10000. Browsers that signed in before are counted by themselves.",
    ),
    Setting::open(
        "SIGN_IN_CODES_PER_MINUTE",
        "30",
        "How many letters with digits may be asked for a minute from one network address, from 1 to 10000.",
    ),
    Setting::open(
        "SIGN_IN_FREE_TRIES",
        "2",
        "How many wrong passwords for one account cost no wait, from 0 to 10. Then the waits are 1, 3, 5, 10 seconds, and double.",
    ),
    Setting::open(
        "SIGN_IN_LONGEST_WAIT_SECONDS",
        "900",
        "The longest of these waits, from 1 to 3600.",
    ),
    Setting::open(
        "SIGN_IN_PRESSURE_TRIES",
        "20",
        "After so many wrong passwords for one account in a quarter of an hour, from unknown places, every new place waits before its first, from 1 to 10000.",
    ),
    Setting::open(
        "SIGN_IN_PRESSURE_WAIT_SECONDS",
        "10",
        "How long it waits, once, from 1 to 60.",
    ),
    Setting::open(
        "ADMIN_PROOF_SECONDS",
        "1800",
        "How long a sign-in at /admin/login is good for administration, from 60 to 7200.",
    ),
    Setting::open(
        "PASSWORD_HASH_MILLISECONDS",
        "200",
        "How long one password is worked on, measured at the start, from 50 to 1000; 0 keeps to the least that is safe (19 MiB, 2 passes).",
    ),
];

/// What proves who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Six digits by mail.
    Code,
    /// A password.
    Password,
    /// A passkey.
    Passkey,
}

/// What somebody may do who has no account yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newcomers {
    /// Nothing: they need an account first.
    Refused,
    /// See the plan.
    Viewers,
    /// Also take part.
    Members,
}

/// How people sign in.
#[derive(Clone)]
pub struct SignIn {
    /// What proves who somebody is, the one that is asked for first before the others.
    pub methods: Vec<Method>,
    /// The domains whose addresses may come in, folded; none means every one.
    pub domains: Vec<String>,
    /// What somebody may do who has no account.
    pub newcomers: Newcomers,
    /// How long a code is good.
    pub code_lives: Duration,
    /// How long before the next one.
    pub code_pause: Duration,
    /// How many an hour.
    pub codes_per_hour: usize,
    /// How many an hour for all unknown places together.
    pub codes_in_all: usize,
    /// How often a code may be guessed.
    pub code_tries: i64,
    /// How long a long code is good.
    pub long_code_lives: Duration,
    /// How many tries a minute from one place.
    pub tries_per_minute: usize,
    /// How many requests for a code a minute from one place.
    pub codes_per_minute: usize,
    /// How many wrong tries cost nothing.
    pub free_tries: u32,
    /// The longest wait.
    pub longest_wait: Duration,
    /// How many wrong tries on one account make new places wait.
    pub pressure: usize,
    /// And how long these wait, once.
    pub pressure_wait: Duration,
    /// How long somebody is proven for administration.
    pub admin_proof: Duration,
    /// How long one password is worked on; none for the least that is safe.
    pub password_work: Option<Duration>,
}

impl SignIn {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let domains = domains(check);
        let newcomers = check.one_of(
            "ORG_NEW_ACCOUNT_ACCESS",
            &[
                ("none", Newcomers::Refused),
                ("viewer", Newcomers::Viewers),
                ("member", Newcomers::Members),
            ],
        );
        if newcomers != Newcomers::Refused && domains.is_empty() {
            check.fault("ORG_NEW_ACCOUNT_ACCESS would let the whole world in: set ORG_ALLOWED_EMAIL_DOMAIN, or leave it at none");
        }
        let work = check.number("PASSWORD_HASH_MILLISECONDS", 0, 1_000);
        if (1..50).contains(&work) {
            check.fault("PASSWORD_HASH_MILLISECONDS must be 0, or from 50 to 1000");
        }
        Self {
            methods: methods(check),
            domains,
            newcomers,
            code_lives: check.seconds("ORG_ACCESS_TOKEN_TTL_SECONDS", 60, 3_600),
            code_pause: check.seconds("ORG_CODE_RESEND_SECONDS", 1, 600),
            codes_per_hour: count(check, "ORG_CODES_PER_HOUR", 1, 100),
            codes_in_all: count(check, "ORG_CODES_PER_HOUR_IN_ALL", 1, 1_000),
            code_tries: i64::try_from(check.number("ORG_CODE_TRIES", 1, 10)).unwrap_or(1),
            long_code_lives: check.seconds("SIGN_IN_LONG_CODE_SECONDS", 300, 3_600),
            tries_per_minute: count(check, "SIGN_IN_TRIES_PER_MINUTE", 1, 10_000),
            codes_per_minute: count(check, "SIGN_IN_CODES_PER_MINUTE", 1, 10_000),
            free_tries: u32::try_from(check.number("SIGN_IN_FREE_TRIES", 0, 10)).unwrap_or(0),
            longest_wait: check.seconds("SIGN_IN_LONGEST_WAIT_SECONDS", 1, 3_600),
            pressure: count(check, "SIGN_IN_PRESSURE_TRIES", 1, 10_000),
            pressure_wait: check.seconds("SIGN_IN_PRESSURE_WAIT_SECONDS", 1, 60),
            admin_proof: check.seconds("ADMIN_PROOF_SECONDS", 60, 7_200),
            password_work: (work > 0).then(|| Duration::from_millis(work)),
        }
    }

    /// Whether a folded address may come in: what follows its `@` is one of the domains, exactly.
    #[must_use]
    pub fn allows(&self, email: &str) -> bool {
        let domain = || email.rsplit_once('@').map(|(_, domain)| domain);
        self.domains.is_empty() || domain().is_some_and(|domain| self.domains.iter().any(|own| own == domain))
    }

    /// Whether this is one of the ways.
    #[must_use]
    pub fn has(&self, method: Method) -> bool {
        self.methods.contains(&method)
    }
}

fn count(check: &mut Checker<'_>, name: &str, least: u64, most: u64) -> usize {
    usize::try_from(check.number(name, least, most)).unwrap_or(usize::MAX)
}

fn methods(check: &mut Checker<'_>) -> Vec<Method> {
    let mut methods = Vec::new();
    for word in check.list("SIGN_IN_METHODS") {
        let method = match word.to_ascii_lowercase().as_str() {
            "code" => Method::Code,
            "password" => Method::Password,
            "passkey" => Method::Passkey,
            _ => {
                check.fault("SIGN_IN_METHODS must be some of: code, password, passkey");
                continue;
            }
        };
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods
}

fn domains(check: &mut Checker<'_>) -> Vec<String> {
    let mut domains = Vec::new();
    for text in check.list("ORG_ALLOWED_EMAIL_DOMAIN") {
        match folded_domain(text.strip_prefix('@').unwrap_or(&text)) {
            Some(domain) => domains.push(domain),
            None => check.fault(format!(
                "ORG_ALLOWED_EMAIL_DOMAIN must be domains such as example.org; “{text}” is none"
            )),
        }
    }
    domains
}

#[cfg(test)]
mod tests {

    use super::super::sources::Sources;
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (SignIn, Vec<String>) {
        let sources = Sources::environment(pairs);
        let mut faults = Vec::new();
        let mut check = Checker {
            sources: &sources,
            faults: &mut faults,
        };
        (SignIn::read(&mut check), faults)
    }

    #[test]
    fn only_the_very_domain_is_allowed() {
        let (settings, faults) = read(&[("ORG_ALLOWED_EMAIL_DOMAIN", "WellTech.com, @Bücher.example")]);
        assert!(faults.is_empty(), "{faults:?}");
        for (email, allowed) in [
            ("a@welltech.com", true),
            ("a@xn--bcher-kva.example", true),
            ("a@welltech.com.evil.io", false),
            ("a@sub.welltech.com", false),
            ("a@evilwelltech.com", false),
            ("\"a@welltech.com\"@evil.io", false),
            ("a@welltech.com.", false),
            ("welltech.com", false),
            ("", false),
        ] {
            assert_eq!(settings.allows(email), allowed, "{email}");
        }
        assert!(read(&[]).0.allows("a@anywhere.example"));
    }

    #[test]
    fn ways_in_that_cannot_be_are_told() {
        for wrong in [
            [("ORG_ALLOWED_EMAIL_DOMAIN", "*.example.org")],
            [("ORG_ALLOWED_EMAIL_DOMAIN", "localhost")],
            [("ORG_NEW_ACCOUNT_ACCESS", "viewer")],
            [("SIGN_IN_METHODS", "code,magic")],
            [("PASSWORD_HASH_MILLISECONDS", "20")],
        ] {
            assert_eq!(read(&wrong).1.len(), 1, "{wrong:?}");
        }
        assert_eq!(
            read(&[("SIGN_IN_METHODS", "password code password")]).0.methods,
            [Method::Password, Method::Code]
        );
    }
}

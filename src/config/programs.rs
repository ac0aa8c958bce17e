//! How programs sign in.

use std::time::Duration;

use super::checker::Checker;
use super::table::Setting;

/// Above this many minutes an access is worth stealing.
const LONG: u64 = 30;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "JWT_ACCESS_MINUTES",
        "15",
        "How long the access lasts that a program signs in for, from 1 to 60 minutes. 15 to 30 is right for production.",
    ),
    Setting::open(
        "JWT_REFRESH_DAYS",
        "14",
        "How many days a program may renew its access before it must sign in again, from 1 to 90.",
    ),
    Setting::open(
        "COOKIE_REFRESH_AUTH",
        "true",
        "What renews access is kept in a cookie that scripts cannot read. There is no other way, so false is refused.",
    ),
];

/// How programs sign in.
#[derive(Clone)]
pub struct Programs {
    /// How long an access lasts.
    pub access: Duration,
    /// How long it can be renewed.
    pub refresh: Duration,
}

impl Programs {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        if !check.flag("COOKIE_REFRESH_AUTH") {
            check.fault(
                "COOKIE_REFRESH_AUTH must be true: what renews access is kept in a cookie that scripts cannot read, \
                 and nowhere else",
            );
        }
        Self {
            access: Duration::from_secs(check.number("JWT_ACCESS_MINUTES", 1, 60) * 60),
            refresh: Duration::from_secs(check.number("JWT_REFRESH_DAYS", 1, 90) * 86_400),
        }
    }

    /// What is allowed and not wise.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let minutes = self.access.as_secs() / 60;
        (minutes > LONG).then(|| {
            format!("JWT_ACCESS_MINUTES is {minutes}: an access that leaks is good for that long; 15 to {LONG} is right")
        })
    }
}

#[cfg(test)]
mod tests {

    use super::super::{Config, Sources};

    fn read(minutes: &str) -> Result<Config, Vec<String>> {
        Config::from_sources(&Sources::environment(&[("JWT_ACCESS_MINUTES", minutes)]))
    }

    #[test]
    fn an_access_lasts_from_one_minute_to_sixty_and_is_warned_of_above_thirty() {
        for (minutes, warned) in [
            ("1", false),
            ("15", false),
            ("30", false),
            ("31", true),
            ("60", true),
        ] {
            let programs = read(minutes).ok().unwrap().programs;
            assert_eq!(programs.access.as_secs() / 60, minutes.parse::<u64>().unwrap());
            assert_eq!(programs.warning().is_some(), warned, "{minutes}");
        }
        for minutes in ["0", "61", "-1", "fifteen", "15.5"] {
            let faults = read(minutes).err().unwrap();
            assert!(
                faults.iter().any(|fault| fault.contains("JWT_ACCESS_MINUTES")),
                "{faults:?}"
            );
        }
    }
}

//! The table of all settings, put together from the groups.

use std::fmt::Write as _;

use super::{
    backup, edge, files, headers, jobs, limits, mail, oidc, programs, secrets, server, sign_in, tls,
    turnstile, waits, watch,
};

/// One line of the table.
pub(super) struct Setting {
    /// Its name in the environment.
    pub name: &'static str,
    /// What it is where nobody says.
    pub default: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Whether its value is shown to nobody.
    pub secret: bool,
}

impl Setting {
    /// A setting that anybody may read.
    pub const fn open(name: &'static str, default: &'static str, help: &'static str) -> Self {
        Self {
            name,
            default,
            help,
            secret: false,
        }
    }

    /// A setting whose value is shown to nobody. Blank where nobody sets it.
    pub const fn secret(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            default: "",
            help,
            secret: true,
        }
    }
}

/// Every setting. `.env.example`, the README and `config dump` are printed from this.
pub(super) fn all() -> impl Iterator<Item = &'static Setting> {
    [
        server::SETTINGS,
        tls::SETTINGS,
        secrets::SETTINGS,
        edge::SETTINGS,
        headers::SETTINGS,
        limits::SETTINGS,
        watch::SETTINGS,
        jobs::SETTINGS,
        backup::SETTINGS,
        files::SETTINGS,
        mail::SETTINGS,
        sign_in::SETTINGS,
        waits::SETTINGS,
        turnstile::SETTINGS,
        oidc::SETTINGS,
        programs::SETTINGS,
    ]
    .into_iter()
    .flatten()
}

/// Names under which the systems that Ballast replaces had some of them.
const ALSO: [(&str, &str); 7] = [
    ("SECURE_HSTS_SECONDS", "HSTS_SECONDS"),
    ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "HSTS_INCLUDE_SUBDOMAINS"),
    ("SECURE_HSTS_PRELOAD", "HSTS_PRELOAD"),
    ("DJANGO_SECRET_KEY", "SECRET_KEY"),
    ("DJANGO_ALLOWED_HOSTS", "ALLOWED_HOSTS"),
    ("DJANGO_CSRF_TRUSTED_ORIGINS", "CSRF_TRUSTED_ORIGINS"),
    ("DJANGO_SECURE_COOKIES", "SECURE_COOKIES"),
];

/// The setting of this name, or of one that stands for it.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    let name = ALSO
        .iter()
        .find(|(other, _)| *other == name)
        .map_or(name, |(_, own)| own);
    all().find(|setting| setting.name == name)
}

/// What `.env.example` holds: every setting with its default and what it is for.
#[must_use]
pub fn example() -> String {
    let mut text =
        String::from("# Every setting of Ballast, with its default. Printed by: ballast config example\n");
    for setting in all() {
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n# {}\n#{}={}\n",
            setting.help, setting.name, setting.default
        );
    }
    text
}

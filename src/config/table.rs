//! The table of all settings, put together from the groups.

use std::fmt::Write as _;

use super::{edge, mail, oidc, programs, secrets, server, sign_in, turnstile};

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
        secrets::SETTINGS,
        edge::SETTINGS,
        mail::SETTINGS,
        sign_in::SETTINGS,
        turnstile::SETTINGS,
        oidc::SETTINGS,
        programs::SETTINGS,
    ]
    .into_iter()
    .flatten()
}

/// The setting of this name.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
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

//! Who stands between the world and the pages, under which names and from which pages Ballast is asked, and whether it asks
//! who comes.

use jiff::Timestamp;

use super::checker::Checker;
use super::table::Setting;
use crate::web::edge::{Hosts, Origins, Pattern, Proxies, Unusable, Written, host_of};

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "TRUSTED_PROXIES",
        "",
        "Networks or addresses of the proxies in front, between commas, and the words fly and cloudflare for theirs. Only these may say in X-Forwarded-For and X-Forwarded-Proto for whom they speak.",
    ),
    Setting::open(
        "FORWARDED_HEADER",
        "x-forwarded-for",
        "Which header those proxies write: x-forwarded-for, or forwarded (RFC 7239). What the other one says is somebody's invention.",
    ),
    Setting::open(
        "ALLOWED_HOSTS",
        "",
        "Names that Ballast answers under, between commas. A leading *. or . stands for one or more labels, any other * stays inside its label. Needed in production; blank at a desk means this machine and bare addresses.",
    ),
    Setting::open(
        "CSRF_TRUSTED_ORIGINS",
        "",
        "Other origins whose pages may change things here, such as https://*.example.org, with the same stars. Blank means Ballast's own pages only.",
    ),
    Setting::open(
        "ALLOW_PUBLIC_SUFFIX_WILDCARD",
        "false",
        "true takes wildcards such as *.fly.dev, under which anybody can have a name.",
    ),
    Setting::open(
        "CORS_ALLOWED_ORIGINS",
        "",
        "Origins whose pages may read the interface for programs, each written out, such as https://board.example.org.",
    ),
    Setting::open(
        "CORS_ALLOW_CREDENTIALS",
        "false",
        "Whether those pages may send cookies along. Not together with *.",
    ),
    Setting::open(
        "AUTH_ENFORCED",
        "true",
        "false lets everybody read the plan without signing in, while a change is under way. In production only until AUTH_ENFORCED_OFF_UNTIL.",
    ),
    Setting::open(
        "AUTH_ENFORCED_OFF_UNTIL",
        "",
        "When AUTH_ENFORCED=false ends by itself, such as 2026-11-20T18:00:00Z; at most 72 hours ahead.",
    ),
];

/// How far ahead strangers may be let in.
const MOST_OPEN_HOURS: i64 = 72;

/// Who stands between the world and the pages, and who may ask from where.
#[derive(Clone, Default)]
pub struct Edge {
    /// The machines that may say for whom they speak.
    pub proxies: Proxies,
    /// The names that Ballast answers under.
    pub hosts: Hosts,
    /// Other origins whose pages may change things here.
    pub origins: Origins,
    /// Other origins whose pages may read the interface for programs.
    pub shared: Shared,
    /// Whether strangers may read.
    pub strangers: Strangers,
    /// Whether wildcards may reach names that anybody can have.
    pub anybody: bool,
    /// What `ballast check` says of these settings although they are taken.
    pub remarks: Vec<String>,
}

/// Other origins whose pages may read the interface for programs.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Each written out, or `*`.
    pub origins: Vec<String>,
    /// Whether cookies come along.
    pub with_cookies: bool,
}

/// Whether people who have not signed in may read the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strangers {
    /// They sign in first.
    #[default]
    SignIn,
    /// They read, while this stands so in the settings. Never in production.
    Read,
    /// They read until then.
    ReadUntil(Timestamp),
}

impl Strangers {
    /// Whether they read at this moment, in milliseconds.
    #[must_use]
    pub fn read(self, now: i64) -> bool {
        match self {
            Self::SignIn => false,
            Self::Read => true,
            Self::ReadUntil(end) => now < end.as_millisecond(),
        }
    }

    /// What is wrong with it at the start, now being in milliseconds.
    #[must_use]
    pub fn fault(self, now: i64) -> Option<String> {
        let Self::ReadUntil(end) = self else {
            return None;
        };
        (end.as_millisecond() - now > MOST_OPEN_HOURS * 3_600_000).then(|| {
            format!("AUTH_ENFORCED_OFF_UNTIL is more than {MOST_OPEN_HOURS} hours ahead; a shorter time is enough for a change")
        })
    }

    /// What is said loudly while it stands so.
    #[must_use]
    pub fn warning(self, now: i64) -> Option<String> {
        let until = match self {
            Self::SignIn => return None,
            Self::Read => String::new(),
            Self::ReadUntil(end) => format!(" until {end}"),
        };
        self.read(now).then(|| {
            format!("AUTH_ENFORCED=false: everybody who reaches this Ballast reads the whole plan without signing in{until}")
        })
    }
}

impl Edge {
    pub(super) fn read(check: &mut Checker<'_>) -> Self {
        let anybody = check.flag("ALLOW_PUBLIC_SUFFIX_WILDCARD");
        let production = check.production();
        let mut remarks = Vec::new();
        Self {
            proxies: proxies(check),
            hosts: hosts(check, anybody, production, &mut remarks),
            origins: origins(check, anybody, &mut remarks),
            shared: shared(check),
            strangers: strangers(check, production),
            anybody,
            remarks,
        }
    }
}

fn proxies(check: &mut Checker<'_>) -> Proxies {
    let written = check.one_of(
        "FORWARDED_HEADER",
        &[
            ("x-forwarded-for", Written::XForwardedFor),
            ("forwarded", Written::Forwarded),
        ],
    );
    Proxies::read(&check.list("TRUSTED_PROXIES"), written).unwrap_or_else(|entry| {
        check.fault(format!(
            "TRUSTED_PROXIES has {entry}, which is no network such as 10.0.0.0/8, no address, and not fly or cloudflare"
        ));
        Proxies::default()
    })
}

/// The sentence about a pattern that cannot be used.
fn unusable(name: &str, entry: &str, why: Unusable, example: &str) -> String {
    match why {
        Unusable::NoHost => format!("{name} has {entry}, which is not as {example}"),
        Unusable::Public => format!(
            "{name} has {entry}, under which anybody can have a name; write out more of it, or set ALLOW_PUBLIC_SUFFIX_WILDCARD=true"
        ),
    }
}

fn hosts(check: &mut Checker<'_>, anybody: bool, production: bool, remarks: &mut Vec<String>) -> Hosts {
    let mut patterns = Vec::new();
    for entry in check.list("ALLOWED_HOSTS") {
        match Pattern::read(&entry, anybody) {
            Ok(pattern) => {
                if pattern.touches_strangers() {
                    remarks.push(format!(
                        "ALLOWED_HOSTS has {entry}: others can have such a name too, and pages under it count as yours"
                    ));
                }
                patterns.push(pattern);
            }
            Err(why) => check.fault(unusable(
                "ALLOWED_HOSTS",
                &entry,
                why,
                "plan.example.org or *.example.org",
            )),
        }
    }
    let public = check.text("PUBLIC_URL");
    let public = public
        .as_deref()
        .and_then(|url| host_of(url.split_once("://")?.1));
    if patterns.is_empty() {
        if production {
            check.fault(
                "ALLOWED_HOSTS must name the hosts that Ballast answers under in production, such as plan.example.org",
            );
        }
        let own = public.and_then(|(host, _)| Pattern::read(&host, true).ok());
        return Hosts::at_a_desk(own.into_iter().collect());
    }
    let hosts = Hosts::of(patterns);
    if let Some((host, _)) = public.filter(|(host, _)| !hosts.allow(host)) {
        check.fault(format!(
            "ALLOWED_HOSTS does not have {host}, the host of PUBLIC_URL: no link in a mail would open"
        ));
    }
    hosts
}

fn origins(check: &mut Checker<'_>, anybody: bool, remarks: &mut Vec<String>) -> Origins {
    let mut origins = Origins::default();
    for entry in check.list("CSRF_TRUSTED_ORIGINS") {
        if let Err(why) = origins.add(&entry, anybody) {
            check.fault(unusable(
                "CSRF_TRUSTED_ORIGINS",
                &entry,
                why,
                "https://plan.example.org or https://*.example.org",
            ));
        } else if entry
            .split_once("://")
            .and_then(|(_, host)| Pattern::read(host, true).ok())
            .is_some_and(|pattern| pattern.touches_strangers())
        {
            remarks.push(format!(
                "CSRF_TRUSTED_ORIGINS has {entry}: others can have such a name too, and their pages could change things here"
            ));
        }
    }
    if let Some(public) = check.text("PUBLIC_URL") {
        // A public address that is no origin is told of where it is read.
        let _ = origins.add(public.trim_end_matches('/'), true);
    }
    origins
}

fn shared(check: &mut Checker<'_>) -> Shared {
    let shared = Shared {
        origins: check.list("CORS_ALLOWED_ORIGINS"),
        with_cookies: check.flag("CORS_ALLOW_CREDENTIALS"),
    };
    for entry in &shared.origins {
        if entry == "*" {
            if shared.with_cookies {
                check.fault(
                    "CORS_ALLOWED_ORIGINS is * while CORS_ALLOW_CREDENTIALS is true: then every page in the world could read what a visitor may",
                );
            }
        } else if entry.contains('*') || crate::web::edge::Origin::read(entry).is_none() {
            check.fault(format!(
                "CORS_ALLOWED_ORIGINS has {entry}; each origin is written out, such as https://board.example.org"
            ));
        }
    }
    shared
}

fn strangers(check: &mut Checker<'_>, production: bool) -> Strangers {
    let until = check.text("AUTH_ENFORCED_OFF_UNTIL");
    if check.flag("AUTH_ENFORCED") {
        return Strangers::SignIn;
    }
    match until {
        Some(text) => text.parse().map_or_else(
            |_| {
                check.fault("AUTH_ENFORCED_OFF_UNTIL must be a moment such as 2026-11-20T18:00:00Z");
                Strangers::SignIn
            },
            Strangers::ReadUntil,
        ),
        None if production => {
            check.fault(
                "AUTH_ENFORCED=false needs AUTH_ENFORCED_OFF_UNTIL in production, at most 72 hours ahead",
            );
            Strangers::SignIn
        }
        None => Strangers::Read,
    }
}

#[cfg(test)]
mod tests {

    use super::super::{Config, Sources};

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_sources(&Sources::environment(pairs))
    }

    fn fault(pairs: &[(&str, &str)]) -> String {
        read(pairs).err().unwrap_or_default().join("\n")
    }

    const REFUSED: &[(&[(&str, &str)], &str)] = &[
        (&[("ENVIRONMENT", "production")], "ALLOWED_HOSTS must name"),
        (&[("ALLOWED_HOSTS", "*.fly.dev")], "anybody can have a name"),
        (
            &[("ALLOWED_HOSTS", "https://plan.example.org")],
            "which is not as",
        ),
        (
            &[("CSRF_TRUSTED_ORIGINS", "https://*.github.io")],
            "anybody can have a name",
        ),
        (&[("CSRF_TRUSTED_ORIGINS", "plan.example.org")], "which is not as"),
        (&[("TRUSTED_PROXIES", "nginx")], "TRUSTED_PROXIES has nginx"),
        (
            &[("CORS_ALLOWED_ORIGINS", "https://*.example.org")],
            "each origin is written out",
        ),
        (
            &[("CORS_ALLOWED_ORIGINS", "*"), ("CORS_ALLOW_CREDENTIALS", "true")],
            "every page in the world",
        ),
        (
            &[
                ("ALLOWED_HOSTS", "a.example.org"),
                ("PUBLIC_URL", "https://b.example.org"),
            ],
            "no link in a mail would open",
        ),
        (
            &[
                ("ENVIRONMENT", "production"),
                ("ALLOWED_HOSTS", "a.example.org"),
                ("AUTH_ENFORCED", "false"),
            ],
            "needs AUTH_ENFORCED_OFF_UNTIL",
        ),
        (
            &[("AUTH_ENFORCED", "false"), ("AUTH_ENFORCED_OFF_UNTIL", "soon")],
            "must be a moment",
        ),
    ];

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_name() {
        for (pairs, expected) in REFUSED {
            let fault = fault(pairs);
            assert!(fault.contains(expected), "{pairs:?}: {fault}");
        }
        for pairs in [
            &[
                ("ALLOWED_HOSTS", "*.fly.dev"),
                ("ALLOW_PUBLIC_SUFFIX_WILDCARD", "true"),
            ][..],
            &[
                ("ENVIRONMENT", "production"),
                ("ALLOWED_HOSTS", "plan.example.org"),
            ],
            &[("CORS_ALLOWED_ORIGINS", "*")],
            &[("TRUSTED_PROXIES", "fly, cloudflare 10.0.0.0/8")],
            &[
                ("ALLOWED_HOSTS", "*.example.org"),
                ("PUBLIC_URL", "https://b.example.org/"),
            ],
        ] {
            assert_eq!(fault(pairs), "", "{pairs:?}");
        }
    }

    #[test]
    fn a_name_that_others_can_have_too_is_remarked_upon() {
        let config = read(&[
            ("ALLOWED_HOSTS", "team-*.fly.dev"),
            ("CSRF_TRUSTED_ORIGINS", "https://team-*.fly.dev"),
        ]);
        assert_eq!(config.ok().unwrap().edge.remarks.len(), 2);
    }

    #[test]
    fn at_a_desk_this_machine_and_the_public_name_are_known() {
        let config = read(&[("PUBLIC_URL", "https://plan.example.org")]).ok().unwrap();
        for (host, known) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("192.168.1.5", true),
            ("plan.example.org", true),
            ("evil.example", false),
        ] {
            assert_eq!(config.edge.hosts.allow(host), known, "{host}");
        }
    }

    #[test]
    fn strangers_read_for_three_days_at_most() {
        let noon = 1_795_003_200_000;
        let until = |text| {
            let all = [("AUTH_ENFORCED", "false"), ("AUTH_ENFORCED_OFF_UNTIL", text)];
            read(&all).ok().unwrap().edge.strangers
        };
        let three_days = until("2026-11-21T12:00:00Z");
        assert_eq!(three_days.fault(noon), None);
        assert!(three_days.read(noon) && !three_days.read(noon + 72 * 3_600_000));
        assert!(three_days.warning(noon).unwrap().contains("2026-11-21T12:00:00Z"));
        assert_eq!(three_days.warning(noon + 72 * 3_600_000), None);
        assert!(until("2026-11-21T12:00:01Z").fault(noon).is_some());
    }
}

//! Under which names Ballast is asked, and from which pages: the patterns of the settings, held against what a browser says.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use crate::web::embedded;

/// Names that no public registry gives out: a wildcard under them reaches nobody else.
const OWN: [&str; 8] = [
    "localhost",
    "test",
    "internal",
    "local",
    "lan",
    "home",
    "corp",
    "home.arpa",
];

/// A host, or a family of hosts.
///
/// A leading `*.` or `.` stands for one or more labels; any other `*` stays inside its label, never across a dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Whether one or more labels stand before the rest.
    leading: bool,
    /// The labels from left to right, in lower case, as they go over the wire.
    labels: Vec<String>,
}

/// Why a pattern cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no host.
    NoHost,
    /// It reaches hosts of whoever registers one.
    Public,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// * `anybody`: also take one that reaches hosts of strangers.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(text: &str, anybody: bool) -> Result<Self, Unusable> {
        let text = text.trim();
        if let Some(address) = address(text) {
            let labels = vec![address.to_string()];
            return Ok(Self {
                leading: false,
                labels,
            });
        }
        let rest = text.strip_prefix("*.").or_else(|| text.strip_prefix('.'));
        let name = rest.unwrap_or(text);
        let name = name.strip_suffix('.').unwrap_or(name);
        let labels: Option<Vec<String>> = name.split('.').map(label).collect();
        let pattern = Self {
            leading: rest.is_some(),
            labels: labels.ok_or(Unusable::NoHost)?,
        };
        if pattern.reaches_strangers() && !anybody {
            return Err(Unusable::Public);
        }
        Ok(pattern)
    }

    /// Whether `host`, as [`host_of`] gives it, is meant.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        if host.parse::<IpAddr>().is_ok() {
            return !self.leading && self.labels.iter().eq([host]);
        }
        let host: Vec<&str> = host.split('.').collect();
        let Some(before) = host.len().checked_sub(self.labels.len()) else {
            return false;
        };
        let enough = if self.leading { before >= 1 } else { before == 0 };
        enough
            && self
                .labels
                .iter()
                .zip(host.iter().skip(before))
                .all(|(pattern, label)| fits(pattern, label))
    }

    /// Whether its one free place stands where anybody may register a name: `team-*.fly.dev`.
    #[must_use]
    pub fn touches_strangers(&self) -> bool {
        let (wild, tail) = self.tail();
        wild && is_public(&tail)
    }

    /// The labels right of the last one with a star, and whether there is any star or leading part.
    fn tail(&self) -> (bool, String) {
        let last = self.labels.iter().rposition(|label| label.contains('*'));
        let from = last.map_or(0, |at| at + 1);
        let tail = self.labels.get(from..).unwrap_or_default().join(".");
        (self.leading || last.is_some(), tail)
    }

    fn reaches_strangers(&self) -> bool {
        let (wild, tail) = self.tail();
        if !wild {
            return false;
        }
        if tail.is_empty() {
            return true;
        }
        if !is_public(&tail) {
            return false;
        }
        // Directly under a public suffix: one label that says more than `*` is somebody's habit of naming; all else is open.
        let own: Vec<&String> = self.labels.iter().filter(|label| label.contains('*')).collect();
        let named = matches!(own.as_slice(), [one] if one.chars().any(char::is_alphanumeric));
        self.leading || !named
    }
}

/// The list of public suffixes (<https://publicsuffix.org>), with names as they go over the wire.
static SUFFIXES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let list = embedded::text(include_bytes!(concat!(env!("OUT_DIR"), "/public_suffixes.zst")));
    let on_the_wire = |rule: &str| {
        let (sign, name) = rule.split_at(rule.find(|c| c != '*' && c != '.' && c != '!').unwrap_or(0));
        let ascii = idna::domain_to_ascii(name).ok();
        format!("{sign}{}", ascii.as_deref().unwrap_or(name))
    };
    list.lines().map(on_the_wire).collect()
});

/// Whether anybody may register a name under `suffix`: it is a rule of the list, or what a rule with a star stands for; a name
/// without a dot is one whether or not the list knows it.
fn is_public(suffix: &str) -> bool {
    let rules = &*SUFFIXES;
    let starred = || {
        let (_, parent) = suffix.split_once('.')?;
        Some(rules.contains(&format!("*.{parent}")) && !rules.contains(&format!("!{suffix}")))
    };
    !OWN.contains(&suffix) && (rules.contains(suffix) || starred().unwrap_or(true))
}

/// One label as it goes over the wire, with its stars.
fn label(text: &str) -> Option<String> {
    let ascii = if text.is_ascii() {
        text.to_lowercase()
    } else if text.contains('*') {
        return None;
    } else {
        idna::domain_to_ascii(text).ok()?
    };
    let right = !ascii.is_empty()
        && ascii.len() <= 63
        && ascii
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*'));
    right.then_some(ascii)
}

/// Whether a label is as its pattern says; each `*` stands for any text, also none.
fn fits(pattern: &str, label: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else {
        return pattern == label;
    };
    let Some(mut left) = label.strip_prefix(before) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match left.split_once(piece) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}

fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bare {
        Some(inside) => inside.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => text.parse::<IpAddr>().ok(),
    }
}

/// The host and the port that a `Host` header names: in lower case, without the dot at its end, an address in one spelling.
/// None where it is not one host.
#[must_use]
pub fn host_of(text: &str) -> Option<(Cow<'_, str>, Option<u16>)> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') && !port.is_empty() => (host, Some(port.parse().ok()?)),
        _ => (text, None),
    };
    if host.starts_with('[') {
        return Some((address(host)?.to_string().into(), port));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let right = !name.is_empty()
        && name.len() <= 253
        && name.as_bytes().split(|byte| *byte == b'.').all(|part| {
            !part.is_empty()
                && part.len() <= 63
                && part
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        });
    let is_lower = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = || {
        if is_lower {
            name.into()
        } else {
            name.to_ascii_lowercase().into()
        }
    };
    right.then(|| (lower(), port))
}

/// The hosts that Ballast answers for.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    patterns: Vec<Pattern>,
    /// At a desk: this machine, and any bare address. No foreign page can make its name lead to a bare address.
    desk: bool,
}

impl Hosts {
    /// Those of the patterns.
    #[must_use]
    pub const fn of(patterns: Vec<Pattern>) -> Self {
        Self {
            patterns,
            desk: false,
        }
    }

    /// At a desk: this machine under its own name, bare addresses, and `patterns`.
    #[must_use]
    pub const fn at_a_desk(patterns: Vec<Pattern>) -> Self {
        Self { patterns, desk: true }
    }

    /// Whether any bare address is answered.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.desk
    }

    /// Whether Ballast is called so.
    #[must_use]
    pub fn allow(&self, host: &str) -> bool {
        let at_desk = self.desk
            && (host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok());
        at_desk || self.patterns.iter().any(|pattern| pattern.matches(host))
    }
}

/// A page's origin: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Reads an `Origin` header. `null` is none, and so is anything but a bare http or https origin.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (secure, rest) = scheme(text)?;
        let (host, port) = host_of(rest)?;
        Some(Self {
            secure,
            host: host.into_owned(),
            port: port.unwrap_or(if secure { 443 } else { 80 }),
        })
    }

    /// The origin of the page that a request names by its `Host`.
    #[must_use]
    pub fn named(secure: bool, host: &str) -> Option<Self> {
        let (host, port) = host_of(host)?;
        Some(Self {
            secure,
            host: host.into_owned(),
            port: port.unwrap_or(if secure { 443 } else { 80 }),
        })
    }
}

fn scheme(text: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some((true, rest)),
        "http" => Some((false, rest)),
        _ => None,
    }
}

/// Origins whose pages may change things here.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<(bool, Pattern, u16)>);

impl Origins {
    /// Adds `https://*.plan.example.org` or `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn add(&mut self, text: &str, anybody: bool) -> Result<(), Unusable> {
        let (secure, rest) = scheme(text).ok_or(Unusable::NoHost)?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, Some(port.parse().map_err(|_| Unusable::NoHost)?))
            }
            _ => (rest, None),
        };
        let pattern = Pattern::read(host, anybody)?;
        self.0
            .push((secure, pattern, port.unwrap_or(if secure { 443 } else { 80 })));
        Ok(())
    }

    /// Whether pages of this origin may.
    #[must_use]
    pub fn allow(&self, origin: &Origin) -> bool {
        self.0.iter().any(|(secure, pattern, port)| {
            *secure == origin.secure && *port == origin.port && pattern.matches(&origin.host)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, host: &str) -> bool {
        let (host, _) = host_of(host).unwrap();
        Pattern::read(pattern, true).unwrap().matches(&host)
    }

    #[test]
    fn a_star_stands_for_what_it_says() {
        for (pattern, host, expected) in [
            ("plan.example.org", "plan.example.org", true),
            ("plan.example.org", "PLAN.example.org.", true),
            ("plan.example.org", "plan.example.org:8443", true),
            ("plan.example.org", "xplan.example.org", false),
            ("plan.example.org", "plan.example.org.evil.com", false),
            ("*.disneybound.app", "x.disneybound.app", true),
            ("*.disneybound.app", "a.b.disneybound.app", true),
            ("*.disneybound.app", "disneybound.app", false),
            ("*.disneybound.app", "evildisneybound.app", false),
            (".disneybound.app", "x.disneybound.app", true),
            (".disneybound.app", "disneybound.app", false),
            (
                "disneybound-planner-*.fly.dev",
                "disneybound-planner-abc.fly.dev",
                true,
            ),
            ("disneybound-planner-*.fly.dev", "evil.fly.dev", false),
            (
                "disneybound-planner-*.fly.dev",
                "disneybound-planner-a.b.fly.dev",
                false,
            ),
            (
                "disneybound-planner-*.fly.dev",
                "x.disneybound-planner-a.fly.dev",
                false,
            ),
            ("a.*.example.org", "a.b.example.org", true),
            ("a.*.example.org", "a.b.c.example.org", false),
            ("pr-*-web*.example.org", "pr-7-web2.example.org", true),
            ("pr-*-web*.example.org", "pr-7-we.example.org", false),
            ("a*a.example.org", "a.example.org", false),
            ("127.0.0.1", "127.0.0.1:80", true),
            ("*.0.0.1", "127.0.0.1", false),
            ("[::1]", "[::1]:8080", true),
            ("[::1]", "[0:0:0:0:0:0:0:1]", true),
            ("plän.example.org", "xn--pln-rla.example.org", true),
        ] {
            assert_eq!(matches(pattern, host), expected, "{pattern} {host}");
        }
    }

    #[test]
    fn a_wildcard_that_reaches_strangers_is_refused() {
        for pattern in [
            "*.fly.dev",
            ".fly.dev",
            "*.github.io",
            "*.com",
            "*.co.uk",
            "*",
            "*.*",
            "*.*.dev",
            "x.*",
            "**.fly.dev",
            "*.team-*.fly.dev",
            "*.f*.dev",
            "-*.fly.dev",
            "a*.b*.fly.dev",
        ] {
            assert_eq!(Pattern::read(pattern, false), Err(Unusable::Public), "{pattern}");
        }
        for pattern in [
            "*.example.org",
            "*.planner.fly.dev",
            "team-*.fly.dev",
            "fly.dev",
            "*.localhost",
            "*.corp",
            "a*.example.org",
        ] {
            assert!(Pattern::read(pattern, false).is_ok(), "{pattern}");
        }
        assert!(
            Pattern::read("team-*.fly.dev", false)
                .unwrap()
                .touches_strangers()
        );
        assert!(!Pattern::read("*.example.org", false).unwrap().touches_strangers());
        for nonsense in [
            "",
            "a b",
            "a/b",
            "https://a.example",
            "a..b",
            "a.example:80",
            "*ä.example.org",
            "user@a.b",
        ] {
            assert_eq!(Pattern::read(nonsense, true), Err(Unusable::NoHost), "{nonsense}");
        }
    }

    #[test]
    fn a_host_is_one_name_or_one_address() {
        for (text, expected) in [
            ("plan.example.org", Some(("plan.example.org", None))),
            ("Plan.Example.org.:443", Some(("plan.example.org", Some(443)))),
            ("[::1]:8080", Some(("::1", Some(8080)))),
            ("[::1]", Some(("::1", None))),
            ("127.0.0.1", Some(("127.0.0.1", None))),
            ("", None),
            (":80", None),
            ("a b", None),
            ("a,b", None),
            ("a@b", None),
            ("a/b", None),
            ("a..b", None),
            ("a:99999", None),
            ("a:", None),
            ("[::1", None),
            ("::1", None),
        ] {
            let expected = expected.map(|(host, port)| (Cow::from(host), port));
            assert_eq!(host_of(text), expected, "{text}");
        }
    }

    #[test]
    fn an_origin_is_scheme_and_host_and_port() {
        let mut origins = Origins::default();
        origins.add("https://*.example.org", false).unwrap();
        origins.add("http://127.0.0.1:8080", false).unwrap();
        for (origin, expected) in [
            ("https://plan.example.org", true),
            ("https://plan.example.org:443", true),
            ("https://plan.example.org:8443", false),
            ("http://plan.example.org", false),
            ("https://example.org", false),
            ("http://127.0.0.1:8080", true),
            ("http://127.0.0.1:8081", false),
            ("https://127.0.0.1:8080", false),
        ] {
            assert_eq!(
                origins.allow(&Origin::read(origin).unwrap()),
                expected,
                "{origin}"
            );
        }
        for none in [
            "null",
            "",
            "https://",
            "https://a.example/",
            "file:///x",
            "https://a@b.example",
            "chrome-extension://abc",
        ] {
            assert_eq!(Origin::read(none), None, "{none}");
        }
        assert_eq!(origins.add("plan.example.org", false), Err(Unusable::NoHost));
        assert_eq!(origins.add("https://*.fly.dev", false), Err(Unusable::Public));
        assert_eq!(
            origins.add("https://a.example.org/x", false),
            Err(Unusable::NoHost)
        );
    }

    /// A name and no address: its last label begins with a letter.
    fn name() -> impl Strategy<Value = String> {
        let labels = proptest::collection::vec("[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", 0..5);
        (labels, "[a-z]([a-z0-9-]{0,8}[a-z0-9])?")
            .prop_map(|(labels, last)| [labels, vec![last]].concat().join("."))
    }

    proptest! {
        #[test]
        fn a_plain_name_means_itself_and_nothing_else(one in name(), other in name()) {
            let pattern = Pattern::read(&one, false).unwrap();
            prop_assert!(pattern.matches(&one));
            prop_assert_eq!(pattern.matches(&other), one == other);
        }

        #[test]
        fn what_a_leading_star_means_ends_with_the_rest_after_a_dot(rest in name(), host in name()) {
            let pattern = Pattern::read(&format!("*.{rest}"), true).unwrap();
            prop_assert_eq!(pattern.matches(&host), host.ends_with(&format!(".{rest}")));
            let under = format!("{host}.{rest}");
            prop_assert!(pattern.matches(&under));
        }

        #[test]
        fn a_star_in_a_label_never_crosses_a_dot(before in "[a-z]{1,4}", rest in name(), host in name()) {
            let pattern = Pattern::read(&format!("{before}-*.{rest}"), true).unwrap();
            if pattern.matches(&host) {
                prop_assert_eq!(host.split('.').count(), rest.split('.').count() + 1);
                let start = format!("{before}-");
                prop_assert!(host.starts_with(&start));
            }
        }

        #[test]
        fn what_is_usable_without_leave_never_takes_in_all_names_under_a_public_suffix(
            pattern in "(\\*\\.|\\.)?([a-z*-]{1,4}\\.){0,2}(com|co\\.uk|fly\\.dev|github\\.io|example\\.org)",
            label in "[a-z]{12,16}",
        ) {
            if let Ok(pattern) = Pattern::read(&pattern, false) {
                for suffix in ["com", "co.uk", "fly.dev", "github.io"] {
                    let (stranger, under) = (format!("{label}.{suffix}"), format!("x.{label}.{suffix}"));
                    let open = pattern.matches(&stranger) || pattern.matches(&under);
                    prop_assert!(!open || pattern.touches_strangers());
                }
            }
        }

        #[test]
        fn nothing_that_is_sent_breaks_the_reading(text in "\\PC{0,40}") {
            let _ = (host_of(&text), Origin::read(&text), Pattern::read(&text, true));
        }
    }
}

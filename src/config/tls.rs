//! How connections are encrypted: not at all, with a certificate of our own, from an authority, or from files.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use rustls::pki_types::CertificateDer;

use super::checker::Checker;
use super::server::certificates;
use super::table::Setting;
use crate::web::edge::host_of;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "TLS",
        "off",
        "off where a proxy in front encrypts; internal for a certificate of an authority of our own; a mail address for certificates of Let's Encrypt, which writes there; or the path of a certificate in PEM with its key beside it (.crt and .key, .pem and .key, fullchain.pem and privkey.pem, or both in one file).",
    ),
    Setting::open(
        "HTTPS_ADDR",
        "",
        "Address and port to listen on for https, where TLS is not off. Blank takes the address of HTTP_ADDR with port 443 where that has 80, else 8443.",
    ),
    Setting::open(
        "HTTP_PORT",
        "",
        "Only the port of HTTP_ADDR, such as 80 in production.",
    ),
    Setting::open(
        "HTTPS_PORT",
        "",
        "Only the port of HTTPS_ADDR, such as 443 in production.",
    ),
    Setting::open(
        "TLS_DOMAINS",
        "",
        "The names that the certificate is for, between commas. Blank takes those of ALLOWED_HOSTS without a star, and the host of PUBLIC_URL.",
    ),
    Setting::open(
        "ACME_DIRECTORY",
        "https://acme-v02.api.letsencrypt.org/directory",
        "Which authority gives certificates (RFC 8555); staging is the rehearsal of Let's Encrypt, whose certificates no browser trusts.",
    ),
    Setting::open(
        "ACME_CA",
        "",
        "Certificates in PEM that are trusted besides the public ones when that authority is asked. Best given as ACME_CA_FILE.",
    ),
    Setting::open(
        "ACME_CHALLENGES",
        "tls-alpn-01,http-01",
        "How the authority may see that a name leads here, the first one first: tls-alpn-01 comes in at port 443, http-01 at port 80.",
    ),
];

/// What `staging` stands for.
const STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

/// Where the certificate comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// Nothing is encrypted here.
    #[default]
    Off,
    /// From an authority of our own.
    Internal,
    /// From an authority that is asked by ACME, and that writes to this mail address.
    Acme(String),
    /// From a file, with its key in or beside it.
    File(PathBuf),
}

/// By what an authority sees that a name leads here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// By a connection to the encrypted port.
    TlsAlpn,
    /// By a request to the plain port.
    Http,
}

/// How connections are encrypted.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Where the certificate comes from.
    pub from: Certificates,
    /// Where encrypted connections come in.
    pub addr: SocketAddr,
    /// The names that the certificate is for.
    pub names: Vec<String>,
    /// The authority.
    pub directory: String,
    /// What is trusted besides the public authorities when it is asked.
    pub roots: Vec<CertificateDer<'static>>,
    /// What is tried, the first one first.
    pub challenges: Vec<Challenge>,
}

impl Tls {
    /// Whether anything is encrypted here.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.from != Certificates::Off
    }

    /// * `http`: where plain connections come in.
    pub(super) fn read(check: &mut Checker<'_>, http: SocketAddr) -> Self {
        let from = from(check);
        let names = names(check);
        if matches!(from, Certificates::Acme(_)) && !names.iter().any(|name| can_be_certified(name)) {
            check.fault(
                "TLS is a mail address, but there is no public name to certify; set TLS_DOMAINS=plan.example.org, or TLS=internal",
            );
        }
        Self {
            from,
            addr: encrypted_addr(check, http),
            names,
            directory: directory(check),
            roots: certificates(check, "ACME_CA"),
            challenges: challenges(check),
        }
    }
}

/// Whether an authority that checks names may certify this one.
#[must_use]
pub fn can_be_certified(name: &str) -> bool {
    name.contains('.') && !name.ends_with(".localhost") && name.parse::<IpAddr>().is_err()
}

fn from(check: &mut Checker<'_>) -> Certificates {
    let text = check.sources.text("TLS");
    match text.to_lowercase().as_str() {
        "off" | "" => return Certificates::Off,
        "internal" => return Certificates::Internal,
        _ => {}
    }
    // A path may have an @ in it, and an address has no slash.
    if text.contains('/') || ends_as_a_certificate(text) {
        return Certificates::File(PathBuf::from(text));
    }
    match text.split_once('@') {
        Some((name, host)) if !name.is_empty() && host.contains('.') && host_of(host).is_some() => {
            Certificates::Acme(text.to_owned())
        }
        _ => {
            check.fault(format!(
                "TLS must be off, internal, a mail address for certificates of Let's Encrypt, or the path of a certificate; {text} is none of them"
            ));
            Certificates::Off
        }
    }
}

fn ends_as_a_certificate(text: &str) -> bool {
    let lower = text.to_lowercase();
    [".pem", ".crt", ".cer", ".cert"]
        .iter()
        .any(|end| lower.ends_with(end))
}

/// Where plain connections come in: `HTTP_ADDR`, with the port of `HTTP_PORT`.
pub(super) fn plain_addr(check: &mut Checker<'_>) -> SocketAddr {
    let mut address = check.parsed(
        "HTTP_ADDR",
        "an address and port such as 127.0.0.1:8080",
        SocketAddr::from(([127, 0, 0, 1], 8080)),
    );
    if let Some(port) = port(check, "HTTP_PORT") {
        address.set_port(port);
    }
    address
}

fn encrypted_addr(check: &mut Checker<'_>, http: SocketAddr) -> SocketAddr {
    let usual = SocketAddr::new(http.ip(), if http.port() == 80 { 443 } else { 8443 });
    let mut address = if check.text("HTTPS_ADDR").is_some() {
        check.parsed("HTTPS_ADDR", "an address and port such as 127.0.0.1:8443", usual)
    } else {
        usual
    };
    if let Some(port) = port(check, "HTTPS_PORT") {
        address.set_port(port);
    }
    address
}

fn port(check: &mut Checker<'_>, name: &str) -> Option<u16> {
    check.text(name)?;
    u16::try_from(check.number(name, 0, 65_535)).ok()
}

/// The names for the certificate, each once.
fn names(check: &mut Checker<'_>) -> Vec<String> {
    let mut given = check.list("TLS_DOMAINS");
    let chosen = !given.is_empty();
    if !chosen {
        given = check.list("ALLOWED_HOSTS");
        // What has a star or begins with a dot stands for names that nobody has written out.
        given.retain(|entry| !entry.contains('*') && !entry.starts_with('.'));
        given.extend(check.text("PUBLIC_URL").and_then(|url| {
            let (_, rest) = url.split_once("://")?;
            Some(rest.trim_end_matches('/').to_owned())
        }));
    }
    let mut names: Vec<String> = Vec::new();
    for entry in given {
        let read = idna::domain_to_ascii(&entry).ok();
        match read.as_deref().and_then(host_of).or_else(|| host_of(&entry)) {
            Some((name, _)) if !names.iter().any(|known| *known == name) => names.push(name.into_owned()),
            None if chosen => check.fault(format!(
                "TLS_DOMAINS has {entry}, which is no name such as plan.example.org; a certificate for a star cannot be had here"
            )),
            // Told of where it is read.
            Some(_) | None => {}
        }
    }
    names
}

fn directory(check: &mut Checker<'_>) -> String {
    let text = check.sources.text("ACME_DIRECTORY").to_owned();
    if text.eq_ignore_ascii_case("staging") {
        return STAGING.to_owned();
    }
    let right = text.parse::<http::Uri>().is_ok_and(|uri| {
        uri.scheme_str() == Some("https") && uri.host().is_some_and(|host| !host.is_empty())
    });
    if !right {
        check.fault(
            "ACME_DIRECTORY must be an https address such as https://acme-v02.api.letsencrypt.org/directory, or staging",
        );
    }
    text
}

fn challenges(check: &mut Checker<'_>) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    for entry in check.list("ACME_CHALLENGES") {
        match entry.to_lowercase().as_str() {
            "tls-alpn-01" => challenges.push(Challenge::TlsAlpn),
            "http-01" => challenges.push(Challenge::Http),
            _ => check.fault(format!(
                "ACME_CHALLENGES has {entry}, which is neither tls-alpn-01 nor http-01"
            )),
        }
    }
    if challenges.is_empty() {
        challenges.push(Challenge::TlsAlpn);
    }
    challenges
}

#[cfg(test)]
mod tests {

    use super::super::{Config, Sources};
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_sources(&Sources::environment(pairs))
    }

    fn tls(pairs: &[(&str, &str)]) -> Tls {
        read(pairs).ok().unwrap().tls
    }

    #[test]
    fn one_setting_says_where_the_certificate_comes_from() {
        let name = ("TLS_DOMAINS", "plan.example.org");
        for (text, expected) in [
            ("off", Certificates::Off),
            ("", Certificates::Off),
            ("Internal", Certificates::Internal),
            (
                "ops@example.org",
                Certificates::Acme("ops@example.org".to_owned()),
            ),
            ("/etc/tls/a.pem", Certificates::File("/etc/tls/a.pem".into())),
            ("a@b.crt", Certificates::File("a@b.crt".into())),
            ("./tls/fullchain", Certificates::File("./tls/fullchain".into())),
        ] {
            let hosts = ("ALLOWED_HOSTS", "plan.example.org");
            assert_eq!(tls(&[("TLS", text), name, hosts]).from, expected, "{text}");
        }
        for bad in ["on", "true", "acme", "ops@", "@example.org", "letsencrypt"] {
            let faults = read(&[("TLS", bad)]).err().unwrap();
            assert!(
                faults[0].starts_with("TLS must be off, internal,") && faults[0].contains(bad),
                "{faults:?}"
            );
        }
    }

    #[test]
    fn ports_follow_each_other() {
        for (pairs, plain, encrypted) in [
            (&[][..], "127.0.0.1:8080", "127.0.0.1:8443"),
            (&[("HTTP_ADDR", "0.0.0.0:80")], "0.0.0.0:80", "0.0.0.0:443"),
            (
                &[
                    ("HTTP_ADDR", "[::]:8080"),
                    ("HTTP_PORT", "80"),
                    ("HTTPS_PORT", "4443"),
                ],
                "[::]:80",
                "[::]:4443",
            ),
            (
                &[("HTTPS_ADDR", "10.0.0.1:443")],
                "127.0.0.1:8080",
                "10.0.0.1:443",
            ),
        ] {
            let config = read(pairs).ok().unwrap();
            assert_eq!(config.http_addr.to_string(), plain);
            assert_eq!(config.tls.addr.to_string(), encrypted);
        }
        assert!(read(&[("HTTPS_PORT", "https")]).is_err());
        assert!(read(&[("HTTPS_ADDR", "8443")]).is_err());
    }

    #[test]
    fn the_names_are_those_that_somebody_wrote_out() {
        let names = |pairs: &[(&str, &str)]| tls(pairs).names.join(" ");
        assert_eq!(
            names(&[
                (
                    "ALLOWED_HOSTS",
                    "Plan.example.org, *.example.net .example.com plän.example.org"
                ),
                ("PUBLIC_URL", "https://plan.example.org:8443/"),
            ]),
            "plan.example.org xn--pln-rla.example.org"
        );
        assert_eq!(
            names(&[("TLS_DOMAINS", "localhost"), ("ALLOWED_HOSTS", "localhost")]),
            "localhost"
        );
        assert_eq!(names(&[]), "");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (pairs, expected) in [
            (&[("TLS", "ops@example.org")][..], "no public name to certify"),
            (
                &[("TLS", "ops@example.org"), ("PUBLIC_URL", "https://localhost")],
                "no public name to certify",
            ),
            (&[("TLS_DOMAINS", "*.example.org")], "a certificate for a star"),
            (
                &[
                    ("TLS", "internal"),
                    ("TLS_DOMAINS", "other.example.org"),
                    ("ALLOWED_HOSTS", "plan.example.org"),
                ],
                "ALLOWED_HOSTS does not have other.example.org",
            ),
            (
                &[("ACME_DIRECTORY", "http://127.0.0.1/dir")],
                "ACME_DIRECTORY must be an https",
            ),
            (
                &[("ACME_CHALLENGES", "dns-01")],
                "neither tls-alpn-01 nor http-01",
            ),
            (&[("ACME_CA", "nonsense")], "ACME_CA must hold certificates"),
        ] {
            let faults = read(pairs).err().unwrap_or_default().join("\n");
            assert!(faults.contains(expected), "{pairs:?}: {faults}");
        }
        assert_eq!(tls(&[("ACME_DIRECTORY", "staging")]).directory, STAGING);
    }
}

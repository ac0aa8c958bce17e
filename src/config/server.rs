//! The server itself: where it listens and keeps things, and how the organisation counts its days.

use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::checker::Checker;
use super::sources::CACHES;
use super::table::Setting;
use crate::egress::Opened;
use crate::server::listen::Place;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "DATA_DIR",
        "./data",
        "Where the database and its copies are kept.",
    ),
    Setting::open("HTTP_ADDR", "127.0.0.1:8080", "Address and port to listen on."),
    Setting::open(
        "LISTEN",
        "",
        "Where to listen instead of HTTP_ADDR: addresses and ports, unix:/path, and fd:// for what systemd hands over. Blank takes HTTP_ADDR.",
    ),
    Setting::open(
        "CONNECTIONS",
        "10000",
        "How many connections are served at a time, from 16 to 1000000; further ones are told to come again.",
    ),
    Setting::open(
        "CONNECTIONS_PER_ADDRESS",
        "256",
        "How many of them one public address may have, from 1 to 1000000. An office behind one address is many people.",
    ),
    Setting::open(
        "WEB_CONCURRENCY",
        "",
        "How many threads answer, from 1 to 256. Blank takes one for each core.",
    ),
    Setting::open(
        "LOCK_WAIT",
        "30",
        "Seconds for which a server waits for another one to let go of its data, from 0 to 600.",
    ),
    Setting::open(
        "WATCHDOG_SECONDS",
        "30",
        "Ballast ends with 70, to be started again, when it stands still for so long; from 5 to 600, or 0 for never.",
    ),
    Setting::open(
        "ENVIRONMENT",
        "development",
        "development, staging or production. Production refuses what is only safe at a desk.",
    ),
    Setting::open(
        "MIGRATE",
        "auto",
        "auto brings an older schema up to date at start, after keeping a copy; manual waits for `ballast migrate` and ends with 3 until then; check serves nothing and only says which of the two it would be.",
    ),
    Setting::open(
        "WEEK_STARTS_ON",
        "",
        "monday or sunday. Blank leaves it to the settings page, which begins with Monday.",
    ),
    Setting::open(
        "TIME_ZONE",
        "",
        "In which “today” is meant, such as Europe/Lisbon. Blank takes the machine's.",
    ),
    Setting::open(
        "DEBUG",
        "false",
        "true lowers LOG_LEVEL to debug at a desk, and is refused in production. No page shows more for it.",
    ),
    Setting::open("LOG_FORMAT", "text", "text or json."),
    Setting::open("LOG_LEVEL", "info", "error, warn, info, debug or trace."),
    Setting::open(
        "SECURE_COOKIES",
        "true",
        "Cookies with Secure and the __Host- prefix. false is only allowed on a loopback address.",
    ),
    Setting::open(
        "SESSION_IDLE_SECONDS",
        "43200",
        "How long a session lives without being used, from 300 to 2592000.",
    ),
    Setting::open(
        "SESSION_MAX_SECONDS",
        "604800",
        "How long a session lives in all, from 3600 to 7776000.",
    ),
    Setting::open(
        "SHUTDOWN_GRACE",
        "20",
        "Seconds that running requests get to finish when Ballast is stopped, from 0 to 300.",
    ),
    Setting::open(
        "SHUTDOWN_DELAY",
        "0",
        "Seconds for which it still takes connections while /readyz says that it ends, from 0 to 60; 2 to 5 behind a load balancer.",
    ),
    Setting::open(
        "UPLOAD_LIMIT_MIB",
        "20",
        "The largest file that may be imported, in MiB, from 1 to 200.",
    ),
    Setting::open(
        "AUTO_REALLOCATION",
        "true",
        "Whether hours follow a due date that a program or an import changes, where it does not say. People are asked.",
    ),
    Setting::open(
        "AGGREGATE_CACHE_TTL",
        "30",
        "Seconds for which finished figures stay in memory, from 15 to 60. They are never stale: a change makes new ones.",
    ),
    Setting::open(
        "DASHBOARD_CACHE_TTL",
        "",
        "The same, from 15 to 60; where it is set it goes before AGGREGATE_CACHE_TTL.",
    ),
    Setting::open(
        "PUBLIC_URL",
        "",
        "How people reach this Ballast, such as https://plan.example.org; links in mails begin with it. Blank takes HTTP_ADDR.",
    ),
    Setting::open(
        "EGRESS_ALLOW",
        "",
        "Hosts, addresses or blocks outside the open internet that Ballast may ask all the same, such as id.corp.example or 10.0.0.0/8.",
    ),
    Setting::open(
        "EXTRA_CA",
        "",
        "Certificates in PEM that are trusted besides the public ones, for an identity provider or a mail server of your own. Best given as EXTRA_CA_FILE.",
    ),
];

/// How the server listens, and how it ends.
#[derive(Clone, Debug)]
pub struct Serving {
    /// Where it listens.
    pub places: Vec<Place>,
    /// How many connections are served at a time.
    pub connections: usize,
    /// How many of them one address may have.
    pub each: usize,
    /// How many threads answer; as many as there are cores where nobody says.
    pub threads: Option<usize>,
    /// How long another process is waited for that has the data.
    pub lock_wait: Duration,
    /// How long it may stand still; for ever where it is none.
    pub watchdog: Option<Duration>,
    /// For how long it takes connections while it says that it ends.
    pub delay: Duration,
}

impl Serving {
    pub(super) fn read(check: &mut Checker<'_>, http_addr: SocketAddr) -> Self {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let watchdog = check.seconds("WATCHDOG_SECONDS", 0, 600);
        if !watchdog.is_zero() && watchdog < Duration::from_secs(5) {
            check.fault("WATCHDOG_SECONDS must be 0, or a whole number from 5 to 600");
        }
        let threads = check.text("WEB_CONCURRENCY");
        Self {
            places: places(check, http_addr),
            connections: count(check.number("CONNECTIONS", 16, 1_000_000)),
            each: count(check.number("CONNECTIONS_PER_ADDRESS", 1, 1_000_000)),
            threads: threads.map(|_| count(check.number("WEB_CONCURRENCY", 1, 256))),
            lock_wait: check.seconds("LOCK_WAIT", 0, 600),
            watchdog: Some(watchdog).filter(|span| !span.is_zero()),
            delay: check.seconds("SHUTDOWN_DELAY", 0, 60),
        }
    }
}

/// Where `LISTEN` says, else where `HTTP_ADDR` does.
fn places(check: &mut Checker<'_>, http_addr: SocketAddr) -> Vec<Place> {
    let mut places = Vec::new();
    for entry in check.list("LISTEN") {
        let place = match (entry.strip_prefix("unix:"), entry.parse()) {
            (Some(path), _) if path.starts_with('/') => Place::File(path.into()),
            (None, Ok(address)) => Place::Address(address),
            (None, _) if entry == "fd://" => Place::Handed,
            _ => {
                check.fault(format!(
                    "LISTEN takes addresses with ports such as 127.0.0.1:8080, unix:/path and fd://, and {entry} is none of them"
                ));
                continue;
            }
        };
        if places.contains(&place) {
            check.fault(format!("LISTEN names {entry} twice"));
        }
        places.push(place);
    }
    if places.is_empty() {
        places.push(Place::Address(http_addr));
    }
    places
}

/// For how long finished answers stay in memory.
pub(super) fn cache_ttl(check: &mut Checker<'_>) -> Duration {
    let [usual, nearer] = CACHES;
    let name = if check.sources.is_set(nearer) {
        nearer
    } else {
        usual
    };
    check.seconds(name, 15, 60)
}

/// What `EGRESS_ALLOW` opens.
pub(super) fn egress_allow(check: &mut Checker<'_>) -> Vec<Opened> {
    let mut opened = Vec::new();
    for entry in check.list("EGRESS_ALLOW") {
        match entry.parse() {
            Ok(entry) => opened.push(entry),
            Err(wrong) => check.fault(format!("EGRESS_ALLOW {wrong}")),
        }
    }
    opened
}

/// The certificates of a setting that holds some.
pub(super) fn certificates(check: &mut Checker<'_>, name: &str) -> Vec<CertificateDer<'static>> {
    let Some(text) = check.text(name) else {
        return Vec::new();
    };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => certificates,
        _ => {
            check.fault(format!(
                "{name} must hold certificates in PEM: -----BEGIN CERTIFICATE-----"
            ));
            Vec::new()
        }
    }
}

//! The server itself: where it listens and keeps things, and how the organisation counts its days.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::checker::Checker;
use super::table::Setting;
use crate::egress::Opened;

pub(super) const SETTINGS: &[Setting] = &[
    Setting::open(
        "DATA_DIR",
        "./data",
        "Where the database and its copies are kept.",
    ),
    Setting::open("HTTP_ADDR", "127.0.0.1:8080", "Address and port to listen on."),
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

/// The certificates of `EXTRA_CA`.
pub(super) fn extra_ca(check: &mut Checker<'_>) -> Vec<CertificateDer<'static>> {
    let Some(text) = check.text("EXTRA_CA") else {
        return Vec::new();
    };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => certificates,
        _ => {
            check.fault("EXTRA_CA must hold certificates in PEM: -----BEGIN CERTIFICATE-----");
            Vec::new()
        }
    }
}

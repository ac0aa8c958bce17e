//! Every setting, in one table: read once at start, with all faults told at once.
//!
//! One file for each group, with its lines of the table and what they are read into.

mod backup;
mod checker;
mod edge;
mod files;
mod headers;
mod jobs;
mod limits;
mod live;
mod mail;
mod oidc;
mod programs;
mod secrets;
mod server;
mod sign_in;
mod sources;
mod table;
mod tls;
mod turnstile;
mod waits;
mod watch;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use rustls::pki_types::CertificateDer;

use crate::db::Migrate;
use crate::egress::Opened;
use crate::server::listen::Place;
use crate::units::WeekStart;
use crate::web::edge::{Headers, Limits};

use checker::Checker;
pub use edge::{Edge, Strangers};
pub use live::Renewed;
pub use mail::{Backend, Encryption, Mail};
pub use oidc::{GivenProvider, Oidc};
pub use programs::Programs;
pub use secrets::{Family, Secrets, master_weakness};
pub use server::Serving;
pub use sign_in::{Method, Newcomers, SignIn};
pub use sources::Sources;
pub use table::example;
pub use tls::{Certificates, Challenge, Tls, can_be_certified};
pub use turnstile::{Turnstile, TurnstileKeys};
pub use waits::{ResetLimits, SecondStepWaits, Waits};
pub use watch::{Watch, is_near};

/// What kind of place this runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// A developer's desk.
    Development,
    /// A rehearsal.
    Staging,
    /// The real thing.
    Production,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// The settings, read and checked.
#[derive(Clone)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Where it listens.
    pub http_addr: SocketAddr,
    /// How connections are encrypted.
    pub tls: Tls,
    /// How it listens and how it ends.
    pub serving: Serving,
    /// What kind of place this is.
    pub environment: Environment,
    /// When the schema is brought up to date.
    pub migrate: Migrate,
    /// The first day of the week, where the environment decides it.
    pub week_starts_on: Option<WeekStart>,
    /// In which “today” is meant.
    pub time_zone: TimeZone,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// The least important level that is written.
    pub log_level: tracing::Level,
    /// Whether cookies demand an encrypted connection.
    pub secure_cookies: bool,
    /// How long a session lives unused.
    pub session_idle: Duration,
    /// How long a session lives in all.
    pub session_max: Duration,
    /// How long running requests get at the end.
    pub shutdown_grace: Duration,
    /// The largest file that may be imported, in bytes.
    pub upload_limit: usize,
    /// The largest file that may be put to a project or a person, in bytes.
    pub upload_max: u64,
    /// Whether hours follow a due date where nobody says.
    pub auto_reallocation: bool,
    /// How long finished figures stay in memory.
    pub aggregate_cache_ttl: Duration,
    /// How people reach this Ballast: `https://plan.example.org`, without a slash at its end.
    pub public_url: String,
    /// What Ballast may ask besides the open internet.
    pub egress_allow: Vec<Opened>,
    /// What is trusted besides the public certificate authorities: by the door to other servers, and for mail.
    pub extra_ca: Vec<CertificateDer<'static>>,
    /// The keys, where the environment gives them.
    pub secrets: Secrets,
    /// Proxies, hosts and origins.
    pub edge: Edge,
    /// What every answer carries.
    pub headers: Headers,
    /// How often somebody may ask.
    pub limits: Limits,
    /// How backups are made and kept.
    pub backup: crate::backup::Settings,
    /// What is told of how Ballast is.
    pub watch: Watch,
    /// How many jobs are worked on at once.
    pub workers: usize,
    /// How letters leave.
    pub mail: Mail,
    /// How people sign in.
    pub sign_in: SignIn,
    /// How often somebody may try, and how long they wait then.
    pub waits: Waits,
    /// The question whether a person knocks.
    pub turnstile: Turnstile,
    /// The identity provider that the environment names.
    pub oidc: Oidc,
    /// How programs sign in.
    pub programs: Programs,
}

impl Config {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// All faults, one sentence each.
    pub fn from_sources(sources: &Sources) -> Result<Self, Vec<String>> {
        let mut faults = sources.faults.clone();
        let mut check = Checker {
            sources,
            faults: &mut faults,
        };
        let http_addr = tls::plain_addr(&mut check);
        let tls = Tls::read(&mut check, http_addr);
        let config = Self {
            data_dir: PathBuf::from(sources.text("DATA_DIR")),
            http_addr,
            serving: Serving::read(&mut check, http_addr),
            environment: environment(&mut check),
            migrate: migrate(&mut check),
            week_starts_on: week_start(&mut check),
            time_zone: check.time_zone(),
            log_format: check.one_of(
                "LOG_FORMAT",
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            ),
            log_level: log_level(&mut check),
            secure_cookies: check.one_of("SECURE_COOKIES", &[("true", true), ("false", false)]),
            session_idle: check.seconds("SESSION_IDLE_SECONDS", 300, 2_592_000),
            session_max: check.seconds("SESSION_MAX_SECONDS", 3_600, 7_776_000),
            shutdown_grace: check.seconds("SHUTDOWN_GRACE", 0, 300),
            upload_limit: usize::try_from(check.number("UPLOAD_LIMIT_MIB", 1, 200)).unwrap_or(20) * 1_048_576,
            upload_max: files::read(&mut check),
            auto_reallocation: check.one_of("AUTO_REALLOCATION", &[("true", true), ("false", false)]),
            aggregate_cache_ttl: server::cache_ttl(&mut check),
            public_url: public_url(&mut check, &own_url(http_addr, &tls)),
            egress_allow: server::egress_allow(&mut check),
            extra_ca: server::certificates(&mut check, "EXTRA_CA"),
            secrets: Secrets::read(&mut check),
            edge: Edge::read(&mut check),
            headers: headers::read(&mut check, tls.is_on()),
            limits: limits::read(&mut check),
            backup: backup::read(&mut check),
            watch: Watch::read(&mut check),
            workers: usize::try_from(check.number("WORKERS", 1, 16)).unwrap_or(2),
            mail: Mail::read(&mut check),
            sign_in: SignIn::read(&mut check),
            waits: Waits::read(&mut check),
            turnstile: Turnstile::read(&mut check),
            oidc: Oidc::read(&mut check),
            programs: Programs::read(&mut check),
            tls,
        };
        faults.extend(config.unanswered());
        if !config.secure_cookies && !config.is_local() {
            faults.push(
                "SECURE_COOKIES=false is only allowed while HTTP_ADDR is a loopback address".to_owned(),
            );
        }
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }

    /// Faults of names that the certificate is for and that Ballast does not answer under.
    fn unanswered(&self) -> Vec<String> {
        let names = self.tls.names.iter();
        names
            .filter(|name| self.tls.is_on() && !self.edge.hosts.allow(name))
            .map(|name| {
                format!("ALLOWED_HOSTS does not have {name}, which the certificate is for: whoever asks for it would be refused")
            })
            .collect()
    }

    /// Where Ballast is reached as far as it knows by itself.
    #[must_use]
    pub fn own_url(&self) -> String {
        own_url(self.http_addr, &self.tls)
    }

    /// Whether only this machine can reach it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let local = |place: &Place| match place {
            Place::Address(address) => address.ip().is_loopback(),
            Place::File(_) => true,
            // Nobody knows before it is handed over.
            Place::Handed => false,
        };
        self.serving.places.iter().all(local) && (!self.tls.is_on() || self.tls.addr.ip().is_loopback())
    }
}

fn own_url(http_addr: SocketAddr, tls: &Tls) -> String {
    if tls.is_on() {
        format!("https://{}", tls.addr)
    } else {
        format!("http://{http_addr}")
    }
}

/// What is logged at `level`: of the libraries below HTTP only what is wrong, since they would write down whole requests.
#[must_use]
pub fn log_directives(level: tracing::Level) -> String {
    format!("{level},hyper=warn,h2=warn")
}

/// When the schema is brought up to date.
fn migrate(check: &mut Checker<'_>) -> Migrate {
    let choices = [
        ("auto", Migrate::Auto),
        ("manual", Migrate::Manual),
        ("check", Migrate::Check),
    ];
    check.one_of("MIGRATE", &choices)
}

/// What kind of place this is. Pages that show what is behind a fault do not exist, so that `DEBUG` has little to say.
fn environment(check: &mut Checker<'_>) -> Environment {
    let environment = check.one_of(
        "ENVIRONMENT",
        &[
            ("development", Environment::Development),
            ("staging", Environment::Staging),
            ("production", Environment::Production),
        ],
    );
    if check.flag("DEBUG") && environment == Environment::Production {
        check.fault("DEBUG=true is refused with ENVIRONMENT=production; raise LOG_LEVEL for a while instead");
    }
    environment
}

fn week_start(check: &mut Checker<'_>) -> Option<WeekStart> {
    check.one_of(
        "WEEK_STARTS_ON",
        &[
            ("", None),
            ("monday", Some(WeekStart::Monday)),
            ("sunday", Some(WeekStart::Sunday)),
        ],
    )
}

/// The least important level that is written: at a desk, `DEBUG` lowers what nobody set.
fn log_level(check: &mut Checker<'_>) -> tracing::Level {
    let level = check.parsed(
        "LOG_LEVEL",
        "error, warn, info, debug or trace",
        tracing::Level::INFO,
    );
    if check.flag("DEBUG") && !check.sources.is_set("LOG_LEVEL") {
        return tracing::Level::DEBUG;
    }
    level
}

/// Where links begin: what `PUBLIC_URL` says, else where Ballast listens.
fn public_url(check: &mut Checker<'_>, own: &str) -> String {
    let Some(url) = check.text("PUBLIC_URL") else {
        return own.to_owned();
    };
    let url = url.trim_end_matches('/');
    let parsed: Option<http::Uri> = url.parse().ok();
    let whole = parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri
                .authority()
                .is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.path() == "/"
            && uri.query().is_none()
    });
    if !whole {
        check.fault("PUBLIC_URL must be a scheme and a host, such as https://plan.example.org");
    }
    url.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_right() {
        let config = Config::from_sources(&Sources::environment(&[])).unwrap();
        assert_eq!(config.http_addr.to_string(), "127.0.0.1:8080");
        assert!(config.secure_cookies);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = Config::from_sources(&Sources::environment(&[
            ("HTTP_ADDR", "nowhere"),
            ("SHUTDOWN_GRACE", "soon"),
            ("TIME_ZONE", "Mars/Olympus"),
            ("WEEK_STARTS_ON", "friday"),
        ]))
        .err()
        .unwrap();
        assert_eq!(faults.len(), 4, "{faults:?}");
    }

    #[test]
    fn a_slip_is_pointed_out_with_the_name_that_was_meant() {
        assert_eq!(
            Sources::environment(&[("HTTP_ADRR", "x"), ("HOME", "/")]).warnings,
            ["HTTP_ADRR is not a setting of Ballast; did you mean HTTP_ADDR?"]
        );
    }

    #[test]
    fn answers_stay_in_memory_for_15_to_60_seconds_whatever_is_set() {
        for (pairs, seconds, warnings) in [
            (&[][..], 30, 0),
            (&[("AGGREGATE_CACHE_TTL", "20")], 20, 0),
            (&[("AGGREGATE_CACHE_TTL", "300")], 60, 1),
            (
                &[("AGGREGATE_CACHE_TTL", "300"), ("DASHBOARD_CACHE_TTL", "1")],
                15,
                2,
            ),
        ] {
            let sources = Sources::environment(pairs);
            let config = Config::from_sources(&sources).unwrap();
            assert_eq!(config.aggregate_cache_ttl.as_secs(), seconds, "{pairs:?}");
            assert_eq!(sources.warnings.len(), warnings, "{pairs:?}");
        }
        let faults = Config::from_sources(&Sources::environment(&[("DASHBOARD_CACHE_TTL", "soon")]))
            .err()
            .unwrap();
        assert!(faults[0].starts_with("DASHBOARD_CACHE_TTL"), "{faults:?}");
    }

    #[test]
    fn debugging_stays_at_a_desk() {
        let debug = Config::from_sources(&Sources::environment(&[("DEBUG", "True")]))
            .ok()
            .unwrap();
        assert_eq!(debug.log_level, tracing::Level::DEBUG);
        let production = [
            ("ENVIRONMENT", "production"),
            ("ALLOWED_HOSTS", "plan.example.org"),
        ];
        assert!(Config::from_sources(&Sources::environment(&production)).is_ok());
        let both = [production[0], production[1], ("DEBUG", "true")];
        let faults = Config::from_sources(&Sources::environment(&both)).err().unwrap();
        assert!(
            faults.iter().all(|fault| fault.starts_with("DEBUG=true")),
            "{faults:?}"
        );
    }

    #[test]
    fn insecure_cookies_stay_at_home() {
        let faults = Config::from_sources(&Sources::environment(&[
            ("SECURE_COOKIES", "false"),
            ("HTTP_ADDR", "0.0.0.0:80"),
        ]));
        assert!(faults.is_err());
    }

    #[test]
    fn the_example_in_the_repository_is_the_table() {
        let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example")).unwrap();
        assert_eq!(
            kept,
            example(),
            "write it anew: cargo run -- config example > .env.example"
        );
    }

    #[test]
    fn a_value_and_a_file_for_it_are_one_too_many() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "Europe/Lisbon\n").unwrap();
        let path = file.path().display().to_string();
        let one = Config::from_sources(&Sources::environment(&[("TIME_ZONE_FILE", &path)]))
            .ok()
            .unwrap();
        assert_eq!(one.time_zone.iana_name(), Some("Europe/Lisbon"));
        let both = Sources::environment(&[("TIME_ZONE", "UTC"), ("TIME_ZONE_FILE", &path)]);
        assert_eq!(
            Config::from_sources(&both).err().unwrap(),
            ["TIME_ZONE and TIME_ZONE_FILE are both set; keep one of them"]
        );
    }

    #[test]
    fn what_is_secret_is_dumped_as_set() {
        let given =
            Sources::environment(&[("SECRET_KEY", "wq8H2nVc5LrT0yXjB7mKd3PzGfS9uAe1ioQ4EvNhCtJbWxMk6R")]);
        let dumped: Vec<_> = given
            .effective()
            .filter(|(name, _)| name.starts_with("SECRET_KEY"))
            .collect();
        assert_eq!(dumped, [("SECRET_KEY", "(set)"), ("SECRET_KEY_FALLBACKS", "")]);
    }

    #[test]
    fn a_public_address_is_a_scheme_and_a_host() {
        for (url, right) in [
            ("https://plan.example.org", true),
            ("https://plan.example.org/", true),
            ("http://127.0.0.1:8080", true),
            ("plan.example.org", false),
            ("https://a@plan.example.org", false),
            ("https://plan.example.org/plan", false),
            ("ftp://plan.example.org", false),
        ] {
            assert_eq!(
                Config::from_sources(&Sources::environment(&[("PUBLIC_URL", url)])).is_ok(),
                right,
                "{url}"
            );
        }
    }
}

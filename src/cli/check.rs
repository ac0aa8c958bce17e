//! `ballast check`: what is wrong, or not as it should be, before somebody relies on it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

use clap::Args;

use super::exit::{self, Failure};
use crate::clock::Clock;
use crate::config::{Backend, Certificates, Config, Environment, Sources, Strangers};
use crate::db::Db;
use crate::tls;
use crate::web::edge::{Frames, Policy};

/// How to check.
#[derive(Args)]
pub struct Options {
    /// Also says what a real deployment should have.
    #[arg(long)]
    deploy: bool,
}

/// The year 2026 in milliseconds: no clock that runs stands before it.
const EARLIEST: i64 = 1_767_225_600_000;
/// A year in seconds.
const YEAR: u64 = 31_536_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    Well,
    Warning,
    Fault,
}

/// One line of the answer.
#[derive(Debug)]
struct Finding {
    grade: Grade,
    /// Under which it is looked up in `docs/security.md`.
    code: &'static str,
    text: String,
}

/// The lines of the answer, one after the other.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Notes that something is well, or else what is wrong with it.
    fn hold(&mut self, code: &'static str, right: bool, otherwise: Grade, well: &str, wrong: &str) {
        let (grade, text) = if right {
            (Grade::Well, well)
        } else {
            (otherwise, wrong)
        };
        self.0.push(Finding {
            grade,
            code,
            text: text.to_owned(),
        });
    }

    fn add(&mut self, grade: Grade, code: &'static str, text: impl Into<String>) {
        self.0.push(Finding {
            grade,
            code,
            text: text.into(),
        });
    }
}

/// Prints every finding; a fault ends with 78.
pub fn run(sources: &Sources, options: &Options) -> Result<(), Failure> {
    let mut findings = Findings::default();
    for warning in &sources.warnings {
        findings.add(Grade::Warning, "settings", warning.clone());
    }
    match Config::from_sources(sources) {
        Ok(config) => {
            findings.add(Grade::Well, "settings", "every setting can be used");
            let now = Clock::system(config.time_zone.clone()).now();
            machine(&config, now, &mut findings);
            if options.deploy {
                deployment(&config, now, &mut findings);
            }
        }
        Err(faults) => {
            for fault in faults {
                findings.add(Grade::Fault, "settings", fault);
            }
        }
    }
    tell(&findings.0)
}

fn tell(findings: &[Finding]) -> Result<(), Failure> {
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let word = match finding.grade {
                Grade::Well => "ok",
                Grade::Warning => "warn",
                Grade::Fault => "fault",
            };
            format!("{word:5} {:8} {}", finding.code, finding.text)
        })
        .collect();
    exit::print(&lines.join("\n"))?;
    let count = |grade| findings.iter().filter(|finding| finding.grade == grade).count();
    let (faults, warnings) = (count(Grade::Fault), count(Grade::Warning));
    exit::print(&format!("{faults} to repair, {warnings} to think about"))?;
    if faults == 0 {
        return Ok(());
    }
    Err(Failure::configuration(&[format!("{faults} to repair")]))
}

/// What goes for every place: the data directory, the engine, the clock.
fn machine(config: &Config, now: i64, findings: &mut Findings) {
    findings.add(
        Grade::Well,
        "sqlite",
        format!(
            "SQLite {} is built in, and newer than what loses data",
            Db::engine()
        ),
    );
    if let Some(fault) = config.edge.strangers.fault(now) {
        findings.add(Grade::Fault, "auth", fault);
    }
    certificate(config, now, findings);
    let directory = &config.data_dir;
    let written = std::fs::metadata(directory.join(Db::FILE))
        .and_then(|file| file.modified())
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    findings.hold(
        "clock",
        now >= EARLIEST && written.is_none_or(|written| now + 300_000 >= written),
        Grade::Fault,
        "the clock runs",
        "the clock stands before 2026, or before the database was last written; sessions and codes are judged by it",
    );
    if !directory.exists() {
        findings.add(
            Grade::Well,
            "data",
            format!(
                "{} is made at the first start, for its owner only",
                directory.display()
            ),
        );
        return;
    }
    modes(directory, findings);
}

/// Whether there is a certificate to begin with, and for how long.
fn certificate(config: &Config, now: i64, findings: &mut Findings) {
    match tls::given(config) {
        Ok(None) => {}
        Ok(Some(span)) => {
            let days = span.days_left(now);
            findings.hold(
                "tls",
                !span.is_alarming(now),
                Grade::Warning,
                &format!("the certificate is good for {days} days"),
                &format!("the certificate is good for {days} days only; put a newer one in its place"),
            );
        }
        Err(fault) => findings.add(Grade::Fault, "tls", format!("TLS: {fault}")),
    }
}

/// Whether others on this machine can read what is kept.
fn modes(directory: &Path, findings: &mut Findings) {
    let wal = format!("{}-wal", Db::FILE);
    let places = [
        (directory.to_owned(), 0o700),
        (directory.join(Db::FILE), 0o600),
        (directory.join(wal), 0o600),
        (directory.join("secret.key"), 0o600),
    ];
    for (place, most) in places {
        let Ok(metadata) = std::fs::metadata(&place) else {
            continue;
        };
        let mode = metadata.permissions().mode() & 0o777;
        let shown = place.display();
        if mode & !most == 0 {
            findings.add(
                Grade::Well,
                "data",
                format!("{shown} is its owner's only ({mode:04o})"),
            );
        } else {
            // A key that others can read signs what others want.
            let grade = if place.ends_with("secret.key") {
                Grade::Fault
            } else {
                Grade::Warning
            };
            findings.add(
                grade,
                "data",
                format!("others can open {shown} ({mode:04o}); chmod {most:o} {shown}"),
            );
        }
    }
}

/// What a real deployment should have, by the numbers of Django's list where it has one.
fn deployment(config: &Config, now: i64, findings: &mut Findings) {
    findings.hold(
        "place",
        config.environment == Environment::Production,
        Grade::Warning,
        "ENVIRONMENT=production",
        "ENVIRONMENT is not production, which would refuse what is only safe at a desk",
    );
    strictness(config, findings);
    transport(config, findings);
    if config.tls.from == Certificates::Internal {
        findings.add(
            Grade::Warning,
            "tls",
            "TLS=internal: browsers warn everybody who does not trust what `ballast tls ca` prints",
        );
    }
    pages(config, findings);
    names(config, findings);
    doors(config, now, findings);
}

fn strictness(config: &Config, findings: &mut Findings) {
    let strict = config
        .headers
        .strict
        .as_ref()
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let seconds = strict
        .strip_prefix("max-age=")
        .and_then(|rest| rest.split(';').next()?.parse::<u64>().ok())
        .unwrap_or(0);
    findings.hold(
        "W004",
        seconds >= YEAR,
        Grade::Warning,
        "browsers insist on https for a year at least",
        "HSTS_SECONDS is less than a year (31536000)",
    );
    findings.hold(
        "W005",
        strict.contains("includeSubDomains"),
        Grade::Warning,
        "that goes for the names below too",
        "HSTS_INCLUDE_SUBDOMAINS=false leaves the names below to plain http",
    );
    findings.hold(
        "W021",
        !strict.contains("preload"),
        Grade::Warning,
        "browsers are not asked to build the name in (HSTS_PRELOAD)",
        "HSTS_PRELOAD=true lets browsers build the name in, which is hard to undo",
    );
}

fn transport(config: &Config, findings: &mut Findings) {
    findings.hold(
        "W008",
        config.public_url.starts_with("https://"),
        Grade::Warning,
        "PUBLIC_URL is https",
        "PUBLIC_URL is blank or plain http: links in mails lead there, and nobody is told to come by https",
    );
    findings.hold(
        "W012",
        config.secure_cookies,
        Grade::Fault,
        "cookies demand https, with __Host- names (W016 too)",
        "SECURE_COOKIES=false: cookies travel in the clear",
    );
    let public_address = !config.is_local();
    findings.hold(
        "proxies",
        !config.edge.proxies.is_empty() || config.tls.is_on(),
        Grade::Warning,
        if config.tls.is_on() {
            "connections are encrypted here; who stands before it is named in TRUSTED_PROXIES, if anybody"
        } else {
            "TRUSTED_PROXIES names who may say for whom they speak"
        },
        if public_address {
            "TRUSTED_PROXIES is blank: behind a proxy, all visitors would look like one"
        } else {
            "TRUSTED_PROXIES is blank while only this machine is listened to: all visitors look like the proxy on it"
        },
    );
}

fn pages(config: &Config, findings: &mut Findings) {
    let headers = &config.headers;
    findings.add(Grade::Well, "W006", "every answer says nosniff");
    findings.add(
        Grade::Well,
        "W022",
        "referrers stay within, and never leave a page whose address holds a key",
    );
    findings.add(
        Grade::Well,
        "W003",
        "every form carries a key of its session, and its origin is looked at",
    );
    findings.hold(
        "W019",
        headers.frames == Frames::Nobody,
        Grade::Warning,
        "no page can be shown within another (W002 too)",
        "X_FRAME_OPTIONS=SAMEORIGIN lets pages of the same origin show Ballast within them",
    );
    findings.hold(
        "csp",
        headers.policy == Policy::Kept,
        Grade::Warning,
        "the content policy is kept",
        "CSP_ENABLED=false or CSP_REPORT_ONLY=true: the content policy refuses nothing",
    );
    findings.hold(
        "W018",
        config.log_level <= tracing::Level::INFO,
        Grade::Warning,
        "the log is no finer than info; pages never show what is behind a fault",
        "LOG_LEVEL is finer than info, or DEBUG is true",
    );
}

fn names(config: &Config, findings: &mut Findings) {
    findings.hold(
        "W020",
        !config.edge.hosts.is_open(),
        Grade::Fault,
        "ALLOWED_HOSTS names the hosts",
        "ALLOWED_HOSTS is blank: any bare address is answered; production refuses to start so",
    );
    for remark in &config.edge.remarks {
        findings.add(Grade::Warning, "wildcard", remark.clone());
    }
    findings.hold(
        "wildcard",
        !config.edge.anybody,
        Grade::Warning,
        "no wildcard may reach names that anybody can have",
        "ALLOW_PUBLIC_SUFFIX_WILDCARD=true: pages of strangers may count as yours",
    );
    let shared = &config.edge.shared;
    findings.hold(
        "cors",
        !shared.origins.iter().any(|origin| origin == "*"),
        Grade::Warning,
        "no page of just anybody reads the interface for programs",
        "CORS_ALLOWED_ORIGINS=* lets every page read what a bearer may",
    );
}

fn doors(config: &Config, now: i64, findings: &mut Findings) {
    let key = config.data_dir.join("secret.key");
    findings.hold(
        "W009",
        config.secrets.master.is_some() || key.exists() || !config.data_dir.exists(),
        Grade::Fault,
        "the key is strong: weak and sample ones are refused, and a blank one is made at random",
        "there is data, and neither SECRET_KEY nor secret.key: what was sealed can be opened no more",
    );
    if let Some(fault) = crate::keys::fault(&config.secrets, &config.data_dir) {
        findings.add(Grade::Fault, "W009", fault);
    }
    findings.hold(
        "auth",
        config.edge.strangers == Strangers::SignIn,
        Grade::Warning,
        "everybody signs in (AUTH_ENFORCED)",
        &config.edge.strangers.warning(now).unwrap_or_default(),
    );
    let domains = &config.sign_in.domains;
    let (grade, text) = if domains.is_empty() {
        (
            Grade::Warning,
            "ORG_ALLOWED_EMAIL_DOMAIN is blank: addresses of every domain may sign in".to_owned(),
        )
    } else if domains.iter().any(|domain| domain == "welltech.com") {
        (
            Grade::Warning,
            "ORG_ALLOWED_EMAIL_DOMAIN is the welltech.com of an example; is that yours?".to_owned(),
        )
    } else {
        (
            Grade::Well,
            format!("addresses of {} may sign in", domains.join(", ")),
        )
    };
    findings.add(grade, "domain", text);
    findings.hold(
        "mail",
        config.mail.backend == Backend::Smtp,
        Grade::Warning,
        "letters leave by SMTP",
        "no mail server is set (EMAIL_HOST): no codes, no invitations, no forgotten passwords",
    );
    findings.hold(
        "person",
        config.turnstile.keys.is_some(),
        Grade::Warning,
        "both sign-in pages ask whether a person knocks",
        "TURNSTILE_SITE_KEY and TURNSTILE_SECRET_KEY are blank: programs may try to sign in as fast as the limits let them",
    );
    findings.hold(
        "access",
        config.programs.warning().is_none(),
        Grade::Warning,
        "what a program signs in for lasts half an hour at most",
        &config.programs.warning().unwrap_or_default(),
    );
}

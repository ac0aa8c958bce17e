//! Every setting, in one table: read once at start, with all faults told at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::db::Migrate;
use crate::units::WeekStart;

/// One line of the table.
struct Setting {
    name: &'static str,
    default: &'static str,
    help: &'static str,
}

/// The table. `.env.example`, the README and `config dump` are printed from it.
const SETTINGS: &[Setting] = &[
    Setting {
        name: "DATA_DIR",
        default: "./data",
        help: "Where the database and its copies are kept.",
    },
    Setting {
        name: "HTTP_ADDR",
        default: "127.0.0.1:8080",
        help: "Address and port to listen on.",
    },
    Setting {
        name: "ENVIRONMENT",
        default: "development",
        help: "development, staging or production. Production refuses what is only safe at a desk.",
    },
    Setting {
        name: "MIGRATE",
        default: "auto",
        help: "auto brings an older schema up to date at start, after keeping a copy; manual waits for `ballast migrate`.",
    },
    Setting {
        name: "WEEK_STARTS_ON",
        default: "",
        help: "monday or sunday. Blank leaves it to the settings page, which begins with Monday.",
    },
    Setting {
        name: "TIME_ZONE",
        default: "",
        help: "In which “today” is meant, such as Europe/Lisbon. Blank takes the machine's.",
    },
    Setting {
        name: "LOG_FORMAT",
        default: "text",
        help: "text or json.",
    },
    Setting {
        name: "LOG_LEVEL",
        default: "info",
        help: "error, warn, info, debug or trace.",
    },
    Setting {
        name: "SECURE_COOKIES",
        default: "true",
        help: "Cookies with Secure and the __Host- prefix. false is only allowed on a loopback address.",
    },
    Setting {
        name: "SESSION_IDLE_SECONDS",
        default: "43200",
        help: "How long a session lives without being used, from 300 to 2592000.",
    },
    Setting {
        name: "SESSION_MAX_SECONDS",
        default: "604800",
        help: "How long a session lives in all, from 3600 to 7776000.",
    },
    Setting {
        name: "SHUTDOWN_GRACE",
        default: "20",
        help: "Seconds that running requests get to finish when Ballast is stopped, from 0 to 300.",
    },
    Setting {
        name: "UPLOAD_LIMIT_MIB",
        default: "20",
        help: "The largest file that may be imported, in MiB, from 1 to 200.",
    },
    Setting {
        name: "AUTO_REALLOCATION",
        default: "true",
        help: "Whether hours follow a due date that a program or an import changes, where it does not say. People are asked.",
    },
    Setting {
        name: "AGGREGATE_CACHE_TTL",
        default: "30",
        help: "Seconds for which finished figures stay in memory, from 15 to 60. They are never stale: a change makes new ones.",
    },
];

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
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Where it listens.
    pub http_addr: SocketAddr,
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
    /// Whether hours follow a due date where nobody says.
    pub auto_reallocation: bool,
    /// How long finished figures stay in memory.
    pub aggregate_cache_ttl: Duration,
}

/// The settings as texts, with their names, and what to warn about.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    values: BTreeMap<String, String>,
    /// One sentence each.
    pub warnings: Vec<String>,
    faults: Vec<String>,
}

impl Sources {
    /// Reads `.env` in `directory`, then the environment above it, then what the command line gave above that.
    ///
    /// `NAME_FILE` stands for a file that holds the value of `NAME`.
    #[must_use]
    pub fn read(
        directory: &Path,
        environment: impl Iterator<Item = (String, String)>,
        given: &[(String, String)],
    ) -> Self {
        let mut sources = Self::default();
        if let Ok(text) = std::fs::read_to_string(directory.join(".env")) {
            for (name, value) in lines_of_env(&text) {
                sources.take(&name, value, true);
            }
        }
        for (name, value) in environment {
            sources.take(&name, value, false);
        }
        for (name, value) in given {
            sources.values.insert(name.clone(), value.clone());
        }
        sources
    }

    fn take(&mut self, name: &str, value: String, from_file: bool) {
        if is_known(name) {
            self.values.insert(name.to_owned(), value);
            return;
        }
        if let Some(plain) = name.strip_suffix("_FILE").filter(|plain| is_known(plain)) {
            match std::fs::read_to_string(&value) {
                Ok(text) => {
                    let text = text.strip_suffix('\n').unwrap_or(&text);
                    self.values
                        .entry(plain.to_owned())
                        .or_insert_with(|| text.to_owned());
                }
                Err(error) => self
                    .faults
                    .push(format!("{name}: the file cannot be read: {error}")),
            }
            return;
        }
        // The environment holds much that is not ours; only what looks like a slip of ours is worth a word.
        let nearest = SETTINGS
            .iter()
            .min_by_key(|setting| strsim::levenshtein(setting.name, name));
        if let Some(nearest) = nearest
            && (from_file || strsim::levenshtein(nearest.name, name) <= 2)
        {
            self.warnings.push(format!(
                "{name} is not a setting of Ballast; did you mean {}?",
                nearest.name
            ));
        }
    }

    fn text(&self, name: &str) -> &str {
        let default = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .map_or("", |setting| setting.default);
        self.values.get(name).map_or(default, |value| value.trim())
    }

    /// Each setting with its value, for `config dump`.
    pub fn effective(&self) -> impl Iterator<Item = (&'static str, &str)> {
        SETTINGS
            .iter()
            .map(|setting| (setting.name, self.text(setting.name)))
    }
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
        let config = Self {
            data_dir: PathBuf::from(sources.text("DATA_DIR")),
            http_addr: check.parsed(
                "HTTP_ADDR",
                "an address and port such as 127.0.0.1:8080",
                SocketAddr::from(([127, 0, 0, 1], 8080)),
            ),
            environment: check.one_of(
                "ENVIRONMENT",
                &[
                    ("development", Environment::Development),
                    ("staging", Environment::Staging),
                    ("production", Environment::Production),
                ],
            ),
            migrate: check.one_of("MIGRATE", &[("auto", Migrate::Auto), ("manual", Migrate::Manual)]),
            week_starts_on: check.one_of(
                "WEEK_STARTS_ON",
                &[
                    ("", None),
                    ("monday", Some(WeekStart::Monday)),
                    ("sunday", Some(WeekStart::Sunday)),
                ],
            ),
            time_zone: check.time_zone(),
            log_format: check.one_of(
                "LOG_FORMAT",
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            ),
            log_level: check.parsed(
                "LOG_LEVEL",
                "error, warn, info, debug or trace",
                tracing::Level::INFO,
            ),
            secure_cookies: check.one_of("SECURE_COOKIES", &[("true", true), ("false", false)]),
            session_idle: check.seconds("SESSION_IDLE_SECONDS", 300, 2_592_000),
            session_max: check.seconds("SESSION_MAX_SECONDS", 3_600, 7_776_000),
            shutdown_grace: check.seconds("SHUTDOWN_GRACE", 0, 300),
            upload_limit: usize::try_from(check.number("UPLOAD_LIMIT_MIB", 1, 200)).unwrap_or(20) * 1_048_576,
            auto_reallocation: check.one_of("AUTO_REALLOCATION", &[("true", true), ("false", false)]),
            aggregate_cache_ttl: check.seconds("AGGREGATE_CACHE_TTL", 15, 60),
        };
        if !config.secure_cookies && !config.http_addr.ip().is_loopback() {
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
}

struct Checker<'a> {
    sources: &'a Sources,
    faults: &'a mut Vec<String>,
}

impl Checker<'_> {
    fn parsed<T: std::str::FromStr>(&mut self, name: &str, expected: &str, otherwise: T) -> T {
        self.sources.text(name).parse().unwrap_or_else(|_| {
            self.faults.push(format!("{name} must be {expected}"));
            otherwise
        })
    }

    fn one_of<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> T {
        let text = self.sources.text(name).to_lowercase();
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let words: Vec<&str> = choices
            .iter()
            .map(|(word, _)| if word.is_empty() { "blank" } else { word })
            .collect();
        self.faults
            .push(format!("{name} must be one of: {}", words.join(", ")));
        #[expect(clippy::indexing_slicing, reason = "every caller lists at least one choice")]
        choices[0].1
    }

    fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
        let number = self
            .sources
            .text(name)
            .parse()
            .ok()
            .filter(|number| (least..=most).contains(number));
        number.unwrap_or_else(|| {
            self.faults
                .push(format!("{name} must be a whole number from {least} to {most}"));
            least
        })
    }

    fn seconds(&mut self, name: &str, least: u64, most: u64) -> Duration {
        Duration::from_secs(self.number(name, least, most))
    }

    fn time_zone(&mut self) -> TimeZone {
        let name = self.sources.text("TIME_ZONE");
        if name.is_empty() {
            return TimeZone::system();
        }
        TimeZone::get(name).unwrap_or_else(|_| {
            self.faults
                .push("TIME_ZONE must be the name of a time zone, such as Europe/Lisbon".to_owned());
            TimeZone::UTC
        })
    }
}

/// What `.env.example` holds: every setting with its default and what it is for.
#[must_use]
pub fn example() -> String {
    let mut text =
        String::from("# Every setting of Ballast, with its default. Printed by: ballast config example\n");
    for setting in SETTINGS {
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n# {}\n#{}={}\n",
            setting.help, setting.name, setting.default
        );
    }
    text
}

fn is_known(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name)
}

fn lines_of_env(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        let value = value.trim();
        let bare = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .or_else(|| value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')));
        Some((name.trim().to_owned(), bare.unwrap_or(value).to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(pairs: &[(&str, &str)]) -> Sources {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sources::read(Path::new("/nonexistent"), pairs, &[])
    }

    #[test]
    fn the_defaults_are_right() {
        let config = Config::from_sources(&sources(&[])).unwrap();
        assert_eq!(config.http_addr.to_string(), "127.0.0.1:8080");
        assert!(config.secure_cookies);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let faults = Config::from_sources(&sources(&[
            ("HTTP_ADDR", "nowhere"),
            ("SHUTDOWN_GRACE", "soon"),
            ("TIME_ZONE", "Mars/Olympus"),
            ("WEEK_STARTS_ON", "friday"),
        ]))
        .unwrap_err();
        assert_eq!(faults.len(), 4, "{faults:?}");
    }

    #[test]
    fn a_slip_is_pointed_out_with_the_name_that_was_meant() {
        assert_eq!(
            sources(&[("HTTP_ADRR", "x"), ("HOME", "/")]).warnings,
            ["HTTP_ADRR is not a setting of Ballast; did you mean HTTP_ADDR?"]
        );
    }

    #[test]
    fn insecure_cookies_stay_at_home() {
        let faults = Config::from_sources(&sources(&[
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
}

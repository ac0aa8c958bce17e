//! Which settings may be changed while they are used.

use super::sources::Sources;
use super::{Config, edge, headers, limits};

/// Those of the server itself; all of `edge`, `headers` and `limits` are too.
const OWN: [&str; 8] = [
    "LOG_LEVEL",
    "DEBUG",
    "CONNECTIONS",
    "CONNECTIONS_PER_ADDRESS",
    "SHUTDOWN_GRACE",
    "SHUTDOWN_DELAY",
    "UPLOAD_LIMIT_MIB",
    "AUTO_REALLOCATION",
];

/// What reading the settings again came to.
pub struct Renewed {
    /// The settings from now on.
    pub config: Config,
    /// Those that differ and are in use.
    pub changed: Vec<&'static str>,
    /// Those that differ and wait for another start.
    pub waiting: Vec<&'static str>,
}

impl Config {
    /// These settings, with what may be changed taken from `sources`, which replace `before`.
    ///
    /// # Errors
    /// All faults of the new settings, one sentence each.
    pub fn renewed(&self, before: &Sources, sources: &Sources) -> Result<Renewed, Vec<String>> {
        let new = Self::from_sources(sources)?;
        let (changed, waiting) = sources
            .differing(before)
            .into_iter()
            .partition(|name| is_live(name));
        let mut config = Self {
            log_level: new.log_level,
            edge: new.edge,
            headers: new.headers,
            limits: new.limits,
            shutdown_grace: new.shutdown_grace,
            upload_limit: new.upload_limit,
            auto_reallocation: new.auto_reallocation,
            ..self.clone()
        };
        config.serving.connections = new.serving.connections;
        config.serving.each = new.serving.each;
        config.serving.delay = new.serving.delay;
        Ok(Renewed {
            config,
            changed,
            waiting,
        })
    }
}

fn is_live(name: &str) -> bool {
    let groups = [edge::SETTINGS, headers::SETTINGS, limits::SETTINGS];
    OWN.contains(&name) || groups.into_iter().flatten().any(|setting| setting.name == name)
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn what_may_change_does_and_the_rest_is_named_and_stays() {
        let before = Sources::environment(&[("WORKERS", "2")]);
        let config = Config::from_sources(&before).ok().unwrap();
        let after = Sources::environment(&[("WORKERS", "3"), ("LOG_LEVEL", "debug"), ("CONNECTIONS", "99")]);
        let renewed = config.renewed(&before, &after).ok().unwrap();
        assert_eq!(renewed.changed, ["CONNECTIONS", "LOG_LEVEL"]);
        assert_eq!(renewed.waiting, ["WORKERS"]);
        assert_eq!(
            (renewed.config.workers, renewed.config.serving.connections),
            (2, 99)
        );
        assert_eq!(renewed.config.log_level, tracing::Level::DEBUG);
    }

    #[test]
    fn bad_settings_are_told_all_at_once() {
        let before = Sources::environment(&[]);
        let config = Config::from_sources(&before).ok().unwrap();
        let after = Sources::environment(&[("LOG_LEVEL", "loud"), ("CONNECTIONS", "some")]);
        assert_eq!(config.renewed(&before, &after).err().unwrap().len(), 2);
    }
}

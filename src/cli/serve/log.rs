//! The log, whose level may be changed while it is written.

use std::io::IsTerminal as _;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

use crate::config::{Config, LogFormat, log_directives};

/// Changes the level.
pub struct Level(reload::Handle<EnvFilter, Registry>);

impl Level {
    /// From now on what is at least as important as the settings say.
    pub fn set(&self, config: &Config) {
        if let Err(error) = self.0.reload(filter(config)) {
            tracing::warn!(%error, "the level of the log stays as it was");
        }
    }
}

fn filter(config: &Config) -> EnvFilter {
    EnvFilter::new(log_directives(config.log_level))
}

/// Opens the log.
pub fn start(config: &Config) -> Level {
    let (filter, handle) = reload::Layer::new(filter(config));
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        // Colours are for eyes; what reads a file finds plain lines.
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let log = tracing_subscriber::registry().with(filter);
    match config.log_format {
        LogFormat::Json => log.with(lines.json()).init(),
        LogFormat::Text => log.with(lines).init(),
    }
    Level(handle)
}

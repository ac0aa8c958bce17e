//! `ballast config`: the settings.

use clap::Subcommand;

use super::exit::{self, Failure};
use crate::config::{Config, Sources, example};

/// What to do with the settings.
#[derive(Subcommand)]
pub enum Action {
    /// Prints every setting with its value, and what is wrong.
    Dump,
    /// Prints an `.env` file with every setting, its default and what it is for.
    Example,
}

/// Runs it.
pub fn run(action: &Action, sources: &Sources) -> Result<(), Failure> {
    match action {
        Action::Example => exit::print(example().trim_end()),
        Action::Dump => {
            let lines: Vec<String> = sources
                .effective()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            exit::print(&lines.join("\n"))?;
            Config::from_sources(sources)
                .map(|_| ())
                .map_err(|faults| Failure::configuration(&faults))
        }
    }
}

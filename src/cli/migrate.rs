//! `ballast migrate`: brings the schema up to date.

use clap::Args;

use super::exit::{self, Failure};
use crate::config::Config;
use crate::db::{Db, Migrate, pending_migrations};

/// How to migrate.
#[derive(Args)]
pub struct Options {
    /// Only says what would be done.
    #[arg(long)]
    plan: bool,
}

/// Runs it.
pub fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let pending =
        pending_migrations(&config.data_dir.join(Db::FILE)).map_err(exit::not_opened(&config.data_dir))?;
    if pending.is_empty() {
        return exit::print("The schema is up to date.");
    }
    if options.plan {
        return exit::print(&format!(
            "To be done, each in one transaction, after a copy is kept:\n  {}",
            pending.join("\n  ")
        ));
    }
    Db::open(&config.data_dir, Migrate::Auto).map_err(exit::not_opened(&config.data_dir))?;
    exit::print(&format!("Done: {}", pending.join(", ")))
}

//! `ballast migrate`: brings the schema up to date, or says what that would do and how one comes back.

use clap::Args;

use super::exit::{self, Failure};
use crate::config::Config;
use crate::db::{Db, Migrate, copies, newest_schema, pending_migrations, steps_back};

/// How to migrate.
#[derive(Args)]
pub struct Options {
    /// Only says what would be done.
    #[arg(long)]
    plan: bool,
    /// Only says to which copies one can go back, and how.
    #[arg(long, conflicts_with = "plan")]
    down_info: bool,
}

/// Runs it.
pub fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    if options.down_info {
        return exit::print(&ways_back(config));
    }
    let pending = pending_migrations(&config.data_dir)?;
    if options.plan {
        return exit::print(&plan(config, &pending));
    }
    // Also where nothing is pending: a file that cannot be used is told of.
    drop(Db::open(&config.data_dir, Migrate::Auto)?);
    if pending.is_empty() {
        return exit::print("The schema is up to date.");
    }
    exit::print(&format!("Done: {}", pending.join(", ")))
}

fn plan(config: &Config, pending: &[&str]) -> String {
    let newest = newest_schema();
    if pending.is_empty() {
        return format!("The schema is up to date ({newest}).");
    }
    let from = newest - pending.len();
    let first = if from == 0 {
        "  make a new database".to_owned()
    } else {
        format!("  keep a copy in {}", copies(&config.data_dir).display())
    };
    let steps: Vec<String> = pending.iter().map(|name| format!("  {name}")).collect();
    format!(
        "From schema {from} to {newest}, each step in one transaction:\n{first}\n{}",
        steps.join("\n")
    )
}

fn ways_back(config: &Config) -> String {
    let steps = steps_back(&config.data_dir);
    if steps.is_empty() {
        return format!(
            "No copy was kept in {}: nothing was migrated here yet.",
            copies(&config.data_dir).display()
        );
    }
    let lines: Vec<String> = steps
        .iter()
        .map(|step| {
            format!(
                "  to schema {}: ballast restore {}",
                step.schema,
                step.copy.display()
            )
        })
        .collect();
    format!(
        "Stop the server, go back by one of these, and start the Ballast of that schema. What was entered since is kept aside, not in the plan.\n{}",
        lines.join("\n")
    )
}

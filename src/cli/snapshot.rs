//! `ballast snapshot`: keeps past weeks, in the data directory itself.

use clap::Args;

use super::exit::{self, Failure};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::plan;
use crate::units::{Day, Week};

/// What to keep. A running server does this by itself when a week is over; for the command it must be stopped first.
#[derive(Args)]
pub struct Options {
    /// Only the week of this day, like 2026-11-16; else every past week that was not kept yet.
    #[arg(long, value_name = "DAY")]
    week: Option<Day>,
}

/// Runs it.
pub async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let db = Db::open(&config.data_dir, config.migrate)?;
    let week_start = config.week_starts_on;
    let clock = Clock::system(config.time_zone.clone());
    let book = db.read(move |tx| plan::load_book(tx, week_start)).await?;
    let start = book.plan.organisation.week_start;
    let wanted = options.week.map(|day| Week::of(day, start));
    if wanted.is_some_and(|week| week >= Week::of(clock.today(), start)) {
        return Err(Failure::usage(
            "that week is not over yet; only past weeks are kept",
        ));
    }
    let kept = plan::take_snapshots(&db, &book, &clock, wanted).await?;
    for week in &kept.weeks {
        exit::print(&format!("Kept the week of {}.", week.first_day(start)))?;
    }
    if let Some(week) = kept.outlook {
        exit::print(&format!(
            "Kept what is planned from {} on.",
            week.first_day(start)
        ))?;
    }
    if kept == plan::KeptSnapshots::default() {
        exit::print("Nothing to keep: every past week with hours is kept already.")?;
    }
    Ok(())
}

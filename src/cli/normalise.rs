//! `ballast normalize-weekly-hours`: repairs imported hours.

use clap::Args;

use super::exit::{self, Failure};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Actor, Db, DbError, Gesture, Tx};
use crate::plan::normalise::{self, Import, Kind, Repairs};
use crate::plan::{self};
use crate::units::ids::ChangeSetId;
use crate::units::{Week, WeekStart};

/// How. A running server must be stopped first: one process has the database.
#[derive(Args)]
pub struct Options {
    /// Only says what would be done; so it is where nothing is said.
    #[arg(long, conflicts_with = "apply")]
    dry_run: bool,
    /// Does it, as one change that can be undone.
    #[arg(long)]
    apply: bool,
    /// Also moves what an import has brought, as `CHANGE=WEEKS`: `--shift 12=1` one week later, `--shift 12=-1` earlier.
    #[arg(long, value_name = "CHANGE=WEEKS", value_parser = shift, allow_hyphen_values = true)]
    shift: Vec<(i64, i32)>,
}

fn shift(text: &str) -> Result<(i64, i32), String> {
    let wrong = || "write it like 12=1: the number of the change, and by how many weeks".to_owned();
    let (change, weeks) = text.split_once('=').ok_or_else(wrong)?;
    let weeks: i32 = weeks.parse().map_err(|_| wrong())?;
    if !(-520..=520).contains(&weeks) {
        return Err("at most 520 weeks".to_owned());
    }
    Ok((change.parse().map_err(|_| wrong())?, weeks))
}

/// Runs it: bookings of people who are gone, weeks outside employment, rows that stand twice, and displaced imports.
pub async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let db = Db::open(&config.data_dir, config.migrate)?;
    let clock = Clock::system(config.time_zone.clone());
    let (week_start, today, asked) = (config.week_starts_on, clock.today(), options.shift.clone());
    let work = move |tx: &Tx<'_>| -> Result<(Repairs, Vec<Import>, WeekStart), DbError> {
        let book = plan::load_book(tx, week_start)?;
        let start = book.plan.organisation.week_start;
        let mut shifts = Vec::new();
        for (change, by) in &asked {
            shifts.extend(normalise::shifts(tx, ChangeSetId(*change), *by)?);
        }
        let repairs = normalise::repairs(&book, &shifts, Week::of(today, start));
        Ok((repairs, normalise::imports(tx, start.as_str())?, start))
    };
    let again = work.clone();
    let (repairs, imports, start) = db.read(move |tx| again(tx)).await?;
    exit::print(&summary(&repairs))?;
    for import in imports.iter().filter(|import| !asked_for(options, import)) {
        exit::print(&format!(
            "Change {}, {}, was read with weeks from {}; now they begin on {}. If its hours stand in the wrong week, --shift {}=1 or =-1 moves them.",
            import.change_set,
            import.label,
            import.week_start,
            start.as_str(),
            import.change_set
        ))?;
    }
    if repairs.is_empty() {
        return exit::print("Nothing to repair.");
    }
    if !options.apply {
        return exit::print("Nothing was changed: this was a dry run. Add --apply to do it.");
    }
    let gesture = Gesture {
        actor: Actor::program(),
        label: "repaired imported hours".to_owned(),
        at: clock.now(),
    };
    let written = db
        .write(gesture, move |tx| {
            let (repairs, ..) = work(tx)?;
            normalise::apply(tx, &repairs)
        })
        .await?;
    let number = written
        .change_set
        .map_or_else(String::new, |id| format!(", as change {id}; History can undo it"));
    exit::print(&format!("Repaired{number}."))
}

fn asked_for(options: &Options, import: &Import) -> bool {
    options
        .shift
        .iter()
        .any(|(change, _)| *change == import.change_set.0)
}

/// How much of each kind, and what a person should look at.
fn summary(repairs: &Repairs) -> String {
    let mut lines: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let count = repairs.counts.get(&kind).copied().unwrap_or_default();
            let noun = match (kind, count.cells) {
                (Kind::Duplicate, 1) => "row",
                (Kind::Duplicate, _) => "rows",
                (_, 1) => "cell",
                (_, _) => "cells",
            };
            format!("{} {noun}, {} h {}", count.cells, count.minutes, kind.label())
        })
        .collect();
    lines.extend(repairs.notes.iter().cloned());
    lines.join("\n")
}

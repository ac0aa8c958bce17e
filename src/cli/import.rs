//! `ballast import`: people, projects and hours from a file, on the data directory itself.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::{self, Failure};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Actor, Db, DbError, Gesture};
use crate::exchange::{self, ImportPlan, Noun, Options as Reading, Progress, What, counted, plan_import};
use crate::plan;

/// What the file is about.
#[derive(Clone, Copy, ValueEnum)]
enum About {
    People,
    Projects,
    Hours,
}

/// What to import. A running server must be stopped first: one process has the database.
#[derive(Args)]
pub struct Options {
    /// What the file is about.
    what: About,
    /// A CSV file or an XLSX workbook.
    file: PathBuf,
    /// Only says what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// Runs it. Every bad row is named on standard error as `FILE:LINE: reason`, and then nothing is imported.
pub async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let bytes = read(config, &options.file)?;
    let db = Db::open(&config.data_dir, config.migrate)?;
    let week_start = config.week_starts_on;
    let clock = Clock::system(config.time_zone.clone());
    let (today, follow) = (clock.today(), config.auto_reallocation);
    let (book, known) = db
        .read(move |tx| {
            Ok::<_, DbError>((
                plan::load_book(tx, week_start)?,
                exchange::known(tx, today, follow)?,
            ))
        })
        .await?;
    let how = Reading {
        what: Some(match options.what {
            About::People => What::People,
            About::Projects => What::Projects,
            About::Hours => What::Hours,
        }),
        week_start: book.plan.organisation.week_start,
        ..Reading::default()
    };
    let shown = options.file.display().to_string();
    let reading = exchange::read_file(&shown, &bytes, &how)
        .map_err(|error| Failure::data(format!("{shown}: {error}")))?;
    let planned = plan_import(&reading, &book, &known);
    if !planned.is_sound() {
        return Err(refused(&shown, &planned));
    }
    for note in &planned.notes {
        tell(&format!("{shown}: {note}"));
    }
    exit::print(&figures(&planned, options.dry_run))?;
    if options.dry_run {
        return exit::print("Nothing was imported: this was a dry run.");
    }
    if planned.changes_nothing() {
        return exit::print("Nothing to import: the plan says all of it already.");
    }
    let gesture = Gesture {
        actor: Actor::program(),
        label: planned.label(&exchange::file_label(&file_name(&options.file))),
        at: clock.now(),
    };
    let summary = planned.summary();
    let written = db
        .write(gesture, move |tx| {
            exchange::apply(tx, &planned, &Progress::default())
        })
        .await?;
    let number = written
        .change_set
        .map(|id| format!(", as change {id}"))
        .unwrap_or_default();
    exit::print(&format!("Imported {summary}{number}."))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The file, unless it is larger than what a browser could bring.
fn read(config: &Config, path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let cannot = |error: std::io::Error| Failure::usage(format!("{shown}: {error}"));
    let length = std::fs::metadata(path).map_err(cannot)?.len();
    if usize::try_from(length).is_ok_and(|length| length <= config.upload_limit) {
        std::fs::read(path).map_err(cannot)
    } else {
        Err(Failure::data(format!(
            "{shown}: the file is larger than {} MiB; UPLOAD_LIMIT_MIB can allow more",
            config.upload_limit >> 20
        )))
    }
}

fn refused(file: &str, planned: &ImportPlan) -> Failure {
    let problems = &planned.problems;
    for problem in problems.kept() {
        tell(&format!("{file}:{problem}"));
    }
    let more = problems.count() - problems.kept().len();
    if more > 0 {
        tell(&format!("{file}: and {more} more"));
    }
    let what = if problems.count() == 1 {
        "1 problem".to_owned()
    } else {
        format!("{} problems", problems.count())
    };
    Failure::data(format!("{file} has {what}; nothing was imported"))
}

/// Standard error being closed is no reason to stop.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// One line for each kind of thing.
fn figures(planned: &ImportPlan, dry_run: bool) -> String {
    let would = if dry_run { "would be " } else { "" };
    let line = |noun: Noun| {
        let count = planned.count(noun);
        let all = count.created + count.changed + count.unchanged;
        (all > 0).then(|| {
            format!(
                "{}: {} {would}new, {} {would}changed, {} unchanged",
                counted(all, noun),
                count.created,
                count.changed,
                count.unchanged
            )
        })
    };
    let lines: Vec<String> = Noun::ALL.into_iter().filter_map(line).collect();
    if lines.is_empty() {
        "The file holds no rows.".to_owned()
    } else {
        lines.join("\n")
    }
}

//! `ballast export`: people, projects and hours to a file, from the data directory itself.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Failure;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::exchange::{self, Subject};
use crate::plan;
use crate::sheet::{FileKind, Separator};
use crate::units::{Day, Week};

/// What is exported.
#[derive(Clone, Copy, ValueEnum)]
enum What {
    People,
    /// With their deliverables on a second sheet, as a workbook.
    Projects,
    Deliverables,
    Hours,
}

/// As what.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Xlsx,
}

/// How hours stand in the file.
#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// One column a week.
    Wide,
    /// One row for each assignment and week.
    Long,
}

/// What to export. A running server must be stopped first: one process has the database.
#[derive(Args)]
pub struct Options {
    /// What to export.
    what: What,
    /// As what.
    #[arg(long, default_value = "csv")]
    format: Format,
    /// How hours stand in the file.
    #[arg(long, default_value = "wide")]
    shape: Shape,
    /// Hours from the week of this day on, like 2026-11-16; else from the first booked one.
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// How many weeks of hours, counted from `--from`.
    #[arg(long, value_name = "COUNT", requires = "from", default_value = "520")]
    weeks: u16,
    /// Where to; standard output where no file is named.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs it.
pub async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let kind = match options.format {
        Format::Csv => FileKind::Csv(Separator::Comma),
        Format::Xlsx => FileKind::Xlsx,
    };
    if kind == FileKind::Xlsx && options.out.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::usage(
            "a workbook cannot be shown in a terminal; name a file with --out",
        ));
    }
    let subject = match (options.what, options.shape) {
        (What::People, _) => Subject::People,
        (What::Projects, _) => Subject::Projects,
        (What::Deliverables, _) => Subject::Deliverables,
        (What::Hours, Shape::Wide) => Subject::HoursWide,
        (What::Hours, Shape::Long) => Subject::HoursLong,
    };
    let db = Db::open(&config.data_dir, config.migrate)?;
    let week_start = config.week_starts_on;
    let today = Clock::system(config.time_zone.clone()).today();
    let (book, known) = db
        .read(move |tx| {
            Ok::<_, DbError>((
                plan::load_book(tx, week_start)?,
                exchange::known(tx, today, false)?,
            ))
        })
        .await?;
    let start = book.plan.organisation.week_start;
    let weeks = options.from.map(|day| (Week::of(day, start), options.weeks));
    let bytes = exchange::export_file(&book, &known, subject, kind, weeks)
        .map_err(|error| Failure::unavailable(error.to_string()))?;
    let Some(path) = &options.out else {
        let mut out = std::io::stdout().lock();
        return out
            .write_all(&bytes)
            .and_then(|()| out.flush())
            .map_err(|error| Failure::unavailable(format!("cannot print: {error}")));
    };
    std::fs::write(path, bytes).map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))
}

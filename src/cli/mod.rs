//! The commands, one file each.

mod backup;
mod beside;
mod check;
mod config;
mod control;
mod database;
mod exit;
mod export;
mod health;
mod import;
mod jobs;
mod mail;
mod maintenance;
mod migrate;
mod normalise;
mod serve;
mod snapshot;
mod tls;
mod undo_reallocation;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Sources};
use crate::error::AppError;
use crate::log;
use exit::Failure;

/// Who works on what, week by week, against what each person can carry.
#[derive(Parser)]
#[command(name = "ballast", version, arg_required_else_help = true)]
struct Arguments {
    /// Where the database is kept; as `DATA_DIR`.
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server.
    Serve(serve::Options),
    /// Brings the schema up to date, after keeping a copy.
    Migrate(migrate::Options),
    /// Asks a running server whether it works.
    Health(health::Options),
    /// Accounts.
    #[command(subcommand)]
    User(user::Action),
    /// Brings people, projects or hours from a file; all of it or nothing.
    Import(import::Options),
    /// Writes people, projects or hours to a file.
    Export(export::Options),
    /// Repairs imported hours; says only what it would do unless told to apply it.
    NormalizeWeeklyHours(normalise::Options),
    /// Gives hours back that followed a due date.
    UndoReallocation(undo_reallocation::Options),
    /// Keeps past weeks as they were planned.
    Snapshot(snapshot::Options),
    /// Writes a backup of everything, while the server runs or not.
    Backup(backup::MakeOptions),
    /// Reads a backup through, as a restore would.
    Verify(backup::VerifyOptions),
    /// Puts a backup in place of what is there; the server must be stopped.
    Restore(backup::RestoreOptions),
    /// Copies of backups elsewhere.
    #[command(subcommand)]
    Offsite(backup::Offsite),
    /// Closes the house while somebody works on it, and opens it again.
    #[command(subcommand)]
    Maintenance(maintenance::Action),
    /// The database itself.
    #[command(subcommand)]
    Db(database::Action),
    /// Work in the background.
    #[command(subcommand)]
    Jobs(jobs::Action),
    /// Letters.
    #[command(subcommand)]
    Mail(mail::Action),
    /// Says what is wrong, or not as it should be, with the settings and the machine.
    Check(check::Options),
    /// Certificates.
    #[command(subcommand)]
    Tls(tls::Action),
    /// Settings.
    #[command(subcommand)]
    Config(config::Action),
    /// Prints the `OpenAPI` document.
    Openapi,
}

/// Runs what the command line asks for.
#[must_use]
pub fn run() -> ExitCode {
    // Whatever is written is its owner's only.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let arguments = match Arguments::try_parse_from(std::env::args_os().collect::<Vec<OsString>>()) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come here too, and are no failure.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(exit::USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let done = dispatch(arguments);
    log::settle();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    let mut given = Vec::new();
    if let Some(directory) = &arguments.data_dir {
        given.push(("DATA_DIR".to_owned(), directory.to_string_lossy().into_owned()));
    }
    if let Command::Serve(options) = &arguments.command {
        options.settings(&mut given);
    }
    let sources = Sources::read(&PathBuf::from("."), std::env::vars(), &given);
    if let Command::Config(action) = &arguments.command {
        return config::run(action, &sources);
    }
    if let Command::Check(options) = &arguments.command {
        return check::run(&sources, options);
    }
    let config = Config::from_sources(&sources).map_err(|faults| Failure::configuration(&faults))?;
    match arguments.command {
        Command::Serve(options) => serve::run(config, sources, &options, given),
        Command::Migrate(options) => migrate::run(&config, &options),
        Command::Health(options) => health::run(&config, &options),
        Command::User(action) => in_runtime(user::run(config, action)),
        Command::Import(options) => in_runtime(import::run(&config, &options)),
        Command::Export(options) => in_runtime(export::run(&config, &options)),
        Command::NormalizeWeeklyHours(options) => in_runtime(normalise::run(&config, &options)),
        Command::UndoReallocation(options) => in_runtime(undo_reallocation::run(&config, &options)),
        Command::Backup(options) => backup::make(&config, &options),
        Command::Verify(options) => backup::verify(&config, &options),
        Command::Restore(options) => backup::restore(&config, &options),
        Command::Mail(action) => in_runtime(mail::run(&config, action)),
        Command::Offsite(action) => in_runtime(backup::offsite(&config, &action)),
        Command::Maintenance(action) => in_runtime(maintenance::run(config, action)),
        Command::Db(action) => database::run(&config, &action),
        Command::Jobs(action) => in_runtime(jobs::run(config, action)),
        Command::Snapshot(options) => in_runtime(snapshot::run(&config, &options)),
        Command::Tls(action) => tls::run(&config, &action),
        Command::Openapi => exit::print(crate::openapi::document_json()),
        Command::Config(_) | Command::Check(_) => Ok(()),
    }
}

/// Runs a short command to its end.
fn in_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime
        .map_err(|error| Failure::unavailable(format!("the runtime cannot start: {error}")))?
        .block_on(work)
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match &error {
            AppError::Invalid(fields) => {
                let lines: Vec<String> = fields
                    .iter()
                    .map(|field| format!("{}: {}", field.field, field.message))
                    .collect();
                Self::usage(lines.join("\n"))
            }
            AppError::Internal(cause) => Self::unavailable(cause.clone()),
            _ => Self::unavailable(error.to_string()),
        }
    }
}

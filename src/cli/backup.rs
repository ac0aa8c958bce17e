//! `ballast backup`, `verify` and `restore`: with or without a running server, the last without one only.

use std::path::PathBuf;

use clap::Args;

use super::exit::{self, Failure};
use crate::backup::{self, Fault, Manifest};
use crate::clock::Clock;
use crate::config::Config;

/// How to make a backup.
#[derive(Args)]
pub struct MakeOptions {
    /// What is written down as the reason.
    #[arg(long, default_value = "asked for")]
    reason: String,
}

/// Which backup to read through.
#[derive(Args)]
pub struct VerifyOptions {
    /// The archive; the newest one where none is named.
    archive: Option<PathBuf>,
}

/// Which backup to put in place of what is there.
#[derive(Args)]
pub struct RestoreOptions {
    /// The archive.
    archive: PathBuf,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(text) => Self::data(text),
            Fault::Refused(text) => Self::unavailable(text),
            Fault::Database(error) => error.into(),
            io @ Fault::Io { .. } => Self::unavailable(io.to_string()),
        }
    }
}

/// Makes one.
pub fn make(config: &Config, options: &MakeOptions) -> Result<(), Failure> {
    let now = Clock::system(config.time_zone.clone()).now();
    let (path, manifest) = backup::make(&config.data_dir, &backup::name_of(now), now, &options.reason)?;
    exit::print(&format!("{}\n{}", path.display(), told(&manifest)))
}

/// Reads one through.
pub fn verify(config: &Config, options: &VerifyOptions) -> Result<(), Failure> {
    let path = match &options.archive {
        Some(path) => path.clone(),
        None => match backup::newest(&config.data_dir)? {
            Some(kept) => kept.path,
            None => {
                return Err(Failure::unavailable(
                    "there is no backup yet; make one with: ballast backup",
                ));
            }
        },
    };
    let manifest = backup::verify(&path)?;
    exit::print(&format!("{} is whole\n{}", path.display(), told(&manifest)))
}

/// Puts one in place of what is there.
pub fn restore(config: &Config, options: &RestoreOptions) -> Result<(), Failure> {
    let now = Clock::system(config.time_zone.clone()).now();
    let folder = format!("before-restore-{}", backup::moment(now));
    let (manifest, before) = backup::restore(&options.archive, &config.data_dir, &folder)?;
    let kept = before.map_or_else(String::new, |before| {
        format!("\nWhat was there before is kept in {}", before.display())
    });
    exit::print(&format!("Restored.\n{}{kept}", told(&manifest)))
}

fn told(manifest: &Manifest) -> String {
    format!(
        "made {} by Ballast {}, schema {}, {} tables with {} rows",
        backup::moment(manifest.made_at),
        manifest.version,
        manifest.schema,
        manifest.tables.len(),
        manifest.rows()
    )
}
